import operator as o
print(o.add(1, 2), o.itemgetter(1)([5, 6]), o.itemgetter(0, 2)("abc"), o.attrgetter("real", "imag")(1 + 2j), o.attrgetter("__class__.__name__")(5), o.methodcaller("split", ",")("a,b"), o.contains([1], 1), o.countOf("aab", "a"), o.indexOf("abc", "c"), o.concat([1], [2]), o.getitem({1: 2}, 1), o.truth([]), o.is_(None, None), o.not_(1), o.index(5), o.floordiv(7, 2), o.mod(-7, 3), o.pow(2, 3), o.matmul.__name__, o.neg(5), o.inv(5), o.lshift(1, 4), o.xor(5, 3), o.length_hint([1, 2]), o.call(len, "ab"), o.is_none(None), o.is_not_none(0))
l = [1, 2]; o.setitem(l, 0, 9); o.delitem(l, 1); l = o.iadd(l, [3]); print(l, o.imul(l, 2), o.itemgetter(slice(1, None))("abc"), repr(o.itemgetter(1, 2)), repr(o.attrgetter("a.b")), repr(o.methodcaller("f", 1, k=2)), o.lt(1, 2), o.ne(1, 1))
for bad in ("o.itemgetter()", "o.attrgetter(5)", "o.methodcaller()", "o.add(1, 'a')", "o.itemgetter(5)([1])", "o.attrgetter('zz')(1)", "o.indexOf([1], 2)", "o.index(1.5)", "o.concat(1, 2)", "o.length_hint(5, 'a')", "o.methodcaller('zz')(1)", "o.truth()", "o.countOf(5, 1)"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
import pickle; print(pickle.loads(pickle.dumps(o.itemgetter(1)))([1, 2]), sorted([(1, "b"), (0, "c")], key=o.itemgetter(1)))
