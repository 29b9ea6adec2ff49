import random, re
text = "the cat sat on the mat the dog sat on the log the cat saw the dog"
chain = {}
for a, b in zip(text.split(), text.split()[1:]): chain.setdefault(a, []).append(b)
r = random.Random(5); w, out = "the", ["the"]
for _ in range(15): w = r.choice(chain.get(w, ["the"])); out.append(w)
print(" ".join(out), sorted(chain), {k: len(v) for k, v in chain.items()}, max(chain, key=lambda k: len(chain[k])))
print(re.sub(r"\b(\w)(\w*)", lambda m: m[2] + m[1] + "ay", text[:30]), " ".join(sorted(set(text.split()), key=lambda w: (len(w), w))))
