//! `range` and its iterators.

use crate::abstract_::number;
use crate::prelude::*;
use crate::types::iter::builtin_iter;
use crate::types::slice::PySlice;

/// `range`; the fields are exact ints.
#[repr(C)]
pub struct PyRange {
    pub ob_base: PyObject,
    pub start: Py<PyInt>,
    pub stop: Py<PyInt>,
    pub step: Py<PyInt>,
    pub length: Py<PyInt>,
}

/// `_PyRangeIterObject` (`pycore_range.h`): the interpreter loop steps it in place.
#[repr(C)]
pub struct PyRangeIter {
    pub ob_base: PyObject,
    pub start: Cell<i64>,
    pub step: Cell<i64>,
    pub len: Cell<i64>,
}

/// The iterator of ranges beyond machine numbers.
#[repr(C)]
pub struct PyLongRangeIter {
    pub ob_base: PyObject,
    start: Slot<PyInt>,
    step: Py<PyInt>,
    len: Slot<PyInt>,
}

const _: () = {
    assert!(size_of::<PyRange>() == 48);
    assert!(size_of::<PyRangeIter>() == 40);
    assert!(size_of::<PyLongRangeIter>() == 40);
};

/// How many steps lead from `start` to below (or above) `stop`.
fn range_length(py: Python, start: &PyInt, stop: &PyInt, step: &PyInt) -> PyResult<Py<PyInt>> {
    if let (Some(a), Some(b), Some(s)) = (start.as_i64(), stop.as_i64(), step.as_i64()) {
        return PyInt::from_u64(py, machine_length(a, b, s));
    }
    let up = !step.is_negative();
    let (low, high) = if up { (start, stop) } else { (stop, start) };
    if low.compare(high).is_ge() {
        return Ok(PyInt::zero().owned());
    }
    let span = PyInt::sub(py, &*PyInt::sub(py, high, low)?, PyInt::one())?;
    let step = PyInt::abs(py, step)?;
    PyInt::add(py, &*PyInt::floor_div(py, &span, &step)?, PyInt::one())
}

/// The same for machine numbers; `step` is not zero.
fn machine_length(start: i64, stop: i64, step: i64) -> u64 {
    let (low, high) = if step > 0 { (start, stop) } else { (stop, start) };
    if low >= high { 0 } else { (high.wrapping_sub(low) as u64 - 1) / step.unsigned_abs() + 1 }
}

impl PyRange {
    fn make(py: Python, start: Py<PyInt>, stop: Py<PyInt>, step: Py<PyInt>) -> PyResult<Py<PyRange>> {
        let ty = PyRange::type_object();
        let length = range_length(py, &start, &stop, &step)?;
        new_object(py, ty, PyRange { ob_base: PyObject::header(ty), start, stop, step, length })
    }

    fn from_args(py: Python, args: &[&PyObject]) -> PyResult<Py<PyRange>> {
        let (start, stop, step) = match args {
            [stop] => (None, *stop, None),
            [start, stop] => (Some(*start), *stop, None),
            [start, stop, step] => (Some(*start), *stop, Some(*step)),
            [] => return Err(type_error(py, "range expected at least 1 argument, got 0")),
            more => {
                return Err(type_error(
                    py,
                    format!("range expected at most 3 arguments, got {}", more.len()),
                ));
            }
        };
        let int = |o: Option<&PyObject>, default: &PyInt| match o {
            Some(o) => number::index_exact(py, o),
            None => Ok(default.owned()),
        };
        let start = int(start, PyInt::zero())?;
        let stop = number::index_exact(py, stop)?;
        let step = int(step, PyInt::one())?;
        if step.is_zero() {
            return Err(value_error(py, "range() arg 3 must not be zero"));
        }
        PyRange::make(py, start, stop, step)
    }

    /// `range(start, stop, step)` of machine numbers, for the runtime's own use; `step` is not zero.
    pub fn from_i64(py: Python, start: i64, stop: i64, step: i64) -> PyResult<Py<PyRange>> {
        PyRange::make(py, PyInt::from_i64(py, start)?, PyInt::from_i64(py, stop)?, PyInt::from_i64(py, step)?)
    }

    /// The item at `i`, wherever that is.
    fn at(&self, py: Python, i: &PyInt) -> PyResult<Py<PyInt>> {
        PyInt::add(py, &self.start, &*PyInt::mul(py, i, &self.step)?)
    }

