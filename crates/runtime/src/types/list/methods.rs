//! What Python code can do with a `list`.

use super::*;
use crate::abstract_::number::has_index;
use crate::types::memory::free_object;
use crate::types::repr_guard::ReprGuard;
use crate::types::slice::{PySlice, slice_index};
use crate::types::tuple::clamp_index;
use object::gc;

/// Mutable sequence of any objects.
///
/// list() is empty; list(iterable) holds the iterable's items.
#[pytype(
    name = "list",
    symbol = "PyList_Type",
    base = PyVarObject,
    flags(BASETYPE, GC, SEQUENCE, MATCH_SELF, LIST_SUBCLASS)
)]
impl PyList {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyList>> {
        PyList::of_type(py, cls)
    }

    #[slot(tp_init, sig = "(iterable=(), /)")]
    fn py_init(&self, py: Python, iterable: Option<&PyObject>) -> PyResult<()> {
        self.clear();
        match iterable {
            Some(i) => self.extend(py, i),
            None => Ok(()),
        }
    }

    #[vectorcall(sig = "(iterable=(), /)")]
    fn vectorcall(py: Python, cls: &PyTypeObject, iterable: Option<&PyObject>) -> PyResult<Py<PyList>> {
        let l = PyList::of_type(py, cls)?;
        if let Some(i) = iterable {
            l.extend(py, i)?;
        }
        Ok(l)
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: called once, when nobody refers to the list.
        unsafe {
            if gc::is_tracked(o) {
                gc::untrack(o);
            }
            let l = &*(o as *const PyList);
            let items = l.ob_item.get();
            if !items.is_null() {
                release_items(items, l.len(), l.allocated.get());
            }
            if PyList::check_exact(&*o) {
                gc::free_plain(o, size_of::<PyList>());
            } else {
                free_object(o);
            }
        }
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        // From the end, as `gc.get_referents` shows.
        for i in (0..self.len()).rev() {
            // SAFETY: within the list, which owns its items.
            unsafe { visitor.visit_ptr(self.cell(i).get()) };
        }
    }

    #[slot(tp_clear)]
    fn clear_slot(&self) {
        self.clear();
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        if self.is_empty() {
            return PyStr::new(py, "[]");
        }
        let Some(_guard) = ReprGuard::enter(py, self) else { return PyStr::new(py, "[...]") };
        let mut out = StrBuilder::new();
        out.push_str("[");
        let mut i = 0;
        while i < self.len() {
            if i > 0 {
                out.push_str(", ");
            }
            match self.get(i) {
                Some(item) => out.push_pystr(&*item.repr(py)?),
                // C code has not filled it in.
                None => out.push_str("<NULL>"),
            }
            i += 1;
        }
        out.push_str("]");
        out.finish(py)
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyList>() else { return Ok(not_implemented().owned()) };
        if self.len() != other.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(py_bool(op == CompareOp::Ne).owned().into_object());
        }
        let mut i = 0;
        while let (Some(a), Some(b)) = (self.get(i), other.get(i)) {
            if !a.compare_bool(py, &b, CompareOp::Eq)? {
                if i >= self.len() || i >= other.len() {
                    // The comparison made a list shorter: their lengths decide.
                    break;
                }
                return match op {
                    CompareOp::Eq => Ok(py_bool(false).owned().into_object()),
                    CompareOp::Ne => Ok(py_bool(true).owned().into_object()),
                    _ => a.rich_compare(py, &b, op),
                };
            }
            i += 1;
        }
        Ok(py_bool(op.holds(self.len().cmp(&other.len()))).owned().into_object())
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult<Py<PyListIter>> {
        PyListIter::new(py, self)
    }

    #[slot(sq_length)]
    #[slot(mp_length)]
    fn length(&self, _py: Python) -> PyResult<isize> {
        Ok(self.ob_base.ob_size.get())
    }

    #[slot(sq_item)]
    fn item(&self, py: Python, index: isize) -> PyResult {
        match usize::try_from(index).ok().and_then(|i| self.get(i)) {
            Some(o) => Ok(o),
            None => Err(index_error(py, "list index out of range")),
        }
    }

