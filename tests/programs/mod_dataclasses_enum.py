from dataclasses import *
from enum import *
@dataclass(order=True)
class P:
    x: int; y: int = 0; tags: list = field(default_factory=list, compare=False, repr=False); k: int = field(default=1, kw_only=True)
    def __post_init__(self): self.s = self.x + self.y
print(P(1), P(1, 2, k=5), P(1) < P(2), P(1) == P(1), P(1).s, fields(P)[0].name, asdict(P(1, 2)), astuple(P(3)), replace(P(1), y=9), P.__match_args__, is_dataclass(P))
@dataclass(frozen=True, slots=True)
class F: a: int; b: str = "b"
f = F(1); print(f, hash(f) == hash(F(1)), F.__slots__, {f: 1}[F(1)])
for bad in ("f.a = 2", "P()", "P(1, 2, 3, 4, 5)", "P(1) < 5", "make_dataclass('X', ['1a'])", "replace(f, z=1)", "fields(5)", "dataclass(type('B', (), {'__annotations__': {'l': list}, 'l': []}))", "hash(P(1))", "asdict(5)", "type('D', (P,), {'__annotations__': {}})"):
    try: print(bad, exec(bad))
    except Exception as e: print(bad, type(e).__name__, e)
@dataclass
class B(P):
    z: InitVar[int] = 3
    def __post_init__(self, z): self.s = z
print(B(1), make_dataclass("M", [("q", int, 5), "w"], kw_only=True) (w=1))
class Color(Enum):
    RED = 1; GREEN = auto(); ALIAS = 1
    def describe(self): return f"{self.name}={self.value}"
    @classmethod
    def default(cls): return cls.GREEN
print(Color.RED, repr(Color.RED), Color(2), Color["RED"], Color.ALIAS is Color.RED, list(Color), len(Color), Color.RED.describe(), Color.default(), Color.RED in Color, 1 in Color, Color.__members__, isinstance(Color.RED, Color), Color.RED == 1, {Color.RED: 1}, Color.RED.__class__, f"{Color.RED}", dir(Color)[:3])
class Perm(Flag): R = 4; W = 2; X = 1; RW = R | W
print(Perm.R | Perm.X, Perm.RW & Perm.W, ~Perm.R, Perm(7), Perm(0), Perm.R in Perm.RW, list(Perm.RW), bool(Perm(0)), Perm.R ^ Perm.RW, len(Perm(7)))
class Int(IntEnum): A = 1; B = 2
class St(StrEnum): X = auto(); Y = "why"
class IF(IntFlag): A = 1; B = 2
print(Int.A + 1, Int.B > Int.A, sorted([Int.B, Int.A]), St.X, St.Y.upper(), repr(St.Y), IF.A | 8, IF(3), Int.A == 1, f"{Int.A} {St.X}", Enum("Dyn", "a b").b, unique.__name__)
for bad in ("Color(9)", "Color['NO']", "Color.RED = 5", "Color.NO", "class_", "type('Sub', (Color,), {})", "unique(Color)", "Perm(99)", "Color.RED.value = 3", "del Color.RED", "Int('x')", "Color()", "Color.RED < Color.GREEN"):
    try: print(bad, eval(bad) if "=" not in bad and not bad.startswith("del") else exec(bad))
    except Exception as e: print(bad, type(e).__name__, e)
class Planet(Enum):
    E = (5.97, 6.37); M = (0.64, 3.39)
    def __init__(self, mass, radius): self.mass, self.radius = mass, radius
    @property
    def g(self): return round(self.mass / self.radius ** 2, 3)
    @classmethod
    def _missing_(cls, v): return cls.E
print(Planet.E.g, Planet("anything"), Planet.M.value); import pickle; print(pickle.loads(pickle.dumps(Color.RED)) is Color.RED)
