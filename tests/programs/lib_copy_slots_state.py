import copy, pickle, weakref
class P:
    __slots__ = ("a", "b", "__dict__", "__weakref__")
    def __init__(self, a): self.a, self.z = a, [a]
p = P(1); q = copy.copy(p); r = copy.deepcopy(p); s = pickle.loads(pickle.dumps(p)); print(q.z is p.z, r.z is p.z, r.z, s.a, s.z, hasattr(s, "b"), p.__getstate__(), p.__reduce_ex__(2)[2])
class Q:
    def __init__(self): self.data, self.lock = [1], object()
    def __getstate__(self): d = self.__dict__.copy(); del d["lock"]; return d
    def __setstate__(self, s): self.__dict__.update(s, lock="new")
print(copy.copy(Q()).lock, pickle.loads(pickle.dumps(Q())).data); x = [1, [2]]; y = [x, x, {"k": x}]; z = copy.deepcopy(y); print(z[0] is z[1] is z[2]["k"], z[0] is x, copy.copy(x) == x, copy.copy((1, x))[1] is x, copy.deepcopy({1: {2: {3}}}), copy.deepcopy(len) is len, copy.copy(P) is P)
memo = {}; copy.deepcopy(x, memo); print(len(memo) > 0); a = []; a.append(a); b = copy.deepcopy(a); print(b[0] is b, copy.replace(__import__("types").SimpleNamespace(a=1), a=2))
for bad in (lambda: copy.deepcopy(open("/dev/null")), lambda: copy.copy((i for i in ())), lambda: pickle.dumps(lambda: 1), lambda: copy.replace(5, a=1), lambda: P(1).__reduce_ex__(0)):
    try: print(bad())
    except Exception as e: print(type(e).__name__, str(e)[:50])
