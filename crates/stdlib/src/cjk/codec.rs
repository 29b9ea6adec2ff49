//! The codecs themselves, between bytes and code points, without Python objects.

use super::tables::{Named, Table, Value};
use super::{hz, iso2022};

/// How a run over the input ended; the position is at what it speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All of it was used.
    Done,
    /// What is left is the beginning of something.
    TooFew,
    /// As many bytes or characters as this have no meaning.
    Illegal(usize),
}

/// What a stateful codec remembers, as `getstate` shows it.
pub type State = [u8; 8];

/// How codes of more than one byte are built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Two bytes, the first with its upper bit set.
    Double,
    /// The same with 81-9F and E0 to the given byte as first ones.
    ShiftJis(u8),
    /// Two bytes, or three after 8F.
    EucJp,
    /// Two bytes; syllables without a code are spelled in eight.
    EucKr,
    /// Two bytes, or four with a digit as second one.
    Gb18030,
}

enum Kind {
    Table(Named, Form),
    Hz,
    Iso2022(&'static iso2022::Designations),
}

/// A codec.
pub struct Codec {
    pub name: &'static str,
    kind: Kind,
}

const fn table(name: &'static str, form: Form) -> Codec {
    Codec { name, kind: Kind::Table(Named::new(name), form) }
}

const fn iso(name: &'static str, d: &'static iso2022::Designations) -> Codec {
    Codec { name, kind: Kind::Iso2022(d) }
}

pub static CN: [Codec; 4] = [
    table("gb2312", Form::Double),
    table("gbk", Form::Double),
    table("gb18030", Form::Gb18030),
    Codec { name: "hz", kind: Kind::Hz },
];
pub static HK: [Codec; 1] = [table("big5hkscs", Form::Double)];
pub static ISO2022: [Codec; 7] = [
    iso("iso2022_kr", &iso2022::KR),
    iso("iso2022_jp", &iso2022::JP),
    iso("iso2022_jp_1", &iso2022::JP_1),
    iso("iso2022_jp_2", &iso2022::JP_2),
    iso("iso2022_jp_2004", &iso2022::JP_2004),
    iso("iso2022_jp_3", &iso2022::JP_3),
    iso("iso2022_jp_ext", &iso2022::JP_EXT),
];
pub static JP: [Codec; 7] = [
    table("shift_jis", Form::ShiftJis(0xea)),
    table("cp932", Form::Double),
    table("euc_jp", Form::EucJp),
    table("shift_jis_2004", Form::ShiftJis(0xfc)),
    table("euc_jis_2004", Form::EucJp),
    table("euc_jisx0213", Form::EucJp),
    table("shift_jisx0213", Form::ShiftJis(0xfc)),
];
pub static KR: [Codec; 3] =
    [table("euc_kr", Form::EucKr), table("cp949", Form::Double), table("johab", Form::Double)];
pub static TW: [Codec; 2] = [table("big5", Form::Double), table("cp950", Form::Double)];

pub(super) static GB2312: Named = Named::new("gb2312");
static GB18030_LINEAR: Named = Named::new("gb18030_linear");

impl Codec {
    pub fn start_encoder(&self, state: &mut State) {
        match self.kind {
            Kind::Table(..) => {}
            Kind::Hz => state[0] = 0,
            Kind::Iso2022(_) => iso2022::start(state),
        }
    }

    pub fn start_decoder(&self, state: &mut State) {
        self.start_encoder(state);
        if matches!(self.kind, Kind::Iso2022(_)) {
            iso2022::start_decoder(state);
        }
    }

    /// What returns an encoder to its first state.
    pub fn reset_encoder(&self, state: &mut State, out: &mut Vec<u8>) {
        match self.kind {
            Kind::Table(..) => {}
            Kind::Hz => hz::reset(state, out),
            Kind::Iso2022(_) => iso2022::reset(state, out),
        }
    }

    pub fn reset_decoder(&self, state: &mut State) {
        match self.kind {
            Kind::Table(..) => {}
            Kind::Hz => state[0] = 0,
            Kind::Iso2022(_) => iso2022::reset_decoder(state),
        }
    }

