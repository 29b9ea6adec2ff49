def make():
    n, log = 0, []
    def inc(by=1):
        nonlocal n
        n += by; log.append(n)
        return n
    def reset(): nonlocal n; n = 0
    inc.reset, inc.log = reset, log
    return inc
a, b = make(), make()
print(a(), a(5), b(), a.log, b.log, a.reset(), a(), a.__closure__[1].cell_contents, a.__code__.co_freevars, sorted(make.__code__.co_cellvars))
def compose(*fs):
    def run(x):
        for f in fs: x = f(x)
        return x
    return run
print(compose(lambda x: x + 1, str, lambda s: s * 2)(4), [f() for f in [lambda i=i: i * i for i in range(4)]])
def memo(f):
    cache = {}
    def w(*a):
        if a not in cache: cache[a] = f(*a)
        return cache[a]
    w.cache = cache; return w
@memo
def ways(n, k): return 1 if n == 0 else 0 if n < 0 or k == 0 else ways(n - k, k) + ways(n, k - 1)
print(ways(50, 50), len(ways.cache))
