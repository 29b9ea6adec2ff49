"""_bz2 and _lzma: round trips, streams in parts, errors."""
import bz2
import io
import lzma

DATA = b"".join(b"line %d of some text\n" % (i * i) for i in range(3000))


def attempt(function):
    try:
        print(function())
    except Exception as e:
        print(type(e).__name__, e)


for level in (1, 9):
    packed = bz2.compress(DATA, level)
    print(len(packed), bz2.decompress(packed) == DATA)
d = bz2.BZ2Decompressor()
out = b""
for i in range(0, len(packed), 1000):
    out += d.decompress(packed[i:i + 1000])
print(out == DATA, d.eof, d.needs_input, d.unused_data)
d = bz2.BZ2Decompressor()
part = d.decompress(packed + b"rest", 10)
print(part, d.needs_input, len(d.decompress(b"")), d.eof, d.unused_data)
attempt(lambda: d.decompress(b""))
attempt(lambda: bz2.decompress(packed[:100]))
attempt(lambda: bz2.decompress(b"not bzip2 at all"))
attempt(lambda: bz2.BZ2Compressor(0))
with bz2.open(io.BytesIO(packed), "rt") as f:
    print(next(f), sum(1 for _ in f))

DELTA = [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 1}]
RAW = [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_DELTA, "dist": 2}, {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]
for options in (
    {},
    {"preset": 0},
    {"preset": 9 | lzma.PRESET_EXTREME, "check": lzma.CHECK_SHA256},
    {"check": lzma.CHECK_NONE, "filters": DELTA},
    {"format": lzma.FORMAT_ALONE},
):
    packed = lzma.compress(DATA, **options)
    d = lzma.LZMADecompressor()
    out = b"".join(d.decompress(packed[i:i + 7]) for i in range(0, len(packed), 7))
    print(out == DATA, lzma.decompress(packed) == DATA, d.check, d.eof, d.needs_input, len(packed) < 20000)
packed = lzma.compress(DATA, lzma.FORMAT_RAW, filters=RAW)
print(lzma.decompress(packed, lzma.FORMAT_RAW, filters=RAW) == DATA)
d = lzma.LZMADecompressor()
part = d.decompress(lzma.compress(DATA) + b"rest", 10)
print(part, d.needs_input, len(d.decompress(b"")), d.eof, d.unused_data)
for bad in (
    lambda: lzma.decompress(b"not xz, and not the older format"),
    lambda: lzma.decompress(lzma.compress(DATA)[:-30]),
    lambda: lzma.decompress(lzma.compress(DATA), memlimit=1000),
    lambda: lzma.LZMACompressor(9),
    lambda: lzma.LZMACompressor(preset=1, filters=DELTA),
    lambda: lzma.LZMACompressor(filters=[{"id": 99}]),
    lambda: lzma.LZMACompressor(filters=[{"id": lzma.FILTER_LZMA2, "what": 1}]),
    lambda: lzma.LZMACompressor(filters=[{}]),
    lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW),
    lambda: lzma._encode_filter_properties({"id": lzma.FILTER_LZMA2, "dict_size": 5000}),
    lambda: lzma._decode_filter_properties(lzma.FILTER_LZMA1, b"]\0\0\x80\0"),
    lambda: lzma._decode_filter_properties(lzma.FILTER_LZMA2, b"\xff"),
):
    attempt(bad)
