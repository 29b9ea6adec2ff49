//! `deque` as Python sees it.

use super::deque::{BLOCK_LEN, Deque, mutated_iteration};
use super::deque_iter::{DequeIter, DequeRevIter};
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::types::repr_guard::ReprGuard;
use runtime::types::slice::slice_index;

fn mutated(py: Python) -> Raised {
    mutated_iteration(py)
}

fn index_mutated(py: Python) -> Raised {
    mutated_iteration(py)
}

fn remove_mutated(py: Python) -> Raised {
    index_error(py, "deque mutated during remove().")
}

fn out_of_range(py: Python) -> Raised {
    index_error(py, "deque index out of range")
}

fn compare(py: Python, a: &Deque, b: &Deque, op: CompareOp) -> PyResult {
    let answer = |v: bool| Ok(py_bool(v).owned().into_object());
    if a.is(b) {
        return answer(matches!(op, CompareOp::Eq | CompareOp::Le | CompareOp::Ge));
    }
    if a.len() != b.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return answer(op == CompareOp::Ne);
    }
    let (ia, ib) = (DequeIter::make(py, a)?, DequeIter::make(py, b)?);
    loop {
        let x = ia.iter_next(py)?;
        let y = ib.iter_next(py)?;
        let (Some(x), Some(y)) = (&x, &y) else {
            return answer(op.holds(x.is_some().cmp(&y.is_some())));
        };
        if !x.compare_bool(py, y, CompareOp::Eq)? {
            return match op {
                CompareOp::Eq => answer(false),
                CompareOp::Ne => answer(true),
                _ => x.rich_compare(py, y, op),
            };
        }
    }
}

impl Deque {
    fn copy_of(&self, py: Python) -> PyResult {
        if Deque::check_exact(self) {
            let new = Deque::make(py, Deque::type_object(), self.maxlen.get())?;
            new.extend_with(py, self, Deque::put_right)?;
            return Ok(new.into_object());
        }
        let cls = self.ty().as_object();
        let new = if self.maxlen.get() < 0 {
            cls.call1(py, self.as_object())?
        } else {
            cls.call(py, &[self.as_object(), PyInt::from_isize(py, self.maxlen.get())?.as_object()])?
        };
        if !Deque::check(&new) {
            return Err(type_error(
                py,
                format!("{}() must return a deque, not {}", tp_name(self), tp_name(&new)),
            ));
        }
        Ok(new)
    }

    fn checked_index(&self, py: Python, i: isize) -> PyResult<usize> {
        usize::try_from(i).ok().filter(|&i| i < self.len()).ok_or_else(|| out_of_range(py))
    }
}

/// A list-like sequence optimized for data accesses near its endpoints.
#[pytype(
    name = "deque",
    module = "collections",
    basicsize = 216,
    flags(BASETYPE, GC, SEQUENCE, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    weaklistoffset = weakreflist,
    text = "([iterable[, maxlen]])"
)]
impl Deque {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<Deque>> {
        Deque::make(py, cls, -1)
    }

    #[slot(tp_init, sig = "(iterable=<unrepresentable>, maxlen=<unrepresentable>)")]
    fn py_init(&self, py: Python, iterable: Option<&PyObject>, maxlen: Option<&PyObject>) -> PyResult<()> {
        let max = match maxlen.filter(|m| !m.is_none()) {
            None => -1,
            Some(m) => {
                if !number::has_index(m) {
                    return Err(type_error(py, "an integer is required"));
                }
                let m = number::index_isize(py, m, Some(&exceptions::PyExc_OverflowError_Type))?;
                if m < 0 {
                    return Err(value_error(py, "maxlen must be non-negative"));
                }
                m
            }
        };
        self.maxlen.set(max);
        if self.len() > 0 {
            self.empty();
        }
        match iterable {
            Some(i) => self.extend_with(py, i, Deque::put_right),
            None => Ok(()),
        }
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        if let Ok(items) = self.items.try_borrow() {
            items.iter().for_each(|item| visitor.visit(item));
        }
    }

