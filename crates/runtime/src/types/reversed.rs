//! `reversed`.

use crate::prelude::*;
use crate::types::int::to_ssize;
use crate::types::iter::sequence_item;

/// `reversedobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyReversed {
    pub ob_base: PyObject,
    index: Cell<isize>,
    /// Empty once the iterator is exhausted.
    seq: Slot,
}

const _: () = assert!(size_of::<PyReversed>() == 32);

/// The items of a sequence, the last one first.
#[pytype(name = "reversed", symbol = "PyReversed_Type", base = PyObject, flags(BASETYPE, GC), text = "(sequence, /)")]
impl PyReversed {
    #[slot(tp_new, sig = "(object, /)")]
    #[vectorcall(sig = "(object, /)")]
    fn py_new(py: Python, cls: &PyTypeObject, object: &PyObject) -> PyResult {
        let own = object.lookup_special(py, intern!(py, "__reversed__"))?;
        let irreversible = || type_error(py, format!("'{}' object is not reversible", type_name(object)));
        if let Some(f) = own {
            if f.is_none() {
                return Err(irreversible());
            }
            return f.call0(py);
        }
        let is_sequence =
            !PyDict::check(object) && object.ty().as_sequence().is_some_and(|s| s.sq_item.get().is_some());
        if !is_sequence {
            return Err(irreversible());
        }
        let n = object.length(py)?;
        let value = PyReversed {
            ob_base: PyObject::header(cls),
            index: Cell::new(n - 1),
            seq: Slot::new(Some(object.owned())),
        };
        Ok(new_object(py, cls, value)?.into_object())
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PyReversed> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let i = self.index.get();
        if i >= 0
            && let Some(seq) = self.seq.get_owned()
            && let Some(item) = sequence_item(py, &seq, i)?
        {
            self.index.set(i - 1);
            return Ok(Some(item));
        }
        self.index.set(-1);
        self.seq.set(None);
        Ok(None)
    }

    /// How many items are left, as a hint.
    #[pymethod]
    fn __length_hint__(&self, py: Python) -> PyResult<isize> {
        let Some(seq) = self.seq.get_owned() else { return Ok(0) };
        let left = self.index.get() + 1;
        Ok(if seq.length(py)? < left { 0 } else { left })
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let cls = self.ty().object().owned();
        match self.seq.get_owned() {
            Some(seq) => {
                let args = PyTuple::new(py, [seq])?.into_object();
                PyTuple::new(py, [cls, args, PyInt::from_isize(py, self.index.get())?.into_object()])
            }
            None => {
                let args = PyTuple::new(py, [PyTuple::empty(py).into_object()])?;
                PyTuple::new(py, [cls, args.into_object()])
            }
        }
    }

    /// Sets the position.
    #[pymethod(text = "($self, object, /)")]
    fn __setstate__(&self, py: Python, state: &PyObject) -> PyResult<()> {
        let i = to_ssize(py, state)?;
        if let Some(seq) = self.seq.get_owned() {
            let n = seq.length(py)?;
            self.index.set(i.min(n - 1).max(-1));
        }
        Ok(())
    }
}
