print(10 ** 18 + 1, -7 // 2, -7 % 3, 7 // -2, divmod(-7, 2), 2 ** -1, 0.1 + 0.2, round(2.5), round(-1.5), round(1234, -2), int("0x1f", 16), int("-0b11", 0), float("1e3"), 1e308 * 10, 5 / 2, 5 // 2.0, 1_000, 0xff, 0o17, 3.0 == 3, True + 1, abs(-3.5), pow(2, 10, 1000), complex(1, 2) * 1j, (1 + 2j).conjugate(), max(1, 2.5), sum([0.1] * 3), min([3, 1, 2]), 7 .bit_length(), (255).to_bytes(2), hex(255), bin(10), oct(8), 3 .__add__(4), 1 if 0.0 else 2, -2 ** 2, 2 ** 3 ** 2, ~7, 6 & 3, 6 | 3, 6 ^ 3, 1 << 10, -1 >> 5, 1 < 2 < 3, 1 == 1.0 == 1 + 0j)
from fractions import Fraction as F; from decimal import Decimal as D; import math
print(F(1, 3) + F(1, 6), F("1.5") * 2, F(3, 4) ** 2, float(F(1, 8)), D("0.1") + D("0.2"), D(1) / D(7), math.gcd(48, 18), math.lcm(4, 6), math.factorial(15), math.comb(5, 2), math.isclose(0.1 + 0.2, 0.3), math.floor(-0.5), math.pi, math.inf > 10 ** 300, math.nan != math.nan, math.hypot(3, 4), math.sqrt(16), math.log2(8), math.copysign(1, -0.0), math.fsum([1e100, 1, -1e100]), F(0.1), F(1, 3) < D("0.5") if False else "", int(F(7, 2)), round(F(7, 2)), math.trunc(-1.7), F(1, 3).limit_denominator(2))
def collatz(n):
    s = 0
    while n != 1: n = n // 2 if n % 2 == 0 else 3 * n + 1; s += 1
    return s
print(max(range(1, 3000), key=collatz), [collatz(n) for n in (27, 97)], sum(1 / k ** 2 for k in range(1, 1000)), [round(math.sin(x / 4), 6) for x in range(5)])
