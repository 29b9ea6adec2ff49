import asyncio
site = {"/": ["/a", "/b"], "/a": ["/c", "/"], "/b": ["/c", "/d"], "/c": [], "/d": ["/bad"]}
async def fetch(url, sem, log):
    async with sem:
        log.append(f"start {url}"); await asyncio.sleep(0.001 * len(url))
        if url not in site: raise LookupError(url)
        return site[url]
async def crawl():
    seen, q, log, errors, sem = {"/"}, asyncio.Queue(), [], [], asyncio.Semaphore(2); q.put_nowait("/")
    async def worker():
        while True:
            u = await q.get()
            try:
                for l in await fetch(u, sem, log):
                    if l not in seen: seen.add(l); q.put_nowait(l)
            except LookupError as e: errors.append(repr(e))
            finally: q.task_done()
    ws = [asyncio.create_task(worker()) for _ in range(3)]; await q.join()
    for w in ws: w.cancel()
    r = await asyncio.gather(*ws, return_exceptions=True); print(sorted(seen), sorted(log), errors, [type(x).__name__ for x in r])
asyncio.run(crawl())
async def ticker(n):
    for i in range(n): yield i; await asyncio.sleep(0)
async def main():
    async for i in ticker(3): print("tick", i)
    print([i async for i in ticker(4) if i % 2], await anext(aiter(ticker(1))), dict([(i, i * i) async for i in ticker(3)]))
    cond = asyncio.Condition(); items = []
    async def consumer(n):
        async with cond: await cond.wait_for(lambda: items); return n, items.pop()
    cs = [asyncio.ensure_future(consumer(i)) for i in range(2)]; await asyncio.sleep(0)
    for v in "xy":
        async with cond: items.append(v); cond.notify()
        await asyncio.sleep(0.01)
    print(sorted(await asyncio.gather(*cs)))
asyncio.run(main())
