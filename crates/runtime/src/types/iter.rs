//! `iter(sequence)` for types with `__getitem__` only, and `iter(callable, sentinel)`; helpers for iterators' `__reduce__`.

use crate::prelude::*;
use crate::types::exceptions::{PyExc_IndexError_Type, PyExc_StopIteration_Type};
use crate::types::int::to_ssize;

/// `builtins.iter`.
pub(in crate::types) fn builtin_iter(py: Python) -> PyResult {
    crate::interp::builtin(py, intern!(py, "iter"))
}

/// `builtins.reversed`.
pub(in crate::types) fn builtin_reversed(py: Python) -> PyResult {
    crate::interp::builtin(py, intern!(py, "reversed"))
}

/// `(iter, (arg,))`, with the position where one is needed.
pub(in crate::types) fn reduce_iter(
    py: Python,
    function: Py,
    arg: Py,
    index: Option<isize>,
) -> PyResult<Py<PyTuple>> {
    let args = PyTuple::new(py, [arg])?.into_object();
    match index {
        Some(i) => PyTuple::new(py, [function, args, PyInt::from_isize(py, i)?.into_object()]),
        None => PyTuple::new(py, [function, args]),
    }
}

/// `sequence[i]` through `sq_item`; `None` at the end, which `IndexError` or `StopIteration` says.
pub(in crate::types) fn sequence_item(py: Python, seq: &PyObject, i: isize) -> PyResult<Option<Py>> {
    let Some(f) = seq.ty().as_sequence().and_then(|s| s.sq_item.get()) else {
        return Err(type_error(py, format!("'{}' object does not support indexing", type_name(seq))));
    };
    // SAFETY: a slot called with a live object.
    match unsafe { from_c(py, f(seq.as_ptr(), i)) } {
        Ok(item) => Ok(Some(item)),
        Err(e) => {
            if matches(py, &PyExc_IndexError_Type) || matches(py, &PyExc_StopIteration_Type) {
                drop(fetch(py, e));
                return Ok(None);
            }
            Err(e)
        }
    }
}

/// The iterator of sequences that have no `__iter__`.
#[repr(C)]
#[derive(Traverse)]
pub struct PySeqIter {
    pub ob_base: PyObject,
    it_index: Cell<isize>,
    /// Empty once the iterator is exhausted.
    it_seq: Slot,
}

impl PySeqIter {
    pub fn new(py: Python, seq: &PyObject) -> PyResult<Py<PySeqIter>> {
        let ty = PySeqIter::type_object();
        let value = PySeqIter {
            ob_base: PyObject::header(ty),
            it_index: Cell::new(0),
            it_seq: Slot::new(Some(seq.owned())),
        };
        new_object(py, ty, value)
    }
}

#[pytype(name = "iterator", symbol = "PySeqIter_Type", base = PyObject, flags(GC, DISALLOW_INSTANTIATION))]
impl PySeqIter {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PySeqIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let Some(seq) = self.it_seq.get_owned() else { return Ok(None) };
        let i = self.it_index.get();
        if i == isize::MAX {
            return Err(overflow_error(py, "iter index too large"));
        }
        let item = sequence_item(py, &seq, i)?;
        match item {
            Some(_) => self.it_index.set(i + 1),
            None => self.it_seq.set(None),
        }
        Ok(item)
    }

    /// How many items are left, as a hint.
    #[pymethod]
    fn __length_hint__(&self, py: Python) -> PyResult {
        let Some(seq) = self.it_seq.get_owned() else { return Ok(PyInt::from_i64(py, 0)?.into_object()) };
        let has_len = seq.ty().as_sequence().is_some_and(|s| s.sq_length.get().is_some())
            || seq.ty().as_mapping().is_some_and(|m| m.mp_length.get().is_some());
        if !has_len {
            return Ok(not_implemented().owned());
        }
        let left = seq.length(py)? - self.it_index.get();
        Ok(PyInt::from_isize(py, left.max(0))?.into_object())
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        // Looking up the builtin can run code that exhausts this iterator: it comes first.
        let function = builtin_iter(py)?;
        match self.it_seq.get_owned() {
            Some(seq) => reduce_iter(py, function, seq, Some(self.it_index.get())),
            None => reduce_iter(py, function, PyTuple::empty(py).into_object(), None),
        }
    }

    /// Sets the position.
    #[pymethod(text = "($self, object, /)")]
    fn __setstate__(&self, py: Python, state: &PyObject) -> PyResult<()> {
        let i = to_ssize(py, state)?;
        if !self.it_seq.is_empty() {
            self.it_index.set(i.max(0));
        }
        Ok(())
    }
}

/// Calls a function until it gives the sentinel.
#[repr(C)]
#[derive(Traverse)]
pub struct PyCallIter {
    pub ob_base: PyObject,
    /// Both empty once the iterator is exhausted.
    it_callable: Slot,
    it_sentinel: Slot,
}

impl PyCallIter {
    pub fn new(py: Python, callable: &PyObject, sentinel: &PyObject) -> PyResult<Py<PyCallIter>> {
        let ty = PyCallIter::type_object();
        let value = PyCallIter {
            ob_base: PyObject::header(ty),
            it_callable: Slot::new(Some(callable.owned())),
            it_sentinel: Slot::new(Some(sentinel.owned())),
        };
        new_object(py, ty, value)
    }

    fn finish(&self) {
        drop((self.it_callable.take(), self.it_sentinel.take()));
    }
}

#[pytype(name = "callable_iterator", symbol = "PyCallIter_Type", base = PyObject, flags(GC, DISALLOW_INSTANTIATION))]
impl PyCallIter {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PyCallIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let Some(callable) = self.it_callable.get_owned() else { return Ok(None) };
        let result = match callable.call0(py) {
            Ok(r) => r,
            Err(e) => {
                let exc = catch(py, e, &PyExc_StopIteration_Type)?;
                self.finish();
                drop(exc);
                return Ok(None);
            }
        };
        // The call may have exhausted the iterator.
        let Some(sentinel) = self.it_sentinel.get_owned() else { return Ok(None) };
        if sentinel.compare_bool(py, &result, CompareOp::Eq)? {
            self.finish();
            return Ok(None);
        }
        Ok(Some(result))
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let function = builtin_iter(py)?;
        match (self.it_callable.get_owned(), self.it_sentinel.get_owned()) {
            (Some(c), Some(s)) => {
                let args = PyTuple::new(py, [c, s])?;
                PyTuple::new(py, [function, args.into_object()])
            }
            _ => reduce_iter(py, function, PyTuple::empty(py).into_object(), None),
        }
    }
}
