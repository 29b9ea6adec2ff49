//! Asynchronous generators.

use super::asend::PyAsyncGenASend;
use super::athrow::PyAsyncGenAThrow;
use super::run::set_stop_iteration;
use super::throw::parse;
use super::{PyGenerator, close};
use crate::prelude::*;
use crate::state::thread;
use crate::types::exceptions::{PyExc_GeneratorExit_Type, PyExc_StopAsyncIteration_Type};

/// Asynchronous generators have the layout of generators.
#[repr(C)]
#[derive(Traverse)]
pub struct PyAsyncGen {
    pub ob_base: PyGenerator,
}

/// A value yielded by an asynchronous generator, told apart from what its awaits yield.
#[repr(C)]
#[derive(Traverse)]
pub struct PyAsyncGenWrappedValue {
    pub ob_base: PyObject,
    pub agw_val: Py,
}

/// Internal to asynchronous generators.
#[pytype(
    name = "async_generator_wrapped_value",
    symbol = "_PyAsyncGenWrappedValue_Type",
    flags(GC, DISALLOW_INSTANTIATION)
)]
impl PyAsyncGenWrappedValue {}

/// Wraps a value that is about to be yielded.
pub fn wrap_value(py: Python, value: &PyObject) -> PyResult {
    let ty = PyAsyncGenWrappedValue::type_object();
    let w = PyAsyncGenWrappedValue { ob_base: PyObject::header(ty), agw_val: value.owned() };
    Ok(new_object(py, ty, w)?.into_object())
}

/// Is it exactly an asynchronous generator?
pub fn is_plain_async_gen(o: &PyObject) -> bool {
    PyAsyncGen::check_exact(o)
}

/// What came out of the generator, for the awaitable that ran it: a yielded value ends the await (`StopIteration`), anything else goes on
/// up (`async_gen_unwrap_value`).
pub(super) fn unwrap(py: Python, g: &PyAsyncGen, result: PyResult) -> PyResult {
    let v = match result {
        Ok(v) => v,
        Err(e) => {
            if matches(py, &PyExc_StopAsyncIteration_Type) || matches(py, &PyExc_GeneratorExit_Type) {
                g.gi_closed.set(true);
            }
            g.gi_running_async.set(false);
            return Err(e);
        }
    };
    match v.downcast_exact::<PyAsyncGenWrappedValue>() {
        Some(w) => {
            let e = set_stop_iteration(py, &w.agw_val);
            g.gi_running_async.set(false);
            Err(e)
        }
        None => Ok(v),
    }
}

impl PyAsyncGen {
    /// At the first use: takes the thread's hooks over and calls the one for first iterations.
    fn init_hooks(&self, py: Python) -> PyResult<()> {
        if self.gi_hooks_inited.replace(true) {
            return Ok(());
        }
        let t = thread(py);
        if let Some(f) = t.async_gen_finalizer.get_owned() {
            self.gi_origin_or_finalizer.set(Some(f));
        }
        if let Some(f) = t.async_gen_firstiter.get_owned() {
            f.call1(py, self.as_object())?;
        }
        Ok(())
    }
}

/// What an `async def` function with `yield` returns when it is called.
#[pytype(name = "async_generator", symbol = "PyAsyncGen_Type", base = PyGenerator, base_type = crate::types::object_::PyBaseObject_Type,
         flags(GC, DISALLOW_INSTANTIATION), itemsize = 8, weaklistoffset = std::mem::offset_of!(PyGenerator, gi_weakreflist) as isize,
         members(ob_base.gi_running_async as ag_running: bool readonly))]
impl PyAsyncGen {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.repr_as(py, "async_generator")
    }

    #[slot(am_aiter)]
    fn aiter(&self, _py: Python) -> PyResult {
        Ok(self.as_object().owned())
    }

    #[slot(am_anext)]
    fn anext(&self, py: Python) -> PyResult<Py<PyAsyncGenASend>> {
        self.init_hooks(py)?;
        PyAsyncGenASend::make(py, self, None)
    }

    #[slot(tp_finalize)]
    fn finalize(&self, py: Python) {
        close::finalize(py, self)
    }

    /// An awaitable that resumes the generator; the argument is the value of the yield expression.
    #[pymethod]
    fn asend(&self, py: Python, object: &PyObject) -> PyResult<Py<PyAsyncGenASend>> {
        self.init_hooks(py)?;
        PyAsyncGenASend::make(py, self, Some(object))
    }

    /// An awaitable that raises an exception where the generator is suspended.
    #[pymethod(raw, nosig)]
    fn athrow(&self, py: Python, args: &[&PyObject]) -> PyResult<Py<PyAsyncGenAThrow>> {
        let what = parse(py, "athrow", args)?;
        self.init_hooks(py)?;
        PyAsyncGenAThrow::make(py, self, Some(what))
    }

    /// An awaitable that raises GeneratorExit where the generator is suspended.
    #[pymethod]
    fn aclose(&self, py: Python) -> PyResult<Py<PyAsyncGenAThrow>> {
        self.init_hooks(py)?;
        PyAsyncGenAThrow::make(py, self, None)
    }

    /// The size in memory, in bytes.
    #[pymethod]
    fn __sizeof__(&self) -> isize {
        self.size()
    }

    /// Asynchronous generators are generic over the types they yield and are sent.
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        generic_alias::new(py, cls.object(), object)
    }

    #[getter(name = "__name__", doc = "The asynchronous generator's name.")]
    fn get_name(&self) -> Option<Py<PyStr>> {
        self.gi_name.get_owned()
    }

    #[setter(name = "__name__")]
    fn set_name(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_name_to(py, value)
    }

    #[getter(name = "__qualname__", doc = "The asynchronous generator's qualified name.")]
    fn get_qualname(&self) -> Option<Py<PyStr>> {
        self.gi_qualname.get_owned()
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_qualname_to(py, value)
    }

    #[getter]
    fn ag_await(&self) -> Option<Py> {
        self.yield_from()
    }

    #[getter]
    fn ag_frame(&self, py: Python) -> PyResult<Option<Py<PyFrame>>> {
        self.frame_object(py)
    }

    #[getter]
    fn ag_code(&self, py: Python) -> PyResult<Py<PyCode>> {
        self.code_audited(py, "ag_code")
    }

    #[getter]
    fn ag_suspended(&self) -> bool {
        self.is_suspended()
    }
}
