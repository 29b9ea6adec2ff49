def f():
    for i in range(3):
        try:
            if i == 1: raise ValueError(i)
        except ValueError: continue
        finally: print("finally", i)
    return "done"
print(f())
def g():
    try: raise KeyError("lost")
    finally: print("cleanup")
def h():
    try: g()
    except KeyError:
        try: raise ValueError("second")
        finally: print("h cleanup")
h()
