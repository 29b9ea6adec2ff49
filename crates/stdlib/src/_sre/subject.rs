//! The text that is matched: a string, or the memory of a bytes-like object.

use runtime::prelude::*;
use runtime::types::buffer::{self, Buffer};
use runtime::types::str_::{StrView, join};

/// A text, held while it is matched.
pub enum Subject {
    Str(Py<PyStr>),
    Bytes(Buffer),
}

impl Subject {
    /// Errors: `TypeError` for objects that are no text.
    pub fn new(py: Python, o: &PyObject) -> PyResult<Subject> {
        if let Some(s) = o.downcast::<PyStr>() {
            return Ok(Subject::Str(s.owned()));
        }
        if !buffer::supports(o) {
            return Err(type_error(
                py,
                format!("expected string or bytes-like object, got '{}'", tp_name(o)),
            ));
        }
        Ok(Subject::Bytes(Buffer::get_simple(py, o)?))
    }

    /// Is it bytes? Errors: as [`new`](Self::new).
    pub fn kind_of(py: Python, o: &PyObject) -> PyResult<bool> {
        Subject::new(py, o).map(|s| s.is_bytes())
    }

    pub fn is_bytes(&self) -> bool {
        matches!(self, Subject::Bytes(_))
    }

    pub fn view(&self) -> StrView<'_> {
        match self {
            Subject::Str(s) => s.view(),
            Subject::Bytes(b) => StrView::Latin1(b.as_slice()),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Subject::Str(s) => s.len(),
            Subject::Bytes(b) => b.len(),
        }
    }

    /// A part as an object: a `str` or `bytes`. `object` is what the subject was made of.
    pub fn slice(&self, py: Python, object: &PyObject, start: usize, end: usize) -> PyResult {
        match self {
            Subject::Str(s) => Ok(s.substring(py, start, end)?.into_object()),
            Subject::Bytes(b) => {
                if start == 0 && end >= b.len() && PyBytes::check_exact(object) {
                    return Ok(object.owned());
                }
                let bytes = b.as_slice();
                let end = end.min(bytes.len());
                Ok(PyBytes::new(py, bytes.get(start..end).unwrap_or_default())?.into_object())
            }
        }
    }

    /// An empty text of the same kind.
    pub fn empty(&self, py: Python) -> PyResult {
        let _ = py;
        Ok(match self {
            Subject::Str(_) => PyStr::empty().owned().into_object(),
            Subject::Bytes(_) => PyBytes::empty().owned().into_object(),
        })
    }

    /// All parts in one. Errors: `TypeError` if one is of another kind.
    pub fn join(&self, py: Python, object: &PyObject, parts: &[Py]) -> PyResult {
        let _ = object;
        let refs: Vec<&PyObject> = parts.iter().map(|p| &**p).collect();
        match self {
            Subject::Str(_) => Ok(join(py, PyStr::empty(), &refs)?.into_object()),
            Subject::Bytes(_) => {
                if let [one] = refs[..]
                    && PyBytes::check_exact(one)
                {
                    return Ok(one.owned());
                }
                let list = PyList::new(py, parts.to_vec())?;
                let bytes = runtime::types::bytes_::ops::join(py, &Vec::new, &list)?;
                Ok(PyBytes::new(py, &bytes)?.into_object())
            }
        }
    }
}
