import weakref, gc
class C:
    def __init__(self, n): self.n = n
    def __repr__(self): return f"C{self.n}"
    def m(self): return self.n
c = C(1); r = weakref.ref(c, lambda r: print("callback", r() is None)); p = weakref.proxy(c)
print(r() is c, p.n, p.m(), weakref.getweakrefcount(c), r == weakref.ref(c), hash(r) == hash(c), repr(p)[:10] if False else p.__class__, isinstance(p, C))
p.new = 5; print(c.new, bool(p), str(p))
del c; gc.collect(); print(r())
try: p.n
except ReferenceError as e: print(e)
d = weakref.WeakValueDictionary(); k = C(2); d["k"] = k; print(dict(d)); del k; print(len(d))
kd = weakref.WeakKeyDictionary(); k = C(3); kd[k] = "v"; print(list(kd.items())); del k; print(len(kd))
s = weakref.WeakSet(); k = C(4); s.add(k); print(len(s), k in s); del k; print(len(s))
f = weakref.finalize(o := C(5), print, "finalized", 5); print(f.alive); del o; print(f.alive)
b = C(6); wm = weakref.WeakMethod(b.m); print(wm()()); del b; print(wm())
for bad in (5, "a", (1,), None, [], {}):
    try: weakref.ref(bad)
    except TypeError as e: print(e)
class S: __slots__ = ()
try: weakref.ref(S())
except TypeError as e: print(e)
class R(weakref.ref):
    def __init__(self, o, cb=None, tag=None): super().__init__(o, cb); self.tag = tag
    def __new__(cls, o, cb=None, tag=None): return super().__new__(cls, o, cb)
x = C(7); rr = R(x, tag="t"); print(rr().n, rr.tag, weakref.ref(x) is weakref.ref(x), rr is R(x))
l = [C(8)]; l[0].cycle = l; w = weakref.ref(l[0]); del l; print(w() is None, gc.collect() > 0, w())
class Res:
    def __del__(self): global kept; kept = self; print("del")
z = Res(); zr = weakref.ref(z); del z; print(zr() is None, kept is not None); del kept
def atexit_like(): pass
last = C(9); weakref.finalize(last, print, "at exit")
