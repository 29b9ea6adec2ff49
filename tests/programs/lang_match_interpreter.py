def ev(e, env):
    match e:
        case int() | float(): return e
        case str(n): return env[n]
        case ["let", [[str(n), v], *rest], body]: return ev(["let", rest, body], {**env, n: ev(v, env)})
        case ["let", [], body]: return ev(body, env)
        case ["if", c, a, b]: return ev(a if ev(c, env) else b, env)
        case ["fn", [*ps], body]: return lambda *a: ev(body, {**env, **dict(zip(ps, a))})
        case ["do", *es, last]:
            for x in es: ev(x, env)
            return ev(last, env)
        case ["+" | "*" | "<" | "-" as op, a, b]:
            x, y = ev(a, env), ev(b, env)
            return x + y if op == "+" else x * y if op == "*" else x < y if op == "<" else x - y
        case [f, *args] if args: return ev(f, env)(*(ev(a, env) for a in args))
        case {"quote": q}: return q
        case _: raise SyntaxError(f"bad form {e!r}")
env = {"print": print}; env["fact"] = lambda n: ev(["if", ["<", "n", 2], 1, ["*", "n", ["fact", ["-", "n", 1]]]], {**env, "n": n})
print(ev(["let", [["x", 5], ["y", ["*", "x", 2]]], ["+", "x", "y"]], env), ev(["fact", 10], env), ev([["fn", ["a", "b"], ["-", "a", "b"]], 9, 4], env), ev({"quote": [1, "z"]}, env)); ev(["do", ["print", 1], ["print", 2, 3]], env)
for bad in (["?"], [], None, ["nope", 1]):
    try: print(ev(bad, env))
    except (SyntaxError, KeyError) as e: print(type(e).__name__, e)
