def some_function_with_a_rather_long_name(first_argument, second_argument): return first_argument["missing key"] + second_argument
value = some_function_with_a_rather_long_name({"a": 1, "b": 2, "c": [1, 2, 3, {"deep": {"er": None}}]}, second_argument="x" * 10) + some_function_with_a_rather_long_name({}, None)
