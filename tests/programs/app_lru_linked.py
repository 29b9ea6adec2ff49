class Node:
    __slots__ = "key", "value", "prev", "next"
    def __init__(self, key=None, value=None): self.key, self.value = key, value; self.prev = self.next = self
class LRU:
    def __init__(self, size): self.size, self.map, self.root = size, {}, Node()
    def _unlink(self, n): n.prev.next, n.next.prev = n.next, n.prev
    def _push(self, n): r = self.root; n.prev, n.next = r.prev, r; r.prev.next = n; r.prev = n
    def __getitem__(self, k): n = self.map[k]; self._unlink(n); self._push(n); return n.value
    def __setitem__(self, k, v):
        if k in self.map: self._unlink(self.map[k])
        elif len(self.map) >= self.size: old = self.root.next; self._unlink(old); del self.map[old.key]
        n = self.map[k] = Node(k, v); self._push(n)
    def __iter__(self):
        n = self.root.next
        while n is not self.root: yield n.key, n.value; n = n.next
    def __len__(self): return len(self.map)
    def __contains__(self, k): return k in self.map
c = LRU(3)
for i, k in enumerate("abcad"): c[k] = i
print(list(c), len(c), "b" in c, c["c"], list(c))
try: c["zz"]
except KeyError as e: print(repr(e))
