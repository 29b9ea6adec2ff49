//! `slice` (`Include/cpython/sliceobject.h`) and what sequences do with one.

use crate::abstract_::number;
use crate::prelude::*;
use crate::state::enter_recursive_call;

/// `PySliceObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PySlice {
    pub ob_base: PyObject,
    pub start: Py,
    pub stop: Py,
    pub step: Py,
}

const _: () = assert!(size_of::<PySlice>() == 40);

/// A slice's fields as machine numbers, not yet fitted to a length. Absent ones have become the widest value.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub start: isize,
    pub stop: isize,
    /// Not zero.
    pub step: isize,
}

/// A slice fitted to a sequence: `len` positions from `start` by `step`, all within the sequence.
#[derive(Clone, Copy, Debug)]
pub struct Adjusted {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
    pub len: usize,
}

impl Bounds {
    /// Fits the bounds to a sequence of length `n` (`PySlice_AdjustIndices`).
    pub fn adjust(self, n: usize) -> Adjusted {
        let n = n as isize;
        let backwards = self.step < 0;
        let fit = |i: isize| {
            if i < 0 {
                let i = i.saturating_add(n);
                if i < 0 { if backwards { -1 } else { 0 } } else { i }
            } else if i >= n {
                if backwards { n - 1 } else { n }
            } else {
                i
            }
        };
        let (start, stop) = (fit(self.start), fit(self.stop));
        let len = if backwards {
            if stop < start { (start - stop - 1) / -self.step + 1 } else { 0 }
        } else if start < stop {
            (stop - start - 1) / self.step + 1
        } else {
            0
        };
        Adjusted { start, stop, step: self.step, len: len as usize }
    }
}

impl Adjusted {
    /// The positions, in order.
    pub fn indices(self) -> impl Iterator<Item = usize> + Clone {
        (0..self.len as isize).map(move |i| (self.start + i * self.step) as usize)
    }

    /// The same positions in ascending order.
    pub fn ascending(self) -> Adjusted {
        if self.step > 0 || self.len == 0 {
            return self;
        }
        let last = self.start + (self.len as isize - 1) * self.step;
        Adjusted { start: last, stop: self.start + 1, step: -self.step, len: self.len }
    }

    /// `start`, as an index for the case of step 1.
    pub fn start_index(self) -> usize {
        self.start.max(0) as usize
    }
}

/// An index or bound as a machine number, clamped (`_PyEval_SliceIndexNotNone`).
pub fn slice_index(py: Python, o: &PyObject) -> PyResult<isize> {
    if number::has_index(o) {
        return o.index_isize(py, None);
    }
    Err(type_error(py, "slice indices must be integers or have an __index__ method"))
}

/// A field of a slice as a machine number, clamped; `None` gives `default`.
fn field(py: Python, o: &PyObject, default: isize) -> PyResult<isize> {
    if o.is_none() {
        return Ok(default);
    }
    if number::has_index(o) {
        return o.index_isize(py, None);
    }
    Err(bad_field(py))
}

#[cold]
fn bad_field(py: Python) -> Raised {
    type_error(py, "slice indices must be integers or None or have an __index__ method")
}

#[cold]
fn zero_step(py: Python) -> Raised {
    value_error(py, "slice step cannot be zero")
}

impl PySlice {
    /// `slice(start, stop, step)`.
    pub fn new(py: Python, start: Py, stop: Py, step: Py) -> PyResult<Py<PySlice>> {
        let ty = PySlice::type_object();
        new_object(py, ty, PySlice { ob_base: PyObject::header(ty), start, stop, step })
    }

    /// `slice(start, stop)`, of machine numbers.
    pub fn from_indices(py: Python, start: isize, stop: isize) -> PyResult<Py<PySlice>> {
        let start = PyInt::from_isize(py, start)?.into_object();
        let stop = PyInt::from_isize(py, stop)?.into_object();
        PySlice::new(py, start, stop, none().owned())
    }

    /// The fields as machine numbers (`PySlice_Unpack`). Runs the fields' `__index__`.
    pub fn unpack(&self, py: Python) -> PyResult<Bounds> {
        let step = field(py, &self.step, 1)?.max(-isize::MAX);
        if step == 0 {
            return Err(zero_step(py));
        }
        let (low, high) = if step < 0 { (isize::MAX, isize::MIN) } else { (0, isize::MAX) };
        let start = field(py, &self.start, low)?;
        let stop = field(py, &self.stop, high)?;
        Ok(Bounds { start, stop, step })
    }

    /// [`unpack`](Self::unpack) and fit to a length that the fields' `__index__` cannot change.
    pub fn adjusted(&self, py: Python, n: usize) -> PyResult<Adjusted> {
        Ok(self.unpack(py)?.adjust(n))
    }

