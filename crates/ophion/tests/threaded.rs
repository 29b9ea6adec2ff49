//! The interpreter's loop must not use up the native stack: where each instruction is a function that ends in a jump to the next one's
//! (see `runtime/src/interp/dispatch.rs`), a jump that has become a call would let the stack grow with every execution of it.
//!
//! Telling only with an optimised build: `cargo test --release`.

use std::process::Command;

/// Each line is a loop body; together they run most instructions and their specialised forms.
const BODIES: &str = r#"
x = i + 1; x -= 2; x = x * 3 & 7; y = -x; z = not x; w = ~x; v = x // 3 if x else 1; u = 2 ** 3; t = x < i; s = x is None
f = 1.5 * i + 0.5 - 2.0; g = f / 3.0; h = f < g; k = f == 1.0; m = 'a' + 'b'; m += 'c'; n = m == 'abc'; o = 'a' in m
l = [1, 2, 3]; l[0] = i; a = l[1]; b = l[0:2]; l[1:2] = b; del l[0]; l.append(3); c = [*l, 4]; len(l); q = l[-1]; r = l[::-1]
t = (1, i); a, b = t; p, q, r = 1, 2, 3; [a, b] = [1, 2]; a, *b = 1, 2, 3; c = t[0]; d = t + t; e = t == d
d = {'a': 1, i: 2}; d['b'] = 3; a = d['a']; b = 'a' in d; c = {**d}; del d['a']; e = d.get('x'); g = {k: 1 for k in (1, 2)}
s = {1, 2, i}; a = 1 in s; b = {*s}; s.add(3); c = {k for k in (1, 2)}; s |= {5}; e = s <= b
o.v = i; a = o.v; b = o.m(); c = o.p; d = o.n(1, k=2); S.w = 3; e = S.w; f = o.missing; o[1]; g = O.c(); h = O.s(1)
a = f'{i} {m!r} {i:>5}'; b = '%s' % i; c = str(i); d = int('1'); e = type(i); g = tuple(l); h = isinstance(i, int); j = abs(-i)
for v in l: pass
for v in (1, 2): pass
for v in range(2): pass
for v in gen(): pass
for v in {'a': 1}: pass
a = [v for v in l]; b = sum(v for v in l); c = list(map(str, l)); e = sorted(l, key=lambda v: -v); g = max(l)
a = fn(1); b = fn(1, 2); c = fn(1, b=2); d = fn(*l[:2]); e = fn(**{'a': 1}); g = (lambda: i)(); h = O(); j = Sub(); k = kw(a=1, b=2)
try: raise ValueError
except ValueError: pass
try: d['nothing']
except KeyError as e: pass
with o: pass
a = cell(i); b = [w for w in delegate()]; c = o == o; d = o < 1; e = bool(o); x = o + 1; y = 1 if o else 2
match i:
    case 0: a = 1
    case int(): a = 2
global_ = i; a = global_; import sys; from sys import path; assert i >= 0; b = sys.path
"#;

const PROGRAM: &str = r#"
class O:
    __slots__ = ('v',)
    def m(self): return 1
    @property
    def p(self): return 2
    def n(self, a, *, k): return a
    def __getattr__(self, name): return name
    def __getitem__(self, i): return i
    def __enter__(self): return self
    def __exit__(self, *e): return None
    def __eq__(self, o): return True
    def __lt__(self, o): return True
    def __bool__(self): return True
    def __add__(self, o): return 1
    @classmethod
    def c(cls): return 1
    @staticmethod
    def s(a): return a
class S(O):
    def m(self): return super().m()
class Sub(O):
    def __init__(self): super().__init__(); self.q = 1
def fn(a, b=1): return a
def kw(*, a, b=1): return a
def gen():
    yield 1
    yield 2
def delegate():
    yield from gen()
def cell(x):
    def inner():
        nonlocal x
        x += 1
        return x
    return inner()
async def co(): return 1
async def drive():
    for i in range(20000): await co()
try: drive().send(None)
except StopIteration: pass
part = []
for line in BODIES.strip().split('\n') + ['']:
    if line.startswith((' ', 'except')) or not part:
        part.append(line)
        continue
    body = '\n        '.join(part)
    code = f"""
def test(o, l, m, d):
    global global_
    for i in range(20000):
        {body}
test(S(), [1, 2, 3], 'abc', dict(a=1))
"""
    exec(code)
    part = [line]
print('done')
"#;

#[test]
fn the_native_stack_does_not_grow() {
    let program = format!("BODIES = {BODIES:?}\n{PROGRAM}");
    let output = Command::new("sh")
        .args(["-c", "ulimit -s 1024; exec \"$0\" -c \"$1\"", env!("CARGO_BIN_EXE_ophion"), &program])
        .output()
        .expect("a shell runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "done\n", "{errors}");
}