    #[slot(tp_clear)]
    fn clear_refs(&self) {
        self.empty();
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let Some(_guard) = ReprGuard::enter(py, self) else { return PyStr::new(py, "[...]") };
        let list = self.as_object().to_list(py)?.repr(py)?;
        let mut out = StrBuilder::new();
        out.push_str(self.ty().short_name());
        out.push_str("(");
        out.push_pystr(&list);
        if self.maxlen.get() >= 0 {
            out.push_str(&format!(", maxlen={}", self.maxlen.get()));
        }
        out.push_str(")");
        out.finish(py)
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        match other.downcast::<Deque>() {
            Some(other) => compare(py, self, other, op),
            None => Ok(not_implemented().owned()),
        }
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult<Py<DequeIter>> {
        DequeIter::make(py, self)
    }

    #[slot(sq_length)]
    fn length(&self, _py: Python) -> PyResult<isize> {
        Ok(self.len() as isize)
    }

    #[slot(sq_concat)]
    fn concat(&self, py: Python, other: &PyObject) -> PyResult {
        if !Deque::check(other) {
            return Err(type_error(
                py,
                format!("can only concatenate deque (not \"{}\") to deque", type_name(other)),
            ));
        }
        let new = self.copy_of(py)?;
        if let Some(d) = new.downcast::<Deque>() {
            d.extend_with(py, other, Deque::put_right)?;
        }
        Ok(new)
    }

    #[slot(sq_repeat)]
    fn sq_repeat(&self, py: Python, n: isize) -> PyResult {
        let new = self.copy_of(py)?;
        if let Some(d) = new.downcast::<Deque>() {
            d.repeat(py, n)?;
        }
        Ok(new)
    }

    #[slot(sq_inplace_concat)]
    fn inplace_concat(&self, py: Python, other: &PyObject) -> PyResult {
        self.extend_with(py, other, Deque::put_right)?;
        Ok(self.as_object().owned())
    }

    #[slot(sq_inplace_repeat)]
    fn inplace_repeat(&self, py: Python, n: isize) -> PyResult {
        self.repeat(py, n)?;
        Ok(self.as_object().owned())
    }

    #[slot(sq_item)]
    fn sq_item(&self, py: Python, i: isize) -> PyResult {
        usize::try_from(i).ok().and_then(|i| self.item(i)).ok_or_else(|| out_of_range(py))
    }

    #[slot(sq_ass_item)]
    fn sq_ass_item(&self, py: Python, i: isize, value: Option<&PyObject>) -> PyResult<()> {
        let i = self.checked_index(py, i)?;
        match value {
            None => self.remove_at(i),
            Some(v) => {
                let old = self.items.borrow_mut().get_mut(i).map(|at| std::mem::replace(at, v.owned()));
                drop(old);
            }
        }
        Ok(())
    }

    #[slot(sq_contains)]
    fn sq_contains(&self, py: Python, value: &PyObject) -> PyResult<bool> {
        Ok(self.position(py, value, 0..self.len(), mutated)?.is_some())
    }

    /// Add an element to the right side of the deque.
    #[pymethod]
    fn append(&self, _py: Python, item: &PyObject) {
        self.put_right(item.owned());
    }

    /// Add an element to the left side of the deque.
    #[pymethod]
    fn appendleft(&self, _py: Python, item: &PyObject) {
        self.put_left(item.owned());
    }

    /// Remove all elements from the deque.
    #[pymethod]
    fn clear(&self, _py: Python) {
        self.empty();
    }

    /// Return a shallow copy of a deque.
    #[pymethod]
    fn __copy__(&self, py: Python) -> PyResult {
        self.copy_of(py)
    }

    /// Return a shallow copy of a deque.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult {
        self.copy_of(py)
    }

    /// Return number of occurrences of value.
    #[pymethod]
    fn count(&self, py: Python, value: &PyObject) -> PyResult<usize> {
        let state = self.state.get();
        let mut n = 0;
        for i in 0..self.len() {
            let Some(item) = self.item(i) else { break };
            if item.compare_bool(py, value, CompareOp::Eq)? {
                n += 1;
            }
            if self.state.get() != state {
                return Err(mutated(py));
            }
        }
        Ok(n)
    }

    /// Extend the right side of the deque with elements from the iterable.
    #[pymethod]
    fn extend(&self, py: Python, iterable: &PyObject) -> PyResult<()> {
        self.extend_with(py, iterable, Deque::put_right)
    }

