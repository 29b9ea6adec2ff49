import ast
class Fold(ast.NodeTransformer):
    def visit_BinOp(self, n):
        self.generic_visit(n)
        match n:
            case ast.BinOp(ast.Constant(a), ast.Add(), ast.Constant(b)): return ast.copy_location(ast.Constant(a + b), n)
        return n
class Names(ast.NodeVisitor):
    def __init__(self): self.names = []
    def visit_Name(self, n): self.names.append((n.id, type(n.ctx).__name__, n.lineno, n.col_offset)); self.generic_visit(n)
src = "def f(x, *a, k=1, **kw):\n    'doc'\n    y: int = 1 + 2 + x\n    return [i async for i in y if i] and (lambda q: q)(y)\n"
t = ast.parse(src); v = Names(); v.visit(t); print(v.names); print(ast.unparse(ast.fix_missing_locations(Fold().visit(t)))); print(ast.dump(ast.parse("a.b[1:2] = -x ** 2 if not y else {**z, 1: 'é'}"), indent=1)); print(ast.get_docstring(t.body[0]), [type(n).__name__ for n in ast.walk(ast.parse("x += f(1)"))], ast.get_source_segment(src, ast.parse(src).body[0].body[1]))
for bad in (lambda: compile(ast.Module([ast.Expr(5)], []), "", "exec"), lambda: compile(ast.Expression(ast.Name("x")), "", "eval"), lambda: ast.literal_eval("f()"), lambda: ast.literal_eval("1 + 'a'"), lambda: ast.Name(1, 2, 3), lambda: compile(ast.parse("1"), "", "eval"), lambda: ast.parse("x", mode="q"), lambda: ast.parse("match x:\n case 1: pass", feature_version=(3, 8))):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
ns = {}; exec(compile(ast.fix_missing_locations(ast.Module([ast.Assign([ast.Name("r", ast.Store())], ast.BinOp(ast.Constant(6), ast.Mult(), ast.Constant(7)))], [])), "made", "exec"), ns); print(ns["r"], ast.Constant(1)._fields, ast.Add()._attributes, ast.arguments()._fields[:2], ast.parse("x = 1 # type: int", type_comments=True).body[0].type_comment, ast.compare(ast.parse("1"), ast.parse("1")))
