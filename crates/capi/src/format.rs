//! Text from C format strings: what `PyUnicode_FromFormat`, `PyErr_Format` and `PyBytes_FromFormat` understand.

use crate::convert::*;
use crate::variadic::VaList;
use runtime::prelude::*;
use runtime::types::StrBuilder;
use runtime::types::type_::TypeExt;
use std::ffi::{c_char, c_int, c_void};

/// How a length modifier widens an integer.
#[derive(Clone, Copy, PartialEq)]
enum Length {
    Int,
    Long,
}

/// One directive between `%` and its conversion letter.
struct Directive {
    left: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
    length: Length,
    letter: u8,
}

/// Parses one directive; `at` is behind the percent sign and ends behind the letter.
///
/// # Safety
/// `*` takes its number from the list.
unsafe fn directive(format: &[u8], at: &mut usize, va: &mut VaList) -> Option<Directive> {
    let mut d =
        Directive { left: false, zero: false, width: None, precision: None, length: Length::Int, letter: 0 };
    let peek = |at: usize| format.get(at).copied();
    loop {
        match peek(*at) {
            Some(b'-') => d.left = true,
            Some(b'0') => d.zero = true,
            _ => break,
        }
        *at += 1;
    }
    let mut number = |at: &mut usize, left: &mut bool| -> Option<usize> {
        if peek(*at) == Some(b'*') {
            *at += 1;
            // SAFETY: the caller's promise.
            let n = unsafe { va.int() };
            *left |= n < 0;
            return Some(n.unsigned_abs() as usize);
        }
        let mut n = None;
        while let Some(c @ b'0'..=b'9') = peek(*at) {
            n = Some(n.unwrap_or(0usize).saturating_mul(10).saturating_add((c - b'0') as usize));
            *at += 1;
        }
        n
    };
    let mut left = d.left;
    d.width = number(at, &mut left);
    d.left = left;
    if peek(*at) == Some(b'.') {
        *at += 1;
        let mut negative = false;
        d.precision = Some(number(at, &mut negative).unwrap_or(0)).filter(|_| !negative);
    }
    while let Some(c @ (b'l' | b'z' | b'j' | b't')) = peek(*at) {
        let _ = c;
        d.length = Length::Long;
        *at += 1;
    }
    d.letter = peek(*at)?;
    *at += 1;
    Some(d)
}

impl Directive {
    /// # Safety
    /// An integer argument is next.
    unsafe fn integer(&self, va: &mut VaList) -> String {
        // SAFETY: the caller's promise.
        let word = unsafe { va.word() };
        let long = self.length == Length::Long;
        let (negative, digits) = match self.letter {
            b'd' | b'i' => {
                let n = if long { word as i64 } else { word as i32 as i64 };
                (n < 0, n.unsigned_abs().to_string())
            }
            letter => {
                let n = if long { word } else { word as u32 as u64 };
                let text = match letter {
                    b'x' => format!("{n:x}"),
                    b'X' => format!("{n:X}"),
                    b'o' => format!("{n:o}"),
                    _ => n.to_string(),
                };
                (false, text)
            }
        };
        let sign = if negative { "-" } else { "" };
        let mut body = format!(
            "{}{digits}",
            "0".repeat(self.precision.unwrap_or(0).saturating_sub(digits.len()).min(4096))
        );
        if self.zero && !self.left && self.precision.is_none() {
            let fill = self.width.unwrap_or(0).saturating_sub(body.len() + sign.len()).min(4096);
            body.insert_str(0, &"0".repeat(fill));
        }
        format!("{sign}{body}")
    }
}

/// `%p`, always with `0x`.
fn pointer(p: *mut c_void) -> String {
    format!("0x{:x}", p as usize)
}

fn push_padded(out: &mut StrBuilder, d: &Directive, text: &PyStr) {
    let len = text.len().min(d.precision.unwrap_or(usize::MAX));
    let fill = d.width.unwrap_or(0).saturating_sub(len);
    if !d.left {
        out.push_repeated(b' ' as u32, fill);
    }
    out.push_view(text.view().slice(0, len));
    if d.left {
        out.push_repeated(b' ' as u32, fill);
    }
}

