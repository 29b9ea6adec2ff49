from typing import *
import typing, collections.abc as cabc
@runtime_checkable
class Closable(Protocol):
    name: str
    def close(self) -> None: ...
class F:
    name = "f"
    def close(self): pass
print(isinstance(F(), Closable), isinstance(5, Closable), get_type_hints(Closable), get_args(Callable[[int], str]), get_origin(list[int]), get_args(Annotated[int, 5]), get_type_hints(type("A", (), {"__annotations__": {"x": "int"}})))
T = TypeVar("T", bound=int); P = ParamSpec("P"); Ts = TypeVarTuple("Ts")
class Stack(Generic[T]):
    def push(self, x: T) -> None: ...
class Sub(Stack[bool]): pass
print(Stack[int], Sub.__orig_bases__, Stack.__parameters__, Callable[P, T], tuple[*Ts], Generic[T, P] if False else "", Union[int, None], Optional["X"], Literal[1, 2] == Literal[2, 1], Final[int], NewType("Id", int).__supertype__)
class Movie(TypedDict): title: str; year: NotRequired[int]
class Ext(Movie, total=False): rating: ReadOnly[float]
print(Movie(title="x"), Ext.__required_keys__, Ext.__optional_keys__, Ext.__readonly_keys__, Movie.__annotations__)
class Emp(NamedTuple):
    "doc"
    name: str; id: int = 3
    def hi(self): return f"hi {self.name}"
print(Emp("a"), Emp("b").hi(), Emp._field_defaults, Emp.__orig_bases__)
for bad in (lambda: isinstance(1, Union[int, list[str]]), lambda: Stack[int, str], lambda: Union[()], lambda: Literal[[]].x, lambda: TypeVar("X", int), lambda: Generic[int], lambda: issubclass(F, Closable), lambda: Protocol(), lambda: Any(), lambda: Optional[1, 2], lambda: class_getitem, lambda: Movie.x, lambda: NoReturn[int], lambda: cast()):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
@final
class Fin: pass
@override
def o(): pass
@no_type_check
def n(x: "bad syntax here"): pass
print(Fin.__final__, o.__override__, get_type_hints(n), TYPE_CHECKING, ForwardRef("int"), is_protocol(Closable), typing.get_protocol_members(Closable), clear_overloads(), Never, Concatenate[int, P], Required[int], Unpack[Ts], TypeIs[int], TypeGuard[str])
