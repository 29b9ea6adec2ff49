"""A file open for both: writes larger than the buffer, then back to the start."""
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "f")
    for size in (100, 131072, 200000, 300001):
        with open(path, "w+b") as f:
            f.write(b"x" * 40)
            f.write(bytes(size))
            print(f.tell(), f.seek(0), f.write(b"y" * 40), f.tell(), f.seek(size + 40), f.tell())
            f.write(b"end")
            f.flush()
            print(f.tell(), f.seek(10), f.read(3), f.write(b"z" * (size + 5)), f.tell(), f.seek(-3, 2))
        with open(path, "rb") as f:
            data = f.read()
        print(len(data), data[:12], data[-4:], data.count(b"z"))
