import gc
class A:
    def __init__(self, n): self.n = n
    def __del__(self): raise ValueError(f"in del {self.n}")
    def __repr__(self): return f"<A {self.n}>"
A(1)
def gen():
    try: yield
    finally: raise KeyError("in gen cleanup")
g = gen(); next(g); del g
import weakref
class B: pass
b = B(); r = weakref.ref(b, lambda r: 1 / 0); del b
print("end")
