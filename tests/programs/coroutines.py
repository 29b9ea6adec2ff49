async def inner(x):
    return x + 1

async def outer():
    total = 0
    async for v in agen():
        total += await inner(v)
    return total

async def agen():
    for i in range(4):
        yield i

c = outer()
try:
    c.send(None)
except StopIteration as e:
    print("result", e.value)
