a, b, c = 1, [1, 2, 3, 4], {"x": 1}
del a
try: a
except NameError as e: print(e)
del b[0], b[1:]
print(b)
del c["x"]
print(c)
class P:
    @property
    def v(self): return 1
    @v.deleter
    def v(self): print("deleted")
p = P()
del p.v
try: del p.zzz
except AttributeError as e: print(e)
def f():
    x = 1
    del x
    try: return x
    except UnboundLocalError as e: return str(e)
print(f())
try: del c["nope"]
except KeyError as e: print(repr(e))
try: del (1).real
except AttributeError as e: print(e)
