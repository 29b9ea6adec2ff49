//! `o[a:b]` without making a slice object where the type allows it.

use crate::abstract_::ObjectExt;
use crate::types::{PyBytes, PyInt, PyList, PySlice, PyStr, PyTuple};
use object::{PyLayout, PyObject, PyResult, Python};

/// The range of a sequence of length `n` that `start:stop` means, if both are small ints or `None`.
fn range(n: usize, start: &PyObject, stop: &PyObject) -> Option<(usize, usize)> {
    let bound = |o: &PyObject, absent: usize| {
        if o.is_none() {
            return Some(absent);
        }
        let i = o.downcast_exact::<PyInt>().filter(|i| i.is_compact())?.compact_value();
        Some(if i < 0 { n.saturating_sub(i.unsigned_abs()) } else { (i as usize).min(n) })
    };
    let start = bound(start, 0)?;
    Some((start, bound(stop, n)?.max(start)))
}

/// `o[start:stop]`.
pub fn get(py: Python, o: &PyObject, start: &PyObject, stop: &PyObject) -> PyResult {
    if let Some(l) = o.downcast_exact::<PyList>() {
        if let Some((a, b)) = range(l.len(), start, stop) {
            return Ok(l.slice(py, a, b)?.into_object());
        }
    } else if let Some(s) = o.downcast_exact::<PyStr>() {
        if let Some((a, b)) = range(s.len(), start, stop) {
            return Ok(s.substring(py, a, b)?.into_object());
        }
    } else if let Some(b) = o.downcast_exact::<PyBytes>() {
        if let Some((start, stop)) = range(b.len(), start, stop)
            && stop - start < b.len()
        {
            return Ok(PyBytes::new(py, b.as_bytes().get(start..stop).unwrap_or_default())?.into_object());
        }
    } else if let Some(t) = o.downcast_exact::<PyTuple>()
        && let Some((a, b)) = range(t.len(), start, stop)
    {
        return Ok(t.slice(py, a, b)?.into_object());
    }
    let slice = PySlice::new(py, start.owned(), stop.owned(), crate::singletons::none_owned())?;
    o.get_item(py, slice.as_object())
}

/// `o[start:stop] = value`.
pub fn set(py: Python, o: &PyObject, start: &PyObject, stop: &PyObject, value: &PyObject) -> PyResult<()> {
    if let (Some(l), Some(v)) = (o.downcast_exact::<PyList>(), value.downcast_exact::<PyList>())
        && !std::ptr::eq(l, v)
        && let Some((a, b)) = range(l.len(), start, stop)
    {
        // SAFETY: another list's items, which stay as they are until old items are released, after they were copied.
        return l.assign_range(py, a, b, unsafe { v.items() });
    }
    let slice = PySlice::new(py, start.owned(), stop.owned(), crate::singletons::none_owned())?;
    o.set_item(py, slice.as_object(), value)
}
