//! The ISO 2022 codecs: escape sequences select character sets of seven bits.
//!
//! The state: the sets designated as G0 to G3 (the final byte of their escape sequences, and the upper bit for those
//! of two bytes), then flags.

use super::codec::{State, Step, push};
use super::tables::{Named, Value};

const ESC: u8 = 0x1b;
const SO: u8 = 0x0e;
const SI: u8 = 0x0f;
const LF: u8 = 0x0a;
const ASCII: u8 = b'B';
const LATIN_1: u8 = b'A';
const GREEK: u8 = b'F';
const DOUBLE: u8 = 0x80;
/// Where in the state the flags are.
const FLAGS: usize = 4;
/// SO was seen: G1 is in use.
const SHIFTED: u8 = 1;
/// Inside an escape sequence of another standard, which passes as it is.
const FOREIGN: u8 = 2;
/// An escape sequence that has no end until here is none.
const LONGEST: usize = 16;

/// A character set a codec may designate.
pub struct Set {
    mark: u8,
    /// G0 or G1.
    plane: u8,
    table: &'static Named,
    /// What the table's codes lie above those of seven bits.
    base: u32,
    /// Whether the encoder uses it.
    encodes: bool,
}

impl Set {
    fn width(&self) -> usize {
        if self.mark & DOUBLE != 0 { 2 } else { 1 }
    }
}

/// What makes the codecs differ.
pub struct Designations {
    sets: &'static [Set],
    /// SO and SI mean something.
    shifts: bool,
    /// A third plane, reached by single shifts.
    g2: bool,
    /// JIS X 0208 may be announced as its revision of 1990.
    revisions: bool,
    /// The characters that are encoded otherwise than by the first set that has them.
    others: Named,
}

macro_rules! tables {
    ($($name:ident $text:literal;)*) => { $(static $name: Named = Named::new($text);)* };
}
tables! {
    X0208 "jisx0208"; X0212 "jisx0212"; X0213_2000 "jisx0213_2000_1"; X0213_2004 "jisx0213_2004_1"; X0213_2 "jisx0213_2";
    ROMAN "jisx0201_r"; KANA "jisx0201_k"; KSX1001 "euc_kr"; GB2312 "gb2312"; GREEK_TABLE "greek";
}

const fn set(mark: u8, plane: u8, table: &'static Named, base: u32, encodes: bool) -> Set {
    Set { mark, plane, table, base, encodes }
}

const JISX0208: Set = set(b'B' | DOUBLE, 0, &X0208, 0, true);
const JISX0208_1978: Set = set(b'@' | DOUBLE, 0, &X0208, 0, false);
const JISX0212: Set = set(b'D' | DOUBLE, 0, &X0212, 0, true);
const JISX0201_R: Set = set(b'J', 0, &ROMAN, 0, true);
const JISX0201_K: Set = set(b'I', 0, &KANA, 0, true);
const KSX1001_G0: Set = set(b'C' | DOUBLE, 0, &KSX1001, 0x8080, true);
const KSX1001_G1: Set = set(b'C' | DOUBLE, 1, &KSX1001, 0x8080, true);
const GB2312_G0: Set = set(b'A' | DOUBLE, 0, &GB2312, 0x8080, true);
const JISX0213_2000_1: Set = set(b'O' | DOUBLE, 0, &X0213_2000, 0, true);
const JISX0213_2004_1: Set = set(b'Q' | DOUBLE, 0, &X0213_2004, 0, true);
const JISX0213_2: Set = set(b'P' | DOUBLE, 0, &X0213_2, 0, true);

const fn designations(name: &'static str, sets: &'static [Set]) -> Designations {
    Designations { sets, shifts: false, g2: false, revisions: true, others: Named::new(name) }
}

pub static KR: Designations = Designations {
    sets: &[KSX1001_G1],
    shifts: true,
    g2: false,
    revisions: false,
    others: Named::new("iso2022_kr"),
};
pub static JP: Designations = designations("iso2022_jp", &[JISX0208, JISX0201_R, JISX0208_1978]);
pub static JP_1: Designations =
    designations("iso2022_jp_1", &[JISX0208, JISX0212, JISX0201_R, JISX0208_1978]);
