import sys, os, tempfile, importlib, importlib.util, importlib.resources, runpy, pkgutil, zipimport
d = tempfile.mkdtemp(); os.makedirs(d + "/pkg/sub"); open(d + "/pkg/__init__.py", "w").write("print('init', __name__)\nfrom . import a\nx = a.y\n"); open(d + "/pkg/a.py", "w").write("y = 5\nfrom .sub import b\n"); open(d + "/pkg/sub/__init__.py", "w").write(""); open(d + "/pkg/sub/b.py", "w").write("from ..a import y as z\n"); open(d + "/pkg/__main__.py", "w").write("import sys\nprint('main', __name__, __package__, sys.argv[1:])\n"); os.makedirs(d + "/ns/inner"); open(d + "/ns/inner/m.py", "w").write("v = 1"); open(d + "/circ1.py", "w").write("import circ2\nfrom circ2 import q"); open(d + "/circ2.py", "w").write("from circ1 import nope\nq = 1"); open(d + "/bad.py", "w").write("def f(:\n"); open(d + "/raises.py", "w").write("import sys\nsys.modules[__name__].x = 1\nraise OSError('at import')")
sys.path.insert(0, d); sys.dont_write_bytecode = False; import pkg; print(pkg.x, pkg.a.b.z, sorted(k for k in sys.modules if k.startswith("pkg")), pkg.__path__ == [d + "/pkg"]); import ns.inner.m; print(ns, ns.inner.m.v, ns.__spec__.loader.__class__.__name__) if False else print(ns.inner.m.v, type(ns.__path__).__name__)
for m in ("circ1", "bad", "raises", "pkg.nope", "pkg.a.x"):
    try: importlib.import_module(m)
    except BaseException as e: print(m, type(e).__name__, str(e).replace(d, "D"), m in sys.modules)
print(os.path.exists(d + "/pkg/__pycache__/a.cpython-314.pyc"), pkg.a.__cached__.replace(d, "D"), importlib.util.find_spec("pkg.sub").submodule_search_locations == [d + "/pkg/sub"], importlib.util.find_spec("nope"), [m.name for m in pkgutil.iter_modules([d])]); sys.argv = ["x", "arg"]; runpy.run_module("pkg", run_name="__main__"); print(runpy.run_path(d + "/ns/inner/m.py")["v"], importlib.reload(pkg.a).y)
s = importlib.util.spec_from_file_location("dyn", d + "/ns/inner/m.py"); m = importlib.util.module_from_spec(s); s.loader.exec_module(m); print(m.v, m.__name__, importlib.resources.files("pkg").joinpath("a.py").read_text()[:5])
class Finder:
    def find_spec(self, name, path, target=None): return importlib.util.spec_from_loader(name, self) if name == "virtual" else None
    def create_module(self, spec): return None
    def exec_module(self, m): m.answer = 42
sys.meta_path.append(Finder()); import virtual; print(virtual.answer, virtual.__loader__.__class__.__name__)
sys.modules["fake"] = None
try: import fake
except ModuleNotFoundError as e: print(e)
with open(d + "/changed.py", "w") as f: f.write("v = 1")
import changed; open(d + "/changed.py", "w").write("v = 222"); importlib.invalidate_caches(); print(importlib.reload(changed).v); import shutil; shutil.rmtree(d)
