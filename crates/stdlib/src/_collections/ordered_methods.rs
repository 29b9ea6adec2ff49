//! `OrderedDict` as Python sees it.

use super::ordered_dict::{NodeId, OrderedDict};
use super::ordered_iter::{OrderedIter, What};
use super::ordered_views::{OrderedItems, OrderedKeys, OrderedValues};
use runtime::prelude::*;
use runtime::types::object_;
use runtime::types::repr_guard::ReprGuard;

/// Adds the pairs of an iterable to a mapping.
fn add_pairs(py: Python, me: &PyObject, pairs: &PyObject) -> PyResult<()> {
    let it = pairs.get_iter(py)?;
    while let Some(pair) = it.iter_next(py)? {
        let parts = pair.get_iter(py)?;
        let Some(key) = parts.iter_next(py)? else {
            return Err(value_error(py, "need more than 0 values to unpack"));
        };
        let Some(value) = parts.iter_next(py)? else {
            return Err(value_error(py, "need more than 1 value to unpack"));
        };
        if parts.iter_next(py)?.is_some() {
            return Err(value_error(py, "too many values to unpack (expected 2)"));
        }
        me.set_item(py, &key, &value)?;
    }
    Ok(())
}

/// Adds a mapping's or an iterable's items as `MutableMapping.update` does.
fn update_with(py: Python, me: &PyObject, other: &PyObject) -> PyResult<()> {
    if PyDict::check_exact(other) {
        let items = other.call_method0(py, intern!(py, "items"))?;
        return add_pairs(py, me, &items);
    }
    if let Some(keys) = other.getattr_opt(py, intern!(py, "keys"))? {
        let it = keys.call0(py)?.get_iter(py)?;
        while let Some(key) = it.iter_next(py)? {
            let value = other.get_item(py, &key)?;
            me.set_item(py, &key, &value)?;
        }
        return Ok(());
    }
    match other.getattr_opt(py, intern!(py, "items"))? {
        Some(items) => add_pairs(py, me, &*items.call0(py)?),
        None => add_pairs(py, me, other),
    }
}

fn update_from_args(py: Python, me: &PyObject, args: &[&PyObject], kwargs: Option<&PyDict>) -> PyResult<()> {
    match args {
        [] => {}
        [other] => update_with(py, me, other)?,
        more => {
            let n = more.len();
            return Err(type_error(py, format!("update() takes at most 1 positional argument ({n} given)")));
        }
    }
    match kwargs.filter(|k| !k.is_empty()) {
        Some(k) => add_pairs(py, me, k.items(py)?.as_object()),
        None => Ok(()),
    }
}

impl OrderedDict {
    /// Removes a key from order and dict.
    fn pop_key(&self, py: Python, key: &PyObject, hash: isize, default: Option<&PyObject>) -> PyResult {
        self.drop_node_of(py, key, hash)?;
        match (self.ob_base.pop(py, key)?, default) {
            (Some(v), _) => Ok(v),
            (None, Some(d)) => Ok(d.owned()),
            (None, None) => Err(key_error(py, key)),
        }
    }

    fn same_order(&self, py: Python, other: &OrderedDict) -> PyResult<bool> {
        let states = (self.state.get(), other.state.get());
        let (mut a, mut b): (Option<NodeId>, Option<NodeId>) = (self.end(false), other.end(false));
        loop {
            let (Some(x), Some(y)) = (a, b) else { return Ok(a.is_none() && b.is_none()) };
            let (Some((x_key, _)), Some((y_key, _))) = (self.node(x), other.node(y)) else {
                return Ok(false);
            };
            let equal = x_key.compare_bool(py, &y_key, CompareOp::Eq)?;
            if states != (self.state.get(), other.state.get()) {
                return Err(runtime_error(py, "OrderedDict mutated during iteration"));
            }
            if !equal {
                return Ok(false);
            }
            (a, b) = (self.neighbour(x, false), other.neighbour(y, false));
        }
    }

    fn add_copies(&self, py: Python, copy: &PyObject) -> PyResult<()> {
        let exact = OrderedDict::check_exact(self.as_object());
        let state = self.state.get();
        for key in self.key_list() {
            if exact {
                let Some(value) = self.ob_base.get_item(py, &key)? else { return Err(key_error(py, &key)) };
                if let Some(c) = copy.downcast::<OrderedDict>() {
                    c.put(py, &key, &value)?;
                }
            } else {
                let value = self.as_object().get_item(py, &key)?;
                copy.set_item(py, &key, &value)?;
            }
            if self.state.get() != state {
                return Err(runtime_error(py, "OrderedDict mutated during iteration"));
            }
        }
        Ok(())
    }
}

