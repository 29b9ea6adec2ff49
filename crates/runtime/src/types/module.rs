//! `module`.
use crate::prelude::*;
use std::ffi::c_void;

/// `PyModuleObject`.
#[repr(C)]
pub struct PyModule {
    pub ob_base: PyObject,
    pub md_dict: Slot<PyDict>,
    pub md_def: Cell<*const PyModuleDef>,
    pub md_state: Cell<*mut c_void>,
    pub md_weaklist: Cell<*mut PyObject>,
    pub md_name: Slot,
}
declare_type!(PyModule, PyObject, PyModule_Type, "module", 0);
