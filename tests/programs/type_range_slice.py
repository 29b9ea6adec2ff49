r = range(2, 20, 3)
print(r, list(r), len(r), r[2], r[-1], r[1:3], r[::-1], 5 in r, 6 in r, "a" in r, r.index(8), r.count(8), r.start, r.stop, r.step, r == range(2, 19, 3), hash(r) == hash(range(2, 19, 3)), bool(range(0)), list(reversed(r)))
print(list(range(5, 0, -2)), list(range(0)), range(3, 3) == range(0), range(10 ** 20, 10 ** 20 + 3)[1], 10 ** 20 in range(10 ** 30), range(0, 2 ** 70, 2 ** 69)[-1], list(range(-3, 3)), sum(range(101)), max(range(5)), range(1, 100)[10:20:3])
for bad in ("range()", "range(1.5)", "range(1, 2, 0)", "range(3)[5]", "r.index(99)", "len(range(2 ** 70))", "r['a']", "r < r", "range('a')", "r.start = 1", "range(1, 2, 3, 4)", "range(3) + range(2)", "range(a=1)"):
    try: print(bad, exec(bad))
    except Exception as e: print(bad, type(e).__name__, e)
s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, s.indices(6), s == slice(1, 10, 2), slice(5).stop, slice(None).indices(3), hash(s) == hash(slice(1, 10, 2)), slice(-1, -5, -1).indices(10), slice(1) < slice(2))
try: s.indices(-1)
except ValueError as e: print(e)
try: s.start = 2
except AttributeError as e: print(e)
class I:
    def __index__(self): return 4
print(range(I()), "abcdefgh"[I():], [1, 2, 3, 4, 5][I()], list(range(10))[slice(I(), None)], repr(iter(r))[:22], iter(range(3)).__length_hint__(), iter(r).__reduce__()[1])
it = iter(range(5)); next(it); print(list(it), [*zip(range(3), range(10, 13))], [*map(pow, range(4), range(4))])
