try:
    [][1]
except IndexError as e:
    print("caught", e, type(e))
try:
    try:
        1 / 0
    finally:
        print("finally")
except ZeroDivisionError as e:
    print(repr(e))
try:
    raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
except* ValueError as e:
    print("values", e.exceptions)
except* TypeError as e:
    print("types", e.exceptions)


class Context:
    def __enter__(self):
        print("enter")
        return self

    def __exit__(self, kind, value, tb):
        print("exit", kind, value)
        return True


with Context():
    raise KeyError("k")


def deep(n):
    return deep(n + 1)


try:
    deep(0)
except RecursionError as e:
    print(e)
try:
    raise ValueError("a") from KeyError("b")
except ValueError as e:
    print(repr(e.__cause__), e.__suppress_context__)
for source in ("1 +", "x = = 2", "def f(:\n  pass"):
    try:
        compile(source, "<s>", "exec")
    except SyntaxError as e:
        print(e.msg, e.lineno, e.offset)
