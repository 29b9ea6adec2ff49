def run(f):
    try:
        try: f()
        except* ValueError as g: print("V", g.exceptions)
        except* (TypeError, KeyError) as g: print("TK", g.exceptions)
        else: print("else")
        finally: print("finally")
    except BaseException as e: print("rest", repr(e))
def r(e):
    def f(): raise e
    return f
run(lambda: None)
run(r(ValueError(1)))
run(r(ExceptionGroup("g", [ValueError(1), TypeError(2), KeyError(3)])))
run(r(ExceptionGroup("g", [ValueError(1), OSError(2), ExceptionGroup("h", [TypeError(4), RuntimeError(5)])])))
run(r(ZeroDivisionError("zero")))
try:
    try: raise ExceptionGroup("g", [ValueError(1)])
    except* ValueError: raise KeyError("new")
except Exception as e: print(repr(e), repr(e.__context__))
g = ExceptionGroup("top", [ValueError(1), ExceptionGroup("mid", [TypeError(2), ValueError(3)])])
print(g.split(ValueError))
print(g.subgroup(lambda e: isinstance(e, TypeError)))
print(g.derive([OSError()]))
for bad in ((), [1], [KeyboardInterrupt()]):
    try: print(ExceptionGroup("x", bad))
    except (ValueError, TypeError) as e: print(type(e).__name__, e)
print(repr(BaseExceptionGroup("x", [KeyboardInterrupt()])), type(BaseExceptionGroup("x", [ValueError()])))
