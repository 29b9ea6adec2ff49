import multiprocessing as mp, os
def square(x): return x * x
def worker(q, n): q.put((n, n * 2))
def fail(): raise SystemExit(3)
if __name__ == "__main__":
    ctx = mp.get_context("fork")
    with ctx.Pool(2) as p: print(p.map(square, range(6)), p.apply(square, (7,)), p.starmap(pow, [(2, 3), (3, 2)]))
    q = ctx.Queue(); ps = [ctx.Process(target=worker, args=(q, i)) for i in range(3)]; [p.start() for p in ps]; print(sorted(q.get() for _ in ps)); [p.join() for p in ps]; print([p.exitcode for p in ps])
    p = ctx.Process(target=fail); p.start(); p.join(); print(p.exitcode)
    a, b = ctx.Pipe(); a.send({"x": [1]}); print(b.recv(), b.poll(0)); print(mp.current_process().name)
    l = ctx.Lock(); print(l.acquire(), l.acquire(False)); l.release()
