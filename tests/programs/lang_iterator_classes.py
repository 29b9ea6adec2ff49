class Countdown:
    def __init__(self, n): self.n = n
    def __iter__(self): return Countdown.It(self.n)
    def __reversed__(self): return iter(range(1, self.n + 1))
    def __len__(self): return self.n
    def __contains__(self, x): return 1 <= x <= self.n
    class It:
        def __init__(self, n): self.n = n
        def __iter__(self): return self
        def __next__(self):
            if self.n <= 0: raise StopIteration
            self.n -= 1; return self.n + 1
        def __length_hint__(self): return self.n
c = Countdown(4); print(list(c), list(reversed(c)), 3 in c, 9 in c, [*zip(c, c)], sum(c), sorted(c), dict(enumerate(c, 1)), max(c), tuple(map(lambda x: x * 2, c)), [x for x in c if x % 2], a := next(iter(c)))
import operator; print(operator.length_hint(iter(c)), list(filter(None, [0, 1])), any(x > 3 for x in c), all(c), "-".join(map(str, c)), *c, [*c, *c], {*c}, min(c, key=lambda x: -x))
it = iter(c); print(next(it), list(it), next(it, "over"), list(it))
class Peek:
    def __init__(self, s): self.it, self.buf = iter(s), []
    def __iter__(self): return self
    def __next__(self): return self.buf.pop() if self.buf else next(self.it)
    def peek(self, d=None):
        if not self.buf:
            try: self.buf.append(next(self.it))
            except StopIteration: return d
        return self.buf[-1]
k = Peek("ab"); print(k.peek(), next(k), k.peek(), list(k), k.peek("end"))
