//! `typing.Union`: `X | Y`.
use crate::prelude::*;

/// `unionobject`.
#[repr(C)]
pub struct PyUnion {
    pub ob_base: PyObject,
    pub args: Py<PyTuple>,
    pub hashable_args: Slot,
    pub unhashable_args: Slot,
    pub parameters: Slot,
    pub weakreflist: Cell<*mut PyObject>,
}
declare_type!(PyUnion, PyObject, _PyUnion_Type, "typing.Union", 0);
impl PyUnion {
    /// The alternatives.
    pub fn args(&self) -> Py<PyTuple> {
        self.args.clone()
    }
}
