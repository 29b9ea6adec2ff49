//! Bound methods.
use crate::prelude::*;
use object::typeobj::VectorcallFunc;

/// `PyMethodObject`.
#[repr(C)]
pub struct PyMethod {
    pub ob_base: PyObject,
    pub im_func: Py,
    pub im_self: Py,
    pub im_weakreflist: Cell<*mut PyObject>,
    pub vectorcall: Cell<Option<VectorcallFunc>>,
}
declare_type!(PyMethod, PyObject, PyMethod_Type, "method", 0);
