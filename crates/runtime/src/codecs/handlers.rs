//! The built-in error handlers: `strict_errors`, `ignore_errors` and so on as Python functions, and their workings.

use super::errors::ErrorObject;
use crate::prelude::*;
use crate::types::exceptions::{
    PyUnicodeDecodeError, PyUnicodeEncodeError, PyUnicodeTranslateError, UnicodeErrorFields,
};
use crate::types::str_::{StrBuilder, StrView, push_escape, unit};
use crate::types::{PyBytes, PyInt};

/// `surrogateescape`, decoding: bytes above 127 become lone low surrogates, up to four and up to the first other
/// byte. None if there is nothing to escape.
pub fn escape_bytes(bytes: &[u8], start: usize, end: usize) -> Option<(Vec<u32>, usize)> {
    let run: Vec<u32> = bytes
        .get(start..end.min(bytes.len()))?
        .iter()
        .take(4)
        .take_while(|&&b| b >= 0x80)
        .map(|&b| 0xdc00 + b as u32)
        .collect();
    if run.is_empty() {
        return None;
    }
    let n = run.len();
    Some((run, start + n))
}

/// `surrogateescape`, encoding: the bytes that were escaped, up to the first other character.
pub fn unescape_start(view: StrView<'_>) -> Vec<u8> {
    view.chars().map_while(|c| (0xdc80..0xdd00).contains(&c).then(|| (c - 0xdc00) as u8)).collect()
}

/// `surrogateescape`, encoding: the bytes that were escaped; None if another character is among them.
pub fn unescape_bytes(view: StrView<'_>) -> Option<Vec<u8>> {
    view.chars()
        .map(|c| if (0xdc80..0xdd00).contains(&c) { Some((c - 0xdc00) as u8) } else { None })
        .collect()
}

/// The unit layout of an encoding that can hold surrogates.
#[derive(Clone, Copy)]
enum Layout {
    Utf8,
    Utf16 { big: bool },
    Utf32 { big: bool },
}

/// Reads `utf-8`, `utf_16-le`, `cp65001` and so on.
fn layout(encoding: &str) -> Option<Layout> {
    let name = encoding.to_ascii_lowercase();
    let rest = name.strip_prefix("utf")?;
    let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
    if rest == "8" {
        return Some(Layout::Utf8);
    }
    let (wide, order) = if let Some(o) = rest.strip_prefix("16") {
        (false, o)
    } else if let Some(o) = rest.strip_prefix("32") {
        (true, o)
    } else {
        return None;
    };
    let big = match order {
        "" | "le" | "-le" | "_le" => false,
        "be" | "-be" | "_be" => true,
        _ => return None,
    };
    Some(if wide { Layout::Utf32 { big } } else { Layout::Utf16 { big } })
}

/// `surrogatepass`, decoding: the surrogate at `start` and how many bytes it takes.
pub fn pass_decode(bytes: &[u8], start: usize, encoding: &str) -> Option<(u32, usize)> {
    let rest = bytes.get(start..)?;
    let (c, n) = match (layout(encoding)?, rest) {
        (Layout::Utf8, [a, b, c, ..]) if a & 0xf0 == 0xe0 && b & 0xc0 == 0x80 && c & 0xc0 == 0x80 => {
            (((*a as u32 & 0x0f) << 12) | ((*b as u32 & 0x3f) << 6) | (*c as u32 & 0x3f), 3)
        }
        (Layout::Utf16 { big }, [a, b, ..]) => {
            (if big { u16::from_be_bytes([*a, *b]) } else { u16::from_le_bytes([*a, *b]) } as u32, 2)
        }
        (Layout::Utf32 { big }, [a, b, c, d, ..]) => {
            let w = [*a, *b, *c, *d];
            (if big { u32::from_be_bytes(w) } else { u32::from_le_bytes(w) }, 4)
        }
        _ => return None,
    };
    unit::is_surrogate(c).then_some((c, n))
}

