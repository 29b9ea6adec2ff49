class Meta(type):
    @classmethod
    def __prepare__(m, name, bases, **kw): print("prepare", name, bases, kw); return {}
    def __new__(m, name, bases, ns, **kw): return super().__new__(m, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw): super().__init__(name, bases, ns)
    def __call__(cls, *a): print("call", cls.__name__, a); return super().__call__(*a)
    def __getitem__(cls, k): return f"{cls.__name__}[{k}]"
class A(metaclass=Meta, flag=True):
    count = 0
    def __init_subclass__(cls, /, tag=None, **kw): super().__init_subclass__(**kw); print("sub", cls.__name__, tag); cls.tag = tag
    def __init__(self, v): self.v = v
    def __repr__(self): return f"{type(self).__name__}({self.v})"
class B(A, tag="x"):
    def __init__(self, v): super().__init__(v * 2)
print(A(1), B(2), A["k"], B.tag, B.__mro__, type(B))
class Descr:
    def __set_name__(self, owner, name): print("set_name", owner.__name__, name)
    def __get__(self, o, t): return ("get", o is None, t.__name__)
    def __set__(self, o, v): print("set", v)
    def __delete__(self, o): print("delete")
class C:
    d = Descr()
c = C(); c.d = 1; del c.d; print(c.d, C.d)
print(C.__qualname__, C.__module__, C.__dict__.keys() >= {"d", "__dict__", "__weakref__"})
class S:
    __slots__ = ("a", "__b")
    def __init__(self): self.a = 1; self.__b = 2
s = S(); print(s.a, s._S__b, hasattr(s, "__dict__"))
try: s.c = 1
except AttributeError as e: print(e)
try: type("X", (A, int), {})
except TypeError as e: print(e)
try: type("X", (int, str), {})
except TypeError as e: print(e)
try:
    class M(B, A): pass
    class N(A, B): pass
except TypeError as e: print(e)
