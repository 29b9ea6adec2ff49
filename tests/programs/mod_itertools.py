from itertools import *
import operator
print(list(chain("ab", [1])), list(chain.from_iterable(["a", "b"])), list(islice(count(5, 2), 3)), list(islice(cycle("ab"), 5)), list(repeat(7, 2)), list(accumulate([1, 2, 3])), list(accumulate([1, 2, 3], operator.mul, initial=10)), list(compress("abc", [1, 0, 1])), list(dropwhile(lambda x: x < 2, [1, 2, 1])), list(takewhile(lambda x: x < 2, [1, 2, 1])), list(filterfalse(lambda x: x % 2, range(4))), list(starmap(pow, [(2, 3), (3, 2)])), list(zip_longest("ab", "c", fillvalue="-")), list(pairwise("abc")), list(batched("abcde", 2)))
print([(k, list(g)) for k, g in groupby("aabbc")], [(k, len(list(g))) for k, g in groupby(range(10), lambda x: x // 4)], list(product("ab", [1, 2])), list(product([0, 1], repeat=2)), list(permutations("abc", 2)), list(combinations("abc", 2)), list(combinations_with_replacement("ab", 2)), len(list(permutations(range(5)))))
a, b, c = tee(iter([1, 2, 3]), 3); print(next(a), list(b), list(a), list(c), list(islice("abcdef", 1, None, 2)), list(islice("abc", 0)), list(product()), list(permutations([], 0)), list(combinations("ab", 5)))
for bad in ("islice([1], -1)", "islice([1], 1, 2, 0)", "count('a')", "repeat()", "product('a', repeat=-1)", "permutations('ab', -1)", "list(batched('abc', 0))", "list(batched('abc', 2, strict=True))", "chain(5).__next__()", "list(chain(1))", "next(groupby(5))", "list(starmap(pow, [1]))", "tee([1], -1)", "accumulate()", "zip_longest(a=1)", "combinations('a')", "list(accumulate([1, 'a']))", "cycle()", "repeat(1, 'a')"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
print(count(1), count(1.5, 0.5), repeat("x", 3), repeat(None), list(islice(count(2 ** 63 - 1), 2)), next(count(0.1, 0.1)), count(5).__reduce__() if False else repeat(1, 5).__length_hint__())
g = groupby("aab"); k, s = next(g); next(g); print(list(s))
def primes():
    s = count(2)
    while True:
        p = next(s); yield p; s = filter(lambda n, p=p: n % p, s)
print(list(islice(primes(), 15)))
