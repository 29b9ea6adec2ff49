"""Records what the reference prints for every program in tests/programs.

    ref-python3.14 tests/record.py [NAME ...]
"""
import os
import subprocess
import sys

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")
names = sys.argv[1:] or sorted(n for n in os.listdir(FOLDER) if n.endswith(".py"))
env = dict(os.environ, PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
env.pop("PYTHONPATH", None)
for name in names:
    p = subprocess.run([sys.executable, name], cwd=FOLDER, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    with open(os.path.join(FOLDER, name[:-3] + ".out"), "w") as f:
        f.write(f"{p.returncode}\n{p.stdout}--- stderr\n{p.stderr}")
    print(name, p.returncode)
