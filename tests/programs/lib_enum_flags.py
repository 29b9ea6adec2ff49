from enum import *
class Access(IntFlag, boundary=KEEP): READ = auto(); WRITE = auto(); EXEC = auto(); ALL = READ | WRITE | EXEC
a = Access.READ | Access.EXEC; print(a, repr(a), a.value, Access.WRITE in a, a & Access.ALL, a ^ Access.READ, ~a, Access(0), Access(9), list(a), [m.name for m in Access], Access["WRITE"], bool(a & Access.WRITE), a | 16)
class Strict(Flag, boundary=STRICT): A = 1; B = 4
try: Strict(2)
except ValueError as e: print(str(e).splitlines()[0])
class Day(Enum):
    MON, TUE, WED = range(1, 4)
    @classmethod
    def from_name(cls, n): return cls[n.upper()[:3]]
    @property
    def next(self): m = list(type(self)); return m[(m.index(self) + 1) % len(m)]
    def __str__(self): return self.name.title()
print(Day.from_name("monday"), Day.WED.next, f"{Day.TUE}", [str(d) for d in Day], Day(2).name, {d: d.value for d in Day}[Day.MON], Day.MON is Day.MON, Day.MON != 1)
class Shape(str, Enum): SQUARE = "sq"; CIRCLE = "ci"
class Auto(Enum):
    def _generate_next_value_(n, start, count, last): return n.lower() * (count + 1)
    X = auto(); Y = auto()
print(Shape.SQUARE == "sq", Shape("ci"), [a.value for a in Auto], member, nonmember, Enum("F", {"p": 1})["p"], verify.__name__, Auto.X.__doc__)
@verify(UNIQUE)
class U(Enum): P = 1; Q = 2
try:
    @verify(CONTINUOUS)
    class Gap(IntEnum): A = 1; C = 3
except ValueError as e: print(e)