pub static JP_2: Designations = Designations {
    sets: &[JISX0208, JISX0212, KSX1001_G0, GB2312_G0, JISX0201_R, JISX0208_1978],
    shifts: false,
    g2: true,
    revisions: true,
    others: Named::new("iso2022_jp_2"),
};
pub static JP_2004: Designations = designations("iso2022_jp_2004", &[JISX0208, JISX0213_2004_1, JISX0213_2]);
pub static JP_3: Designations = designations("iso2022_jp_3", &[JISX0208, JISX0213_2000_1, JISX0213_2]);
pub static JP_EXT: Designations =
    designations("iso2022_jp_ext", &[JISX0208, JISX0212, JISX0201_R, JISX0201_K, JISX0208_1978]);

/// The first state of an encoder.
pub fn start(state: &mut State) {
    state[0] = ASCII;
    state[1] = ASCII;
    state[FLAGS] = 0;
}

pub fn start_decoder(state: &mut State) {
    state[2] = ASCII;
}

pub fn reset(state: &mut State, out: &mut Vec<u8>) {
    shift_in(state, out);
    if state[0] != ASCII {
        out.extend([ESC, b'(', ASCII]);
        state[0] = ASCII;
    }
}

pub fn reset_decoder(state: &mut State) {
    state[0] = ASCII;
    state[FLAGS] &= !SHIFTED;
}

fn shift_in(state: &mut State, out: &mut Vec<u8>) {
    if state[FLAGS] & SHIFTED != 0 {
        out.push(SI);
        state[FLAGS] &= !SHIFTED;
    }
}

impl Designations {
    /// The set and the code in it for a character, or for it and the next: (set, code, characters).
    fn find(&self, c: u32, rest: &[u32], flush: bool) -> Result<(&Set, u32, usize), Step> {
        for s in self.sets.iter().filter(|s| s.encodes) {
            let t = s.table.get();
            if t.begins_pair(c) {
                match rest.get(1) {
                    None if !flush => return Err(Step::TooFew),
                    Some(&next) => {
                        if let Some(code) = t.encode_pair(c, next) {
                            return Ok((s, code, 2));
                        }
                    }
                    None => {}
                }
            }
        }
        match self.others.explicit(c) {
            Some(None) => return Err(Step::Illegal(1)),
            Some(Some(n)) => {
                let found = (n >> 16).checked_sub(1).and_then(|i| self.sets.get(i as usize));
                return found.map(|s| (s, n & 0xffff, 1)).ok_or(Step::Illegal(1));
            }
            None => {}
        }
        for s in self.sets.iter().filter(|s| s.encodes) {
            if let Some(Some(code)) = s.table.explicit(c)
                && code >= s.base
                && (c < 0x1_0000 || s.width() == 2)
            {
                return Ok((s, code - s.base, 1));
            }
        }
        Err(Step::Illegal(1))
    }
}

pub fn encode(
    d: &Designations,
    state: &mut State,
    rest: &[u32],
    c: u32,
    out: &mut Vec<u8>,
    flush: bool,
) -> Step {
    if c < 0x80 {
        if state[0] != ASCII {
            out.extend([ESC, b'(', ASCII]);
            state[0] = ASCII;
        }
        shift_in(state, out);
        out.push(c as u8);
        return Step::Used(1);
    }
    let (s, code, used) = match d.find(c, rest, flush) {
        Ok(found) => found,
        Err(step) => return step,
    };
    let end = s.mark & !DOUBLE;
    if s.plane == 0 {
        shift_in(state, out);
    }
    let designated = &mut state[usize::from(s.plane)];
    if *designated != s.mark {
        *designated = s.mark;
        let plane = if s.plane == 0 { b'(' } else { b')' };
        match s.width() {
            1 => out.extend([ESC, plane, end]),
            // The oldest sets have the shorter sequence.
            _ if s.plane == 0 && end == b'B' => out.extend([ESC, b'$', end]),
            _ => out.extend([ESC, b'$', plane, end]),
        }
    }
    if s.plane == 1 && state[FLAGS] & SHIFTED == 0 {
        out.push(SO);
        state[FLAGS] |= SHIFTED;
    }
    if s.width() == 2 {
        out.push((code >> 8) as u8);
    }
    out.push(code as u8);
    Step::Used(used)
}

