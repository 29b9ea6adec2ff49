"""Time compile() of the largest files of a folder under the reference and with ours.

    ref-python3.14 bench_compile.py BENCH_BINARY FOLDER [COUNT]
"""
import ast
import os
import subprocess
import sys
import time

ROUNDS = 5


def best(function):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times) * 1e3


def main():
    binary, folder = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 50
    paths = [os.path.join(d, n) for d, _, names in os.walk(folder) for n in names if n.endswith(".py")]
    sources = []
    paths = filter(os.path.exists, paths)
    for path in sorted(paths, key=os.path.getsize, reverse=True):
        with open(path, "rb") as f:
            source = f.read()
        try:
            compile(source, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        sources.append((path, source))
        if len(sources) == count:
            break
    parse = sum(best(lambda: compile(s, p, "exec", ast.PyCF_ONLY_AST)) for p, s in sources)
    whole = sum(best(lambda: compile(s, p, "exec", dont_inherit=True)) for p, s in sources)
    print(f"reference: to a Python tree {parse:.1f} ms, compile() {whole:.1f} ms")
    out = subprocess.run([binary, "-n", str(ROUNDS)] + [p for p, _ in sources], capture_output=True, text=True, check=True)
    stages = {line.split()[0]: float(line.split()[1]) for line in out.stdout.splitlines()}
    ours = sum(stages.values())
    print("ours:", ", ".join(f"{name} {ms:.1f} ms" for name, ms in stages.items()), f"= {ours:.1f} ms")
    print(f"compile(): {whole / ours:.2f} times as fast")


main()
