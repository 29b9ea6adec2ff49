//! Coroutines, and what `await` accepts.

use super::run::next;
use super::throw::throw_args;
use super::{PyGenerator, close, state};
use crate::glue::SendResult;
use crate::interp::frame::Frame;
use crate::prelude::*;
use bytecode::code::flags as code_flags;

/// Coroutines have the layout of generators.
#[repr(C)]
#[derive(Traverse)]
pub struct PyCoroutine {
    pub ob_base: PyGenerator,
}

/// Where a coroutine is being made: file, line and function of the innermost `depth` frames.
pub(super) fn origin(py: Python, depth: i32) -> PyResult {
    let mut entries = Vec::new();
    // SAFETY: the thread's chain of frames is live; the innermost is the coroutine's own, which cannot be shown yet.
    unsafe {
        let mut f = Frame::first_complete(crate::state::thread(py).current_frame.get());
        while let Some(frame) = f.as_ref()
            && entries.len() < depth as usize
        {
            let code = frame.code();
            let line = code.line_of(frame.lasti() as i32 * 2);
            let file = code.co_filename.get_owned().map_or_else(|| none().owned(), Py::into_object);
            let line = PyInt::from_i64(py, line.into())?.into_object();
            entries.push(PyTuple::new(py, [file, line, code.co_name.clone().into_object()])?.into_object());
            f = Frame::first_complete(frame.previous.get());
        }
    }
    Ok(PyTuple::new(py, entries)?.into_object())
}

/// Is it a generator made by a function that `types.coroutine` marked?
fn is_generator_coroutine(o: &PyObject) -> bool {
    o.downcast_exact::<PyGenerator>().is_some_and(|g| g.code().has_flag(code_flags::ITERABLE_COROUTINE))
}

/// The iterator that `await o` runs: a coroutine itself, or what `__await__` gives.
pub fn awaitable_iter(py: Python, o: &PyObject) -> PyResult {
    if PyCoroutine::check_exact(o) || is_generator_coroutine(o) {
        return Ok(o.owned());
    }
    let Some(f) = o.ty().as_async().and_then(|a| a.am_await.get()) else {
        return Err(type_error(py, format!("'{}' object can't be awaited", type_name(o))));
    };
    // SAFETY: a slot called with a live object.
    let it: Py = unsafe { from_c(py, f(o.as_ptr())) }?;
    if PyCoroutine::check_exact(&it) || is_generator_coroutine(&it) {
        return Err(type_error(py, "__await__() returned a coroutine"));
    }
    if it.ty().tp_iternext.get().is_none() {
        return Err(type_error(
            py,
            format!("__await__() returned non-iterator of type '{}'", type_name(&it)),
        ));
    }
    Ok(it)
}

/// What an `async def` function returns when it is called.
#[pytype(name = "coroutine", symbol = "PyCoro_Type", base = PyGenerator, base_type = crate::types::object_::PyBaseObject_Type,
         flags(GC, DISALLOW_INSTANTIATION), itemsize = 8, weaklistoffset = std::mem::offset_of!(PyGenerator, gi_weakreflist) as isize,
         members(ob_base.gi_origin_or_finalizer as cr_origin: object readonly))]
impl PyCoroutine {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.repr_as(py, "coroutine")
    }

    #[slot(am_await)]
    fn await_(&self, py: Python) -> PyResult<Py<PyCoroWrapper>> {
        let ty = PyCoroWrapper::type_object();
        new_object(py, ty, PyCoroWrapper { ob_base: PyObject::header(ty), cw_coroutine: self.owned() })
    }

    #[slot(am_send)]
    fn am_send(&self, py: Python, value: &PyObject) -> PyResult<SendResult> {
        self.send_slot(py, value)
    }

    #[slot(tp_finalize)]
    fn finalize(&self, py: Python) {
        close::finalize(py, self)
    }

    /// Sends a value into coroutine code: it becomes that of the await expression.
    #[pymethod]
    fn send(&self, py: Python, object: &PyObject) -> PyResult {
        self.send_method(py, object)
    }

    /// Raises an exception in coroutine code, where it is suspended.
    #[pymethod(raw, nosig)]
    fn throw(&self, py: Python, args: &[&PyObject]) -> PyResult {
        throw_args(py, self, args)
    }

    /// Raises GeneratorExit inside coroutine code, where it is suspended.
    #[pymethod]
    fn close(&self, py: Python) -> PyResult {
        close::close(py, self)
    }

    /// The size in memory, in bytes.
    #[pymethod]
    fn __sizeof__(&self) -> isize {
        self.size()
    }

    /// Coroutines are generic over the types they yield, are sent and return.
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        generic_alias::new(py, cls.object(), object)
    }

    #[getter(name = "__name__", doc = "The name of the coroutine.")]
    fn get_name(&self) -> Option<Py<PyStr>> {
        self.gi_name.get_owned()
    }

    #[setter(name = "__name__")]
    fn set_name(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_name_to(py, value)
    }

    #[getter(name = "__qualname__", doc = "The qualified name of the coroutine.")]
    fn get_qualname(&self) -> Option<Py<PyStr>> {
        self.gi_qualname.get_owned()
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_qualname_to(py, value)
    }

    #[getter]
    fn cr_await(&self) -> Option<Py> {
        self.yield_from()
    }

    #[getter]
    fn cr_running(&self) -> bool {
        self.gi_frame_state.get() == state::EXECUTING
    }

    #[getter]
    fn cr_suspended(&self) -> bool {
        self.is_suspended()
    }

    #[getter]
    fn cr_frame(&self, py: Python) -> PyResult<Option<Py<PyFrame>>> {
        self.frame_object(py)
    }

    #[getter]
    fn cr_code(&self, py: Python) -> PyResult<Py<PyCode>> {
        self.code_audited(py, "cr_code")
    }
}

/// `coroutine.__await__()`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyCoroWrapper {
    pub ob_base: PyObject,
    pub cw_coroutine: Py<PyCoroutine>,
}

/// The iterator behind an awaited coroutine.
#[pytype(name = "coroutine_wrapper", symbol = "_PyCoroWrapper_Type", flags(GC, DISALLOW_INSTANTIATION))]
impl PyCoroWrapper {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> PyResult {
        Ok(self.as_object().owned())
    }

    #[slot(tp_iternext)]
    fn iternext(&self, py: Python) -> PyResult<Option<Py>> {
        next(py, &self.cw_coroutine)
    }

    /// Resumes the coroutine.
    #[pymethod]
    fn send(&self, py: Python, object: &PyObject) -> PyResult {
        self.cw_coroutine.send_method(py, object)
    }

    /// Raises an exception where the coroutine is suspended.
    #[pymethod(raw, nosig)]
    fn throw(&self, py: Python, args: &[&PyObject]) -> PyResult {
        throw_args(py, &self.cw_coroutine, args)
    }

    /// Closes the coroutine.
    #[pymethod]
    fn close(&self, py: Python) -> PyResult {
        close::close(py, &self.cw_coroutine)
    }
}
