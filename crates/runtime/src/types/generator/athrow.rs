//! `async_generator.athrow()` and `aclose()`.

use super::asend::{State, finish_close};
use super::async_gen::{PyAsyncGen, PyAsyncGenWrappedValue, unwrap};
use super::close::warn_unawaited_method;
use super::run::{Resume, resume_or_stop};
use super::throw::{Thrown, throw, throw_args};
use crate::prelude::*;
use crate::types::exceptions::{
    PyExc_GeneratorExit_Type, PyExc_StopAsyncIteration_Type, PyExc_StopIteration_Type,
};

/// `PyAsyncGenAThrow`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyAsyncGenAThrow {
    pub ob_base: PyObject,
    pub agt_gen: Py<PyAsyncGen>,
    /// What to throw; empty for `aclose()`.
    pub agt_typ: Slot,
    pub agt_val: Slot,
    pub agt_tb: Slot,
    #[traverse(skip)]
    agt_state: Cell<State>,
}

impl PyAsyncGenAThrow {
    pub(super) fn make(py: Python, g: &PyAsyncGen, what: Option<Thrown>) -> PyResult<Py<PyAsyncGenAThrow>> {
        let ty = PyAsyncGenAThrow::type_object();
        let slot = |o: Option<&PyObject>| Slot::new(o.map(PyLayout::owned));
        new_object(
            py,
            ty,
            PyAsyncGenAThrow {
                ob_base: PyObject::header(ty),
                agt_gen: g.owned(),
                agt_typ: slot(what.map(|w| w.kind)),
                agt_val: slot(what.and_then(|w| w.value)),
                agt_tb: slot(what.and_then(|w| w.tb)),
                agt_state: Cell::new(State::Init),
            },
        )
    }

    fn is_close(&self) -> bool {
        self.agt_typ.is_empty()
    }

    fn reused(&self, py: Python) -> Raised {
        runtime_error(py, "cannot reuse already awaited aclose()/athrow()")
    }

    fn check_not_running(&self, py: Python) -> PyResult<()> {
        if self.agt_gen.gi_running_async.get() {
            self.agt_state.set(State::Closed);
            let what = if self.is_close() { "aclose" } else { "athrow" };
            return Err(runtime_error(py, format!("{what}(): asynchronous generator is already running")));
        }
        Ok(())
    }

    /// The generator yielded although it was told to close.
    fn ignored_exit(&self, py: Python) -> Raised {
        self.agt_gen.gi_running_async.set(false);
        self.agt_state.set(State::Closed);
        runtime_error(py, "async generator ignored GeneratorExit")
    }

    /// After an error: for `aclose()`, the generator's own end ends the await.
    fn failed(&self, py: Python, e: Raised) -> Raised {
        self.agt_gen.gi_running_async.set(false);
        self.agt_state.set(State::Closed);
        if self.is_close()
            && (matches(py, &PyExc_StopAsyncIteration_Type) || matches(py, &PyExc_GeneratorExit_Type))
        {
            drop(take(py));
            return raise_with(py, &PyExc_StopIteration_Type, none());
        }
        e
    }

    /// A result in `aclose()` mode.
    fn finish_close_mode(&self, py: Python, result: PyResult) -> PyResult {
        match result {
            Ok(v) if PyAsyncGenWrappedValue::check_exact(&v) => Err(self.ignored_exit(py)),
            Ok(v) => Ok(v),
            Err(e) => Err(self.failed(py, e)),
        }
    }

    fn run(&self, py: Python, arg: &PyObject) -> PyResult {
        let g = &self.agt_gen;
        if self.agt_state.get() == State::Closed {
            return Err(self.reused(py));
        }
        if g.is_finished() {
            self.agt_state.set(State::Closed);
            return Err(raise_with(py, &PyExc_StopIteration_Type, none()));
        }
        if self.agt_state.get() == State::Init {
            self.check_not_running(py)?;
            if g.gi_closed.get() {
                self.agt_state.set(State::Closed);
                return Err(raise_with(py, &PyExc_StopAsyncIteration_Type, none()));
            }
            if !arg.is_none() {
                return Err(runtime_error(py, "can't send non-None value to a just-started coroutine"));
            }
            self.agt_state.set(State::Iterating);
            g.gi_running_async.set(true);
            // The generator's delegates are not closed for a `GeneratorExit`: they may have to be awaited.
            return match self.agt_typ.get_owned() {
                None => {
                    g.gi_closed.set(true);
                    let exit = PyExc_GeneratorExit_Type.object();
                    let result = throw(py, g, false, Thrown { kind: exit, value: None, tb: None });
                    self.finish_close_mode(py, result)
                }
                Some(kind) => {
                    let (value, tb) = (self.agt_val.get_owned(), self.agt_tb.get_owned());
                    let what = Thrown { kind: &kind, value: value.as_deref(), tb: tb.as_deref() };
                    let result = throw(py, g, false, what);
                    unwrap(py, g, result).map_err(|e| self.failed(py, e))
                }
            };
        }
        let result = resume_or_stop(py, g, Some(arg), Resume::Send);
        if self.is_close() {
            return self.finish_close_mode(py, result);
        }
        let result = unwrap(py, g, result);
        if result.is_err() {
            self.agt_state.set(State::Closed);
        }
        result
    }

    fn throw_into(&self, py: Python, args: &[&PyObject]) -> PyResult {
        match self.agt_state.get() {
            State::Closed => return Err(self.reused(py)),
            State::Init => {
                self.check_not_running(py)?;
                self.agt_state.set(State::Iterating);
                self.agt_gen.gi_running_async.set(true);
            }
            State::Iterating => {}
        }
        let result = throw_args(py, &self.agt_gen, args);
        if self.is_close() {
            return self.finish_close_mode(py, result);
        }
        let result = unwrap(py, &self.agt_gen, result);
        if result.is_err() {
            self.agt_state.set(State::Closed);
        }
        result
    }
}

/// Awaitable of an asynchronous generator.
#[pytype(
    name = "async_generator_athrow",
    symbol = "_PyAsyncGenAThrow_Type",
    flags(GC, DISALLOW_INSTANTIATION)
)]
impl PyAsyncGenAThrow {
    #[slot(am_await, tp_iter)]
    fn iter(&self, _py: Python) -> PyResult {
        Ok(self.as_object().owned())
    }

    #[slot(tp_iternext)]
    fn iternext(&self, py: Python) -> PyResult<Option<Py>> {
        self.run(py, none()).map(Some)
    }

    #[slot(tp_finalize)]
    fn finalize(&self, py: Python) {
        if self.agt_state.get() == State::Init {
            let method = if self.is_close() { "aclose" } else { "athrow" };
            warn_unawaited_method(py, &self.agt_gen, method);
        }
    }

    /// Resumes the generator.
    #[pymethod]
    fn send(&self, py: Python, object: &PyObject) -> PyResult {
        self.run(py, object)
    }

    /// Raises an exception in the generator.
    #[pymethod(raw, nosig)]
    fn throw(&self, py: Python, args: &[&PyObject]) -> PyResult {
        self.throw_into(py, args)
    }

    /// Raises GeneratorExit in the generator.
    #[pymethod]
    fn close(&self, py: Python) -> PyResult<()> {
        if self.agt_state.get() == State::Closed {
            return Ok(());
        }
        let result = self.throw_into(py, &[PyExc_GeneratorExit_Type.object()]);
        finish_close(py, result)
    }
}
