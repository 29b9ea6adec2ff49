import sys
print(sys.version_info[:3], sys.implementation.name, sys.implementation.cache_tag, sys.byteorder, sys.maxsize, sys.maxunicode, sys.platform, sys.hexversion >> 16, sys.api_version, sys.flags.optimize, sys.float_info.dig, sys.int_info.bits_per_digit, sys.hash_info.width, sys.hash_info.algorithm, sys.thread_info.name, sys.getrecursionlimit(), sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.stdout.encoding, sys.argv[1:], sys.path[0] != "", "json" in sys.stdlib_module_names, "sys" in sys.builtin_module_names, sys.copyright[:15], sys.float_repr_style, sys.ps1 if hasattr(sys, "ps1") else "no ps1", sys.dont_write_bytecode, sys.abiflags, sys.warnoptions, sys.getswitchinterval(), sys.is_finalizing(), sys.intern("abc") is "abc" if False else sys.intern("a" + "bc"))
for v in ((), (1,), [], [1, 2], {}, {1: 2}, set(), 0, 1, 2 ** 30, 2 ** 64, 1.5, 1j, "", "a", "€", "😀", b"", b"abc", bytearray(b"x"), None, True, object(), range(1), slice(1), int, lambda: 0, len, (i for i in ()), memoryview(b""), frozenset(), Exception(), type("C", (), {})(), iter([]), enumerate([]), zip(), map(len, []), super, property(), ...): print(type(v).__name__, sys.getsizeof(v), end="; ")
print()
def trace(f, e, a): log.append((e, f.f_code.co_name, f.f_lineno - base)); return trace
def traced(x):
    y = x + 1
    if y > 1: y -= 1
    return y
log = []; base = traced.__code__.co_firstlineno; sys.settrace(trace); traced(1); sys.settrace(None); print(log)
prof = []; sys.setprofile(lambda f, e, a: prof.append((e, getattr(a, "__name__", None) or f.f_code.co_name))); traced(1); len([]); sys.setprofile(None); print(prof)
sys.setrecursionlimit(200)
def rec(n): return rec(n + 1)
try: rec(0)
except RecursionError as e: print(e)
sys.setrecursionlimit(1000)
for bad in ("sys.setrecursionlimit(0)", "sys.setrecursionlimit('a')", "sys.getsizeof()", "sys._getframe(-1).f_lineno > 0", "sys.intern(5)", "sys.exit.x", "sys.getrefcount()", "sys.setswitchinterval(-1)", "sys.set_int_max_str_digits(5)", "sys.nope", "sys.getsizeof(type('X', (), {'__sizeof__': lambda s: -1})())", "sys.settrace()", "sys.call_tracing(1, 2)"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
sys.displayhook([1]); sys.displayhook(None); import builtins; print(builtins._); sys.excepthook(ValueError, ValueError("via hook"), None); print(sys.exc_info(), sys.get_int_max_str_digits(), sys.getunicodeinternedsize() > 0, sys.monitoring.events.LINE, sys.orig_argv[0] != "", sys.exec_prefix == sys.prefix, sys.pycache_prefix, sys.platlibdir)
M = sys.monitoring; M.use_tool_id(3, "t"); ev = []; M.register_callback(3, M.events.PY_START, lambda c, o: ev.append(c.co_name)); M.set_events(3, M.events.PY_START); traced(1); M.set_events(3, 0); M.free_tool_id(3); print(ev)
sys.addaudithook(lambda e, a: print("audit", e, a[:1]) if e.startswith("my.") else None); sys.audit("my.event", 1, 2)
sys.stderr.write("to stderr\n"); import atexit; atexit.register(print, "atexit 1"); atexit.register(lambda: print("atexit 2")); sys.exit("exit message")
