//! `pairwise` and `batched`.

use runtime::prelude::*;

/// `pairwiseobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Pairwise {
    pub ob_base: PyObject,
    it: Slot,
    old: Slot,
    /// Used again when nobody else has it.
    result: Slot<PyTuple>,
}

/// Each item together with the next one: pairwise('ABC') --> AB BC
#[pytype(
    name = "pairwise",
    module = "itertools",
    basicsize = 40,
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO)
)]
impl Pairwise {
    #[slot(tp_new, sig = "(iterable, /)")]
    fn py_new(py: Python, cls: &PyTypeObject, iterable: &PyObject) -> PyResult<Py<Pairwise>> {
        let it = Slot::new(Some(iterable.get_iter(py)?));
        let result = Slot::new(Some(PyTuple::new(py, [none().owned(), none().owned()])?));
        new_object(py, cls, Pairwise { ob_base: PyObject::header(cls), it, old: Slot::empty(), result })
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Pairwise> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        let result = self.step(py);
        if !matches!(result, Ok(Some(_))) {
            drop((self.it.take(), self.old.take()));
        }
        result
    }

    fn step(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        let Some(mut it) = self.it.get_owned() else { return Ok(None) };
        let old = match self.old.get_owned() {
            Some(o) => o,
            None => {
                let Some(first) = it.iter_next(py)? else { return Ok(None) };
                self.old.set(Some(first.clone()));
                // Getting the first item may have ended or restarted this very iterator.
                it = match self.it.get_owned() {
                    Some(it) => it,
                    None => return Ok(None),
                };
                first
            }
        };
        let Some(new) = it.iter_next(py)? else { return Ok(None) };
        self.old.set(Some(new.clone()));
        runtime::types::tuple::refill_pair(py, &self.result, old, new).map(Some)
    }
}

/// `batchedobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Batched {
    pub ob_base: PyObject,
    it: Slot,
    size: isize,
    strict: bool,
}

/// Tuples of n items each, the last one possibly shorter; with strict, a short one is an error.
///
/// The input is read only as far as the current tuple needs.
#[pytype(name = "batched", module = "itertools", flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO))]
impl Batched {
    #[slot(tp_new, sig = "(iterable, n, *, strict=False)")]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        iterable: &PyObject,
        n: isize,
        strict: bool,
    ) -> PyResult<Py<Batched>> {
        if n < 1 {
            return Err(value_error(py, "n must be at least one"));
        }
        let it = Slot::new(Some(iterable.get_iter(py)?));
        new_object(py, cls, Batched { ob_base: PyObject::header(cls), it, size: n, strict })
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Batched> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        let Some(it) = self.it.get_owned() else { return Ok(None) };
        let mut items = Vec::new();
        while (items.len() as isize) < self.size {
            match it.iter_next(py)? {
                Some(item) => items.push(item),
                None => {
                    self.it.set(None);
                    break;
                }
            }
        }
        if items.is_empty() {
            return Ok(None);
        }
        if self.strict && (items.len() as isize) < self.size {
            return Err(value_error(py, "batched(): incomplete batch"));
        }
        PyTuple::new(py, items).map(Some)
    }
}
