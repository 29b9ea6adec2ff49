//! The iterator over a one-dimensional memoryview.

use super::PyMemoryView;
use crate::prelude::*;

/// `memory_iterator`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyMemoryIter {
    pub ob_base: PyObject,
    index: Cell<isize>,
    /// Empty once exhausted.
    source: Slot<PyMemoryView>,
}

#[pytype(name = "memory_iterator", symbol = "_PyMemoryIter_Type", flags(GC))]
impl PyMemoryIter {
    pub(super) fn make(py: Python, source: &PyMemoryView) -> PyResult<Py<PyMemoryIter>> {
        source.check(py)?;
        match source.ndim() {
            0 => return Err(type_error(py, "invalid indexing of 0-dim memory")),
            1 => {}
            _ => {
                return Err(not_implemented_error(py, "multi-dimensional sub-views are not implemented"));
            }
        }
        source.native_format(py)?;
        let ty = PyMemoryIter::type_object();
        new_object(
            py,
            ty,
            PyMemoryIter {
                ob_base: PyObject::header(ty),
                index: Cell::new(0),
                source: Slot::new(Some(source.owned())),
            },
        )
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Py<PyMemoryIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let Some(source) = self.source.get_owned() else { return Ok(None) };
        source.check(py)?;
        let i = self.index.get();
        if i >= source.shape().first().copied().unwrap_or(0) {
            self.source.set(None);
            return Ok(None);
        }
        self.index.set(i + 1);
        source.get_one(py, i).map(Some)
    }
}
