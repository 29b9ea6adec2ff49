import mmap, shelve, os, tempfile, dbm.dumb, fileinput, filecmp, sys
d = tempfile.mkdtemp(); p = d + "/f"; open(p, "wb").write(b"0123456789" * 5)
with open(p, "r+b") as f, mmap.mmap(f.fileno(), 0) as m: print(len(m), m[:4], m.find(b"89"), m.readline()[:5], m.seek(3), m.read(2), m.tell()); m[0:2] = b"AB"; m.flush(); print(m[0], m[1:3])
print(open(p, "rb").read(4), filecmp.cmp(p, p))
with shelve.Shelf(dbm.dumb.open(d + "/s", "c")) as s: s["k"] = [1, {"a": 2}]; print(s["k"], list(s), "z" in s)
open(d + "/t", "w").write("l1\nl2\n")
for l in fileinput.input([d + "/t"]): print(fileinput.filelineno(), l.strip())
import shutil; shutil.rmtree(d)
for bad in (lambda: mmap.mmap(-1, 0), lambda: mmap.mmap(-1, 10)[20], lambda: mmap.mmap(99, 5)):
    try: print(bad())
    except Exception as e: print(type(e).__name__)
