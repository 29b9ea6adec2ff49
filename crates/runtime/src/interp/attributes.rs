//! Attribute access for calls.

use crate::types::PyStr;
use object::{Py, PyObject, PyResult, Python};

/// An attribute about to be called: a function of the type that is still to be given its object (true), or the attribute itself.
#[inline]
pub fn get_method(py: Python, o: &PyObject, name: &PyStr) -> PyResult<(Py, bool)> {
    crate::types::object_::get_method(py, o, name)
}
