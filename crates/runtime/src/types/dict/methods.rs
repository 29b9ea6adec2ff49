//! What Python code can do with a `dict`.

use super::iters::{PyDictIterKey, PyDictRevIterKey};
use super::keys::{DictKeys, empty_keys};
use super::lookup::hash_key;
use super::merge::from_keys;
use super::values::DictValues;
use super::*;
use crate::types::memory::free_object;
use crate::types::repr_guard::ReprGuard;

/// Mapping of hashable keys to any values, in order of insertion.
///
/// dict() is empty. dict(mapping) copies a mapping, dict(iterable) takes
/// (key, value) pairs; keyword arguments are added to either.
#[pytype(
    name = "dict",
    symbol = "PyDict_Type",
    base = PyObject,
    flags(BASETYPE, GC, MAPPING, MATCH_SELF, DICT_SUBCLASS)
)]
impl PyDict {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyDict>> {
        // SAFETY: the static empty block has no owner count.
        unsafe { PyDict::of_type(py, cls, empty_keys(), null_mut()) }
    }

    #[slot(tp_init)]
    fn py_init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        self.update_common(py, args.items(), kwargs, "dict")
    }

    #[vectorcall]
    fn vectorcall(py: Python, cls: &PyTypeObject, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        let names = kwnames.map_or(&[] as &[&PyObject], |k| k.items());
        let (positional, values) = args.split_at(args.len().saturating_sub(names.len()));
        // SAFETY: the static empty block has no owner count.
        let new = unsafe { PyDict::of_type(py, cls, empty_keys(), null_mut())? };
        new.update_common(py, positional, None, "dict")?;
        for (name, value) in names.iter().zip(values) {
            new.set_item(py, name, value)?;
        }
        Ok(new.into_object())
    }

    fn update_common(
        &self,
        py: Python,
        args: &[&PyObject],
        kwargs: Option<&PyDict>,
        name: &str,
    ) -> PyResult<()> {
        match args {
            [] => {}
            [arg] => self.update_from(py, arg)?,
            more => {
                return Err(type_error(
                    py,
                    format!("{name} expected at most 1 argument, got {}", more.len()),
                ));
            }
        }
        match kwargs {
            Some(k) => self.merge(py, k, true),
            None => Ok(()),
        }
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: called once, when nobody refers to the dict.
        unsafe {
            if gc::is_tracked(o) {
                gc::untrack(o);
            }
            let d = &*(o as *const PyDict);
            let (keys, values) = (d.ma_keys.get(), d.ma_values.get());
            if !values.is_null() && (*values).embedded.get() == 0 {
                (*values).clear();
                DictValues::free_memory(values);
            }
            if !keys.is_null() {
                DictKeys::decref(keys);
            }
            free_object(o);
        }
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        let k = self.keys_block();
        // SAFETY: within the entries and the capacity.
        unsafe {
            if let Some(v) = self.split_values() {
                for i in v.order() {
                    visitor.visit_ptr(v.value_cell(i).get());
                }
                return;
            }
            for i in 0..k.entry_count() {
                if !k.is_unicode() {
                    visitor.visit_ptr(k.key_ptr(i));
                }
                visitor.visit_ptr(k.value_cell(i).get());
            }
        }
    }

    #[slot(tp_clear)]
    fn clear_slot(&self) {
        self.clear();
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let Some(_guard) = ReprGuard::enter(py, self) else { return PyStr::new(py, "{...}") };
        let mut out = StrBuilder::new();
        out.push_str("{");
        let mut pos = 0;
        let mut first = true;
        while let Some((key, value)) = self.next(&mut pos) {
            if !first {
                out.push_str(", ");
            }
            first = false;
            out.push_pystr(&*key.repr(py)?);
            out.push_str(": ");
            out.push_pystr(&*value.repr(py)?);
        }
        out.push_str("}");
        out.finish(py)
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        match (other.downcast::<PyDict>(), op) {
            (Some(other), CompareOp::Eq) => Ok(py_bool(self.equals(py, other)?).owned().into_object()),
            (Some(other), CompareOp::Ne) => Ok(py_bool(!self.equals(py, other)?).owned().into_object()),
            _ => Ok(not_implemented().owned()),
        }
    }

    fn equals(&self, py: Python, other: &PyDict) -> PyResult<bool> {
        if self.len() != other.len() {
            return Ok(false);
        }
        let mut pos = 0;
        while let Some((key, value, hash)) = self.next_hash(&mut pos) {
            let Some(theirs) = other.get_item_hash(py, &key, hash)? else { return Ok(false) };
            if !theirs.compare_bool(py, &value, CompareOp::Eq)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult<Py<PyDictIterKey>> {
        PyDictIterKey::new(py, self)
    }

    #[slot(mp_length)]
    fn length(&self, _py: Python) -> PyResult<isize> {
        Ok(self.ma_used.get())
    }

    #[slot(mp_subscript)]
    pub fn subscript(&self, py: Python, key: &PyObject) -> PyResult {
        let hash = hash_key(py, key)?;
        if let Some(v) = self.get_item_hash(py, key, hash)? {
            return Ok(v);
        }
        if !PyDict::check_exact(self)
            && let Some(missing) = self.lookup_special(py, intern!(py, "__missing__"))?
        {
            return missing.call1(py, key);
        }
        Err(key_error(py, key))
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(&self, py: Python, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            Some(v) => self.set_item(py, key, v),
            None => self.del_item(py, key),
        }
    }

    #[slot(sq_contains)]
    fn contains_slot(&self, py: Python, key: &PyObject) -> PyResult<bool> {
        self.contains(py, key)
    }

    #[slot(nb_or)]
    fn or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let (Some(_), Some(_)) = (a.downcast::<PyDict>(), b.downcast::<PyDict>()) else {
            return Ok(not_implemented().owned());
        };
        // A subclass's `copy` is not asked: the result is a plain dict.
        let new = match a.downcast::<PyDict>() {
            Some(a) => a.copy(py)?,
            None => PyDict::new(py)?,
        };
        new.update_from(py, b)?;
        Ok(new.into_object())
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(&self, py: Python, other: &PyObject) -> PyResult<Py<PyDict>> {
        self.update_from(py, other)?;
        Ok(self.owned())
    }

    /// Is there such a key?
    #[pymethod(coexist)]
    fn __contains__(&self, py: Python, key: &PyObject) -> PyResult<bool> {
        self.contains(py, key)
    }

    /// The value of a key.
    #[pymethod(coexist)]
    fn __getitem__(&self, py: Python, key: &PyObject) -> PyResult {
        self.subscript(py, key)
    }

    /// Bytes in memory, without the keys and values themselves.
    #[pymethod]
    fn __sizeof__(&self, _py: Python) -> usize {
        self.byte_size()
    }

    /// The value of a key, or default.
    #[pymethod(sig = "(key, default=None, /)")]
    fn get(&self, py: Python, key: &PyObject, default: Option<&PyObject>) -> PyResult {
        Ok(match self.get_item(py, key)? {
            Some(v) => v,
            None => default.unwrap_or(none()).owned(),
        })
    }

    /// The value of a key, which is inserted with default if missing.
    #[pymethod(sig = "(key, default=None, /)")]
    fn setdefault(&self, py: Python, key: &PyObject, default: Option<&PyObject>) -> PyResult {
        self.set_default(py, key, default.unwrap_or(none()))
    }

    /// Removes a key and returns its value.
    ///
    /// A missing key gives default; without one, KeyError.
    #[pymethod(name = "pop", sig = "(key, default=<unrepresentable>, /)")]
    fn py_pop(&self, py: Python, key: &PyObject, default: Option<&PyObject>) -> PyResult {
        match (PyDict::pop(self, py, key)?, default) {
            (Some(v), _) => Ok(v),
            (None, Some(d)) => Ok(d.owned()),
            (None, None) => Err(key_error(py, key)),
        }
    }

    /// Removes the item inserted last and returns it as (key, value).
    ///
    /// KeyError if the dict is empty.
    #[pymethod]
    fn popitem(&self, py: Python) -> PyResult<Py<PyTuple>> {
        match self.pop_last(py)? {
            Some((key, value)) => PyTuple::new(py, [key, value]),
            None => Err(key_error(py, PyStr::new(py, "popitem(): dictionary is empty")?.as_object())),
        }
    }

    /// A view of the keys.
    #[pymethod(name = "keys")]
    fn py_keys(&self, py: Python) -> PyResult<Py<PyDictKeys>> {
        PyDictKeys::new(py, self)
    }

    /// A view of the items as (key, value).
    #[pymethod(name = "items")]
    fn py_items(&self, py: Python) -> PyResult<Py<PyDictItems>> {
        PyDictItems::new(py, self)
    }

    /// A view of the values.
    #[pymethod(name = "values")]
    fn py_values(&self, py: Python) -> PyResult<Py<PyDictValues>> {
        PyDictValues::new(py, self)
    }

    /// D.update([E, ]**F) -> None.  Adds the items of a mapping or of an iterable of pairs, and keyword arguments.
    #[pymethod(sig = "(*args, **kwargs)", nosig)]
    fn update(&self, py: Python, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<()> {
        self.update_common(py, args, kwargs.as_deref(), "update")
    }

    /// A dict with the iterable's items as keys, all with the same value.
    #[classmethod(sig = "(iterable, value=None, /)")]
    fn fromkeys(cls: &PyTypeObject, py: Python, iterable: &PyObject, value: Option<&PyObject>) -> PyResult {
        from_keys(py, cls, iterable, value.unwrap_or(none()))
    }

    /// Removes all items.
    #[pymethod(name = "clear")]
    fn py_clear(&self, _py: Python) {
        self.clear();
    }

    /// A shallow copy.
    #[pymethod(name = "copy")]
    fn py_copy(&self, py: Python) -> PyResult<Py<PyDict>> {
        self.copy(py)
    }

    /// An iterator over the keys, the last one first.
    #[pymethod]
    fn __reversed__(&self, py: Python) -> PyResult<Py<PyDictRevIterKey>> {
        PyDictRevIterKey::new(py, self)
    }

    /// A generic alias, for annotations such as dict[str, int].
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        crate::types::generic_alias::new(py, cls.object(), object)
    }
}
