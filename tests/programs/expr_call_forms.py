class C:
    def m(self, *a, **k): return a, k
    @classmethod
    def c(cls, *a): return cls.__name__, a
    @staticmethod
    def s(*a): return a
    def __call__(self, *a, **k): return "call", a, k
o = C()
print(o.m(1, *[2], x=1, **{"y": 2}), C.m(o, 5), o.c(1), C.s(1, 2), o(3, z=4), C.__call__(o), (o.m)(*(), **{}))
bound = o.m
print(bound(1), bound.__self__ is o, bound.__func__ is C.m, bound == o.m)
print(print, len, str.upper, C.m.__qualname__)
print(max(*[1, 5, 3]), max([1, 2], key=lambda x: -x), dict(a=1, **{"b": 2}), int("ff", base=16), sorted([3, 1], reverse=True))
order = []
def t(x): order.append(x); return x
def f(*a, **k): return a, k
f(t(1), *[t(2)], t(3), a=t(4), **{"b": t(5)}, c=t(6)); print(order)
import functools
p = functools.partial(f, 1, k=2); print(p(3, j=4), p.func is f, p.args, p.keywords)
print((lambda **k: list(k))(**{"z": 1, "a": 2}), f(**{"self": 1}), "{0} {a}".format(1, a=2))
for bad in ("f(a=1, a=2)", "f(**{}, *[])", "f(x for x in [], 1)", "f(1=2)", "f(a=1, 2)", "f(True=1)"):
    try: compile(bad, "<s>", "eval")
    except SyntaxError as e: print(bad, "->", e.msg)
