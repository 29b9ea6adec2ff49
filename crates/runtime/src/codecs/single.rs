//! ASCII and Latin-1.

use super::{Errors, Input, Replacement};
use crate::prelude::*;
use crate::types::bytes_::BytesBuilder;
use crate::types::str_::StrBuilder;
use crate::types::{PyBytes, PyStr};

/// Decodes ASCII.
pub fn decode_ascii(py: Python, bytes: &[u8], errors: &str) -> PyResult<Py<PyStr>> {
    if bytes.is_ascii() {
        return PyStr::from_latin1(py, bytes);
    }
    let mut errors = Errors::new(py, errors);
    let mut input = Input::new(bytes);
    let mut out = StrBuilder::with_capacity(bytes.len());
    let mut at = 0;
    while at < input.bytes.len() {
        let rest = &input.bytes[at..];
        let good = rest.iter().position(|b| !b.is_ascii()).unwrap_or(rest.len());
        out.push_latin1(&rest[..good]);
        at += good;
        if at < input.bytes.len() {
            at = errors.decode("ascii", &mut input, at, at + 1, "ordinal not in range(128)", &mut out)?;
        }
    }
    out.finish(py)
}

/// Encodes to ASCII.
pub fn encode_ascii(py: Python, text: &PyStr, errors: &str) -> PyResult<Py<PyBytes>> {
    if text.is_ascii() {
        return PyBytes::new(py, text.raw_bytes());
    }
    encode(py, text, errors, 128, "ascii", "ordinal not in range(128)")
}

/// Encodes to Latin-1.
pub fn encode_latin1(py: Python, text: &PyStr, errors: &str) -> PyResult<Py<PyBytes>> {
    if let crate::types::str_::StrView::Latin1(bytes) = text.view() {
        return PyBytes::new(py, bytes);
    }
    encode(py, text, errors, 256, "latin-1", "ordinal not in range(256)")
}

fn encode(
    py: Python,
    text: &PyStr,
    errors: &str,
    limit: u32,
    encoding: &str,
    reason: &str,
) -> PyResult<Py<PyBytes>> {
    let mut errors = Errors::new(py, errors);
    let mut out = BytesBuilder::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let c = text.char_at(at);
        if c < limit {
            out.push(c as u8);
            at += 1;
            continue;
        }
        let end = at + text.view().slice(at, text.len()).chars().take_while(|&c| c >= limit).count();
        let (replacement, next) = errors.encode(encoding, text, at, end, reason)?;
        match replacement {
            Replacement::Bytes(b) => out.extend(b.as_bytes()),
            Replacement::Text(s) => {
                if s.chars().any(|c| c >= limit) {
                    return Err(errors.encode_error(encoding, text, at, end, reason));
                }
                s.chars().for_each(|c| out.push(c as u8));
            }
        }
        at = next;
    }
    out.finish(py)
}
