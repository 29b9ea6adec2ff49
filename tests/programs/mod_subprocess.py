import subprocess as s, sys, os
r = s.run([sys.executable, "-c", "import sys; print(sys.stdin.read().upper()); print('err', file=sys.stderr); sys.exit(3)"], input="hello", capture_output=True, text=True); print(r.returncode, r.stdout, r.stderr)
print(s.check_output(["echo", "hi"]), s.getoutput("echo a; echo b"), s.call(["true"]), s.run("exit 5", shell=True).returncode, s.getstatusoutput("false"))
for f in (lambda: s.check_call(["false"]), lambda: s.run(["no-such-command-x"]), lambda: s.run(["sleep", "5"], timeout=0.05), lambda: s.check_output(["sh", "-c", "echo out; exit 2"]), lambda: s.run(["pwd"], cwd="/nonexistent"), lambda: s.Popen("a", stdin=5.5), lambda: s.run([])):
    try: f()
    except Exception as e: print(type(e).__name__, str(e)[:70], getattr(e, "output", None))
p = s.Popen(["cat"], stdin=s.PIPE, stdout=s.PIPE); print(p.communicate(b"through cat"), p.poll(), p.args); p = s.Popen(["sleep", "9"]); p.kill(); print(p.wait(), p.returncode)
print(s.run(["sh", "-c", "echo $V"], env={"V": "from env"}, stdout=s.PIPE).stdout, s.run(["sh", "-c", "echo e >&2"], stderr=s.STDOUT, stdout=s.PIPE).stdout, s.run(["true"], stdout=s.DEVNULL), s.list2cmdline(["a b", 'c"d']))
with s.Popen(["sh", "-c", "echo 1; echo 2"], stdout=s.PIPE, text=True, bufsize=1) as p: print([l.strip() for l in p.stdout])
r, w = os.pipe(); p = s.Popen(["sh", "-c", f"echo fd >&{w}"], pass_fds=[w]); os.close(w); p.wait(); print(os.read(r, 10), p.pid > 0)
