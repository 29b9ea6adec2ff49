from typing import *
import types
a = list[int]; print(a, a.__origin__, a.__args__, a.__parameters__, a([1]), a == list[int], hash(a) == hash(list[int]), dict[str, list[int]], tuple[int, ...], tuple[()], type[int], list["fwd"])
T = TypeVar("T"); U = TypeVar("U"); print(dict[T, U][int, str], list[T][int], dict[T, list[T]][str], list[T].__parameters__, T, T.__name__, T.__bound__, T.__constraints__)
print(int | str, (int | str).__args__, int | None, int | str | int, (int | str) == (str | int), isinstance(3, int | str), issubclass(bool, int | str), int | list[str], Union[int, str] == int | str, Optional[int], type(int | str))
for bad in ("isinstance([], list[int])", "list[int]()[0]", "int[str]", "list[T][int, str]", "int | 5", "class_ | 1", "list[int][str]", "issubclass(list, list[int])", "list[int].zz", "5 | int"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
class Box(Generic[T]):
    def __init__(self, v): self.v = v
print(Box[int], Box[int](5).v, Box[int].__origin__, Box[int](1).__orig_class__, Box.__parameters__, Box[T][str], get_args(Box[int]), get_origin(Box[int]))
class N(NamedTuple): x: int; y: str = "d"
class TD(TypedDict, total=False): a: int; b: Required[str]
class P(Protocol):
    def meth(self) -> int: ...
@runtime_checkable
class RP(Protocol):
    def close(self): ...
print(N(1), N._fields, N.__annotations__, TD(a=1), TD.__required_keys__, TD.__optional_keys__, isinstance(open, RP), issubclass(type("F", (), {"close": 1}), RP))
def f(a: int, b: "list[str]" = [], *c: Any, d: Optional[int] = None, **e: Callable[[int], str]) -> Literal["x", 1]: ...
print(get_type_hints(f), f.__annotations__)
print(Callable[[int, str], bool], Callable[..., int], Literal[1, "a", None], Annotated[int, "meta"], ClassVar[int], Final[int], Any, NoReturn, Self, ParamSpec("PS"), TypeVarTuple("Ts"), NewType("UID", int)(5), cast(int, "x"), Concatenate, Unpack, LiteralString)
@overload
def g(x: int) -> int: ...
@overload
def g(x: str) -> str: ...
def g(x): return x
print(len(get_overloads(g)), g(1), assert_type(5, int), reveal_type.__name__, get_protocol_members(RP), is_typeddict(TD))
