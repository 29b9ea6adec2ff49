//! t-strings: `BUILD_INTERPOLATION` and `BUILD_TEMPLATE`.

use crate::errors::bad_internal_call;
use crate::types::template as t;
use crate::types::{PyStr, PyTuple};
use object::{PyObject, PyResult, Python};

/// `Interpolation(value, text, conversion, spec)`; `conversion` is 0 or the oparg of `CONVERT_VALUE`.
pub fn interpolation(
    py: Python,
    value: &PyObject,
    text: &PyObject,
    conversion: u32,
    spec: Option<&PyObject>,
) -> PyResult {
    t::new_interpolation(
        py,
        value,
        text,
        conversion,
        spec.unwrap_or(object::PyLayout::as_object(PyStr::empty())),
    )
}

/// `Template` of strings and interpolations in turn.
pub fn template(py: Python, strings: &PyObject, interpolations: &PyObject) -> PyResult {
    match (strings.downcast::<PyTuple>(), interpolations.downcast::<PyTuple>()) {
        (Some(s), Some(i)) => t::new_template(py, s, i),
        _ => Err(bad_internal_call(py)),
    }
}
