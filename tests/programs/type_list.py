l = [3, 1, 2]
l.append(4); l.extend("ab"); l.insert(1, "i"); l.insert(-100, "first"); l.insert(100, "last"); print(l, l.pop(), l.pop(0), l.index("i"), l.count(1))
l.remove("i"); l.reverse(); print(l, l.copy(), l[:] == l, l[:] is l); l.clear(); print(l)
n = [5, 3, 9, 1]; n.sort(); print(n); n.sort(reverse=True, key=lambda x: x % 5); print(n, sorted("banana"), sorted([3, 1, 2], key=lambda x: -x))
print([1, 2] + [3], [1] * 3, [1, 2] < [1, 3], [] < [0], [1, [2]] == [1, [2]], 2 in [1, 2], [1, 2, 3][-1], len([1, [2, 3]]), list("ab"), list(range(3)), list({1: 2}))
l = [1]; l.append(l); print(l, l == l)
l = list(range(10)); l[2:5] = [99]; l[::3] = "wxyz"[:len(l[::3])]; print(l); del l[1:4]; print(l); l += (7, 8); l *= 2; print(l)
for bad in ("l[99]", "l['a']", "l.index(1000)", "l.remove(1000)", "[].pop()", "l.pop(99)", "l + (1,)", "[1, 'a'].sort()", "l.insert('a', 1)", "l[0:1] = 5", "[].pop('a')", "list(5)", "list(1, 2)", "[1] * 1.5", "l.sort(lambda x: x)", "hash([])", "l[::2] = [1]", "[1] < 5", "l.extend(5)", "l.sort(key=5)"):
    try: exec(bad)
    except Exception as e: print(bad, type(e).__name__, e)
class L(list):
    def __len__(self): return 99
    def append(self, x): super().append(x * 2)
x = L([1]); x.append(5); print(x, len(x), list(x), x + [1], type(x.copy()), type(x[:]))
def mutate():
    data = [1, 2, 3, 4]
    for v in data:
        if v == 2: data.remove(v)
        yield v
print(list(mutate()))
class Evil:
    def __lt__(self, o): evil.append(1); return False
evil = [Evil() for _ in range(3)]
try: evil.sort()
except ValueError as e: print(e, len(evil))
words = "the quick brown fox jumps over the lazy dog".split(); words.sort(key=lambda w: (len(w), w)); print(words)
print([[0] * 2 for _ in range(2)], [list(r) for r in zip(*[[1, 2], [3, 4]])], sum([[1], [2]], []), list(reversed([1, 2])), any([]), all([]))
