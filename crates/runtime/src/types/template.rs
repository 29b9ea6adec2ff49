//! Template strings: `string.templatelib.Template` and `Interpolation`.

use crate::prelude::*;
use crate::types::PyTuple;

/// `Interpolation(value, text, conversion, spec)`.
pub fn new_interpolation(py: Python, _value: &PyObject, _text: &PyObject, _conversion: u32, _spec: &PyObject) -> PyResult {
    Err(not_implemented_error(py, "t-strings are not implemented yet"))
}

/// `Template` of strings and interpolations in turn.
pub fn new_template(py: Python, _strings: &PyTuple, _interpolations: &PyTuple) -> PyResult {
    Err(not_implemented_error(py, "t-strings are not implemented yet"))
}
