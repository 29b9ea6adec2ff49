"""Writes the Unicode tables: `types.bin` (here) and `database.bin` (of the module `unicodedata`), with the
offsets of their sections in `layout.rs` beside each.

Run with the reference interpreter, whose answers are the definition of right:

    ref-python3.14 crates/runtime/src/unicode/generate.py

Every property is asked of `str` methods and of `unicodedata`, for every code point; equal records are
shared, and two-stage tables lead from code point to record.
"""

import os
import struct
import sys
import unicodedata
from unicodedata import ucd_3_2_0

HERE = os.path.dirname(os.path.abspath(__file__))
DATABASE = os.path.join(HERE, "../../../stdlib/src/unicodedata")
LIMIT = 0x110000
SHIFT = 7

ALPHA, DECIMAL, DIGIT, LOWER, LINEBREAK, SPACE, TITLE, UPPER = (1 << i for i in range(8))
XID_START, XID_CONTINUE, PRINTABLE, NUMERIC, CASE_IGNORABLE, CASED = (1 << i for i in range(8, 14))
EXT_UPPER, EXT_LOWER, EXT_TITLE, EXT_FOLD = (1 << i for i in range(14, 18))


def section(blob, sections, name, fmt, values):
    while len(blob) % 8:
        blob.append(0)
    sections.append((name, len(blob), len(values), fmt))
    blob += struct.pack("<%d%s" % (len(values), fmt), *values)


def two_stage(values):
    """Index of pages, and the distinct pages one after another."""
    pages, index, order = {}, [], []
    size = 1 << SHIFT
    for at in range(0, len(values), size):
        page = tuple(values[at:at + size])
        if page not in pages:
            pages[page] = len(pages)
            order.extend(page)
        index.append(pages[page])
    return index, order


def write(folder, name, blob, sections):
    with open(os.path.join(folder, name + ".bin"), "wb") as f:
        f.write(blob)
    rust = {"B": "u8", "H": "u16", "I": "u32", "i": "i32", "d": "f64"}
    with open(os.path.join(folder, "layout.rs"), "w") as f:
        f.write("//! Sections of `%s.bin`: offset and number of elements. Written by `generate.py`.\n\n" % name)
        f.write("pub const SHIFT: u32 = %d;\n" % SHIFT)
        for n, offset, count, fmt in sections:
            f.write("/// `%s` elements.\npub const %s: (usize, usize) = (%d, %d);\n" % (rust[fmt], n, offset, count))


def types():
    extended, ext_at = [], {}
    numbers, number_at = [], {}

    def mapping(c, text, bit):
        """A mapping as (delta, flag): a difference, or a place in the table of longer results."""
        if len(text) == 1:
            return ord(text) - c, 0
        key = tuple(map(ord, text))
        if key not in ext_at:
            ext_at[key] = len(extended)
            extended.extend(key)
        return ext_at[key] | len(key) << 24, bit

    records, record_at, values = [], {}, []
    for c in range(LIMIT):
        s = chr(c)
        flags = 0
        tests = [
            (s.isalpha(), ALPHA), (s.isdecimal(), DECIMAL), (s.isdigit(), DIGIT), (s.islower(), LOWER),
            (len(("a" + s + "b").splitlines()) == 2, LINEBREAK), (s.isspace(), SPACE),
            (unicodedata.category(s) == "Lt", TITLE), (s.isupper(), UPPER), (s.isidentifier(), XID_START),
            (("a" + s).isidentifier(), XID_CONTINUE), (s.isprintable(), PRINTABLE), (s.isnumeric(), NUMERIC),
        ]
        for yes, bit in tests:
            if yes:
                flags |= bit
        if (s + "a").title()[-1] == "a":
            flags |= CASED
        after_cased = ("A" + s + "\u03a3").lower()[-1] == "\u03c2"
        after_other = ("1" + s + "\u03a3").lower()[-1] == "\u03c2"
        if after_cased and not after_other:
            flags |= CASE_IGNORABLE
        upper, bit = mapping(c, s.upper(), EXT_UPPER)
        flags |= bit
        lower, bit = mapping(c, s.lower(), EXT_LOWER)
        flags |= bit
        title, bit = mapping(c, s.title(), EXT_TITLE)
        flags |= bit
        fold, bit = mapping(c, s.casefold(), EXT_FOLD)
        flags |= bit
        decimal = unicodedata.decimal(s, 255)
        digit = unicodedata.digit(s, 255)
        number = 0
        if flags & NUMERIC:
            value = unicodedata.numeric(s)
            if value not in number_at:
                number_at[value] = len(numbers)
                numbers.append(value)
            number = number_at[value]
        record = (flags, upper, lower, title, fold, decimal, digit, number)
        if record not in record_at:
            record_at[record] = len(records)
            records.append(record)
        values.append(record_at[record])
    blob, sections = bytearray(), []
    index, pages = two_stage(values)
    section(blob, sections, "INDEX", "H", index)
    section(blob, sections, "PAGES", "H", pages)
    section(blob, sections, "FLAGS", "I", [r[0] for r in records])
    section(blob, sections, "UPPER", "i", [r[1] for r in records])
    section(blob, sections, "LOWER", "i", [r[2] for r in records])
    section(blob, sections, "TITLE", "i", [r[3] for r in records])
    section(blob, sections, "FOLD", "i", [r[4] for r in records])
    section(blob, sections, "DECIMAL", "B", [r[5] for r in records])
    section(blob, sections, "DIGIT", "B", [r[6] for r in records])
    section(blob, sections, "NUMBER", "H", [r[7] for r in records])
    section(blob, sections, "NUMBERS", "d", numbers)
    section(blob, sections, "EXTENDED", "I", extended)
    write(HERE, "types", blob, sections)
    print("types.bin", len(blob), "bytes,", len(records), "records")


