class A:
    def f(self): return "A.f"
    @classmethod
    def c(cls): return f"A.c {cls.__name__}"
    x = 1
class B(A):
    def f(self): return "B>" + super().f()
    @classmethod
    def c(cls): return "B>" + super().c()
    @property
    def p(self): return super().x
class C(A):
    def f(self): return "C>" + super().f()
class D(B, C):
    def f(self): return "D>" + super().f()
    def skip(self): return super(B, self).f()
    def gen(self): return [super(D, self).x for _ in range(1)]
d = D(); print(d.f(), d.c(), D.c(), d.skip(), d.p, d.gen(), [k.__name__ for k in D.__mro__])
s = super(B, d); print(s.__thisclass__, s.__self__ is d, s.__self_class__, s.f(), super(B, D).c())
for bad in ("super(B, 5)", "super(5, d)", "super().x", "super(B, d).zzz", "super(1, 2, 3)", "super(B, d).f = 1"):
    try: exec(bad)
    except Exception as e: print(bad, type(e).__name__, e)
class E:
    def m(self):
        def inner(): return super().__repr__()
        try: return inner()
        except (TypeError, RuntimeError) as e: return f"{type(e).__name__} {e}"
    def n(x): return super().__class__
    def o(): return super()
print(E().m(), E().n())
try: E.o()
except RuntimeError as e: print(e)
class M(type):
    def __call__(cls, *a): print("M call"); return super().__call__(*a)
class F(metaclass=M):
    def __new__(cls): print("new", super()); return super().__new__(cls) if False else object.__new__(cls)
    def __init__(self): super().__init__(); self.__class__ = G
class G(F): pass
print(type(F()).__name__) if False else None
unbound = super(B); print(unbound.__get__(d, D).f(), unbound.__self__)
class Cell:
    def k(self): return __class__
print(Cell().k() is Cell)
