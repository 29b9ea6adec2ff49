"""Odd inputs for the front end: `ophion tests/fuzz/inputs.py TARGET SEED CALLS LOG`, TARGET one of tokenizer, parser, compiler, marshal.

One process makes CALLS inputs, all decided by SEED, and hands each to the target. The input goes to the file LOG first, so that a process that died
left its culprit there. Exceptions are the expected outcome; a signal, a panic, an abort or an answer that contradicts itself is a finding, and it is
the parent (crates/ophion/tests/fuzz.rs) that sees it. The inputs are the library's own files, damaged and spliced, and programs made up from a grammar.
"""
import ast
import io
import marshal
import os
import random
import resource
import sys
import traceback
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
target, seed, calls, log_name = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
rng = random.Random(f"{target} {seed}")
log = os.open(log_name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
warnings.simplefilter("ignore")
LIBRARY = """abc argparse ast asyncio.base_events asyncio.tasks base64 calendar cmd codecs collections configparser contextlib copy csv dataclasses datetime difflib dis doctest
email.header email.message enum fractions functools getopt gettext glob heapq html.parser http.client inspect io json.decoder keyword linecache locale logging mailbox
netrc ntpath numbers opcode operator optparse os pathlib pdb pickle pickletools platform plistlib posixpath pprint pstats py_compile queue random re re._parser reprlib
sched selectors shelve shlex shutil smtplib socket statistics string stringprep struct subprocess symtable tarfile tempfile textwrap this threading timeit token tokenize
trace traceback types typing unittest.case unittest.mock urllib.parse urllib.request uuid warnings weakref xml.dom.minidom zipfile""".split()


def say(data):
    """Leaves the input in the log, whole."""
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    os.pwrite(log, data, 0)
    os.truncate(log, len(data))


def fail(text):
    """An answer that contradicts itself."""
    os.write(2, f"finding: {text}\n".encode("utf-8", "backslashreplace"))
    os._exit(3)


def library():
    """Some of the library's sources, and programs of ours."""
    found = []
    for name in rng.sample(LIBRARY, 12):
        try:
            spec = __import__("importlib.util").util.find_spec(name)
            text = spec.loader.get_source(name)
        except ImportError:
            continue
        if text:
            found.append(text)
    programs = os.path.join(HERE, "..", "programs")
    for name in rng.sample(sorted(os.listdir(programs)), 12):
        if name.endswith(".py"):
            with open(os.path.join(programs, name), encoding="utf-8", errors="replace") as file:
                found.append(file.read())
    return found


# ---- programs from a grammar -------------------------------------------------------------------------------------------------

NAMES = ["a", "b", "x", "self", "_", "__class__", "__debug__", "type", "match", "case", "print", "é", "ℌ", "__x", "None", "super", "True"]
NUMBERS = ["0", "1", "7.5", "1e400", "0x1f", "0b1", "0o7", "1_000", "3j", "9" * 50, "1if", "0777", "1__0", "0xg", "1e", ".5", "5.", "9" * 5000, "-0.0", "2**63"]
STRINGS = ["''", '"x"', "b'a'", "r'\\'", "'''a\nb'''", "'\\x41\\N{DIGIT ONE}\\u00e9'", "b'\\xff'", "'\\N{nope}'", "'\\x4'", "'a' 'b'", "'a' b'b'", "u'x'", "'\\", "'\ud800'", "'\\400'"]
BINARY = ["+", "-", "*", "/", "//", "%", "@", "**", "<<", ">>", "&", "|", "^", "<", ">", "==", "!=", "<=", ">=", "in", "not in", "is", "is not", "and", "or", "<>", "="]


def several(make, separator=", ", most=4, least=0):
    return separator.join(make() for _ in range(rng.randint(least, most)))


def expression(depth=0):
    if depth > 5 or rng.random() < 0.12:
        return rng.choice((rng.choice(NAMES), rng.choice(NUMBERS), rng.choice(STRINGS), "...", "()", "[]", "{}"))

    def e():
        return expression(depth + 1)

    kind = rng.randrange(24)
    if kind < 4:
        return f"{e()} {rng.choice(BINARY)} {e()}"
    if kind == 4:
        return rng.choice(("-", "not ", "~", "+", "await ", "*", "**", "yield ", "yield from ")) + e()
    if kind == 5:
        return f"({e()})"
    if kind == 6:
        return f"{e()}({several(lambda: argument(depth))})"
    if kind == 7:
        return f"{e()}[{several(lambda: index(depth), least=1)}]"
    if kind == 8:
        return f"{e()}.{rng.choice(NAMES)}"
    if kind == 9:
        return f"{e()} if {e()} else {e()}"
    if kind == 10:
        return f"lambda {parameters(depth, False)}: {e()}"
    if kind == 11:
        return f"[{several(e)}]"
    if kind == 12:
        return f"({several(e)},)"
    if kind == 13:
        return "{" + several(lambda: f"{e()}: {e()}" if rng.random() < 0.8 else f"**{e()}") + "}"
    if kind == 14:
        return "{" + several(e, least=1) + "}"
    if kind < 18:
        opening, closing = rng.choice(("[]", "()", "{}"))
        inner = f"{e()}: {e()}" if opening == "{" and rng.random() < 0.5 else e()
        clauses = " ".join(
            rng.choice(("for", "for", "for", "async for")) + f" {target_list(depth)} in {e()}" + "".join(f" if {e()}" for _ in range(rng.randrange(3)))
            for _ in range(rng.randint(1, 3))
        )
        return f"{opening}{inner} {clauses}{closing}"
    if kind == 18:
        return f"({rng.choice(NAMES)} := {e()})"
    if kind < 22:
        return formatted(depth)
    return f"{e()} {e()}" if rng.random() < 0.1 else e()


def formatted(depth):
    quote = rng.choice(("'", '"', "'''", '"""'))
    prefix = rng.choice(("f", "t", "rf", "F", "tr", "fb"))
    parts = []
    for _ in range(rng.randrange(5)):
        kind = rng.randrange(6)
        if kind == 0:
            parts.append(rng.choice(("text", "{{", "}}", "\\n", "\\N{DIGIT ONE}", "é", "\\", "}", "{", "\n")))
        else:
            specification = rng.choice(("", "", "!r", "!s", "!a", "=", "=!r", "!x", "! r")) + rng.choice(("", "", ":>10", ":{" + expression(depth + 2) + "}", ":{x!r:{y}}", ":\n", ":}}"))
            parts.append("{" + rng.choice(("", " ", "\n")) + expression(depth + 2) + specification + "}")
    return prefix + quote + "".join(parts) + quote


def argument(depth):
    e = expression(depth + 1)
    return rng.choice((e, e, f"*{e}", f"**{e}", f"{rng.choice(NAMES)}={e}", f"{e} for x in {e}", f"x := {e}", f"{e}={e}"))


def index(depth):
    e = lambda: expression(depth + 1)
    return rng.choice((e(), f"{e()}:{e()}", ":", f"{e()}:{e()}:{e()}", f"*{e()}", f"::{e()}", f"x := {e()}"))


def target_list(depth):
    return rng.choice(("x", "x, y", "(x, *y)", "[x, y]", "x.a", "x[0]", "*x", "x,", f"{expression(depth + 2)}", "x, x", "(yield)", "__debug__", "None"))


def parameters(depth, annotated=True):
    parts = []
    for _ in range(rng.randrange(5)):
        name = rng.choice(NAMES) + rng.choice(("", "", "2", "3"))
        note = f": {expression(depth + 2)}" if annotated and rng.random() < 0.3 else ""
        default = f" = {expression(depth + 2)}" if rng.random() < 0.3 else ""
        parts.append(rng.choice((name + note + default, name + note + default, name + note + default, "*", "/", f"*{name}{note}", f"**{name}{note}", f"*args: *{name}")))
    return ", ".join(parts)


def type_parameters(depth):
    if rng.random() < 0.75:
        return ""
    return "[" + several(lambda: rng.choice(("T", "*Ts", "**P", f"T: {expression(depth + 3)}", f"T = {expression(depth + 3)}", "T: (int, str) = int", f"*Ts = {expression(depth + 3)}", "T: (yield)", "T: (x := 1)")), least=rng.randrange(2)) + "]"


def pattern(depth=0):
    if depth > 4:
        return rng.choice(("_", "x", "1", "'s'", "None"))
    p = lambda: pattern(depth + 1)
    return rng.choice((lambda: rng.choice(("_", "x", "1", "-1", "1+2j", "'s'", "None", "a.b", "f''", "-x", "1+1", "{}", "[]")), lambda: f"[{several(p)}]", lambda: f"({several(p)},)", lambda: f"{p()} | {p()}", lambda: f"{p()} as {rng.choice(NAMES)}", lambda: f"C({several(p)})", lambda: f"C(k={p()}, {rng.choice(NAMES)}={p()})", lambda: "{1: " + p() + ", **rest}", lambda: "{" + f"{expression(5)}: {p()}" + "}", lambda: f"[*x, {p()}, *y]", lambda: f"*{p()}", lambda: f"({p()})"))()


def block(depth, indent):
    inner = indent + rng.choice(("    ", "    ", "    ", "\t", " ", "  \x0c"))
    if depth > 4 or rng.random() < 0.1:
        return " " + simple(depth) + "\n"
    return "\n" + "".join(statement(depth + 1, inner) for _ in range(rng.choice((1, 1, 2, 3, 0 if rng.random() < 0.1 else 1))))


def simple(depth):
    e = lambda: expression(depth + 1)
    return rng.choice((
        lambda: "pass", lambda: e(), lambda: f"{target_list(depth)} = {e()}", lambda: f"x = y = {e()}", lambda: f"x {rng.choice(('+=', '-=', '**=', '//=', '@=', '>>=', '='))} {e()}", lambda: f"{target_list(depth)}: {e()}",
        lambda: f"x: {e()} = {e()}", lambda: f"(x): {e()} = {e()}", lambda: f"return {e()}", lambda: "return", lambda: "break", lambda: "continue", lambda: f"raise {e()} from {e()}", lambda: "raise", lambda: f"del {target_list(depth)}", lambda: f"del {e()}", lambda: f"global {rng.choice(NAMES)}",
        lambda: f"nonlocal {rng.choice(NAMES)}, x", lambda: f"import {rng.choice(NAMES)}.b as {rng.choice(NAMES)}, c", lambda: f"from {rng.choice(('.', '..a', '...', 'a.b', '__future__'))} import {rng.choice(('*', 'a as b', '(a, b,)', 'annotations', 'division, barry_as_FLUFL', '(', 'a,'))}",
        lambda: f"assert {e()}, {e()}", lambda: f"type {rng.choice(NAMES)}{type_parameters(depth)} = {e()}", lambda: f"{e()}; {e()};", lambda: f"print {e()}", lambda: f"yield {e()}", lambda: f"x = yield from {e()}", lambda: f"x = {e()} # type: int",
    ))()


def statement(depth=0, indent=""):
    e = lambda: expression(depth + 1)
    b = lambda: block(depth, indent)
    if rng.random() < 0.5 or depth > 5:
        return indent + simple(depth) + rng.choice(("\n", "\n", "\n", " # note\n", "; pass\n", "\r\n", " \\\n", ""))
    prefix = rng.choice(("", "", "", "async "))
    kind = rng.randrange(10)
    if kind == 0:
        return f"{indent}if {e()}:{b()}" + "".join(f"{indent}elif {e()}:{b()}" for _ in range(rng.randrange(3))) + (f"{indent}else:{b()}" if rng.random() < 0.5 else "")
    if kind == 1:
        return f"{indent}{prefix}for {target_list(depth)} in {e()}:{b()}" + (f"{indent}else:{b()}" if rng.random() < 0.3 else "")
    if kind == 2:
        return f"{indent}while {e()}:{b()}" + (f"{indent}else:{b()}" if rng.random() < 0.3 else "")
    if kind == 3:
        star = rng.choice(("", "", "*"))
        text = f"{indent}try:{b()}"
        for _ in range(rng.randrange(3)):
            text += f"{indent}except{star} {rng.choice((e(), 'A, B', 'A', ''))}{rng.choice(('', ' as x', ' as None'))}:{b()}"
        text += f"{indent}else:{b()}" if rng.random() < 0.3 else ""
        return text + (f"{indent}finally:{b()}" if rng.random() < 0.5 else "")
    if kind == 4:
        items = several(lambda: rng.choice((e(), f"{e()} as {target_list(depth)}")), least=1, most=3)
        return f"{indent}{prefix}with {rng.choice((items, f'({items})', f'({items},)'))}:{b()}"
    if kind in (5, 6):
        head = "".join(f"{indent}@{e()}\n" for _ in range(rng.choice((0, 0, 0, 1, 2))))
        return f"{head}{indent}{prefix}def {rng.choice(NAMES)}{type_parameters(depth)}({parameters(depth)}){rng.choice(('', ' -> ' + e()))}:{b()}"
    if kind == 7:
        head = "".join(f"{indent}@{e()}\n" for _ in range(rng.choice((0, 0, 1))))
        return f"{head}{indent}class {rng.choice(NAMES)}{type_parameters(depth)}{rng.choice(('', '()', f'({several(lambda: argument(depth))})'))}:{b()}"
    if kind == 8:
        inner = indent + "    "
        return f"{indent}match {e()}:\n" + "".join(f"{inner}case {pattern()}{rng.choice(('', '', ' if ' + e()))}:{block(depth + 1, inner)}" for _ in range(rng.randint(0, 3)))
    return f"{indent}# type: ignore[x]\n" + statement(depth, indent)


def nest():
    """One construct inside itself, again and again: the limits of depth."""
    n = rng.choice((20, 90, 99, 101, 199, 201, 1000, 6000, 50_000))
    before, middle, after = rng.choice((
        ("(", "x", ")"), ("[", "x", "]"), ("{", "x", "}"), ("{1:", "x", "}"), ("-", "x", ""), ("not ", "x", ""), ("x+", "x", ""), ("x**", "x", ""), ("x if y else ", "x", ""), ("lambda:", "x", ""), ("x.", "x", ""), ("f(", "x", ")"),
        ("x[", "x", "]"), ("x", "", "[0]"), ("x", "", "()"), ("x", "", ".a"), ("f'{", "x", "}'"), ("f'{x:", "x", "}'"), ("x=", "x", ""), ("x and ", "x", ""), ("x<", "x", ""), ("[", "", ""), ("(", "", ""), ("await ", "x", ""), ("x:=", "x", ""), ("*", "x", ""),
        ("if x:", "x", ""), ("@x\n", "def f(): 1", ""), ("else ", "x", ""), ("'a' ", "'b'", ""), ("x,", "x", ""), ("x;", "x", ""), ("\n", "x", "\n"), ("\\\n", "x", ""), ("for x in ", "x", ""), ("[x for x in ", "x", "]"), ("import a.", "a", ""), ("a.", "b", "=1"), ("(yield ", "x", ")"),
    ))
    if rng.random() < 0.2:
        n = min(n, 300)
        head = rng.choice(("if x:", "while x:", "for x in y:", "with x:", "def f():", "class C:", "try:", "match x:\n case 1:", "async def f():", "try:\n{0} pass\n{0}except x:", "if x: pass\n{0}elif x:", "try:\n{0} pass\n{0}finally:"))
        return "".join(" " * i + head.format(" " * i) + "\n" for i in range(n)) + " " * n + "pass\n"
    if rng.random() < 0.1:
        return "match x:\n case " + before * n + middle + after * n + ": pass\n"
    if rng.random() < 0.1:
        return "if x: pass\n" + "elif x: pass\n" * n
    return before * n + middle + after * n + rng.choice(("", "\n", " = 1", "\nx = = 1"))


PIECES = ["(", ")", "[", "]", "{", "}", '"', "'", '"""', "'''", 'f"', "t'''", "rb'", "{{", "}}", "\\", "\n", "\r\n", "\r", "\t", "\x0c", "\0", "#", "# type: ", "# type: ignore", ":", ":=", "!", "!r", "=", "==", "lambda ", "match ", "case ", "\\N{", "\\x", "\ud800", "\ufeff", "# coding: latin-1\n",
          "# coding: nope\n", "async ", "await ", "**", "*", "else", "0x_1e+", "...", "->", "@", ";", ",", "    ", "  ", "def f(", "class C", "yield ", "return", "type X", " if ", " for x in ", "except* ", "\u00a0", "\u2028", "$", "?", "`", "´", "²", "\U0001f600", "e\u0301", "ſ", "1_", "0_0", "1e", "%s", "\x1a", "\x7f", "from . import "]


def damaged(text):
    """`text`, cut down and hurt in a few places."""
    start = rng.randrange(len(text) + 1)
    text = text[start : start + rng.choice((60, 300, 2000, 9000))]
    if rng.random() < 0.6:
        text = text[text.find("\n") + 1 :]
    for _ in range(rng.choice((0, 1, 1, 2, 3, 5, 9))):
        at = rng.randrange(len(text) + 1)
        kind = rng.randrange(8)
        if kind == 0:
            text = text[:at] + text[at + rng.randrange(9) :]
        elif kind == 1:
            text = text[:at] + rng.choice(PIECES) + text[at:]
        elif kind == 2:
            text = text[:at] + rng.choice(PIECES) * rng.randrange(250) + text[at:]
        elif kind == 3:
            other = rng.choice(CORPUS)
            begin = rng.randrange(len(other) + 1)
            text = text[:at] + other[begin : begin + rng.randrange(300)] + text[at:]
        elif kind == 4:
            begin = rng.randrange(len(text) + 1)
            text = text[:at] + text[begin : begin + rng.randrange(80)] + text[at:]
        elif kind == 5:
            text = text[:at] + chr(rng.choice((rng.randrange(128), rng.randrange(0x3000), rng.randrange(0x110000)))) + text[at:]
        elif kind == 6:
            lines = text.splitlines(True)
            if lines:
                line = rng.randrange(len(lines))
                lines[line : line + rng.randrange(3)] = [rng.choice((" ", "\t", "        ", "")) + lines[rng.randrange(len(lines))]]
            text = "".join(lines)
        else:
            text = text[:at] + (expression() if rng.random() < 0.5 else statement()) + text[at:]
    return text


def program():
    kind = rng.random()
    if kind < 0.5:
        return damaged(rng.choice(CORPUS))
    if kind < 0.75:
        return "".join(statement() for _ in range(rng.randint(1, 5)))
    if kind < 0.8:
        return expression()
    if kind < 0.94:
        return damaged("".join(statement() for _ in range(rng.randint(1, 5))))
    return nest()


def as_bytes(text):
    """The text in some encoding, perhaps not the one it says."""
    encoding, errors = rng.choice((("utf-8", "surrogatepass"), ("utf-8", "replace"), ("utf-8", "replace"), ("utf-8-sig", "replace"), ("latin-1", "replace"), ("utf-16", "replace")))
    data = text.encode(encoding, errors)
    if rng.random() < 0.3:
        data = b"# -*- coding: " + rng.choice((b"utf-8", b"latin-1", b"cp1252", b"ascii", b"utf-16", b"rot13", b"utf-7", b"idna", b"nope", b"utf-8-sig", b"iso-8859-15", b"unicode_escape", b"hex", b"\xff")) + b" -*-\n" + data
    if rng.random() < 0.2 and data:
        at = rng.randrange(len(data))
        data = data[:at] + bytes(rng.choices(range(256), k=rng.randrange(4))) + data[at + rng.randrange(4) :]
    return data


# ---- the targets -------------------------------------------------------------------------------------------------------------


def tokenizer():
    import tokenize

    text = program()
    if rng.random() < 0.5:
        data = as_bytes(text)
        say(data)
        end = -1
        try:
            for token in tokenize.tokenize(io.BytesIO(data).readline):
                if token.end[0] < end:
                    fail(f"tokens go backwards: {token}")
                end = token.start[0]
        except (tokenize.TokenError, SyntaxError, UnicodeError, LookupError):
            pass
        return
    say(text)
    lines = iter(text.splitlines(True) if rng.random() < 0.8 else [text[i : i + 7] for i in range(0, len(text), 7)])
    import _tokenize

    try:
        for token in _tokenize.TokenizerIter(lambda: next(lines), extra_tokens=rng.random() < 0.7):
            repr(token)
    except (tokenize.TokenError, SyntaxError, UnicodeError):
        pass


MODES = ("exec", "exec", "exec", "eval", "single", "func_type")


def parser():
    text = program()
    source = as_bytes(text) if rng.random() < 0.4 else text
    say(source)
    flags = ast.PyCF_ONLY_AST
    for flag in (ast.PyCF_TYPE_COMMENTS, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, 0x200, 0x4000, ast.PyCF_OPTIMIZED_AST & ~ast.PyCF_ONLY_AST):
        if rng.random() < 0.25:
            flags |= flag
    version = {"_feature_version": rng.randint(3, 15)} if rng.random() < 0.3 else {}
    try:
        tree = compile(source, "<fuzz>", rng.choice(MODES), flags, dont_inherit=True, optimize=rng.choice((-1, 0, 1, 2)), **version)
    except SyntaxError as error:
        if isinstance(error.text, str) and error.offset is not None and not isinstance(error.offset, int):
            fail(f"an offset {error.offset!r}")
        "".join(traceback.format_exception_only(error))
        return
    except EXPECTED:
        return
    try:
        for node in ast.walk(tree):
            if hasattr(node, "lineno") and (node.end_lineno, node.end_col_offset) < (node.lineno, node.col_offset):
                fail(f"{type(node).__name__} ends before it begins")
        again = ast.unparse(tree)
        if rng.random() < 0.2:
            compile(again, "<again>", "exec", ast.PyCF_ONLY_AST)
    except EXPECTED + (AttributeError, AssertionError):
        pass


EXPECTED = (SyntaxError, ValueError, TypeError, RecursionError, MemoryError, OverflowError, LookupError)


def compiler():
    flags = 0
    for flag in (ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, 0x1000000, 0x200, 0x4000):
        if rng.random() < 0.1:
            flags |= flag
    text = program()
    for _ in range(3):
        try:
            tree = ast.parse(text)
            break
        except EXPECTED:
            text = statement() if rng.random() < 0.5 else damaged(rng.choice(CORPUS))
    else:
        tree = None
    say(text)
    source, mode = text, rng.choice(("exec", "exec", "exec", "eval", "single"))
    if tree is not None and rng.random() < 0.7:
        mutate(tree)
        try:
            say(text + "\n# --- mutated:\n" + ast.dump(tree, include_attributes=rng.random() < 0.5)[:200_000])
        except Exception:
            pass
        source = tree
    try:
        code = compile(source, "<fuzz>", mode, flags, dont_inherit=True, optimize=rng.choice((-1, 0, 1, 2)))
    except EXPECTED + (AttributeError, Odd):
        code = None
    if code is not None:
        check_code(code)
        if code.co_flags & 0 == 0:
            data = marshal.dumps(code)
            if marshal.loads(data) != code:
                fail("marshal gives another code object")
    if isinstance(source, str) and rng.random() < 0.3:
        import symtable

        try:
            tables = [symtable.symtable(source, "<fuzz>", "exec")]
            while tables:
                table = tables.pop()
                tables += table.get_children()
                [str(symbol) for symbol in table.get_symbols()]
        except EXPECTED:
            pass


def check_code(code, depth=0):
    size = len(code.co_code) // 2
    if len(list(code.co_positions())) != size:
        fail(f"{code}: not a position for each instruction")
    list(code.co_lines())
    list(code.co_branches())
    if not 0 <= code.co_stacksize < 1 << 30:
        fail(f"{code}: stack size {code.co_stacksize}")
    for constant in code.co_consts:
        if isinstance(constant, type(code)) and depth < 50:
            check_code(constant, depth + 1)


class Odd(Exception):
    pass


class Liar(list):
    """A list that changes while it is read."""

    def __iter__(self):
        self.clear()
        return super().__iter__()

    def __len__(self):
        return 10


class Strange:
    def __getattr__(self, name):
        raise Odd(name)


class Shrinks(ast.AST):
    """A node with fields that misbehave when they are read."""

    @property
    def body(self):
        raise Odd

    _fields = ("body",)


KINDS = [value for value in vars(ast).values() if isinstance(value, type) and issubclass(value, ast.AST)]


def wrong_value(nodes):
    return rng.choice((
        lambda: None, lambda: rng.choice(nodes), lambda: [], lambda: [None], lambda: [rng.choice(nodes)], lambda: [rng.choice(nodes), rng.choice(nodes)], lambda: "name", lambda: "", lambda: "\0", lambda: "\ud800", lambda: "None", lambda: "__debug__", lambda: 0, lambda: -1, lambda: 2**31, lambda: 2**70, lambda: 1.5,
        lambda: (1, "x", (None, b"y", frozenset((1, 2)), ...)), lambda: [1, 2], lambda: {1: 2}, lambda: object(), Strange, lambda: Liar(nodes[:3]), lambda: rng.choice(KINDS)(), lambda: rng.choice(KINDS), lambda: True, lambda: b"x", lambda: 3j, lambda: recursive_tuple(), lambda: type("S", (str,), {})("x"), lambda: type("I", (int,), {})(3), Shrinks, lambda: str,
        lambda: ast.Name("x", ast.Load()), lambda: ast.Name("x", ast.Store()), lambda: ast.Name("x", ast.Del()), lambda: ast.Constant(5), lambda: ast.Starred(ast.Name("x", ast.Load()), ast.Load()), lambda: ast.Yield(), lambda: ast.Await(ast.Constant(1)), lambda: ast.Pass(), lambda: ast.Return(), lambda: [ast.Pass()], lambda: ast.NamedExpr(ast.Name("x", ast.Store()), ast.Constant(1)),
        lambda: fresh(),
    ))()


def recursive_tuple():
    x = []
    t = (x,)
    x.append(t)
    return t


def fresh():
    """The tree of a program made up."""
    for _ in range(4):
        try:
            tree = ast.parse(statement())
            nodes = [node for node in ast.walk(tree)]
            return rng.choice(nodes)
        except EXPECTED:
            pass
    return ast.Pass()


def mutate(tree):
    nodes = list(ast.walk(tree))
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3, 6))):
        node = rng.choice(nodes)
        kind = rng.randrange(9)
        fields = [f for f in node._fields if hasattr(node, f)]
        if kind < 3 and fields:
            setattr(node, rng.choice(fields), wrong_value(nodes))
        elif kind == 3 and fields:
            # Another node of a fitting kind, most of all.
            name = rng.choice(fields)
            value = getattr(node, name)
            # No list whose length is a lie, put there before.
            if type(value) is list and value:
                setattr(node, name, rng.sample(value, len(value)) + [rng.choice(nodes)] * rng.randrange(2))
            elif isinstance(value, ast.AST):
                bases = [n for n in nodes if type(n).__mro__[1] is type(value).__mro__[1]]
                setattr(node, name, rng.choice(bases or nodes))
        elif kind == 4 and node.__dict__:
            delattr(node, rng.choice(list(node.__dict__)))
        elif kind == 5:
            for attribute in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
                if rng.random() < 0.5:
                    setattr(node, attribute, rng.choice((0, -1, 1, 2**31 - 1, -2**31, 2**31, 2**64, None, "x", 1.5, 10, 5_000_000)))
        elif kind == 6 and fields:
            name = rng.choice(fields)
            value = getattr(node, name)
            if isinstance(value, list):
                at = rng.randrange(len(value) + 1)
                value.insert(at, wrong_value(nodes))
        elif kind == 7:
            # A tree as deep as a parser would never let it be.
            inner = rng.choice((ast.UnaryOp, ast.BinOp, ast.Await, ast.Tuple, ast.If))
            deep = ast.Name("x", ast.Load(), lineno=1, col_offset=0)
            for _ in range(rng.choice((50, 500, 5000, 30_000))):
                at = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 1}
                if inner is ast.UnaryOp:
                    deep = ast.UnaryOp(ast.USub(), deep, **at)
                elif inner is ast.BinOp:
                    deep = ast.BinOp(deep, ast.Add(), ast.Constant(1, **at), **at)
                elif inner is ast.Await:
                    deep = ast.Await(deep, **at)
                elif inner is ast.Tuple:
                    deep = ast.Tuple([deep], ast.Load(), **at)
                else:
                    body = [deep] if isinstance(deep, ast.stmt) else [ast.Expr(deep, **at)]
                    deep = ast.If(ast.Constant(True, **at), body, [], **at)
            if fields:
                setattr(node, rng.choice(fields), deep)
        elif kind == 8 and fields:
            setattr(node, rng.choice(fields), node)
    if rng.random() < 0.5:
        try:
            ast.fix_missing_locations(tree)
        except Exception:
            pass


