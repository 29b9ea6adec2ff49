name, n = "World", 42
t = t"Hello {name!r:>10} and {n = } {n:{n}}!"
print(type(t).__name__, t.strings, t.values)
for i in t.interpolations: print(i.value, i.expression, i.conversion, i.format_spec)
print(list(t"a{1}b{2}"))
print(t"x{1}" + t"y{2}", t"" .strings)
try: t"a" + "b"
except TypeError as e: print(e)
from string.templatelib import Template, Interpolation
def render(t):
    return "".join(p if isinstance(p, str) else f"[{p.value}]" for p in t)
print(render(t"1 {2} 3 {t'nested {4}'.values} {5}"))
print(Template("a", Interpolation(1, "x"), "b"), rt"\n{name}".strings)
match t"{1}":
    case Template(interpolations=[Interpolation(v)]): print("matched", v)
