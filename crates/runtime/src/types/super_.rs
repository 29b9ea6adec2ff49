//! `super`.
use crate::prelude::*;

/// `superobject`.
#[repr(C)]
pub struct PySuper {
    pub ob_base: PyObject,
    pub type_: Slot<PyTypeObject>,
    pub obj: Slot,
    pub obj_type: Slot<PyTypeObject>,
}
declare_type!(PySuper, PyObject, PySuper_Type, "super", 0);