    #[slot(sq_ass_item)]
    fn ass_item(&self, py: Python, index: isize, value: Option<&PyObject>) -> PyResult<()> {
        let done = match (usize::try_from(index), value) {
            (Err(_), _) => false,
            (Ok(i), Some(v)) => self.set(i, v.owned()),
            (Ok(i), None) => self.remove_at(py, i).is_some(),
        };
        if done { Ok(()) } else { Err(index_error(py, "list assignment index out of range")) }
    }

    #[slot(mp_subscript)]
    pub fn subscript(&self, py: Python, key: &PyObject) -> PyResult {
        if has_index(key) {
            let i = key.index_isize(py, Some(&exceptions::PyExc_IndexError_Type))?;
            return self.item(py, if i < 0 { i.saturating_add(self.len() as isize) } else { i });
        }
        match key.downcast_exact::<PySlice>() {
            Some(s) => Ok(self.get_slice(py, s)?.into_object()),
            None => Err(bad_index(py, key)),
        }
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(&self, py: Python, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        if has_index(key) {
            let i = key.index_isize(py, Some(&exceptions::PyExc_IndexError_Type))?;
            return self.ass_item(py, if i < 0 { i.saturating_add(self.len() as isize) } else { i }, value);
        }
        match key.downcast_exact::<PySlice>() {
            Some(s) => self.assign_slice(py, s, value),
            None => Err(bad_index(py, key)),
        }
    }

    #[slot(sq_contains)]
    fn contains_slot(&self, py: Python, value: &PyObject) -> PyResult<bool> {
        Ok(self.find(py, value, 0, usize::MAX)?.is_some())
    }

    /// The first position of a value within `start..stop`.
    fn find(&self, py: Python, value: &PyObject, start: usize, stop: usize) -> PyResult<Option<usize>> {
        let mut i = start;
        while i < stop
            && let Some(item) = self.get(i)
        {
            if item.compare_bool(py, value, CompareOp::Eq)? {
                return Ok(Some(i));
            }
            i += 1;
        }
        Ok(None)
    }

    #[slot(sq_concat)]
    fn concat(&self, py: Python, other: &PyObject) -> PyResult<Py<PyList>> {
        let Some(b) = other.downcast::<PyList>() else {
            return Err(type_error(
                py,
                format!("can only concatenate list (not \"{}\") to list", type_name(other)),
            ));
        };
        let new = PyList::with_capacity(py, self.len().saturating_add(b.len()))?;
        // SAFETY: counting references runs no code.
        for item in unsafe { self.items().iter().chain(b.items()) } {
            new.push(item.owned());
        }
        Ok(new)
    }

    #[slot(sq_repeat)]
    fn repeat(&self, py: Python, times: isize) -> PyResult<Py<PyList>> {
        let Some(n) = self.len().checked_mul(times.max(0) as usize).filter(|&n| n <= MAX_LEN) else {
            return Err(memory_error(py));
        };
        let new = PyList::with_capacity(py, n)?;
        if n > 0 {
            for _ in 0..times {
                // SAFETY: counting references runs no code.
                for item in unsafe { self.items() } {
                    new.push(item.owned());
                }
            }
        }
        Ok(new)
    }

    #[slot(sq_inplace_concat)]
    fn inplace_concat(&self, py: Python, other: &PyObject) -> PyResult<Py<PyList>> {
        PyList::extend(self, py, other)?;
        Ok(self.owned())
    }

    #[slot(sq_inplace_repeat)]
    fn inplace_repeat(&self, py: Python, times: isize) -> PyResult<Py<PyList>> {
        let n = self.len();
        if n == 0 || times == 1 {
            return Ok(self.owned());
        }
        if times < 1 {
            self.clear();
            return Ok(self.owned());
        }
        let Some(all) = n.checked_mul(times as usize).filter(|&all| all <= MAX_LEN) else {
            return Err(memory_error(py));
        };
        self.resize(py, all)?;
        for i in n..all {
            // SAFETY: the first `n` items are there, the other places are filled here.
            unsafe {
                let item = self.cell(i - n).get();
                (*item).incref();
                self.cell(i).set(item);
            }
        }
        Ok(self.owned())
    }

    /// The item at an index, or the items of a slice.
    #[pymethod(coexist)]
    fn __getitem__(&self, py: Python, index: &PyObject) -> PyResult {
        self.subscript(py, index)
    }

    /// An iterator over the items, the last one first.
    #[pymethod]
    fn __reversed__(&self, py: Python) -> PyResult<Py<PyListRevIter>> {
        PyListRevIter::new(py, self)
    }

    /// Bytes in memory, without the items themselves.
    #[pymethod]
    fn __sizeof__(&self, _py: Python) -> usize {
        self.ty().tp_basicsize.get() as usize + self.allocated.get().max(0) as usize * 8
    }

    /// Removes all items.
    #[pymethod(name = "clear")]
    fn py_clear(&self, _py: Python) {
        self.clear();
    }

    /// A shallow copy.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult<Py<PyList>> {
        self.slice(py, 0, usize::MAX)
    }

