s = "Hello, Wörld! ß ǅ"
print(s.upper(), s.lower(), s.title(), s.swapcase(), s.casefold(), s.capitalize(), "ŉ".upper(), "İ".lower().encode())
print(s.find("o"), s.rfind("o"), s.index("W"), s.count("l"), s.find("zz"), s.startswith(("x", "He")), s.endswith("ǅ"), s.startswith("W", 7), s.find("", 99))
print("a,b,,c".split(","), " a  b ".split(), "a,b,c".rsplit(",", 1), "x".split("xx"), "a\nb\r\nc\x0bd\u2028e".splitlines(), "a\nb\n".splitlines(True), "".split(), "".split(","))
print("abcabc".replace("b", "X", 1), "aaa".replace("", "-"), "aaa".replace("a", "", 2), "x".join("abc"), "-".join(["a", "b"]), "tab\tx".expandtabs(4))
print("  x ".strip(), "xxabcxx".strip("x"), "abc".lstrip("ba"), "abc".rstrip("cb"), "prefix-x".removeprefix("prefix"), "x.py".removesuffix(".py"))
print("a-b-c".partition("-"), "a-b-c".rpartition("-"), "abc".partition("z"), "5".zfill(3), "-5".zfill(4), "x".center(5, "*"), "x".ljust(3) + "|", "x".rjust(3))
print("abc1".isalnum(), "abc".isalpha(), "１２".isdigit(), "½".isnumeric(), "٣".isdecimal(), " \t".isspace(), "Abc Def".istitle(), "abc".islower(), "ABC".isupper(), "a_1".isidentifier(), "a b".isprintable(), "é".isascii())
print("abc".translate({97: "X", 98: None, ord("c"): 0x263a}), str.maketrans("ab", "xy", "z"), "abz".translate(str.maketrans("ab", "xy", "z")))
print("{0} {1!r:>5} {a[0]} {b.real:.2f} {{}}".format(1, "x", a=[7], b=2.5), "{:{}}".format("x", 5), "{:>{w}}".format("y", w=4), "{} {}".format(*"ab"), "{a}".format_map({"a": 1}))
for bad in ("'a'.index('b')", "''.join([1])", "'a'.split('')", "'x'.center(5, 'ab')", "'{'.format()", "'{0}{}'.format(1, 2)", "'{1}'.format(0)", "'{a}'.format()", "'a'.replace(1, 2)", "'%d' % 'x'", "'%s %s' % (1,)", "'%s' % (1, 2)", "'%z' % 1", "'%(a)s' % 1", "'%c' % 'ab'", "'a'.encode('nope')", "'é'.encode('ascii')", "str(b'x', 'utf-8', 'x', 1)", "'a' + b'b'", "'x'.zfill('a')", "''.join(5)", "'a'.startswith(1)", "'{:d}'.format('x')", "str(5, 'utf-8')"):
    try: print(eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
