//! Text encodings: the registry, error handlers and the built-in codecs.
//!
//! Decoders take bytes, the name of the error handling and whether this is the end of the input, and return the text with
//! the number of bytes used. Encoders take a string and return bytes.

pub mod charmap;
pub mod errors;
pub mod escape;
pub mod fs;
pub mod handlers;
pub mod punycode;
pub mod raise;
pub mod registry;
pub mod single;
pub mod unicode_escape;
pub mod utf16;
pub mod utf32;
pub mod utf7;
pub mod utf8;

pub use crate::types::exceptions::{raise_decode_error, raise_encode_error};
pub use errors::{Errors, Input, Replacement};
pub use punycode::punycode_encode;
pub use raise::raise_translate_error;

use crate::prelude::*;
use crate::types::PyBytes;

/// A text and how many bytes it was decoded from.
pub type Decoded = PyResult<(Py<PyStr>, usize)>;

/// The codecs that need no look-up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Utf8,
    Utf16,
    Utf32,
    Latin1,
    Ascii,
}

/// Recognises the usual spellings.
fn known(encoding: &str) -> Option<Known> {
    let mut buf = [0u8; 12];
    let name = encoding.as_bytes();
    if name.len() > buf.len() {
        return None;
    }
    for (to, &b) in buf.iter_mut().zip(name) {
        *to = match b {
            b'_' | b' ' => b'-',
            b => b.to_ascii_lowercase(),
        };
    }
    Some(match &buf[..name.len()] {
        b"utf-8" | b"utf8" => Known::Utf8,
        b"utf-16" | b"utf16" => Known::Utf16,
        b"utf-32" | b"utf32" => Known::Utf32,
        b"latin-1" | b"latin1" | b"iso-8859-1" | b"iso8859-1" => Known::Latin1,
        b"ascii" | b"us-ascii" => Known::Ascii,
        _ => return None,
    })
}

/// In development mode, tells of names of encodings and error handlers that do not exist even where they are not needed.
///
/// Errors: `LookupError`.
pub fn check_names(py: Python, encoding: Option<&str>, errors: Option<&str>) -> PyResult<()> {
    let interpreter = crate::state::interpreter(py);
    if !interpreter.config.borrow().dev_mode || interpreter.finalizing.get() {
        return Ok(());
    }
    if let Some(e) = encoding.filter(|e| known(e).is_none()) {
        registry::lookup(py, e)?;
    }
    const BUILT_IN: [&str; 5] = ["strict", "ignore", "replace", "surrogateescape", "surrogatepass"];
    if let Some(e) = errors.filter(|e| !BUILT_IN.contains(e)) {
        registry::lookup_error(py, e)?;
    }
    Ok(())
}

/// `PyUnicode_Decode`: bytes to text. `object` is the object the bytes are of, for codecs written in Python.
pub fn decode_bytes(
    py: Python,
    bytes: &[u8],
    object: Option<&PyObject>,
    encoding: Option<&str>,
    errors: Option<&str>,
) -> PyResult<Py<PyStr>> {
    check_names(py, encoding, errors)?;
    let handling = errors.unwrap_or("strict");
    let encoding = encoding.unwrap_or("utf-8");
    let decoded = match known(encoding) {
        Some(Known::Utf8) => utf8::decode(py, bytes, handling, true),
        Some(Known::Utf16) => {
            utf16::decode(py, bytes, handling, utf16::Order::Detect, true).map(|(s, n, _)| (s, n))
        }
        Some(Known::Utf32) => {
            utf32::decode(py, bytes, handling, utf16::Order::Detect, true).map(|(s, n, _)| (s, n))
        }
        Some(Known::Latin1) => return PyStr::from_latin1(py, bytes),
        Some(Known::Ascii) => single::decode_ascii(py, bytes, handling).map(|s| (s, 0)),
        None => {
            let owned;
            let object = match object {
                Some(o) => o,
                None => {
                    owned = crate::types::memoryview::of_bytes(py, bytes)?;
                    &*owned
                }
            };
            let r = registry::decode_text(py, object, encoding, errors)?;
            return r.downcast_into::<PyStr>().map_err(|o| {
                type_error(
                    py,
                    format!(
                        "'{encoding}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
                        tp_name(&o)
                    ),
                )
            });
        }
    };
    decoded.map(|(s, _)| s)
}

/// `PyUnicode_AsEncodedString`: text to bytes.
pub fn encode_text(py: Python, text: &PyStr, encoding: Option<&str>, errors: Option<&str>) -> PyResult {
    check_names(py, encoding, errors)?;
    let handling = errors.unwrap_or("strict");
    let encoding = encoding.unwrap_or("utf-8");
    let bytes = match known(encoding) {
        Some(Known::Utf8) => utf8::encode(py, text, handling)?,
        Some(Known::Utf16) => utf16::encode(py, text, handling, utf16::Order::Detect)?,
        Some(Known::Utf32) => utf32::encode(py, text, handling, utf16::Order::Detect)?,
        Some(Known::Latin1) => single::encode_latin1(py, text, handling)?,
        Some(Known::Ascii) => single::encode_ascii(py, text, handling)?,
        None => {
            let r = registry::encode_text(py, text.as_object(), encoding, errors)?;
            if PyBytes::check(&r) {
                return Ok(r);
            }
            if let Some(a) = r.downcast::<PyByteArray>() {
                warn(
                    py,
                    &exceptions::PyExc_RuntimeWarning_Type,
                    &format!(
                        "encoder {encoding} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types"
                    ),
                    1,
                )?;
                return Ok(PyBytes::new(py, &a.to_vec())?.into_object());
            }
            return Err(type_error(
                py,
                format!(
                    "'{encoding}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
                    tp_name(&r)
                ),
            ));
        }
    };
    Ok(bytes.into_object())
}

/// `codecs.encode(object, encoding, errors)`.
pub fn encode(py: Python, object: &PyObject, encoding: &str, errors: &str) -> PyResult {
    match (known(encoding), object.downcast::<PyStr>()) {
        (Some(_), Some(text)) => encode_text(py, text, Some(encoding), Some(errors)),
        _ => registry::encode(py, object, encoding, Some(errors)),
    }
}

/// `codecs.decode(object, encoding, errors)`.
pub fn decode(py: Python, object: &PyObject, encoding: &str, errors: &str) -> PyResult {
    match (known(encoding), object.downcast::<PyBytes>()) {
        (Some(_), Some(b)) => {
            decode_bytes(py, b.as_bytes(), Some(object), Some(encoding), Some(errors)).map(Py::into_object)
        }
        _ => registry::decode(py, object, encoding, Some(errors)),
    }
}
