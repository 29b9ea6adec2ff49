//! `typing.TypeAliasType`: what a `type` statement makes.

use super::*;
use crate::types::{PyFunction, generic_alias, union};

/// `typealiasobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTypeAlias {
    pub ob_base: PyObject,
    name: Py<PyStr>,
    type_params: Slot<PyTuple>,
    value: Lazy,
    module: Slot,
}

fn make(
    py: Python,
    name: Py<PyStr>,
    params: Option<Py<PyTuple>>,
    value: Lazy,
    module: Option<Py>,
) -> PyResult<Py<PyTypeAlias>> {
    let ty = PyTypeAlias::type_object();
    let value = PyTypeAlias {
        ob_base: PyObject::header(ty),
        name,
        type_params: Slot::new(params.filter(|p| !p.is_empty())),
        value,
        module: Slot::new(module),
    };
    new_object(py, ty, value)
}

/// `type Name[params] = …` from a tuple of name, parameters or `None`, and a function that computes the value.
pub fn make_typealias(py: Python, parts: &PyObject) -> PyResult {
    let parts = parts.downcast::<PyTuple>().map(|t| t.items());
    let Some([name, params, compute]) = parts else { return Err(bad_internal_call(py)) };
    let Some(name) = name.downcast::<PyStr>() else { return Err(bad_internal_call(py)) };
    let params = params.downcast::<PyTuple>().map(|p| p.owned());
    Ok(make(py, name.owned(), params, Lazy::new(None, Some((*compute).owned())), None)?.into_object())
}

/// Parameters without default must not follow one that has one.
fn check_type_params(py: Python, params: &PyTuple) -> PyResult<()> {
    let mut default_seen = false;
    for p in params.items() {
        let has = if let Some(t) = p.downcast::<PyTypeVar>() {
            t.default.is_default()
        } else if let Some(s) = p.downcast::<PyParamSpec>() {
            s.default.is_default()
        } else if let Some(t) = p.downcast::<PyTypeVarTuple>() {
            t.default.is_default()
        } else {
            return Err(type_error(py, format!("Expected a type param, got {}", p.repr(py)?)));
        };
        if has {
            default_seen = true;
        } else if default_seen {
            return Err(type_error(
                py,
                format!("non-default type parameter '{}' follows default type parameter", p.repr(py)?),
            ));
        }
    }
    Ok(())
}

impl PyTypeAlias {
    fn params(&self, py: Python) -> Py<PyTuple> {
        self.type_params.get_owned().unwrap_or_else(|| PyTuple::empty(py))
    }
}

/// A type alias.
#[pytype(name = "TypeAliasType", module = "typing", symbol = "_PyTypeAlias_Type", flags(GC), nosig, members(name as __name__: object readonly))]
impl PyTypeAlias {
    #[slot(tp_new)]
    fn new(py: Python, _cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let [name, value, type_params] =
            parse_new!(py, args, kwargs, "typealias", ["name", "value", "type_params"], 2, 2, false);
        let name = name_argument(py, "typealias", &name)?;
        let params = match &type_params {
            None => None,
            Some(p) => match p.downcast::<PyTuple>() {
                Some(t) => Some(t.owned()),
                None => return Err(type_error(py, "type_params must be a tuple")),
            },
        };
        if let Some(p) = &params {
            check_type_params(py, p)?;
        }
        let module = caller(py)?;
        Ok(make(py, name, params, Lazy::new(value, None), Some(module))?.into_object())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> Py<PyStr> {
        self.name.clone()
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult {
        unpack_iter(py, self)
    }

    #[slot(nb_or)]
    fn or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        union::union_or(py, a, b)
    }

    #[slot(mp_subscript)]
    fn subscript(&self, py: Python, args: &PyObject) -> PyResult {
        if self.type_params.is_empty() {
            return Err(type_error(py, "Only generic type aliases are subscriptable"));
        }
        generic_alias::new(py, self, args)
    }

    #[pymethod]
    fn __reduce__(&self) -> Py<PyStr> {
        self.name.clone()
    }

    #[getter]
    fn __parameters__(&self, py: Python) -> PyResult {
        let params = self.params(py);
        let mut out = Vec::with_capacity(params.len());
        for p in params.items() {
            out.push(if PyTypeVarTuple::check(p) { unpack(py, p)? } else { p.owned() });
        }
        Ok(PyTuple::new(py, out)?.into_object())
    }

    #[getter]
    fn __type_params__(&self, py: Python) -> Py<PyTuple> {
        self.params(py)
    }

    #[getter]
    fn __value__(&self, py: Python) -> PyResult {
        self.value.get_or_none(py)
    }

    #[getter]
    fn evaluate_value(&self, py: Python) -> PyResult {
        self.value.evaluator(py)
    }

    #[getter]
    fn __module__(&self) -> Py {
        if let Some(m) = self.module.get_owned() {
            return m;
        }
        // That of the function which computes the value.
        let f = self.value.evaluate.get_owned();
        let module =
            f.as_ref().and_then(|f| f.downcast::<PyFunction>()).and_then(|f| f.func_module.get_owned());
        module.unwrap_or_else(|| none().owned())
    }
}
