import threading, queue, time, concurrent.futures as cf, contextvars, _thread
out = []; lock = threading.Lock()
def work(n):
    for _ in range(100):
        with lock: out.append(n)
ts = [threading.Thread(target=work, args=(i,), name=f"w{i}") for i in range(4)]
for t in ts: t.start()
for t in ts: t.join()
print(len(out), sorted(set(out)), ts[0].is_alive(), ts[0].name, threading.current_thread().name, threading.active_count(), threading.main_thread() is threading.current_thread())
q = queue.Queue(2); 
def producer():
    for i in range(5): q.put(i)
    q.put(None)
threading.Thread(target=producer).start(); print(list(iter(q.get, None)), q.empty())
for bad in (lambda: q.get_nowait(), lambda: q.get(timeout=0.01), lambda: lock.release(), lambda: threading.Thread(target=1).join(), lambda: ts[0].start(), lambda: threading.RLock().release(), lambda: queue.Queue(1).task_done(), lambda: threading.Barrier(2).wait(0.01), lambda: lock.acquire(timeout=-5), lambda: threading.Condition().notify()):
    try: bad()
    except Exception as e: print(type(e).__name__, e)
e = threading.Event(); c = threading.Condition(); s = threading.Semaphore(2); print(e.wait(0.01), e.set(), e.wait(), s.acquire(), s.acquire(), s.acquire(blocking=False), lock.locked(), lock.acquire(False), lock.acquire(False), lock.release())
loc = threading.local(); loc.x = 1
def tl(): print(hasattr(loc, "x")); loc.x = 2
t = threading.Thread(target=tl); t.start(); t.join(); print(loc.x)
with cf.ThreadPoolExecutor(3) as ex:
    print(list(ex.map(lambda x: x * x, range(5))), ex.submit(pow, 2, 5).result()); f = ex.submit(lambda: 1 / 0)
    try: f.result()
    except ZeroDivisionError as x: print(x, f.done(), type(f.exception()).__name__)
    print(sorted(f.result() for f in cf.as_completed([ex.submit(len, "a" * i) for i in range(3)])))
v = contextvars.ContextVar("v", default=0); ctx = contextvars.copy_context(); tok = v.set(5); print(v.get(), ctx.run(v.get), ctx.run(v.set, 9) is not None, ctx[v], v.reset(tok), v.get(), v.name)
def boom(): raise ValueError("in thread")
threading.excepthook = lambda a: print("hook", a.exc_type.__name__, a.exc_value, a.thread.name); t = threading.Thread(target=boom, name="boomer"); t.start(); t.join()
b = threading.Barrier(2); r = []; t = threading.Thread(target=lambda: r.append(b.wait())); t.start(); r.append(b.wait()); t.join(); print(sorted(r)); tm = threading.Timer(0.01, print, ["timer"]); tm.start(); tm.join(); rl = threading.RLock(); rl.acquire(); rl.acquire(); rl.release(); rl.release(); pq = queue.PriorityQueue(); [pq.put(x) for x in (3, 1, 2)]; lq = queue.LifoQueue(); [lq.put(x) for x in "ab"]; sq = queue.SimpleQueue(); sq.put(1); print(pq.get(), lq.get(), sq.get(), sq.empty())
done = threading.Event(); d = threading.Thread(target=lambda: done.wait(30), daemon=True); d.start(); print(d.daemon, d.ident == d.native_id or True)