    /// The fitted fields as ints of any size, for sequences longer than memory (`_PySlice_GetLongIndices`).
    pub fn long_indices(&self, py: Python, length: &PyInt) -> PyResult<(Py<PyInt>, Py<PyInt>, Py<PyInt>)> {
        let int = |o: &PyObject| -> PyResult<Py<PyInt>> {
            if number::has_index(o) { number::index_exact(py, o) } else { Err(bad_field(py)) }
        };
        let step = if self.step.is_none() { PyInt::from_i64(py, 1)? } else { int(&self.step)? };
        if step.is_zero() {
            return Err(zero_step(py));
        }
        let backwards = step.is_negative();
        let zero = PyInt::from_i64(py, 0)?;
        let one = PyInt::from_i64(py, 1)?;
        let (lower, upper) = if backwards {
            (PyInt::from_i64(py, -1)?, PyInt::sub(py, length, &one)?)
        } else {
            (zero, length.owned())
        };
        let fit = |o: &PyObject, default: &Py<PyInt>| -> PyResult<Py<PyInt>> {
            if o.is_none() {
                return Ok(default.clone());
            }
            let mut i = int(o)?;
            if i.is_negative() {
                i = PyInt::add(py, &i, length)?;
                return Ok(if i.compare(&lower).is_lt() { lower.clone() } else { i });
            }
            Ok(if i.compare(&upper).is_gt() { upper.clone() } else { i })
        };
        let (first, last) = if backwards { (&upper, &lower) } else { (&lower, &upper) };
        let start = fit(&self.start, first)?;
        let stop = fit(&self.stop, last)?;
        Ok((start, stop, step))
    }

    fn as_tuple(&self, py: Python) -> PyResult<Py<PyTuple>> {
        PyTuple::new(py, [self.start.clone(), self.stop.clone(), self.step.clone()])
    }
}

/// slice(stop)
/// slice(start, stop[, step])
///
/// The positions that an extended subscript such as a[0:10:2] names.
#[pytype(
    name = "slice",
    symbol = "PySlice_Type",
    base = PyObject,
    flags(GC),
    members(start: object readonly, stop: object readonly, step: object readonly)
)]
impl PySlice {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PySlice>> {
        let _ = cls;
        if kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "slice() takes no keyword arguments"));
        }
        let absent = none();
        let (start, stop, step) = match args.items() {
            [stop] => (absent, *stop, absent),
            [start, stop] => (*start, *stop, absent),
            [start, stop, step] => (*start, *stop, *step),
            [] => return Err(type_error(py, "slice expected at least 1 argument, got 0")),
            more => {
                return Err(type_error(
                    py,
                    format!("slice expected at most 3 arguments, got {}", more.len()),
                ));
            }
        };
        PySlice::new(py, start.owned(), stop.owned(), step.owned())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let mut out = StrBuilder::new();
        out.push_str("slice(");
        out.push_pystr(&*self.start.repr(py)?);
        out.push_str(", ");
        out.push_pystr(&*self.stop.repr(py)?);
        out.push_str(", ");
        out.push_pystr(&*self.step.repr(py)?);
        out.push_str(")");
        out.finish(py)
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(b) = other.downcast_exact::<PySlice>() else { return Ok(not_implemented().owned()) };
        if self.is(b) {
            let holds = matches!(op, CompareOp::Eq | CompareOp::Le | CompareOp::Ge);
            return Ok(py_bool(holds).owned().into_object());
        }
        self.as_tuple(py)?.as_object().rich_compare(py, b.as_tuple(py)?.as_object(), op)
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        enter_recursive_call(py, " while hashing a slice")?;
        // As for a tuple of the fields, without the length.
        let mut acc: u64 = 2870177450012600261;
        for o in [&self.start, &self.stop, &self.step] {
            let lane = o.hash(py)? as u64;
            acc = acc.wrapping_add(lane.wrapping_mul(14029467366897019727));
            acc = acc.rotate_left(31).wrapping_mul(11400714785074694791);
        }
        Ok(if acc == u64::MAX { 1546275796 } else { acc as isize })
    }

    /// The slice fitted to a sequence of that length.
    #[pymethod]
    fn indices(&self, py: Python, object: &PyObject) -> PyResult<Py<PyTuple>> {
        let length = number::index_exact(py, object)?;
        if length.is_negative() {
            return Err(value_error(py, "length should not be negative"));
        }
        let (start, stop, step) = self.long_indices(py, &length)?;
        PyTuple::new(py, [start.into_object(), stop.into_object(), step.into_object()])
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        PyTuple::new(py, [self.ty().object().owned(), self.as_tuple(py)?.into_object()])
    }
}