/// Dictionary that remembers insertion order
#[pytype(
    name = "OrderedDict",
    module = "collections",
    symbol = "PyODict_Type",
    base = PyDict,
    basicsize = 112,
    flags(BASETYPE, GC),
    dictoffset = dict,
    weaklistoffset = weakreflist,
    nosig
)]
impl OrderedDict {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<OrderedDict>> {
        OrderedDict::make(py, cls)
    }

    #[slot(tp_init)]
    fn py_init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        let n = args.len();
        if n > 1 {
            return Err(type_error(py, format!("expected at most 1 arguments, got {n}")));
        }
        update_from_args(py, self.as_object(), args.items(), kwargs)
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        self.dict.traverse(visitor);
        if let Ok(order) = self.order.try_borrow() {
            order.keys().for_each(|k| visitor.visit(k));
        }
        if let Some(f) = PyDict::type_object().tp_traverse.get() {
            // SAFETY: the base's traverse function for an object with its layout.
            unsafe { visitor.delegate(f, self.as_ptr()) };
        }
    }

    #[slot(tp_clear)]
    fn clear_refs(&self) {
        drop(self.dict.take());
        self.clear_nodes();
        self.ob_base.clear();
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: called once, when nobody refers to the object; its own fields are dropped, the base frees it.
        unsafe {
            if object::gc::is_tracked(o) {
                object::gc::untrack(o);
            }
            let me = o as *mut OrderedDict;
            if !(*me).weakreflist.get().is_null() {
                runtime::types::weakref::clear_weakrefs(Python::assume_attached(), &*o);
            }
            drop((*me).dict.take());
            std::ptr::addr_of_mut!((*me).order).drop_in_place();
            if let Some(f) = PyDict::type_object().tp_dealloc.get() {
                f(o);
            }
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let name = self.ty().short_name();
        if self.is_empty() {
            return PyStr::new(py, &format!("{name}()"));
        }
        let Some(_guard) = ReprGuard::enter(py, self.as_object()) else { return PyStr::new(py, "...") };
        let plain = PyDict::type_object().as_object().call1(py, self.as_object())?;
        let mut out = StrBuilder::new();
        out.push_str(name);
        out.push_str("(");
        out.push_pystr(&*plain.repr(py)?);
        out.push_str(")");
        out.finish(py)
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        if !PyDict::check(other) || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented().owned());
        }
        let Some(f) = PyDict::type_object().tp_richcompare.get() else { return Err(bad_internal_call(py)) };
        // SAFETY: a slot called with live objects.
        let same: Py = unsafe { from_c(py, f(self.as_ptr(), other.as_ptr(), CompareOp::Eq as i32))? };
        let mut equal = same.is_true(py)?;
        if equal && let Some(o) = other.downcast::<OrderedDict>() {
            equal = self.same_order(py, o)?;
        }
        Ok(py_bool(equal == (op == CompareOp::Eq)).owned().into_object())
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult<Py<OrderedIter>> {
        OrderedIter::make(py, self, What::Keys, false)
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(&self, py: Python, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            Some(v) => self.put(py, key, v),
            None => self.remove(py, key),
        }
    }

    #[slot(nb_or)]
    fn or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        if !PyDict::check(a) || !PyDict::check(b) {
            return Ok(not_implemented().owned());
        }
        let cls = if OrderedDict::check(a) { a.ty() } else { b.ty() };
        let new = cls.as_object().call1(py, a)?;
        update_with(py, &new, b)?;
        Ok(new)
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(&self, py: Python, other: &PyObject) -> PyResult {
        update_with(py, self.as_object(), other)?;
        Ok(self.as_object().owned())
    }

    /// Create a new ordered dictionary with keys from iterable and values set to value.
    #[classmethod(sig = "(iterable, value=None)")]
    fn fromkeys(cls: &PyTypeObject, py: Python, iterable: &PyObject, value: Option<&PyObject>) -> PyResult {
        let new = cls.as_object().call0(py)?;
        let value = value.unwrap_or(none());
        let it = iterable.get_iter(py)?;
        while let Some(key) = it.iter_next(py)? {
            match new.downcast_exact::<OrderedDict>() {
                Some(d) => d.put(py, &key, value)?,
                None => new.set_item(py, &key, value)?,
            }
        }
        Ok(new)
    }

    #[pymethod(nodoc)]
    fn __sizeof__(&self, _py: Python) -> usize {
        // The nodes and the table that finds them come with the first key.
        let order = if self.is_empty_order() { 0 } else { 32 * self.len() + 8 * self.table_id().1 };
        self.byte_size() + order
    }

    /// Return state information for pickling
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let me = self.as_object();
        let state = me.call_method0(py, intern!(py, "__getstate__"))?;
        let items = me.call_method0(py, intern!(py, "items"))?.get_iter(py)?;
        let args = PyTuple::empty(py).into_object();
        PyTuple::new(py, [me.ty().as_object().owned(), args, state, none().owned(), items])
    }

    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[pymethod(sig = "(key, default=None)")]
    fn setdefault(&self, py: Python, key: &PyObject, default: Option<&PyObject>) -> PyResult {
        let default = default.unwrap_or(none());
        let me = self.as_object();
        if OrderedDict::check_exact(me) {
            if let Some(v) = self.ob_base.get_item(py, key)? {
                return Ok(v);
            }
            self.put(py, key, default)?;
            return Ok(default.owned());
        }
        if me.contains(py, key)? {
            return me.get_item(py, key);
        }
        me.set_item(py, key, default)?;
        Ok(default.owned())
    }

    /// od.pop(key[,default]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[pymethod(sig = "(key, default=<unrepresentable>)")]
    fn pop(&self, py: Python, key: &PyObject, default: Option<&PyObject>) -> PyResult {
        let hash = key.hash(py)?;
        self.pop_key(py, key, hash, default)
    }

    /// Remove and return a (key, value) pair from the dictionary.
    ///
    /// Pairs are returned in LIFO order if last is true or FIFO order if false.
    #[pymethod(sig = "(last=True)")]
    fn popitem(&self, py: Python, last: bool) -> PyResult<Py<PyTuple>> {
        let Some((key, hash)) = self.end(last).and_then(|id| self.node(id)) else {
            return Err(key_error(py, PyStr::new(py, "dictionary is empty")?.as_object()));
        };
        let value = self.pop_key(py, &key, hash, None)?;
        PyTuple::new(py, [key, value])
    }

    #[pymethod(name = "keys", nodoc)]
    fn py_keys(&self, py: Python) -> PyResult<Py<OrderedKeys>> {
        OrderedKeys::make(py, self)
    }

    #[pymethod(name = "values", nodoc)]
    fn py_values(&self, py: Python) -> PyResult<Py<OrderedValues>> {
        OrderedValues::make(py, self)
    }

    #[pymethod(name = "items", nodoc)]
    fn py_items(&self, py: Python) -> PyResult<Py<OrderedItems>> {
        OrderedItems::make(py, self)
    }

    #[pymethod(name = "update", sig = "(*args, **kwargs)", nosig)]
    fn py_update(&self, py: Python, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<()> {
        update_from_args(py, self.as_object(), args, kwargs.as_deref())
    }

    /// Remove all items from ordered dict.
    #[pymethod(name = "clear")]
    fn py_clear(&self, _py: Python) {
        self.ob_base.clear();
        self.clear_nodes();
    }

    /// A shallow copy of ordered dict.
    #[pymethod(name = "copy")]
    fn py_copy(&self, py: Python) -> PyResult {
        let new = self.ty().as_object().call0(py)?;
        self.add_copies(py, &new)?;
        Ok(new)
    }

    #[pymethod(nodoc)]
    fn __reversed__(&self, py: Python) -> PyResult<Py<OrderedIter>> {
        OrderedIter::make(py, self, What::Keys, true)
    }

    /// Move an existing element to the end (or beginning if last is false).
    ///
    /// Raise KeyError if the element does not exist.
    #[pymethod(sig = "(key, last=True)")]
    fn move_to_end(&self, py: Python, key: &PyObject, last: bool) -> PyResult<()> {
        if self.is_empty_order() {
            return Err(key_error(py, key));
        }
        let hash = key.hash(py)?;
        let Some(id) = self.find_node(py, key, hash)? else { return Err(key_error(py, key)) };
        if self.end(last) != Some(id) {
            self.move_node(id, last);
        }
        Ok(())
    }

    #[getter(__dict__)]
    fn get_dict(&self, py: Python) -> PyResult {
        object_::generic_get_dict(py, self.as_object())
    }

    #[setter(__dict__)]
    fn set_dict(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        object_::generic_set_dict(py, self.as_object(), value)
    }
}
