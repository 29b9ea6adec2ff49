"""Types of modules are heap types: flags, names, reference counts, attributes set on them, pickles, cycles through them."""
import gc, sys, collections, functools, itertools, re, _thread, pickle, copy, typing, time, os, json, weakref, _random
def f(t): 
    x=t.__flags__; return hex(x & 0xFFFFFFFF & ~(1<<19))
for t in (collections.deque, collections.defaultdict, functools.partial, itertools.chain, re.Pattern, typing.TypeVar, typing.Generic, time.struct_time, os.stat_result, _random.Random):
    print(t, t.__name__, t.__qualname__, t.__module__, f(t), gc.is_tracked(t))
class D(collections.deque): pass
class P(functools.partial): pass
n0=sys.getrefcount(collections.deque)
l=[collections.deque() for i in range(100)]
print(sys.getrefcount(collections.deque)-n0)
del l
print(sys.getrefcount(collections.deque)-n0)
n0=sys.getrefcount(D)
l=[D() for i in range(100)]
print(sys.getrefcount(D)-n0)
del l
print(sys.getrefcount(D)-n0)
class DD(collections.defaultdict): pass
for c in (collections.defaultdict, DD, time.struct_time, re.compile, typing.TypeVar, P):
    t = re.Pattern if c is re.compile else c
    n0=sys.getrefcount(t)
    mk={re.compile:lambda:re.Scanner and re._compiler.compile('a'), time.struct_time:lambda:time.gmtime(), typing.TypeVar:lambda:typing.TypeVar('T'),P:lambda:P(int)}.get(c,c)
    l=[mk() for i in range(100)]
    a=sys.getrefcount(t)-n0
    del l; gc.collect()
    print(t, a >= 100, sys.getrefcount(t)-n0 < 5)
time.struct_time.foo=1
print(time.gmtime(0).foo)
del time.struct_time.foo
try: functools.partial.x=1
except TypeError as e: print(e)
T=typing.TypeVar('T'); T.x=5; print(T.__dict__ if hasattr(T,'__dict__') else None, T.x, T.__module__)
print(weakref.ref(T)() is T)
for p in range(6):
  for o in (collections.deque([1,2]), D([1]), itertools.count(3), functools.partial(int,'3'), collections.defaultdict(int,{1:2}), time.gmtime(0), re.compile('a'), P(int)):
    try: print(p, pickle.dumps(o,p)[:60])
    except Exception as e: print(p, type(o), type(e),e)
class L(_thread._local): pass
gc.collect()
gc.freeze(); gc.unfreeze()
gc.collect()
print(gc.get_referents(collections.deque)[:0], len(gc.get_referrers(collections.deque))>0)
def leak():
    class Q(collections.deque): pass
    q=Q(); q.append(q); Q.q=q
    class R(re.Pattern if 0 else _thread._local): pass
    r=R(); R.r=r
    return weakref.ref(Q), weakref.ref(R)
a,b=leak(); gc.collect(); print(a(),b())
