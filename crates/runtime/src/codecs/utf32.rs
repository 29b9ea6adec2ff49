//! UTF-32, with and without byte order mark.

use super::utf16::{DecodedOrder, Order};
use super::{Errors, Input, Replacement};
use crate::prelude::*;
use crate::types::bytes_::BytesBuilder;
use crate::types::str_::{MAX_CHAR, StrBuilder, unit};
use crate::types::{PyBytes, PyStr};

/// Decodes; an incomplete character at the end is left if `last` is not set.
pub fn decode(py: Python, bytes: &[u8], errors: &str, order: Order, last: bool) -> DecodedOrder {
    let mut at = 0;
    let mut found = order;
    let mut name = match order {
        Order::Little => "utf-32-le",
        Order::Big => "utf-32-be",
        Order::Detect => "utf-32-le",
    };
    if order == Order::Detect {
        match bytes {
            [0xff, 0xfe, 0, 0, ..] => {
                (found, at, name) = (Order::Little, 4, "utf-32-le");
            }
            [0, 0, 0xfe, 0xff, ..] => {
                (found, at, name) = (Order::Big, 4, "utf-32-be");
            }
            _ => {}
        }
    }
    let big = found == Order::Big;
    let mut errors = Errors::new(py, errors);
    let mut input = Input::new(bytes);
    let mut out = StrBuilder::with_capacity(bytes.len() / 4);
    while at < input.bytes.len() {
        let (end, reason) = match input.bytes.get(at..at + 4) {
            None if !last => break,
            None => (input.bytes.len(), "truncated data"),
            Some(w) => {
                let w = [w[0], w[1], w[2], w[3]];
                let c = if big { u32::from_be_bytes(w) } else { u32::from_le_bytes(w) };
                if unit::is_surrogate(c) {
                    (at + 4, "code point in surrogate code point range(0xd800, 0xe000)")
                } else if c > MAX_CHAR {
                    (at + 4, "code point not in range(0x110000)")
                } else {
                    out.push_char(c);
                    at += 4;
                    continue;
                }
            }
        };
        at = errors.decode(name, &mut input, at, end, reason, &mut out)?;
    }
    Ok((out.finish(py)?, at, found))
}

/// Encodes; `Order::Detect` writes a mark and then the machine's order.
pub fn encode(py: Python, text: &PyStr, errors: &str, order: Order) -> PyResult<Py<PyBytes>> {
    let name = match order {
        Order::Little => "utf-32-le",
        Order::Big => "utf-32-be",
        Order::Detect => "utf-32",
    };
    let mut errors = Errors::new(py, errors);
    let mut out = BytesBuilder::new();
    if text.len() > (isize::MAX as usize) / 4 - 2 || !out.reserve(text.len() * 4 + 4) {
        return Err(memory_error(py));
    }
    let big = order == Order::Big;
    let push = |out: &mut BytesBuilder, c: u32| {
        out.extend(&if big { c.to_be_bytes() } else { c.to_le_bytes() });
    };
    if order == Order::Detect {
        push(&mut out, 0xfeff);
    }
    let mut at = 0;
    while at < text.len() {
        let c = text.char_at(at);
        if !unit::is_surrogate(c) {
            push(&mut out, c);
            at += 1;
            continue;
        }
        let reason = "surrogates not allowed";
        let (replacement, next) = errors.encode(name, text, at, at + 1, reason)?;
        match replacement {
            Replacement::Bytes(b) => {
                if b.len() % 4 != 0 {
                    return Err(errors.encode_error(name, text, at, at + 1, reason));
                }
                out.extend(b.as_bytes());
            }
            Replacement::Text(s) => {
                if !s.is_ascii() {
                    return Err(errors.encode_error(name, text, at, at + 1, reason));
                }
                s.chars().for_each(|c| push(&mut out, c));
            }
        }
        at = next;
    }
    out.finish(py)
}
