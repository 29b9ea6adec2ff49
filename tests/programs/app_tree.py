class Tree:
    def __init__(self, items=()): self.root = None; self.n = 0; [self.add(i) for i in items]
    def add(self, k):
        at, key = None, "root"; node = self.root
        if node is None: self.root = [k, None, None]; self.n += 1; return
        while True:
            side = 1 if k < node[0] else 2
            if node[0] == k: return
            if node[side] is None: node[side] = [k, None, None]; self.n += 1; return
            node = node[side]
    def __contains__(self, k):
        n = self.root
        while n and n[0] != k: n = n[1 if k < n[0] else 2]
        return n is not None
    def __iter__(self):
        def walk(n):
            if n: yield from walk(n[1]); yield n[0]; yield from walk(n[2])
        return walk(self.root)
    def depth(self): return (f := lambda n: 1 + max(f(n[1]), f(n[2])) if n else 0)(self.root)
    def __len__(self): return self.n
    def __or__(self, o): return Tree([*self, *o])
t = Tree([5, 2, 8, 1, 9, 3, 5]); print(list(t), len(t), 3 in t, 4 in t, t.depth(), t.root, list(t | Tree([7, 4])), sum(t), max(t), bool(Tree()), [*reversed(list(t))])
