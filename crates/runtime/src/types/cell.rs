//! `cell`: a variable shared with inner functions.

use crate::prelude::*;
use crate::types::PyStr;

/// `PyCellObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyCell {
    pub ob_base: PyObject,
    pub ob_ref: Slot,
}

const _: () = assert!(size_of::<PyCell>() == 24);

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

/// A variable shared between functions.
#[pytype(name = "cell", symbol = "PyCell_Type", flags(GC), text = "([contents])")]
impl PyCell {
    #[slot(tp_new, sig = "(contents=<unrepresentable>, /)")]
    fn tp_new(py: Python, _cls: &PyTypeObject, contents: Option<&PyObject>) -> PyResult<Py<PyCell>> {
        PyCell::new(py, contents.map(|c| c.owned()))
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let text = match self.get() {
            None => format!("<cell at {:p}: empty>", self.as_ptr()),
            Some(v) => format!(
                "<cell at {:p}: {} object at {:p}>",
                self.as_ptr(),
                v.ty().tp_name().to_string_lossy(),
                v.as_ptr()
            ),
        };
        PyStr::new(py, &text)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyCell>() else { return Ok(not_implemented().owned()) };
        match (self.get(), other.get()) {
            (Some(a), Some(b)) => a.rich_compare(py, &b, op),
            // An empty cell comes before a full one.
            (a, b) => Ok(py_bool(op.holds(a.is_some().cmp(&b.is_some()))).owned().into_object()),
        }
    }

    #[getter]
    fn cell_contents(&self, py: Python) -> PyResult {
        self.get().ok_or_else(|| value_error(py, "Cell is empty"))
    }

    #[setter(cell_contents)]
    fn set_cell_contents(&self, _py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set(value.map(|v| v.owned()));
        Ok(())
    }
}