CATEGORIES = "Cn Lu Ll Lt Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Lm Lo Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So".split()
BIDI = " L LRE LRO R AL RLE RLO PDF EN ES ET AN CS NSM BN B S WS ON LRI RLI FSI PDI".split(" ")
WIDTHS = "F H W Na A N".split()


def database():
    blob, sections = bytearray(), []
    strings, string_at = bytearray(), {}

    def intern(text):
        if text not in string_at:
            string_at[text] = len(strings)
            data = text.encode()
            strings.append(len(data) & 255)
            strings.append(len(data) >> 8)
            strings.extend(data)
        return string_at[text]

    numbers, number_at = [], {}

    def number(value):
        if value is None:
            return 0xffff
        if value not in number_at:
            number_at[value] = len(numbers)
            numbers.append(value)
        return number_at[value]

    intern("")
    for suffix, ucd in ("", unicodedata), ("_320", ucd_3_2_0):
        records, record_at, values = [], {}, []
        for c in range(LIMIT):
            s = chr(c)
            # Hangul syllables decompose by rule.
            plain = not 0xac00 <= c < 0xd7a4
            checks = 0
            for bit, form in enumerate(("NFC", "NFKC", "NFD", "NFKD")):
                if not ucd.is_normalized(form, s):
                    checks |= 1 << bit
            record = (
                CATEGORIES.index(ucd.category(s)), ucd.combining(s), BIDI.index(ucd.bidirectional(s)),
                ucd.mirrored(s), WIDTHS.index(ucd.east_asian_width(s)), checks,
                ucd.decimal(s, 255), ucd.digit(s, 255), number(ucd.numeric(s, None)),
                intern(ucd.decomposition(s)) if plain else 0,
            )
            if record not in record_at:
                record_at[record] = len(records)
                records.append(record)
            values.append(record_at[record])
        index, pages = two_stage(values)
        section(blob, sections, "INDEX" + suffix, "H", index)
        section(blob, sections, "PAGES" + suffix, "H", pages)
        columns = ("CATEGORY", "COMBINING", "BIDI", "MIRRORED", "WIDTH", "CHECKS", "DECIMAL", "DIGIT")
        for i, n in enumerate(columns):
            section(blob, sections, n + suffix, "B", [r[i] for r in records])
        section(blob, sections, "NUMBER" + suffix, "H", [r[8] for r in records])
        section(blob, sections, "DECOMPOSITION" + suffix, "I", [r[9] for r in records])
        print("database", suffix or "16.0", len(records), "records")
    # Primary composites, sorted: first, second, result.
    pairs = []
    for c in range(LIMIT):
        d = unicodedata.decomposition(chr(c))
        if d and d[0] != "<" and " " in d and not 0xac00 <= c < 0xd7a4:
            a, b = (int(x, 16) for x in d.split())
            if unicodedata.normalize("NFC", chr(a) + chr(b)) == chr(c):
                pairs.append((a, b, c))
    pairs.sort()
    section(blob, sections, "COMPOSE", "I", [x for p in pairs for x in p])
    section(blob, sections, "NUMBERS", "d", numbers)
    section(blob, sections, "STRINGS", "B", strings)
    write(DATABASE, "database", blob, sections)
    print("database.bin", len(blob), "bytes,", len(pairs), "composites")


if __name__ == "__main__":
    if unicodedata.unidata_version != "16.0.0":
        sys.exit("this interpreter has Unicode %s" % unicodedata.unidata_version)
    types()
    database()