    /// Is the number one of the items?
    fn has(&self, py: Python, value: &PyInt) -> PyResult<bool> {
        let (low, high) =
            if self.step.is_negative() { (&self.stop, &self.start) } else { (&self.start, &self.stop) };
        let inside = if self.step.is_negative() {
            low.compare(value).is_lt() && value.compare(high).is_le()
        } else {
            low.compare(value).is_le() && value.compare(high).is_lt()
        };
        if !inside {
            return Ok(false);
        }
        let offset = PyInt::sub(py, value, &self.start)?;
        Ok(PyInt::modulo(py, &offset, &self.step)?.is_zero())
    }

    /// `self[slice]`, a range again.
    fn sliced(&self, py: Python, slice: &PySlice) -> PyResult<Py<PyRange>> {
        let (start, stop, step) = slice.long_indices(py, &self.length)?;
        let new_step = PyInt::mul(py, &step, &self.step)?;
        PyRange::make(py, self.at(py, &start)?, self.at(py, &stop)?, new_step)
    }

    /// An iterator over `length` items from `start`.
    fn iterate(py: Python, start: &PyInt, stop: &PyInt, step: &PyInt, length: &PyInt) -> PyResult {
        if let (Some(a), Some(b), Some(s)) = (start.as_i64(), stop.as_i64(), step.as_i64()) {
            let n = machine_length(a, b, s);
            // The position behind the last item must be a machine number too.
            let end = i64::try_from(n).ok().and_then(|n| s.checked_mul(n)).and_then(|d| a.checked_add(d));
            if end.is_some() {
                return Ok(PyRangeIter::new(py, a, s, n as i64)?.into_object());
            }
        }
        PyLongRangeIter::new(py, start.owned(), step.owned(), length.owned()).map(Py::into_object)
    }

    fn equals(&self, other: &PyRange) -> bool {
        if !self.length.equals(&other.length) {
            return false;
        }
        if self.length.is_zero() {
            return true;
        }
        self.start.equals(&other.start) && (self.length.equals(PyInt::one()) || self.step.equals(&other.step))
    }
}

/// An exact int or a bool, which are found by arithmetic.
fn plain_int(o: &PyObject) -> Option<&PyInt> {
    o.downcast_exact::<PyInt>().or_else(|| o.downcast_exact::<PyBool>().map(|b| &**b))
}