def plain(depth=0):
    """An object that marshal can write."""
    kind = rng.randrange(16) if depth < 6 else rng.randrange(9)
    simple_ones = (None, True, False, ..., StopIteration)
    if kind == 0:
        return rng.choice(simple_ones)
    if kind == 1:
        return rng.choice((0, 1, -1, 2**31 - 1, -2**31, 2**31, 2**63, -2**100, 10**200, rng.randrange(-1000, 1000)))
    if kind == 2:
        return rng.choice((0.0, -0.0, 1.5, float("inf"), float("nan"), 1e-320))
    if kind == 3:
        return rng.choice((1j, complex("nan"), -0j))
    if kind == 4:
        return rng.choice((b"", b"abc", b"\0" * 300))
    if kind in (5, 6):
        return rng.choice(("", "a", "é", "\ud800", "\U0001f600", "x" * 300, "name", "_x1"))
    if kind == 7:
        return bytearray(b"xy")
    if kind == 8:
        return rng.choice(CODES)
    items = [plain(depth + 1) for _ in range(rng.choice((0, 1, 2, 3, 5)))]
    try:
        if kind in (9, 10):
            return tuple(items)
        if kind == 11:
            return items
        if kind == 12:
            return dict(zip(items[::2], items[1::2]))
        if kind == 13:
            return set(items)
        if kind == 14:
            return frozenset(items)
    except TypeError:
        pass
    if kind == 15:
        return slice(*(items + [None])[:3])
    return items


