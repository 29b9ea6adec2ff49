import gc, sys
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
n = N("plain"); del n
a, b = N("a"), N("b"); a.o, b.o = b, a; del a, b; print("collecting"); print(gc.collect() >= 2)
def f(): x = N("local"); return "returned"
print(f())
l = [N("in list")]; l.clear(); print("cleared")
d = {"k": N("in dict")}; d["k"] = N("second"); del d
class Bad:
    def __del__(self): raise ValueError("in del")
sys.unraisablehook = lambda u: print("unraisable", u.exc_type.__name__, u.exc_value, u.err_msg.split(" <")[0])
Bad()
x = N("rebound"); x = None
gc.disable(); print(gc.isenabled(), gc.get_threshold(), gc.get_count()[1:] is not None); gc.enable()
print(gc.is_tracked([]), gc.is_tracked(1), gc.is_tracked({}), gc.is_tracked((1, 2)), gc.get_referents([1, "a"]) , len(gc.get_referrers(f)) > 0, gc.garbage)
def g():
    try: yield 1
    finally: print("generator closed")
i = g(); next(i); del i
print(sys.getrefcount(object()) >= 1)
exc = None
try:
    y = N("in frame"); raise KeyError
except KeyError as e: exc = e
del y; print("y deleted"); exc = None
m = N("module level")
t = (N("t0"), N("t1")); del t
class Res:
    saved = []
    def __del__(self): Res.saved.append(self); print("resurrect")
Res(); print(len(Res.saved)); Res.saved.clear(); print("end")
