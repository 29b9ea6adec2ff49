import sys, subprocess, os
def run(code, **k): p = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **k); return p.returncode, p.stdout[:60], p.stderr.decode().strip().splitlines()[-1:]
print(run("print('x' * 100000); import sys; sys.stdout.flush()"), run("import sys; sys.stdout.write('no newline')"), run("import sys; print(1, file=sys.stderr); sys.stderr.close()"))
p = subprocess.Popen([sys.executable, "-c", "import time\nfor i in range(100000): print(i)"], stdout=subprocess.PIPE, stderr=subprocess.PIPE); p.stdout.read(5); p.stdout.close(); print(p.wait(), p.stderr.read().decode().strip().splitlines()[-1:]); p.stderr.close()
print(run("import sys; print(sys.stdin)", stdin=subprocess.DEVNULL)[0], run("print(open(1, 'w', closefd=False).write('direct'))"), run("import os; os.close(1); print('lost')"))
print(subprocess.run([sys.executable, "-c", "import sys; print(sys.stdin, sys.stdout is None, file=sys.stderr)"], close_fds=True, preexec_fn=lambda: (os.close(0), os.close(1)), stderr=subprocess.PIPE).stderr)
print(run("print(input('prompt? '), input())", input=b"one\ntwo"), run("input()", input=b""), run("print('\\udcff')"), run("import sys; sys.stdout.reconfigure(errors='replace'); print('\\ud800')"), run("import sys; sys.stdout.buffer.write(b'raw\\xff')"))
