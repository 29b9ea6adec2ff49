def f(a, b=2, /, c=3, *args, d, e=5, **kw): return a, b, c, args, d, e, kw
print(f(1, d=4), f(1, 2, 3, 4, 5, d=6, z=7), f(*[1, 2], *(3, 4), **{"d": 5}, **{"y": 6}))
for call in ("f()", "f(1)", "f(1, a=1, d=2)", "f(1, 2, 3, c=3, d=4)", "g(1, 2, 3)", "g(b=1)", "g(1, b=2, c=3)", "g(1, **{'b': 1, 'a': 2})", "g(*5)", "g(**5)", "h(1)", "k(1, 2, 3, x=4)", "k()", "k(1)", "g(1, **{1: 2})", "g(*[1], b=2, **{'b': 3})"):
    def g(a, b): return a, b
    def h(): pass
    def k(a, b, *, x, y): pass
    try: print(call, eval(call))
    except TypeError as e: print(call, "->", e)
def pos(a, b=1, /): pass
try: pos(1, b=2)
except TypeError as e: print(e)
def defaults(a, l=[]): l.append(a); return l
print(defaults(1), defaults(2), defaults.__defaults__, f.__kwdefaults__)
print(f.__code__.co_argcount, f.__code__.co_posonlyargcount, f.__code__.co_kwonlyargcount, f.__code__.co_varnames)
