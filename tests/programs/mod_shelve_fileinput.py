import shelve, os, tempfile, dbm.dumb, fileinput, filecmp, sys
d = tempfile.mkdtemp(); p = d + "/f"; open(p, "wb").write(b"0123456789" * 5)
print(open(p, "rb").read(4), filecmp.cmp(p, p))
with shelve.Shelf(dbm.dumb.open(d + "/s", "c")) as s: s["k"] = [1, {"a": 2}]; print(s["k"], list(s), "z" in s)
open(d + "/t", "w").write("l1\nl2\n")
for l in fileinput.input([d + "/t"]): print(fileinput.filelineno(), l.strip())
import shutil; shutil.rmtree(d)
