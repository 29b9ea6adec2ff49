def m(x):
    match x:
        case []: return "empty"
        case [x]: return f"one {x}"
        case [1, *rest]: return f"starts with 1, {rest}"
        case (a, [b, *_], c): return f"nested {a} {b} {c}"
        case [*all, "end"]: return f"ends {all}"
        case [_, _, *_]: return "two or more"
        case _: return "no sequence"
for x in ([], [5], (1, 2, 3), ["a", [7, 8], "c"], ("x", "y", "end"), [2, 3, 4, 5], "string", b"bytes", {1}, range(2), {}): print(x, "->", m(x))
from collections import deque, UserList
print(m(deque([1, 9])), m(UserList([5])), m(bytearray(b"x")))
import array
print(m(memoryview(b"abc")), m(array.array("i", [1, 2])))
