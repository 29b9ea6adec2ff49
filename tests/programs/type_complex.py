z = 3 + 4j
print(z, z.real, z.imag, z.conjugate(), abs(z), -z, z == 3 + 4j, z != 3, hash(z), bool(0j))
print(complex("1+2j"), complex(" -j "), complex(1, 2), complex("nan+infj"), complex(1.5), complex("1e5"), complex("(1+2j)"))
print(z + 1, z - 1j, z * z, z / (1 - 1j), z ** 2, z ** 0.5, 2 ** z, z ** -1, z ** 0)
print(repr(-0j), repr(complex(-0.0, -0.0)), repr(complex(0, float("inf"))), 1j * 1j, (1e200 + 1j) * 1, complex(1, -0.0))
print(f"{z:.2f} {z:>20} {1 + 0j:g} {z!r}", "%s" % z, str(1e16 + 1e-5j))
for bad in ("complex('x')", "complex('1', 2)", "complex(1, 'a')", "complex([])", "1j // 1", "1j % 2", "1j < 1", "int(1j)", "float(1j)", "1j / 0", "0j ** -1", "complex('1 + 2j')", "round(1j)", "(1e308 + 1e308j) ** 2", "divmod(1j, 1)"):
    try: print(eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
class C:
    def __complex__(self): return 1 + 2j
class F:
    def __float__(self): return 2.5
class I:
    def __index__(self): return 7
print(complex(C()), complex(F()), complex(I(), I()), complex.from_number(3))
import cmath
print(cmath.sqrt(-1), cmath.phase(-1), cmath.polar(1j), cmath.rect(1, 0), cmath.isclose(1, 1 + 1e-10j), cmath.isnan(complex("nan")))
