//! `types.GenericAlias`: `list[int]`.
use crate::prelude::*;
use object::typeobj::VectorcallFunc;

/// `gaobject`.
#[repr(C)]
pub struct PyGenericAlias {
    pub ob_base: PyObject,
    pub origin: Py,
    pub args: Py<PyTuple>,
    pub parameters: Slot<PyTuple>,
    pub weakreflist: Cell<*mut PyObject>,
    pub starred: Cell<bool>,
    pub vectorcall: Cell<Option<VectorcallFunc>>,
}
declare_type!(PyGenericAlias, PyObject, Py_GenericAliasType, "types.GenericAlias", 0);
