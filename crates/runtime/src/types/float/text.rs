//! Floats from text.

use super::PyFloat;
use crate::prelude::*;
use crate::types::buffer::Buffer;
use crate::types::int::to_ascii;

fn is_blank(b: &u8) -> bool {
    matches!(b, b' ' | 9..=13)
}

/// Text without surrounding spaces and without underscores, each of which must stand between two digits. `None`: one does not.
pub(in crate::types) fn clean(text: &[u8]) -> Option<String> {
    let start = text.iter().position(|b| !is_blank(b)).unwrap_or(text.len());
    let end = text.iter().rposition(|b| !is_blank(b)).map_or(start, |i| i + 1);
    let s = &text[start..end];
    let digit = |i: Option<usize>| i.and_then(|i| s.get(i)).is_some_and(u8::is_ascii_digit);
    let mut out = String::with_capacity(s.len());
    for (i, &b) in s.iter().enumerate() {
        match b {
            b'_' if digit(i.checked_sub(1)) && digit(Some(i + 1)) => {}
            b'_' => return None,
            b if b.is_ascii() => out.push(b as char),
            _ => return None,
        }
    }
    Some(out)
}

/// What `float()` accepts as a string, correctly rounded. `None`: not a number.
pub fn parse_float(text: &[u8]) -> Option<f64> {
    clean(text)?.parse().ok()
}

/// The bytes of a `str`, with digits and spaces of other scripts made ASCII.
pub(in crate::types) fn ascii_of(s: &PyStr) -> Vec<u8> {
    match s.as_ascii() {
        Some(s) => s.as_bytes().to_vec(),
        None => s.chars().map(to_ascii).collect(),
    }
}

impl PyFloat {
    /// `float(text)` for a string or a bytes-like object (`PyFloat_FromString`).
    pub fn from_string(py: Python, o: &PyObject) -> PyResult<Py<PyFloat>> {
        let text = if let Some(s) = o.downcast::<PyStr>() {
            ascii_of(s)
        } else if let Some(b) = o.downcast::<PyBytes>() {
            b.as_bytes().to_vec()
        } else if let Some(b) = o.downcast::<PyByteArray>() {
            b.to_vec()
        } else if o.ty().as_buffer().is_some_and(|b| b.bf_getbuffer.get().is_some()) {
            Buffer::get(py, o, 0)?.as_slice().to_vec()
        } else {
            let text = format!("float() argument must be a string or a real number, not '{}'", type_name(o));
            return Err(type_error(py, text));
        };
        match parse_float(&text) {
            Some(v) => PyFloat::new(py, v),
            None => {
                let shown = o.repr(py)?.to_string_lossy();
                Err(value_error(py, format!("could not convert string to float: {shown}")))
            }
        }
    }
}
