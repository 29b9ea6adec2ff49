a, *b = range(4); *c, d = "xyz"; (e, (f, *g)), h = (1, (2, 3, 4)), 5; [i, [j]] = 6, [7]; print(a, b, c, d, e, f, g, h, i, j)
print([*range(2), *"ab", *{1: 2}], (*(), 1), {*[1], *[2]}, {**{"a": 1}, **{"a": 2, "b": 3}}, max(*[1, 2], *(5,)), dict(**{"q": 1}, r=2))
def f(*a, **k): return a, k
print(f(*[1], 2, *(3,), k=4, **{"z": 5}), *[1, 2], sep="-")
for x, *y in [(1, 2, 3), "ab"]: print(x, y)
a, b = b, a; a[0], (a[1], c) = 9, (8, 7); print(a, b, c)
def ret(): return 1, *[2, 3]
print(ret(), [x for x, (y, z) in [(1, (2, 3))] for x in (y, z)])
for bad in ("a, b = 1", "a, b = 1, 2, 3", "a, *b, c = [1]", "(a, b), c = 1, 2", "a, b = {}", "[*5]", "{**5}", "f(**{1: 2})", "f(*5)", "a, b = iter([1])", "x, = []", "*a, b = None"):
    try: exec(bad)
    except (TypeError, ValueError) as e: print(bad, "->", e)
for bad in ("*a, *b = 1", "*a = 1", "a, b += 1", "f(*)", "[*a for a in b]", "*a", "print(*)", "{**a for a in b}", "del *a"):
    try: compile(bad, "", "exec"); print(bad, "compiles")
    except SyntaxError as e: print(bad, "->", e.msg)