fn ends_escape(c: u8) -> bool {
    c.is_ascii_uppercase() || c == b'@'
}

/// The escape sequence at the beginning of `rest`.
fn escape(d: &Designations, state: &mut State, rest: &[u8]) -> Step {
    let mut i = 1;
    let length = loop {
        if i >= LONGEST {
            return Step::Illegal(1);
        }
        match rest.get(i..) {
            None | Some([]) => return Step::TooFew,
            Some([c, ..]) if ends_escape(*c) => break i + 1,
            Some([b'&', b'@', ..]) if d.revisions => i += 2,
            Some(_) => {}
        }
        i += 1;
    };
    let (mark, plane) = match *rest.get(1..length).unwrap_or_default() {
        [b'$', end] => (end | DOUBLE, 0),
        [b'(', end] => (end, 0),
        [b')', end] => (end, 1),
        [b'.', end] if d.g2 => (end, 2),
        [b'$', b'(', end] => (end | DOUBLE, 0),
        [b'$', b')', end] => (end | DOUBLE, 1),
        [_, _, ESC, b'$', b'B'] if d.revisions => (b'B' | DOUBLE, 0),
        _ => return Step::Illegal(length),
    };
    let g2 = d.g2 && matches!(mark, LATIN_1 | GREEK);
    if mark != ASCII && !g2 && !d.sets.iter().any(|s| s.mark == mark) {
        return Step::Illegal(length);
    }
    state[plane] = mark;
    Step::Used(length)
}

/// A character of G2, behind its single shift.
fn single_shifted(state: &State, rest: &[u8], out: &mut Vec<u32>) -> Step {
    let Some(&c) = rest.get(2) else { return Step::TooFew };
    let found = match state[2] {
        LATIN_1 if c < 0x80 => Some(u32::from(c) + 0x80),
        ASCII if c < 0x80 => Some(u32::from(c)),
        GREEK => match GREEK_TABLE.get().decode(u32::from(c)) {
            Some(Value::One(c)) => Some(c),
            _ => None,
        },
        _ => None,
    };
    match found {
        Some(c) => {
            out.push(c);
            Step::Used(3)
        }
        None => Step::Illegal(3),
    }
}

pub fn decode(d: &Designations, state: &mut State, rest: &[u8], out: &mut Vec<u32>) -> Step {
    let Some(&c) = rest.first() else { return Step::TooFew };
    if state[FLAGS] & FOREIGN != 0 {
        out.push(u32::from(c));
        if ends_escape(c) {
            state[FLAGS] &= !FOREIGN;
        }
        return Step::Used(1);
    }
    match c {
        ESC => match rest.get(1) {
            None => Step::TooFew,
            Some(b'(' | b')' | b'$' | b'.' | b'&') => escape(d, state, rest),
            Some(b'N') if d.g2 => single_shifted(state, rest, out),
            Some(_) => {
                out.push(u32::from(ESC));
                state[FLAGS] |= FOREIGN;
                Step::Used(1)
            }
        },
        SI if d.shifts => {
            state[FLAGS] &= !SHIFTED;
            Step::Used(1)
        }
        SO if d.shifts => {
            state[FLAGS] |= SHIFTED;
            Step::Used(1)
        }
        0x80.. => Step::Illegal(1),
        _ => {
            if c == LF {
                state[FLAGS] &= !SHIFTED;
            }
            let mark = if state[FLAGS] & SHIFTED != 0 { state[1] } else { state[0] };
            if c < 0x20 || mark == ASCII {
                out.push(u32::from(c));
                return Step::Used(1);
            }
            // `setstate` may have named a set the codec does not have.
            let Some(s) = d.sets.iter().find(|s| s.mark == mark) else { return Step::Illegal(1) };
            let code = match (s.width(), rest) {
                (1, _) => u32::from(c),
                (_, [a, b, ..]) if b & 0x80 == 0 => u32::from_be_bytes([0, 0, *a, *b]),
                (_, [_, _, ..]) => return Step::Illegal(2),
                _ => return Step::TooFew,
            };
            match s.table.get().decode(code + s.base) {
                Some(v) => {
                    push(out, v);
                    Step::Used(s.width())
                }
                None => Step::Illegal(s.width()),
            }
        }
    }
}
