//! Descriptors of attributes implemented in Rust or C (`Include/descrobject.h`).
use crate::prelude::*;
use object::typeobj::VectorcallFunc;
use std::ffi::c_void;

/// `PyDescrObject`.
#[repr(C)]
pub struct PyDescr {
    pub ob_base: PyObject,
    pub d_type: Slot<PyTypeObject>,
    pub d_name: Slot,
    pub d_qualname: Slot,
}
/// `PyMethodDescrObject`.
#[repr(C)]
pub struct PyMethodDescr {
    pub d_common: PyDescr,
    pub d_method: Cell<*const PyMethodDef>,
    pub vectorcall: Cell<Option<VectorcallFunc>>,
}
/// `PyMemberDescrObject`.
#[repr(C)]
pub struct PyMemberDescr {
    pub d_common: PyDescr,
    pub d_member: Cell<*const PyMemberDef>,
}
/// `PyGetSetDescrObject`.
#[repr(C)]
pub struct PyGetSetDescr {
    pub d_common: PyDescr,
    pub d_getset: Cell<*const PyGetSetDef>,
}
/// `PyWrapperDescrObject`.
#[repr(C)]
pub struct PyWrapperDescr {
    pub d_common: PyDescr,
    pub d_base: Cell<*const c_void>,
    pub d_wrapped: Cell<*const c_void>,
}
