def lcs(a, b):
    t = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b): t[i + 1][j + 1] = t[i][j] + 1 if x == y else max(t[i][j + 1], t[i + 1][j])
    i, j, out = len(a), len(b), []
    while i and j:
        if a[i - 1] == b[j - 1]: out.append(a[i - 1]); i -= 1; j -= 1
        elif t[i - 1][j] >= t[i][j - 1]: i -= 1
        else: j -= 1
    return out[::-1]
def lev(a, b):
    prev = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        cur = [i]
        for j, y in enumerate(b, 1): cur.append(min(prev[j] + 1, cur[-1] + 1, prev[j - 1] + (x != y)))
        prev = cur
    return prev[-1]
print("".join(lcs("AGGTABXYZ", "GXTXAYBZ")), lev("kitten", "sitting"), lev("", "abc"), lcs([1, 2, 3], [2, 3, 4]), max(("abcd", "abxd", "zzzz"), key=lambda w: len(lcs(w, "abcd"))))
def knap(items, cap):
    best = [(0, ())] * (cap + 1)
    for n, (w, v) in items.items():
        for c in range(cap, w - 1, -1): best[c] = max(best[c], (best[c - w][0] + v, best[c - w][1] + (n,)))
    return best[cap]
print(knap({"a": (5, 10), "b": (4, 40), "c": (6, 30), "d": (3, 50)}, 10))