/// `surrogatepass`, encoding: the surrogates' bytes; None if another character is among them.
pub fn pass_encode(view: StrView<'_>, encoding: &str) -> Option<Vec<u8>> {
    let layout = layout(encoding)?;
    let mut out = Vec::with_capacity(view.len() * 4);
    for c in view.chars() {
        if !unit::is_surrogate(c) {
            return None;
        }
        match layout {
            Layout::Utf8 => unit::push_wtf8(&mut out, c),
            Layout::Utf16 { big: false } => out.extend((c as u16).to_le_bytes()),
            Layout::Utf16 { big: true } => out.extend((c as u16).to_be_bytes()),
            Layout::Utf32 { big: false } => out.extend(c.to_le_bytes()),
            Layout::Utf32 { big: true } => out.extend(c.to_be_bytes()),
        }
    }
    Some(out)
}

/// A unicode error taken apart.
enum Fault {
    Encode { text: Py<PyStr>, start: usize, end: usize, encoding: String },
    Decode { bytes: Py<PyBytes>, start: usize, end: usize, encoding: String },
    Translate { text: Py<PyStr>, start: usize, end: usize },
}

fn wrong_type(py: Python, exc: &PyObject) -> Raised {
    type_error(py, format!("don't know how to handle {} in error callback", tp_name(exc)))
}

fn fields(exc: &PyObject) -> &UnicodeErrorFields {
    // SAFETY: callers have checked that it is a unicode error.
    unsafe { &exc.downcast_unchecked::<ErrorObject>().0 }
}

fn text_of(py: Python, f: &UnicodeErrorFields) -> PyResult<Py<PyStr>> {
    match f.object.get_owned() {
        None => Err(type_error(py, "UnicodeError 'object' attribute is not set")),
        Some(o) => o
            .downcast_into::<PyStr>()
            .map_err(|_| type_error(py, "UnicodeError 'object' attribute must be a string")),
    }
}

fn encoding_of(py: Python, f: &UnicodeErrorFields) -> PyResult<String> {
    match f.encoding.get_owned().and_then(|o| o.downcast_into::<PyStr>().ok()) {
        Some(s) => Ok(s.to_string_lossy()),
        None => Err(type_error(py, "UnicodeError 'encoding' attribute is not set")),
    }
}

fn take_apart(py: Python, exc: &PyObject) -> PyResult<Fault> {
    let ty = exc.ty();
    if ty.is_subtype(PyUnicodeEncodeError::type_object()) {
        let f = fields(exc);
        let text = text_of(py, f)?;
        let (start, end) = f.range(text.len() as isize);
        let (start, end) = (start as usize, end as usize);
        Ok(Fault::Encode { start, end, encoding: encoding_of(py, f)?, text })
    } else if ty.is_subtype(PyUnicodeDecodeError::type_object()) {
        let f = fields(exc);
        let bytes = match f.object.get_owned() {
            None => return Err(type_error(py, "UnicodeError 'object' attribute is not set")),
            Some(o) => o
                .downcast_into::<PyBytes>()
                .map_err(|_| type_error(py, "UnicodeError 'object' attribute must be a bytes"))?,
        };
        let (start, end) = f.range(bytes.len() as isize);
        let (start, end) = (start as usize, end as usize);
        Ok(Fault::Decode { start, end, encoding: encoding_of(py, f)?, bytes })
    } else if ty.is_subtype(PyUnicodeTranslateError::type_object()) {
        let f = fields(exc);
        let text = text_of(py, f)?;
        let (start, end) = f.range(text.len() as isize);
        Ok(Fault::Translate { start: start as usize, end: end as usize, text })
    } else {
        Err(wrong_type(py, exc))
    }
}

fn raise_again(py: Python, exc: &PyObject) -> Raised {
    match exc.downcast::<PyBaseException>() {
        Some(e) => raise_object(py, e.owned()),
        None => type_error(py, "codec must pass exception instance"),
    }
}

fn answer(py: Python, value: Py, at: usize) -> PyResult {
    Ok(PyTuple::new(py, [value, PyInt::from_i64(py, at as i64)?.into_object()])?.into_object())
}

fn answer_text(py: Python, b: StrBuilder, at: usize) -> PyResult {
    answer(py, b.finish(py)?.into_object(), at)
}

/// `codecs.strict_errors`.
pub fn strict(py: Python, exc: &PyObject) -> PyResult {
    Err(raise_again(py, exc))
}

/// `codecs.ignore_errors`.
pub fn ignore(py: Python, exc: &PyObject) -> PyResult {
    let (Fault::Encode { end, .. } | Fault::Decode { end, .. } | Fault::Translate { end, .. }) =
        take_apart(py, exc)?;
    answer(py, PyStr::empty().owned().into_object(), end)
}