    /// Adds an object at the end.
    #[pymethod(name = "append")]
    fn py_append(&self, py: Python, object: &PyObject) -> PyResult<()> {
        self.append(py, object.owned())
    }

    /// Puts an object before the item at index.
    #[pymethod(name = "insert")]
    fn py_insert(&self, py: Python, index: isize, object: &PyObject) -> PyResult<()> {
        self.insert(py, index, object.owned())
    }

    /// Adds the iterable's items at the end.
    #[pymethod(name = "extend")]
    fn py_extend(&self, py: Python, iterable: &PyObject) -> PyResult<()> {
        PyList::extend(self, py, iterable)
    }

    /// Removes and returns the item at index, by default the last one.
    ///
    /// IndexError if the list is empty or the index out of range.
    #[pymethod(name = "pop", sig = "(index=-1, /)")]
    fn py_pop(&self, py: Python, index: isize) -> PyResult {
        let n = self.len();
        if n == 0 {
            return Err(index_error(py, "pop from empty list"));
        }
        let i = if index < 0 { index + n as isize } else { index };
        match usize::try_from(i).ok().and_then(|i| self.pop_at(py, i)) {
            Some(item) => Ok(item),
            None => Err(index_error(py, "pop index out of range")),
        }
    }

    /// Removes the first item that equals value; ValueError if there is none.
    #[pymethod]
    fn remove(&self, py: Python, value: &PyObject) -> PyResult<()> {
        match self.find(py, value, 0, usize::MAX)? {
            Some(i) => {
                drop(self.pop_at(py, i));
                Ok(())
            }
            None => Err(value_error(py, "list.remove(x): x not in list")),
        }
    }

    /// First position of value; ValueError if there is none.
    #[pymethod(sig = "(value, start=0, stop=sys.maxsize, /)")]
    fn index(
        &self,
        py: Python,
        value: &PyObject,
        start: Option<&PyObject>,
        stop: Option<&PyObject>,
    ) -> PyResult<usize> {
        let start = clamp_index(start.map_or(Ok(0), |o| slice_index(py, o))?, self.len());
        let stop = stop.map_or(Ok(isize::MAX), |o| slice_index(py, o))?;
        let stop = if stop < 0 { clamp_index(stop, self.len()) } else { stop as usize };
        match self.find(py, value, start, stop)? {
            Some(i) => Ok(i),
            None => Err(value_error(py, "list.index(x): x not in list")),
        }
    }

    /// How many items equal value.
    #[pymethod]
    fn count(&self, py: Python, value: &PyObject) -> PyResult<usize> {
        let (mut n, mut i) = (0, 0);
        while let Some(item) = self.get(i) {
            n += usize::from(item.compare_bool(py, value, CompareOp::Eq)?);
            i += 1;
        }
        Ok(n)
    }

    /// Turns the order round, in place.
    #[pymethod(name = "reverse")]
    fn py_reverse(&self, _py: Python) {
        PyList::reverse(self);
    }

    /// Sorts in ascending order, in place and stably.
    ///
    /// key is called once for each item, and its results are compared instead.
    /// With reverse, the order is descending.
    #[pymethod(name = "sort", sig = "(*, key=None, reverse=False)")]
    fn py_sort(&self, py: Python, key: Option<&PyObject>, reverse: bool) -> PyResult<()> {
        PyList::sort(self, py, key.filter(|k| !k.is_none()), reverse)
    }

    /// A generic alias, for annotations such as list[int].
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        crate::types::generic_alias::new(py, cls.object(), object)
    }
}

#[cold]
fn bad_index(py: Python, key: &PyObject) -> Raised {
    type_error(py, format!("list indices must be integers or slices, not {}", type_name(key)))
}
