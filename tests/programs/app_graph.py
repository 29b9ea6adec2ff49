import heapq
from collections import defaultdict, deque
g = defaultdict(dict)
for a, b, w in [("a", "b", 4), ("a", "c", 1), ("c", "b", 2), ("b", "d", 5), ("c", "d", 8), ("d", "e", 3)]: g[a][b] = w; g[b][a] = w
def dijkstra(s):
    d, prev, q = {s: 0}, {}, [(0, s)]
    while q:
        n, u = heapq.heappop(q)
        if n > d[u]: continue
        for v, w in g[u].items():
            if n + w < d.get(v, float("inf")): d[v] = n + w; prev[v] = u; heapq.heappush(q, (n + w, v))
    return d, prev
print(dijkstra("a"))
def bfs(s):
    seen, q, out = {s}, deque([s]), []
    while q:
        u = q.popleft(); out.append(u)
        for v in sorted(g[u]):
            if v not in seen: seen.add(v); q.append(v)
    return out
def dfs(u, seen=None):
    seen = seen if seen is not None else set(); seen.add(u); yield u
    for v in sorted(g[u]):
        if v not in seen: yield from dfs(v, seen)
print(bfs("a"), list(dfs("a")))
def mst():
    edges = sorted({(w, *sorted((a, b))) for a in g for b, w in g[a].items()}); parent = {n: n for n in g}
    def find(x):
        while parent[x] != x: parent[x] = parent[parent[x]]; x = parent[x]
        return x
    for w, a, b in edges:
        if find(a) != find(b): parent[find(a)] = find(b); yield a, b, w
print(list(mst()))
