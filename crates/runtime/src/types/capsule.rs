//! `PyCapsule`: a C pointer as an object.
use crate::prelude::*;
use object::typeobj::{Destructor, Inquiry, TraverseProc};
use std::ffi::{c_char, c_void};

/// `PyCapsule`.
#[repr(C)]
pub struct PyCapsule {
    pub ob_base: PyObject,
    pub pointer: Cell<*mut c_void>,
    pub name: Cell<*const c_char>,
    pub context: Cell<*mut c_void>,
    pub destructor: Cell<Option<Destructor>>,
    pub traverse: Cell<Option<TraverseProc>>,
    pub clear: Cell<Option<Inquiry>>,
}
declare_type!(PyCapsule, PyObject, PyCapsule_Type, "PyCapsule", 0);
