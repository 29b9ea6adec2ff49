"""mmap: files and memory as bytes."""
import mmap
import os
import tempfile


def attempt(function):
    try:
        print(function())
    except Exception as e:
        print(type(e).__name__, e)


with tempfile.TemporaryFile() as f:
    f.write(b"one\ntwo\nthree\n")
    f.flush()
    with mmap.mmap(f.fileno(), 0) as m:
        print(m, len(m), m.size(), m[0], m[-1], m[4:7], m[::-2])
        print(m.readline(), m.tell(), m.read(3), m.read_byte(), m.read(), m.read())
        print(m.find(b"t"), m.find(b"t", 0), m.rfind(b"t", 0), m.rfind(b"o", 0, -8), m.find(b"zz", -4))
        m.seek(0)
        m.write(b"ONE")
        m.write_byte(33)
        m[-1] = 46
        m[4:7] = b"TWO"
        m[8::2] = b"###"
        m.move(0, 4, 3)
        m.flush()
        f.seek(0)
        print(f.read(), bytes(m) == m[:])
        m.resize(mmap.PAGESIZE * 2)
        print(len(m), os.fstat(f.fileno()).st_size, m.closed)
        view = memoryview(m)
        attempt(lambda: m.resize(5))
        attempt(m.close)
        view.release()
        for bad in (
            lambda: m[len(m)],
            lambda: m["a"],
            lambda: m.__setitem__(0, 256),
            lambda: m.__setitem__(0, b"a"),
            lambda: m.__setitem__(slice(0, 2), b"abc"),
            lambda: m.__delitem__(0),
            lambda: m.seek(-1),
            lambda: m.seek(0, 9),
            lambda: m.write(bytes(len(m) + 1)),
            lambda: m.move(0, 1, len(m)),
            lambda: m.flush(1, len(m)),
            lambda: m.madvise(mmap.MADV_NORMAL, len(m)),
            lambda: m.find("a"),
        ):
            attempt(bad)
    attempt(lambda: m[0])
    print(m)
    attempt(lambda: mmap.mmap(f.fileno(), 1 << 20))
    attempt(lambda: mmap.mmap(f.fileno(), 0, offset=1 << 20))
    attempt(lambda: mmap.mmap(f.fileno(), 0, access=7))
    attempt(lambda: mmap.mmap(f.fileno(), 0, mmap.MAP_PRIVATE, access=mmap.ACCESS_READ))
    with mmap.mmap(f.fileno(), 4, access=mmap.ACCESS_READ) as m:
        attempt(lambda: m.write(b"x"))
        attempt(lambda: m.resize(2))
    with mmap.mmap(f.fileno(), 4, access=mmap.ACCESS_COPY) as m:
        m[0] = 0
        print(m[:], m)
m = mmap.mmap(-1, 8)
m[:3] = b"abc"
print(list(m), b"a" in m, m.tell())
