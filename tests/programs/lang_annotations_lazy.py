import annotationlib
def f(a: later, b: list[later] = None) -> undefined.x: pass
try: f.__annotations__
except NameError as e: print(e)
print(annotationlib.get_annotations(f, format=annotationlib.Format.STRING), annotationlib.get_annotations(f, format=annotationlib.Format.FORWARDREF)["a"])
class later: x: int; y: "later"
undefined = later; later.x = 1
print(f.__annotations__["a"], later.__annotations__, later.__annotate__(1) if later.__annotate__ else None)
class G[T]:
    v: T
    def m[U](self, x: U) -> T: ...
print(G.__annotations__, G.m.__annotations__)
if True: z: int
w: str = "s"
print(__annotations__ if "__annotations__" in dir() else __annotate__(1)); f.__annotations__ = {"new": 1}; print(f.__annotations__, f.__annotate__)
class Cond:
    if False: hidden: int
    shown: str
print(Cond.__annotations__)
