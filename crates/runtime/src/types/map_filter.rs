//! `map` and `filter`.

use crate::prelude::*;
use crate::types::zip::{check_all_ended, iterators, strict_keyword};

/// `mapobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyMap {
    pub ob_base: PyObject,
    iters: Py<PyTuple>,
    func: Py,
    strict: Cell<bool>,
}

/// `filterobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyFilter {
    pub ob_base: PyObject,
    func: Py,
    it: Py,
}

const _: () = {
    assert!(size_of::<PyMap>() == 40);
    assert!(size_of::<PyFilter>() == 32);
};

/// Iterators whose items are gathered on the stack for the call.
const STACK_ITEMS: usize = 4;

impl PyMap {
    fn make(py: Python, cls: &PyTypeObject, args: &[&PyObject], strict: bool) -> PyResult<Py<PyMap>> {
        let (func, iterables) = match args {
            [func, iterables @ ..] if !iterables.is_empty() => (func, iterables),
            _ => return Err(type_error(py, "map() must have at least two arguments.")),
        };
        let iters = iterators(py, iterables)?;
        let value =
            PyMap { ob_base: PyObject::header(cls), iters, func: func.owned(), strict: Cell::new(strict) };
        new_object(py, cls, value)
    }

    /// The next item of iterator `i`.
    fn step(&self, py: Python, i: usize, it: &PyObject) -> PyResult<Option<Py>> {
        match it.iter_next(py) {
            Ok(None) if self.strict.get() => check_all_ended(py, "map", &self.iters, i).map(|()| None),
            other => other,
        }
    }
}

/// The function's results for the items of the iterables, taken together.
///
/// Ends with the shortest iterable; with strict, unequal lengths raise
/// ValueError.
#[pytype(
    name = "map",
    symbol = "PyMap_Type",
    base = PyObject,
    flags(BASETYPE, GC),
    text = "(function, iterable, /, *iterables, strict=False)"
)]
impl PyMap {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyMap>> {
        let strict = strict_keyword(py, "map", kwargs)?;
        PyMap::make(py, cls, args.items(), strict)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PyMap> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let its = self.iters.items();
        if let [it] = its {
            return match self.step(py, 0, it)? {
                Some(item) => self.func.call1(py, &item).map(Some),
                None => Ok(None),
            };
        }
        let mut stack: [Option<Py>; STACK_ITEMS] = [const { None }; STACK_ITEMS];
        let mut heap: Vec<Option<Py>> = Vec::new();
        let items: &mut [Option<Py>] = match stack.get_mut(..its.len()) {
            Some(s) => s,
            None => {
                heap.resize_with(its.len(), || None);
                &mut heap
            }
        };
        for (i, (it, place)) in its.iter().zip(items.iter_mut()).enumerate() {
            *place = self.step(py, i, it)?;
            if place.is_none() {
                return Ok(None);
            }
        }
        let args: Vec<&PyObject> = items.iter().flatten().map(|o| &**o).collect();
        self.func.call(py, &args).map(Some)
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let mut args = vec![self.func.clone()];
        args.extend(self.iters.items().iter().map(|o| o.owned()));
        let (cls, args) = (self.ty().object().owned(), PyTuple::new(py, args)?.into_object());
        if self.strict.get() {
            PyTuple::new(py, [cls, args, py_bool(true).owned().into_object()])
        } else {
            PyTuple::new(py, [cls, args])
        }
    }

    /// Sets strict.
    #[pymethod(text = "($self, object, /)")]
    fn __setstate__(&self, py: Python, state: &PyObject) -> PyResult<()> {
        self.strict.set(state.is_true(py)?);
        Ok(())
    }
}

impl PyFilter {
    fn make(py: Python, cls: &PyTypeObject, args: &[&PyObject], keywords: bool) -> PyResult<Py<PyFilter>> {
        if keywords {
            return Err(type_error(py, "filter() takes no keyword arguments"));
        }
        let [func, iterable] = args else {
            return Err(type_error(py, format!("filter expected 2 arguments, got {}", args.len())));
        };
        let it = iterable.get_iter(py)?;
        new_object(py, cls, PyFilter { ob_base: PyObject::header(cls), func: func.owned(), it })
    }
}

/// The items of the iterable for which the function's result is true.
///
/// With None as function, the items that are true themselves.
#[pytype(
    name = "filter",
    symbol = "PyFilter_Type",
    base = PyObject,
    flags(BASETYPE, GC),
    text = "(function, iterable, /)"
)]
impl PyFilter {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyFilter>> {
        let own = PyFilter::type_object();
        let same_init = cls.tp_init.get().map(|f| f as usize) == own.tp_init.get().map(|f| f as usize);
        PyFilter::make(py, cls, args.items(), same_init && kwargs.is_some_and(|k| !k.is_empty()))
    }

    #[vectorcall]
    fn vectorcall(
        py: Python,
        cls: &PyTypeObject,
        args: &[&PyObject],
        kwnames: Option<&PyTuple>,
    ) -> PyResult<Py<PyFilter>> {
        PyFilter::make(py, cls, args, kwnames.is_some_and(|k| !k.is_empty()))
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PyFilter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let plain = self.func.is_none() || self.func.is(PyBool::type_object().object());
        while let Some(item) = self.it.iter_next(py)? {
            let keep = if plain { item.is_true(py)? } else { self.func.call1(py, &item)?.is_true(py)? };
            if keep {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let args = PyTuple::new(py, [self.func.clone(), self.it.clone()])?;
        PyTuple::new(py, [self.ty().object().owned(), args.into_object()])
    }
}
