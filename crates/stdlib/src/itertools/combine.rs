//! `chain`, `starmap`, `accumulate` and `zip_longest`.

use runtime::abstract_::number;
use runtime::prelude::*;

/// `chainobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Chain {
    pub ob_base: PyObject,
    source: Slot,
    active: Slot,
}

impl Chain {
    fn make(py: Python, cls: &PyTypeObject, source: Py) -> PyResult<Py<Chain>> {
        let value =
            Chain { ob_base: PyObject::header(cls), source: Slot::new(Some(source)), active: Slot::empty() };
        new_object(py, cls, value)
    }
}

/// The items of one iterable after the other.
#[pytype(
    name = "chain",
    module = "itertools",
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    text = "(*iterables)"
)]
impl Chain {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<Chain>> {
        super::no_keywords::<Chain>(py, cls, kwargs, "chain")?;
        Chain::make(py, cls, args.as_object().get_iter(py)?)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Chain> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        loop {
            let Some(source) = self.source.get_owned() else { return Ok(None) };
            let active = match self.active.get_owned() {
                Some(a) => a,
                None => {
                    let made = match source.iter_next(py) {
                        Ok(Some(iterable)) => iterable.get_iter(py).map(Some),
                        other => other,
                    };
                    match made {
                        Ok(Some(a)) => {
                            self.active.set(Some(a.clone()));
                            a
                        }
                        end => {
                            self.source.set(None);
                            return end;
                        }
                    }
                }
            };
            if let Some(item) = active.iter_next(py)? {
                return Ok(Some(item));
            }
            self.active.set(None);
        }
    }

    /// chain() of the iterables in an iterable, which is read only as needed.
    #[classmethod]
    fn from_iterable(cls: &PyTypeObject, py: Python, iterable: &PyObject) -> PyResult<Py<Chain>> {
        Chain::make(py, cls, iterable.get_iter(py)?)
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        runtime::types::generic_alias::new(py, cls.as_object(), object)
    }
}

/// `starmapobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Starmap {
    pub ob_base: PyObject,
    function: Py,
    it: Py,
}

/// What function returns for each tuple of arguments in the iterable.
#[pytype(name = "starmap", module = "itertools", flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO))]
impl Starmap {
    #[slot(tp_new, sig = "(function, iterable, /)")]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        function: &PyObject,
        iterable: &PyObject,
    ) -> PyResult<Py<Starmap>> {
        let it = iterable.get_iter(py)?;
        new_object(py, cls, Starmap { ob_base: PyObject::header(cls), function: function.owned(), it })
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Starmap> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let Some(args) = self.it.iter_next(py)? else { return Ok(None) };
        let args = args.to_tuple(py)?;
        self.function.call(py, args.items()).map(Some)
    }
}

/// `accumulateobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Accumulate {
    pub ob_base: PyObject,
    total: Slot,
    it: Py,
    function: Slot,
    initial: Slot,
}

/// Running totals: each value is func, or +, of the total so far and the next item.
#[pytype(
    name = "accumulate",
    module = "itertools",
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO)
)]
impl Accumulate {
    #[slot(tp_new, sig = "(iterable, func=None, *, initial=None)")]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        iterable: &PyObject,
        func: Option<&PyObject>,
        initial: Option<&PyObject>,
    ) -> PyResult<Py<Accumulate>> {
        let given = |o: Option<&PyObject>| Slot::new(o.filter(|o| !o.is_none()).map(|o| o.owned()));
        let value = Accumulate {
            ob_base: PyObject::header(cls),
            total: Slot::empty(),
            it: iterable.get_iter(py)?,
            function: given(func),
            initial: given(initial),
        };
        new_object(py, cls, value)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Accumulate> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        if let Some(first) = self.initial.take() {
            self.total.set(Some(first.clone()));
            return Ok(Some(first));
        }
        let Some(item) = self.it.iter_next(py)? else { return Ok(None) };
        let new = match self.total.get_owned() {
            None => item,
            Some(total) => match self.function.get_owned() {
                None => number::add(py, &total, &item)?,
                Some(f) => f.call(py, &[&total, &item])?,
            },
        };
        self.total.set(Some(new.clone()));
        Ok(Some(new))
    }
}

/// `ziplongestobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct ZipLongest {
    pub ob_base: PyObject,
    /// The iterators; `None` stands for one that has ended.
    iterators: Py<PyList>,
    active: Cell<usize>,
    fill: Py,
}

/// As zip(), but up to the end of the longest iterable: those that are exhausted give fillvalue.
#[pytype(
    name = "zip_longest",
    module = "itertools",
    basicsize = 56,
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    text = "(*iterables, fillvalue=None)"
)]
impl ZipLongest {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<ZipLongest>> {
        let mut fill = none().as_object().owned();
        if let Some(k) = kwargs.filter(|k| !k.is_empty()) {
            match k.get_text(py, "fillvalue")? {
                Some(f) if k.len() == 1 => fill = f,
                _ => return Err(type_error(py, "zip_longest() got an unexpected keyword argument")),
            }
        }
        let its = args.items().iter().map(|a| a.get_iter(py)).collect::<PyResult<Vec<Py>>>()?;
        let value = ZipLongest {
            ob_base: PyObject::header(cls),
            active: Cell::new(its.len()),
            iterators: PyList::new(py, its)?,
            fill,
        };
        new_object(py, cls, value)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<ZipLongest> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        if self.active.get() == 0 {
            return Ok(None);
        }
        let n = self.iterators.len();
        let mut items = Vec::with_capacity(n);
        for i in 0..n {
            let it = self.iterators.get(i).filter(|it| !it.is_none());
            let item = match &it {
                None => None,
                Some(it) => match it.iter_next(py) {
                    Ok(item) => item,
                    Err(e) => {
                        self.active.set(0);
                        return Err(e);
                    }
                },
            };
            match item {
                Some(item) => items.push(item),
                None => {
                    if it.is_some() {
                        self.active.set(self.active.get().saturating_sub(1));
                        if self.active.get() == 0 {
                            return Ok(None);
                        }
                        self.iterators.set(i, none().as_object().owned());
                    }
                    items.push(self.fill.clone());
                }
            }
        }
        PyTuple::new(py, items).map(Some)
    }
}
