type Pair[T] = tuple[T, T]
print(Pair.__name__, Pair.__value__)

def first[T](x: list[T]) -> T:
    return x[0]

print(first([1]), first.__type_params__)
print(list[int], int | None, dict[str, list[int]])
