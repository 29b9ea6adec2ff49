//! Weak references and proxies.
use crate::prelude::*;
use object::typeobj::VectorcallFunc;

/// `PyWeakReference`.
#[repr(C)]
pub struct PyWeakRef {
    pub ob_base: PyObject,
    /// Borrowed; `None` once the referent is gone.
    pub wr_object: Cell<*mut PyObject>,
    pub wr_callback: Slot,
    pub hash: Cell<isize>,
    pub wr_prev: Cell<*const PyWeakRef>,
    pub wr_next: Cell<*const PyWeakRef>,
    pub vectorcall: Cell<Option<VectorcallFunc>>,
}
declare_type!(PyWeakRef, PyObject, _PyWeakref_RefType, "weakref.ReferenceType", 0);
