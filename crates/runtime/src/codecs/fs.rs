//! The file system encoding: UTF-8 with `surrogateescape`, as on every Linux system.

use super::utf8;
use crate::prelude::*;
use crate::types::{PyBytes, PyStr};

/// `sys.getfilesystemencoding()`.
pub const ENCODING: &str = "utf-8";
/// `sys.getfilesystemencodeerrors()`.
pub const ERRORS: &str = "surrogateescape";

/// Bytes from the system as text (`PyUnicode_DecodeFSDefault`).
pub fn decode(py: Python, bytes: &[u8]) -> PyResult<Py<PyStr>> {
    utf8::decode(py, bytes, ERRORS, true).map(|(s, _)| s)
}

/// Text as bytes for the system (`PyUnicode_EncodeFSDefault`).
pub fn encode(py: Python, text: &PyStr) -> PyResult<Py<PyBytes>> {
    utf8::encode(py, text, ERRORS)
}
