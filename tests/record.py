"""Records what the reference prints for every program in tests/programs.

    ref-python3.14 tests/record.py [NAME ...]
"""
import os
import re
import subprocess
import sys

FOLDER = os.path.join(os.path.dirname(os.path.realpath(__file__)), "programs")
names = sys.argv[1:] or sorted(n for n in os.listdir(FOLDER) if n.endswith(".py"))
env = dict(os.environ, PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
env.pop("PYTHONPATH", None)
for name in names:
    p = subprocess.run([sys.executable, name], cwd=FOLDER, env=env, stdin=subprocess.DEVNULL, capture_output=True)
    out, err = (s.decode("utf-8", "replace") for s in (p.stdout, p.stderr))
    text = f"{p.returncode}\n{out}--- stderr\n{err}".replace(FOLDER + "/", "")
    # Where the library and objects are differs; crates/ophion/tests/programs.rs does the same.
    text = re.sub(r'"[^"\n]*/lib/python3\.14/', '"LIB/', text)
    text = re.sub(r" at 0x[0-9a-f]+", " at 0x-", text)
    with open(os.path.join(FOLDER, name[:-3] + ".out"), "w", encoding="utf-8", newline="") as f:
        f.write(text)
    print(name, p.returncode)
