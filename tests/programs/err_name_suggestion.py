import math
def f(values): return sum(valeus) / len(values)
try: f([1])
except NameError as e: print(e, e.name)
def g():
    total = 5
    return totl
g()
