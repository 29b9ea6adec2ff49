print([x * y for x in range(3) for y in range(x)], {x % 3 for x in range(10)}, {k: v for k, v in zip("abc", range(3))})
print([[j for j in range(i)] for i in range(4)], [i for i in range(10) if i % 2 if i % 3])
print(sum(x for x in range(5)), max((len(w), w) for w in "the quick brown".split()))
fs = [lambda: i for i in range(3)]
print([f() for f in fs])
x = "outer"
[x for x in range(3)]
print(x)
def scope():
    y = 10
    return [y + z for z in range(3)], [y := w for w in range(3)], y
print(scope())
class C:
    a = 3
    b = [a for _ in range(2)]
    try: c = [a * i for i in range(a)]
    except NameError as e: c = str(e)
print(C.b, C.c)
print([(a, b) for a, b in {"k": 1}.items()], [*a, ] if (a := [1]) else 0)
print({**{"a": 1}, "b": 2, **{"a": 3}}, [*range(2), *"ab"], {*[1, 1]}, (*[1], 2))
try: [1 / x for x in (1, 0)]
except ZeroDivisionError as e: print(e)
print([locals() for z in range(1)][0].keys() >= {"x"})