/// A C string limited by the precision, undecodable bytes replaced.
unsafe fn c_text(py: Python, d: &Directive, p: *const c_char) -> PyResult<Py<PyStr>> {
    let bytes = match d.precision {
        // SAFETY: with a precision the string need not end with NUL; no byte behind it is read.
        Some(n) => unsafe {
            let mut len = 0;
            while len < n && *p.add(len) != 0 {
                len += 1;
            }
            slice(p as *const u8, len as isize)
        },
        // SAFETY: a C string.
        None => unsafe { bytes_of(p) },
    };
    runtime::codecs::decode_bytes(py, bytes, None, Some("utf-8"), Some("replace"))
}

unsafe fn wide_text(py: Python, d: &Directive, p: *const u32) -> PyResult<Py<PyStr>> {
    let mut len = 0;
    // SAFETY: a wide string that ends with NUL or is limited by the precision.
    unsafe {
        while d.precision.is_none_or(|n| len < n) && *p.add(len) != 0 {
            len += 1;
        }
        PyStr::from_ucs4(py, slice(p, len as isize))
    }
}

/// The name `%T` and `%N` give: full, with `#` a colon between module and name.
fn type_name_of(py: Python, ty: &PyTypeObject, colon: bool) -> PyResult<Py<PyStr>> {
    let full = ty.full_name(py)?;
    let text = if colon && ty.has_flag(flags::HEAPTYPE) {
        let qualname = ty.qualname(py)?.to_string_lossy();
        match full.strip_suffix(&qualname).and_then(|m| m.strip_suffix('.')) {
            Some(module) => format!("{module}:{qualname}"),
            None => full,
        }
    } else if colon {
        match full.rfind('.') {
            Some(i) => format!("{}:{}", &full[..i], &full[i + 1..]),
            None => full,
        }
    } else {
        full
    };
    PyStr::new(py, &text)
}

