tests = ["'x' * 10 ** 15", "[0] * 10 ** 18", "bytes(10 ** 18)", "bytearray(10 ** 17)", "(0,) * 10 ** 18", "'ab' * (1 << 62)", "b'ab' * (1 << 63)", "range(10 ** 20)[10 ** 19]", "'%1000000000000000000000d' % 1", "'{:1000000000000000000000}'.format(1)", "f'{1:99999999999999999999}'",
         "'x'.center(1 << 62)", "'x'.zfill(1 << 63)", "[1, 2] * (1 << 61)", "list(range(1 << 62))", "1 << (1 << 64)", "'a'.rjust(-5)", "chr(1 << 40)", "bytes([1 << 70])", "round(1.5, 1 << 70)", "int('1' * 4301)", "str(10 ** 4300)", "len(range(1 << 63))", "[][1 << 70]", "'abc'[-(1 << 70):1 << 70]", "(1).__lshift__(-1)", "pow(10, 10 ** 3, 0)", "memoryview(b'')[1 << 70]", "'a' * -(1 << 70)", "(5).to_bytes(1 << 62)", "'x'.expandtabs(1 << 40) == 'x'", "'\\t'.expandtabs(1 << 62)"]
for t in tests:
    try: r = eval(t); print(t, "->", r if len(repr(r)) < 40 else len(repr(r)))
    except Exception as e: print(t, "->", type(e).__name__, e)
