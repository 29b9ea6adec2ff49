//! `types.SimpleNamespace`.
use crate::prelude::*;

/// `_PyNamespaceObject`.
#[repr(C)]
pub struct PyNamespace {
    pub ob_base: PyObject,
    pub ns_dict: Slot<PyDict>,
}
declare_type!(PyNamespace, PyObject, _PyNamespace_Type, "types.SimpleNamespace", 0);
