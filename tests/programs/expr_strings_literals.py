print('a\tb\x41\u00e9\U0001f600\101\N{LATIN SMALL LETTER A}\\', r'raw\n', b'by\x00te', rb'\x', u'u', """tri"ple""", 'con' "cat")
print('a\
b', "\'\"", '\a\b\f\v'.encode(), '\0'.encode(), "\7".encode())
print(ascii("é\ud800😀"), repr("'"), repr('"'), repr("'\""), repr("\n\t\x7f\xa0\u200b"), repr(b"'\"\n\xff"))
print(1_0, 0x_f, 1e1_0, 0b1_1, .5, 5., 1e5, 1E-3, 10j, 1.5e3j, 0o7_7, 00, 0xDEAD_beef)
for bad in ("'\\x4'", "'\\u12'", "'\\N{nope}'", "b'é'", "'unclosed", "0777", "1__0", "0x", "1e", "0b2", "'''abc", "b'a' 'b'", "1_", "5abc", "'\\U00110000'"):
    try: compile(bad, "<s>", "eval")
    except SyntaxError as e: print(bad, "->", e.msg)
print(len("\r\n"), "a" "b" f"{1}" 'c', *"xyz", sep="|")
print(... is Ellipsis, None, True, NotImplemented, __debug__)
