//! UTF-8.

use super::errors::surrogate_run;
use super::{Decoded, Errors, Input, Replacement};
use crate::prelude::*;
use crate::types::bytes_::BytesBuilder;
use crate::types::str_::{StrBuilder, StrView, unit};
use crate::types::{PyBytes, PyStr};

/// What is wrong at the end of the valid part: how many bytes are to blame, and the reason.
fn fault(rest: &[u8], error_len: Option<usize>) -> (usize, &'static str) {
    match (error_len, rest.first()) {
        (None, _) => (rest.len(), "unexpected end of data"),
        (Some(n), Some(0xc2..=0xf4)) => (n, "invalid continuation byte"),
        _ => (1, "invalid start byte"),
    }
}

/// May more input complete what is at the end? The first two bytes of a surrogate count, for `surrogatepass`.
fn is_incomplete(rest: &[u8], e: &std::str::Utf8Error) -> bool {
    e.error_len().is_none() || matches!(rest, [0xed, 0xa0..=0xbf])
}

/// Decodes; an incomplete character at the end is left if `last` is not set.
pub fn decode(py: Python, bytes: &[u8], errors: &str, last: bool) -> Decoded {
    match std::str::from_utf8(bytes) {
        Ok(s) => Ok((PyStr::new(py, s)?, bytes.len())),
        Err(e) if !last && is_incomplete(bytes.get(e.valid_up_to()..).unwrap_or_default(), &e) => {
            let good = bytes.get(..e.valid_up_to()).unwrap_or_default();
            Ok((PyStr::new(py, std::str::from_utf8(good).unwrap_or_default())?, good.len()))
        }
        Err(_) => decode_faulty(py, bytes, errors, last),
    }
}

#[cold]
fn decode_faulty(py: Python, bytes: &[u8], errors: &str, last: bool) -> Decoded {
    let mut errors = Errors::new(py, errors);
    let mut input = Input::new(bytes);
    let mut out = StrBuilder::with_capacity(bytes.len());
    let mut at = 0;
    loop {
        let rest = input.bytes.get(at..).unwrap_or_default();
        match std::str::from_utf8(rest) {
            Ok(s) => {
                out.push_str(s);
                at += rest.len();
                break;
            }
            Err(e) => {
                let (good, bad) = rest.split_at(e.valid_up_to());
                out.push_str(std::str::from_utf8(good).unwrap_or_default());
                at += good.len();
                if !last && is_incomplete(bad, &e) {
                    break;
                }
                let (n, reason) = fault(bad, e.error_len());
                at = errors.decode("utf-8", &mut input, at, at + n, reason, &mut out)?;
            }
        }
    }
    Ok((out.finish(py)?, at))
}

/// Encodes.
pub fn encode(py: Python, text: &PyStr, errors: &str) -> PyResult<Py<PyBytes>> {
    if text.is_ascii() {
        return PyBytes::new(py, text.raw_bytes());
    }
    if let Some(n) = unit::utf8_len(text.view()) {
        let b = PyBytes::alloc(py, n)?;
        // SAFETY: a new object of exactly the encoded length.
        unsafe { unit::write_utf8(text.view(), b.data_ptr()) };
        return Ok(b);
    }
    encode_surrogates(py, text, errors)
}

#[cold]
fn encode_surrogates(py: Python, text: &PyStr, errors: &str) -> PyResult<Py<PyBytes>> {
    let mut errors = Errors::new(py, errors);
    let mut out = BytesBuilder::with_capacity(text.len() + text.len() / 2);
    let mut at = 0;
    while at < text.len() {
        let c = text.char_at(at);
        if !unit::is_surrogate(c) {
            push(&mut out, c);
            at += 1;
            continue;
        }
        let end = surrogate_run(text, at);
        let (replacement, next) = errors.encode("utf-8", text, at, end, "surrogates not allowed")?;
        match replacement {
            Replacement::Bytes(b) => out.extend(b.as_bytes()),
            Replacement::Text(s) => {
                if !s.is_ascii() {
                    return Err(errors.encode_error("utf-8", text, at, end, "surrogates not allowed"));
                }
                out.extend(s.raw_bytes());
            }
        }
        at = next;
    }
    out.finish(py)
}

fn push(out: &mut BytesBuilder, c: u32) {
    let mut buf = [0u8; 4];
    // SAFETY: four bytes are enough.
    let n = unsafe { unit::write_char(buf.as_mut_ptr(), c) };
    out.extend(&buf[..n]);
}

/// UTF-8 of a view without surrogates appended to a buffer; false (and nothing appended) if there are some.
pub fn append(view: StrView<'_>, out: &mut BytesBuilder) -> bool {
    if unit::utf8_len(view).is_none() {
        return false;
    }
    view.chars().for_each(|c| push(out, c));
    true
}