/// range(stop) -> range object
/// range(start, stop[, step]) -> range object
///
/// The ints from start (0 if absent) up to stop, without stop, by step.
#[pytype(
    name = "range", order = "__reversed__ __reduce__ count",
    symbol = "PyRange_Type",
    base = PyObject,
    flags(SEQUENCE),
    members(start: object readonly, stop: object readonly, step: object readonly),
    nosig
)]
impl PyRange {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        _cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyRange>> {
        if kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "range() takes no keyword arguments"));
        }
        PyRange::from_args(py, args.items())
    }

    #[vectorcall]
    fn vectorcall(
        py: Python,
        _cls: &PyTypeObject,
        args: &[&PyObject],
        kwnames: Option<&PyTuple>,
    ) -> PyResult<Py<PyRange>> {
        if kwnames.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "range() takes no keyword arguments"));
        }
        PyRange::from_args(py, args)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let (start, stop) = (self.start.to_decimal(py)?, self.stop.to_decimal(py)?);
        if self.step.equals(PyInt::one()) {
            return PyStr::new(py, &format!("range({start}, {stop})"));
        }
        PyStr::new(py, &format!("range({start}, {stop}, {})", self.step.to_decimal(py)?))
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        let absent = || none().owned();
        let (start, step) = if self.length.is_zero() {
            (absent(), absent())
        } else if self.length.equals(PyInt::one()) {
            (self.start.clone().into_object(), absent())
        } else {
            (self.start.clone().into_object(), self.step.clone().into_object())
        };
        PyTuple::new(py, [self.length.clone().into_object(), start, step])?.as_object().hash(py)
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, _py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        match (other.downcast::<PyRange>(), op) {
            (Some(o), CompareOp::Eq) => Ok(py_bool(self.equals(o)).owned().into_object()),
            (Some(o), CompareOp::Ne) => Ok(py_bool(!self.equals(o)).owned().into_object()),
            _ => Ok(not_implemented().owned()),
        }
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult {
        PyRange::iterate(py, &self.start, &self.stop, &self.step, &self.length)
    }

    #[slot(nb_bool)]
    fn truth(&self, _py: Python) -> PyResult<bool> {
        Ok(!self.length.is_zero())
    }

    #[slot(sq_length)]
    #[slot(mp_length)]
    fn length(&self, py: Python) -> PyResult<isize> {
        self.length.to_isize(py)
    }

    #[slot(sq_item)]
    fn item(&self, py: Python, index: isize) -> PyResult<Py<PyInt>> {
        let i = PyInt::from_isize(py, index)?;
        if i.is_negative() || i.compare(&self.length).is_ge() {
            return Err(index_error(py, "range object index out of range"));
        }
        self.at(py, &i)
    }

    #[slot(mp_subscript)]
    fn subscript(&self, py: Python, key: &PyObject) -> PyResult {
        if number::has_index(key) {
            let mut i = number::index_exact(py, key)?;
            if i.is_negative() {
                i = PyInt::add(py, &i, &self.length)?;
            }
            if i.is_negative() || i.compare(&self.length).is_ge() {
                return Err(index_error(py, "range object index out of range"));
            }
            return Ok(self.at(py, &i)?.into_object());
        }
        match key.downcast_exact::<PySlice>() {
            Some(s) => Ok(self.sliced(py, s)?.into_object()),
            None => Err(type_error(
                py,
                format!("range indices must be integers or slices, not {}", type_name(key)),
            )),
        }
    }

    #[slot(sq_contains)]
    fn contains(&self, py: Python, value: &PyObject) -> PyResult<bool> {
        match plain_int(value) {
            Some(i) => self.has(py, i),
            None => Ok(self.search(py, value)?.is_some()),
        }
    }

    /// The position of the first item that equals any object, found by comparing.
    fn search(&self, py: Python, value: &PyObject) -> PyResult<Option<usize>> {
        let it = self.iter(py)?;
        let mut i = 0;
        while let Some(item) = it.iter_next(py)? {
            if item.compare_bool(py, value, CompareOp::Eq)? {
                return Ok(Some(i));
            }
            i += 1;
        }
        Ok(None)
    }

    /// The position of value; ValueError if it is not in the range.
    #[pymethod]
    fn index(&self, py: Python, object: &PyObject) -> PyResult<Py<PyInt>> {
        if let Some(i) = plain_int(object) {
            if !self.has(py, i)? {
                return Err(value_error(py, "range.index(x): x not in range"));
            }
            return PyInt::floor_div(py, &*PyInt::sub(py, i, &self.start)?, &self.step);
        }
        match self.search(py, object)? {
            Some(i) => PyInt::from_usize(py, i),
            None => Err(value_error(py, "sequence.index(x): x not in sequence")),
        }
    }

    /// How many items equal value.
    #[pymethod]
    fn count(&self, py: Python, object: &PyObject) -> PyResult<usize> {
        if let Some(i) = plain_int(object) {
            return Ok(usize::from(self.has(py, i)?));
        }
        let it = self.iter(py)?;
        let mut n = 0;
        while let Some(item) = it.iter_next(py)? {
            n += usize::from(item.compare_bool(py, object, CompareOp::Eq)?);
        }
        Ok(n)
    }

    /// An iterator over the items, the last one first.
    #[pymethod]
    fn __reversed__(&self, py: Python) -> PyResult {
        let step = PyInt::neg(py, &self.step)?;
        let stop = PyInt::sub(py, &self.start, &self.step)?;
        let last = PyInt::sub(py, &self.length, PyInt::one())?;
        let start = self.at(py, &last)?;
        PyRange::iterate(py, &start, &stop, &step, &self.length)
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let fields = [&self.start, &self.stop, &self.step].map(|i| i.clone().into_object());
        let args = PyTuple::new(py, fields)?;
        PyTuple::new(py, [self.ty().object().owned(), args.into_object()])
    }
}

/// `(iter, (range,), None)`.
fn reduce(py: Python, start: Py<PyInt>, step: Py<PyInt>, len: &PyInt) -> PyResult<Py<PyTuple>> {
    let stop = PyInt::add(py, &start, &*PyInt::mul(py, len, &step)?)?;
    let range = PyRange::make(py, start, stop, step)?;
    let args = PyTuple::new(py, [range.into_object()])?;
    PyTuple::new(py, [builtin_iter(py)?, args.into_object(), none().owned()])
}

