//! `count`, `cycle` and `repeat`.

use runtime::abstract_::number;
use runtime::prelude::*;

/// `countobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Count {
    pub ob_base: PyObject,
    /// The next number while it is a machine number and the step 1; then `large` is empty.
    next: Cell<isize>,
    large: Slot,
    step: Slot,
}

impl Count {
    fn step(&self) -> Py {
        self.step.get_owned().unwrap_or_else(|| PyInt::one().owned().into_object())
    }
}

/// start, start + step, start + 2 * step and so on without end.
#[pytype(name = "count", module = "itertools", flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO))]
impl Count {
    #[slot(tp_new, sig = "(start=0, step=1)")]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        start: Option<&PyObject>,
        step: Option<&PyObject>,
    ) -> PyResult<Py<Count>> {
        if start.is_some_and(|s| !number::is_number(s)) || step.is_some_and(|s| !number::is_number(s)) {
            return Err(type_error(py, "a number is required"));
        }
        let small = match start {
            None => Some(0),
            Some(s) => s.downcast_exact::<PyInt>().and_then(|i| i.as_i64()).filter(|&i| i != i64::MAX),
        };
        let unit_step =
            step.is_none_or(|s| s.downcast_exact::<PyInt>().is_some_and(|i| i.as_i64() == Some(1)));
        let fast = small.filter(|_| unit_step);
        let start = start.unwrap_or(PyInt::zero());
        let value = Count {
            ob_base: PyObject::header(cls),
            next: Cell::new(fast.unwrap_or(isize::MAX as i64) as isize),
            large: Slot::new(if fast.is_none() { Some(start.owned()) } else { None }),
            step: Slot::new(Some(step.unwrap_or(PyInt::one()).owned())),
        };
        new_object(py, cls, value)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Count> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let n = self.next.get();
        if n != isize::MAX {
            self.next.set(n + 1);
            return Ok(Some(PyInt::from_isize(py, n)?.into_object()));
        }
        let now = match self.large.get_owned() {
            Some(l) => l,
            None => PyInt::from_isize(py, isize::MAX)?.into_object(),
        };
        let then = number::add(py, &now, &self.step())?;
        self.large.set(Some(then));
        Ok(Some(now))
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let name = self.ty().short_name();
        if self.next.get() != isize::MAX {
            return PyStr::new(py, &format!("{name}({})", self.next.get()));
        }
        let now = match self.large.get_owned() {
            Some(l) => l,
            None => PyInt::from_isize(py, isize::MAX)?.into_object(),
        };
        let mut out = StrBuilder::new();
        out.push_str(name);
        out.push_str("(");
        out.push_pystr(&*now.repr(py)?);
        let step = self.step();
        if step.downcast::<PyInt>().is_none_or(|i| i.as_i64() != Some(1)) {
            out.push_str(", ");
            out.push_pystr(&*step.repr(py)?);
        }
        out.push_str(")");
        out.finish(py)
    }
}

/// `cycleobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Cycle {
    pub ob_base: PyObject,
    it: Slot,
    saved: Slot<PyList>,
    index: Cell<isize>,
}

/// The items of the iterable again and again.
#[pytype(name = "cycle", module = "itertools", flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO))]
impl Cycle {
    #[slot(tp_new, sig = "(iterable, /)")]
    fn py_new(py: Python, cls: &PyTypeObject, iterable: &PyObject) -> PyResult<Py<Cycle>> {
        let value = Cycle {
            ob_base: PyObject::header(cls),
            it: Slot::new(Some(iterable.get_iter(py)?)),
            saved: Slot::new(Some(PyList::empty(py)?)),
            index: Cell::new(-1),
        };
        new_object(py, cls, value)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Cycle> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let Some(saved) = self.saved.get_owned() else { return Ok(None) };
        if let Some(it) = self.it.get_owned() {
            if let Some(item) = it.iter_next(py)? {
                saved.append(py, item.clone())?;
                return Ok(Some(item));
            }
            self.index.set(0);
            self.it.set(None);
        }
        let i = self.index.get();
        let item = saved.get(i as usize);
        self.index.set(if i + 1 >= saved.len() as isize { 0 } else { i + 1 });
        Ok(item)
    }
}

/// `repeatobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Repeat {
    pub ob_base: PyObject,
    element: Slot,
    /// -1: for ever.
    left: Cell<isize>,
}

/// repeat(object [,times]) -> iterator
///
/// The object so many times, or without end.
#[pytype(
    name = "repeat",
    module = "itertools",
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    nosig
)]
impl Repeat {
    #[slot(tp_new, sig = "(object, times=<unrepresentable>)")]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        object: &PyObject,
        times: Option<isize>,
    ) -> PyResult<Py<Repeat>> {
        let left = times.map_or(-1, |t| t.max(0));
        let value = Repeat {
            ob_base: PyObject::header(cls),
            element: Slot::new(Some(object.owned())),
            left: Cell::new(left),
        };
        new_object(py, cls, value)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Repeat> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, _py: Python) -> PyResult<Option<Py>> {
        let left = self.left.get();
        if left == 0 {
            return Ok(None);
        }
        if left > 0 {
            self.left.set(left - 1);
        }
        Ok(self.element.get_owned())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let element = self.element.get_owned().unwrap_or_else(|| none().owned()).repr(py)?;
        let mut out = StrBuilder::new();
        out.push_str(self.ty().short_name());
        out.push_str("(");
        out.push_pystr(&element);
        if self.left.get() >= 0 {
            out.push_str(&format!(", {}", self.left.get()));
        }
        out.push_str(")");
        out.finish(py)
    }

    /// How many are left.
    #[pymethod]
    fn __length_hint__(&self, py: Python) -> PyResult<isize> {
        match self.left.get() {
            -1 => Err(type_error(py, "len() of unsized object")),
            n => Ok(n),
        }
    }
}
