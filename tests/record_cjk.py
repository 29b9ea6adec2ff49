"""Records the mapping tables of the reference's East Asian codecs into crates/stdlib/src/cjk/tables.bin.

    ref-python3.14 tests/record_cjk.py

A table is what a codec, or a character set of the ISO 2022 codecs, makes of every code of one to three bytes, and the
characters that are encoded differently from the inverse of that. The layout is described in crates/stdlib/src/cjk/tables.rs.
"""
import codecs
import os
import zlib

FILE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../crates/stdlib/src/cjk/tables.bin")
PAIR = 1 << 31
# Stands for a code that is no character and yet the length of an error.
WRONG = 0


def value(text):
    """A character, or two in one number, as a table holds it."""
    if len(text) == 1:
        return ord(text)
    first, second = map(ord, text)
    return PAIR | first << 16 | second


def pack(code):
    return code.to_bytes((code.bit_length() + 7) // 8 or 1)


class Table:
    """codes: {code: value}, ASCII only where it is not that; other: {character: code, or 0 where there is none}."""

    def __init__(self):
        self.codes = {}
        self.other = {}

    def inverse(self):
        result = {}
        for code, v in sorted(self.codes.items()):
            if v == WRONG:
                continue
            result.setdefault(v, code)
        return result

    def learn_encoding(self, encode):
        """encode gives a code, 0 for none, or None for what the table does not speak of."""
        known = self.inverse()
        for c in range(0x110000):
            if 0xD800 <= c < 0xE000:
                continue
            code = encode(chr(c))
            if code is not None and code != known.get(c, c if c < 0x80 else 0):
                self.other[c] = code


def whole(name, triples=b""):
    """The table of a codec whose codes are self-delimiting."""
    decode, encode = codecs.lookup(name)[1], codecs.lookup(name)[0]
    t = Table()

    def put(raw):
        try:
            text = decode(raw)[0]
        except UnicodeDecodeError as e:
            if "illegal" in e.reason and e.end - e.start > 1:
                t.codes[int.from_bytes(raw)] = WRONG
            return False
        t.codes[int.from_bytes(raw)] = value(text)
        return True

    singles = {a for a in range(256) if put(bytes([a]))}
    for a in range(0x80):
        if t.codes.get(a) == a:
            del t.codes[a]
    for a in range(0x80, 256):
        if a not in singles:
            for b in range(256):
                if a in triples:
                    for c in range(0x80, 256):
                        put(bytes([a, b, c]))
                else:
                    put(bytes([a, b]))

    def code(c):
        try:
            raw = encode(c)[0]
        except UnicodeEncodeError:
            return 0
        return int.from_bytes(raw) if len(raw) <= 3 else None

    t.learn_encoding(code)
    return t


def escaped(codec, escape, width=2):
    """The table of a character set that an escape sequence of an ISO 2022 codec selects. Encoding is the codecs' matter."""
    t = Table()
    for code in range(0x21 if width == 1 else 0x2121, 0x7F if width == 1 else 0x7F7F):
        try:
            text = (escape + pack(code)).decode(codec)
        except UnicodeDecodeError:
            continue
        if "\n" not in text and "\x1b" not in text and text:
            t.codes[code] = value(text)
    return t


def greek():
    """The upper half of ISO 8859-7 as ISO-2022-JP-2's single shift reaches it."""
    t = Table()
    for code in range(256):
        try:
            t.codes[code] = value((b"\x1b.F\x1bN" + bytes([code])).decode("iso2022_jp_2"))
        except UnicodeDecodeError:
            pass
    return t


def chain(codec, *sets):
    """How a codec's encoder departs from taking the first of its sets that has a character: (1 + index) << 16 | code.

    Each set is (table, what its codes lie above those of seven bits, escape sequence).
    """
    t = Table()
    maps = [(TABLES[name].inverse(), base) for name, base, _ in sets]

    def expected(c):
        for n, (inverse, base) in enumerate(maps, 1):
            if c in inverse:
                return n << 16 | inverse[c] - base
        return 0

    for c in range(0x80, 0x110000):
        if 0xD800 <= c < 0xE000:
            continue
        try:
            raw = chr(c).encode(codec)
        except UnicodeEncodeError:
            code = 0
        else:
            for n, (_, _, escape) in enumerate(sets, 1):
                if raw.startswith(escape):
                    raw = raw.removeprefix(escape).removesuffix(b"\x1b(B").removesuffix(b"\x0f")
                    code = n << 16 | int.from_bytes(raw)
                    break
            else:
                raise ValueError(raw)
        if code != expected(c):
            t.other[c] = code
    return t


def linear():
    """GB 18030's codes of four bytes for the basic plane, numbered."""
    t = Table()
    decode = codecs.lookup("gb18030")[1]
    for n in range(39420):
        a, rest = divmod(n, 12600)
        b, rest = divmod(rest, 1260)
        c, d = divmod(rest, 10)
        try:
            t.codes[n] = ord(decode(bytes([0x81 + a, 0x30 + b, 0x81 + c, 0x30 + d]))[0])
        except UnicodeDecodeError:
            pass
    return t


# In this order equal stretches are near each other.
TABLES = {
    "jisx0208": escaped("iso2022_jp", b"\x1b$B"),
    "shift_jis": whole("shift_jis"),
    "cp932": whole("cp932"),
    "jisx0212": escaped("iso2022_jp_1", b"\x1b$(D"),
    "euc_jp": whole("euc_jp", b"\x8f"),
    "jisx0213_2000_1": escaped("iso2022_jp_3", b"\x1b$(O"),
    "jisx0213_2004_1": escaped("iso2022_jp_2004", b"\x1b$(Q"),
    "jisx0213_2": escaped("iso2022_jp_3", b"\x1b$(P"),
    "shift_jis_2004": whole("shift_jis_2004"),
    "shift_jisx0213": whole("shift_jisx0213"),
    "euc_jis_2004": whole("euc_jis_2004", b"\x8f"),
    "euc_jisx0213": whole("euc_jisx0213", b"\x8f"),
    "jisx0201_r": escaped("iso2022_jp", b"\x1b(J", 1),
    "jisx0201_k": escaped("iso2022_jp_ext", b"\x1b(I", 1),
    "gb2312": whole("gb2312"),
    "gbk": whole("gbk"),
    "gb18030": whole("gb18030"),
    "gb18030_linear": linear(),
    "big5": whole("big5"),
    "cp950": whole("cp950"),
    "big5hkscs": whole("big5hkscs"),
    "euc_kr": whole("euc_kr"),
    "cp949": whole("cp949"),
    "johab": whole("johab"),
    "greek": greek(),
}
X0208 = "jisx0208", 0, b"\x1b$B"
X0212 = "jisx0212", 0, b"\x1b$(D"
ROMAN = "jisx0201_r", 0, b"\x1b(J"
KANA = "jisx0201_k", 0, b"\x1b(I"
X0213 = "jisx0213_2000_1", 0, b"\x1b$(O"
X0213_2 = "jisx0213_2", 0, b"\x1b$(P"
X0213_2004 = "jisx0213_2004_1", 0, b"\x1b$(Q"
TABLES |= {
    "iso2022_kr": chain("iso2022_kr", ("euc_kr", 0x8080, b"\x1b$)C\x0e")),
    "iso2022_jp": chain("iso2022_jp", X0208, ROMAN),
    "iso2022_jp_1": chain("iso2022_jp_1", X0208, X0212, ROMAN),
    "iso2022_jp_2": chain(
        "iso2022_jp_2", X0208, X0212, ("euc_kr", 0x8080, b"\x1b$(C"), ("gb2312", 0x8080, b"\x1b$(A"), ROMAN
    ),
    "iso2022_jp_3": chain("iso2022_jp_3", X0208, X0213, X0213_2),
    "iso2022_jp_2004": chain("iso2022_jp_2004", X0208, X0213_2004, X0213_2),
    "iso2022_jp_ext": chain("iso2022_jp_ext", X0208, X0212, ROMAN, KANA),
}


def number(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def signed(n):
    return number(n << 1 if n >= 0 else ~n << 1 | 1)


places, values = bytearray(), bytearray()
for name, t in TABLES.items():
    codes = sorted(t.codes.items())
    runs = []
    for code, _ in codes:
        if runs and runs[-1][0] + runs[-1][1] == code:
            runs[-1][1] += 1
        else:
            runs.append([code, 1])
    places += number(len(name)) + name.encode() + number(len(runs))
    at = 0
    for start, n in runs:
        places += number(start - at) + number(n)
        at = start + n
    last = 0
    for _, v in codes:
        values += signed(v - last) if v < PAIR else signed((v ^ PAIR) + 0x110000 - last)
        last = v if v < PAIR else last
    places += number(len(t.other))
    last = 0
    for c, code in sorted(t.other.items()):
        places += number(c - last) + number(code)
        last = c
    print(f"{name}: {len(codes)} codes, {len(t.other)} characters of their own, {len(values)} bytes so far")

plain = number(len(places)) + places + values
packed = zlib.compress(plain, 9)
with open(FILE, "wb") as f:
    f.write(packed)
print(f"{len(plain)} bytes, {len(packed)} packed")
