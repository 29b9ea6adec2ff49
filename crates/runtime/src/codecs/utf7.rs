//! UTF-7 (RFC 2152).

use super::{Decoded, Errors, Input};
use crate::prelude::*;
use crate::types::bytes_::BytesBuilder;
use crate::types::str_::{StrBuilder, unit};
use crate::types::{PyBytes, PyStr};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn from_base64(b: u8) -> Option<u32> {
    Some(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    } as u32)
}

/// Written as it is.
fn is_direct(c: u32) -> bool {
    match char::from_u32(c) {
        Some('\t' | '\n' | '\r') => true,
        Some('+' | '\\' | '~') => false,
        Some(' '..='}') => true,
        _ => false,
    }
}

/// A base-64 section while it is read.
#[derive(Default)]
struct Shift {
    bits: u32,
    buffer: u32,
    /// A high surrogate that waits for its other half.
    surrogate: Option<u32>,
}

impl Shift {
    fn add(&mut self, digit: u32, out: &mut StrBuilder) {
        self.buffer = self.buffer << 6 | digit;
        self.bits += 6;
        if self.bits < 16 {
            return;
        }
        self.bits -= 16;
        let c = self.buffer >> self.bits & 0xffff;
        self.buffer &= (1 << self.bits) - 1;
        if let Some(high) = self.surrogate.take() {
            if unit::is_low_surrogate(c) {
                out.push_char(unit::join_surrogates(high, c));
                return;
            }
            out.push_char(high);
        }
        if unit::is_high_surrogate(c) { self.surrogate = Some(c) } else { out.push_char(c) }
    }

    /// What is wrong with ending here.
    fn fault(&self) -> Option<&'static str> {
        if self.bits >= 6 {
            Some("partial character in shift sequence")
        } else if self.bits > 0 && self.buffer != 0 {
            Some("non-zero padding bits in shift sequence")
        } else {
            None
        }
    }
}

/// Decodes; an unfinished shift sequence at the end is left if `last` is not set.
pub fn decode(py: Python, bytes: &[u8], errors: &str, last: bool) -> Decoded {
    let mut errors = Errors::new(py, errors);
    let mut input = Input::new(bytes);
    let mut out = StrBuilder::with_capacity(bytes.len());
    let mut shift: Option<Shift> = None;
    let (mut at, mut start, mut out_start) = (0, 0, 0);
    loop {
        while let Some(&b) = input.bytes.get(at) {
            let mut fault = None;
            if let Some(s) = &mut shift {
                if let Some(d) = from_base64(b) {
                    at += 1;
                    s.add(d, &mut out);
                    continue;
                }
                fault = s.fault();
                if fault.is_some() {
                    at += 1;
                } else {
                    if let (Some(high), true) = (s.surrogate, b < 128 && b != b'+') {
                        out.push_char(high);
                    }
                    if b == b'-' {
                        at += 1;
                    }
                }
                shift = None;
            } else if b == b'+' {
                start = at;
                at += 1;
                match input.bytes.get(at) {
                    Some(b'-') => {
                        at += 1;
                        out.push_char('+' as u32);
                    }
                    Some(&c) if from_base64(c).is_none() => {
                        at += 1;
                        fault = Some("ill-formed sequence");
                    }
                    _ => {
                        shift = Some(Shift::default());
                        out_start = out.len();
                    }
                }
            } else if b < 128 {
                out.push_char(b as u32);
                at += 1;
            } else {
                start = at;
                at += 1;
                fault = Some("unexpected special character");
            }
            if let Some(reason) = fault {
                at = errors.decode("utf7", &mut input, start, at, reason, &mut out)?;
            }
        }
        let Some(s) = &shift else { break };
        if !last {
            // Wait for the rest of the sequence.
            out.truncate(out_start);
            at = start;
            break;
        }
        let broken = s.surrogate.is_some() || s.fault().is_some();
        shift = None;
        if !broken {
            break;
        }
        let end = input.bytes.len();
        at = errors.decode("utf7", &mut input, start, end, "unterminated shift sequence", &mut out)?;
        if at >= input.bytes.len() {
            break;
        }
    }
    Ok((out.finish(py)?, at))
}

/// Encodes. Every character can be encoded.
pub fn encode(py: Python, text: &PyStr) -> PyResult<Py<PyBytes>> {
    let mut out = BytesBuilder::with_capacity(text.len());
    let (mut shifted, mut bits, mut buffer) = (false, 0u32, 0u32);
    for c in text.chars() {
        if is_direct(c) {
            if shifted {
                if bits > 0 {
                    out.push(ALPHABET[(buffer << (6 - bits) & 63) as usize]);
                }
                (shifted, bits, buffer) = (false, 0, 0);
                if c == '-' as u32 || from_base64(c as u8).is_some() {
                    out.push(b'-');
                }
            }
            out.push(c as u8);
            continue;
        }
        if !shifted {
            out.push(b'+');
            if c == '+' as u32 {
                out.push(b'-');
                continue;
            }
            shifted = true;
        }
        let pair = [0xd800 + (c.wrapping_sub(0x10000) >> 10), 0xdc00 + (c & 0x3ff)];
        let single = [c];
        for &w in if c >= 0x10000 { &pair[..] } else { &single[..] } {
            buffer = buffer << 16 | w;
            bits += 16;
            while bits >= 6 {
                bits -= 6;
                out.push(ALPHABET[(buffer >> bits & 63) as usize]);
            }
            buffer &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        out.push(ALPHABET[(buffer << (6 - bits) & 63) as usize]);
    }
    if shifted {
        out.push(b'-');
    }
    out.finish(py)
}
