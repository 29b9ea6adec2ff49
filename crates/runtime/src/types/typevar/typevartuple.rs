//! `typing.TypeVarTuple`.

use super::*;

/// `typevartupleobject`. Attributes set on an instance live in its own dict.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTypeVarTuple {
    pub ob_base: PyObject,
    name: Py<PyStr>,
    pub(super) default: Lazy,
}

fn make(py: Python, name: Py<PyStr>, default: Lazy) -> PyResult<Py<PyTypeVarTuple>> {
    let ty = PyTypeVarTuple::type_object();
    let value = PyTypeVarTuple { ob_base: PyObject::header(ty), name, default };
    new_object(py, ty, value)
}

/// `[*Ts]`
pub fn make_typevartuple(py: Python, name: &PyObject) -> PyResult {
    let Some(name) = name.downcast::<PyStr>() else { return Err(bad_internal_call(py)) };
    Ok(make(py, name.owned(), default_value(None))?.into_object())
}

/// A type variable tuple: stands for any number of types.
#[pytype(
    name = "TypeVarTuple",
    module = "typing",
    flags(GC, HEAPTYPE, IMMUTABLETYPE, MANAGED_DICT, MANAGED_WEAKREF),
    nosig,
    members(name as __name__: object readonly)
)]
impl PyTypeVarTuple {
    #[slot(tp_new)]
    fn new(py: Python, _cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let [name, default] = parse_new!(py, args, kwargs, "typevartuple", ["name", "default"], 1, 1, false);
        let t = make(py, name_argument(py, "typevartuple", &name)?, default_value(default.as_deref()))?;
        set_caller_module(py, &t)?;
        Ok(t.into_object())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> Py<PyStr> {
        self.name.clone()
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult {
        unpack_iter(py, self)
    }

    #[pymethod]
    fn __typing_subst__(&self, py: Python, arg: &PyObject) -> PyResult {
        let _ = arg;
        Err(type_error(py, "Substitution of bare TypeVarTuple is not supported"))
    }

    #[pymethod]
    fn __typing_prepare_subst__(&self, py: Python, alias: &PyObject, args: &PyObject) -> PyResult {
        call_typing(py, "_typevartuple_prepare_subst", &[self, alias, args])
    }

    #[pymethod]
    fn __reduce__(&self) -> Py<PyStr> {
        self.name.clone()
    }

    #[pymethod]
    fn has_default(&self) -> bool {
        self.default.is_default()
    }

    #[pymethod(sig = "(object, /)")]
    fn __mro_entries__(&self, py: Python, object: &PyObject) -> PyResult {
        let _ = object;
        Err(cannot_subclass(py, "TypeVarTuple"))
    }

    #[getter]
    fn __default__(&self, py: Python) -> PyResult {
        self.default.get_or_none(py)
    }

    #[getter]
    fn evaluate_default(&self, py: Python) -> PyResult {
        self.default.evaluator(py)
    }
}
