import functools as f
print(f.reduce(lambda a, b: a * b, range(1, 6)), f.reduce(max, [3, 1, 4], 10), f.partial(int, base=2)("101"), f.partial(f.partial(pow, 2), 3)(), repr(f.partial(len, [1]))) if False else print(f.reduce(lambda a, b: a * b, range(1, 6)), f.partial(int, base=2)("101"))
P = f.Placeholder; print(f.partial(pow, P, 2)(5), f.partial(print, P, "b", end="!\n")("a"))
calls = []
@f.lru_cache(maxsize=2)
def sq(x): calls.append(x); return x * x
print([sq(i) for i in (1, 2, 1, 3, 2, 1)], calls, sq.cache_info(), sq.cache_parameters()); sq.cache_clear(); print(sq.cache_info(), sq.__wrapped__(4), sq.__name__)
@f.cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(80), fib.cache_info().hits)
@f.lru_cache(typed=True)
def t(x): return type(x).__name__
print(t(1), t(1.0), t(True))
try: sq([])
except TypeError as e: print(e)
@f.total_ordering
class V:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
    def __lt__(self, o): return self.v < o.v
print(V(1) <= V(2), V(2) >= V(3), V(1) > V(0), sorted([V(3), V(1)])[0].v)
def deco(fn):
    @f.wraps(fn)
    def w(*a): "wrapper doc"; return fn(*a)
    return w
@deco
def named(): "real doc"
print(named.__name__, named.__doc__, named.__wrapped__.__name__)
@f.singledispatch
def show(x): return f"obj {x}"
@show.register
def _(x: int): return f"int {x}"
@show.register(list)
def _(x): return f"list {x}"
print(show(1), show([2]), show("s"), show(True), show.dispatch(bool) is show.registry[int], sorted(k.__name__ for k in show.registry))
class M:
    @f.singledispatchmethod
    def m(self, x): return "any"
    @m.register
    def _(self, x: str): return "str"
    pm = f.partialmethod(pow, 2) if False else f.partialmethod(lambda self, a, b: (a, b), 1)
print(M().m(1), M().m("a"), M().pm(2), sorted([3, 1, 2], key=f.cmp_to_key(lambda a, b: b - a)), f.cmp_to_key(lambda a, b: 0)(1) == f.cmp_to_key(lambda a, b: 0)(2))
for bad in ("f.reduce(max, [])", "f.partial()", "f.partial(5)", "f.lru_cache(5)(5)", "f.lru_cache('a')", "f.reduce(5, [1, 2])", "f.total_ordering(int)", "f.cmp_to_key(1, 2)", "show()", "f.reduce(max)", "f.partial(pow, P)(2)"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
