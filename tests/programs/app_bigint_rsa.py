import random
def is_prime(n, r):
    if n % 2 == 0: return n == 2
    d, s = n - 1, 0
    while d % 2 == 0: d //= 2; s += 1
    for _ in range(20):
        x = pow(r.randrange(2, n - 1), d, n)
        if x in (1, n - 1): continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1: break
        else: return False
    return True
r = random.Random(11)
def prime(bits):
    while not is_prime(n := r.getrandbits(bits) | 1 << bits - 1 | 1, r): pass
    return n
p, q = prime(128), prime(128); n, e = p * q, 65537; d = pow(e, -1, (p - 1) * (q - 1)); m = int.from_bytes(b"attack at dawn", "big"); c = pow(m, e, n)
print(hex(p), hex(q), hex(c), pow(c, d, n).to_bytes(14, "big"), n.bit_length(), d * e % ((p - 1) * (q - 1)), n // p == q, str(n)[:20], divmod(c, m)[1] == c % m)
try: pow(4, -1, 8)
except ValueError as x: print(x)
