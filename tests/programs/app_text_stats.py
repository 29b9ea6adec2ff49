import re, collections, textwrap
text = """It was the best of times, it was the worst of times, it was the age of wisdom,
it was the age of foolishness, it was the epoch of belief"""
words = re.findall(r"[a-z']+", text.lower()); c = collections.Counter(words)
print(c.most_common(4), len(words), len(set(words)), max(words, key=len), sorted(set(map(len, words))))
for n, ws in sorted({n: sorted({w for w in words if len(w) == n}) for n in set(map(len, words))}.items()): print(n, *ws)
idx = collections.defaultdict(list)
for i, w in enumerate(words): idx[w].append(i)
print(dict(list(idx.items())[:3]), {w: i for w, i in idx.items() if len(i) > 3})
print(textwrap.fill(" ".join(words), 30), "\n".join(f"{w:<10}{'#' * n:>5}|{n:03d}" for w, n in c.most_common(3)), sep="\n---\n")
print(" ".join(w[::-1].capitalize() for w in words[:5]), "".join(chr((ord(ch) - 97 + 13) % 26 + 97) if ch.isalpha() else ch for ch in text.lower()[:20]))
