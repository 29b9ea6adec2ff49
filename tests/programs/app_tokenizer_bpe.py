from collections import Counter
def train(words, merges):
    vocab = {tuple(w) + ("_",): n for w, n in Counter(words).items()}; out = []
    for _ in range(merges):
        pairs = Counter()
        for w, n in vocab.items():
            for p in zip(w, w[1:]): pairs[p] += n
        if not pairs: break
        best = max(pairs, key=lambda p: (pairs[p], p)); out.append(best); new = {}
        for w, n in vocab.items():
            r, i = [], 0
            while i < len(w):
                if w[i:i + 2] == best: r.append("".join(best)); i += 2
                else: r.append(w[i]); i += 1
            new[tuple(r)] = n
        vocab = new
    return out, vocab
m, v = train("low low low lower newest newest widest".split(), 8); print(m); print(v)
