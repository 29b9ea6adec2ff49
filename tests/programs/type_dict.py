d = {"a": 1, "b": 2, 3: [4], (1, 2): None}
print(d, d["a"], d.get("z"), d.get("z", 0), len(d), "a" in d, list(d), list(d.items()), list(d.values()), d.keys() & {"a", "q"}, d.keys() | {"n"} == {"a", "b", 3, (1, 2), "n"})
d["c"] = 5; d.update(a=9, z=1); d.update([("y", 2)]); d |= {"w": 3}; print(d, d.pop("a"), d.pop("nope", "dflt"), d.popitem(), d.setdefault("n", []), d.setdefault("n", 5))
del d["b"]; print(d, d | {"q": 1}, {**d, "x": 0}, dict(a=1), dict([("k", "v")]), dict({"x": 1}, y=2), dict.fromkeys("ab"), dict.fromkeys([1, 2], 0), dict(zip("ab", [1, 2])))
print({1: "a", 1.0: "b", True: "c"}, {"a": 1} == {"a": 1.0}, {"x": 1, "y": 2} == {"y": 2, "x": 1}, list(reversed({"a": 1, "b": 2})), {}.copy(), d.copy() == d)
for bad in ("d['none']", "d[[]]", "{}.popitem()", "{}.pop('x')", "dict(5)", "dict([1])", "dict([(1, 2, 3)])", "{[]: 1}", "d.update(5)", "hash({})", "d.get()", "dict(1, 2)", "{} < {}", "{} + {}", "d.keys()[0]", "dict([(1,)])", "d.fromkeys(5)", "del d['none']", "dict(**{1: 2})", "{**5}"):
    try: exec(bad)
    except Exception as e: print(bad, type(e).__name__, e)
class D(dict):
    def __missing__(self, k): return f"missing {k}"
x = D(a=1); print(x["a"], x["q"], x.get("q"), "q" in x, x)
d = {i: i for i in range(5)}
try:
    for k in d: d[k + 10] = 1
except RuntimeError as e: print(e)
try:
    for k in d: del d[k]
except RuntimeError as e: print(e)
v = {"a": 1}.items(); print(v, ("a", 1) in v, v == {("a", 1)}, v - {("a", 1)}, {"a": 1}.keys() ^ {"b"}, {"a": 1}.values(), v.mapping, v.isdisjoint([("b", 2)]))
r = {}; r["self"] = r; print(r)
class K:
    def __init__(self, h): self.h = h
    def __hash__(self): return self.h
    def __eq__(self, o): return self.h == o.h
    def __repr__(self): return f"K{self.h}"
e = {K(1): "one", K(9): "nine", K(17): "seventeen"}; print(e[K(9)], e.pop(K(1)), e, K(1) in e, list(e))
m = {}
for w in "a b a c b a".split(): m[w] = m.get(w, 0) + 1
print(m, sorted(m, key=m.get, reverse=True), max(m, key=m.get), {v: k for k, v in m.items()}, dict(sorted(m.items(), key=lambda i: -i[1])))
big = {i * 7919 % 10007: i for i in range(5000)}
for i in range(0, 10007, 2): big.pop(i, None)
print(len(big), sum(big), list(big)[:5])
