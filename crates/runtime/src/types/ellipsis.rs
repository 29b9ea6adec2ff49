//! `Ellipsis` and `NotImplemented`.
use crate::prelude::*;

#[allow(non_upper_case_globals)]
#[unsafe(no_mangle)]
pub static _Py_EllipsisObject: PyObject = PyObject::static_header(&PyEllipsis_Type);
#[allow(non_upper_case_globals)]
#[unsafe(no_mangle)]
pub static PyEllipsis_Type: PyTypeObject = PyTypeObject::EMPTY;
#[allow(non_upper_case_globals)]
#[unsafe(no_mangle)]
pub static _Py_NotImplementedStruct: PyObject = PyObject::static_header(&_PyNotImplemented_Type);
#[allow(non_upper_case_globals)]
#[unsafe(no_mangle)]
pub static _PyNotImplemented_Type: PyTypeObject = PyTypeObject::EMPTY;
