def solve(b):
    for i in range(81):
        if b[i] == 0:
            r, c = divmod(i, 9)
            used = {b[r * 9 + k] for k in range(9)} | {b[k * 9 + c] for k in range(9)} | {b[(r // 3 * 3 + k // 3) * 9 + c // 3 * 3 + k % 3] for k in range(9)}
            for v in range(1, 10):
                if v not in used:
                    b[i] = v
                    if solve(b): return True
            b[i] = 0
            return False
    return True
g = [int(c) for c in "003020600900305001001806400008102900700000008006708200002609500800203009005010300"]
print(solve(g)); print("\n".join("".join(map(str, g[i:i + 9])) for i in range(0, 81, 9)))
