import pickle, copy, io, sys
class C:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return type(o) is type(self) and self.__dict__ == o.__dict__
class S:
    __slots__ = ("a", "b")
class R:
    def __reduce__(self): return (R.make, (5,), {"state": 1}, iter([1, 2]), iter([("k", "v")]))
    @staticmethod
    def make(n): r = R(); r.n = n; r.l = []; r.d = {}; return r
    def append(self, x): self.l.append(x)
    def __setitem__(self, k, v): self.d[k] = v
class G:
    def __getstate__(self): return {"saved": 1}
    def __setstate__(self, s): self.restored = s
class N(int):
    def __new__(cls, v, tag): o = super().__new__(cls, v); o.tag = tag; return o
    def __getnewargs__(self): return int(self), self.tag
def f(): pass
vals = [None, True, 0, -1, 255, 65536, 2 ** 40, -2 ** 70, 1.5, 1j, "é\ud800" if False else "é😀", b"b\xff", bytearray(b"x"), (), (1,), (1, 2, 3, 4), [1, [2]], {"a": {"b": 1}}, {1, 2}, frozenset([3]), range(5), slice(1, 2), ..., int, len, f, C(3), C([C(1)]), N(5, "t"), ValueError("v"), "x" * 300, b"y" * 70000, list(range(1500)), dict.fromkeys(range(1200))]
for p in range(pickle.HIGHEST_PROTOCOL + 1): print(p, all(pickle.loads(pickle.dumps(v, p)) == v or isinstance(v, Exception) for v in vals if not (p < 2 and isinstance(v, N))), len(pickle.dumps(vals[:8], p)))
r = pickle.loads(pickle.dumps(R())); print(r.n, r.l, r.d, r.state, pickle.loads(pickle.dumps(G())).restored); s = S(); s.a = 1; z = pickle.loads(pickle.dumps(s)); print(z.a, hasattr(z, "b"))
l = [1]; l.append(l); m = pickle.loads(pickle.dumps(l)); print(m[1] is m, (lambda o: (lambda x: x[0] is x[1])(pickle.loads(pickle.dumps([o, o]))))([]), pickle.dumps([1, "a"], 0), pickle.dumps((1, "a"), 4), pickle.dumps({"k": None}, 2))
for bad in (lambda: pickle.dumps(lambda: 0), lambda: pickle.loads(b""), lambda: pickle.loads(b"garbage"), lambda: pickle.loads(b"\x80\x09."), lambda: pickle.dumps(sys.stdout), lambda: pickle.dumps((i for i in ())), lambda: pickle.loads(b"cnope\nx\n."), lambda: pickle.dumps(1, 99), lambda: pickle.loads("str"), lambda: pickle.loads(pickle.dumps([1] * 10)[:-3]), lambda: pickle.loads(b"."), lambda: pickle.loads(b"cos\nnope\n.")):
    try: print(bad())
    except Exception as e: print(type(e).__name__, str(e).split(" at 0x")[0][:90])
b = io.BytesIO(); p = pickle.Pickler(b); p.dump(1); p.dump("two"); b.seek(0); u = pickle.Unpickler(b); print(u.load(), u.load())
class PP(pickle.Pickler):
    def persistent_id(self, o): return "id-%d" % o.v if isinstance(o, C) else None
class UP(pickle.Unpickler):
    def persistent_load(self, i): return "loaded " + i
    def find_class(self, m, n): return f"{m}:{n}"
b = io.BytesIO(); PP(b).dump([C(1), C(2), len]); b.seek(0); print(UP(b).load())
bufs = []; d = pickle.dumps(pickle.PickleBuffer(b"big"), 5, buffer_callback=bufs.append); print(bytes(pickle.loads(d, buffers=bufs)))
c = C([1, [2]]); print(copy.copy(c) == c, copy.copy(c).v is c.v, copy.deepcopy(c).v is c.v, copy.deepcopy(l)[1] is not l, copy.copy((1,)), copy.deepcopy({1: [2]}), copy.replace(C.__new__(C), ) if False else copy.deepcopy(N(1, "q")).tag)
class D:
    def __copy__(self): return "shallow"
    def __deepcopy__(self, memo): return "deep"
print(copy.copy(D()), copy.deepcopy([D()])); import pickletools; pickletools.dis(pickletools.optimize(pickle.dumps((1, [2], {"a": 3}))))
