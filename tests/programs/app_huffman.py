import heapq
from collections import Counter
def codes(s):
    h = [(n, i, c) for i, (c, n) in enumerate(sorted(Counter(s).items()))]; heapq.heapify(h); k = len(h)
    while len(h) > 1: a, b = heapq.heappop(h), heapq.heappop(h); heapq.heappush(h, (a[0] + b[0], k, (a[2], b[2]))); k += 1
    out = {}
    def walk(t, p):
        if isinstance(t, str): out[t] = p or "0"
        else: walk(t[0], p + "0"); walk(t[1], p + "1")
    walk(h[0][2], ""); return out
s = "she sells sea shells by the sea shore"; c = codes(s); bits = "".join(c[x] for x in s); print(dict(sorted(c.items(), key=lambda kv: (len(kv[1]), kv))), len(bits), len(s) * 8)
inv, cur, dec = {v: k for k, v in c.items()}, "", []
for b in bits:
    cur += b
    if cur in inv: dec.append(inv[cur]); cur = ""
print("".join(dec) == s, int(bits[:40], 2), codes("aaa"))
