inv = {"apple": 3, "pear": 0, "fig": 7}
print({k: v for k, v in inv.items() if v}, dict(sorted(inv.items(), key=lambda kv: (-kv[1], kv[0]))), sum(inv.values()), max(inv, key=inv.get), list(inv), inv.get("kiwi", "none"), inv | {"kiwi": 1}, {**inv, "fig": 0}, inv.pop("pear"), inv.setdefault("lime", []), inv, "fig" in inv, dict(zip("ab", (1, 2))), {v: k for k, v in {"a": 1, "b": 1}.items()})
groups = {}
for w in "apple avocado banana blueberry cherry".split(): groups.setdefault(w[0], []).append(w)
print(groups, {k: len(v) for k, v in groups.items()}, [*groups.values()], list(groups.items())[-1], {frozenset({1, 2}): "fs"}[frozenset({2, 1})])
a, b = set("abracadabra"), set("alacazam"); print(sorted(a - b), sorted(a | b), sorted(a & b), sorted(a ^ b), a <= b, {1, 2} < {1, 2, 3}, len(a), {x % 3 for x in range(10)}, set() == {*()}, {(1, 2): "t"}[1, 2])
nested = {"a": {"b": {"c": [1, {"d": 2}]}}}
def walk(o, path=()):
    match o:
        case dict():
            for k, v in o.items(): yield from walk(v, (*path, k))
        case list():
            for i, v in enumerate(o): yield from walk(v, (*path, i))
        case _: yield path, o
print(list(walk(nested)), nested["a"]["b"]["c"][1]["d"]); m = {}
for i in range(1000): m[i * 37 % 1009] = i
for i in range(0, 1009, 3): m.pop(i, None)
print(len(m), sum(m), list(m)[:5], m.popitem()); d = {}; d[1] = "int"; d[True] = "bool"; d[1.0] = "float"; print(d, {0: 1} | {False: 2}, dict.fromkeys("ab", 0), list({"x": 1}.keys() | {"y"}) != [], {"a": 1}.items() >= {("a", 1)}, all(k in m for k in list(m)[:3]))
