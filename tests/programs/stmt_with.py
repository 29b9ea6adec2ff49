class CM:
    def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
    def __enter__(self): print("enter", self.name); return self
    def __exit__(self, t, v, tb):
        print("exit", self.name, t and t.__name__, v, tb is not None)
        return self.swallow
with CM("a") as a, CM("b") as (b): print(a.name, b.name)
with (CM("c"), CM("d", True) as d,):
    raise ValueError("swallowed")
def early():
    with CM("e"):
        return "returned"
print(early())
for _ in range(2):
    with CM("loop"):
        continue
try:
    with CM("f"):
        1 / 0
except ZeroDivisionError as e: print("out", e)
class NoExit:
    def __enter__(self): pass
for bad in (1, NoExit()):
    try:
        with bad: pass
    except TypeError as e: print(e)
class BadExit(CM):
    def __exit__(self, *a): raise RuntimeError("in exit")
try:
    with BadExit("g"): raise KeyError("body")
except RuntimeError as e: print(repr(e), repr(e.__context__))
