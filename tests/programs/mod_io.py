import io, os, tempfile
f = io.StringIO("line1\nline2\r\nline3"); print(f.readline(), f.read(3), f.tell(), f.readlines(), f.seek(0), list(f), f.truncate(5) , f.getvalue(), f.closed); f.close()
try: f.read()
except ValueError as e: print(e)
b = io.BytesIO(b"abcdef"); print(b.read(2), b.getbuffer()[0], b.seek(-2, 2), b.read(), b.getvalue(), b.write(b"XY"), b.tell(), b.readable(), b.seekable(), b.read1(), b.readinto(bytearray(2)))
d = tempfile.mkdtemp(); p = os.path.join(d, "t.txt")
with open(p, "w", encoding="utf-8", newline="") as g: print(g.write("héllo\nwörld\r\nlast"), g.name == p, g.mode, g.encoding, g.line_buffering, g.writable(), g.readable(), g.tell())
with open(p, encoding="utf-8") as g: print(g.read(), g.seek(0), g.readline(), g.newlines, next(g), g.read(2), g.errors)
with open(p, "rb") as g: print(g.read(3), g.peek(2)[:2], g.tell(), g.seek(-4, 2), g.read(), g.raw.name == p, g.readline(), type(g).__name__, g.fileno() > 2)
with open(p, "a+b", buffering=0) as g: print(g.write(b"!"), g.seek(0), g.readall()[-3:], type(g).__name__)
with open(p, "r+", encoding="latin-1") as g: print(g.read(4), g.seek(0), g.write("X"), g.seek(0), g.read(2), g.isatty())
for mode in ("r", "x", "q", "rw", "rb+x", "bt", "", "U"):
    try: open(p, mode).close(); print("ok", mode)
    except (ValueError, OSError) as e: print(mode, type(e).__name__, str(e).replace(d, "D"))
for bad in ("open(d)", "open('/nonexistent/x')", "open(p, 'rb', encoding='u8')", "open(p, buffering=0)", "open(-1)", "open('a\\0b')", "open(p, encoding='nope')", "open(p, newline='q')", "io.StringIO(5)", "io.BytesIO('a')", "io.StringIO().write(b'a')", "io.BytesIO().write('a')", "open(p).write('a')", "open(p, 'w').read()", "io.TextIOWrapper(5)", "io.BytesIO().seek(-1)", "io.StringIO().seek(1, 1)", "open(9999)", "open(p, errors='nope').read()", "open([])"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, str(e).replace(d, "D"))
t = io.TextIOWrapper(io.BytesIO(b"a\r\nb\rc\n"), newline=None); print(t.read().encode(), t.newlines); t = io.TextIOWrapper(io.BytesIO(), write_through=True, newline="\r\n"); t.write("x\ny"); print(t.buffer.getvalue(), t.detach().getvalue())
r, w = os.pipe(); os.write(w, b"pipe\n"); os.close(w); print(os.fdopen(r).read(), io.open is open, io.DEFAULT_BUFFER_SIZE, io.SEEK_END)
br = io.BufferedRWPair(io.BytesIO(b"in"), io.BytesIO()); print(br.read(1), br.write(b"o")); rnd = io.BufferedRandom(io.BytesIO(b"0123456789")); print(rnd.read(3), rnd.write(b"AB"), rnd.seek(0), rnd.read())
class Raw(io.RawIOBase):
    def readable(self): return True
    def readinto(self, b): b[:2] = b"zz"; return 2
print(io.BufferedReader(Raw(), 4).read(7), Raw().read(1) if False else "", issubclass(io.StringIO, io.TextIOBase))
with open(p, "w") as g: print("to file", 1, 2, sep="|", end="$", file=g, flush=True)
print(open(p, encoding="utf-8").read()); os.remove(p); os.rmdir(d)
