//! `range` and its iterators.

use crate::types::PyInt;
use object::{Py, PyObject};
use std::cell::Cell;

/// `range`; the fields are exact ints.
#[repr(C)]
pub struct PyRange {
    pub ob_base: PyObject,
    pub start: Py<PyInt>,
    pub stop: Py<PyInt>,
    pub step: Py<PyInt>,
    pub length: Py<PyInt>,
}

declare_type!(PyRange, PyObject, PyRange_Type, "range", 0);

/// `_PyRangeIterObject` (`pycore_range.h`): the interpreter loop steps it in place.
#[repr(C)]
pub struct PyRangeIter {
    pub ob_base: PyObject,
    pub start: Cell<i64>,
    pub step: Cell<i64>,
    pub len: Cell<i64>,
}

declare_type!(PyRangeIter, PyObject, PyRangeIter_Type, "range_iterator", 0);

const _: () = {
    assert!(size_of::<PyRange>() == 48);
    assert!(size_of::<PyRangeIter>() == 40);
};
