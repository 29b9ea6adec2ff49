//! `attrgetter`.

use runtime::prelude::*;

/// `attrgetterobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct AttrGetter {
    pub ob_base: PyObject,
    /// For each attribute a str, or a tuple of str for a dotted path.
    paths: Slot<PyTuple>,
    names: Slot<PyTuple>,
}

fn follow(py: Python, obj: &PyObject, path: &PyObject) -> PyResult {
    if let Some(name) = path.downcast::<PyStr>() {
        return obj.getattr(py, name);
    }
    let mut at = obj.owned();
    for name in path.downcast::<PyTuple>().map_or(&[] as &[&PyObject], |t| t.items()) {
        if let Some(name) = name.downcast::<PyStr>() {
            at = at.getattr(py, name)?;
        }
    }
    Ok(at)
}

fn split(py: Python, name: &PyStr) -> PyResult {
    let chars: Vec<u32> = name.chars().collect();
    if !chars.contains(&('.' as u32)) {
        return Ok(PyStr::intern(py, name.owned()).into_object());
    }
    let parts = chars
        .split(|&c| c == '.' as u32)
        .map(|p| Ok(PyStr::intern(py, PyStr::from_ucs4(py, p)?).into_object()))
        .collect::<PyResult<Vec<Py>>>()?;
    Ok(PyTuple::new(py, parts)?.into_object())
}

/// Return a callable object that fetches the given attribute(s) from its operand.
///
/// After f = attrgetter('name'), the call f(r) returns r.name.
/// After g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).
/// After h = attrgetter('name.first', 'name.last'), the call h(r) returns
/// (r.name.first, r.name.last).
#[pytype(
    name = "attrgetter",
    module = "operator",
    flags(GC, HEAPTYPE, IMMUTABLETYPE),
    text = "(attr, /, *attrs)"
)]
impl AttrGetter {
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
    ) -> PyResult<Py<AttrGetter>> {
        if std::ptr::eq(cls, AttrGetter::type_object()) && kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "attrgetter() takes no keyword arguments"));
        }
        if args.is_empty() {
            return Err(type_error(py, "attrgetter expected 1 argument, got 0"));
        }
        let mut paths = Vec::with_capacity(args.len());
        for a in args.items() {
            match a.downcast::<PyStr>() {
                Some(name) => paths.push(split(py, name)?),
                None => return Err(type_error(py, "attribute name must be a string")),
            }
        }
        let value = AttrGetter {
            ob_base: PyObject::header(cls),
            paths: Slot::new(Some(PyTuple::new(py, paths)?)),
            names: Slot::new(Some(PyTuple::from_slice(py, args.items())?)),
        };
        new_object(py, cls, value)
    }

    #[slot(tp_call)]
    fn call_slot(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "attrgetter() takes no keyword arguments"));
        }
        let &[obj] = args.items() else {
            return Err(type_error(py, format!("attrgetter expected 1 argument, got {}", args.len())));
        };
        let Some(paths) = self.paths.get_owned() else { return Err(bad_internal_call(py)) };
        if let &[one] = paths.items() {
            return follow(py, obj, one);
        }
        let found = paths.items().iter().map(|p| follow(py, obj, p)).collect::<PyResult<Vec<Py>>>()?;
        Ok(PyTuple::new(py, found)?.into_object())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        use runtime::types::repr_guard::ReprGuard;
        let name = tp_name(self);
        let Some(_guard) = ReprGuard::enter(py, self) else { return PyStr::new(py, &format!("{name}(...)")) };
        let Some(names) = self.names.get_owned() else { return Err(bad_internal_call(py)) };
        let mut out = StrBuilder::new();
        out.push_str(name);
        match names.items() {
            [one] => {
                out.push_str("(");
                out.push_pystr(&*one.repr(py)?);
                out.push_str(")");
            }
            _ => out.push_pystr(&*names.repr(py)?),
        }
        out.finish(py)
    }

    /// Return state information for pickling
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let Some(names) = self.names.get_owned() else { return Err(bad_internal_call(py)) };
        PyTuple::new(py, [self.ty().as_object().owned(), names.into_object()])
    }
}
