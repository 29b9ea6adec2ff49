def f(n):
    try:
        print("try", n)
        if n == 0: raise ValueError("v")
        if n == 1: raise KeyError("k")
        if n == 2: return "ret"
        if n == 3: raise OSError("o")
    except ValueError as e:
        print("value", e)
    except (KeyError, IndexError) as e:
        print("lookup", e)
        return "from except"
    else:
        print("else")
        return "from else"
    finally:
        print("finally", n)
    return "end"
for i in range(5):
    try: print(f(i))
    except OSError as e: print("escaped", e)
def override():
    for i in range(3):
        try:
            return i
        finally:
            if i < 2: pass
print(override())
def nested():
    try:
        try: raise TypeError("inner")
        finally: print("f1")
    except TypeError as e:
        try: raise ValueError("second") from e
        except ValueError as v:
            print(v.__cause__ is e, v.__suppress_context__)
            raise
try: nested()
except ValueError as e: print(repr(e), repr(e.__cause__))
try:
    try: raise Exception("a")
    except Exception: raise Exception("b")
except Exception as e: print(e, e.__context__, e.__cause__)
e = "kept"
try: raise IndexError
except IndexError as e: pass
try: e
except NameError as x: print(x)
