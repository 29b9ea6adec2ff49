a = b = c = [1]
b.append(2)
print(a, c is a)
(x, y), [z, *rest] = (1, 2), [3, 4, 5]
print(x, y, z, rest)
*init, last = "hello"
print(init, last)
d = {}
d["k"], d["l"] = d, 1
print(d["k"] is d, d["l"])
class O: pass
o = O()
o.a, o.b = 1, [2]
o.a += 5
o.b += (3,)
print(o.a, o.b)
i = 0
i, d[i] = 1, "after"
print(i, d[1])
for o.attr in range(3): pass
print(o.attr)
for i, (j, *k) in enumerate([(1, 2, 3), "ab"]):
    print(i, j, k)
t = ([],)
try:
    t[0] += [1]
except TypeError as e:
    print(e, t)
