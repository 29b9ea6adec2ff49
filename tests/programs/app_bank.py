class InsufficientFunds(Exception):
    def __init__(self, need, have): super().__init__(f"need {need}, have {have}"); self.need, self.have = need, have
class Account:
    _count = 0
    def __init__(self, owner, balance=0): self.owner, self._balance, self.log = owner, balance, []; Account._count += 1
    @property
    def balance(self): return self._balance
    def deposit(self, n):
        if n <= 0: raise ValueError("amount must be positive")
        self._balance += n; self.log.append(("+", n))
    def withdraw(self, n):
        if n > self._balance: raise InsufficientFunds(n, self._balance)
        self._balance -= n; self.log.append(("-", n))
    def __enter__(self): self._saved = self._balance; return self
    def __exit__(self, t, *a):
        if t: self._balance = self._saved; self.log.append(("rollback",))
        return t is InsufficientFunds
    def __repr__(self): return f"<{self.owner}: {self._balance:.2f}>"
class Savings(Account):
    def __init__(self, *a, rate=0.05, **k): super().__init__(*a, **k); self.rate = rate
    def interest(self): self.deposit(round(self.balance * self.rate, 2))
a, s = Account("Ann", 100), Savings("Sam", 1000, rate=0.1)
a.withdraw(30); s.interest()
with a: a.deposit(5); a.withdraw(500)
print(a, s, a.log, Account._count)
for f in (lambda: a.deposit(-1), lambda: a.withdraw(1e6), lambda: setattr(a, "balance", 5)):
    try: f()
    except Exception as e: print(type(e).__name__, e)
