def sieve(n):
    s = bytearray([1]) * (n + 1); s[0:2] = b"\0\0"
    for i in range(2, int(n ** 0.5) + 1):
        if s[i]: s[i * i::i] = bytes(len(range(i * i, n + 1, i)))
    return [i for i, v in enumerate(s) if v]
p = sieve(2000); print(len(p), p[-1], sum(p))
def miller(n):
    if n < 2 or n % 2 == 0: return n == 2
    d, r = n - 1, 0
    while d % 2 == 0: d //= 2; r += 1
    for a in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        if a % n == 0: continue
        x = pow(a, d, n)
        if x in (1, n - 1): continue
        for _ in range(r - 1):
            x = x * x % n
            if x == n - 1: break
        else: return False
    return True
print([n for n in range(10 ** 12, 10 ** 12 + 100) if miller(n)], miller(2 ** 127 - 1), miller(2 ** 128 + 1))
def factor(n):
    out = []; d = 2
    while d * d <= n:
        while n % d == 0: out.append(d); n //= d
        d += 1 + (d > 2)
    return out + [n] if n > 1 else out
print(factor(600851475143), factor(2 ** 32 + 1), factor(97), [n for n in range(1, 500) if sum(d for d in range(1, n) if n % d == 0) == n])
def egcd(a, b): return (a, 1, 0) if b == 0 else (lambda g, x, y: (g, y, x - a // b * y))(*egcd(b, a % b))
print(egcd(240, 46), pow(17, -1, 3120), [f"{n:b}" for n in (5, 10)], int("1101", 2), sum(int(d) for d in str(2 ** 1000)))
e = 0; t = 1
for i in range(1, 60): e += 10 ** 60 // t; t *= i
print(str(e)[:50])
