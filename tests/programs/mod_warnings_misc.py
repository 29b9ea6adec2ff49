import warnings, traceback, abc, numbers, graphlib, sched, time, zipfile, tarfile, io, os, tempfile, timeit
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always"); warnings.warn("plain"); warnings.warn("dep", DeprecationWarning, stacklevel=1); warnings.warn(UserWarning("obj")); print([(str(x.message), x.category.__name__, x.lineno) for x in w])
with warnings.catch_warnings():
    warnings.filterwarnings("error", "bad.*", UserWarning)
    try: warnings.warn("bad thing")
    except UserWarning as e: print("raised", e)
    warnings.simplefilter("ignore"); warnings.warn("unseen")
@warnings.deprecated("old")
def old(): return 1
with warnings.catch_warnings(record=True) as w: warnings.simplefilter("always"); old(); print(w[0].message, w[0].category.__name__)
for bad in ("warnings.warn('x', int)", "warnings.warn()", "warnings.simplefilter('bad')", "warnings.filterwarnings('error', 5)", "warnings.warn_explicit('a')"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
warnings.warn("shown on stderr"); warnings.warn("shown on stderr")
class A(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
    @property
    @abc.abstractmethod
    def p(self): ...
class B(A):
    def f(self): return super().f()
    p = 1
class S: pass
A.register(S); print(B().f(), issubclass(S, A), isinstance(S(), A), A.__abstractmethods__ == {"f", "p"})
for c in (A, type("C", (A,), {"f": 1})):
    try: print(c())
    except TypeError as e: print(e)
print(isinstance(5, numbers.Integral), isinstance(1.5, numbers.Rational), issubclass(complex, numbers.Complex), list(graphlib.TopologicalSorter({"d": {"b", "c"}, "b": {"a"}, "c": {"a"}}).static_order())[0], timeit.timeit("1", number=10) >= 0)
try: list(graphlib.TopologicalSorter({1: {2}, 2: {1}}).static_order())
except graphlib.CycleError as e: print(e.args[0])
q = sched.scheduler(time.monotonic, time.sleep); q.enter(0.02, 1, print, ("second",)); q.enter(0.01, 1, print, ("first",)); q.run()
b = io.BytesIO()
with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z: z.writestr("a/x.txt", "hello " * 50); z.writestr("b.bin", b"\0" * 10)
with zipfile.ZipFile(b) as z: print(z.namelist(), z.read("a/x.txt")[:6], z.getinfo("b.bin").file_size, z.testzip(), [i.compress_type for i in z.infolist()], zipfile.is_zipfile(b))
try: zipfile.ZipFile(io.BytesIO(b"junk"))
except zipfile.BadZipFile as e: print(e)
t = io.BytesIO()
with tarfile.open(fileobj=t, mode="w:gz") as f: i = tarfile.TarInfo("n.txt"); i.size = 3; f.addfile(i, io.BytesIO(b"abc"))
t.seek(0)
with tarfile.open(fileobj=t) as f: print(f.getnames(), f.extractfile("n.txt").read(), f.getmember("n.txt").size)
d = tempfile.mkdtemp(); open(d + "/m.py", "w").write("def f():\n    raise ValueError('from module')\n"); z = zipfile.ZipFile(d + "/lib.zip", "w"); z.writestr("inzip.py", "x = 5\ndef g(): 1/0\n"); z.writestr("pkg/__init__.py", ""); z.writestr("pkg/sub.py", "y = 6"); z.close(); import sys; sys.path[:0] = [d, d + "/lib.zip"]; import m, inzip, pkg.sub; print(inzip.x, pkg.sub.y, inzip.__loader__.__class__.__name__)
for f in (m.f, inzip.g):
    try: f()
    except Exception: print(traceback.format_exc().replace(d, "D"))
with tempfile.NamedTemporaryFile("w+", suffix=".t") as nf: nf.write("x"); nf.flush(); print(os.path.exists(nf.name), nf.name.endswith(".t"))
with tempfile.TemporaryDirectory() as td: print(os.path.isdir(td))
with tempfile.SpooledTemporaryFile(10) as sp: sp.write(b"1" * 20); sp.seek(0); print(len(sp.read()))
import shutil; shutil.rmtree(d); print(os.path.isdir(td))
