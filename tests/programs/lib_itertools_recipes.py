import itertools as it, operator as op, collections
def take(n, s): return list(it.islice(s, n))
def roundrobin(*s):
    s = list(map(iter, s))
    while s:
        for i in list(s):
            try: yield next(i)
            except StopIteration: s.remove(i)
def powerset(s): s = list(s); return it.chain.from_iterable(it.combinations(s, r) for r in range(len(s) + 1))
def unique(s, key=None): seen = set(); return [x for x in s if (k := key(x) if key else x) not in seen and not seen.add(k)]
print(take(3, it.count(10)), list(roundrobin("abc", "d", "ef")), list(powerset([1, 2, 3])), unique("AbBaCc", str.lower), list(it.accumulate([3, 1, 4, 1, 5], max)), [k + str(len(list(g))) for k, g in it.groupby("aaabbc")], sum(map(op.mul, [1, 2, 3], [4, 5, 6])), list(it.starmap(pow, zip([2, 3], [3, 2]))), list(zip(*[iter(range(6))] * 2)), list(it.chain(*[[1], [2, [3]]])), collections.deque(range(9), 3), dict(zip("ab", it.repeat(0))), list(it.islice(it.cycle([1, 2]), 1, 6, 2)), list(it.zip_longest(*["ab", "c"])), ["".join(p) for p in it.permutations("abc")][:4], list(it.compress(it.count(), [0, 1, 1])))
