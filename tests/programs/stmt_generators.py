def g():
    r = yield 1
    print("r", r)
    try: yield 2
    except ValueError as e: print("caught", e); yield "recovered"
    finally: print("cleanup")
    return "result"
i = g()
print(next(i), i.send("sent"), i.throw(ValueError("x")))
try: next(i)
except StopIteration as e: print("stop", e.value)
def outer(): v = yield from g(); print("got", v); yield from "ab"
print(list(outer()))
def closing():
    try: yield
    except GeneratorExit: print("exit"); raise
c = closing(); next(c); print(c.close())
def stubborn():
    try: yield
    except GeneratorExit: yield "no"
s = stubborn(); next(s)
try: s.close()
except RuntimeError as e: print(e)
def ret():
    try: yield 1
    except GeneratorExit: return "closed value"
r = ret(); next(r); print(r.close())
def stopper(): yield 1; raise StopIteration("leak")
try: list(stopper())
except RuntimeError as e: print(e, repr(e.__cause__))
def rec(): yield next(me)
me = rec()
try: next(me)
except ValueError as e: print(e)
x = (n * n for n in range(4)); print(x.gi_running, x.gi_yieldfrom, list(x), x.gi_frame)
try: i.send(1)
except StopIteration as e: print(repr(e))
n = g()
try: n.send(1)
except TypeError as e: print(e)
print(g.__name__, type(n).__name__, n.gi_code.co_name)