    /// Decodes from `at` on until the end or something it cannot use.
    pub fn decode(&self, state: &mut State, input: &[u8], at: &mut usize, out: &mut Vec<u32>) -> Outcome {
        let step = |rest: &[u8], state: &mut State, out: &mut Vec<u32>| match &self.kind {
            Kind::Table(t, form) => decode_table(t.get(), *form, rest, out),
            Kind::Hz => hz::decode(state, rest, out),
            Kind::Iso2022(d) => iso2022::decode(d, state, rest, out),
        };
        while let Some(rest) = input.get(*at..).filter(|r| !r.is_empty()) {
            match step(rest, state, out) {
                Step::Used(n) => *at += n,
                Step::TooFew => return Outcome::TooFew,
                Step::Illegal(n) => return Outcome::Illegal(n.min(rest.len())),
            }
        }
        Outcome::Done
    }

    /// Encodes from `at` on until the end or something it cannot use. Without `flush` more may follow.
    pub fn encode(
        &self,
        state: &mut State,
        text: &[u32],
        at: &mut usize,
        out: &mut Vec<u8>,
        flush: bool,
    ) -> Outcome {
        let step = |rest: &[u32], c: u32, state: &mut State, out: &mut Vec<u8>| match &self.kind {
            Kind::Table(t, form) => encode_table(t.get(), *form, rest, c, out, flush),
            Kind::Hz => hz::encode(state, c, out),
            Kind::Iso2022(d) => iso2022::encode(d, state, rest, c, out, flush),
        };
        while let Some((rest, &c)) = text.get(*at..).and_then(|r| Some((r, r.first()?))) {
            match step(rest, c, state, out) {
                Step::Used(n) => *at += n,
                Step::TooFew => return Outcome::TooFew,
                Step::Illegal(n) => return Outcome::Illegal(n),
            }
        }
        Outcome::Done
    }
}

/// How one character ended.
pub enum Step {
    Used(usize),
    TooFew,
    Illegal(usize),
}

/// Appends what a code stands for.
pub fn push(out: &mut Vec<u32>, v: Value) {
    match v {
        Value::Wrong => {}
        Value::One(c) => out.push(c),
        Value::Two(a, b) => out.extend([a, b]),
    }
}

/// The first `N` bytes.
fn head<const N: usize>(rest: &[u8]) -> Option<[u8; N]> {
    rest.first_chunk().copied()
}

fn decode_table(t: &Table, form: Form, rest: &[u8], out: &mut Vec<u32>) -> Step {
    let Some(&a) = rest.first() else { return Step::TooFew };
    if let Some(v) = t.decode(u32::from(a)) {
        push(out, v);
        return Step::Used(1);
    }
    if a < 0x80 {
        out.push(u32::from(a));
        return Step::Used(1);
    }
    if let Form::ShiftJis(last) = form
        && !matches!(a, 0x81..=0x9f)
        && !(0xe0..=last).contains(&a)
    {
        return Step::Illegal(1);
    }
    let Some([_, b]) = head(rest) else { return Step::TooFew };
    let (code, used) = match form {
        Form::EucJp if a == 0x8f => match head(rest) {
            // The third byte's upper bit is part of the code.
            Some([a, b, c]) if b >= 0x80 => (u32::from_be_bytes([0, a, b, c]), 3),
            Some(_) => return Step::Illegal(1),
            None => return Step::TooFew,
        },
        Form::EucKr if (a, b) == (0xa4, 0xd4) => return decode_syllable(rest, out),
        Form::Gb18030 if b.is_ascii_digit() => return decode_four(rest, out),
        _ => (u32::from_be_bytes([0, 0, a, b]), 2),
    };
    match t.decode(code) {
        Some(Value::Wrong) => Step::Illegal(used),
        Some(v) => {
            push(out, v);
            Step::Used(used)
        }
        None => Step::Illegal(1),
    }
}

/// GB 18030's codes of four bytes: a number with the digits 126, 10, 126, 10.
fn decode_four(rest: &[u8], out: &mut Vec<u32>) -> Step {
    let Some([a, b, c, d]) = head(rest) else { return Step::TooFew };
    if a < 0x81 || !(0x81..=0xfe).contains(&c) || !d.is_ascii_digit() {
        return Step::Illegal(1);
    }
    let [a, b, c, d] = [a - 0x81, b - 0x30, c - 0x81, d - 0x30].map(u32::from);
    let tail = b * 1260 + c * 10 + d;
    let found = if a < 4 {
        match GB18030_LINEAR.get().decode(a * 12600 + tail) {
            Some(Value::One(c)) => Some(c),
            _ => None,
        }
    } else if a >= 15 {
        Some(0x1_0000 + (a - 15) * 12600 + tail).filter(|&c| c <= 0x10_ffff)
    } else {
        None
    };
    match found {
        Some(c) => {
            out.push(c);
            Step::Used(4)
        }
        None => Step::Illegal(1),
    }
}

fn encode_four(c: u32, out: &mut Vec<u8>) -> Option<()> {
    let (n, base) =
        if c >= 0x1_0000 { (c - 0x1_0000, 0x90) } else { (GB18030_LINEAR.get().encode(c)?, 0x81) };
    let digit = |n: u32, base: u8| base.wrapping_add(n as u8);
    out.extend([
        digit(n / 12600, base),
        digit(n / 1260 % 10, 0x30),
        digit(n / 10 % 126, 0x81),
        digit(n % 10, 0x30),
    ]);
    Some(())
}

const SYLLABLES: std::ops::RangeInclusive<u32> = 0xac00..=0xd7a3;
/// The second bytes (first one A4) of the letters a syllable begins with, in its middle, at its end.
const INITIALS: &[u8] = b"\xa1\xa2\xa4\xa7\xa8\xa9\xb1\xb2\xb3\xb5\xb6\xb7\xb8\xb9\xba\xbb\xbc\xbd\xbe";
const MEDIALS: std::ops::RangeInclusive<u8> = 0xbf..=0xd3;
const FINALS: &[u8] =
    b"\xd4\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa9\xaa\xab\xac\xad\xae\xaf\xb0\xb1\xb2\xb4\xb5\xb6\xb7\xb8\xba\xbb\xbc\xbd\xbe";

/// A syllable spelled with a filler and three letters (KS X 1001, annex 3).
fn decode_syllable(rest: &[u8], out: &mut Vec<u32>) -> Step {
    let Some([_, _, mark1, initial, mark2, medial, mark3, last]) = head(rest) else { return Step::TooFew };
    let place = |list: &[u8], b: u8| list.iter().position(|&x| x == b).map(|i| i as u32);
    let medial = MEDIALS.contains(&medial).then(|| u32::from(medial - MEDIALS.start()));
    match (place(INITIALS, initial), medial, place(FINALS, last)) {
        (Some(i), Some(m), Some(f)) if [mark1, mark2, mark3] == [0xa4; 3] => {
            out.push(SYLLABLES.start() + i * 588 + m * 28 + f);
            Step::Used(8)
        }
        _ => Step::Illegal(1),
    }
}

fn encode_syllable(c: u32, out: &mut Vec<u8>) -> Option<()> {
    let n = c.checked_sub(*SYLLABLES.start())?;
    let initial = INITIALS.get(n as usize / 588)?;
    let last = FINALS.get(n as usize % 28)?;
    let medial = MEDIALS.start() + (n / 28 % 21) as u8;
    out.extend([0xa4, 0xd4, 0xa4, *initial, 0xa4, medial, 0xa4, *last]);
    Some(())
}

/// Appends a code of one to three bytes.
pub fn push_code(out: &mut Vec<u8>, code: u32) {
    let bytes = code.to_be_bytes();
    let unused = (code.leading_zeros() / 8).min(3) as usize;
    out.extend_from_slice(bytes.get(unused..).unwrap_or_default());
}

fn encode_table(t: &Table, form: Form, rest: &[u32], c: u32, out: &mut Vec<u8>, flush: bool) -> Step {
    if c >= 0x80 && t.begins_pair(c) {
        match rest.get(1) {
            None if !flush => return Step::TooFew,
            Some(&next) => {
                if let Some(code) = t.encode_pair(c, next) {
                    push_code(out, code);
                    return Step::Used(2);
                }
            }
            None => {}
        }
    }
    match t.explicit(c) {
        Some(Some(code)) => push_code(out, code),
        Some(None) => return Step::Illegal(1),
        None if c < 0x80 => out.push(c as u8),
        None => {
            let other = match form {
                Form::Gb18030 => encode_four(c, out),
                Form::EucKr => encode_syllable(c, out),
                _ => None,
            };
            if other.is_none() {
                return Step::Illegal(1);
            }
        }
    }
    Step::Used(1)
}
