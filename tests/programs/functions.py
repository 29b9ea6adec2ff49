def f(a, b=2, *args, c, d=4, **kw):
    return (a, b, args, c, d, kw)

print(f(1, c=3), f(1, 2, 3, 4, c=5, e=6))

def gen(n):
    for i in range(n):
        got = yield i * i
        if got:
            yield ("got", got)

g = gen(3)
print(next(g), g.send("x"), list(g))
print(sorted([3, 1, 2], key=lambda x: -x), sum(gen(10)), [x for x in range(9) if x % 2])

def fact(n):
    return 1 if n < 2 else n * fact(n - 1)

print(fact(30))

def counter():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    return inc

c = counter()
print(c(), c(), c.__closure__[0].cell_contents)
