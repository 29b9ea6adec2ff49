import random
def bubble(a):
    a = a[:]
    for i in range(len(a)):
        for j in range(len(a) - 1 - i):
            if a[j] > a[j + 1]: a[j], a[j + 1] = a[j + 1], a[j]
    return a
def quick(a): return a if len(a) < 2 else quick([x for x in a[1:] if x < a[0]]) + [a[0]] + quick([x for x in a[1:] if x >= a[0]])
def merge(a):
    if len(a) < 2: return a
    l, r, out = merge(a[:len(a) // 2]), merge(a[len(a) // 2:]), []
    while l and r: out.append((l if l[0] <= r[0] else r).pop(0))
    return out + l + r
def heap(a):
    import heapq; h = a[:]; heapq.heapify(h); return [heapq.heappop(h) for _ in a]
def radix(a):
    e = 1
    while max(a) // e: a = [x for d in range(10) for x in a if x // e % 10 == d]; e *= 10
    return a
r = random.Random(1); d = [r.randrange(1000) for _ in range(60)]
for f in (bubble, quick, merge, heap, radix): print(f.__name__, f(d) == sorted(d), f(d)[:5])
recs = [("b", 2), ("a", 2), ("c", 1)]; print(sorted(recs, key=lambda t: t[1]), sorted(recs, key=lambda t: (-t[1], t[0])), sorted(recs, reverse=True), sorted("bAc", key=str.casefold), sorted([3, True, 2.5, False]), sorted([[2], [1, 5], []]))
