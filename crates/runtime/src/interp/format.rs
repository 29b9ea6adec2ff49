//! Pieces of f-strings.

use crate::abstract_::ObjectExt;
use crate::errors::type_error;
use crate::types::PyStr;
use bytecode::args::convert;
use object::{Py, PyObject, PyResult, Python};

/// `!s`, `!r`, `!a`.
pub fn convert_value(py: Python, o: &PyObject, oparg: u32) -> PyResult<Py<PyStr>> {
    match oparg {
        convert::STR => o.str_(py),
        convert::REPR => o.repr(py),
        _ => o.ascii(py),
    }
}

/// `{o}`, for what is no exact string.
pub fn format_simple(py: Python, o: &PyObject) -> PyResult<Py<PyStr>> {
    o.format_(py, None)
}

/// `{o:spec}`.
pub fn format_with_spec(py: Python, o: &PyObject, spec: &PyObject) -> PyResult<Py<PyStr>> {
    match spec.downcast::<PyStr>() {
        Some(s) => o.format_(py, Some(s)),
        None => Err(type_error(
            py,
            format!("Format specifier must be a string, not {}", spec.ty().display_name()),
        )),
    }
}
