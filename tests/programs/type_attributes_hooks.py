class H:
    def __init__(self): self.real = 1
    def __getattr__(self, n): print("getattr", n); return n.upper()
    def __getattribute__(self, n): print("get", n) if not n.startswith("__") else None; return super().__getattribute__(n)
    def __setattr__(self, n, v): print("set", n, v); super().__setattr__(n, v)
    def __delattr__(self, n): print("del", n); super().__delattr__(n)
    def __dir__(self): return ["b", "a"]
h = H(); print(h.real, h.fake); h.x = 2; del h.x; print(dir(h), hasattr(h, "q"), getattr(h, "w", None))
class D:
    def __get__(self, o, t): return "data"
    def __set__(self, o, v): o.__dict__["d"] = v
class N:
    def __get__(self, o, t): return "nondata"
class C: d = D(); n = N(); k = "class"
c = C(); c.d = 1; c.n = 2; c.k = 3; print(c.d, c.n, c.k, c.__dict__, C.d, C.n)
c.__dict__["dyn"] = "x"; print(c.dyn); c.__dict__ = {"only": 1}; print(c.only, hasattr(c, "dyn"))
try: c.__dict__ = 5
except TypeError as e: print(e)
class S:
    __slots__ = ("a", "b", "__dict__")
s = S(); s.a = 1; s.z = 2; print(s.a, s.__dict__, S.a, type(S.a).__name__)
for bad in ("s.b", "del s.b", "c.none", "C.none", "(5).x = 1", "'a'.x", "c.__class__ = int", "del c.__dict__['zz']", "[].x", "None.y", "c.nope.x", "type('S', (), {'__slots__': ['1a']})", "type('S', (int,), {'__slots__': ['a']})()", "type('S', (tuple,), {'__slots__': ['a']})", "type('S', (), {'__slots__': ['a'], 'a': 1})", "c.onyl", "print.__name__ = 1", "len.x = 1"):
    try: exec(bad)
    except Exception as e: print(bad, type(e).__name__, e)
import sys
sys.modules[__name__].__getattr__ if False else None
class L:
    def __init__(self): self.n = 0
    def __getattr__(self, n): raise AttributeError(f"no {n}", name=n, obj=self)
try: L().foo
except AttributeError as e: print(e, e.name, type(e.obj).__name__)
class W:
    __match_args__ = (); __test = 1
    def g(self): return self.__test, self._W__test
print(W().g(), [k for k in vars(W) if "test" in k])
