"""Prints what the extension modules `layouts` and `single` find."""
import gc
import sys
import weakref

import layouts
import single


def show(name, f, *args, **kwargs):
    try:
        r = f(*args, **kwargs)
    except Exception as e:
        r = f"{type(e).__name__}: {e}"
    print(name, "->", r)


print(layouts.__doc__, layouts.number, layouts.string, layouts.__name__, type(layouts.__spec__.loader).__name__)
print(layouts.sizes.__doc__, layouts.sizes.__text_signature__, layouts.sizes.__module__)
for name, pair in layouts.sizes().items():
    print(name, pair)
print(layouts.counts())
for s in ["", "abc", "caf\xe9", "\u20acuro", "\U0001f600 smile"]:
    print(ascii(s), layouts.text(s))
for top in [0x41, 0xe9, 0x20ac, 0x1f600]:
    print(ascii(layouts.make_text(3, top)))
for n in [0, 1, -5, 2**30 - 1, 2**30, -2**62, 2**64, -2**70, True, "x"]:
    show(f"integer {n!r}", layouts.integer, n)


class C:
    def method(self, a, *, b=1):
        pass


def outer():
    cell = 5
    return lambda: cell


c = C()
for o in [1, [1], (1,), b"x", "s", {}, int, ValueError(), 1.5, {1}, c, C, None]:
    print(type(o).__name__, layouts.kinds(o))
for o in [(1, 2, 3), [4, 5], b"bytes", bytearray(b"array"), 1.25, 3 + 4j, slice(1, 2, 3), {1, 2}, frozenset([3]),
          {"a": 1, "b": 2}, C.method, len, outer().__closure__[0], memoryview(b"abcd").cast("H"), KeyError(1, 2), bool, 7]:
    show(type(o).__name__, layouts.parts, o)
print(layouts.parts(c.method)[1])

for args, kwargs in [((1,), {}), ((1, 2, 3), {}), ((1,), {"count": 5, "flag": [], "text": None, "data": b"abc"}), ((), {}),
                     ((1, 2, 3, 4), {}), ((1, 2), {"count": 3}), ((1,), {"nothing": 3}), ((1, "x"), {}), ((1, 2, "y"), {}),
                     ((1,), {"text": 5}), ((1,), {"data": 5}), ((1, 2**40), {}), ((1,), {"text": "a\0b"}),
                     ((1, 2, 3, 4, 5, 6, 7), {})]:
    show(f"parse {args} {kwargs}", layouts.parse, *args, **kwargs)
good = (200, -3, 65535, 10**10, 2**64 - 1, 1.5, b"c", "C", "text", -1, 1j, [], 21, (1, 2))
show("convert", layouts.convert, *good)
for i, bad in [(0, 256), (0, -1), (1, 40000), (3, 2**70), (3, 1.5), (5, "x"), (6, b"cc"), (6, 1), (7, "CC"), (8, 1), (8, b"bytes"),
               (9, None), (10, "z"), (11, ()), (12, "x"), (13, (1,)), (13, 5)]:
    args = list(good)
    args[i] = bad
    show(f"convert {i} {bad!r}", layouts.convert, *args)
show("convert short", layouts.convert, 1)
print(layouts.values())
print(layouts.formats("\u20ac"))
for e in layouts.errors({"k": 1}):
    print(type(e).__name__, e, getattr(e, "args", None))
print(layouts.calls(lambda *a, **k: (a, k)))

P = layouts.Point
p = P(1, 2.5, extra=["x"])
print(p, p.x, p.y, p.tag, p.extra, p.norm, len(p), p[0], p[-1], list(p), bool(p), bool(P(0, 0)), hash(p))
print(P.__doc__, P.__text_signature__, P.__module__, P.__basicsize__, P.noargs.__doc__, P.noargs.__text_signature__)
print(p + P(1, 1), p < P(2, 0), p == P(1, 9), p != 5)
p.x = 10
p.norm = 3.5
print(p)
for f in [lambda: p + 1, lambda: setattr(p, "y", 1), lambda: setattr(p, "x", "s"), lambda: delattr(p, "norm"), lambda: p[2], lambda: P(1),
          lambda: P("a", 1), lambda: setattr(P, "new", 1), lambda: p.missing, lambda: delattr(p, "extra") or p.extra, lambda: p.tag.missing,
          lambda: p.noargs(1), lambda: p.one(), lambda: p.var(k=1), lambda: P.noargs(5), lambda: setattr(p, "tag", 2**40)]:
    show("Point", f)
print(p.noargs(), p.one(1), p.var(1, 2), p.kw(1, a=2), p.fast(1, 2, 3), p.fastkw(1, a=2), P.origin(), p.static(4))
m = memoryview(p)
print(m.format, m.shape, m[0], m.tolist(), p.tag)
m[1] = 7.0
m.release()
print(p.y, p.tag, layouts.buffer(p), layouts.buffer(b"abc"), layouts.buffer(memoryview(bytearray(12)).cast("i", (3, 1))))
w = weakref.ref(p)
print(w() is p)
del p, m
print(w())


class Sub(P):
    def __init__(self, *a):
        super().__init__(*a)
        self.more = 1

    def __repr__(self):
        return "Sub " + super().__repr__()


s = Sub(1, 2)
print(s, s.more, s.__dict__, isinstance(s, P), s + s, sorted(k for k in vars(P) if not k.startswith("__")))
a, b = P(1, 1), P(2, 2)
a.extra, b.extra = b, a
w = weakref.ref(a)
del a, b
gc.collect()
print(w())

Counter = layouts.Counter
c = Counter()
print(c(), c(1, 2, k=3), c.value, c.made(), Counter.__doc__, Counter.__module__, Counter.__name__, c[21], c["a"])
c.attribute = 5
c.value = 100
print(c.__dict__, list(c), c.value, weakref.ref(c)() is c, Counter.__flags__ & 0x800 != 0)


class SubCounter(Counter):
    def __call__(self):
        return "sub"

    def __getitem__(self, k):
        return super().__getitem__(k) + 1


print(SubCounter()(), SubCounter()[1], SubCounter().made())
Counter.added = 3
print(c.added)
t = layouts.Tail([1, 2])
print(layouts.tail(t), layouts.tail(t), t.extra, t, layouts.Tail.__basicsize__)
print(layouts.Error.__mro__[1].__name__, layouts.Error.__module__, layouts.Error.__doc__, layouts.Error("x"))
print(layouts.capsule(), layouts.payload is sys.modules["layouts"].payload, str(layouts.payload).split(" at ")[0])
print(layouts.threads())
print(layouts.protocols({}, 3, 4))
show("protocols", layouts.protocols, 1)
print(single.__doc__, single.twice(21), single.found, single.twice.__doc__, single.twice.__module__)
del sys.modules["single"]
import single as again
print(again is single, again.twice("x"))
for i in range(1000):
    Counter(), P(i, i, [i]), layouts.Tail()
gc.collect()
print("done")
