//! `Token`: what `ContextVar.set` returns.

use super::{PyContext, PyContextVar};
use crate::prelude::*;
use crate::state::interpreter;
use crate::types::{PyDict, PyStr, PyTuple, generic_alias};

/// `PyContextToken`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyToken {
    pub ob_base: PyObject,
    pub(super) context: Py<PyContext>,
    pub(super) var: Py<PyContextVar>,
    pub(super) old_value: Slot,
    pub(super) used: Cell<bool>,
}

/// The type of `Token.MISSING`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTokenMissing {
    pub ob_base: PyObject,
}

/// Stands for no value.
#[pytype(name = "MISSING", module = "Token", flags(DISALLOW_INSTANTIATION))]
impl PyTokenMissing {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::new(py, "<Token.MISSING>")
    }
}

#[derive(Default)]
struct Missing(Slot<PyTokenMissing>);

/// `Token.MISSING`.
pub fn missing(py: Python) -> PyResult<Py<PyTokenMissing>> {
    let st = interpreter(py).module_state::<Missing>();
    if let Some(m) = st.0.get_owned() {
        return Ok(m);
    }
    let ty = PyTokenMissing::type_object();
    let m = new_object(py, ty, PyTokenMissing { ob_base: PyObject::header(ty) })?;
    st.0.set(Some(m.clone()));
    Ok(m)
}

impl PyToken {
    pub(super) fn new(
        py: Python,
        context: &PyContext,
        var: &PyContextVar,
        old_value: Option<Py>,
    ) -> PyResult<Py<PyToken>> {
        let ty = PyToken::type_object();
        new_object(
            py,
            ty,
            PyToken {
                ob_base: PyObject::header(ty),
                context: context.owned(),
                var: var.owned(),
                old_value: Slot::new(old_value),
                used: Cell::new(false),
            },
        )
    }
}

/// Remembers a variable's old value.
#[pytype(
    name = "Token",
    order = "__class_getitem__",
    module = "_contextvars",
    symbol = "PyContextToken_Type",
    flags(GC),
    nosig
)]
impl PyToken {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        _cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyToken>> {
        Err(runtime_error(py, "Tokens can only be created by ContextVars"))
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let var = self.var.as_object().repr(py)?;
        let head = if self.used.get() { "<Token used var=" } else { "<Token var=" };
        PyStr::concat3(py, head, &var, &format!(" at {:p}>", self))
    }

    #[getter]
    fn var(&self) -> Py<PyContextVar> {
        self.var.clone()
    }

    #[getter]
    fn old_value(&self, py: Python) -> PyResult {
        match self.old_value.get_owned() {
            Some(v) => Ok(v),
            None => Ok(missing(py)?.into_object()),
        }
    }

    /// Enters a block at whose end the variable is reset.
    #[pymethod]
    fn __enter__(&self) -> Py<PyToken> {
        self.owned()
    }

    /// Resets the variable.
    #[pymethod(sig = "(type, val, tb, /)")]
    fn __exit__(&self, py: Python, _type: &PyObject, _val: &PyObject, _tb: &PyObject) -> PyResult<()> {
        self.var.restore(py, self)
    }

    /// See PEP 585
    #[classmethod(sig = "(object, /)")]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        generic_alias::new(py, cls.object(), object)
    }
}
