//! `o[a:b]` without making a slice object where the type allows it.

use crate::abstract_::ObjectExt;
use crate::types::PySlice;
use object::{PyLayout, PyObject, PyResult, Python};

/// `o[start:stop]`.
pub fn get(py: Python, o: &PyObject, start: &PyObject, stop: &PyObject) -> PyResult {
    let slice = PySlice::new(py, start.owned(), stop.owned(), crate::singletons::none_owned())?;
    o.get_item(py, slice.as_object())
}

/// `o[start:stop] = value`.
pub fn set(py: Python, o: &PyObject, start: &PyObject, stop: &PyObject, value: &PyObject) -> PyResult<()> {
    let slice = PySlice::new(py, start.owned(), stop.owned(), crate::singletons::none_owned())?;
    o.set_item(py, slice.as_object(), value)
}
