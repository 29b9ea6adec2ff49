it = iter([1, 2, 3]); print(next(it), it.__length_hint__(), list(it), next(it, "end"))
print(list(zip([1, 2], "ab", (True, False))), list(zip()), list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(None, [0, 1, "", "x"])), list(enumerate("ab", 5)), list(reversed("abc")))
try: list(zip([1], [1, 2], strict=True))
except ValueError as e: print(e)
try: list(map(lambda a, b: a, [1], [1, 2], strict=True))
except ValueError as e: print(e)
class Seq:
    def __getitem__(self, i):
        if i > 3: raise IndexError
        return i * i
    def __len__(self): return 4
print(list(Seq()), 9 in Seq(), list(reversed(Seq())), [*Seq()], max(Seq()), dict(enumerate(Seq())))
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration
        return self.n
print(list(It()), sum(It()), sorted(It(), reverse=True), tuple(It()), 2 in It(), "".join(map(str, It())))
calls = iter([1, 2, 0, 3]); print(list(iter(lambda: next(calls), 0)))
for bad in ("iter(5)", "next([])", "iter(len)", "iter(len, 1).x", "reversed({1})", "zip(5)", "map(5)", "filter(1)", "list(map(5, [1]))", "next(iter([]))", "enumerate(5)", "reversed(5)", "next(5)", "zip([1], strict=2, x=1)", "iter(1, 2)"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
class BadIter:
    def __iter__(self): return 5
class BadNext:
    def __iter__(self): return self
for b in (BadIter(), BadNext()):
    try: list(b)
    except TypeError as e: print(e)
import copy, pickle
i = iter([1, 2, 3]); next(i); print(list(copy.copy(i)), i.__reduce__()[1:], list(pickle.loads(pickle.dumps(i))))
a, b = iter("ab"), iter([1]); print(type(a).__name__, type(b).__name__, type(iter({})).__name__, type(iter({1: 2}.items())).__name__, type(iter(set())).__name__, type(iter(b"")).__name__, type(iter(range(1))).__name__, type(iter(range(2 ** 70))).__name__)
