t = (1, "a", 2.5, None)
print(t, (), (1,), tuple("abc"), tuple([1, 2]), t[1], t[-1], t[1:3], t + (5,), t * 2, len(t), "a" in t, t.index("a"), t.count(1), hash((1, 2)) == hash((1, 2)))
print((1, 2) < (1, 3), (1,) < (1, 0), (1, 2) == (1, 2), () < (0,), (1, "a") != (1, "b"), tuple() is (), sorted([(2, 1), (1, 2), (1, 1)]), max((1, 5), (1, 4)))
a, (b, *c), d = 1, (2, 3, 4), 5; print(a, b, c, d)
for bad in ("t[9]", "t['a']", "t.index(99)", "t + [1]", "t * 'a'", "tuple(5)", "hash(([],))", "t[0] = 1", "del t[0]", "(1, 'a') < (1, 2)", "a, b = t", "a, b = (1,)", "a, *b, c = (1,)", "t.append", "tuple(1, 2)"):
    try: exec(bad)
    except Exception as e: print(bad, type(e).__name__, e)
class T(tuple):
    def __new__(cls, *a): return super().__new__(cls, a)
    def __getitem__(self, i): return "sub" if i == 0 else super().__getitem__(i)
x = T(1, 2); print(x, x[0], x[1], x + (3,), type(x[:]), x == (1, 2), list(x), isinstance(x, tuple))
r = ([],); r[0].append(r); print(r, repr(((1, (2, (3,))))))
from collections import namedtuple
P = namedtuple("P", "x y z", defaults=[0]); p = P(1, y=2)
print(p, p._asdict(), p._replace(x=5), P._fields, p._field_defaults, p.x + p[1], P._make([7, 8, 9]), p == (1, 2, 0), P.__doc__)
for bad in ("P(1)", "P(1, 2, 3, 4)", "p._replace(q=1)", "p.x = 1", "namedtuple('X', 'a a')", "namedtuple('X', 'class')", "namedtuple('X', '_a')", "namedtuple('1', 'a')"):
    try: exec(bad)
    except Exception as e: print(bad, type(e).__name__, e)
