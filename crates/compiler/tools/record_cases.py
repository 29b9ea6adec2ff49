"""Record what the reference makes of the snapshot cases.

    ref-python3.14 crates/compiler/tools/record_cases.py

Rewrites tests/cases/*.expected from tests/cases/*.cases.  A file of cases holds sources, each under a
line `=== NAME [MODE] [OPTION ...]`: MODE is exec, eval, single or symtable, an OPTION is -O1, -O2 or
await (top-level await).
"""
import glob
import os
import re
import sys
import warnings

import _symtable
import dis
import opcode

TOP_LEVEL_AWAIT = 0x2000


def constant(value):
    kind = type(value).__name__
    if kind == "code":
        return "<code>"
    if kind == "tuple":
        return "(" + ",".join(map(constant, value)) + ")"
    if kind == "frozenset":
        return "frozenset{" + ",".join(sorted(map(constant, value))) + "}"
    if kind == "slice":
        return "slice(" + ",".join(map(constant, (value.start, value.stop, value.step))) + ")"
    return kind + ":" + ascii(value)


def position(entry):
    line, end_line, column, end_column = ("?" if part is None else part for part in entry)
    return f"{line}:{column}-{end_line}:{end_column}"


def listing(code, out):
    out.append(f"code {ascii(code.co_name)} {ascii(code.co_qualname)} line {code.co_firstlineno} "
               f"flags {code.co_flags:#x} args {code.co_argcount}/{code.co_posonlyargcount}/{code.co_kwonlyargcount} "
               f"stack {code.co_stacksize}")
    for name in ("names", "varnames", "cellvars", "freevars"):
        if getattr(code, "co_" + name):
            out.append(f"  {name} {ascii(getattr(code, 'co_' + name))}")
    for index, value in enumerate(code.co_consts):
        out.append(f"  const {index} {constant(value)}")
    positions = list(code.co_positions())
    raw, at = code.co_code, 0
    while at < len(raw):
        op, arg = raw[at], raw[at + 1]
        name = opcode.opname[op]
        operand = f" {arg}" if op > dis.HAVE_ARGUMENT else ""
        out.append(f"  {at // 2:4} {name}{operand}  {position(positions[at // 2])}")
        at += 2 + 2 * opcode._inline_cache_entries.get(name, 0)
    for entry in dis._parse_exception_table(code):
        lasti = " lasti" if entry.lasti else ""
        out.append(f"  handler {entry.start // 2}-{entry.end // 2} to {entry.target // 2} depth {entry.depth}{lasti}")
    for value in code.co_consts:
        if type(value) is type(code):
            listing(value, out)


def table(block, out, indent=""):
    out.append(f"{indent}block {block.type} {ascii(block.name)} line {block.lineno} nested {block.nested} "
               f"params {ascii(tuple(block.varnames))}")
    for name, flags in block.symbols.items():
        out.append(f"{indent}  {ascii(name)} {flags:#x}")
    for child in block.children:
        table(child, out, indent + "  ")


def run(words, source):
    out = []
    mode, optimize, flags = "exec", 0, 0
    for word in words:
        if word.startswith("-O"):
            optimize = int(word[2:])
        elif word == "await":
            flags |= TOP_LEVEL_AWAIT
        else:
            mode = word
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if mode == "symtable":
                table(_symtable.symtable(source, "case", "exec"), out)
            else:
                listing(compile(source, "case", mode, flags, dont_inherit=True, optimize=optimize), out)
        except SyntaxError as e:
            out.append(f"error {type(e).__name__} {e.msg} {e.lineno}:{e.offset}-{e.end_lineno}:{e.end_offset}")
        except Exception as e:
            out.append(f"error {type(e).__name__} {e}")
    return [f"warning line {w.lineno} {w.message}" for w in caught] + out


def main():
    here = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "cases")
    for path in sorted(glob.glob(os.path.join(here, "*.cases"))):
        with open(path, encoding="utf-8") as f:
            parts = re.split(r"^=== (.*)\n", f.read(), flags=re.M)
        out = []
        for header, source in zip(parts[1::2], parts[2::2]):
            out.append("=== " + header)
            out += run(header.split()[1:], source)
        with open(path[:-len("cases")] + "expected", "w", encoding="utf-8") as f:
            f.write("\n".join(out) + "\n")


main()
