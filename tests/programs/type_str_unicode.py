s = "aé€😀\u0301"
print(len(s), [hex(ord(c)) for c in s], s[::-1].encode(), s.encode("utf-16-le"), s.encode("utf-32-be"), s.encode("latin-1", "replace"), s.encode("ascii", "backslashreplace"), s.encode("ascii", "xmlcharrefreplace"), s.encode("ascii", "namereplace"))
print(b"\xff\xfea\x00".decode("utf-16"), b"\xe9".decode("latin-1"), b"\xe2\x82\xac".decode(), b"a\xffb".decode("utf-8", "replace"), b"a\xffb".decode("utf-8", "surrogateescape").encode("utf-8", "surrogateescape"), b"\xff".decode("ascii", "ignore"))
for bad in (b"\xff", b"\xe2\x82", b"\xed\xa0\x80", b"a\xc3(", b"\xf8"):
    try: bad.decode()
    except UnicodeDecodeError as e: print(e, e.start, e.end, e.reason, e.object)
for enc in ("ascii", "latin-1", "utf-8", "cp1252"):
    try: print("€\ud800".encode(enc))
    except UnicodeEncodeError as e: print(e)
print("ß" == "ss", "ß".casefold() == "ss", "é" == "e\u0301", "Straße".upper(), "ﬁ".upper(), "Σας".lower(), "ΑΣ".lower())
import unicodedata as u
print(u.normalize("NFC", "e\u0301") == "é", u.normalize("NFD", "é"), u.normalize("NFKD", "ﬁ½"), u.name("€"), u.lookup("SNOWMAN"), u.category("A"), u.bidirectional("א"), u.combining("\u0301"), u.east_asian_width("あ"), u.decomposition("é"), u.numeric("½"), u.digit("５"), u.mirrored("("), u.unidata_version)
print(chr(0x10ffff), ord("\U0010ffff"), "\u212b".isalpha(), "𝒳".isidentifier(), "ªº".isalpha(), [c for c in map(chr, range(0x2000, 0x2030)) if c.isspace()])
print(sorted("éèaz€B"), max("añz"), "a" < "é" < "€" < "😀", hash("abc") == hash("abc"), "\x00a".isprintable(), repr("\u200b\x80\ue000é"))
class S(str):
    def __str__(self): return "custom"
print(S("x"), S("x").upper(), type(S("x") + "y"), f"{S('q')}", "%s" % S("r"), "".join([S("a"), "b"]), str.__str__(S("z")))
