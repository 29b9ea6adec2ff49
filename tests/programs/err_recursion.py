import sys
def down(n): return 1 + down(n + 1)
def a(n): return b(n)
def b(n): return a(n)
for f in (down, a):
    try: f(0)
    except RecursionError as e: print(type(e).__name__, str(e)[:32])
class Loop:
    def __getattr__(self, n): return getattr(self, n + "x")
try: Loop().start
except RecursionError: print("getattr loop")
class R:
    def __repr__(self): return repr(self)
try: repr(R())
except RecursionError: print("repr loop")
class E:
    def __eq__(self, o): return self == o
try: E() == E()
except RecursionError: print("eq loop")
l = []
for _ in range(100_000): l = [l]
try: repr(l)
except RecursionError: print("deep repr")
t = ()
for _ in range(100_000): t = (t,)
try: import copy; copy.deepcopy(t)
except RecursionError: print("deep copy")
try: import json; json.dumps(l)
except RecursionError: print("deep json")
try: json.loads("[" * 100_000)
except RecursionError: print("deep json load")
try: compile("(" * 5000 + ")" * 5000, "s", "eval")
except (SyntaxError, RecursionError, MemoryError) as e: print(type(e).__name__)
try: isinstance(1, t)
except RecursionError: print("deep isinstance")
del l, t
print("freed")
