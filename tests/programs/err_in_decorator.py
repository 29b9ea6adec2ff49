def deco(f):
    raise TypeError(f"cannot decorate {f.__name__}")
def ok(f): return f
@ok
@deco
def target(): pass
