class C:
    def __init__(self): self._x = 0
    @property
    def x(self):
        "docstring of x"
        return self._x
    @x.setter
    def x(self, v):
        if v < 0: raise ValueError("negative")
        self._x = v
    @x.deleter
    def x(self): self._x = None
    ro = property(lambda self: "ro")
    wo = property(fset=lambda self, v: print("set", v))
    y = property(doc="only doc")
c = C(); c.x = 5; print(c.x, C.x.__doc__, C.x.fget.__name__, C.y.__doc__); del c.x; print(c.x, c.ro); c.wo = 3
for bad in ("c.x = -1", "c.ro = 1", "del c.ro", "c.wo", "c.y", "c.y = 1", "del c.y", "property(1, 2, 3, 4, 5)"):
    try: exec(bad)
    except Exception as e: print(bad, type(e).__name__, e)
class D(C):
    @C.x.getter
    def x(self): return "overridden"
d = D(); d.x = 9; print(d.x, d._x, isinstance(D.x, property), D.x is C.x)
class P(property): pass
class E:
    @P
    def z(self): "zdoc"; return 1
print(E().z, type(E.__dict__["z"]), E.z.__doc__, E.z.__name__)
import functools
class F:
    calls = 0
    @functools.cached_property
    def v(self): F.calls += 1; return self.calls
f = F(); print(f.v, f.v, f.__dict__); del f.v; print(f.v)
class G:
    @property
    def broken(self): raise AttributeError("inner")
    def __getattr__(self, n): return f"fallback {n}"
print(G().broken, G().anything)