/// `codecs.replace_errors`.
pub fn replace(py: Python, exc: &PyObject) -> PyResult {
    let mut b = StrBuilder::new();
    let end = match take_apart(py, exc)? {
        Fault::Encode { start, end, .. } => {
            b.push_repeated('?' as u32, end - start);
            end
        }
        Fault::Decode { end, .. } => {
            b.push_char(0xfffd);
            end
        }
        Fault::Translate { start, end, .. } => {
            b.push_repeated(0xfffd, end - start);
            end
        }
    };
    answer_text(py, b, end)
}

/// `codecs.xmlcharrefreplace_errors`.
pub fn xml_char_ref_replace(py: Python, exc: &PyObject) -> PyResult {
    if !exc.ty().is_subtype(PyUnicodeEncodeError::type_object()) {
        return Err(wrong_type(py, exc));
    }
    let Fault::Encode { text, start, end, .. } = take_apart(py, exc)? else {
        return Err(wrong_type(py, exc));
    };
    let mut b = StrBuilder::new();
    for c in text.view().slice(start, end).chars() {
        b.push_str(&format!("&#{c};"));
    }
    answer_text(py, b, end)
}

/// `codecs.backslashreplace_errors`.
pub fn backslash_replace(py: Python, exc: &PyObject) -> PyResult {
    let mut b = StrBuilder::new();
    let end = match take_apart(py, exc)? {
        Fault::Encode { text, start, end, .. } | Fault::Translate { text, start, end } => {
            text.view().slice(start, end).chars().for_each(|c| push_escape(&mut b, c));
            end
        }
        Fault::Decode { bytes, start, end, .. } => {
            for &byte in bytes.as_bytes().get(start..end).unwrap_or_default() {
                push_escape(&mut b, byte as u32);
            }
            end
        }
    };
    answer_text(py, b, end)
}

/// `codecs.namereplace_errors`.
pub fn name_replace(py: Python, exc: &PyObject) -> PyResult {
    if !exc.ty().is_subtype(PyUnicodeEncodeError::type_object()) {
        return Err(wrong_type(py, exc));
    }
    let Fault::Encode { text, start, end, .. } = take_apart(py, exc)? else {
        return Err(wrong_type(py, exc));
    };
    let mut b = StrBuilder::new();
    for c in text.view().slice(start, end).chars() {
        match crate::unicode::names::name(c) {
            Some(name) => b.push_str(&format!("\\N{{{name}}}")),
            None => push_escape(&mut b, c),
        }
    }
    answer_text(py, b, end)
}

/// `surrogateescape` as a registered handler.
pub fn surrogate_escape(py: Python, exc: &PyObject) -> PyResult {
    match take_apart(py, exc)? {
        Fault::Encode { text, start, end, .. } => match unescape_bytes(text.view().slice(start, end)) {
            Some(bytes) => answer(py, PyBytes::new(py, &bytes)?.into_object(), end),
            None => Err(raise_again(py, exc)),
        },
        Fault::Decode { bytes, start, end, .. } => match escape_bytes(bytes.as_bytes(), start, end) {
            Some((text, at)) => answer(py, PyStr::from_ucs4(py, &text)?.into_object(), at),
            None => Err(raise_again(py, exc)),
        },
        Fault::Translate { .. } => Err(wrong_type(py, exc)),
    }
}

/// `surrogatepass` as a registered handler.
pub fn surrogate_pass(py: Python, exc: &PyObject) -> PyResult {
    match take_apart(py, exc)? {
        Fault::Encode { text, start, end, encoding } => {
            match pass_encode(text.view().slice(start, end), &encoding) {
                Some(bytes) => answer(py, PyBytes::new(py, &bytes)?.into_object(), end),
                None => Err(raise_again(py, exc)),
            }
        }
        Fault::Decode { bytes, start, encoding, .. } => match pass_decode(bytes.as_bytes(), start, &encoding)
        {
            Some((c, n)) => answer(py, PyStr::from_char(py, c)?.into_object(), start + n),
            None => Err(raise_again(py, exc)),
        },
        Fault::Translate { .. } => Err(wrong_type(py, exc)),
    }
}
