class C:
    def m(self, x=1): "doc"; return self, x
    @classmethod
    def c(cls): return cls
    @staticmethod
    def s(x): return x
c = C(); b = c.m
print(b.__name__, b.__doc__, b.__func__ is C.m, b.__self__ is c, b == c.m, b is c.m, hash(b) == hash(c.m), b(2)[1], C.m(c)[1], c.c() is C, C.s(3), c.s(4))
print(C.c.__func__.__name__, C.__dict__["c"], type(C.__dict__["s"]).__name__, C.__dict__["s"].__wrapped__.__name__, C.m.__defaults__) if False else print(type(C.__dict__["c"]), type(C.__dict__["s"]))
import types
c.own = types.MethodType(lambda self, y: y * 2, c); print(c.own(4), c.own.__self__ is c)
for bad in ("c.m(1, 2, 3)", "C.m()", "c.c(1)", "types.MethodType(5, c)", "types.MethodType(len, None)", "b.x = 1", "C.s()", "c.nope()", "c.m.nope"):
    try: exec(bad)
    except Exception as e: print(bad, type(e).__name__, e)
print([].append.__name__, [].append.__self__, str.upper.__objclass__, "a".upper.__qualname__, len.__module__, len.__self__, dict.fromkeys.__self__, int.__add__(1, 2), (1).__add__(2), int.__dict__["real"], str.join.__text_signature__)
class Callable:
    def __call__(self, *a): return a
class Uses: f = Callable(); g = len; h = lambda self: "bound"; p = functools.partial(print, "partial") if False else None
u = Uses(); print(u.f(1), u.g("abc"), u.h())
class Desc:
    def __get__(self, o, t=None): return lambda: (o is None, t.__name__)
class H: d = Desc()
print(H.d(), H().d(), H.__dict__["d"].__class__.__name__)
def f(): pass
f.attr = 1; f.__name__ = "renamed"; f.__defaults__ = (1,); print(f, f.__dict__, f.__module__, f.__closure__, f.__kwdefaults__, f.__qualname__) if False else print(f.attr, f.__name__, f.__dict__, f.__module__, f.__closure__)
for bad in ("f.__name__ = 1", "f.__code__ = 1", "f.__defaults__ = 1", "f.__dict__ = 1", "f.__closure__ = ()", "del f.__name__", "f.__kwdefaults__ = []"):
    try: exec(bad)
    except Exception as e: print(bad, type(e).__name__, e)
g = types.FunctionType(compile("x * y", "<s>", "eval"), {"x": 6, "y": 7}, "made"); print(g(), g.__name__)
