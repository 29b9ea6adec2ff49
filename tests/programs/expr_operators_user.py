class N:
    def __init__(self, v): self.v = v
    def _op(name):
        def f(self, o): return f"{name}({self.v},{getattr(o, 'v', o)})"
        return f
    for _n in "add sub mul truediv floordiv mod pow lshift rshift and or xor matmul divmod".split():
        locals()[f"__{_n}__"] = _op(_n)
        locals()[f"__r{_n}__"] = _op("r" + _n)
    def __neg__(self): return f"neg {self.v}"
    def __pos__(self): return f"pos {self.v}"
    def __invert__(self): return f"inv {self.v}"
    def __abs__(self): return f"abs {self.v}"
    def __round__(self, n=None): return f"round {n}"
    def __trunc__(self): return 3
    def __floor__(self): return "floor"
    def __ceil__(self): return "ceil"
    def __index__(self): return self.v
    def __call__(self, *a, **k): return a, k
    def __contains__(self, x): return x == self.v
    def __getitem__(self, k): return k
a, b = N(1), N(2)
print(a + b, a + 1, 1 + a, a - b, 3 - a, a * b, a / b, 1 / a, a // 2, 2 % a, a ** b, 2 ** a, a << 1, 1 >> a, a & 1, 1 | a, a ^ b, a @ b, 5 @ a, divmod(a, b), divmod(1, a))
print(-a, +a, ~a, abs(a), round(a), round(a, 2), int(N(5)), hex(N(255)), bin(N(5)), [1, 2, 3][b], range(N(3)))
import math
print(math.trunc(a), math.floor(a), math.ceil(a), a(1, x=2), 1 in a, 2 in a, a[1:2, ..., None], a[()], a[*[1, 2]])
class L(N):
    def __radd__(self, o): return "subclass first"
print(a + L(5), L(5) + a)
class R:
    def __add__(self, o): return NotImplemented
    def __eq__(self, o): return NotImplemented
    def __lt__(self, o): return NotImplemented
try: R() + R()
except TypeError as e: print(e)
try: R() < R()
except TypeError as e: print(e)
r = R(); print(r == r, r == R(), r != 1)
