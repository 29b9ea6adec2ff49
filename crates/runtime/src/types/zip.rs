//! `zip`, and what it shares with `map`: keyword `strict` and the complaint about unequal lengths.

use crate::args;
use crate::prelude::*;
use crate::types::tuple::TupleBuilder;
use object::gc;

/// `zipobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyZip {
    pub ob_base: PyObject,
    tuplesize: Cell<isize>,
    ittuple: Py<PyTuple>,
    /// The tuple that is filled again when nobody kept it.
    result: Slot<PyTuple>,
    strict: Cell<bool>,
}

const _: () = assert!(size_of::<PyZip>() == 48);

/// The keyword `strict` of `zip` and `map`.
pub(in crate::types) fn strict_keyword(
    py: Python,
    function: &str,
    kwargs: Option<&PyDict>,
) -> PyResult<bool> {
    let Some(kwargs) = kwargs.filter(|k| !k.is_empty()) else { return Ok(false) };
    let [strict] = args::only_keywords(py, function, ["strict"], &args::keyword_items(Some(kwargs)))?;
    strict.map_or(Ok(false), |s| s.is_true(py))
}

/// Iterator `i` of several has ended. With `strict`, raises unless all end together.
pub(in crate::types) fn check_all_ended(py: Python, function: &str, its: &PyTuple, i: usize) -> PyResult<()> {
    let unequal = |i: usize, how: &str| {
        let others = if i == 1 { " " } else { "s 1-" };
        value_error(py, format!("{function}() argument {} is {how} than argument{others}{i}", i + 1))
    };
    if i > 0 {
        return Err(unequal(i, "shorter"));
    }
    for (i, it) in its.items().iter().enumerate().skip(1) {
        if it.iter_next(py)?.is_some() {
            return Err(unequal(i, "longer"));
        }
    }
    Ok(())
}

/// Iterators over all arguments.
pub(in crate::types) fn iterators(py: Python, args: &[&PyObject]) -> PyResult<Py<PyTuple>> {
    let its = args.iter().map(|a| a.get_iter(py)).collect::<PyResult<Vec<Py>>>()?;
    PyTuple::new(py, its)
}

impl PyZip {
    fn make(py: Python, cls: &PyTypeObject, args: &[&PyObject], strict: bool) -> PyResult<Py<PyZip>> {
        let its = iterators(py, args)?;
        let result = PyTuple::new(py, args.iter().map(|_| none().owned()))?;
        let value = PyZip {
            ob_base: PyObject::header(cls),
            tuplesize: Cell::new(its.len() as isize),
            ittuple: its,
            result: Slot::new(Some(result)),
            strict: Cell::new(strict),
        };
        new_object(py, cls, value)
    }

    fn step(&self, py: Python, i: usize, it: &PyObject) -> PyResult<Option<Py>> {
        match it.iter_next(py) {
            Ok(None) if self.strict.get() => check_all_ended(py, "zip", &self.ittuple, i).map(|()| None),
            other => other,
        }
    }

    /// Fills the tuple of last time again.
    fn refill(&self, py: Python, t: Py<PyTuple>) -> PyResult<Option<Py<PyTuple>>> {
        for (i, it) in self.ittuple.items().iter().enumerate() {
            let Some(item) = self.step(py, i, it)? else { return Ok(None) };
            // SAFETY: only this iterator refers to the tuple, which has as many items as there are iterators.
            let old: Py = unsafe { Py::from_raw_owned(t.items_ptr().add(i).replace(item.into_raw())) };
            drop(old);
        }
        t.ob_hash.set(-1);
        // SAFETY: a complete container.
        unsafe {
            if !gc::is_tracked(t.as_ptr()) {
                gc::track(t.as_ptr());
            }
        }
        Ok(Some(t))
    }
}

/// Tuples of one item from each iterable, until the shortest one ends.
///
/// With strict, unequal lengths raise ValueError.
#[pytype(
    name = "zip",
    symbol = "PyZip_Type",
    base = PyObject,
    flags(BASETYPE, GC),
    text = "(*iterables, strict=False)"
)]
impl PyZip {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyZip>> {
        let strict = strict_keyword(py, "zip", kwargs)?;
        PyZip::make(py, cls, args.items(), strict)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PyZip> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        let its = self.ittuple.items();
        if its.is_empty() {
            return Ok(None);
        }
        // SAFETY: nothing runs before the reference is counted.
        let kept = unsafe { self.result.get() }.filter(|t| t.refcount() == 1).map(|t| t.owned());
        if let Some(t) = kept {
            return self.refill(py, t);
        }
        let mut new = TupleBuilder::new(py, its.len())?;
        for (i, it) in its.iter().enumerate() {
            let Some(item) = self.step(py, i, it)? else { return Ok(None) };
            new.push(item);
        }
        Ok(Some(new.finish()))
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let (cls, its) = (self.ty().object().owned(), self.ittuple.clone().into_object());
        if self.strict.get() {
            PyTuple::new(py, [cls, its, py_bool(true).owned().into_object()])
        } else {
            PyTuple::new(py, [cls, its])
        }
    }

    /// Sets strict.
    #[pymethod(text = "($self, object, /)")]
    fn __setstate__(&self, py: Python, state: &PyObject) -> PyResult<()> {
        self.strict.set(state.is_true(py)?);
        Ok(())
    }
}
