def noisy(v): print("eval", v, end="; "); return v
print(noisy(1) < noisy(5) < noisy(3) < noisy(9))
print(noisy(0) and noisy(1), noisy(0) or noisy(2), noisy(1) if noisy(False) else noisy(3))
print(noisy(1) == noisy(1) != noisy(2), not noisy([]))
class Weird:
    def __bool__(self): raise ValueError("no truth")
    def __lt__(self, o): return Weird()
try: Weird() < 1 < 2
except ValueError as e: print(e)
try: not Weird()
except ValueError as e: print(e)
class BadBool:
    def __bool__(self): return 1
try: bool(BadBool())
except TypeError as e: print(e)
class ByLen:
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
print(bool(ByLen(0)), bool(ByLen(2)))
try: bool(ByLen(-1))
except ValueError as e: print(e)
print([i for i in range(20) if (i % 3 == 0 or i % 5 == 0) and not i % 15 == 0])
