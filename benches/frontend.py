#!/usr/bin/env python3
"""The front end against a reference: compile(), ast.parse() and tokenize.generate_tokens() of the library's largest files, peak memory of compile().

    benches/frontend.py REFERENCE [OPHION] [--rounds N] [--tests] [--markdown]

Both run in turn, N times over, on the files of the reference's library (with --tests those of its test suite too). Of each file the best time counts,
CPU time of the process with the collector as a program would have it; the figure is the sum over the files. Runs under any Python 3.
"""
import argparse
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
WANTED = {"compile": 1 / 3, "ast.parse": 1 / 2, "tokenize": 1, "memory, library": 1, "memory, functions": 1, "memory, data": 1}

# Prints the names of the library's largest files, those aside that are broken on purpose.
LARGEST = """
import json, os, sys
folder, found = os.path.dirname(os.__file__), []
for at, folders, names in os.walk(folder):
    folders[:] = [f for f in folders if f not in ("__pycache__", "site-packages", "dist-packages", sys.argv[1])]
    found += [path for path in (os.path.join(at, name) for name in names) if path.endswith(".py") and os.path.isfile(path)]
found.sort(key=lambda f: (-os.path.getsize(f), f))
kept = []
while len(kept) < 50:
    try:
        with open(found[0], encoding="utf-8") as file:
            compile(file.read(), found[0], "exec", dont_inherit=True)
        kept.append(found[0])
    except (SyntaxError, UnicodeError):
        pass
    del found[0]
print(json.dumps(kept))
"""

# What an interpreter runs: prints a list of seconds, one a file.
TIMES = """
import ast, io, json, sys, time, tokenize
what, *files = sys.argv[1:]
texts = [open(f, encoding="utf-8").read() for f in files]
def tokens(text):
    for _ in tokenize.generate_tokens(io.StringIO(text).readline): pass
run = {"compile": lambda t: compile(t, "f", "exec", dont_inherit=True), "ast.parse": ast.parse, "tokenize": tokens}[what]
run(texts[-1])
seconds = []
for text in texts:
    start = time.process_time()
    run(text)
    seconds.append(time.process_time() - start)
print(json.dumps(seconds))
"""

# Prints the peak of the process's memory, in KiB; with an empty source what the interpreter takes by itself.
MEMORY = """
import sys
text = open(sys.argv[1], encoding="utf-8").read()
code = compile(text, "f", "exec", dont_inherit=True)
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0])
"""


def run(command, script, *args):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run([command, "-c", script, *args], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr}")
    return json.loads(done.stdout)


def largest(reference, tests):
    """The 50 largest files of the reference's library that it compiles."""
    return run(reference, LARGEST, "test" if not tests else "")


def sources(files, folder):
    """Three sources of 5 MB: library code, small functions, a table of data."""
    size = 5_000_000
    library = "".join(text for text in (open(f, encoding="utf-8").read() + "\n" for f in files) if "from __future__" not in text)
    library = (library * (size // len(library) + 1))[:size]
    library = library[: library.rindex("\nclass ") + 1]
    function = "def function_{0}(a, b=1, *args, key=None):\n    x = a + b * {0}\n    if key is not None:\n        return [key(y) for y in args]\n    return x\n\n"
    one = len(function.format(10_000))
    functions = "".join(function.format(i) for i in range(size // one))
    row = "    ({0}, 'name {0}', {0}.5, None, [{0}, {0}]),\n"
    data = "TABLE = [\n" + "".join(row.format(i) for i in range(size // len(row.format(50_000)))) + "]\n"
    for name, text in (("library", library), ("functions", functions), ("data", data)):
        path = os.path.join(folder, f"{name}.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        yield name, path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference")
    parser.add_argument("ophion", nargs="?", default=os.path.join(HERE, "../target/release/ophion"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tests", action="store_true", help="the files of the test suite count as library files")
    parser.add_argument("--markdown", action="store_true", help="print the table as the README has it")
    options = parser.parse_args()
    commands = [options.reference, options.ophion]
    files = largest(options.reference, options.tests)
    size = sum(os.path.getsize(f) for f in files)
    print(f"{len(files)} files, {size / 1e6:.1f} MB", file=sys.stderr)
    rows = []
    for what in ("compile", "ast.parse", "tokenize"):
        best = [[float("inf")] * len(files) for _ in commands]
        for _ in range(options.rounds):
            for mine, command in zip(best, commands):
                mine[:] = map(min, mine, run(command, TIMES, what, *files))
        rows.append((what, *[f"{sum(mine) * 1e3:.0f} ms" for mine in best], sum(best[1]) / sum(best[0])))
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for name, path in sources(files, folder):
            peaks = [min(run(command, MEMORY, path) for _ in range(2)) for command in commands]
            rows.append((f"memory, {name}", *[f"{peak / 1024:.0f} MB" for peak in peaks], peaks[1] / peaks[0]))
    between = " | " if options.markdown else "  "
    edge = "|" if options.markdown else ""
    print(f"{edge}{'':20}{between}{'reference':>10}{between}{'ophion':>10}{between}ratio{between}wanted{edge}")
    if options.markdown:
        print("|---|--:|--:|--:|--:|")
    for what, reference, ours, ratio in rows:
        print(f"{edge}{what:20}{between}{reference:>10}{between}{ours:>10}{between}{ratio:5.2f}{between}{WANTED[what]:6.2f}{edge}")


if __name__ == "__main__":
    main()
