//! Resuming generators.

use super::{PyAsyncGen, PyAsyncGenASend, PyCoroutine, PyGenerator, state};
use crate::interp::eval::eval_frame;
use crate::interp::frame::Frame;
use crate::interp::stackref::StackRef;
use crate::prelude::*;
use crate::state::thread;
use crate::types::exceptions::{PyExc_StopAsyncIteration_Type, PyExc_StopIteration_Type, PyStopIteration};

/// What came out of resuming a generator or another receiver of `send`.
pub enum Sent {
    Yielded(Py),
    Returned(Py),
}

/// How a generator is resumed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Resume {
    /// By `next()`: returning `None` is the plain end.
    Next,
    /// By `send()`.
    Send,
    /// With the pending exception raised in it.
    Throw,
    /// The same, by `close()`: a finished coroutine is no error.
    Close,
}

/// Runs a generator to its next `yield` or its end. `Ok(None)`: it had ended before, or ended with `None` for `next()`, and nothing
/// is pending. (`gen_send_ex2`)
pub(super) fn resume(
    py: Python,
    g: &PyGenerator,
    arg: Option<&PyObject>,
    how: Resume,
) -> PyResult<Option<Sent>> {
    let throwing = matches!(how, Resume::Throw | Resume::Close);
    let s = g.gi_frame_state.get();
    if s == state::CREATED && !throwing && arg.is_some_and(|a| !a.is_none()) {
        return Err(type_error(py, format!("can't send non-None value to a just-started {}", g.noun())));
    }
    if s == state::EXECUTING {
        return Err(value_error(py, format!("{} already executing", g.noun())));
    }
    if g.is_finished() {
        if PyCoroutine::check_exact(g.as_object()) && how != Resume::Close {
            return Err(runtime_error(py, "cannot reuse already awaited coroutine"));
        }
        if throwing {
            return Err(Raised::pending());
        }
        return Ok(if arg.is_some() { Some(Sent::Returned(none().owned())) } else { None });
    }
    let t = thread(py);
    let f = &g.gi_iframe;
    // The generator must stay alive while it runs, whatever it does to the references it came from.
    let keep = g.owned();
    // SAFETY: a suspended frame has room for the value sent.
    unsafe {
        let sp = f.stackpointer.get();
        *sp = StackRef::from_new(arg.unwrap_or(none()));
        f.stackpointer.set(sp.add(1));
    }
    g.gi_exc_state.previous_item.set(t.exc_info.get());
    t.exc_info.set(&g.gi_exc_state);
    if throwing {
        chain_context(py);
    }
    g.gi_frame_state.set(state::EXECUTING);
    // SAFETY: the frame was suspended, and is marked as running now.
    let result = unsafe { eval_frame(py, f as *const Frame as *mut Frame, throwing) };
    let suspended = g.is_suspended();
    drop(keep);
    let value = result?;
    if suspended {
        return Ok(Some(Sent::Yielded(value)));
    }
    if how == Resume::Next && value.is_none() && !PyAsyncGen::check_exact(g.as_object()) {
        return Ok(None);
    }
    Ok(Some(Sent::Returned(value)))
}

/// Gives the exception thrown into a generator the one that is being handled there as context.
fn chain_context(py: Python) {
    let t = thread(py);
    // SAFETY: the top of the exception stack is never null while a thread runs.
    let handled = unsafe { &*t.exc_info.get() }.exc_value.get_owned();
    if handled.is_none_or(|h| h.is_none()) {
        return;
    }
    if let Some(e) = t.current_exception.take() {
        let ty = e.ty().owned();
        let _ = raise_with(py, &ty, e.as_object());
    }
}

/// As [`resume`], the end told by `StopIteration` (`StopAsyncIteration` for asynchronous generators). (`gen_send_ex`)
pub(super) fn resume_or_stop(py: Python, g: &PyGenerator, arg: Option<&PyObject>, how: Resume) -> PyResult {
    match resume(py, g, arg, how)? {
        Some(Sent::Yielded(v)) => Ok(v),
        Some(Sent::Returned(v)) => {
            if PyAsyncGen::check_exact(g.as_object()) {
                return Err(raise_with(py, &PyExc_StopAsyncIteration_Type, none()));
            }
            Err(set_stop_iteration(py, &v))
        }
        None if PyAsyncGen::check_exact(g.as_object()) => {
            Err(raise_with(py, &PyExc_StopAsyncIteration_Type, none()))
        }
        None => Err(set_stop_iteration(py, none())),
    }
}

