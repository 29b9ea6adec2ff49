import inspect, dis, io, symtable, tokenize, keyword, token
def f(a, b: int = 1, /, c=2, *d, e, g: str = "x", **h) -> bool: "doc string"; return a
print(inspect.signature(f), inspect.signature(len), inspect.signature(int.to_bytes), inspect.signature(lambda: 0), [p.kind.name for p in inspect.signature(f).parameters.values()], inspect.getfullargspec(f).args, inspect.getdoc(f), inspect.isfunction(f), inspect.isbuiltin(len), inspect.isclass(int), inspect.signature(f).bind(1, e=2).arguments, inspect.getsource(f).count("\n"), inspect.getsourcelines(f)[1], inspect.getmodule(f).__name__, inspect.unwrap(f) is f)
try: inspect.signature(f).bind()
except TypeError as e: print(e)
class C:
    "c doc"
    def m(self): pass
    @classmethod
    def k(cls): pass
    @property
    def p(self): pass
print([n for n, v in inspect.getmembers(C) if not n.startswith("__")], inspect.classify_class_attrs(C)[-1].kind, inspect.getmro(C), inspect.isdatadescriptor(C.p), inspect.getattr_static(C, "k"), inspect.signature(C), inspect.currentframe().f_lineno, inspect.ismethod(C().m), inspect.getclasstree([C])[0][0]) if False else print([n for n, v in inspect.getmembers(C) if not n.startswith("__")])
dis.dis(f); dis.dis("x = [i * 2 for i in y if i]\ntry: a()\nexcept E: b"); print([i.opname for i in dis.get_instructions("a.b(c)")], dis.opmap["RETURN_VALUE"], dis.stack_effect(dis.opmap["BUILD_LIST"], 3), dis.code_info("1").splitlines()[1:4])
t = symtable.symtable("def f(x):\n  global g\n  y = x\n  def h(): return y\nclass C: z = 1", "s", "exec"); print([str(s) for s in t.get_symbols()], [c.get_name() for c in t.get_children()], [c for c in t.get_children() if c.get_name() == "f"][0].get_locals(), t.lookup("f").is_namespace())
for k in tokenize.generate_tokens(io.StringIO("x = f'{a!r:>{w}}' + 1.5 # c\nif x:\n  pass\n").readline): print(token.tok_name[k.type], repr(k.string), k.start, k.end)
try: list(tokenize.generate_tokens(io.StringIO("(a\n").readline))
except tokenize.TokenError as e: print(e)
print(tokenize.untokenize([(1, "a"), (54, "+"), (2, "1")]) if False else keyword.iskeyword("match"), keyword.softkwlist, keyword.kwlist[:3], inspect.cleandoc("  a\n    b"), inspect.getcallargs(f, 1, e=3))
