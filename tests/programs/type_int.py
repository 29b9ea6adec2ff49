print(int("42"), int(" -0b101 ", 0), int("zz", 36), int(3.99), int(True), int(b"12"), int("1_000"), int("٣"))
print((255).to_bytes(2), (255).to_bytes(2, "little"), (-1).to_bytes(3, signed=True), int.from_bytes(b"\xff\x00"), int.from_bytes(b"\xff", signed=True), int.from_bytes([1, 2], "little"))
print((10).bit_length(), (-7).bit_count(), (5).as_integer_ratio(), (7).conjugate(), (3).real, (3).imag, (4).numerator, (9).denominator, (5).is_integer())
big = 3 ** 200
print(big, big % 1000007, big // 7 ** 50, -big >> 100, big & (1 << 64) - 1, hash(big), big.bit_length())
print(2 ** 1000 == 1 << 1000, pow(3, 1000, 10 ** 9 + 7), pow(3, -1, 7), divmod(-big, 10 ** 30), str(big)[::-1][:10])
print(hex(big), oct(2 ** 65), bin(-37), f"{big:_}", f"{2**70:x} {12345:>10,} {-5:06d} {42:b} {65:c} {7:+}")
print(1 == 1.0, hash(1) == hash(1.0), 2 ** 53 + 1 == float(2 ** 53 + 1), 10 ** 400 > 1e308, 1 < 10 ** 400, isinstance(True, int), int.__mro__)
print(round(12345, -2), round(15, -1), round(25, -1), (5).__round__(), abs(-10 ** 20), -(-10) ** 21)
for bad in ("int('12a')", "int('')", "int('1__2')", "int([])", "int('9', 8)", "int(1, 2)", "int('1', 37)", "int(float('nan'))", "int(float('inf'))", "(300).to_bytes(1)", "(-1).to_bytes(1)", "int.from_bytes('a')", "int('1' * 5000)", "str(10 ** 5000)", "int(None)", "(1).to_bytes(-1)"):
    try: print(eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
class I(int):
    def __repr__(self): return f"I({int(self)})"
print(I(5), I(5) + 1, I("7"), type(I(3) * 2), I(5) == 5, {I(5): 1}[5], int(I(9)))
