class A:
    def __new__(cls, *a, **k): print("new", cls.__name__, a, k); o = super().__new__(cls); o.made = True; return o
    def __init__(self, *a, **k): print("init", a, k)
class B(A):
    def __new__(cls, x): return 5 if x == "int" else super().__new__(cls, x)
print(A(1, k=2).made, B("int"), type(B("b")).__name__)
class Single:
    _i = None
    def __new__(cls): cls._i = cls._i or super().__new__(cls); return cls._i
print(Single() is Single())
class Bad:
    def __init__(self): return 5
for f in (Bad, lambda: object.__new__(int), lambda: object.__new__(5), lambda: int.__new__(str), lambda: A.__new__(), lambda: object.__init__(object(), 1), lambda: type.__new__(type, "x")):
    try: f()
    except TypeError as e: print(e)
class Up(str):
    def __new__(cls, v): return super().__new__(cls, v.upper())
print(Up("abc"), Up("x") + "y", isinstance(Up("q"), str)); class_ = type("Dyn", (), {"__init__": lambda s, v: setattr(s, "v", v), "__call__": lambda s, *a: (s.v, a), "__len__": lambda s: 3}); print(class_(9)(1, 2), len(class_(1)))
class Frozen:
    __slots__ = ("v",)
    def __init__(self, v): object.__setattr__(self, "v", v)
    def __setattr__(self, n, v): raise AttributeError(f"frozen: {n}")
    def __delattr__(self, n): raise AttributeError("frozen")
    def __hash__(self): return hash(self.v)
    def __eq__(self, o): return isinstance(o, Frozen) and self.v == o.v
f = Frozen(3); print({f: "a"}[Frozen(3)], f.v)
try: f.v = 4
except AttributeError as e: print(e)
