log = []
class T:
    def __init__(self, n): self.n = n
    for op in ("lt", "le", "eq", "ne", "gt", "ge"): exec(f"def __{op}__(self, o): log.append(('{op}', self.n, getattr(o, 'n', o))); return NotImplemented")
    del op
a, b = T("a"), T("b")
for e in ("a < b", "a <= 1", "a == b", "a != b", "1 > a", "a >= b", "sorted([a, b])", "max(a, b)", "a in [b]", "[a] == [b]", "(a,) < (b,)"):
    log.clear()
    try: print(e, eval(e), log)
    except TypeError as x: print(e, x, log)
class V:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v if isinstance(o, V) else NotImplemented
    def __lt__(self, o): return self.v < o.v if isinstance(o, V) else NotImplemented
print(V(1) == V(1), V(1) != V(2), V(1) == 1, V(2) > V(1), sorted([V(2), V(1)])[0].v, V(1) in [V(1)], [V(1)].index(V(1)))
try: hash(V(1))
except TypeError as e: print(e)
try: V(1) <= V(2)
except TypeError as e: print(e)
class W(V): __hash__ = V.__hash__ or (lambda s: s.v)
print({W(1): 1}[W(1)], len({W(1), W(1), W(2)}), float("nan") in [float("nan")], (n := float("nan")) in [n], [n] == [n], {n: 1}[n])
class Rich:
    def __eq__(self, o): return "eq-result"
    def __bool__(self): return False
print(Rich() == 1, (Rich() == 1) is True, Rich() in [1], not Rich(), [1, 2] < [1, 2, 0], (1, "b") < (1, "c"), {1} < {1, 2}, "Z" < "a", b"a" < b"b", None == 0, 1 == True, 0.1 + 0.2 == 0.3, 2 ** 53 == 2.0 ** 53, 10 ** 400 != float("inf"))