    /// Extend the left side of the deque with elements from the iterable.
    #[pymethod]
    fn extendleft(&self, py: Python, iterable: &PyObject) -> PyResult<()> {
        self.extend_with(py, iterable, Deque::put_left)
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod(
        sig = "(value, start=<unrepresentable>, stop=<unrepresentable>, /)",
        text = "($self, value, [start, [stop]])"
    )]
    fn index(
        &self,
        py: Python,
        value: &PyObject,
        start: Option<&PyObject>,
        stop: Option<&PyObject>,
    ) -> PyResult<usize> {
        let bound = |o: Option<&PyObject>, default: isize| match o {
            Some(o) => slice_index(py, o),
            None => Ok(default),
        };
        let (start, stop) = (bound(start, 0)?, bound(stop, self.len() as isize)?);
        let len = self.len() as isize;
        let fit = |i: isize| if i < 0 { i.saturating_add(len).max(0) } else { i };
        let stop = fit(stop).min(len);
        let start = fit(start).min(stop);
        match self.position(py, value, start as usize..stop as usize, index_mutated)? {
            Some(i) => Ok(i),
            None => Err(value_error(py, "deque.index(x): x not in deque")),
        }
    }

    /// Insert value before index.
    #[pymethod]
    fn insert(&self, py: Python, index: isize, value: &PyObject) -> PyResult<()> {
        let len = self.len() as isize;
        if self.maxlen.get() >= 0 && len >= self.maxlen.get() {
            return Err(index_error(py, "deque already at its maximum size"));
        }
        let i = if index < 0 { index.saturating_add(len).max(0) } else { index.min(len) };
        if i == 0 {
            self.put_left(value.owned());
        } else {
            self.items.borrow_mut().insert(i as usize, value.owned());
            self.changed();
        }
        Ok(())
    }

    /// Remove and return the rightmost element.
    #[pymethod]
    fn pop(&self, py: Python) -> PyResult {
        self.take_right().ok_or_else(|| index_error(py, "pop from an empty deque"))
    }

    /// Remove and return the leftmost element.
    #[pymethod]
    fn popleft(&self, py: Python) -> PyResult {
        self.take_left().ok_or_else(|| index_error(py, "pop from an empty deque"))
    }

    /// Return state information for pickling.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let state = self.call_method0(py, intern!(py, "__getstate__"))?;
        let it = self.as_object().get_iter(py)?;
        let args = if self.maxlen.get() < 0 {
            PyTuple::empty(py)
        } else {
            let max = PyInt::from_isize(py, self.maxlen.get())?.into_object();
            PyTuple::new(py, [PyTuple::empty(py).into_object(), max])?
        };
        PyTuple::new(py, [self.ty().as_object().owned(), args.into_object(), state, it])
    }

    /// Remove first occurrence of value.
    #[pymethod]
    fn remove(&self, py: Python, value: &PyObject) -> PyResult<()> {
        match self.position(py, value, 0..self.len(), remove_mutated)? {
            Some(i) => {
                self.remove_at(i);
                Ok(())
            }
            None => Err(value_error(py, "deque.remove(x): x not in deque")),
        }
    }

    /// Return a reverse iterator over the deque.
    #[pymethod]
    fn __reversed__(&self, py: Python) -> PyResult<Py<DequeRevIter>> {
        DequeRevIter::make(py, self)
    }

    /// Reverse *IN PLACE*.
    #[pymethod]
    fn reverse(&self, _py: Python) {
        self.items.borrow_mut().make_contiguous().reverse();
    }

    /// Rotate the deque n steps to the right.  If n is negative, rotates left.
    #[pymethod(sig = "(n=1, /)")]
    fn rotate(&self, _py: Python, n: isize) {
        self.rotate_by(n);
    }

    /// Return the size of the deque in memory, in bytes.
    #[pymethod]
    fn __sizeof__(&self, _py: Python) -> usize {
        let blocks = (self.left.get() + self.len().max(1) - 1) / BLOCK_LEN + 1;
        self.ty().tp_basicsize.get() as usize + blocks * (BLOCK_LEN + 2) * 8
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        runtime::types::generic_alias::new(py, cls.as_object(), object)
    }

    /// maximum size of a deque or None if unbounded
    #[getter]
    fn maxlen(&self, _py: Python) -> Option<isize> {
        Some(self.maxlen.get()).filter(|&m| m >= 0)
    }
}
