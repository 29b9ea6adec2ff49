print([c.__name__ for c in ZeroDivisionError.__mro__], issubclass(FileNotFoundError, OSError), IOError is OSError, [c.__name__ for c in UnicodeDecodeError.__mro__])
e = OSError(2, "No such file", "name.txt"); print(e, repr(e), type(e), e.errno, e.strerror, e.filename, e.args)
e = OSError(17, "exists", "a", None, "b"); print(e, type(e).__name__, e.filename2)
for n in (1, 4, 11, 13, 32, 104, 110, 111, 999): print(n, type(OSError(n, "m")).__name__, end="; ")
print()
print(repr(KeyError("k")), str(KeyError("k")), str(KeyError()), str(KeyError(1, 2)), repr(ValueError()), repr(ValueError("a", 1)), str(ValueError("a", 1)), StopIteration(5).value, SystemExit(3).code, SystemExit().code)
i = ImportError("msg", name="n", path="p"); print(i, i.name, i.path, i.msg, repr(i))
s = SyntaxError("bad", ("f.py", 3, 5, "text here", 3, 9)); print(s, s.lineno, s.offset, s.text, s.end_offset, s.filename, s.msg, s.print_file_and_line)
u = UnicodeEncodeError("ascii", "aé", 1, 2, "why"); print(u, u.encoding, u.object, u.start, u.end, u.reason); u.start = 0; print(u)
n = NameError("m", name="x"); a = AttributeError("m", name="y", obj=1); print(n.name, a.name, a.obj)
for bad in ("UnicodeDecodeError(1)", "BaseException(x=1)", "ImportError(zz=1)", "ExceptionGroup('a')", "StopIteration(1, 2).value", "KeyError(1).x", "ValueError().__traceback__.x", "Exception().with_traceback(5)", "setattr(ValueError(), '__cause__', 5)", "setattr(ValueError(), 'args', 5)", "UnicodeTranslateError('a', 0, 1)", "OSError(1, 2, 3, 4, 5, 6).args"):
    try: print(bad, eval(bad))
    except Exception as x: print(bad, type(x).__name__, x)
class My(Exception):
    def __init__(self, code, *, extra=None): super().__init__(f"code {code}"); self.code, self.extra = code, extra
    def __str__(self): return f"My<{self.code}>"
try: raise My(7, extra="x")
except My as m: print(m, repr(m), m.args, m.extra, m.__traceback__.tb_lineno, m.__traceback__.tb_frame.f_code.co_name)
import pickle, copy
for x in (ValueError("a", 2), OSError(2, "n", "f"), KeyError("k"), ImportError("m", name="n")): print(repr(pickle.loads(pickle.dumps(x))), copy.copy(x).args)
x = ValueError("v"); x.custom = 1; x.add_note("n"); y = pickle.loads(pickle.dumps(x)); print(y.custom, y.__notes__)
w = UserWarning("w"); print(isinstance(w, Warning), BaseException.__subclasses__().__len__() >= 4, ExceptionGroup.__mro__[1].__name__)
import traceback
def deep(n):
    if n == 0: raise IndexError("deep")
    deep(n - 1)
try: deep(5)
except IndexError as e: print(len(traceback.extract_tb(e.__traceback__)), traceback.format_exception_only(e), traceback.extract_tb(e.__traceback__)[-1].line)
def rec(): rec()
try: rec()
except RecursionError as e: print(str(e)[:40])
