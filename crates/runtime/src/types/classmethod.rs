//! `classmethod` and `staticmethod`.
use crate::prelude::*;

/// `classmethod`.
#[repr(C)]
pub struct PyClassMethod {
    pub ob_base: PyObject,
    pub cm_callable: Slot,
    pub cm_dict: Slot<PyDict>,
}
declare_type!(PyClassMethod, PyObject, PyClassMethod_Type, "classmethod", 0);

/// `staticmethod`.
#[repr(C)]
pub struct PyStaticMethod {
    pub ob_base: PyObject,
    pub sm_callable: Slot,
    pub sm_dict: Slot<PyDict>,
}
declare_type!(PyStaticMethod, PyObject, PyStaticMethod_Type, "staticmethod", 0);
