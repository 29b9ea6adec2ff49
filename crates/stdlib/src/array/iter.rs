//! `arrayiterator`.

use super::PyArray;
use runtime::prelude::*;

/// Iterator over an array.
#[repr(C)]
#[derive(Traverse)]
pub struct PyArrayIter {
    pub ob_base: PyObject,
    array: Slot<PyArray>,
    #[traverse(skip)]
    index: Cell<usize>,
}

impl PyArrayIter {
    pub fn make(py: Python, a: &PyArray) -> PyResult<Py<PyArrayIter>> {
        let ty = PyArrayIter::type_object();
        let value = PyArrayIter {
            ob_base: PyObject::header(ty),
            array: Slot::new(Some(a.owned())),
            index: Cell::new(0),
        };
        new_object(py, ty, value)
    }
}

#[pytype(
    name = "arrayiterator",
    module = "array",
    flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    nosig
)]
impl PyArrayIter {
    #[slot(tp_iter)]
    fn iter(&self) -> Py<PyArrayIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let Some(a) = self.array.get_owned() else { return Ok(None) };
        let i = self.index.get();
        if i < a.len() {
            self.index.set(i + 1);
            return a.get(py, i);
        }
        self.array.set(None);
        Ok(None)
    }

    /// State for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let iter = runtime::import::import_attr(py, "builtins", "iter")?;
        match self.array.get_owned() {
            Some(a) => {
                let args = PyTuple::new(py, [a.into_object()])?.into_object();
                let at = PyInt::from_usize(py, self.index.get())?.into_object();
                PyTuple::new(py, [iter, args, at])
            }
            None => {
                let args = PyTuple::new(py, [PyList::empty(py)?.into_object()])?.into_object();
                PyTuple::new(py, [iter, args])
            }
        }
    }

    /// Sets the state of an unpickled iterator.
    #[pymethod(name = "__setstate__")]
    fn set_state(&self, py: Python, state: &PyObject) -> PyResult<()> {
        let i = state.index_isize(py, Some(&exceptions::PyExc_OverflowError_Type))?;
        if let Some(a) = self.array.get_owned() {
            self.index.set((i.max(0) as usize).min(a.len()));
        }
        Ok(())
    }
}
