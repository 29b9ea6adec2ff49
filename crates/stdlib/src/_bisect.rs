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

/// Binary search in sorted sequences: finding the place of an item, and inserting it there so that no sorting is needed.
#[pymodule(name = "_bisect")]
pub mod _bisect {
    use super::{insert, search};
    use runtime::prelude::*;

    /// Position in the sorted sequence a at which x goes behind everything that is not greater.
    ///
    /// Only a[lo:hi] is looked at; key, if given, maps items (not x) to what is compared.
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

    /// Position in the sorted sequence a at which x goes before everything that is not smaller.
    ///
    /// Only a[lo:hi] is looked at; key, if given, maps items (not x) to what is compared.
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

    /// Puts x into the sorted list a, behind its equals.
    ///
    /// Only a[lo:hi] is looked at; key, if given, maps items and x to what is compared.
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

    /// Puts x into the sorted list a, before its equals.
    ///
    /// Only a[lo:hi] is looked at; key, if given, maps items and x to what is compared.
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
