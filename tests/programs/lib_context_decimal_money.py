from decimal import *
from fractions import Fraction
def split(total, n): q = (total / n).quantize(Decimal("0.01"), ROUND_DOWN); r = int((total - q * n) * 100); return [q + Decimal("0.01") * (i < r) for i in range(n)]
print(split(Decimal("10.00"), 3), sum(split(Decimal("99.99"), 7)), Decimal("2.5").quantize(Decimal(1), ROUND_HALF_EVEN), Decimal("1234.5").to_eng_string(), f"{Decimal('1234567.891'):,.2f}")
with localcontext(prec=50): print(Decimal(2).sqrt(), Decimal(1).exp(), (Decimal(10) ** 40 + 1) / 7)
def compound(p, r, n): return (p * (1 + r) ** n).quantize(Decimal(".01"))
print([str(compound(Decimal(1000), Decimal("0.035"), y)) for y in (1, 10, 30)], Fraction(Decimal("0.1")), Decimal(Fraction(1, 4).numerator) / 4, Decimal("1e3") == 1000, max(Decimal("1.5"), 2, Fraction(7, 4)) if False else "", Decimal("0.1") + 1, 3 * Decimal("1.1"), Decimal("-7") // 2, Decimal("-7") % 2, Decimal(7).remainder_near(4))
with localcontext() as c:
    c.traps[Inexact] = True
    try: Decimal(1) / 3
    except Inexact as e: print("inexact", c.flags[Inexact])
    c.clear_flags(); c.traps[Inexact] = False; Decimal(1) / 3; print([s.__name__ for s, v in c.flags.items() if v])
