def m(x):
    match x:
        case 0 | 1: return "bit"
        case -1: return "minus"
        case 2.5: return "float"
        case 1 + 2j: return "complex"
        case "a" | b"b": return "text"
        case None: return "none"
        case True: return "true"
        case str() as s if len(s) > 3: return f"long {s}"
        case str(s): return f"short {s}"
        case _: return "other"
for x in (0, 1, True, False, -1, 2.5, 1 + 2j, "a", b"b", None, "abcd", "abc", [], 1.0): print(repr(x), m(x))
class Color: RED = 1; BLUE = "b"
def c(x):
    match x:
        case Color.RED: return "red"
        case Color.BLUE: return "blue"
    return "no match"
print(c(1), c("b"), c(2))
