//! `_weakref`: the functions behind the module weakref. The types are the runtime's.

use macros::pymodule;
use runtime::prelude::*;
use runtime::types::weakref::{self, PyCallableProxy, PyProxy, PyWeakRef};

/// Support for weak references.
#[pymodule(name = "_weakref")]
pub mod _weakref {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        module.add(py, "ref", PyWeakRef::type_object().object())?;
        module.add(py, "ReferenceType", PyWeakRef::type_object().object())?;
        module.add(py, "ProxyType", PyProxy::type_object().object())?;
        module.add(py, "CallableProxyType", PyCallableProxy::type_object().object())
    }

    /// The number of weak references to the object.
    #[pyfunction(sig = "(object, /)")]
    pub fn getweakrefcount(object: &PyObject) -> usize {
        weakref::count(object)
    }

    /// A list of all weak references to the object.
    #[pyfunction(sig = "(object, /)")]
    pub fn getweakrefs(py: Python, object: &PyObject) -> PyResult<Py<PyList>> {
        PyList::new(py, weakref::refs_to(object).into_iter().map(Py::into_object).collect())
    }

    /// A proxy of the object that does not keep it alive.
    ///
    /// The callback, if there is one, is called with the proxy when the object goes away.
    #[pyfunction(sig = "(object, callback=None, /)")]
    pub fn proxy(py: Python, object: &PyObject, callback: Option<&PyObject>) -> PyResult<Py<PyWeakRef>> {
        weakref::proxy(py, object, callback.filter(|c| !c.is_none()))
    }

    /// Deletes a key from a dict if its value is a dead weak reference, at once.
    #[pyfunction(sig = "(dct, key, /)")]
    pub fn _remove_dead_weakref(py: Python, dct: &PyDict, key: &PyObject) -> PyResult<()> {
        let Some(value) = dct.get_item(py, key)? else { return Ok(()) };
        let Some(r) = value.downcast::<PyWeakRef>() else { return Err(type_error(py, "not a weakref")) };
        if r.target().is_none() {
            dct.pop(py, key)?;
        }
        Ok(())
    }
}
