s = list(range(10))
print(s[2:5], s[::-1], s[-3:], s[:-3], s[::3], s[8:2:-2], s[100:], s[-100:2], s[5:2])
s[2:4] = "abc"; print(s)
s[::2] = [0] * len(s[::2]); print(s)
s[5:5] = [99, 98]; print(s)
del s[1::2]; print(s)
s[:] = []; print(s)
try: [1, 2, 3][::2] = [1]
except ValueError as e: print(e)
l = [1, 2, 3, 4]
try: l[::2] = [1]
except ValueError as e: print(e)
try: l[::0]
except ValueError as e: print(e)
for bad in ("l['a']", "l[1.0]", "l[10]", "(1,)[5]", "'abc'[9]", "l[1:'a']", "{}[[]]", "5[0]", "l[2**70]", "range(3)[5]", "b'a'[3]"):
    try: eval(bad)
    except Exception as e: print(bad, type(e).__name__, e)
print("hello"[1:4], b"hello"[::-2], (1, 2, 3)[:2], range(20)[5:15:3], "héllo"[-4:-1], "hello"[:0])
print(slice(1, 10, 2).indices(5), slice(None, None, -1).indices(3), slice(1, 2) == slice(1, 2), slice(3), repr(slice(None)))
class G:
    def __getitem__(self, k): return k
    def __setitem__(self, k, v): print("set", k, v)
    def __delitem__(self, k): print("del", k)
g = G(); print(g[1], g[1:2], g[1:2:3], g[:, 1], g[...]); g[1:2] = 3; del g[::2]; g[0] += (1,)
