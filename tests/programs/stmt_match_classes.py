from dataclasses import dataclass
@dataclass
class Point:
    x: int
    y: int
@dataclass
class Line:
    a: Point
    b: Point
def m(s):
    match s:
        case Point(0, 0): return "origin"
        case Point(x=0, y=y): return f"on y at {y}"
        case Point(x, y) if x == y: return f"diagonal {x}"
        case Line(Point(x=a), b=Point(y=b)): return f"line {a} {b}"
        case int(n) | float(n): return f"number {n}"
        case list([first, *_]): return f"list from {first}"
        case dict(d): return f"dict {d}"
        case type(): return "a class"
        case _: return "unknown"
for s in (Point(0, 0), Point(0, 3), Point(2, 2), Point(1, 2), Line(Point(7, 0), Point(0, 8)), 5, 2.5, True, [1, 2], [], {1: 2}, int, None): print(s, "->", m(s))
class Bad: __match_args__ = ("a", 1)
class Few: __match_args__ = ("a",); a = 1
for src in ("case Bad(1, 2): pass", "case Few(1, 2): pass", "case int(1, 2): pass", "case m(1): pass", "case Few(1, a=2): pass"):
    try: exec(f"match Few() if 'Few' in {src!r} else Bad() if 'Bad' in {src!r} else 5:\n {src}")
    except TypeError as e: print(e)
