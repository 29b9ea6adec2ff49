//! Python functions (`PyFunctionObject`).

use crate::prelude::*;
use crate::types::code::PyCode;
use object::typeobj::VectorcallFunc;

/// `PyFunctionObject`.
#[repr(C)]

pub struct PyFunction {
    pub ob_base: PyObject,
    pub func_globals: Py<PyObject>,
    pub func_builtins: Py<PyObject>,
    pub func_name: Slot<PyStr>,
    pub func_qualname: Slot<PyStr>,
    pub func_code: Slot<PyCode>,
    pub func_defaults: Slot<PyTuple>,
    pub func_kwdefaults: Slot<PyDict>,
    pub func_closure: Slot<PyTuple>,
    pub func_doc: Slot,
    pub func_dict: Slot,
    pub func_weakreflist: Cell<*mut PyObject>,
    pub func_module: Slot,
    pub func_annotations: Slot,
    pub func_annotate: Slot,
    pub func_typeparams: Slot,
    pub vectorcall: Cell<Option<VectorcallFunc>>,
    /// 0: unset; changes when code, defaults or vectorcall do.
    pub func_version: Cell<u32>,
}

declare_type!(PyFunction, PyObject, PyFunction_Type, "function", 0);
