//! `itemgetter`.

use runtime::prelude::*;

/// `itemgetterobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct ItemGetter {
    pub ob_base: PyObject,
    items: Slot<PyTuple>,
    /// The index, when there is one item whose key is a small int: read from tuples without the protocol.
    index: Cell<isize>,
}

/// Return a callable object that fetches the given item(s) from its operand.
///
/// After f = itemgetter(2), the call f(r) returns r[2].
/// After g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])
#[pytype(
    name = "itemgetter",
    module = "operator",
    flags(GC, HEAPTYPE, IMMUTABLETYPE),
    text = "(item, /, *items)"
)]
impl ItemGetter {
    #[getter]
    fn __text_signature__(&self) -> &'static str {
        "(obj, /)"
    }

    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<ItemGetter>> {
        if std::ptr::eq(cls, ItemGetter::type_object()) && kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "itemgetter() takes no keyword arguments"));
        }
        if args.is_empty() {
            return Err(type_error(py, "itemgetter expected 1 argument, got 0"));
        }
        let index = match args.items() {
            [one] => one.downcast_exact::<PyInt>().and_then(|i| i.as_i64()).filter(|&i| i >= 0).unwrap_or(-1),
            _ => -1,
        };
        let value = ItemGetter {
            ob_base: PyObject::header(cls),
            items: Slot::new(Some(PyTuple::from_slice(py, args.items())?)),
            index: Cell::new(index as isize),
        };
        new_object(py, cls, value)
    }

    #[slot(tp_call)]
    fn call_slot(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "itemgetter() takes no keyword arguments"));
        }
        let &[obj] = args.items() else {
            return Err(type_error(py, format!("itemgetter expected 1 argument, got {}", args.len())));
        };
        if self.index.get() >= 0
            && let Some(item) = obj.downcast_exact::<PyTuple>().and_then(|t| t.get(self.index.get() as usize))
        {
            return Ok(item.owned());
        }
        let Some(items) = self.items.get_owned() else { return Err(bad_internal_call(py)) };
        if let &[one] = items.items() {
            return obj.get_item(py, one);
        }
        let found = items.items().iter().map(|i| obj.get_item(py, i)).collect::<PyResult<Vec<Py>>>()?;
        Ok(PyTuple::new(py, found)?.into_object())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        use runtime::types::repr_guard::ReprGuard;
        let name = tp_name(self);
        let Some(_guard) = ReprGuard::enter(py, self) else { return PyStr::new(py, &format!("{name}(...)")) };
        let Some(items) = self.items.get_owned() else { return Err(bad_internal_call(py)) };
        let mut out = StrBuilder::new();
        out.push_str(name);
        match items.items() {
            [one] => {
                out.push_str("(");
                out.push_pystr(&*one.repr(py)?);
                out.push_str(")");
            }
            _ => out.push_pystr(&*items.repr(py)?),
        }
        out.finish(py)
    }

    /// Return state information for pickling
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let Some(items) = self.items.get_owned() else { return Err(bad_internal_call(py)) };
        PyTuple::new(py, [self.ty().as_object().owned(), items.into_object()])
    }
}
