//! `None`.
use crate::prelude::*;

/// `None`'s type.
#[allow(non_upper_case_globals)]
#[unsafe(no_mangle)]
pub static _Py_NoneStruct: PyObject = PyObject::static_header(&_PyNone_Type);
#[allow(non_upper_case_globals)]
#[unsafe(no_mangle)]
pub static _PyNone_Type: PyTypeObject = PyTypeObject::EMPTY;
