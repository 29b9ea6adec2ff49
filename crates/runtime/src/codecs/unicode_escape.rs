//! `unicode_escape` and `raw_unicode_escape`.

use super::{Decoded, Errors, Input};
use crate::prelude::*;
use crate::types::bytes_::BytesBuilder;
use crate::types::str_::{MAX_CHAR, StrBuilder};
use crate::types::{PyBytes, PyStr};
use crate::unicode::names;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// An escape sequence, read.
enum Escape {
    Char(u32),
    /// Nothing: an escaped line end.
    Nothing,
    /// Octal above 0o377: the character, and the digits for the warning.
    BigOctal(u32, usize),
    /// Not an escape at all: the backslash stays.
    Unknown,
    /// The input ends inside.
    Incomplete(&'static str),
    Fault(&'static str),
}

/// Reads `n` hexadecimal digits at `*at`.
fn hex(bytes: &[u8], at: &mut usize, n: usize) -> Result<u32, bool> {
    let mut v = 0u32;
    for _ in 0..n {
        let Some(&b) = bytes.get(*at) else { return Err(true) };
        let Some(d) = (b as char).to_digit(16) else { return Err(false) };
        v = v << 4 | d;
        *at += 1;
    }
    Ok(v)
}

fn hex_escape(bytes: &[u8], at: &mut usize, n: usize, message: &'static str) -> Escape {
    match hex(bytes, at, n) {
        Ok(c) if c <= MAX_CHAR => Escape::Char(c),
        Ok(_) => Escape::Fault("illegal Unicode character"),
        Err(true) => Escape::Incomplete(message),
        Err(false) => Escape::Fault(message),
    }
}

fn name_escape(bytes: &[u8], at: &mut usize) -> Escape {
    const MALFORMED: &str = "malformed \\N character escape";
    match bytes.get(*at) {
        None => return Escape::Incomplete(MALFORMED),
        Some(b'{') => *at += 1,
        Some(_) => return Escape::Fault(MALFORMED),
    }
    let start = *at;
    let Some(n) = bytes[start..].iter().position(|&b| b == b'}') else {
        *at = bytes.len();
        return Escape::Incomplete(MALFORMED);
    };
    *at = start + n;
    if n == 0 {
        return Escape::Fault(MALFORMED);
    }
    *at += 1;
    let name = std::str::from_utf8(&bytes[start..start + n]).ok();
    match name.and_then(names::lookup) {
        Some(c) => Escape::Char(c),
        None => Escape::Fault("unknown Unicode character name"),
    }
}

/// Reads what follows a backslash; `*at` moves behind it.
fn escape(bytes: &[u8], at: &mut usize) -> Escape {
    let Some(&b) = bytes.get(*at) else { return Escape::Incomplete("\\ at end of string") };
    *at += 1;
    Escape::Char(match b {
        b'\n' => return Escape::Nothing,
        b'\\' | b'\'' | b'"' => b as u32,
        b'b' => 8,
        b'f' => 12,
        b't' => 9,
        b'n' => 10,
        b'r' => 13,
        b'v' => 11,
        b'a' => 7,
        b'0'..=b'7' => {
            let mut c = (b - b'0') as u32;
            let mut digits = 1;
            while let (true, Some(&d @ b'0'..=b'7')) = (digits < 3, bytes.get(*at)) {
                c = c << 3 | (d - b'0') as u32;
                *at += 1;
                digits += 1;
            }
            if c > 0o377 {
                return Escape::BigOctal(c, digits);
            }
            c
        }
        b'x' => return hex_escape(bytes, at, 2, "truncated \\xXX escape"),
        b'u' => return hex_escape(bytes, at, 4, "truncated \\uXXXX escape"),
        b'U' => return hex_escape(bytes, at, 8, "truncated \\UXXXXXXXX escape"),
        b'N' => return name_escape(bytes, at),
        _ => return Escape::Unknown,
    })
}

/// Decodes `unicode_escape`; an unfinished escape at the end is left if `last` is not set.
pub fn decode(py: Python, bytes: &[u8], errors: &str, last: bool) -> Decoded {
    let mut errors = Errors::new(py, errors);
    let mut input = Input::new(bytes);
    let mut out = StrBuilder::with_capacity(bytes.len());
    let mut at = 0;
    let mut invalid: Option<String> = None;
    while at < input.bytes.len() {
        let rest = &input.bytes[at..];
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        out.push_latin1(&rest[..plain]);
        at += plain;
        if plain == rest.len() {
            break;
        }
        let start = at;
        at += 1;
        let reason = match escape(&input.bytes, &mut at) {
            Escape::Char(c) => {
                out.push_char(c);
                continue;
            }
            Escape::Nothing => continue,
            Escape::BigOctal(c, n) => {
                if invalid.is_none() {
                    let digits = input.bytes.get(at - n..at).unwrap_or_default();
                    invalid = Some(format!(
                        "\"\\{}\" is an invalid octal escape sequence. Such sequences will not work in the future. ",
                        String::from_utf8_lossy(digits)
                    ));
                }
                out.push_char(c);
                continue;
            }
            Escape::Unknown => {
                let b = input.bytes.get(at - 1).copied().unwrap_or_default();
                if invalid.is_none() {
                    invalid = Some(format!(
                        "\"\\{}\" is an invalid escape sequence. Such sequences will not work in the future. ",
                        b as char
                    ));
                }
                out.push_latin1(&[b'\\', b]);
                continue;
            }
            Escape::Incomplete(_) if !last => {
                at = start;
                break;
            }
            Escape::Incomplete(m) | Escape::Fault(m) => m,
        };
        at = errors.decode("unicodeescape", &mut input, start, at, reason, &mut out)?;
    }
    if let Some(text) = invalid {
        warn(py, &exceptions::PyExc_DeprecationWarning_Type, &text, 1)?;
    }
    Ok((out.finish(py)?, at))
}

fn push_hex(out: &mut BytesBuilder, letter: u8, c: u32, digits: u32) {
    out.extend(&[b'\\', letter]);
    for i in (0..digits).rev() {
        out.push(HEX[(c >> (4 * i) & 15) as usize]);
    }
}

/// Encodes `unicode_escape`.
pub fn encode(py: Python, text: &PyStr) -> PyResult<Py<PyBytes>> {
    let mut out = BytesBuilder::with_capacity(text.len());
    for c in text.chars() {
        match c {
            0x5c => out.extend(b"\\\\"),
            9 => out.extend(b"\\t"),
            10 => out.extend(b"\\n"),
            13 => out.extend(b"\\r"),
            0x20..=0x7e => out.push(c as u8),
            0..=0xff => push_hex(&mut out, b'x', c, 2),
            0x100..=0xffff => push_hex(&mut out, b'u', c, 4),
            _ => push_hex(&mut out, b'U', c, 8),
        }
    }
    out.finish(py)
}

/// Decodes `raw_unicode_escape`.
pub fn decode_raw(py: Python, bytes: &[u8], errors: &str, last: bool) -> Decoded {
    let mut errors = Errors::new(py, errors);
    let mut input = Input::new(bytes);
    let mut out = StrBuilder::with_capacity(bytes.len());
    let mut at = 0;
    while at < input.bytes.len() {
        let rest = &input.bytes[at..];
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        out.push_latin1(&rest[..plain]);
        at += plain;
        if plain == rest.len() {
            break;
        }
        let start = at;
        let (digits, message) = match input.bytes.get(at + 1) {
            None if !last => break,
            None => {
                out.push_char('\\' as u32);
                at += 1;
                break;
            }
            Some(b'u') => (4, "truncated \\uXXXX escape"),
            Some(b'U') => (8, "truncated \\UXXXXXXXX escape"),
            Some(&b) => {
                out.push_latin1(&[b'\\', b]);
                at += 2;
                continue;
            }
        };
        at += 2;
        let reason = match hex(&input.bytes, &mut at, digits) {
            Ok(c) if c <= MAX_CHAR => {
                out.push_char(c);
                continue;
            }
            Ok(_) => "\\Uxxxxxxxx out of range",
            Err(true) if !last => {
                at = start;
                break;
            }
            Err(_) => message,
        };
        at = errors.decode("rawunicodeescape", &mut input, start, at, reason, &mut out)?;
    }
    Ok((out.finish(py)?, at))
}

/// Encodes `raw_unicode_escape`.
pub fn encode_raw(py: Python, text: &PyStr) -> PyResult<Py<PyBytes>> {
    let mut out = BytesBuilder::with_capacity(text.len());
    for c in text.chars() {
        match c {
            0..=0xff => out.push(c as u8),
            0x100..=0xffff => push_hex(&mut out, b'u', c, 4),
            _ => push_hex(&mut out, b'U', c, 8),
        }
    }
    out.finish(py)
}
