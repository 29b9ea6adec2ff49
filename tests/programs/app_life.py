def step(cells):
    n = {}
    for x, y in cells:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy: n[x + dx, y + dy] = n.get((x + dx, y + dy), 0) + 1
    return {c for c, k in n.items() if k == 3 or k == 2 and c in cells}
glider = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
for g in range(5):
    print(g, sorted(glider)); print("\n".join("".join(".#"[(x, y) in glider] for x in range(5)) for y in range(5))); glider = step(glider)
r = {(x, 0) for x in range(10)}
for _ in range(30): r = step(r)
print(len(r), sorted(r)[:4])
