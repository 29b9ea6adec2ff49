from concurrent.futures import ProcessPoolExecutor, wait
import multiprocessing
def cube(n): return n ** 3
def bad(n): raise ValueError(f"bad {n}")
if __name__ == "__main__":
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as ex:
        print(list(ex.map(cube, range(5)))); f = ex.submit(bad, 3)
        try: f.result()
        except ValueError as e: print(repr(e))
        done, pending = wait([ex.submit(cube, i) for i in range(3)]); print(sorted(f.result() for f in done), len(pending))
