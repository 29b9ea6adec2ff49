def lines():
    yield from ("10 apples", "x bad", "5 pears", "", "7 apples")
def parse(it):
    for n, l in enumerate(it, 1):
        try: q, f = l.split(); yield int(q), f
        except ValueError as e: print(f"line {n}: {e}")
def running():
    total = 0; n = None
    while True: n = yield total; total += n
def tee_print(it):
    for x in it: print("saw", x); yield x
acc = running(); next(acc); print([acc.send(q) for q, f in tee_print(parse(lines())) if f != "pears"])
def flatten(x):
    if isinstance(x, (list, tuple)):
        for y in x: yield from flatten(y)
    else: yield x
print(list(flatten([1, [2, (3, [4, []]), 5], ((6,),)])))
def window(it, n):
    import collections, itertools
    it = iter(it); d = collections.deque(itertools.islice(it, n), maxlen=n)
    if len(d) == n: yield tuple(d)
    for x in it: d.append(x); yield tuple(d)
print(list(window(range(6), 3)), sum(a * b for a, b in window([1, 2, 3], 2)))
def coroutine_sum():
    s = 0
    try:
        while True: s += yield
    except GeneratorExit: print("total", s); raise
c = coroutine_sum(); next(c); [c.send(i) for i in range(5)]; c.close()
