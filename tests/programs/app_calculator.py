import re
class Parser:
    def __init__(self, s): self.t = re.findall(r"\d+\.?\d*|\*\*|[-+*/()]", s); self.i = 0
    def peek(self): return self.t[self.i] if self.i < len(self.t) else None
    def next(self): self.i += 1; return self.t[self.i - 1]
    def expr(self):
        v = self.term()
        while self.peek() in ("+", "-"): v = v + self.term() if self.next() == "+" else v - self.term()
        return v
    def term(self):
        v = self.factor()
        while self.peek() in ("*", "/"): v = v * self.factor() if self.next() == "*" else v / self.factor()
        return v
    def factor(self):
        if self.peek() == "-": self.next(); return -self.factor()
        v = self.atom()
        if self.peek() == "**": self.next(); v **= self.factor()
        return v
    def atom(self):
        t = self.next()
        if t == "(": v = self.expr(); self.next(); return v
        return float(t) if "." in t else int(t)
for s in ("1 + 2 * 3", "(1 + 2) * 3", "2 ** 3 ** 2", "-2 ** 2", "7 / 2 - 1.5", "((1))", "10 / (5 - 5)"):
    try: print(s, "=", Parser(s).expr())
    except ZeroDivisionError as e: print(s, "!", e)
