//! `async_generator.__anext__()` and `asend()`: the awaitable that runs the generator to its next `yield`.

use super::async_gen::{PyAsyncGen, PyAsyncGenWrappedValue, unwrap};
use super::close::warn_unawaited_method;
use super::run::{Resume, Sent, resume_or_stop};
use super::throw::throw_args;
use crate::prelude::*;
use crate::types::exceptions::{
    PyExc_GeneratorExit_Type, PyExc_StopAsyncIteration_Type, PyExc_StopIteration_Type,
};

/// How far an awaitable has got.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Init,
    Iterating,
    Closed,
}

/// `PyAsyncGenASend`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyAsyncGenASend {
    pub ob_base: PyObject,
    pub ags_gen: Py<PyAsyncGen>,
    pub ags_sendval: Slot,
    #[traverse(skip)]
    ags_state: Cell<State>,
}

/// Ends an awaitable's `close()`: the exceptions that mean "closed" are swallowed.
pub(super) fn finish_close(py: Python, result: PyResult) -> PyResult<()> {
    match result {
        Ok(_) => Err(runtime_error(py, "coroutine ignored GeneratorExit")),
        Err(e) => {
            let closed =
                [&PyExc_StopIteration_Type, &PyExc_StopAsyncIteration_Type, &PyExc_GeneratorExit_Type]
                    .into_iter()
                    .any(|t| matches(py, t));
            if closed {
                drop(take(py));
                return Ok(());
            }
            Err(e)
        }
    }
}

impl PyAsyncGenASend {
    pub(super) fn make(
        py: Python,
        g: &PyAsyncGen,
        value: Option<&PyObject>,
    ) -> PyResult<Py<PyAsyncGenASend>> {
        let ty = PyAsyncGenASend::type_object();
        new_object(
            py,
            ty,
            PyAsyncGenASend {
                ob_base: PyObject::header(ty),
                ags_gen: g.owned(),
                ags_sendval: Slot::new(value.map(PyLayout::owned)),
                ags_state: Cell::new(State::Init),
            },
        )
    }

    fn reused(&self, py: Python) -> Raised {
        runtime_error(py, "cannot reuse already awaited __anext__()/asend()")
    }

    /// Two awaits of one generator must not run into each other.
    fn check_not_running(&self, py: Python) -> PyResult<()> {
        if self.ags_gen.gi_running_async.get() {
            self.ags_state.set(State::Closed);
            return Err(runtime_error(py, "anext(): asynchronous generator is already running"));
        }
        Ok(())
    }

    fn finish(&self, py: Python, result: PyResult) -> PyResult {
        let result = unwrap(py, &self.ags_gen, result);
        if result.is_err() {
            self.ags_state.set(State::Closed);
        }
        result
    }

    fn run(&self, py: Python, arg: Option<&PyObject>) -> PyResult {
        let result = self.resume(py, arg)?;
        self.finish(py, result)
    }

    /// What `iternext` and `send` do, with a value told by its variant instead of a `StopIteration`: that one would be most of the cost
    /// of a step.
    pub(super) fn step(&self, py: Python, value: &PyObject) -> PyResult<Sent> {
        let result = self.resume(py, if value.is_none() { None } else { Some(value) })?;
        if let Ok(v) = &result
            && let Some(w) = v.downcast_exact::<PyAsyncGenWrappedValue>()
        {
            self.ags_gen.gi_running_async.set(false);
            self.ags_state.set(State::Closed);
            return Ok(Sent::Returned(w.agw_val.clone()));
        }
        self.finish(py, result).map(Sent::Yielded)
    }

    /// Resumes the generator; the outer error is the awaitable's own.
    fn resume(&self, py: Python, arg: Option<&PyObject>) -> PyResult<PyResult> {
        let mut arg = arg.map(PyLayout::owned);
        match self.ags_state.get() {
            State::Closed => return Err(self.reused(py)),
            State::Init => {
                self.check_not_running(py)?;
                if arg.as_ref().is_none_or(|a| a.is_none()) {
                    arg = self.ags_sendval.get_owned();
                }
                self.ags_state.set(State::Iterating);
            }
            State::Iterating => {}
        }
        self.ags_gen.gi_running_async.set(true);
        Ok(resume_or_stop(py, &self.ags_gen, arg.as_deref(), Resume::Send))
    }

    fn throw_into(&self, py: Python, args: &[&PyObject]) -> PyResult {
        match self.ags_state.get() {
            State::Closed => return Err(self.reused(py)),
            State::Init => {
                self.check_not_running(py)?;
                self.ags_state.set(State::Iterating);
                self.ags_gen.gi_running_async.set(true);
            }
            State::Iterating => {}
        }
        let result = throw_args(py, &self.ags_gen, args);
        self.finish(py, result)
    }
}

/// Awaitable of an asynchronous generator.
#[pytype(name = "async_generator_asend", symbol = "_PyAsyncGenASend_Type", flags(GC, DISALLOW_INSTANTIATION))]
impl PyAsyncGenASend {
    #[slot(am_await, tp_iter)]
    fn iter(&self, _py: Python) -> PyResult {
        Ok(self.as_object().owned())
    }

    #[slot(tp_iternext)]
    fn iternext(&self, py: Python) -> PyResult<Option<Py>> {
        self.run(py, None).map(Some)
    }

    #[slot(tp_finalize)]
    fn finalize(&self, py: Python) {
        if self.ags_state.get() == State::Init {
            warn_unawaited_method(py, &self.ags_gen, "asend");
        }
    }

    /// Resumes the generator.
    #[pymethod]
    fn send(&self, py: Python, object: &PyObject) -> PyResult {
        self.run(py, Some(object))
    }

    /// Raises an exception in the generator.
    #[pymethod(raw, nosig)]
    fn throw(&self, py: Python, args: &[&PyObject]) -> PyResult {
        self.throw_into(py, args)
    }

    /// Raises GeneratorExit in the generator.
    #[pymethod]
    fn close(&self, py: Python) -> PyResult<()> {
        if self.ags_state.get() == State::Closed {
            return Ok(());
        }
        let result = self.throw_into(py, &[PyExc_GeneratorExit_Type.object()]);
        finish_close(py, result)
    }
}
