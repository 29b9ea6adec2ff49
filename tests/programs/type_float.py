print(float("1.5"), float(" -inf "), float("nan"), float("1e-400"), float("1_0.5"), float(b"2"), float("infinity"), float(10 ** 20))
print(repr(0.1), repr(1e16), repr(1e15), repr(123456789.123456789), repr(1e-5), repr(0.0001), repr(-0.0), repr(5e-324), repr(1.7976931348623157e308), repr(2.0 ** -25), repr(9007199254740993.0))
print((0.5).as_integer_ratio(), (1.5).hex(), float.fromhex("0x1.8p3"), (2.0).is_integer(), (0.1).hex(), float.fromhex("-inf"), float.from_number(3))
print(round(2.5), round(3.5), round(2.675, 2), round(1234.5678, -2), round(1e300, 5), round(-0.5), round(0.5, 0))
print(1.5 // 0.4, -1.5 % 0.4, divmod(7.5, 2), 2.0 ** -2, (-8) ** (1 / 3), 0.0 == -0.0, float("nan") == float("nan"))
print(f"{3.14159:.3f} {1e10:.3e} {0.00001:g} {123456789:.4g} {1.5:010.2f} {-1.5:+.1f} {1234567.891:,.2f} {0.1:.20f} {1e22:f} {float('inf'):08.2f} {2.5:.0f} {0.25:%} {1.0:#.0f} {1e100:n} {3.0} {3.0:.0e}")
print("%.3f %e %g %G %r %s %10.2f|%-10.2f|%+f" % (1.5, 1.5, 1e-10, 1e20, 1.1, 1e5, 2.345, 2.345, 1.0))
print(hash(0.5), hash(1e300), hash(float("inf")), hash(-0.0), hash(2.0 ** 70) == hash(2 ** 70))
for bad in ("float('x')", "float('')", "float([])", "float('1.2.3')", "float.fromhex('zz')", "1.0 // 0", "1e200 ** 2", "round(float('nan'))", "round(float('inf'))", "float('inf').as_integer_ratio()", "(1.5).__format__('d')", "complex(1) < 1", "0.0 ** -1", "float.fromhex('0x1p99999')"):
    try: print(eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
import sys
print(sys.float_info.max, sys.float_info.epsilon, sys.float_repr_style, float.__getformat__("double"))
print(sum([0.1] * 10), sum([1e100, 1.0, -1e100]), max(1.0, float("nan")), min(float("nan"), 1.0), sorted([3.0, -1, 2.5, float("-inf")]))
