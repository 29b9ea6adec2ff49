assert True
try: assert 1 == 2, "message"
except AssertionError as e: print(repr(e))
try: assert []
except AssertionError as e: print(repr(e))
try: assert 0, (1, 2)
except AssertionError as e: print(repr(e), e.args)
def f(x):
    assert isinstance(x, int), f"not an int: {x!r}"
    return x
print(f(1))
f("a")
