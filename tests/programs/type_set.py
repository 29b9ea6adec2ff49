a, b = {1, 2, 3}, {3, 4}
print(a | b, a & b, a - b, a ^ b, a <= {1, 2, 3, 4}, a < a, a >= {1}, a.isdisjoint({9}), a.union([7], (8,)), a.intersection([1], [1, 2]), a.difference([1]), a.symmetric_difference([1, 9]), a.issubset(range(9)), a.issuperset([1]))
a.add(5); a.discard(99); a.remove(1); a.update([6], "x"); a |= {7}; a &= {2, 3, 5, 7, "x"}; a -= {"x"}; a ^= {2, 10}
print(sorted(a), len(a), 5 in a, a == {3, 5, 7, 10}, a.copy() == a, set("hello") == set("olleh"), set(), {*[1, 1]}, type(a.pop()))
f = frozenset([1, 2]); print(f, f | {3}, {3} | f, type(f | {3}), type({3} | f), hash(f) == hash(frozenset([2, 1])), {f: 1}[frozenset([2, 1])], f in {f}, frozenset(f) is f, frozenset(), f.copy() is f)
for bad in ("a.remove('zz')", "set().pop()", "a.add([])", "a | [1]", "{[]}", "set(5)", "hash(a)", "a < [1]", "a.update(5)", "set(1, 2)", "f.add(1)", "a + a", "a[0]", "a & 5", "frozenset([[]])", "{1} in {1}", "a.union(5)"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
s = {1, 2, 3}
try:
    for x in s: s.add(x + 10)
except RuntimeError as e: print(e)
print({i % 7 for i in range(50)}, sorted({str(i) for i in range(12)}), len({1, 1.0, True}), {0.0, -0.0}, {float("nan"), float("nan")} != {1})
n = {frozenset({1}), frozenset({1, 2})}; print({1} in n, {2} in n, sorted(map(sorted, n)))
class S(set):
    def __repr__(self): return "S!" + super().__repr__()
print(S([1]), S([1]) | {2}, type(S([1]).copy()), type(S() - S()))
primes = set(range(2, 60))
for p in range(2, 8): primes -= set(range(p * 2, 60, p))
print(sorted(primes))
