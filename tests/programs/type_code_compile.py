c = compile("a = 1\nb = a + x", "<s>", "exec"); ns = {"x": 5}; exec(c, ns); print(ns["b"], c.co_names, c.co_filename)
print(eval("x + y", {"x": 1}, {"y": 2}), eval(compile("[i for i in range(3)]", "", "eval")), eval("  1"), eval(b"2"), exec("z = 3") or z)
compile("1 + 1\n", "", "single"); exec(compile("5 + 5", "", "single"))
for src, mode in (("1 +", "eval"), ("x = 1", "eval"), ("a\nb", "single"), ("\0", "exec"), ("  x", "exec"), ("if 1:", "exec"), ("return", "exec"), ("yield 1", "exec"), ("await x", "exec"), ("break", "exec"), ("continue", "exec"), ("def f(a, a): pass", "exec"), ("f() = 1", "exec"), ("(a, b) += 1", "exec"), ("del f()", "exec"), ("import a.b as", "exec"), ("from x import (a, b", "exec"), ("class A(", "exec"), ("x = {1: 2, 3}", "exec"), ("for x in", "exec"), ("a b", "exec"), ("try: pass", "exec"), ("print 1", "exec"), ("'a", "exec"), ("else: 1", "exec"), ("a = = 1", "exec"), ("def f(:", "exec"), ("None = 1", "exec"), ("x: int: 5", "exec"), ("f(**k, *a)", "exec"), ("async def f(): [await x for x in y]\n(await z)", "exec"), ("with open() as 1: pass", "exec"), ("lambda x=: 1", "eval"), ("1 if 2", "eval"), ("not", "eval"), ("a.1", "eval"), ("import", "exec"), ("global x, x; x: int", "exec"), ("\tx\n  y", "exec"), ("if 1:\n  a\n b", "exec")):
    try: compile(src, "<t>", mode); print("compiled", repr(src))
    except SyntaxError as e: print(repr(src), type(e).__name__, e.msg, e.lineno, e.offset)
    except ValueError as e: print(repr(src), type(e).__name__, e)
for bad in ("compile('', '', 'bad')", "compile(5, '', 'exec')", "compile('', '', 'exec', flags=1 << 30)", "eval('1', 5)", "exec('1', {}, 5)", "eval('x' * 3)", "exec(compile('', '', 'exec'), closure=5)", "eval(5)", "compile('a', '\\0', 'exec')", "exec('1', [])"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
d = {}; exec("def f(): return g()\ndef g(): return 42", d); print(d["f"](), "__builtins__" in d)
exec("print(__builtins__ is not None)", {"__builtins__": {"print": print}})
try: exec("len([])", {"__builtins__": {}})
except NameError as e: print(e)
import ast
t = ast.parse("x = 1 + 2 * y"); print(ast.dump(t)); print(ast.unparse(t), eval(compile(ast.fix_missing_locations(ast.Expression(ast.Constant(7))), "", "eval")), ast.literal_eval("{'a': [1, -2.5, (None, True)]}"))
