class Field:
    def __init__(self, kind, default=None, check=None): self.kind, self.default, self.check = kind, default, check
    def __set_name__(self, o, n): self.name = n
    def __get__(self, o, t): return self if o is None else o.__dict__.get(self.name, self.default)
    def __set__(self, o, v):
        if not isinstance(v, self.kind): raise TypeError(f"{self.name} must be {self.kind.__name__}, not {type(v).__name__}")
        if self.check and not self.check(v): raise ValueError(f"bad {self.name}: {v!r}")
        o.__dict__[self.name] = v
class ModelMeta(type):
    registry = {}
    def __new__(m, name, bases, ns):
        cls = super().__new__(m, name, bases, ns); cls._fields = [n for b in reversed(cls.__mro__) for n, v in vars(b).items() if isinstance(v, Field)]; m.registry[name] = cls; return cls
    def __iter__(cls): return iter(cls._fields)
class Model(metaclass=ModelMeta):
    def __init__(self, **k):
        for n, v in k.items():
            if n not in self._fields: raise TypeError(f"unknown field {n}")
            setattr(self, n, v)
    def __repr__(self): return f"{type(self).__name__}({', '.join(f'{n}={getattr(self, n)!r}' for n in self._fields)})"
    def __eq__(self, o): return type(self) is type(o) and all(getattr(self, n) == getattr(o, n) for n in self._fields)
class User(Model): name = Field(str); age = Field(int, 0, lambda v: v >= 0)
class Admin(User): level = Field(int, 1)
print(User(name="a"), Admin(name="b", age=3), list(Admin), User.name.kind, User(name="x") == User(name="x"), list(ModelMeta.registry))
for f in (lambda: User(name=5), lambda: User(age=-1), lambda: User(zip=1), lambda: hash(User(name="q"))):
    try: f()
    except (TypeError, ValueError) as e: print(type(e).__name__, e)