/// Raises `StopIteration`, with a value unless that is `None`.
pub(super) fn set_stop_iteration(py: Python, value: &PyObject) -> Raised {
    if value.is_none() {
        return raise_with(py, &PyExc_StopIteration_Type, none());
    }
    stop_iteration(py, value)
}

/// Takes the value of a pending `StopIteration`; `None` (and nothing changed) if another exception is pending.
pub fn fetch_stop_iteration_value(py: Python) -> Option<Py> {
    if !matches(py, &PyExc_StopIteration_Type) {
        return None;
    }
    let e = take(py)?;
    // SAFETY: `StopIteration` and its subclasses have this layout.
    let e = unsafe { e.into_object().cast_unchecked::<PyStopIteration>() };
    Some(e.value.get_owned().unwrap_or_else(|| none().owned()))
}

/// The next value, `None` at the end (`gen_iternext`).
pub(super) fn next(py: Python, g: &PyGenerator) -> PyResult<Option<Py>> {
    match resume(py, g, None, Resume::Next)? {
        Some(Sent::Yielded(v)) => Ok(Some(v)),
        Some(Sent::Returned(v)) if !v.is_none() => Err(set_stop_iteration(py, &v)),
        Some(Sent::Returned(_)) | None => Ok(None),
    }
}

/// Sends a value to anything: a generator, an iterator (`None` only), or what has a `send` method (`PyIter_Send`).
pub fn send(py: Python, receiver: &PyObject, value: &PyObject) -> PyResult<Sent> {
    if let Some(step) = receiver.downcast_exact::<PyAsyncGenASend>() {
        return step.step(py, value);
    }
    send_noticing(py, receiver, value, || {})
}

/// The same; `stopped` is called when the end came as a `StopIteration`, while that is pending.
pub fn send_noticing(
    py: Python,
    receiver: &PyObject,
    value: &PyObject,
    stopped: impl FnOnce(),
) -> PyResult<Sent> {
    if let Some(g) = as_generator(receiver) {
        return Ok(
            resume(py, g, Some(value), Resume::Send)?.unwrap_or_else(|| Sent::Returned(none().owned()))
        );
    }
    if let Some(f) = receiver.ty().as_async().and_then(|a| a.am_send.get()) {
        let mut result = std::ptr::null_mut();
        // SAFETY: a slot called with live objects; it fills in an owned reference unless it fails.
        return unsafe {
            match f(receiver.as_ptr(), value.as_ptr(), &mut result) {
                0 => Ok(Sent::Returned(Py::from_raw_owned(result))),
                1 => Ok(Sent::Yielded(Py::from_raw_owned(result))),
                _ => Err(Raised::pending()),
            }
        };
    }
    let result = match receiver.ty().tp_iternext.get() {
        Some(f) if value.is_none() => {
            // SAFETY: a slot called with a live object; null is the end or an error.
            match unsafe { Py::from_raw_owned_or_opt(f(receiver.as_ptr())) } {
                Some(v) => return Ok(Sent::Yielded(v)),
                None if thread(py).current_exception.is_empty() => return Ok(Sent::Returned(none().owned())),
                None => Err(Raised::pending()),
            }
        }
        _ => receiver.call_method1(py, intern!(py, "send"), value),
    };
    match result {
        Ok(v) => Ok(Sent::Yielded(v)),
        Err(e) => {
            if matches(py, &PyExc_StopIteration_Type) {
                stopped();
            }
            match fetch_stop_iteration_value(py) {
                Some(v) => Ok(Sent::Returned(v)),
                None => Err(e),
            }
        }
    }
}

/// A generator or coroutine object, exactly.
pub(super) fn as_generator(o: &PyObject) -> Option<&PyGenerator> {
    if PyGenerator::check_exact(o) || PyCoroutine::check_exact(o) {
        // SAFETY: coroutines have the layout of generators.
        Some(unsafe { o.downcast_unchecked() })
    } else {
        None
    }
}
