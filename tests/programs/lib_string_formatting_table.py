rows = [("apple", 1.5, 10), ("kiwi", 0.25, 1200), ("watermelon", 3, 7)]
w = [max(len(str(r[i])) for r in rows) for i in range(3)]
print("+".join("-" * (x + 2) for x in w))
for n, p, q in rows: print(f" {n:<{w[0]}} | {p:>{w[1]}.2f} | {q:>{w[2]},d}")
print(f"{sum(p * q for _, p, q in rows):>+15,.2f}", "{:>10}|{:<10}|{:^10}".format(*map(repr, rows[0])), "%-12s%8.3f%6d" % rows[1], sep="\n")
from string import Template, Formatter
print(Template("${name} costs $$${price}").substitute(name=rows[0][0], price=rows[0][1]), list(Formatter().parse("a{b!r:>{c}}d{{}}")))
