import types, inspect, sys
class Aw:
    def __init__(self, v): self.v = v
    def __await__(self): got = yield self.v; return got
async def co(x):
    a = await Aw(x)
    b = await Aw(a)
    return a, b
c = co(1); print(c.send(None), c.send("A"), inspect.getcoroutinestate(c))
try: c.send("B")
except StopIteration as e: print(e.value)
try: c.send(None)
except RuntimeError as e: print(e)
c = co(2); c.send(None)
try: c.throw(ValueError("thrown"))
except ValueError as e: print(e)
async def ag():
    try:
        x = yield 1
        print("received", x)
        await Aw("inner")
        yield 2
    finally: print("ag finally")
def drive(aw, *sends):
    it = aw.__await__() if hasattr(aw, "__await__") else aw; out = []
    try:
        out.append(it.send(None))
        for s in sends: out.append(it.send(s))
    except StopIteration as e: out.append(("done", e.value))
    except StopAsyncIteration: out.append("stop")
    return out
g = ag(); print(drive(g.__anext__()), drive(g.asend("S"), None), drive(g.aclose()), drive(g.__anext__()))
async def bad_await(): await 5
try: bad_await().send(None)
except TypeError as e: print(e)
async def bad_for():
    async for x in [1]: pass
try: bad_for().send(None)
except TypeError as e: print(e)
async def bad_with():
    async with 5: pass
try: bad_with().send(None)
except TypeError as e: print(e)
@types.coroutine
def gen_co(): r = yield "gen"; return r * 2
async def uses(): return await gen_co() + 1
u = uses(); print(u.send(None))
try: u.send(5)
except StopIteration as e: print(e.value)
print(inspect.iscoroutinefunction(co), inspect.isasyncgenfunction(ag), inspect.isawaitable(x := co(1)), type(ag()).__name__, x.cr_await, x.cr_code.co_name); x.close()
async def ret(): return [i async for i in ag2() if i], {i: j async for i, j in ag3()}, [await co2(k) for k in (1, 2)]
async def ag2():
    for i in range(3): yield i
async def ag3(): yield "k", "v"
async def co2(k): return k * 10
print(drive(ret()))
import warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always"); co(1); import gc; gc.collect(); print([str(x.message) for x in w])
async def stop(): raise StopIteration("s")
try: drive(stop())
except RuntimeError as e: print(e)
async def agr():
    yield 1
    raise StopAsyncIteration
g = agr(); drive(g.__anext__())
try: drive(g.__anext__())
except RuntimeError as e: print(e)
