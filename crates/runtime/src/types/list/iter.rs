//! The iterators of `list`, forwards and backwards.

use super::PyList;
use crate::prelude::*;
use crate::types::int::to_ssize;
use crate::types::iter::{builtin_iter, builtin_reversed};

/// `_PyListIterObject` (`pycore_list.h`): the interpreter loop steps it in place.
#[repr(C)]
#[derive(Traverse)]
pub struct PyListIter {
    pub ob_base: PyObject,
    /// -1 once the iterator is exhausted.
    pub it_index: Cell<isize>,
    /// Empty once the iterator is exhausted.
    pub it_seq: Slot<PyList>,
}

/// The iterator of `reversed(list)`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyListRevIter {
    pub ob_base: PyObject,
    pub it_index: Cell<isize>,
    pub it_seq: Slot<PyList>,
}

impl PyListIter {
    pub fn new(py: Python, list: &PyList) -> PyResult<Py<PyListIter>> {
        let ty = PyListIter::type_object();
        let value = PyListIter {
            ob_base: PyObject::header(ty),
            it_index: Cell::new(0),
            it_seq: Slot::new(Some(list.owned())),
        };
        new_object(py, ty, value)
    }
}

impl PyListRevIter {
    pub fn new(py: Python, list: &PyList) -> PyResult<Py<PyListRevIter>> {
        let ty = PyListRevIter::type_object();
        let value = PyListRevIter {
            ob_base: PyObject::header(ty),
            it_index: Cell::new(list.len() as isize - 1),
            it_seq: Slot::new(Some(list.owned())),
        };
        new_object(py, ty, value)
    }
}

/// What pickle needs: the function, the list and where to go on; or the function and an empty list.
fn reduce(py: Python, function: Py, seq: Option<Py<PyList>>, index: isize) -> PyResult<Py<PyTuple>> {
    match seq {
        Some(l) if index >= 0 => {
            let args = PyTuple::new(py, [l.into_object()])?;
            PyTuple::new(py, [function, args.into_object(), PyInt::from_isize(py, index)?.into_object()])
        }
        _ => {
            let args = PyTuple::new(py, [PyList::empty(py)?.into_object()])?;
            PyTuple::new(py, [function, args.into_object()])
        }
    }
}

#[pytype(name = "list_iterator", symbol = "PyListIter_Type", base = PyObject, flags(GC, DISALLOW_INSTANTIATION))]
impl PyListIter {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PyListIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, _py: Python) -> PyResult<Option<Py>> {
        let i = self.it_index.get();
        // SAFETY: nothing runs while the list is looked at.
        let Some(l) = (unsafe { self.it_seq.get() }) else { return Ok(None) };
        if i >= 0
            && let Some(item) = l.get(i as usize)
        {
            self.it_index.set(i + 1);
            return Ok(Some(item));
        }
        self.it_index.set(-1);
        drop(self.it_seq.take());
        Ok(None)
    }

    /// How many items are left, as a hint.
    #[pymethod]
    fn __length_hint__(&self, _py: Python) -> isize {
        match self.it_seq.get_owned() {
            Some(l) if self.it_index.get() >= 0 => (l.len() as isize - self.it_index.get()).max(0),
            _ => 0,
        }
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        // Looking up the builtin can run code that exhausts this iterator: it comes first.
        let function = builtin_iter(py)?;
        reduce(py, function, self.it_seq.get_owned(), self.it_index.get())
    }

    /// Sets the position.
    #[pymethod(text = "($self, object, /)")]
    fn __setstate__(&self, py: Python, state: &PyObject) -> PyResult<()> {
        let i = to_ssize(py, state)?;
        if let Some(l) = self.it_seq.get_owned() {
            self.it_index.set(i.clamp(-1, l.len() as isize));
        }
        Ok(())
    }
}

#[pytype(name = "list_reverseiterator", symbol = "PyListRevIter_Type", base = PyObject, flags(GC, DISALLOW_INSTANTIATION))]
impl PyListRevIter {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PyListRevIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, _py: Python) -> PyResult<Option<Py>> {
        let i = self.it_index.get();
        // SAFETY: nothing runs while the list is looked at.
        let Some(l) = (unsafe { self.it_seq.get() }) else { return Ok(None) };
        if i >= 0
            && let Some(item) = l.get(i as usize)
        {
            self.it_index.set(i - 1);
            return Ok(Some(item));
        }
        self.it_index.set(-1);
        drop(self.it_seq.take());
        Ok(None)
    }

    /// How many items are left, as a hint.
    #[pymethod]
    fn __length_hint__(&self, _py: Python) -> isize {
        let left = self.it_index.get() + 1;
        match self.it_seq.get_owned() {
            Some(l) if l.len() as isize >= left => left,
            _ => 0,
        }
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let function = builtin_reversed(py)?;
        reduce(py, function, self.it_seq.get_owned(), self.it_index.get())
    }

    /// Sets the position.
    #[pymethod(text = "($self, object, /)")]
    fn __setstate__(&self, py: Python, state: &PyObject) -> PyResult<()> {
        let i = to_ssize(py, state)?;
        if let Some(l) = self.it_seq.get_owned() {
            self.it_index.set(i.clamp(-1, l.len() as isize - 1));
        }
        Ok(())
    }
}
