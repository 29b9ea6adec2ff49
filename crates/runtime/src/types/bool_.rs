//! `bool`: two static ints of their own type.

use crate::types::int::{PyInt, StaticInt};

/// `True` and `False`.
#[repr(C)]
pub struct PyBool {
    pub ob_base: PyInt,
}

declare_type!(PyBool, PyInt, PyBool_Type, "bool", 0);

#[unsafe(no_mangle)]
pub static _Py_FalseStruct: StaticInt = StaticInt::new(&PyBool_Type, 0, 0);
#[unsafe(no_mangle)]
pub static _Py_TrueStruct: StaticInt = StaticInt::new(&PyBool_Type, 1, 0);
