//! `generator` as Python sees it, and what coroutines and asynchronous generators share with it.

use super::run::{Resume, Sent, next, resume, resume_or_stop};
use super::throw::throw_args;
use super::{PyGenerator, close, state};
use crate::glue::SendResult;
use crate::interp::frame::{FRAME_SPECIALS_SIZE, Frame};
use crate::prelude::*;

impl PyGenerator {
    pub(super) fn frame_object(&self, py: Python) -> PyResult<Option<Py<PyFrame>>> {
        if self.is_finished() {
            return Ok(None);
        }
        // SAFETY: the generator's own frame, which is not over.
        unsafe { frame::object_of(py, &self.gi_iframe as *const Frame as *mut Frame) }.map(Some)
    }

    pub(super) fn repr_as(&self, py: Python, kind: &str) -> PyResult<Py<PyStr>> {
        PyStr::new(py, &format!("<{kind} object {} at {:#x}>", self.qualname_text(), self.as_ptr() as usize))
    }

    pub(super) fn size(&self) -> isize {
        let words = (self.code().co_framesize.get() as usize).saturating_sub(FRAME_SPECIALS_SIZE);
        (size_of::<PyGenerator>() + 8 * words) as isize
    }

    pub(super) fn set_name_to(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        match value.and_then(|v| v.downcast::<PyStr>()) {
            Some(s) => {
                self.gi_name.set(Some(s.owned()));
                Ok(())
            }
            None => Err(type_error(py, "__name__ must be set to a string object")),
        }
    }

    pub(super) fn set_qualname_to(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        match value.and_then(|v| v.downcast::<PyStr>()) {
            Some(s) => {
                self.gi_qualname.set(Some(s.owned()));
                Ok(())
            }
            None => Err(type_error(py, "__qualname__ must be set to a string object")),
        }
    }

    /// `am_send`.
    pub(super) fn send_slot(&self, py: Python, value: &PyObject) -> PyResult<SendResult> {
        Ok(match resume(py, self, Some(value), Resume::Send)? {
            Some(Sent::Yielded(v)) => SendResult::Yielded(v),
            Some(Sent::Returned(v)) => SendResult::Returned(v),
            None => SendResult::Returned(none().owned()),
        })
    }

    pub(super) fn send_method(&self, py: Python, value: &PyObject) -> PyResult {
        resume_or_stop(py, self, Some(value), Resume::Send)
    }

    pub(super) fn code_audited(&self, py: Python, name: &'static str) -> PyResult<Py<PyCode>> {
        let name = PyStr::new(py, name)?;
        crate::sys::hooks::audit(py, "object.__getattr__", &[self.as_object(), name.as_object()])?;
        Ok(self.code().owned())
    }
}

/// What a function with `yield` returns when it is called.
#[pytype(name = "generator", symbol = "PyGen_Type", flags(GC, DISALLOW_INSTANTIATION), itemsize = 8,
         weaklistoffset = gi_weakreflist)]
impl PyGenerator {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.repr_as(py, "generator")
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> PyResult {
        Ok(self.as_object().owned())
    }

    #[slot(tp_iternext)]
    fn iternext(&self, py: Python) -> PyResult<Option<Py>> {
        next(py, self)
    }

    #[slot(am_send)]
    fn am_send(&self, py: Python, value: &PyObject) -> PyResult<SendResult> {
        self.send_slot(py, value)
    }

    #[slot(tp_finalize)]
    fn finalize(&self, py: Python) {
        close::finalize(py, self)
    }

    /// Resumes the generator; the argument is the value of the yield expression.
    #[pymethod]
    fn send(&self, py: Python, object: &PyObject) -> PyResult {
        self.send_method(py, object)
    }

    /// Raises an exception where the generator is suspended.
    #[pymethod(raw, nosig)]
    fn throw(&self, py: Python, args: &[&PyObject]) -> PyResult {
        throw_args(py, self, args)
    }

    /// Raises GeneratorExit where the generator is suspended.
    #[pymethod]
    fn close(&self, py: Python) -> PyResult {
        close::close(py, self)
    }

    /// The size in memory, in bytes.
    #[pymethod]
    fn __sizeof__(&self) -> isize {
        self.size()
    }

    /// Generators are generic over the types they yield, are sent and return.
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        generic_alias::new(py, cls.object(), object)
    }

    #[getter(name = "__name__", doc = "The generator's name.")]
    fn get_name(&self) -> Option<Py<PyStr>> {
        self.gi_name.get_owned()
    }

    #[setter(name = "__name__")]
    fn set_name(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_name_to(py, value)
    }

    #[getter(name = "__qualname__", doc = "The generator's qualified name.")]
    fn get_qualname(&self) -> Option<Py<PyStr>> {
        self.gi_qualname.get_owned()
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_qualname_to(py, value)
    }

    #[getter]
    fn gi_yieldfrom(&self) -> Option<Py> {
        self.yield_from()
    }

    #[getter]
    fn gi_running(&self) -> bool {
        self.gi_frame_state.get() == state::EXECUTING
    }

    #[getter]
    fn gi_suspended(&self) -> bool {
        self.is_suspended()
    }

    #[getter]
    fn gi_frame(&self, py: Python) -> PyResult<Option<Py<PyFrame>>> {
        self.frame_object(py)
    }

    #[getter]
    fn gi_code(&self, py: Python) -> PyResult<Py<PyCode>> {
        self.code_audited(py, "gi_code")
    }
}
