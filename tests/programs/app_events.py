from collections import defaultdict
from functools import wraps
class Bus:
    def __init__(self): self.h = defaultdict(list)
    def on(self, name, priority=0):
        def deco(f):
            @wraps(f)
            def w(*a, **k): print(f"-> {f.__name__}"); return f(*a, **k)
            self.h[name].append((-priority, len(self.h[name]), w)); self.h[name].sort(); return w
        return deco
    def emit(self, name, *a, **k): return [f(*a, **k) for _, _, f in self.h[name]]
b = Bus()
@b.on("x")
def first(v): return v + 1
@b.on("x", priority=5)
def urgent(v): return v * 100
@b.on("y")
def other(*, key): "other doc"; return key
print(b.emit("x", 3), b.emit("y", key="k"), b.emit("none"), other.__doc__, first.__wrapped__(1))
try: b.emit("y", 1)
except TypeError as e: print(e)