TAGS = b"0NFT.SiIlfgxystuaAzZ()>:cr[{<RO?\xa9\xe3\xf3\xda\xfa\xdb\xbc\xbe\xe9\xfb"


def marshalled():
    version = rng.randrange(6)
    value = rng.choice(CODES) if rng.random() < 0.5 else plain()
    try:
        data = bytearray(marshal.dumps(value, version))
    except ValueError:
        data = bytearray(marshal.dumps(CODES[0]))
    for _ in range(rng.choice((0, 1, 1, 2, 4, 20))):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(9)
        if kind == 0 and at < len(data):
            data[at] = rng.randrange(256)
        elif kind == 1 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 2 and at < len(data):
            data[at] = rng.choice(TAGS)
        elif kind == 3 and rng.random() < 0.3:
            del data[at:]
        elif kind == 4:
            begin = rng.randrange(len(data) + 1)
            data[at:at] = data[begin : begin + rng.randrange(40)]
        elif kind == 5:
            del data[at : at + rng.randrange(6)]
        elif kind == 6:
            data[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\0\0\0\0", b"\x01\0\0\0", rng.randrange(200).to_bytes(4, "little")))
        elif kind == 7:
            data[at:at] = b"r" + rng.randrange(rng.choice((3, 40, 2**32))).to_bytes(4, "little")
        else:
            data[at:at] = rng.choice((b"[\x01\0\0\0", b"(\x01\0\0\0", b")\x01", b"<\x01\0\0\0", b">\x02\0\0\0", b"{", b":NN", b"\xdb\x01\0\0\0", b"\xfb", b"c", b"\xe3")) * rng.choice((1, 1, 3, 500, 1900, 2100, 100_000))
    return bytes(data)


class Reads:
    """A file whose reads give less, more or something else than they should."""

    def __init__(self, data):
        self.file = io.BytesIO(data)

    def read(self, n=-1):
        return self.file.read(n)

    def readinto(self, buffer):
        if rng.random() < 0.01:
            return rng.choice((-1, 2**40, None, 0))
        return self.file.readinto(buffer)


def unmarshal():
    data = marshalled()
    say(data)
    try:
        if rng.random() < 0.15:
            value = marshal.load(Reads(data) if rng.random() < 0.5 else io.BytesIO(data))
        else:
            value = marshal.loads(data if rng.random() < 0.9 else memoryview(data), allow_code=rng.random() < 0.9)
    except EXPECTED + (EOFError, SystemError):
        # What is no code object inside is a SystemError, as in CPython.
        return
    pending, seen = [value], 0
    while pending and seen < 2000:
        item = pending.pop()
        seen += 1
        if isinstance(item, (tuple, list, set, frozenset)):
            pending.extend(item)
        elif isinstance(item, dict):
            pending.extend(item)
            pending.extend(item.values())
        elif isinstance(item, type(unmarshal.__code__)):
            repr(item)
            try:
                hash(item), item == item.replace(co_name="other")
            except EXPECTED:
                pass
            for look in (item.co_lines, item.co_positions, item.co_branches):
                for _ in zip(look(), range(20_000)):
                    pass
            item.co_varnames, item.co_cellvars, item.co_freevars, item.co_code, item._co_code_adaptive
            pending.extend(item.co_consts)
    for version in range(rng.randrange(6), 6):
        try:
            written = marshal.dumps(value, version)
        except EXPECTED:
            continue
        try:
            marshal.loads(written)
        except EXPECTED + (EOFError,) as error:
            # A container that holds itself cannot be written before version 3; a name of the wrong type is refused by the reader only.
            if version >= 3 and isinstance(error, EOFError):
                fail(f"what was written with version {version} cannot be read: {error!r}")


# Under a limit on the address space a stack that has to grow is a SIGSEGV: let it grow first.
deep = []
for _ in range(100_000):
    deep = [deep]
try:
    repr(deep)
except RecursionError:
    pass
del deep
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
CORPUS = library()
CODES = []
for text in CORPUS if target == "marshal" else ():
    try:
        CODES.append(compile(text, "<fuzz>", "exec"))
    except SyntaxError:
        # Some of our programs are about just that.
        continue
    CODES += [constant for constant in CODES[-1].co_consts if isinstance(constant, type(unmarshal.__code__))][:8]
run = {"tokenizer": tokenizer, "parser": parser, "compiler": compiler, "marshal": unmarshal}[target]
for count in range(calls):
    try:
        run()
    except MemoryError:
        pass
say("done")
