//! `cell`: a variable shared with inner functions.
use crate::prelude::*;

/// `PyCellObject`.
#[repr(C)]
pub struct PyCell {
    pub ob_base: PyObject,
    pub ob_ref: Slot,
}
declare_type!(PyCell, PyObject, PyCell_Type, "cell", 0);

impl PyCell {
    /// A new cell.
    pub fn new(py: Python, value: Option<Py>) -> PyResult<Py<PyCell>> {
        let ty = PyCell::type_object();
        new_object(py, ty, PyCell { ob_base: PyObject::header(ty), ob_ref: Slot::new(value) })
    }
    /// The content, if there is one.
    #[inline(always)]
    pub fn get(&self) -> Option<Py> {
        self.ob_ref.get_owned()
    }
    /// Stores a value, then releases the old one.
    #[inline(always)]
    pub fn set(&self, value: Option<Py>) {
        self.ob_ref.set(value)
    }
}
