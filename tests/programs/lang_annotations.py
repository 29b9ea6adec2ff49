from __future__ import annotations
import typing, inspect
def f(a: int, b: "str" = "x", *c: undefined, d: list[int] = None) -> 1 + 1: pass
print(f.__annotations__, inspect.signature(f))
class C:
    x: int = 1
    y: Missing
    def m(self, z: C) -> Self: ...
print(C.__annotations__, C.m.__annotations__, typing.get_type_hints(C.m, localns={"Self": C})["z"] is C)
try: typing.get_type_hints(C)
except NameError as e: print(e)
v: int = 5
print(__annotations__)
