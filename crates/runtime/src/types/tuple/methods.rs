//! What Python code can do with a `tuple`.

use super::*;
use crate::state::enter_recursive_call;
use crate::types::memory::free_object;
use crate::types::repr_guard::ReprGuard;
use crate::types::slice::{PySlice, slice_index};
use object::gc;

/// Immutable sequence of any objects.
///
/// tuple() is empty; tuple(iterable) holds the iterable's items. Given an exact
/// tuple, that same object is returned.
#[pytype(
    name = "tuple", order = "__getnewargs__",
    symbol = "PyTuple_Type",
    base = PyVarObject,
    flags(BASETYPE, GC, SEQUENCE, MATCH_SELF, TUPLE_SUBCLASS),
    itemsize = 8
)]
impl PyTuple {
    #[slot(tp_new, sig = "(iterable=(), /)")]
    fn py_new(py: Python, cls: &PyTypeObject, iterable: Option<&PyObject>) -> PyResult<Py<PyTuple>> {
        let t = match iterable {
            None => PyTuple::empty(py),
            Some(i) => PyTuple::from_iterable(py, i)?,
        };
        if std::ptr::eq(cls, PyTuple::type_object()) { Ok(t) } else { t.of_subtype(py, cls) }
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: called once, when nobody refers to the tuple; items may be null if it was never completed.
        unsafe {
            if gc::is_tracked(o) {
                gc::untrack(o);
            }
            let t = &*(o as *const PyTuple);
            for i in (0..t.len()).rev() {
                drop(Py::<PyObject>::from_raw_owned_or_opt(*t.items_ptr().add(i)));
            }
            if PyTuple::check_exact(&*o) {
                gc::free_tuple(o, t.len());
            } else {
                free_object(o);
            }
        }
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        for i in (0..self.len()).rev() {
            // SAFETY: within the tuple; a tuple under construction has null items.
            unsafe { visitor.visit_ptr(*self.items_ptr().add(i)) };
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        if self.is_empty() {
            return PyStr::new(py, "()");
        }
        let Some(_guard) = ReprGuard::enter(py, self) else { return PyStr::new(py, "(...)") };
        let mut out = StrBuilder::new();
        out.push_str("(");
        for i in 0..self.len() {
            if i > 0 {
                out.push_str(", ");
            }
            // SAFETY: within the tuple, which holds its items; those that C code did not fill in are null.
            match unsafe { (*self.items_ptr().add(i)).as_ref() } {
                Some(item) => out.push_pystr(&*item.repr(py)?),
                None => out.push_str("<NULL>"),
            }
        }
        out.push_str(if self.len() == 1 { ",)" } else { ")" });
        out.finish(py)
    }

    #[slot(tp_hash)]
    pub fn hash(&self, py: Python) -> PyResult<isize> {
        let cached = self.ob_hash.get();
        if cached != -1 {
            return Ok(cached);
        }
        enter_recursive_call(py, " while hashing a tuple")?;
        // xxHash with the items' hashes as lanes.
        const PRIME_1: u64 = 11400714785074694791;
        const PRIME_2: u64 = 14029467366897019727;
        const PRIME_5: u64 = 2870177450012600261;
        let mut acc = PRIME_5;
        for item in self.items() {
            let lane = item.hash(py)? as u64;
            acc = acc.wrapping_add(lane.wrapping_mul(PRIME_2));
            acc = acc.rotate_left(31).wrapping_mul(PRIME_1);
        }
        acc = acc.wrapping_add(self.len() as u64 ^ (PRIME_5 ^ 3527539));
        let h = if acc == u64::MAX { 1546275796 } else { acc as isize };
        self.ob_hash.set(h);
        Ok(h)
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyTuple>() else { return Ok(not_implemented().owned()) };
        for (a, b) in self.items().iter().zip(other.items()) {
            if a.compare_bool(py, b, CompareOp::Eq)? {
                continue;
            }
            return match op {
                CompareOp::Eq => Ok(py_bool(false).owned().into_object()),
                CompareOp::Ne => Ok(py_bool(true).owned().into_object()),
                _ => a.rich_compare(py, b, op),
            };
        }
        Ok(py_bool(op.holds(self.len().cmp(&other.len()))).owned().into_object())
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult<Py<PyTupleIter>> {
        PyTupleIter::new(py, self)
    }

    #[slot(sq_length)]
    #[slot(mp_length)]
    fn length(&self, _py: Python) -> PyResult<isize> {
        Ok(self.ob_base.ob_size.get())
    }

    #[slot(sq_item)]
    fn item(&self, py: Python, index: isize) -> PyResult {
        match usize::try_from(index).ok().and_then(|i| self.get(i)) {
            Some(o) => Ok(o.owned()),
            None => Err(index_error(py, "tuple index out of range")),
        }
    }

    #[slot(mp_subscript)]
    fn subscript(&self, py: Python, key: &PyObject) -> PyResult {
        if crate::abstract_::number::has_index(key) {
            let i = key.index_isize(py, Some(&exceptions::PyExc_IndexError_Type))?;
            return self.item(py, if i < 0 { i.saturating_add(self.len() as isize) } else { i });
        }
        let Some(slice) = key.downcast_exact::<PySlice>() else {
            return Err(type_error(
                py,
                format!("tuple indices must be integers or slices, not {}", type_name(key)),
            ));
        };
        let r = slice.adjusted(py, self.len())?;
        if r.step == 1 && r.len == self.len() && PyTuple::check_exact(self) {
            return Ok(self.owned().into_object());
        }
        let items = self.items();
        let picked: Vec<Py> = r.indices().filter_map(|i| items.get(i)).map(|o| o.owned()).collect();
        Ok(PyTuple::new(py, picked)?.into_object())
    }

    #[slot(sq_contains)]
    fn contains_slot(&self, py: Python, value: &PyObject) -> PyResult<bool> {
        for item in self.items() {
            if item.compare_bool(py, value, CompareOp::Eq)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[slot(sq_concat)]
    fn concat(&self, py: Python, other: &PyObject) -> PyResult<Py<PyTuple>> {
        if self.is_empty() && PyTuple::check_exact(other) {
            // SAFETY: checked just now.
            return Ok(unsafe { other.downcast_unchecked::<PyTuple>() }.owned());
        }
        let Some(b) = other.downcast::<PyTuple>() else {
            return Err(type_error(
                py,
                format!("can only concatenate tuple (not \"{}\") to tuple", type_name(other)),
            ));
        };
        if b.is_empty() && PyTuple::check_exact(self) {
            return Ok(self.owned());
        }
        let n = self.len() + b.len();
        if n == 0 {
            return Ok(PyTuple::empty(py));
        }
        let mut t = TupleBuilder::new(py, n)?;
        for item in self.items().iter().chain(b.items()) {
            t.push(item.owned());
        }
        Ok(t.finish())
    }

    #[slot(sq_repeat)]
    fn repeat(&self, py: Python, times: isize) -> PyResult<Py<PyTuple>> {
        if (self.is_empty() || times == 1) && PyTuple::check_exact(self) {
            return Ok(self.owned());
        }
        if self.is_empty() || times <= 0 {
            return Ok(PyTuple::empty(py));
        }
        let Some(n) = self.len().checked_mul(times as usize).filter(|&n| n <= isize::MAX as usize / 8) else {
            return Err(memory_error(py));
        };
        let mut t = TupleBuilder::new(py, n)?;
        for _ in 0..times {
            for item in self.items() {
                t.push(item.owned());
            }
        }
        Ok(t.finish())
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
        let stop = clamp_index(stop.map_or(Ok(isize::MAX), |o| slice_index(py, o))?, self.len());
        for (i, item) in self.items().iter().enumerate().take(stop).skip(start) {
            if item.compare_bool(py, value, CompareOp::Eq)? {
                return Ok(i);
            }
        }
        Err(value_error(py, "tuple.index(x): x not in tuple"))
    }

    /// How many items equal value.
    #[pymethod]
    fn count(&self, py: Python, value: &PyObject) -> PyResult<usize> {
        let mut n = 0;
        for item in self.items() {
            n += usize::from(item.compare_bool(py, value, CompareOp::Eq)?);
        }
        Ok(n)
    }

    #[pymethod]
    fn __getnewargs__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let plain = PyTuple::from_slice(py, self.items())?;
        PyTuple::new(py, [plain.into_object()])
    }

    /// A generic alias, for annotations such as tuple[int, str].
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        crate::types::generic_alias::new(py, cls.object(), object)
    }
}

/// A start or stop argument of `index`: negative ones count from the end, and nothing is out of range.
pub(in crate::types) fn clamp_index(i: isize, len: usize) -> usize {
    if i < 0 { (len as isize).saturating_add(i).max(0) as usize } else { (i as usize).min(len) }
}
