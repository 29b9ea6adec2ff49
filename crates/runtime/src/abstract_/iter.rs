//! The iterator protocol.

use crate::errors::*;
use crate::types::exceptions::PyExc_StopIteration_Type;
use crate::types::iter::PySeqIter;
use crate::types::object_::is_iterator;
use object::{Py, PyLayout, PyObject, PyResult, Python};

/// `iter(o)`.
pub fn get_iter(py: Python, o: &PyObject) -> PyResult {
    let Some(f) = o.ty().tp_iter.get() else {
        if super::item::is_sequence(o) {
            return Ok(PySeqIter::new(py, o)?.into_object());
        }
        return Err(type_error(py, format!("'{}' object is not iterable", type_name(o))));
    };
    // SAFETY: a slot called with a live object of its type.
    let it: Py = unsafe { from_c(py, f(o.as_ptr()))? };
    if is_iterator(&it) {
        Ok(it)
    } else {
        Err(type_error(py, format!("iter() returned non-iterator of type '{}'", type_name(&it))))
    }
}

/// `next(o)`, with `None` at the end. `StopIteration` counts as the end.
#[inline]
pub fn iter_next(py: Python, o: &PyObject) -> PyResult<Option<Py>> {
    let Some(f) = o.ty().tp_iternext.get() else {
        return Err(type_error(py, format!("'{}' object is not an iterator", type_name(o))));
    };
    // Iterators over iterators may be nested without end.
    crate::state::enter_recursive_call(py, " while getting the next item")?;
    // SAFETY: a slot called with a live object of its type; it returns an owned reference or null.
    match unsafe { Py::from_raw_owned_or_opt(f(o.as_ptr())) } {
        Some(v) => Ok(Some(v)),
        None => end(py),
    }
}

#[inline]
fn end(py: Python) -> PyResult<Option<Py>> {
    if crate::state::thread(py).current_exception.is_empty() {
        return Ok(None);
    }
    drop(catch(py, object::Raised::pending(), &PyExc_StopIteration_Type)?);
    Ok(None)
}
