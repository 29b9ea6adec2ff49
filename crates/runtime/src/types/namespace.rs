//! `types.SimpleNamespace`.

use crate::prelude::*;
use crate::types::repr_guard::ReprGuard;
use crate::types::str_::percent::full_type_name;
use crate::types::{PyDict, PyStr, PyTuple};

/// `_PyNamespaceObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyNamespace {
    pub ob_base: PyObject,
    pub ns_dict: Slot<PyDict>,
}

impl PyNamespace {
    /// An empty namespace.
    pub fn new(py: Python) -> PyResult<Py<PyNamespace>> {
        let ty = PyNamespace::type_object();
        let dict = PyDict::new(py)?;
        new_object(py, ty, PyNamespace { ob_base: PyObject::header(ty), ns_dict: Slot::from(dict) })
    }

    fn dict(&self, py: Python) -> PyResult<Py<PyDict>> {
        match self.ns_dict.get_owned() {
            Some(d) => Ok(d),
            None => {
                let d = PyDict::new(py)?;
                self.ns_dict.set(Some(d.clone()));
                Ok(d)
            }
        }
    }
}

/// Errors: `TypeError` for keys that are no names of attributes.
fn only_names(py: Python, dict: &PyDict) -> PyResult<()> {
    let mut pos = 0;
    while let Some((k, _)) = dict.next(&mut pos) {
        if !PyStr::check(&k) {
            return Err(type_error(py, "keywords must be strings"));
        }
    }
    Ok(())
}

/// An object with attributes.
#[pytype(name = "SimpleNamespace", module = "types", symbol = "_PyNamespace_Type", text = "(mapping_or_iterable=(), /, **kwargs)", flags(BASETYPE, GC), dictoffset = ns_dict, members(ns_dict as __dict__: object readonly))]
impl PyNamespace {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyNamespace>> {
        let dict = PyDict::new(py)?;
        new_object(py, cls, PyNamespace { ob_base: PyObject::header(cls), ns_dict: Slot::from(dict) })
    }

    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        if args.len() > 1 {
            return Err(type_error(
                py,
                format!("{} expected at most 1 argument, got {}", self.ty().short_name(), args.len()),
            ));
        }
        let own = self.dict(py)?;
        if let Some(arg) = args.get(0) {
            let d = match arg.downcast_exact::<PyDict>() {
                Some(d) => d.owned(),
                None => {
                    let made = PyDict::type_object().object().call1(py, arg)?;
                    made.downcast_into::<PyDict>().map_err(|_| bad_internal_call(py))?
                }
            };
            only_names(py, &d)?;
            own.merge(py, d.as_object(), true)?;
        }
        match kwargs {
            Some(k) => {
                only_names(py, k)?;
                own.merge(py, k.as_object(), true)
            }
            None => Ok(()),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let name = if std::ptr::eq(self.ty(), PyNamespace::type_object()) {
            "namespace"
        } else {
            self.ty().short_name()
        };
        let Some(_guard) = ReprGuard::enter(py, self.as_object()) else {
            return PyStr::new(py, &format!("{name}(...)"));
        };
        let mut out = StrBuilder::new();
        out.push_str(name);
        out.push_str("(");
        let d = self.dict(py)?;
        let mut pos = 0;
        let mut first = true;
        while let Some((k, v)) = d.next(&mut pos) {
            let Some(k) = k.downcast::<PyStr>().filter(|k| !k.is_empty()) else { continue };
            out.push_str(if first { "" } else { ", " });
            first = false;
            out.push_pystr(k);
            out.push_str("=");
            out.push_pystr(&*v.repr(py)?);
        }
        out.push_str(")");
        out.finish(py)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        match other.downcast::<PyNamespace>() {
            Some(o) => self.dict(py)?.as_object().rich_compare(py, o.dict(py)?.as_object(), op),
            None => Ok(not_implemented().owned()),
        }
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let empty = PyTuple::empty(py).into_object();
        PyTuple::new(py, [self.ty().owned().into_object(), empty, self.dict(py)?.into_object()])
    }

    /// A copy with some attributes replaced.
    #[pymethod(sig = "(**changes)")]
    fn __replace__(&self, py: Python, changes: Option<Py<PyDict>>) -> PyResult {
        let new = self.ty().object().call0(py)?;
        let Some(n) = new.downcast::<PyNamespace>() else {
            return Err(type_error(
                py,
                format!(
                    "expect types.SimpleNamespace type, but {}() returned '{}' object",
                    full_type_name(py, self.as_object())?,
                    full_type_name(py, &new)?
                ),
            ));
        };
        let d = n.dict(py)?;
        d.merge(py, self.dict(py)?.as_object(), true)?;
        if let Some(c) = changes {
            d.merge(py, c.as_object(), true)?;
        }
        Ok(new)
    }
}