/// `PyUnicode_FromFormatV`.
///
/// # Safety
/// The list holds what the format asks for.
pub(crate) unsafe fn text(py: Python, format: *const c_char, va: &mut VaList) -> PyResult<Py<PyStr>> {
    // SAFETY: the caller's promise, here and below.
    let format = unsafe { bytes_of(format) };
    let mut out = StrBuilder::new();
    let mut at = 0;
    while at < format.len() {
        if format[at] != b'%' {
            let end = format[at..].iter().position(|&b| b == b'%').map_or(format.len(), |n| at + n);
            match std::str::from_utf8(&format[at..end]) {
                Ok(s) if s.is_ascii() => out.push_str(s),
                _ => {
                    return Err(value_error(
                        py,
                        "PyUnicode_FromFormatV() expects an ASCII-encoded format string, got a non-ASCII byte",
                    ));
                }
            }
            at = end;
            continue;
        }
        at += 1;
        let start = at;
        let colon = format.get(at) == Some(&b'#');
        at += colon as usize;
        // SAFETY: as above.
        let Some(d) = (unsafe { directive(format, &mut at, va) }) else {
            return Err(system_error(
                py,
                format!("invalid format string: %{}", String::from_utf8_lossy(&format[start..])),
            ));
        };
        // SAFETY: as above.
        unsafe {
            match d.letter {
                b'%' => out.push_str("%"),
                b'c' => {
                    let c = va.int();
                    if !(0..=0x10ffff).contains(&c) {
                        return Err(overflow_error(py, "character argument not in range(0x110000)"));
                    }
                    out.push_char(c as u32);
                }
                b'd' | b'i' | b'u' | b'x' | b'X' | b'o' => {
                    let text = PyStr::new(py, &d.integer(va))?;
                    push_padded(&mut out, &Directive { precision: None, ..d }, &text);
                }
                b'p' => {
                    let text = PyStr::new(py, &pointer(va.pointer()))?;
                    push_padded(&mut out, &d, &text);
                }
                b's' if d.length == Length::Long => {
                    let p: *mut u32 = va.pointer();
                    push_padded(&mut out, &Directive { precision: None, ..d }, &*wide_text(py, &d, p)?)
                }
                b's' => {
                    let p: *mut c_char = va.pointer();
                    push_padded(&mut out, &Directive { precision: None, ..d }, &*c_text(py, &d, p)?)
                }
                b'U' => push_padded(&mut out, &d, cast::<PyStr>(py, va.object())?),
                b'V' => {
                    let o = va.object();
                    let p: *mut c_char = va.pointer();
                    match opt_as::<PyStr>(o) {
                        Some(s) => push_padded(&mut out, &d, s),
                        None if d.length == Length::Long => push_padded(
                            &mut out,
                            &Directive { precision: None, ..d },
                            &*wide_text(py, &d, p as *const u32)?,
                        ),
                        None => {
                            push_padded(&mut out, &Directive { precision: None, ..d }, &*c_text(py, &d, p)?)
                        }
                    }
                }
                b'S' => push_padded(&mut out, &d, &*obj(py, va.object())?.str_(py)?),
                b'R' => push_padded(&mut out, &d, &*obj(py, va.object())?.repr(py)?),
                b'A' => push_padded(&mut out, &d, &*obj(py, va.object())?.ascii(py)?),
                b'T' => {
                    let o = obj(py, va.object())?.owned();
                    push_padded(&mut out, &d, &*type_name_of(py, o.ty(), colon)?)
                }
                b'N' => {
                    let Some(ty) = obj(py, va.object())?.downcast::<PyTypeObject>() else {
                        return Err(type_error(py, "%N argument must be a type"));
                    };
                    push_padded(&mut out, &d, &*type_name_of(py, ty, colon)?)
                }
                _ => {
                    let shown = String::from_utf8_lossy(&format[start - 1..]).into_owned();
                    return Err(system_error(py, format!("invalid format string: {shown}")));
                }
            }
        }
    }
    out.finish(py)
}

/// `PyBytes_FromFormatV`.
///
/// # Safety
/// The list holds what the format asks for.
pub(crate) unsafe fn bytes(py: Python, format: *const c_char, va: &mut VaList) -> PyResult<Py<PyBytes>> {
    // SAFETY: the caller's promise, here and below.
    let format = unsafe { bytes_of(format) };
    let mut out: Vec<u8> = Vec::new();
    let mut at = 0;
    while at < format.len() {
        if format[at] != b'%' {
            out.push(format[at]);
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        // SAFETY: as above.
        let Some(d) = (unsafe { directive(format, &mut at, va) }) else {
            out.extend_from_slice(&format[start..]);
            break;
        };
        // SAFETY: as above.
        unsafe {
            match d.letter {
                b'%' => out.push(b'%'),
                b'c' => {
                    let c: c_int = va.int();
                    let Ok(b) = u8::try_from(c) else {
                        return Err(overflow_error(
                            py,
                            "PyBytes_FromFormatV(): %c format expects an integer in range [0; 255]",
                        ));
                    };
                    out.push(b);
                }
                b'd' | b'i' | b'u' | b'x' => {
                    let text = Directive { precision: None, width: None, ..d }.integer(va);
                    out.extend_from_slice(text.as_bytes());
                }
                b's' => {
                    let p: *mut c_char = va.pointer();
                    let mut n = 0;
                    while d.precision.is_none_or(|m| n < m) && *p.add(n) != 0 {
                        n += 1;
                    }
                    out.extend_from_slice(slice(p as *const u8, n as isize));
                }
                b'p' => out.extend_from_slice(pointer(va.pointer()).as_bytes()),
                _ => {
                    out.extend_from_slice(&format[start..]);
                    break;
                }
            }
        }
    }
    PyBytes::new(py, &out)
}
