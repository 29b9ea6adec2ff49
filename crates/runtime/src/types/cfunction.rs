//! `builtin_function_or_method`: functions written in Rust or C.
use crate::prelude::*;
use object::typeobj::VectorcallFunc;

/// `PyCFunctionObject`.
#[repr(C)]
pub struct PyCFunction {
    pub ob_base: PyObject,
    pub m_ml: Cell<*const PyMethodDef>,
    pub m_self: Slot,
    pub m_module: Slot,
    pub m_weakreflist: Cell<*mut PyObject>,
    pub vectorcall: Cell<Option<VectorcallFunc>>,
}
declare_type!(PyCFunction, PyObject, PyCFunction_Type, "builtin_function_or_method", 0);

/// `PyCMethodObject`: also knows the class that defines it.
#[repr(C)]
pub struct PyCMethod {
    pub ob_base: PyCFunction,
    pub mm_class: Slot<PyTypeObject>,
}
declare_type!(PyCMethod, PyCFunction, PyCMethod_Type, "builtin_method", 0);
