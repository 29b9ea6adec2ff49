from contextlib import contextmanager, ExitStack
@contextmanager
def res(n, log):
    log.append(f"open {n}")
    try: yield n
    finally: log.append(f"close {n}")
def use(log, fail_at=None):
    with ExitStack() as st:
        for i in range(3):
            r = st.enter_context(res(i, log))
            if i == fail_at: raise ValueError(i)
            yield r
log = []; print(list(use(log)), log); log = []
try: list(use(log, 1))
except ValueError as e: print(repr(e), log)
log = []; g = use(log); next(g); next(g); g.close(); print(log)
def nested():
    with res("outer", log2):
        yield 1
        with res("inner", log2):
            try: yield 2
            except KeyError: log2.append("caught"); yield "handled"
        yield 3
log2 = []; n = nested(); print(next(n), next(n), n.throw(KeyError("k")), next(n), next(n, "end"), log2)
def delegate():
    try: r = yield from inner()
    except RuntimeError as e: r = f"got {e}"
    yield r
def inner():
    try: yield "a"
    except ValueError: yield "b"; raise RuntimeError("from inner")
    return "returned"
d = delegate(); print(next(d), d.throw(ValueError), next(d)); d = delegate(); print(list(d))
