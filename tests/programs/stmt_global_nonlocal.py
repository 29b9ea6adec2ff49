x = "global"
def outer():
    x = "outer"
    def inner():
        nonlocal x
        x += "+inner"
        def deep():
            global x
            x = "set"
            return x
        return deep()
    r = inner()
    return r, x
print(outer(), x)
def many():
    a = b = 0
    def f():
        nonlocal a, b
        a += 1; b -= 1
        return a, b
    return f
f, g = many(), many()
print(f(), f(), g())
for src in ("def f():\n nonlocal x", "def f(a):\n global a", "nonlocal x", "def f():\n x = 1\n global x", "def f():\n print(x)\n global x"):
    try: exec(src)
    except SyntaxError as e: print(e.msg, e.lineno)
class C:
    x = "class"
    def get(self): return x
    y = x
    z = [x for _ in range(1)]
print(C().get(), C.y, C.z)
