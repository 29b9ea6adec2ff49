import struct, io, zlib, base64, binascii, array
def chunk(t, d): return struct.pack(">I4s", len(d), t) + d + struct.pack(">I", zlib.crc32(t + d))
png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0\0\xff\0")) + chunk(b"IEND", b"")
def chunks(b):
    f = io.BytesIO(b); assert f.read(8)[1:4] == b"PNG"
    while h := f.read(8): n, t = struct.unpack(">I4s", h); d = f.read(n); c, = struct.unpack(">I", f.read(4)); yield t.decode(), n, c == zlib.crc32(t + d)
print(list(chunks(png)), base64.b64encode(png)[:20], binascii.hexlify(png[:8]).decode(), len(png) > 60)
def varint(n):
    out = bytearray()
    while True:
        out.append(n & 127 | (128 if n > 127 else 0)); n >>= 7
        if not n: return bytes(out)
def unvar(b): return sum((x & 127) << 7 * i for i, x in enumerate(b))
print([varint(n).hex() for n in (0, 127, 128, 300, 2 ** 40)], all(unvar(varint(n)) == n for n in range(0, 100000, 991)))
a = array.array("H", range(5)); a.byteswap(); print(a.tobytes(), memoryview(a).cast("B")[3], struct.unpack("<5H", a), int.from_bytes(a.tobytes()[:4], "big"), (1234567).to_bytes(3, "little").hex(), struct.pack("!d", 0.1).hex(), struct.unpack(">f", b"\x40\x49\x0f\xdb"), bytes.fromhex("de ad be ef")[::-1], bytearray(b"ab").hex(" "))
