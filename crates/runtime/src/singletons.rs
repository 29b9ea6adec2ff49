//! `None`, `NotImplemented`, `Ellipsis`, `True` and `False` as borrowed references. Their types are in `types/`.

use crate::types::{PyInt, bool_, ellipsis as ellipsis_type, none as none_type};
use object::{Py, PyLayout, PyObject};

/// `None`.
#[inline(always)]
pub fn none() -> &'static PyObject {
    &none_type::_Py_NoneStruct
}

/// `NotImplemented`.
#[inline(always)]
pub fn not_implemented() -> &'static PyObject {
    &ellipsis_type::_Py_NotImplementedStruct
}

/// `Ellipsis`.
#[inline(always)]
pub fn ellipsis() -> &'static PyObject {
    &ellipsis_type::_Py_EllipsisObject
}

/// `True` or `False`.
#[inline(always)]
pub fn py_bool(value: bool) -> &'static PyInt {
    if value { &bool_::_Py_TrueStruct } else { &bool_::_Py_FalseStruct }
}

/// A new reference to `None`.
#[inline(always)]
pub fn none_owned() -> Py {
    none().owned()
}
