"""The East Asian codecs: every code and character of each, states, error handlers, streams."""
import codecs
import hashlib
import io

NAMES = (
    "gb2312 gbk gb18030 hz big5hkscs iso2022_kr iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 "
    "iso2022_jp_ext shift_jis cp932 euc_jp shift_jis_2004 euc_jis_2004 euc_jisx0213 shift_jisx0213 euc_kr cp949 "
    "johab big5 cp950"
).split()


def attempt(function, *args):
    try:
        return function(*args)
    except UnicodeError as e:
        return type(e).__name__, e.start, e.end, e.reason


for name in NAMES:
    codec = codecs.lookup(name)
    digest = hashlib.md5()
    for c in range(0, 0x30000, 7):
        digest.update(repr(attempt(codec.encode, chr(c))).encode())
    for a in range(256):
        digest.update(repr(attempt(codec.decode, bytes([a]))).encode())
        for b in range(0, 256, 3):
            digest.update(repr(attempt(codec.decode, bytes([a, b]))).encode())
    print(name, digest.hexdigest())
    text = "ab\u4e00\u304b\u309a\uac02\u00ca\u0304~\n"
    for errors in "ignore", "replace", "backslashreplace", "xmlcharrefreplace":
        print(codec.encode(text, errors))
    encoder, decoder = codec.incrementalencoder("replace"), codec.incrementaldecoder("replace")
    raw = b"".join(encoder.encode(c, False) for c in text) + encoder.encode("", True)
    print(raw, encoder.getstate(), [decoder.decode(raw[i:i + 1]) for i in range(len(raw))], decoder.getstate())
    stream = io.BytesIO()
    writer = codec.streamwriter(stream, "ignore")
    writer.writelines(["one\n", "\u4e00\n"])
    writer.reset()
    stream.seek(0)
    reader = codec.streamreader(stream)
    print(stream.getvalue(), reader.readline(), reader.read(1), reader.readlines())

codecs.register_error("test.double", lambda e: ("<?>", e.end) if isinstance(e, UnicodeDecodeError) else (b"!", e.end))
print(b"a\xffb\x81".decode("gbk", "test.double"), "a\ud800b".encode("gbk", "test.double"))
for wrong in (("x", 1 << 80), ("x",), (1, 1), ("x", -50)):
    codecs.register_error("test.wrong", lambda e: wrong)
    for action in (lambda: b"a\xffb".decode("euc_kr", "test.wrong"), lambda: "\ud800".encode("euc_kr", "test.wrong")):
        try:
            print(action())
        except Exception as e:
            print(type(e).__name__, e)
