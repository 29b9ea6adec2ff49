//! The iterator of `tuple`.

use super::PyTuple;
use crate::prelude::*;
use crate::types::int::to_ssize;
use crate::types::iter::{builtin_iter, reduce_iter};

/// `_PyTupleIterObject` (`pycore_tuple.h`): the interpreter loop steps it in place.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTupleIter {
    pub ob_base: PyObject,
    pub it_index: Cell<isize>,
    /// Empty once the iterator is exhausted.
    pub it_seq: Slot<PyTuple>,
}

impl PyTupleIter {
    pub fn new(py: Python, tuple: &PyTuple) -> PyResult<Py<PyTupleIter>> {
        let ty = PyTupleIter::type_object();
        let value = PyTupleIter {
            ob_base: PyObject::header(ty),
            it_index: Cell::new(0),
            it_seq: Slot::new(Some(tuple.owned())),
        };
        new_object(py, ty, value)
    }
}

#[pytype(name = "tuple_iterator", symbol = "PyTupleIter_Type", base = PyObject, flags(GC, DISALLOW_INSTANTIATION))]
impl PyTupleIter {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PyTupleIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, _py: Python) -> PyResult<Option<Py>> {
        // SAFETY: nothing runs while the tuple is looked at.
        let Some(t) = (unsafe { self.it_seq.get() }) else { return Ok(None) };
        let i = self.it_index.get();
        match t.get(i as usize) {
            Some(item) => {
                self.it_index.set(i + 1);
                Ok(Some(item.owned()))
            }
            None => {
                self.it_seq.set(None);
                Ok(None)
            }
        }
    }

    /// How many items are left, as a hint.
    #[pymethod]
    fn __length_hint__(&self, _py: Python) -> isize {
        self.it_seq.get_owned().map_or(0, |t| t.len() as isize - self.it_index.get())
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        // Looking up the builtin can run code that exhausts this iterator: it comes first.
        let function = builtin_iter(py)?;
        match self.it_seq.get_owned() {
            Some(t) => reduce_iter(py, function, t.into_object(), Some(self.it_index.get())),
            None => reduce_iter(py, function, PyTuple::empty(py).into_object(), None),
        }
    }

    /// Sets the position.
    #[pymethod(text = "($self, object, /)")]
    fn __setstate__(&self, py: Python, state: &PyObject) -> PyResult<()> {
        let i = to_ssize(py, state)?;
        if let Some(t) = self.it_seq.get_owned() {
            self.it_index.set(i.clamp(0, t.len() as isize));
        }
        Ok(())
    }
}
