from dataclasses import dataclass, field, KW_ONLY, InitVar, fields, asdict, replace
from typing import ClassVar
@dataclass
class Base: id: int; kind: ClassVar[str] = "base"; meta: dict = field(default_factory=dict, repr=False)
def post(self, scale): self.total = self.id * scale
@dataclass(eq=False)
class Child(Base):
    __post_init__ = post
    name: str = "n"; _: KW_ONLY; flag: bool = False; scale: InitVar[int] = 1; total: int = field(init=False)
c = Child(3, name="x", flag=True, scale=5); print(c, c.total, [f.name for f in fields(c)], asdict(c), Base(1) == Base(1), Child(1) == Child(1), Child.kind, c.__match_args__)
@dataclass(order=True, unsafe_hash=True)
class V: major: int; minor: int = 0; tag: str = field(default="", compare=False)
print(sorted([V(2), V(1, 5), V(1, 2, "z")]), V(1) in {V(1, 0, "other")}, max(V(1), V(1, 1)))
for bad in (lambda: Child(1, "a", True), lambda: V(1) < 3, lambda: replace(c, total=1), lambda: Child()):
    try: print(bad())
    except (TypeError, ValueError) as e: print(type(e).__name__, e)
