//! The iterator of `set` and `frozenset`.

use super::PySet;
use crate::prelude::*;
use crate::types::iter::builtin_iter;

/// `setiterobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PySetIter {
    pub ob_base: PyObject,
    /// Empty once the iterator is exhausted.
    si_set: Slot<PySet>,
    /// The number of items the set must still have; -1 once it failed.
    si_used: Cell<isize>,
    si_pos: Cell<usize>,
    len: Cell<isize>,
}

const _: () = assert!(size_of::<PySetIter>() == 48);

impl PySetIter {
    pub fn new(py: Python, set: &PySet) -> PyResult<Py<PySetIter>> {
        let ty = PySetIter::type_object();
        let value = PySetIter {
            ob_base: PyObject::header(ty),
            si_set: Slot::new(Some(set.owned())),
            si_used: Cell::new(set.used.get()),
            si_pos: Cell::new(0),
            len: Cell::new(set.used.get()),
        };
        new_object(py, ty, value)
    }
}

#[pytype(name = "set_iterator", symbol = "PySetIter_Type", base = PyObject, flags(GC, DISALLOW_INSTANTIATION))]
impl PySetIter {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PySetIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        // SAFETY: nothing runs while the set is looked at.
        let Some(s) = (unsafe { self.si_set.get() }) else { return Ok(None) };
        if self.si_used.get() != s.used.get() {
            self.si_used.set(-1);
            return Err(runtime_error(py, "Set changed size during iteration"));
        }
        let mut pos = self.si_pos.get();
        let found = s.next(&mut pos);
        self.si_pos.set(pos);
        match found {
            Some((item, _)) => {
                self.len.set(self.len.get() - 1);
                Ok(Some(item))
            }
            None => {
                drop(self.si_set.take());
                Ok(None)
            }
        }
    }

    /// How many items are left, as a hint.
    #[pymethod]
    fn __length_hint__(&self, _py: Python) -> isize {
        match self.si_set.get_owned() {
            Some(s) if s.used.get() == self.si_used.get() => self.len.get(),
            _ => 0,
        }
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let mut rest = Vec::new();
        if let Some(s) = self.si_set.get_owned() {
            if s.used.get() != self.si_used.get() {
                self.si_used.set(-1);
                return Err(runtime_error(py, "Set changed size during iteration"));
            }
            let mut pos = self.si_pos.get();
            while let Some((item, _)) = s.next(&mut pos) {
                rest.push(item);
            }
        }
        let args = PyTuple::new(py, [PyList::new(py, rest)?.into_object()])?;
        PyTuple::new(py, [builtin_iter(py)?, args.into_object()])
    }
}
