def deco(tag):
    def wrap(f):
        print("decorate", tag, getattr(f, "__name__", f))
        return f
    return wrap
@deco("outer")
@deco("inner")
def f(): pass
@(lambda c: deco("lambda")(c))
class C:
    @staticmethod
    @deco("static")
    def s(x): return x * 2
    @classmethod
    def c(cls, x): return cls.__name__, x
    @property
    def p(self): return self._p
    @p.setter
    def p(self, v): self._p = v + 1
decos = [deco("list")]
@decos[0]
def g(): pass
o = C(); o.p = 4
print(C.s(3), C.c(1), o.c(2), o.p)
@(lambda f: print(f.__name__))
def h(): pass
