"""Record what CPython's flow graph passes do: writes src/flowgraph/cases.txt.

    ref-python3.14 tests/record_graphs.py [FILE.py ...] > src/flowgraph/cases.txt

Without files, the programs below and operators on odd constants are recorded.  With files, every scope in
them is (name the output in OPHION_CFG_CASES to run the test over it).  Constants of the programs are replaced
by random ones, as the passes do not care and odd values reach more of them.
"""
import ast
import opcode
import random
import struct
import sys
import warnings

import _testinternalcapi

warnings.simplefilter("ignore")

LOAD_CONST = opcode.opmap["LOAD_CONST"]
ANNOTATIONS_PLACEHOLDER = 256
BLOCK_PUSH = {263, 264, 265}
JUMPS = set(opcode.hasjrel) | {257, 258, 259, 260}
LOCALS = {opcode.opmap[n] for n in (
    "LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_AND_CLEAR", "STORE_FAST", "DELETE_FAST")} | {266}

VALUES = [
    None, Ellipsis, True, False, 0, 1, -1, 2, 3, 7, -7, 100, 128, 255, 256, 2**31, 2**53 + 1, -2**63, 2**63,
    2**64 + 1, 2**100 + 12345, -2**127, 10**400, 2**1024, 0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e300, 5e-324,
    float("inf"), 0.1, 1e16, 0j, -0j, 1j, 1 + 2j, 3 - 0.5j, complex("inf"), complex(0, float("inf")),
    1e200 + 1e200j, complex(-3, 0), "", "abc", "\xe9\u4e2d\U0001F600", "\udc80\ud83d\ude00x", "x" * 100, b"",
    b"abc\xff", (), (1,), (1, 2, 3), (1, (2, (3, 4)), "x"), ((1,) * 30,) * 3, slice(None), slice(1, None, None),
    slice(None, None, -1), slice(1, 10**30, 2), slice(5, 1, -2), slice(None, None, 0), slice("a", None, None),
]

PROGRAMS = '''
def loops(a, b, *c, d=1, **e):
    for x in [1, 2, 3]:
        if x in {4, 5} or a not in (6, b):
            continue
        while not a is None:
            a, b = b, a
            del b
        else:
            break
    else:
        return [x, *c], {**e}, d
    try:
        with a as b, c:
            return b.m(x for x in b)
    except (OSError, *c) as f:
        raise ValueError from f
    finally:
        print(f"{a!r:>{b}} {c}")

def late(p):
    if p:
        q = 1
    for r in (yield q):
        del r
    return [s := r for r in p if s], {t: u for t, u in p}, p and q or r, not not p is not q

async def coroutine(x):
    async with x as y:
        async for z in y:
            await z
        return [w async for w in y]
    try:
        yield 1
    except* KeyError as g:
        pass

class C[T: int](object, metaclass=type):
    a: T
    def method(self):
        nonlocal_ = 1
        def inner():
            nonlocal nonlocal_
            nonlocal_ += super().x
            return __class__, nonlocal_
        return inner

def matching(v):
    match v:
        case [1, 2, *rest] | (3, 4, *rest) if rest:
            return rest
        case {"k": 1, **others}:
            return others
        case C(a=0, b=[x, y]):
            return y, x
        case None | True | -1.5:
            return 1
        case _:
            pass

def displays(k):
    a = (LONG)
    for x in [LONG]:
        pass
    return k in {LONG}, [1, 2, 3, 4], {1, 2, 1}, (1, 2), [k, LONG], (1, k)[0], +1, ~2, not 3
'''.replace("LONG", ", ".join(map(str, range(40))))


def value(v):
    """A constant as one or more space-separated tokens."""
    kind = type(v)
    if v is None:
        return "n"
    if v is Ellipsis:
        return "e"
    if kind is bool:
        return "T" if v else "F"
    if kind is int:
        return f"i{v}"
    if kind is float:
        return "f" + ("nan" if v != v else struct.pack(">d", v).hex())
    if kind is complex:
        return f"j{value(v.real)},{value(v.imag)}"
    if kind is str:
        return "s" + v.encode("utf-8", "surrogatepass").hex()
    if kind is bytes:
        return "b" + v.hex()
    if kind is tuple:
        return "( " + "".join(value(x) + " " for x in v) + ")"
    if kind is frozenset:
        return "{ " + "".join(x + " " for x in sorted(map(value, v))) + "}"
    return "[ " + "".join(value(x) + " " for x in (v.start, v.stop, v.step)) + "]"


InstructionSequence = type(_testinternalcapi.compiler_codegen(ast.parse(""), "", 0, 0)[0])
KEEP = []  # optimize_cfg gives up references it does not own


def record(name, instructions, consts):
    sequence = InstructionSequence()
    targets = {arg for op, arg, *_ in instructions if op in JUMPS or op in BLOCK_PUSH}
    labels = {target: sequence.new_label() for target in targets}
    nlocals = max([arg + 1 for op, arg, *_ in instructions if op in LOCALS], default=0)
    print("seq", name, nlocals)
    for v in consts:
        print("c", value(v))
    for index, (op, arg, *loc) in enumerate(instructions):
        if index in labels:
            sequence.use_label(labels[index])
        if op == ANNOTATIONS_PLACEHOLDER:
            op = opcode.opmap["NOP"]
        has_target = op in JUMPS or op in BLOCK_PUSH
        sequence.addop(op, labels[arg] if has_target else arg or 0, *loc)
        print("i", op, arg or 0, *loc)
    KEEP.append((sequence, consts))
    try:
        result = _testinternalcapi.optimize_cfg(sequence, consts, nlocals)
    except Exception as e:
        print("x", e)
        return
    for op, arg, *loc in result.get_instructions():
        print("r", op, value(consts[arg]) if op == LOAD_CONST else arg or 0, *loc)


def scopes(sequence):
    yield sequence
    for nested in sequence.get_nested():
        yield from scopes(nested)


def record_source(name, source, rnd):
    try:
        sequence, _ = _testinternalcapi.compiler_codegen(ast.parse(source), name, 0, 0)
    except (SyntaxError, ValueError):
        return
    KEEP.append(sequence)
    for number, scope in enumerate(scopes(sequence)):
        instructions = scope.get_instructions()
        count = max([arg + 1 for op, arg, *_ in instructions if op == LOAD_CONST], default=1)
        record(f"{name}#{number}", instructions, [rnd.choice(VALUES) for _ in range(count)])


def record_operators(rnd):
    op = opcode.opmap
    loc = (1, 1, 2, 3)
    end = (op["RETURN_VALUE"], None, *loc)
    for a in VALUES:
        load = (LOAD_CONST, 0, *loc)
        for unary in ("UNARY_NOT", "UNARY_NEGATIVE", "UNARY_INVERT"):
            record(unary, [load, (op[unary], None, *loc), end], [a])
        record("+", [load, (op["CALL_INTRINSIC_1"], 5, *loc), end], [a])
        for b in rnd.sample(VALUES, 3):
            for nb in (*range(13), 26):
                record(f"NB{nb}", [load, (LOAD_CONST, 1, *loc), (op["BINARY_OP"], nb, *loc), end], [a, b])


def main():
    rnd = random.Random(14)
    if sys.argv[1:]:
        for path in sys.argv[1:]:
            with open(path, "rb") as f:
                record_source(path, f.read(), rnd)
    else:
        for _ in range(4):
            record_source("programs", PROGRAMS, rnd)
        record_operators(rnd)


main()
