print(True + True, True * 3, ~True if False else "", True & False, True | 2, True ^ True, bool("x"), bool(""), bool([0]), bool(0.0))
print(repr(True), str(None), None == 0, None is None, type(None)() is None, bool.__mro__, isinstance(False, int))
print(f"{True} {True:d} {None} {False:>6}", "%s %d" % (None, True), int(True), float(False), [1, 2][True], "ab" * False)
for bad in ("bool(1, 2)", "None()", "None + 1", "None.x", "type(None)(1)", "len(None)", "None[0]", "for_ in None", "list(None)", "type('X', (bool,), {})", "type('X', (type(None),), {})", "bool(x=1)", "None < None", "Ellipsis()", "NotImplemented()"):
    try: print(eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
print(..., Ellipsis is ..., type(...), repr(NotImplemented), hash(None) == hash(None), sorted([True, False, True]), sum([True, True]))
try: bool(NotImplemented)
except TypeError as e: print(e)
