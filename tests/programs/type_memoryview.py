m = memoryview(bytearray(b"abcdefgh"))
print(m[0], m[1:3].tobytes(), m[::-1].tobytes(), len(m), m.format, m.itemsize, m.nbytes, m.ndim, m.shape, m.strides, m.readonly, m.contiguous, m.c_contiguous, m.f_contiguous)
m[0] = 65; m[1:3] = b"XY"; print(m.obj, m.tolist(), bytes(m), m.hex(), m == b"AXYdefgh", 65 in m)
c = m.cast("I"); print(c.tolist(), c.shape, c.itemsize, c[0]); c[1] = 0x41424344; print(m.tobytes())
two = memoryview(bytes(range(12))).cast("B", [3, 4]); print(two.tolist(), two[1, 2], two.ndim, two.shape, two.strides)
f = memoryview(bytearray(16)).cast("d"); f[0] = 2.5; print(f.tolist(), f.format)
r = m.toreadonly(); print(r.readonly, hash(memoryview(b"x")) == hash(b"x"), m.index(68) if hasattr(m, "index") else 0, m.count(70) if hasattr(m, "count") else 0)
with memoryview(b"z") as w: print(w[0])
for bad in ("w[0]", "r[0] = 1", "m['a']", "m[99]", "m[0] = 256", "m[0:2] = b'abc'", "m.cast('Z')", "m.cast('I', [3])", "two[5]", "two[0]", "memoryview('a')", "memoryview(5)", "hash(m)", "m[0] = 'a'", "memoryview(b'abc').cast('I')", "two[0, 9]", "m[::0]", "f[0] = 'x'"):
    try: exec(bad); print(bad, "ok")
    except Exception as e: print(bad, type(e).__name__, e)
import array
a = array.array("h", [1, -2, 3]); v = memoryview(a); v[1] = 9; print(a, v.tolist(), v.format, v == array.array("i", [1, 9, 3]))
print(list(m), [x for x in reversed(m)], memoryview(b"ab") == memoryview(b"ab"), memoryview(b"ab") != b"ac", repr(m)[:15])
