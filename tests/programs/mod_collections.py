from collections import *
c = Counter("abracadabra"); print(c, c.most_common(2), c["z"], c + Counter("ab"), c - Counter("aaaaab"), c & Counter("aab"), c | Counter("zz"), sorted(c.elements())[:3], c.total(), +Counter(a=-1, b=2), Counter(a=1) <= Counter(a=2)); c.update("zz"); c.subtract("a"); print(c["z"], c["a"]); del c["z"]; print("z" in c)
d = deque([1, 2, 3], maxlen=4); d.append(4); d.append(5); d.appendleft(0); d.rotate(1); print(d, d.pop(), d.popleft(), d.index(2), d.count(2), list(reversed(d)), d.maxlen, d[0], d[-1]); d.extend("ab"); d.extendleft("xy"); d.insert(1, "i") if d.maxlen is None else None; print(d, d.copy() == d, d + deque([1]), d * 2); d.remove("x"); d.reverse(); print(d); d[1] = "set"; del d[0]; print(d, "set" in d, deque("abc") < deque("abd"))
for bad in ("deque().pop()", "d[99]", "d.remove('nope')", "deque(5)", "deque([], -1)", "deque([], 'a')", "hash(d)", "d.index('q')", "deque([1], maxlen=1).insert(0, 2)"):
    try: exec(bad)
    except Exception as e: print(bad, type(e).__name__, e)
dd = defaultdict(list); dd["a"].append(1); print(dd, dd["b"], dict(dd), dd.get("c"), dd.default_factory, defaultdict(int, x=1) | {"y": 2}, repr(defaultdict(None)))
try: defaultdict(None)["x"]
except KeyError as e: print(repr(e))
try: defaultdict(5)
except TypeError as e: print(e)
o = OrderedDict(a=1, b=2, c=3); o.move_to_end("a"); o.move_to_end("c", last=False); print(o, o.popitem(), o.popitem(last=False), o, OrderedDict([(1, 2)]) == {1: 2}, OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), list(reversed(OrderedDict(a=1, b=2))), o | {"z": 1})
ch = ChainMap({"a": 1}, {"a": 2, "b": 3}); print(ch["a"], ch["b"], len(ch), dict(ch), ch.new_child({"a": 0})["a"], ch.parents, ch.maps); ch["n"] = 5; print(ch)
P = namedtuple("P", ["x", "y"]); print(P(1, 2), P(x=1, y=2)._replace(y=5), P._fields, P(1, 2) < P(1, 3), isinstance(P(1, 2), tuple), P.x.__doc__, P(1, 2).__getnewargs__(), namedtuple("R", "a def", rename=True)._fields)
class UD(UserDict):
    def __setitem__(self, k, v): super().__setitem__(k.upper(), v)
print(UD(a=1), UserList([1]) + [2], UserString("ab") * 2, UD(x=1)["X"])
import collections.abc as abc
print(isinstance([], abc.Sequence), isinstance({}, abc.Mapping), issubclass(int, abc.Hashable), isinstance(iter([]), abc.Iterator), isinstance(len, abc.Callable), isinstance("", abc.Collection), isinstance(b"", abc.Buffer), [k for k in abc.__all__ if isinstance({1}, getattr(abc, k))])
