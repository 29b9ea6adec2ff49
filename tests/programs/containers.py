d = {k: v for k, v in zip("abc", range(3))}
d["z"] = 2**100
d.pop("a")
print(d, list(d.items()), d | {"q": None}, d.get("nope", "default"))
l = [3, 1, 2] * 2
l.sort()
l[1:3] = "xy"
print(l, l[::-1], l.index("x"), len(l))
s = {1, 2, 3} & {2, 3, 4}
print(s, frozenset(s) == s, {1} < {1, 2})
print((1, 2) + (3,), (1, "a") < (1, "b"), *range(3))
a, *b, c = range(6)
print(a, b, c)
print("%s %d %5.2f" % ("a", 3, 2.5), "{:>10}|{!r}".format("x", "y"), f"{3.14159:.2f} {255:#x} {1e100}")
print("a,b".split(","), " x ".strip(), "ß".upper(), "abc"[::-1], b"bytes".hex())
print(10 / 4, 7 // 2, -7 // 2, -7 % 3, 2**-1, divmod(17, 5), round(2.5), 1e16, 0.1 + 0.2, 1j * 1j)
match {"k": [1, 2, 3]}:
    case {"k": [first, *rest]}:
        print("match", first, rest)
