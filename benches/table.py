#!/usr/bin/env python3
"""Makes the README's table from what `benches/compare` prints: `benches/compare python3.14 | benches/table.py`.

A script's figure is the geometric mean of its results' ratios, as in the summary line, which is kept below the table.
"""
import math
import re
import sys

COLUMNS = 4
ratios, rest = {}, []
for line in sys.stdin:
    if row := re.match(r"(\w+)/\S+ +[\d.]+ms +([\d.]+)$", line):
        ratios.setdefault(row[1], []).append(math.log(float(row[2]) or 0.01))
    elif line.startswith(("geomean", "failed")):
        rest.append(line)
figures = sorted((math.exp(sum(logs) / len(logs)), name) for name, logs in ratios.items())
height = -(-len(figures) // COLUMNS)
print("|" + " benchmark | ratio |" * COLUMNS + "\n|" + "---|--:|" * COLUMNS)
for i in range(height):
    cells = (figures[at] if at < len(figures) else None for at in range(i, height * COLUMNS, height))
    print("|" + "".join(f" {cell[1]} | {cell[0]:.2f} |" if cell else "  |  |" for cell in cells))
print("\n" + "".join(rest), end="")
