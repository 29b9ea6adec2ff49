//! `repr()` and `ascii()` of strings.

use super::unit::Unit;
use super::{PyStr, StrBuilder};
use crate::prelude::*;
use crate::unicode;
use crate::with_units;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
pub fn push_escape(b: &mut StrBuilder, c: u32) {
    let (letter, digits) = match c {
        0..=0xff => (b'x', 2),
        0x100..=0xffff => (b'u', 4),
        _ => (b'U', 8),
    };
    let mut text = [b'\\', letter, 0, 0, 0, 0, 0, 0, 0, 0];
    for i in 0..digits {
        text[2 + i] = HEX[(c >> (4 * (digits - 1 - i)) & 15) as usize];
    }
    b.push_latin1(&text[..2 + digits]);
}

/// The quote for a text: `'`, or `"` where there are only single quotes in it.
fn quote(s: &PyStr) -> u32 {
    let (mut single, mut double) = (false, false);
    for c in s.chars() {
        single |= c == '\'' as u32;
        double |= c == '"' as u32;
    }
    if single && !double { '"' as u32 } else { '\'' as u32 }
}

fn quoted(py: Python, s: &PyStr, shown: impl Fn(u32) -> bool) -> PyResult<Py<PyStr>> {
    let q = quote(s);
    let mut b = StrBuilder::with_capacity(s.len() + 2);
    b.push_char(q);
    with_units!(s.view(), |units| {
        let mut from = 0;
        for (i, &u) in units.iter().enumerate() {
            let c = u.code();
            let plain = c != q && c != '\\' as u32 && if c < 0x7f { c >= 0x20 } else { shown(c) };
            if plain {
                continue;
            }
            b.push_view(super::find::view_of(&units[from..i]));
            from = i + 1;
            match c {
                9 => b.push_str("\\t"),
                10 => b.push_str("\\n"),
                13 => b.push_str("\\r"),
                _ if c == q || c == '\\' as u32 => {
                    b.push_char('\\' as u32);
                    b.push_char(c);
                }
                _ => push_escape(&mut b, c),
            }
        }
        b.push_view(super::find::view_of(&units[from..]));
    });
    b.push_char(q);
    b.finish(py)
}

/// `repr(s)`.
pub fn repr(py: Python, s: &PyStr) -> PyResult<Py<PyStr>> {
    quoted(py, s, unicode::is_printable)
}

/// `ascii(s)` of a text that is a `repr`: characters outside ASCII as escapes.
pub fn escape_non_ascii(py: Python, s: &PyStr) -> PyResult<Py<PyStr>> {
    if s.is_ascii() {
        return s.exact(py);
    }
    let mut b = StrBuilder::with_capacity(s.len() * 2);
    for c in s.chars() {
        if c < 0x80 { b.push_char(c) } else { push_escape(&mut b, c) }
    }
    b.finish(py)
}
