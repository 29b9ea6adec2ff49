class A:
    kind = "a"

    def __init__(self, x):
        self.x = x

    def __repr__(self):
        return f"{type(self).__name__}({self.x!r:>5})"

    @property
    def double(self):
        return self.x * 2

    @classmethod
    def make(cls, x):
        return cls(x)

    @staticmethod
    def plain(x):
        return x + 1


class B(A):
    __slots__ = ("y",)

    def __init__(self, x):
        super().__init__(x * 2)
        self.y = x


print(A(3), B("q"), A.make(4).double, B.plain(1), B.__mro__)
b = B(2)
print(b.y, vars(b), isinstance(b, A), issubclass(A, B))


class M(type):
    def __new__(mcls, name, bases, ns, **kw):
        cls = super().__new__(mcls, name, bases, ns)
        cls.made_with = kw
        return cls

    def __init__(cls, *a, **kw):
        pass


class C(metaclass=M, flag=True):
    pass


print(C.made_with, type(C).__name__)
