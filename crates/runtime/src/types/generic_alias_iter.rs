//! The iterator of generic aliases: gives the starred alias once, as `*tuple[int, ...]` in a subscript needs it.

use crate::prelude::*;
use crate::types::{PyGenericAlias, PyTuple};

/// `gaiterobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyGenericAliasIter {
    pub ob_base: PyObject,
    /// The alias, until it has been given.
    alias: Slot<PyGenericAlias>,
}

impl PyGenericAliasIter {
    /// An iterator over `*alias`.
    pub(super) fn new(py: Python, alias: &PyGenericAlias) -> PyResult<Py<PyGenericAliasIter>> {
        let ty = PyGenericAliasIter::type_object();
        new_object(
            py,
            ty,
            PyGenericAliasIter { ob_base: PyObject::header(ty), alias: Slot::from(alias.owned()) },
        )
    }
}

#[pytype(name = "generic_alias_iterator", flags(GC, DISALLOW_INSTANTIATION))]
impl PyGenericAliasIter {
    #[slot(tp_iter)]
    fn iter(&self) -> Py<PyGenericAliasIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        match self.alias.take() {
            Some(a) => Ok(Some(a.starred(py)?.into_object())),
            None => Ok(None),
        }
    }

    /// What pickle stores.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let iter = crate::interp::builtin(py, intern!(py, "iter"))?;
        let arg = match self.alias.get_owned() {
            Some(a) => a.into_object(),
            None => PyTuple::empty(py).into_object(),
        };
        PyTuple::new(py, [iter, PyTuple::new(py, [arg])?.into_object()])
    }
}
