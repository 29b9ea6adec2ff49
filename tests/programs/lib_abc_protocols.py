from abc import ABC, abstractmethod
from collections.abc import MutableMapping, Sequence, Set, Iterator
class CaseDict(MutableMapping):
    def __init__(self, *a, **k): self._d = {}; self.update(*a, **k)
    def __getitem__(self, k): return self._d[k.lower()]
    def __setitem__(self, k, v): self._d[k.lower()] = v
    def __delitem__(self, k): del self._d[k.lower()]
    def __iter__(self): return iter(self._d)
    def __len__(self): return len(self._d)
d = CaseDict(A=1, b=2); print(d["a"], "B" in d, d.pop("B"), dict(d), d.setdefault("Q", 5), d == {"a": 1, "q": 5}, list(d.items()), d.get("none"))
class Rev(Sequence):
    def __init__(self, s): self.s = s
    def __len__(self): return len(self.s)
    def __getitem__(self, i): return self.s[-1 - i] if -len(self.s) <= i < len(self.s) else self._end()
    def _end(self): raise IndexError("rev")
r = Rev("abc"); print(list(r), r.index("a"), r.count("b"), "z" in r, list(reversed(r)))
class Bits(Set):
    def __init__(self, it=()): self.n = sum({1 << i for i in it})
    def __contains__(self, i): return bool(self.n >> i & 1)
    def __iter__(self): return (i for i in range(self.n.bit_length()) if i in self)
    def __len__(self): return self.n.bit_count()
a, b = Bits([1, 2, 3]), Bits([2, 3, 4]); print(list(a & b), list(a | b), list(a - b), list(a ^ b), a <= b, a.isdisjoint(Bits([9])), a == Bits([3, 2, 1]))
class Shape(ABC):
    @abstractmethod
    def area(self): return 1
    @classmethod
    def __subclasshook__(cls, c): return hasattr(c, "area") or NotImplemented
class Duck: area = 5
print(issubclass(Duck, Shape), isinstance(3, Shape))
try: Shape()
except TypeError as e: print(e)
try: MutableMapping()
except TypeError as e: print(e)
