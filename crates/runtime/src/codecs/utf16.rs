//! UTF-16, with and without byte order mark.

use super::{Errors, Input, Replacement};
use crate::prelude::*;
use crate::types::bytes_::BytesBuilder;
use crate::types::str_::{StrBuilder, unit};
use crate::types::{PyBytes, PyStr};

/// Byte order of wide encodings. `Detect` reads a mark (or assumes little-endian), and writes one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    Little,
    Big,
    Detect,
}

impl Order {
    /// From C's -1, 0 and 1.
    pub fn from_raw(n: i32) -> Order {
        match n {
            0 => Order::Detect,
            n if n < 0 => Order::Little,
            _ => Order::Big,
        }
    }

    pub fn to_raw(self) -> i32 {
        match self {
            Order::Little => -1,
            Order::Detect => 0,
            Order::Big => 1,
        }
    }
}

/// A text, how many bytes it was decoded from, and the byte order found.
pub type DecodedOrder = PyResult<(Py<PyStr>, usize, Order)>;

/// Decodes; an incomplete character at the end is left if `last` is not set.
pub fn decode(py: Python, bytes: &[u8], errors: &str, order: Order, last: bool) -> DecodedOrder {
    let mut at = 0;
    let mut found = order;
    let mut name = match order {
        Order::Little => "utf-16-le",
        Order::Big => "utf-16-be",
        Order::Detect => "utf-16-le",
    };
    if order == Order::Detect {
        match bytes {
            [0xff, 0xfe, ..] => {
                (found, at, name) = (Order::Little, 2, "utf-16-le");
            }
            [0xfe, 0xff, ..] => {
                (found, at, name) = (Order::Big, 2, "utf-16-be");
            }
            _ => {}
        }
    }
    let big = found == Order::Big;
    let mut errors = Errors::new(py, errors);
    let mut input = Input::new(bytes);
    let mut out = StrBuilder::with_capacity(bytes.len() / 2);
    let read = |b: &[u8], i: usize| -> Option<u32> {
        let w = [*b.get(i)?, *b.get(i + 1)?];
        Some(if big { u16::from_be_bytes(w) } else { u16::from_le_bytes(w) } as u32)
    };
    while at < input.bytes.len() {
        let len = input.bytes.len();
        let (end, reason) = match read(&input.bytes, at) {
            None if !last => break,
            None => (len, "truncated data"),
            Some(c) if !unit::is_surrogate(c) => {
                out.push_char(c);
                at += 2;
                continue;
            }
            Some(c) if unit::is_low_surrogate(c) => (at + 2, "illegal encoding"),
            Some(c) => match read(&input.bytes, at + 2) {
                None if !last => break,
                None => (len, "unexpected end of data"),
                Some(d) if unit::is_low_surrogate(d) => {
                    out.push_char(unit::join_surrogates(c, d));
                    at += 4;
                    continue;
                }
                Some(_) => (at + 2, "illegal UTF-16 surrogate"),
            },
        };
        at = errors.decode(name, &mut input, at, end, reason, &mut out)?;
    }
    Ok((out.finish(py)?, at, found))
}

/// Encodes; `Order::Detect` writes a mark and then the machine's order.
pub fn encode(py: Python, text: &PyStr, errors: &str, order: Order) -> PyResult<Py<PyBytes>> {
    let name = match order {
        Order::Little => "utf-16-le",
        Order::Big => "utf-16-be",
        Order::Detect => "utf-16",
    };
    let mut errors = Errors::new(py, errors);
    let mut out = BytesBuilder::new();
    if text.len() > (isize::MAX as usize) / 4 - 2 || !out.reserve(text.len() * 2 + 2) {
        return Err(memory_error(py));
    }
    let big = order == Order::Big;
    let push = |out: &mut BytesBuilder, w: u16| {
        out.extend(&if big { w.to_be_bytes() } else { w.to_le_bytes() });
    };
    let push_char = |out: &mut BytesBuilder, c: u32| {
        if c < 0x10000 {
            push(out, c as u16);
        } else {
            push(out, (0xd800 + ((c - 0x10000) >> 10)) as u16);
            push(out, (0xdc00 + (c & 0x3ff)) as u16);
        }
    };
    if order == Order::Detect {
        push(&mut out, 0xfeff);
    }
    let mut at = 0;
    while at < text.len() {
        let c = text.char_at(at);
        if !unit::is_surrogate(c) {
            push_char(&mut out, c);
            at += 1;
            continue;
        }
        let reason = "surrogates not allowed";
        let (replacement, next) = errors.encode(name, text, at, at + 1, reason)?;
        match replacement {
            Replacement::Bytes(b) => {
                if b.len() % 2 != 0 {
                    return Err(errors.encode_error(name, text, at, at + 1, reason));
                }
                out.extend(b.as_bytes());
            }
            Replacement::Text(s) => {
                if !s.is_ascii() {
                    return Err(errors.encode_error(name, text, at, at + 1, reason));
                }
                s.chars().for_each(|c| push(&mut out, c as u16));
            }
        }
        at = next;
    }
    out.finish(py)
}
