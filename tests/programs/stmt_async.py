import asyncio
class ACM:
    async def __aenter__(self): print("aenter"); return self
    async def __aexit__(self, *e): print("aexit", e[0]); return True
class AIter:
    def __init__(self, n): self.n = n
    def __aiter__(self): return self
    async def __anext__(self):
        if self.n == 0: raise StopAsyncIteration
        self.n -= 1
        await asyncio.sleep(0)
        return self.n
async def agen():
    try:
        for i in range(3):
            got = yield i
            if got: print("got", got)
    finally: print("agen closed")
async def main():
    async with ACM() as a, ACM(): raise ValueError("gone")
    async for x in AIter(3): print(x)
    else: print("done")
    print([x async for x in agen()], {x: y async for x, y in pairs()}, [await c(i) for i in range(2)])
    g = agen()
    print(await g.asend(None), await g.asend("hi"))
    await g.aclose()
    g = agen(); await anext(g)
    try: await g.athrow(KeyError("k"))
    except KeyError as e: print(repr(e))
    print(await anext(g, "default"))
    r = await asyncio.gather(c(1), c(2), return_exceptions=True)
    print(r)
async def pairs():
    yield 1, 2
    yield 3, 4
async def c(i): await asyncio.sleep(0); return i * 10
asyncio.run(main())
co = c(1); print(type(co).__name__, co.cr_frame is not None); co.close()
try: co.send(None)
except RuntimeError as e: print(e)
