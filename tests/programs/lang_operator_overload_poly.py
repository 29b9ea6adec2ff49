class Poly:
    def __init__(self, *c): self.c = list(c) or [0]
    def __call__(self, x): return sum(k * x ** i for i, k in enumerate(self.c))
    def __add__(self, o):
        o = o if isinstance(o, Poly) else Poly(o); n = max(len(self.c), len(o.c)); g = lambda c: c + [0] * (n - len(c))
        return Poly(*(a + b for a, b in zip(g(self.c), g(o.c))))
    __radd__ = __add__
    def __mul__(self, o):
        if not isinstance(o, Poly): return Poly(*(k * o for k in self.c))
        r = [0] * (len(self.c) + len(o.c) - 1)
        for i, a in enumerate(self.c):
            for j, b in enumerate(o.c): r[i + j] += a * b
        return Poly(*r)
    __rmul__ = __mul__
    def __neg__(self): return self * -1
    def __sub__(self, o): return self + -o
    def __pow__(self, n): return Poly(1) if n == 0 else self * self ** (n - 1)
    def __eq__(self, o): return isinstance(o, Poly) and self.c == o.c
    def __getitem__(self, i): return self.c[i]
    def __len__(self): return len(self.c)
    def __repr__(self): return " + ".join(f"{k}x^{i}" for i, k in enumerate(self.c) if k) or "0"
    def __matmul__(self, o): return sum((Poly(k) * o ** i for i, k in enumerate(self.c)), Poly(0))
p, q = Poly(1, 2), Poly(0, 1, 3); print(p, q, p + q, p * q, 3 * p + 1, p - q, p ** 3, p(2), q @ p, p == Poly(1, 2), list(p), len(q), -q, sum([p, q], Poly()))
try: p + "x" + []
except TypeError as e: print(e)