impl PyRangeIter {
    /// Counts `len` items from `start` by `step`; the position behind the last fits.
    pub fn new(py: Python, start: i64, step: i64, len: i64) -> PyResult<Py<PyRangeIter>> {
        let ty = PyRangeIter::type_object();
        let value = PyRangeIter {
            ob_base: PyObject::header(ty),
            start: Cell::new(start),
            step: Cell::new(step),
            len: Cell::new(len),
        };
        new_object(py, ty, value)
    }

    /// The next number.
    #[inline(always)]
    pub fn step(&self) -> Option<i64> {
        let n = self.len.get();
        if n <= 0 {
            return None;
        }
        let v = self.start.get();
        self.start.set(v.wrapping_add(self.step.get()));
        self.len.set(n - 1);
        Some(v)
    }
}

#[pytype(name = "range_iterator", symbol = "PyRangeIter_Type", base = PyObject, flags(DISALLOW_INSTANTIATION))]
impl PyRangeIter {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PyRangeIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyInt>>> {
        match self.step() {
            Some(v) => PyInt::from_i64(py, v).map(Some),
            None => Ok(None),
        }
    }

    /// How many items are left.
    #[pymethod]
    fn __length_hint__(&self, _py: Python) -> i64 {
        self.len.get()
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let start = PyInt::from_i64(py, self.start.get())?;
        let step = PyInt::from_i64(py, self.step.get())?;
        reduce(py, start, step, &*PyInt::from_i64(py, self.len.get())?)
    }

    /// Skips that many items.
    #[pymethod(text = "($self, object, /)")]
    fn __setstate__(&self, py: Python, state: &PyObject) -> PyResult<()> {
        let i = number::index(py, state)?.to_i64(py)?.clamp(0, self.len.get());
        self.start.set(self.start.get().wrapping_add(i.wrapping_mul(self.step.get())));
        self.len.set(self.len.get() - i);
        Ok(())
    }
}

impl PyLongRangeIter {
    fn new(py: Python, start: Py<PyInt>, step: Py<PyInt>, len: Py<PyInt>) -> PyResult<Py<PyLongRangeIter>> {
        let ty = PyLongRangeIter::type_object();
        let value =
            PyLongRangeIter { ob_base: PyObject::header(ty), start: start.into(), step, len: len.into() };
        new_object(py, ty, value)
    }

    fn state(&self) -> (Py<PyInt>, Py<PyInt>) {
        let zero = || PyInt::zero().owned();
        (self.start.get_owned().unwrap_or_else(zero), self.len.get_owned().unwrap_or_else(zero))
    }

    /// Moves on by `n` items, of which there are as many.
    fn skip(&self, py: Python, n: &PyInt) -> PyResult<()> {
        let (start, len) = self.state();
        let start = PyInt::add(py, &start, &*PyInt::mul(py, n, &self.step)?)?;
        let len = PyInt::sub(py, &len, n)?;
        self.start.set(Some(start));
        self.len.set(Some(len));
        Ok(())
    }
}

#[pytype(name = "longrange_iterator", symbol = "PyLongRangeIter_Type", base = PyObject, flags(DISALLOW_INSTANTIATION))]
impl PyLongRangeIter {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PyLongRangeIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyInt>>> {
        let (start, len) = self.state();
        if len.sign() <= 0 {
            return Ok(None);
        }
        self.skip(py, PyInt::one())?;
        Ok(Some(start))
    }

    /// How many items are left.
    #[pymethod]
    fn __length_hint__(&self, _py: Python) -> Py<PyInt> {
        self.state().1
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let (start, len) = self.state();
        reduce(py, start, self.step.clone(), &len)
    }

    /// Skips that many items.
    #[pymethod(text = "($self, object, /)")]
    fn __setstate__(&self, py: Python, state: &PyObject) -> PyResult<()> {
        let Some(n) = state.downcast::<PyInt>() else {
            return Err(type_error(py, format!("state must be an int, not {}", type_name(state))));
        };
        let len = self.state().1;
        let n = if n.is_negative() {
            PyInt::zero().owned()
        } else if n.compare(&len).is_gt() {
            len
        } else {
            n.to_exact(py)?
        };
        self.skip(py, &n)
    }
}
