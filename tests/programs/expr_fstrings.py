x, w, p = 3.14159, 12, 3
name = "world"
print(f"{x:.2f} {x:{w}.{p}f}| {name!r} {name!s:>10} {name!a} {x=} {x = :.1f} {name=!s}")
print(f"{{}} {'nested ' + f'{x:.0f}'} {[i for i in range(3)]} {({'a': 1})['a']} {(lambda: 5)()}")
print(f"""multi
{x
 :.1f}
{'"quotes"'}""")
print(f"{name:*^{w}}", f"{1000000:,} {1000000:_} {255:#x} {255:08b} {-5:+d} {5: d} {0.5:%} {1e10:g} {12345.678:e}")
print(f"{'a' 'b'}{1}{'c'}", rf"\n{1}", f"\N{BULLET}{'\n'!r}", f"{f"{f"{1}"}"}")
class F:
    def __format__(self, s): return f"<{s}>"
print(f"{F()} {F():abc} {F():{'x'}y} {F():{{}}}" if False else f"{F()} {F():abc} {F():{'x'}y}")
print(f"{x!r:^{w}} {None} {True:d} {'é'!a}")
for bad in ("f'{1:d!}'", "f'{\"a\":d}'", "f'{1.5:d}'", "f'{1:s}'", "f'{[]:5}'", "f'{1:,_}'"):
    try: print(eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
for bad in ("f'{'", "f'}'", "f'{}'", "f'{a!x}'", "f'{a b}'", "f'{*a}'", "f'{lambda x:1}'"):
    try: compile(bad, "<s>", "eval")
    except SyntaxError as e: print(bad, e.msg)
