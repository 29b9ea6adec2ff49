//! HZ: GB 2312 in seven bits between `~{` and `~}`. The state is whether one is between them.

use super::codec::{GB2312, State, Step, push};

pub fn reset(state: &mut State, out: &mut Vec<u8>) {
    if state[0] != 0 {
        out.extend(b"~}");
        state[0] = 0;
    }
}

pub fn encode(state: &mut State, c: u32, out: &mut Vec<u8>) -> Step {
    if c < 0x80 {
        reset(state, out);
        if c == u32::from(b'~') {
            out.push(b'~');
        }
        out.push(c as u8);
        return Step::Used(1);
    }
    let Some(Some(code)) = GB2312.explicit(c) else { return Step::Illegal(1) };
    if state[0] == 0 {
        out.extend(b"~{");
        state[0] = 1;
    }
    out.extend([(code >> 8) as u8 & 0x7f, code as u8 & 0x7f]);
    Step::Used(1)
}

pub fn decode(state: &mut State, rest: &[u8], out: &mut Vec<u32>) -> Step {
    match *rest {
        [b'~'] => Step::TooFew,
        [b'~', b'~', ..] if state[0] == 0 => {
            out.push(u32::from(b'~'));
            Step::Used(2)
        }
        [b'~', b'{', ..] if state[0] == 0 => {
            state[0] = 1;
            Step::Used(2)
        }
        [b'~', b'}', ..] if state[0] == 1 => {
            state[0] = 0;
            Step::Used(2)
        }
        // A line that goes on.
        [b'~', b'\n', ..] if state[0] == 0 => Step::Used(2),
        [b'~' | 0x80.., ..] => Step::Illegal(1),
        [c, ..] if state[0] == 0 => {
            out.push(u32::from(c));
            Step::Used(1)
        }
        [a, b, ..] => match GB2312.get().decode(u32::from_be_bytes([0, 0, a | 0x80, b ^ 0x80])) {
            Some(v) => {
                push(out, v);
                Step::Used(2)
            }
            None => Step::Illegal(1),
        },
        _ => Step::TooFew,
    }
}
