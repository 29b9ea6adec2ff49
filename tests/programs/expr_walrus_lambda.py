if (n := len("abc")) > 2: print(n)
print([y := 1, y ** 2], (z := 5) + z, [last := x for x in range(3)], last)
while (line := next(iter(["once"]))) and n > 2: print(line); n -= 1
print((lambda: 1)(), (lambda x, /, y=2, *a, z, **k: (x, y, a, z, k))(1, z=3, w=4), (lambda *a: a)(1, 2))
fact = lambda n: 1 if n < 2 else n * fact(n - 1)
print(fact(10), (lambda x: (yield x))(1).__class__.__name__, sorted("bca", key=lambda c: -ord(c)))
compose = lambda *f: lambda x: __import__("functools").reduce(lambda a, g: g(a), f, x)
print(compose(str, len, lambda n: n + 1)(12345))
print([f(3) for f in [lambda x, i=i: x * i for i in range(3)]])
def g():
    if any((hit := v) > 2 for v in [1, 2, 3, 4]): return hit
print(g())
for bad in ("(x := 1, y := 2) = 3", "x := 1", "[i := 0 for i in range(3)]", "def f(x=y := 1): pass", "lambda: (yield)", "f(a.b := 1)", "[(i := 1) for j in (i := range(3))]"):
    try: compile(bad, "<s>", "exec"); print("ok", bad)
    except SyntaxError as e: print(bad, "->", e.msg)
