import asyncio
async def work(n, d): await asyncio.sleep(d); return n
async def fail(): await asyncio.sleep(0); raise ValueError("failed")
async def main():
    print(await asyncio.gather(work(1, 0.02), work(2, 0.01)), await asyncio.wait_for(work(3, 0), 1))
    try: await asyncio.wait_for(work(1, 5), 0.01)
    except TimeoutError as e: print("timeout", repr(e))
    try:
        async with asyncio.timeout(0.01): await asyncio.sleep(5)
    except TimeoutError: print("timeout 2")
    t = asyncio.create_task(work(5, 5), name="tt"); await asyncio.sleep(0); t.cancel("why")
    try: await t
    except asyncio.CancelledError as e: print("cancelled", e, t.cancelled(), t.get_name())
    try:
        async with asyncio.TaskGroup() as g: a = g.create_task(work("x", 0)); g.create_task(fail())
    except* ValueError as e: print(e.exceptions)
    q = asyncio.Queue(1); out = []
    async def prod():
        for i in range(3): await q.put(i)
        await q.put(None)
    async def cons():
        while (v := await q.get()) is not None: out.append(v)
    await asyncio.gather(prod(), cons()); print(out)
    lock = asyncio.Lock(); order = []
    async def locked(i):
        async with lock: order.append(i); await asyncio.sleep(0); order.append(i)
    await asyncio.gather(*map(locked, range(3))); print(order)
    ev = asyncio.Event(); asyncio.get_running_loop().call_later(0.01, ev.set); await ev.wait(); sem = asyncio.Semaphore(1); await sem.acquire(); print(sem.locked())
    f = asyncio.get_running_loop().create_future(); f.add_done_callback(lambda f: print("done", f.result())); f.set_result(7); print(await f, f)
    try: f.set_result(1)
    except asyncio.InvalidStateError as e: print(e)
    print(await asyncio.to_thread(sum, [1, 2]), [await c for c in asyncio.as_completed([work(1, 0.02), work(2, 0)])], await asyncio.shield(work(4, 0)), (await asyncio.gather(fail(), return_exceptions=True)))
    d, p = await asyncio.wait([asyncio.create_task(work(i, i / 20)) for i in range(2)], return_when=asyncio.FIRST_COMPLETED); print(len(d), len(p)); [x.cancel() for x in p]
    proc = await asyncio.create_subprocess_exec("echo", "sub", stdout=asyncio.subprocess.PIPE); print(await proc.communicate(), proc.returncode)
    async def handle(r, w): w.write((await r.readline()).upper()); await w.drain(); w.close()
    srv = await asyncio.start_server(handle, "127.0.0.1", 0); port = srv.sockets[0].getsockname()[1]; r, w = await asyncio.open_connection("127.0.0.1", port); w.write(b"echo\n"); print(await r.read()); w.close(); srv.close(); await srv.wait_closed()
    print(asyncio.current_task().get_name(), len(asyncio.all_tasks()), asyncio.iscoroutinefunction(main) if False else "")
asyncio.run(main())
with asyncio.Runner() as r: print(r.run(work("runner", 0)))
try: asyncio.run(fail())
except ValueError as e: print(e)
try: asyncio.get_running_loop()
except RuntimeError as e: print(e)
async def bad():
    w = work(1, 0)
    try: asyncio.run(w)
    finally: w.close()
try: asyncio.run(bad())
except RuntimeError as e: print(e)
