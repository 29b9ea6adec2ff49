from contextlib import *
import io, sys
@contextmanager
def cm(n):
    print("in", n)
    try: yield n * 2
    except ValueError as e: print("caught", e)
    finally: print("out", n)
with cm(1) as x, cm(2) as y: print(x, y)
with cm(3): raise ValueError("v")
try:
    with cm(4): raise KeyError("k")
except KeyError as e: print("through", e)
@cm(5)
def f(): print("decorated")
f(); f()
with suppress(ZeroDivisionError, KeyError): 1 / 0
with redirect_stdout(io.StringIO()) as s: print("hidden")
print(s.getvalue().strip()); class_ = type("C", (), {"close": lambda self: print("closed")})
with closing(class_()): pass
with ExitStack() as st: st.enter_context(cm("a")); st.callback(print, "callback", 1); st.push(lambda *e: print("push", e[0])); st.enter_context(cm("b")); saved = st.pop_all() if False else None
try:
    with ExitStack() as st:
        st.callback(lambda: 1 / 0); st.callback(print, "first")
        raise KeyError("orig")
except ZeroDivisionError as e: print(repr(e), repr(e.__context__))
with nullcontext(5) as n: print(n)
@contextmanager
def bad_yield(): yield 1; yield 2
try:
    with bad_yield(): pass
except RuntimeError as e: print(e)
@contextmanager
def no_yield(): return; yield
try:
    with no_yield(): pass
except RuntimeError as e: print(e)
class A(AbstractContextManager):
    def __exit__(self, *a): return None
with A() as a: print(type(a).__name__)
class D(ContextDecorator):
    def __enter__(self): print("D in")
    def __exit__(self, *a): print("D out", a[0])
@D()
def g(): return "g"
print(g()); import asyncio
@asynccontextmanager
async def acm():
    print("a in")
    try: yield 1
    finally: print("a out")
async def main():
    async with acm() as v, AsyncExitStack() as st: print(v); await st.enter_async_context(acm()); st.push_async_callback(asyncio.sleep, 0)
    async with aclosing(agen()) as g: print(await anext(g))
async def agen():
    try: yield "ag"
    finally: print("ag closed")
asyncio.run(main()); import os; d = os.getcwd()
with chdir("/"): print(os.getcwd())
print(os.getcwd() == d)
