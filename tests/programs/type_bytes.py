b = b"Hello\x00\xff"
print(b, b[0], b[1:3], list(b), len(b), b + b"x", b * 2, 72 in b, b"ell" in b, b.hex(), b.hex("-", 2), bytes.fromhex("48 65 6c"), bytes(3), bytes([1, 2]), bytes("é", "utf-8"))
print(b.upper(), b.find(b"l"), b.split(b"l"), b.replace(b"l", b"L", 1), b.startswith(b"He"), b.count(108), b.index(b"\xff"), b"a,b".partition(b","), b" x ".strip(), b"-".join([b"a", bytearray(b"b")]))
print(b"abc".translate(bytes.maketrans(b"ab", b"xy"), b"c"), b"a\tb".expandtabs(3), b"5".zfill(3), b"x".center(5, b"*"), b"Ab cD".title(), b"aB".swapcase(), b"a\r\nb".splitlines(), b"12".isdigit(), b"abc".isalpha(), b"%d" % 5)
print(b < b"Hellp", b == bytearray(b), b"a" != "a", hash(b"x") == hash(memoryview(b"x")), sorted([b"b", b"a", b""]), max(b), bytes(memoryview(b)), bytes(range(5)))
for bad in ("bytes(-1)", "bytes([256])", "bytes('a')", "bytes(5, 'utf-8')", "b'a' + 'b'", "b'a'.find('a')", "b''.join(['a'])", "bytes.fromhex('4')", "bytes.fromhex('zz')", "b'a'[5]", "bytes([1.5])", "b'abc'.index(b'z')", "b'a'.center(3, b'ab')", "bytes(object())", "b'a'.decode('nope')", "b'a'.hex('ab')", "bytes('é', 'ascii')", "b'\\xff'.decode('ascii')", "b'a' < 'a'"):
    try: print(eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
class B(bytes): pass
class HasBytes:
    def __bytes__(self): return b"from method"
print(B(b"x"), type(B(b"x") + b""), bytes(HasBytes()), b"x".removeprefix(b"x"), b"ab".rjust(4), b"aXbX".rsplit(b"X", 1), b"ab".endswith((b"z", b"b")))
