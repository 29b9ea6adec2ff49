def m(x):
    match x:
        case {"type": "circle", "r": r}: return f"circle {r}"
        case {"type": str(t), **rest} if rest: return f"{t} with {rest}"
        case {"type": _}: return "some type"
        case {1: [a, b]}: return f"pair {a} {b}"
        case {}: return "a mapping"
    return "nothing"
for x in ({"type": "circle", "r": 2, "z": 0}, {"type": "sq", "w": 3}, {"type": 3}, {1: (2, 3)}, {}, {"other": 1}, []): print(x, "->", m(x))
from types import MappingProxyType
from collections import ChainMap, defaultdict
print(m(MappingProxyType({"type": 1})), m(ChainMap({"type": "circle"}, {"r": 5})))
d = defaultdict(list)
print(m(d), d)
try: exec("match {}:\n case {'a': 1, 'a': 2}: pass")
except SyntaxError as e: print(e.msg)
