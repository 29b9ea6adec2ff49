"""Record what the reference interpreter makes of the edge programs.

    ref-python3.14 record.py FILE.txt ...       writes FILE.expected next to each

A line of FILE.txt is a mode, flags after commas, a tab, and a program with its special characters escaped as in a
Python string.  Empty lines and lines that begin with # are comments.
"""
import sys
import warnings

MODES = {"exec": "exec", "eval": "eval", "single": "single", "func": "func_type"}
FLAGS = {"type_comments": 0x1000, "barry": 0x400000, "no_dedent": 0x200, "incomplete": 0x4000}
ONLY_AST = 0x400


def show(node):
    if isinstance(node, list):
        return "[" + ",".join([show(n) for n in node]) + "]"
    if hasattr(node, "_fields"):
        parts = [name + "=" + show(getattr(node, name, None)) for name in node._fields]
        parts += [name + "=" + str(getattr(node, name, None)) for name in node._attributes]
        return type(node).__name__ + "(" + ",".join(parts) + ")"
    return type(node).__name__ + ":" + ascii(node)


def body(tree):
    if type(tree).__name__ == "FunctionType":
        return [show(tree.argtypes), show(tree.returns)]
    if type(tree).__name__ == "Expression":
        return [show(tree.body)]
    return [show(statement) for statement in tree.body]


def report(e):
    if isinstance(e, SyntaxError):
        name = type(e).__name__.lstrip("_")
        metadata = getattr(e, "_metadata", None)
        place = (e.lineno, e.offset, e.end_lineno, e.end_offset)
        return f"{name} {ascii(e.msg)} {' '.join(map(str, place))} {ascii(e.text)} {metadata[:2] if metadata else None}"
    return f"{type(e).__name__} {ascii(str(e))}"


def parse(source, mode, flags):
    version = -1
    bits = ONLY_AST
    for flag in flags:
        if flag.startswith("3."):
            version = int(flag[2:])
        elif flag.startswith("digits="):
            sys.set_int_max_str_digits(int(flag[7:]))
        else:
            bits |= FLAGS[flag]
    return compile(source, "<edge>", MODES[mode], bits, True, _feature_version=version)


def record(mode, flags, text):
    if "bytes" in flags:
        flags = [f for f in flags if f != "bytes"]
        text = text.encode("latin-1")
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            tree = parse(text, mode, flags)
        lines = ["tree " + line for line in body(tree)]
        lines += ["type_ignore %s %s" % (t.lineno, ascii(t.tag)) for t in getattr(tree, "type_ignores", [])]
    except BaseException as e:
        lines = ["error " + report(e)]
    seen = set()
    for w in caught:
        line = "warning %s %s %s" % (w.category.__name__, w.lineno, ascii(str(w.message)))
        if str(w.message) in seen:
            lines.append(line)
            continue
        seen.add(str(w.message))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                warnings.filterwarnings("error", message=__import__("re").escape(str(w.message)))
                parse(text, mode, flags)
            line += " | nothing"
        except BaseException as e:
            line += " | " + report(e)
        lines.append(line)
    sys.set_int_max_str_digits(4300)
    return lines


for path in sys.argv[1:]:
    out = []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            if not line.strip() or line.startswith("#"):
                continue
            head, _, text = line.rstrip("\n").partition("\t")
            mode, *flags = head.split(",")
            out.append("case %d" % number)
            out += record(mode, flags, eval('"' + text.replace('"', '\\"') + '"'))
    with open(path.removesuffix(".txt") + ".expected", "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")
