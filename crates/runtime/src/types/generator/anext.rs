//! The awaitable that `anext(iterator, default)` gives.

use super::awaitable_iter;
use super::run::set_stop_iteration;
use crate::prelude::*;
use crate::types::exceptions::PyExc_StopAsyncIteration_Type;

/// `anextawaitableobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyAnextAwaitable {
    pub ob_base: PyObject,
    pub wrapped: Py,
    pub default_value: Py,
}

/// What `anext(iterator, default)` returns.
pub fn anext_awaitable(py: Python, awaitable: &PyObject, default: &PyObject) -> PyResult {
    PyAnextAwaitable::make(py, awaitable, default).map(Py::into_object)
}

impl PyAnextAwaitable {
    /// Wraps an awaitable: where that ends with `StopAsyncIteration`, this one gives `default`.
    pub fn make(py: Python, wrapped: &PyObject, default: &PyObject) -> PyResult<Py<PyAnextAwaitable>> {
        let ty = PyAnextAwaitable::type_object();
        new_object(
            py,
            ty,
            PyAnextAwaitable {
                ob_base: PyObject::header(ty),
                wrapped: wrapped.owned(),
                default_value: default.owned(),
            },
        )
    }

    /// The iterator of the wrapped awaitable.
    fn iterator(&self, py: Python) -> PyResult {
        let it = awaitable_iter(py, &self.wrapped)?;
        if it.ty().tp_iternext.get().is_some() {
            return Ok(it);
        }
        // A coroutine: its own `__await__` gives an iterator.
        let it = match it.ty().as_async().and_then(|a| a.am_await.get()) {
            // SAFETY: a slot called with a live object.
            Some(f) => unsafe { from_c::<PyObject>(py, f(it.as_ptr())) }?,
            None => it,
        };
        if it.ty().tp_iternext.get().is_none() {
            return Err(type_error(
                py,
                format!(
                    "{}.__await__() must return an iterable, not {}",
                    type_name(&self.wrapped),
                    type_name(&it)
                ),
            ));
        }
        Ok(it)
    }

    fn finish(&self, py: Python, result: PyResult) -> PyResult {
        result.map_err(|e| match catch(py, e, &PyExc_StopAsyncIteration_Type) {
            Ok(_) => set_stop_iteration(py, &self.default_value),
            Err(e) => e,
        })
    }

    fn proxy(&self, py: Python, method: &PyStr, args: &[&PyObject]) -> PyResult {
        let it = self.iterator(py)?;
        let result = it.call_method(py, method, args);
        self.finish(py, result)
    }
}

/// Awaitable with a default.
#[pytype(name = "anext_awaitable", symbol = "_PyAnextAwaitable_Type", flags(GC, DISALLOW_INSTANTIATION))]
impl PyAnextAwaitable {
    #[slot(am_await, tp_iter)]
    fn iter(&self, _py: Python) -> PyResult {
        Ok(self.as_object().owned())
    }

    #[slot(tp_iternext)]
    fn iternext(&self, py: Python) -> PyResult<Option<Py>> {
        let it = self.iterator(py)?;
        let Some(next) = it.ty().tp_iternext.get() else {
            return Err(type_error(py, format!("'{}' object is not an iterator", type_name(&it))));
        };
        // The slot itself: what a `StopIteration` carries must not be lost.
        // SAFETY: a slot called with a live object of its type; it returns an owned reference or null.
        match unsafe { Py::from_raw_owned_or_opt(next(it.as_ptr())) } {
            Some(v) => Ok(Some(v)),
            None if crate::state::thread(py).current_exception.is_empty() => Ok(None),
            None => self.finish(py, Err(Raised::pending())).map(Some),
        }
    }

    /// Resumes the awaitable.
    #[pymethod]
    fn send(&self, py: Python, object: &PyObject) -> PyResult {
        self.proxy(py, intern!(py, "send"), &[object])
    }

    /// Raises an exception in the awaitable.
    #[pymethod(raw, nosig)]
    fn throw(&self, py: Python, args: &[&PyObject]) -> PyResult {
        self.proxy(py, intern!(py, "throw"), args)
    }

    /// Closes the awaitable.
    #[pymethod]
    fn close(&self, py: Python) -> PyResult {
        self.proxy(py, intern!(py, "close"), &[])
    }
}
