class Json:
    def dump(self): import json; return json.dumps(self.state(), sort_keys=True)
class Cmp:
    def __eq__(self, o): return self.state() == o.state()
    def __lt__(self, o): return sorted(self.state().items()) < sorted(o.state().items())
    __hash__ = None
class Base:
    def __init__(self, **k): self.__dict__.update(k)
    def state(self): return {k: v for k, v in vars(self).items() if not k.startswith("_")}
class Thing(Json, Cmp, Base):
    def state(self): return {**super().state(), "kind": type(self).__name__}
class Sub(Thing):
    def __init__(self, a, **k): super().__init__(a=a, _hidden=1, **k)
print(Thing(x=1).dump(), Sub(2, b=3).dump(), Thing(x=1) == Thing(x=1), Sub(1) < Sub(2), [c.__name__ for c in Sub.__mro__], Sub.__bases__)
try: {Thing(): 1}
except TypeError as e: print(e)
class P:
    def __init__(self): print("P"); super().__init__()
class Q:
    def __init__(self): print("Q"); super().__init__()
class R(P, Q):
    def __init__(self): print("R"); super().__init__()
R()
