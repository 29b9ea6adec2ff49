import math
a = math.factorial(200)
b = 7 ** 300 + 12345
print(a * b % (10 ** 50), a // b, a % b, -a // b, -a % b, math.gcd(a, b), math.isqrt(a))
print((a * b) // b == a, a - b + b == a, (a << 333) >> 333 == a, (a ^ b) ^ b == a, ~a + a)
print(a | b == b | a, (-a) & b, (-a) | b, (-a) ^ (-b), a >> 5000, -a >> 5000)
fib = [0, 1]
for _ in range(500): fib.append(fib[-1] + fib[-2])
print(fib[500], len(str(fib[500])))
s = str(b); print(int(s) == b, int(hex(b), 16) == b, int(oct(b), 8) == b, int(bin(b), 2) == b)
print(float(10 ** 300), 10 ** 300 / 10 ** 298, (10 ** 400) / (10 ** 399))
try: float(10 ** 400)
except OverflowError as e: print(e)
try: 10 ** 400 / 3
except OverflowError as e: print(e)
def pi_digits(n):
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    out = []
    while len(out) < n:
        if 4 * q + r - t < m * t:
            out.append(m); q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return "".join(map(str, out))
print(pi_digits(120))
