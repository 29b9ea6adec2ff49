class A:
    "doc A"
    a: int = 1
    b: "str"
    def m(self): pass
class B(A): __slots__ = ("s",); c = 2
print(A.__name__, A.__qualname__, A.__module__, A.__doc__, A.__bases__, A.__mro__, A.__dict__["a"], A.__annotations__, A.__subclasses__(), A.__base__, A.__flags__ & (1 << 9) != 0, A.__basicsize__, B.__dictoffset__, A.__itemsize__)
print(issubclass(B, A), isinstance(B(), (int, A)), isinstance(5, int | str), issubclass(bool, int), hasattr(A, "m"), getattr(A, "zz", 5), callable(A), vars(B)["c"], sorted(set(dir(B)) - set(dir(object))), type(A), A.__type_params__, A.__static_attributes__, A.__firstlineno__)
A.new = 5; setattr(A, "n2", 6); print(B.new, B().n2); del A.new; delattr(A, "n2")
for bad in ("A.new", "A.__name__ = 1", "A.__bases__ = ()", "A.__dict__ = {}", "A.__mro__ = 1", "int.x = 1", "del A.__name__", "A.__class__ = int", "A.__bases__ = (int,)", "isinstance(1, 5)", "issubclass(1, int)", "issubclass(int, 5)", "object().x", "object().x = 1", "A().zz", "A(1)", "object(1)", "type()", "type(1, 2)", "type('a', 1, {})", "type('a', (), 1)", "type('\\0', (), {})", "A.__module__", "type.__call__()", "setattr(A, 1, 2)", "getattr(A)", "hasattr(A, 1)", "vars(5)", "delattr(A, 'nope')"):
    try: print(bad, eval(bad) if "=" not in bad and not bad.startswith("del ") else exec(bad))
    except Exception as e: print(bad, type(e).__name__, e)
class C(A): pass
class X:
    def m(self): return "X"
C.__bases__ = (X,); print(C().m(), C.__mro__, issubclass(C, A)); o = A(); o.__class__ = X; print(o.m())
A.__name__ = "Renamed"; A.__qualname__ = "Q.R"; A.__doc__ = "new"; print(A, repr(A()).split(" at ")[0], A.__doc__)
D = type("D", (A,), {"v": 1, "__slots__": ["w"], "__module__": "mod"}); print(D, D.v, D().__slots__, D.w)
print(type(int), type(type), object.__class__, type.__mro__, (5).__class__, int.__class__.__class__)
class Abstract:
    def __class_getitem__(cls, k): return f"{cls.__name__}<{k}>"
    def __instancecheck__(self, o): return True
print(Abstract[int], Abstract["a", "b"])
class Meta(type):
    def __instancecheck__(c, o): return o == 5
    def __subclasscheck__(c, s): return s is int
    def __dir__(c): return ["z", "y"]
    def __bool__(c): return False
    def __len__(c): return 3
    def __iter__(c): return iter("meta")
    def __contains__(c, x): return x == 1
    def __or__(c, o): return "or"
    def __eq__(c, o): return NotImplemented
    __hash__ = type.__hash__
class Q(metaclass=Meta): pass
print(isinstance(5, Q), isinstance(6, Q), issubclass(int, Q), dir(Q), bool(Q), len(Q), list(Q), 1 in Q, Q | int, Q == Q)
