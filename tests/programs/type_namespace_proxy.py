import types
n = types.SimpleNamespace(a=1, b="x"); n.c = n
print(n, n == types.SimpleNamespace(a=1, b="x", c=n) if False else n.a, vars(n).keys(), types.SimpleNamespace({"z": 1}, y=2))
del n.a
try: n.a
except AttributeError as e: print(e)
print(types.SimpleNamespace(a=1) == types.SimpleNamespace(a=1), types.SimpleNamespace(a=1) != types.SimpleNamespace(a=2), n.__replace__(b=9).b)
d = {"a": 1}; m = types.MappingProxyType(d); d["b"] = 2
print(m, m["b"], len(m), list(m), "a" in m, m.get("z", 0), m | {"c": 3}, m == {"a": 1, "b": 2}, m.copy() is d, list(reversed(m)), list(m.items()), type(int.__dict__))
for bad in ("m['x'] = 1", "del m['a']", "m.clear", "types.MappingProxyType(5)", "types.SimpleNamespace(1)", "types.SimpleNamespace(**{'a': 1}, a=2)", "m['nope']", "types.MappingProxyType([1])", "int.__dict__['x'] = 1"):
    try: exec(bad)
    except Exception as e: print(bad, type(e).__name__, e)
mod = types.ModuleType("made", "docs"); mod.x = 5; exec("y = x + 1", mod.__dict__)
print(mod, mod.y, mod.__doc__, mod.__name__, mod.__spec__, mod.__loader__, sorted(k for k in vars(mod) if not k.startswith("_")))
try: mod.zz
except AttributeError as e: print(e)
mod.__getattr__ = lambda n: f"dynamic {n}"; print(mod.anything)
c = types.CellType(3); print(c.cell_contents, types.CellType(1) == types.CellType(1), types.CellType(1) < types.CellType(2)); del c.cell_contents
try: c.cell_contents
except ValueError as e: print(e)
@types.coroutine
def co(): yield 1
print(list(co()), types.new_class("NC", (int,), {}, lambda ns: ns.update(z=1)).z, types.resolve_bases((int,)), types.DynamicClassAttribute, types.get_original_bases(int), types.GenericAlias(list, (int,)), types.NoneType, types.EllipsisType, types.UnionType)
