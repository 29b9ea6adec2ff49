//! JSON strings: quoting and unquoting.

use super::decode_error;
use runtime::prelude::*;
use runtime::types::str_::unit::{is_high_surrogate, is_low_surrogate, join_surrogates};
use runtime::types::str_::{StrBuilder, StrView, Unit, search};
use runtime::with_units;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Marks the bytes of a word that are zero; bits above the first mark may be wrong.
#[inline(always)]
fn zeros(w: u64) -> u64 {
    w.wrapping_sub(ONES) & !w & HIGHS
}

/// Length of the run of bytes before the first quote, backslash or (if `control`) byte below 32; with `ascii` also before the first
/// byte above 126.
#[inline(always)]
fn plain_bytes(s: &[u8], control: bool, ascii: bool) -> usize {
    let mut at = 0;
    while let Some(&chunk) = s.get(at..).and_then(|s| s.first_chunk::<8>()) {
        let w = u64::from_le_bytes(chunk);
        let mut hit = zeros(w ^ (ONES * b'"' as u64)) | zeros(w ^ (ONES * b'\\' as u64));
        if control {
            hit |= w.wrapping_sub(ONES * 32) & !w & HIGHS;
        }
        if ascii {
            hit |= (w & HIGHS) | zeros(w ^ (ONES * 127));
        }
        if hit != 0 {
            return at + hit.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = s.get(at..).unwrap_or_default();
    at + rest.iter().position(|&b| special(b as u32, control, ascii)).unwrap_or(rest.len())
}

#[inline(always)]
fn special(c: u32, control: bool, ascii: bool) -> bool {
    c == b'"' as u32 || c == b'\\' as u32 || (control && c < 32) || (ascii && c > 126)
}

/// [`plain_bytes`] for characters of any width.
#[inline(always)]
fn plain<U: Unit>(s: &[U], control: bool, ascii: bool) -> usize {
    if size_of::<U>() == 1 {
        plain_bytes(search::raw(s), control, ascii)
    } else {
        s.iter().position(|c| special(c.code(), control, ascii)).unwrap_or(s.len())
    }
}

fn push_hex(out: &mut StrBuilder, unit: u32) {
    let digit = |shift: u32| b"0123456789abcdef"[(unit >> shift & 15) as usize];
    out.push_latin1(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
}

fn escape(out: &mut StrBuilder, c: u32) {
    match c {
        0x22 => out.push_latin1(b"\\\""),
        0x5c => out.push_latin1(b"\\\\"),
        0x0a => out.push_latin1(b"\\n"),
        0x0d => out.push_latin1(b"\\r"),
        0x09 => out.push_latin1(b"\\t"),
        0x0c => out.push_latin1(b"\\f"),
        0x08 => out.push_latin1(b"\\b"),
        0x10000.. => {
            let v = c - 0x10000;
            push_hex(out, 0xd800 | v >> 10);
            push_hex(out, 0xdc00 | v & 0x3ff);
        }
        _ => push_hex(out, c),
    }
}

fn quote_units<U: Unit>(out: &mut StrBuilder, mut s: &[U], ascii: bool) {
    loop {
        let (run, rest) = s.split_at(plain(s, true, ascii));
        if size_of::<U>() == 1 {
            out.push_latin1(search::raw(run));
        } else {
            out.push_units(run);
        }
        let Some((&c, rest)) = rest.split_first() else { return };
        escape(out, c.code());
        s = rest;
    }
}

/// Writes a string in quotes; with `ascii` all else is escaped too.
pub fn quote(out: &mut StrBuilder, s: &PyStr, ascii: bool) {
    out.push_latin1(b"\"");
    with_units!(s.view(), |u| quote_units(out, u, ascii));
    out.push_latin1(b"\"");
}

/// Length of the run that stands for itself at the start of a JSON string's inside, up to a quote, a backslash or, if `strict`, a
/// control character.
#[inline(always)]
pub fn run_length<U: Unit>(s: &[U], strict: bool) -> usize {
    if strict { plain(s, true, false) } else { plain(s, false, false) }
}

/// Reads the string whose inside begins at `start`, at most the document's length: its value, and the index behind the closing quote.
pub fn unquote(py: Python, document: &PyStr, start: usize, strict: bool) -> PyResult<(Py<PyStr>, usize)> {
    with_units!(document.view(), |u| unquote_units(py, document, u, start, strict))
}

/// [`unquote`] with the document's characters at hand.
pub fn unquote_units<U: Unit>(
    py: Python,
    document: &PyStr,
    s: &[U],
    start: usize,
    strict: bool,
) -> PyResult<(Py<PyStr>, usize)> {
    let unterminated =
        || decode_error(py, "Unterminated string starting at", document, start.wrapping_sub(1));
    let mut out = StrBuilder::new();
    let mut at = start;
    loop {
        let rest = s.get(at..).unwrap_or_default();
        let (run, tail) = rest.split_at(run_length(rest, strict));
        at += run.len();
        match tail.first().map(|c| c.code()) {
            Some(0x22) if out.is_empty() => return Ok((PyStr::from_units(py, run)?, at + 1)),
            Some(0x22) => {
                out.push_units(run);
                return Ok((out.finish(py)?, at + 1));
            }
            Some(0x5c) => out.push_units(run),
            Some(_) => return Err(decode_error(py, "Invalid control character at", document, at)),
            None => return Err(unterminated()),
        }
        // Behind the backslash.
        at += 1;
        let Some(c) = s.get(at).map(|c| c.code()) else { return Err(unterminated()) };
        at += 1;
        let value = match c {
            0x22 | 0x5c | 0x2f => c,
            0x62 => 8,
            0x66 => 12,
            0x6e => 10,
            0x72 => 13,
            0x74 => 9,
            0x75 => {
                let (value, next) = code_point(py, document, s, at)?;
                at = next;
                value
            }
            _ => return Err(decode_error(py, "Invalid \\escape", document, at - 2)),
        };
        out.push_char(value);
    }
}

/// The value of four hexadecimal digits at `at`.
fn hex4<U: Unit>(s: &[U], at: usize) -> Option<u32> {
    s.get(at..at.checked_add(4)?)?.iter().try_fold(0, |n, c| {
        let c = char::from_u32(c.code()).filter(char::is_ascii)?;
        Some(n << 4 | c.to_digit(16)?)
    })
}

/// Reads the digits of a `\u` escape, and the second one of a surrogate pair: the code point and the index behind.
fn code_point<U: Unit>(py: Python, document: &PyStr, s: &[U], at: usize) -> PyResult<(u32, usize)> {
    let bad = |at: usize| decode_error(py, "Invalid \\uXXXX escape", document, at);
    let c = hex4(s, at).ok_or_else(|| bad(at - 1))?;
    let next = at + 4;
    let pair = is_high_surrogate(c)
        && next + 6 <= s.len()
        && matches!(s.get(next..next + 2), Some([b, u]) if b.code() == 0x5c && u.code() == 0x75);
    if pair {
        let low = hex4(s, next + 2).ok_or_else(|| bad(next + 1))?;
        if is_low_surrogate(low) {
            return Ok((join_surrogates(c, low), next + 6));
        }
    }
    Ok((c, next))
}

/// Are the characters those of the string?
pub fn same<U: Unit>(s: &PyStr, units: &[U]) -> bool {
    if s.len() != units.len() {
        return false;
    }
    match s.view() {
        StrView::Latin1(t) if size_of::<U>() == 1 => t == search::raw(units),
        v => v.chars().eq(units.iter().map(|c| c.code())),
    }
}
