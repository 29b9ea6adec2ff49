class Tracer:
    def __init__(self, log): self.log = log
    def __iadd__(self, o): self.log.append(("iadd", o)); return self
    def __add__(self, o): self.log.append(("add", o)); return "sum"
    def __isub__(self, o): return NotImplemented
    def __sub__(self, o): return ("sub", o)
    def __imatmul__(self, o): self.log.append(("imatmul", o)); return 42
log = []
t = Tracer(log)
t += 1
print(t + 2)
t -= 3
print(t)
t = Tracer(log)
t @= 4
print(t, log)
n = 7
n **= 2; print(n)
n //= 3; print(n)
n %= 10; print(n)
n <<= 70; print(n)
n >>= 68; print(n)
n |= 1; n ^= 0xff; n &= 0xf0; print(n)
x = 5
x /= 2; print(x)
s = "a"; s *= 3; s += "b"; print(s)
l = [1]; m = l; l *= 2; print(m)
