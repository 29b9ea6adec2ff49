//! `_bisect`.

use macros::pymodule;
use runtime::abstract_::{item, number};
use runtime::prelude::*;

/// Where `x` belongs in a sorted sequence; `right`: behind its equals.
fn search(
    py: Python,
    a: &PyObject,
    x: &PyObject,
    lo: isize,
    hi: Option<&PyObject>,
    key: Option<&PyObject>,
    right: bool,
) -> PyResult<isize> {
    if lo < 0 {
        return Err(value_error(py, "lo must be non-negative"));
    }
    let hi = match hi.filter(|h| !h.is_none()) {
        Some(h) => number::index_isize(py, h, Some(&exceptions::PyExc_OverflowError_Type))?,
        None => -1,
    };
    let mut hi = if hi < 0 { item::length(py, a)? } else { hi };
    let mut lo = lo;
    let key = key.filter(|k| !k.is_none());
    while lo < hi {
        let mid = lo + (hi - lo) / 2;
        let at = PyInt::from_isize(py, mid)?;
        let mut probe = a.get_item(py, at.as_object())?;
        if let Some(k) = key {
            probe = k.call1(py, &probe)?;
        }
        let less = |l: &PyObject, r: &PyObject| -> PyResult<bool> {
            l.rich_compare(py, r, CompareOp::Lt)?.is_true(py)
        };
        let go_left = if right { less(x, &probe)? } else { !less(&probe, x)? };
        if go_left {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    Ok(lo)
}

fn insert(
    py: Python,
    a: &PyObject,
    x: &PyObject,
    lo: isize,
    hi: Option<&PyObject>,
    key: Option<&PyObject>,
    right: bool,
) -> PyResult<()> {
    let at = match key.filter(|k| !k.is_none()) {
        None => search(py, a, x, lo, hi, None, right)?,
        Some(k) => search(py, a, &*k.call1(py, x)?, lo, hi, Some(k), right)?,
    };
    match a.downcast_exact::<PyList>() {
        Some(list) => list.insert(py, at, x.owned()),
        None => {
            a.call_method(py, intern!(py, "insert"), &[PyInt::from_isize(py, at)?.as_object(), x]).map(drop)
        }
    }
}

/// Bisection algorithms.
///
/// This module provides support for maintaining a list in sorted order without
/// having to sort the list after each insertion.
#[pymodule(name = "_bisect")]
pub mod _bisect {
    use super::{insert, search};
    use runtime::prelude::*;

    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e <= x, and all e in
    /// a[i:] have e > x.
    #[pyfunction(sig = "(a, x, lo=0, hi=None, *, key=None)")]
    pub fn bisect_right(
        py: Python,
        a: &PyObject,
        x: &PyObject,
        lo: isize,
        hi: Option<&PyObject>,
        key: Option<&PyObject>,
    ) -> PyResult<isize> {
        search(py, a, x, lo, hi, key, true)
    }

    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e < x, and all e in
    /// a[i:] have e >= x.
    #[pyfunction(sig = "(a, x, lo=0, hi=None, *, key=None)")]
    pub fn bisect_left(
        py: Python,
        a: &PyObject,
        x: &PyObject,
        lo: isize,
        hi: Option<&PyObject>,
        key: Option<&PyObject>,
    ) -> PyResult<isize> {
        search(py, a, x, lo, hi, key, false)
    }

    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the right of the rightmost x.
    #[pyfunction(sig = "(a, x, lo=0, hi=None, *, key=None)")]
    pub fn insort_right(
        py: Python,
        a: &PyObject,
        x: &PyObject,
        lo: isize,
        hi: Option<&PyObject>,
        key: Option<&PyObject>,
    ) -> PyResult<()> {
        insert(py, a, x, lo, hi, key, true)
    }

    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the left of the leftmost x.
    #[pyfunction(sig = "(a, x, lo=0, hi=None, *, key=None)")]
    pub fn insort_left(
        py: Python,
        a: &PyObject,
        x: &PyObject,
        lo: isize,
        hi: Option<&PyObject>,
        key: Option<&PyObject>,
    ) -> PyResult<()> {
        insert(py, a, x, lo, hi, key, false)
    }
}
