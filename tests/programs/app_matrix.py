class Matrix:
    def __init__(self, rows): self.rows = [list(r) for r in rows]
    @classmethod
    def identity(cls, n): return cls([[int(i == j) for j in range(n)] for i in range(n)])
    def __matmul__(self, o): return Matrix([[sum(a * b for a, b in zip(r, c)) for c in zip(*o.rows)] for r in self.rows])
    def __mul__(self, k): return Matrix([[v * k for v in r] for r in self.rows])
    __rmul__ = __mul__
    def __add__(self, o): return Matrix([[a + b for a, b in zip(r, s)] for r, s in zip(self.rows, o.rows)])
    def __pow__(self, n):
        r, b = Matrix.identity(len(self.rows)), self
        while n:
            if n & 1: r = r @ b
            b, n = b @ b, n >> 1
        return r
    def __getitem__(self, ij): i, j = ij; return self.rows[i][j]
    def __eq__(self, o): return self.rows == o.rows
    def __repr__(self): return f"Matrix({self.rows})"
    def __iter__(self): return (v for r in self.rows for v in r)
    @property
    def T(self): return Matrix(zip(*self.rows))
    def det(self):
        if len(self.rows) == 1: return self[0, 0]
        return sum((-1) ** j * self[0, j] * Matrix([r[:j] + r[j + 1:] for r in self.rows[1:]]).det() for j in range(len(self.rows)))
m = Matrix([[1, 1], [1, 0]]); print(m ** 90, m @ m.T, 2 * m + m, m.det(), Matrix([[2, 0, 1], [1, 3, 2], [1, 1, 4]]).det(), list(m), m == Matrix([[1, 1], [1, 0]]), m[0, 1])
try: m[5, 5]
except IndexError as e: print(e)
