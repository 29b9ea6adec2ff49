//! `throw()`.

use super::close::close_iterator;
use super::run::{Resume, as_generator, resume_or_stop};
use super::{PyGenerator, state};
use crate::interp::frame::Frame;
use crate::interp::raise::is_exception_class;
use crate::prelude::*;
use crate::state::{enter_recursive_call, thread};
use crate::types::exceptions::{PyExc_DeprecationWarning_Type, PyExc_GeneratorExit_Type};

/// The arguments of `throw()`.
#[derive(Clone, Copy)]
pub(super) struct Thrown<'a> {
    pub kind: &'a PyObject,
    pub value: Option<&'a PyObject>,
    pub tb: Option<&'a PyObject>,
}

impl Thrown<'_> {
    fn is_generator_exit(&self) -> bool {
        let ty = self.kind.downcast::<PyTypeObject>().unwrap_or_else(|| self.kind.ty());
        ty.is_subtype(&PyExc_GeneratorExit_Type)
    }

    /// Makes it the pending exception.
    fn set_pending(&self, py: Python) -> PyResult<()> {
        let tb = match self.tb.filter(|t| !t.is_none()) {
            None => None,
            Some(t) => match t.downcast_exact::<PyTraceback>() {
                Some(t) => Some(t.owned()),
                None => return Err(type_error(py, "throw() third argument must be a traceback object")),
            },
        };
        let value = self.value.filter(|v| !v.is_none());
        let exc = if is_exception_class(self.kind) {
            match normalize(py, self.kind, value) {
                Ok(e) => e,
                // What went wrong there is thrown instead.
                Err(_) => return Ok(()),
            }
        } else if let Some(e) = self.kind.downcast::<PyBaseException>() {
            if value.is_some() {
                return Err(type_error(py, "instance exception may not have a separate value"));
            }
            e.owned()
        } else {
            return Err(type_error(
                py,
                format!(
                    "exceptions must be classes or instances deriving from BaseException, not {}",
                    type_name(self.kind)
                ),
            ));
        };
        if let Some(tb) = tb {
            exc.set_traceback_object(Some(tb));
        }
        thread(py).current_exception.set(Some(exc));
        Ok(())
    }
}

/// An instance from a class and a value, which may be an instance, the arguments or one argument.
fn normalize(py: Python, kind: &PyObject, value: Option<&PyObject>) -> PyResult<Py<PyBaseException>> {
    let made = match value {
        None => kind.call0(py)?,
        Some(v) if v.is_instance(py, kind)? => v.owned(),
        Some(v) => match v.downcast_exact::<PyTuple>() {
            Some(t) => kind.call_tuple_dict(py, t, None)?,
            None => kind.call1(py, v)?,
        },
    };
    made.downcast_into::<PyBaseException>().map_err(|o| {
        type_error(
            py,
            format!(
                "calling {} should have returned an instance of BaseException, not {}",
                kind.repr(py).map_or_else(|_| String::new(), |r| r.to_string_lossy()),
                type_name(&o)
            ),
        )
    })
}

/// Runs `f` with the generator marked as running and linked into the chain of frames, so that tracebacks are complete.
fn linked<T>(py: Python, g: &PyGenerator, f: impl FnOnce() -> T) -> T {
    let t = thread(py);
    let previous = t.current_frame.get();
    g.gi_iframe.previous.set(previous);
    t.current_frame.set(&g.gi_iframe as *const Frame as *mut Frame);
    let s = g.gi_frame_state.replace(state::EXECUTING);
    let r = f();
    g.gi_frame_state.set(s);
    t.current_frame.set(previous);
    g.gi_iframe.previous.set(std::ptr::null_mut());
    r
}

/// Throws into a generator, or into what it delegates to. `close_on_exit`: a `GeneratorExit` closes the delegate first. (`_gen_throw`)
pub(super) fn throw(py: Python, g: &PyGenerator, close_on_exit: bool, what: Thrown) -> PyResult {
    enter_recursive_call(py, " while throwing into a generator")?;
    let again = |py| resume_or_stop(py, g, Some(none()), Resume::Throw);
    if let Some(delegate) = g.yield_from() {
        if close_on_exit && what.is_generator_exit() {
            let s = g.gi_frame_state.replace(state::EXECUTING);
            let closed = close_iterator(py, &delegate);
            g.gi_frame_state.set(s);
            if closed.is_err() {
                return again(py);
            }
        } else {
            let result = if let Some(inner) = as_generator(&delegate) {
                Some(linked(py, g, || throw(py, inner, close_on_exit, what)))
            } else {
                delegate.getattr_opt(py, intern!(py, "throw"))?.map(|method| {
                    linked(py, g, || match (what.value, what.tb) {
                        (None, _) => method.call1(py, what.kind),
                        (Some(v), None) => method.call(py, &[what.kind, v]),
                        (Some(v), Some(tb)) => method.call(py, &[what.kind, v, tb]),
                    })
                })
            };
            match result {
                Some(Ok(v)) => return Ok(v),
                Some(Err(_)) => return again(py),
                None => {}
            }
        }
    }
    what.set_pending(py)?;
    again(py)
}

/// The method, with one to three arguments.
pub(super) fn throw_args(py: Python, g: &PyGenerator, args: &[&PyObject]) -> PyResult {
    let what = parse(py, "throw", args)?;
    throw(py, g, true, what)
}

/// Checks the arguments of `throw()` and `athrow()`.
pub(super) fn parse<'a>(py: Python, name: &str, args: &[&'a PyObject]) -> PyResult<Thrown<'a>> {
    let (kind, value, tb) = match *args {
        [k] => (k, None, None),
        [k, v] => (k, Some(v), None),
        [k, v, t] => (k, Some(v), Some(t)),
        [] => return Err(type_error(py, format!("{name} expected at least 1 argument, got 0"))),
        _ => return Err(type_error(py, format!("{name} expected at most 3 arguments, got {}", args.len()))),
    };
    if args.len() > 1 {
        crate::errors::warn(
            py,
            &PyExc_DeprecationWarning_Type,
            &format!(
                "the (type, exc, tb) signature of {name}() is deprecated, use the single-arg signature instead."
            ),
            1,
        )?;
    }
    Ok(Thrown { kind, value, tb })
}
