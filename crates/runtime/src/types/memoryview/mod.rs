//! `memoryview`: layouts.

use crate::prelude::*;

/// A read-only view of a copy of `bytes`.
pub fn of_bytes(py: Python, bytes: &[u8]) -> PyResult {
    Ok(PyBytes::new(py, bytes)?.into_object())
}
