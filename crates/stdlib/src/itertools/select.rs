//! Iterators that leave items out: `compress`, `dropwhile`, `takewhile`, `filterfalse`, `islice`.

use runtime::abstract_::number;
use runtime::prelude::*;

/// `compressobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Compress {
    pub ob_base: PyObject,
    data: Py,
    selectors: Py,
}

/// The data items at whose place the selectors have something true.
#[pytype(name = "compress", module = "itertools", flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO))]
impl Compress {
    #[slot(tp_new, sig = "(data, selectors)")]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        data: &PyObject,
        selectors: &PyObject,
    ) -> PyResult<Py<Compress>> {
        let (data, selectors) = (data.get_iter(py)?, selectors.get_iter(py)?);
        new_object(py, cls, Compress { ob_base: PyObject::header(cls), data, selectors })
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Compress> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        loop {
            let Some(datum) = self.data.iter_next(py)? else { return Ok(None) };
            let Some(selector) = self.selectors.iter_next(py)? else { return Ok(None) };
            if selector.is_true(py)? {
                return Ok(Some(datum));
            }
        }
    }
}

macro_rules! predicate_iterator {
    ($t:ident, $name:literal, $sig:literal, $first:ident, $basicsize:expr, #[doc = $doc:literal], $next:expr) => {
        #[doc = $doc]
        #[repr(C)]
        #[derive(Traverse)]
        pub struct $t {
            pub ob_base: PyObject,
            predicate: Py,
            it: Py,
            /// Has the predicate had its say?
            done: Cell<bool>,
        }

        #[doc = $doc]
        #[pytype(name = $name, module = "itertools", basicsize = $basicsize, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO))]
        impl $t {
            #[slot(tp_new, sig = $sig)]
            fn py_new(
                py: Python,
                cls: &PyTypeObject,
                $first: &PyObject,
                iterable: &PyObject,
            ) -> PyResult<Py<$t>> {
                let it = iterable.get_iter(py)?;
                let value = $t {
                    ob_base: PyObject::header(cls),
                    predicate: $first.owned(),
                    it,
                    done: Cell::new(false),
                };
                new_object(py, cls, value)
            }

            #[slot(tp_iter)]
            fn iter(&self, _py: Python) -> Py<$t> {
                self.owned()
            }

            #[slot(tp_iternext)]
            fn next(&self, py: Python) -> PyResult<Option<Py>> {
                let step: fn(&$t, Python) -> PyResult<Option<Py>> = $next;
                step(self, py)
            }
        }
    };
}

predicate_iterator!(
    DropWhile,
    "dropwhile",
    "(predicate, iterable, /)",
    predicate,
    40,
    #[doc = "Leaves items out as long as the predicate holds; from the first other one on, gives everything."],
    |this, py| loop {
        let Some(item) = this.it.iter_next(py)? else { return Ok(None) };
        if this.done.get() {
            return Ok(Some(item));
        }
        if !this.predicate.call1(py, &item)?.is_true(py)? {
            this.done.set(true);
            return Ok(Some(item));
        }
    }
);

predicate_iterator!(
    TakeWhile,
    "takewhile",
    "(predicate, iterable, /)",
    predicate,
    40,
    #[doc = "Gives items as long as the predicate holds, then no more."],
    |this, py| {
        if this.done.get() {
            return Ok(None);
        }
        let Some(item) = this.it.iter_next(py)? else { return Ok(None) };
        if this.predicate.call1(py, &item)?.is_true(py)? {
            return Ok(Some(item));
        }
        this.done.set(true);
        Ok(None)
    }
);

predicate_iterator!(
    FilterFalse,
    "filterfalse",
    "(function, iterable, /)",
    function,
    40,
    #[doc = "Gives the items for which function is false; with None, those that are false themselves."],
    |this, py| loop {
        let Some(item) = this.it.iter_next(py)? else { return Ok(None) };
        let plain = this.predicate.is_none() || this.predicate.is(PyBool::type_object().as_object());
        let good = if plain { item.is_true(py)? } else { this.predicate.call1(py, &item)?.is_true(py)? };
        if !good {
            return Ok(Some(item));
        }
    }
);

/// `isliceobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Islice {
    pub ob_base: PyObject,
    it: Slot,
    /// The position of the next item to give.
    next: Cell<isize>,
    /// -1: to the end.
    stop: isize,
    step: isize,
    count: Cell<isize>,
}

fn islice_index(py: Python, o: &PyObject, default: isize, message: &str) -> PyResult<isize> {
    if o.is_none() {
        return Ok(default);
    }
    match number::index_isize(py, o, Some(&exceptions::PyExc_OverflowError_Type)) {
        Ok(i) if i >= 0 => Ok(i),
        Ok(_) => Err(value_error(py, message)),
        Err(_) => {
            drop(take(py));
            Err(value_error(py, message))
        }
    }
}

/// islice(iterable, stop) --> islice object
/// islice(iterable, start, stop[, step]) --> islice object
///
/// What iterable[start:stop:step] would hold, for an iterable that can only be read forwards.
#[pytype(
    name = "islice",
    module = "itertools",
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    nosig
)]
impl Islice {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<Islice>> {
        super::no_keywords::<Islice>(py, cls, kwargs, "islice")?;
        let args = args.items();
        runtime::args::check_positional(py, "islice", args.len(), 2, 4)?;
        const STOP: &str = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        const INDICES: &str = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        let (start, stop) = match args {
            [_, stop] => (0, islice_index(py, stop, -1, STOP)?),
            _ => {
                let stop = islice_index(py, args[2], -1, STOP)?;
                (islice_index(py, args[1], 0, INDICES)?, stop)
            }
        };
        let step = match args.get(3) {
            None => 1,
            Some(s) => {
                const STEP: &str = "Step for islice() must be a positive integer or None.";
                match islice_index(py, s, 1, STEP)? {
                    0 => return Err(value_error(py, STEP)),
                    n => n,
                }
            }
        };
        let value = Islice {
            ob_base: PyObject::header(cls),
            it: Slot::new(Some(args[0].get_iter(py)?)),
            next: Cell::new(start),
            stop,
            step,
            count: Cell::new(0),
        };
        new_object(py, cls, value)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Islice> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let Some(it) = self.it.get_owned() else { return Ok(None) };
        match self.advance(py, &it) {
            Ok(Some(item)) => Ok(Some(item)),
            end => {
                self.it.set(None);
                end
            }
        }
    }

    fn advance(&self, py: Python, it: &PyObject) -> PyResult<Option<Py>> {
        while self.count.get() < self.next.get() {
            if it.iter_next(py)?.is_none() {
                return Ok(None);
            }
            self.count.set(self.count.get() + 1);
        }
        if self.stop >= 0 && self.count.get() >= self.stop {
            return Ok(None);
        }
        let item = it.iter_next(py)?;
        self.count.set(self.count.get().saturating_add(1));
        let next = self.next.get().checked_add(self.step).unwrap_or(isize::MAX);
        self.next.set(if self.stop >= 0 { next.min(self.stop) } else { next });
        Ok(item)
    }
}
