//! `sys.settrace` and `sys.setprofile`, on top of monitoring.

use crate::types::PyFrame;
use object::{PyObject, PyResult, Python};

/// `sys.settrace`.
pub fn set_trace(_py: Python, _f: Option<&PyObject>) -> PyResult<()> {
    Ok(())
}

/// `sys.setprofile`.
pub fn set_profile(_py: Python, _f: Option<&PyObject>) -> PyResult<()> {
    Ok(())
}

/// A frame wants to trace single instructions.
pub fn trace_opcodes(_py: Python, _f: &PyFrame) -> PyResult<()> {
    Ok(())
}
