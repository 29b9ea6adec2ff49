import sys, traceback, types
def f(a):
    loc = a * 2
    fr = sys._getframe()
    print(fr.f_code.co_name, fr.f_lineno, fr.f_locals["loc"], fr.f_back.f_code.co_name, fr.f_globals is globals(), fr.f_builtins["len"] is len, fr.f_lasti > 0, fr.f_trace)
    fr.f_locals["loc"] = "changed"; fr.f_locals["extra"] = 1
    return loc, sorted(fr.f_locals), type(fr.f_locals).__name__
print(f(3))
def g():
    x = 1
    l = locals(); l["x"] = 5; l["y"] = 6
    return x, l, locals()
print(g())
class C: v = 1; print(sorted(k for k in locals() if not k.startswith("__")))
def h():
    try: 1 / 0
    except ZeroDivisionError as e: return e
tb = h().__traceback__
print(tb.tb_lineno, tb.tb_frame.f_code.co_name, tb.tb_next, tb.tb_lasti > 0, type(tb))
t2 = types.TracebackType(tb, tb.tb_frame, tb.tb_lasti, 99); print(t2.tb_next is tb, t2.tb_lineno); t2.tb_next = None
try: tb.tb_next = tb
except ValueError as e: print(e)
def outer():
    def inner(): return [fs.name for fs in traceback.extract_stack()]
    return inner()
print(outer())
try: exec("\n\nraise KeyError('in exec')")
except KeyError: print(traceback.format_exc())
try: exec(compile("def q():\n  return undefined\nq()", "made.py", "exec"))
except NameError: print(traceback.format_exc())
print(f.__code__.co_firstlineno, f.__code__.co_consts[:2], f.__code__.co_names[:3], f.__code__.co_flags, f.__code__.co_stacksize, list(f.__code__.co_lines())[:2], f.__code__.co_filename.rpartition("/")[2], f.__code__.co_qualname)
c = f.__code__.replace(co_name="renamed"); print(c.co_name, c == f.__code__, hash(c) != 0)
gen = (i for i in range(3)); next(gen); print(gen.gi_frame.f_locals["i"], gen.gi_frame.f_code.co_name, gen.gi_suspended, gen.gi_running)
def cleared():
    x = [1]
    def k(): return x
    raise ValueError
try: cleared()
except ValueError as e:
    fr = e.__traceback__.tb_next.tb_frame; print("x" in fr.f_locals); fr.clear(); print(fr.f_locals)
try: sys._getframe(1000)
except ValueError as e: print(e)
try: sys._getframe().clear()
except RuntimeError as e: print(e)
