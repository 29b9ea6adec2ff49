x = "g"
def f():
    x = "l"
    exec("x = 'changed'; y = 1"); ns = {}; exec("z = x", globals(), ns)
    return x, ns, eval("x"), [eval("x") for _ in range(1)], "y" in locals()
print(f())
class C:
    x = "c"
    def m(self): return x
    n = lambda: x
    l = [x, [x for _ in range(1)][0]]
    exec("w = 5")
print(C().m(), C.n(), C.l, C.w)
def outer():
    a = 1
    class D:
        a = 2
        b = a
        def g(self): return a
    return D.b, D.a, D().g()
print(outer())
def cells():
    fs = []
    for i in range(3):
        def g(j=i): return i, j
        fs.append(g)
    del fs[0:0]
    return [h() for h in fs], fs[0].__closure__[0].cell_contents
print(cells())
def late():
    def g(): return later
    try: g()
    except NameError as e: print(e)
    later = 1
    return g()
print(late()); print((lambda: (yield))().__class__.__name__, [k for k in dir() if not k.startswith("__")][:4], globals()["x"], vars() is globals())
