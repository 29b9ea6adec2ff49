//! The arguments of unicode errors, and raising `UnicodeTranslateError`.

use crate::errors;
use crate::types::exceptions::PyExc_UnicodeTranslateError_Type;
use crate::types::{PyInt, PyStr, PyTuple};
use object::{Py, PyObject, PyResult, PyTypeObject, Python, Raised};

fn raise(py: Python, ty: &PyTypeObject, args: PyResult<Py<PyTuple>>) -> Raised {
    match args {
        Ok(args) => errors::raise_with(py, ty, &args),
        Err(e) => e,
    }
}

/// Makes the argument tuple `(encoding, object, start, end, reason)`.
pub(crate) fn error_args(
    py: Python,
    encoding: Option<&str>,
    object: &PyObject,
    start: usize,
    end: usize,
    reason: &str,
) -> PyResult<Py<PyTuple>> {
    use object::PyLayout;
    let rest = [
        object.owned(),
        PyInt::from_usize(py, start)?.into_object(),
        PyInt::from_usize(py, end)?.into_object(),
        PyStr::new(py, reason)?.into_object(),
    ];
    match encoding {
        Some(e) => {
            let e = PyStr::new(py, e)?.into_object();
            let [a, b, c, d] = rest;
            PyTuple::new(py, [e, a, b, c, d])
        }
        None => PyTuple::new(py, rest),
    }
}

/// Raises `UnicodeTranslateError(object, start, end, reason)`.
#[cold]
pub fn raise_translate_error(py: Python, object: &PyStr, start: usize, end: usize, reason: &str) -> Raised {
    let args = error_args(py, None, object, start, end, reason);
    raise(py, &PyExc_UnicodeTranslateError_Type, args)
}
