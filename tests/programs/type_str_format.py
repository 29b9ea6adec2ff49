import datetime
class P:
    x = 5; d = {"k": [1, 2]}
    def __format__(self, spec): return f"P<{spec}>"
    def __getitem__(self, k): return f"item-{k}"
print("{0.x} {0.d[k][1]} {0:abc} {0[z]} {0[3]} {1!s} {1!a}".format(P(), "é"))
print("{:<10}|{:>10}|{:^10}|{:*^9}|{:=+6d}".format("l", "r", "c", "m", 42))
print("{:08.3f} {:+.2e} {:#o} {:#X} {:,} {:_b} {:.3} {:.2%}".format(3.14159, 12345.678, 8, 255, 1234567, 1000, "truncate", 0.256))
print("{:%Y-%m-%d}".format(datetime.date(2024, 2, 29)), "{!r:>8}".format("a"), "{:c}".format(9731), "{:n}".format(1000), "{:d}".format(True))
print("%5d|%-5d|%05d|%+d|% d|%x|%#o|%c|%%|%5.1f|%-8s|%.2s|%r|%a" % (42, 42, 42, 42, 42, 255, 8, "x", 3.14159, "ab", "abcdef", "é", "é"))
print("%(a)s %(b)05.1f %(a)r" % {"a": "x", "b": 2.5}, "%*d %-*d|" % (5, 42, 4, 7), "%.*f" % (2, 3.14159), "%i %u" % (3.7, -1))
print("%s" % [1], "%s %s" % ("a", (1, 2)), "%d" % 10 ** 20 if False else "%d" % (10 ** 20,), "%x" % -255, "%e" % 0, "%g" % 1e-5)
print(b"%s %d %a %b %c %x" % (b"x", 5, "é", b"y", 65, 255), bytearray(b"%5d") % 3)
for spec in ("{:5.}", "{:z}", "{:+s}", "{:,s}", "{:.2d}", "{:=5}", "{:0=5}", "{!x}", "{0!}", "{", "}", "{a.}", "{[}", "{:.99999999999}", "{:99999999999999999999}"):
    try: print(spec, repr(spec.format("str" if "s" in spec or spec in ("{:=5}", "{:0=5}") else 5)))
    except Exception as e: print(spec, type(e).__name__, e)
print(format(5, "03"), format("x", "_>3"), format(2.5, ""), format([1], ""), "{:z.0f}".format(-0.3), f"{-0.0:z}", f"{12345:,.1f}" , f"{0:#_x}")
import string
class F(string.Formatter):
    def get_value(self, k, a, kw): return f"<{k}>"
print(F().format("{a} {0} {b.upper}" if False else "{a} {0}"), string.Template("$a ${b} $$").substitute(a=1, b=2), string.Template("$a $c").safe_substitute(a=1))
