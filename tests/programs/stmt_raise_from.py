def show(e):
    while e is not None:
        print(type(e).__name__, e, "cause" if e.__cause__ else "context" if e.__context__ else "-", e.__suppress_context__)
        e = e.__cause__ or e.__context__
try:
    try: {}["x"]
    except KeyError as k: raise ValueError("bad") from k
except ValueError as e: show(e)
try:
    try: {}["x"]
    except KeyError as k: raise ValueError("bad") from None
except ValueError as e: show(e)
for bad in ("raise 1", "raise ValueError from 3", "raise int", "raise"):
    try: exec(bad)
    except (TypeError, RuntimeError) as e: print(type(e).__name__, e)
class E(Exception):
    def __init__(self, a, b): super().__init__(a, b); self.a = a
try: raise E
except TypeError as e: print(e)
try: raise E(1, b=2)
except E as e: print(e, e.args, e.a)
e = ValueError("noted")
e.add_note("first note"); e.add_note("second")
print(e.__notes__)
try: e.add_note(3)
except TypeError as x: print(x)
raise e
