//! Driving a task's coroutine: one step, and what becomes of what it yields.

use super::future::{Outcome, PyFuture, Status};
use super::state::{enter_task, leave_task};
use super::task::{PyTask, aside};
use object::typeobj::{PyMethodDef, meth};
use runtime::context::PyContext;
use runtime::prelude::*;
use runtime::types::exceptions::*;
use runtime::types::generator::{self, Sent};
use std::ffi::c_void;

/// Calls a task's next step, perhaps with an exception.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTaskStep {
    pub ob_base: PyObject,
    task: Slot<PyTask>,
    exception: Slot,
}

#[pytype(
    name = "TaskStepMethWrapper",
    module = "_asyncio",
    flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    nosig
)]
impl PyTaskStep {
    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "function takes no keyword arguments"));
        }
        if !args.is_empty() {
            return Err(type_error(py, "function takes no positional arguments"));
        }
        if let Some(t) = self.task.get_owned() {
            step(py, &t, self.exception.get_owned())?;
        }
        Ok(none().owned())
    }

    #[getter]
    fn __self__(&self, _py: Python) -> Option<Py<PyTask>> {
        self.task.get_owned()
    }
}

/// Has the loop call the next step.
pub fn call_step_soon(py: Python, t: &PyTask, exception: Option<Py>) -> PyResult<()> {
    let ty = PyTaskStep::type_object();
    let call = new_object(
        py,
        ty,
        PyTaskStep {
            ob_base: PyObject::header(ty),
            task: Slot::new(Some(t.owned())),
            exception: Slot::new(exception),
        },
    )?;
    let event_loop = t.alive(py)?;
    let context = t.context.get_owned();
    t.state.call_soon(py, &event_loop, call.as_object(), None, context.as_deref())
}

/// The callback of what a task awaits.
static WAKEUP: PyMethodDef = PyMethodDef {
    ml_name: c"task_wakeup".as_ptr(),
    ml_meth: task_wakeup as *const c_void,
    ml_flags: meth::O,
    ml_doc: std::ptr::null(),
};

unsafe extern "C" fn task_wakeup(task: *mut PyObject, future: *mut PyObject) -> *mut PyObject {
    // SAFETY: called with the bound object and its argument by an attached thread.
    let (py, task, future) = unsafe { (Python::assume_attached(), &*task, &*future) };
    let done = match task.downcast::<PyTask>() {
        Some(t) => wake_up(py, t, future),
        None => Err(bad_internal_call(py)),
    };
    done.map_or(std::ptr::null_mut(), |()| none().owned().into_raw())
}

fn wake_up(py: Python, t: &PyTask, future: &PyObject) -> PyResult<()> {
    if let Some(f) = future.downcast::<PyFuture>() {
        f.discard_awaited_by(py, t.as_object())?;
    }
    let outcome = match PyFuture::exact(future) {
        Some(f) => f.outcome(py),
        None => future.call_method0(py, intern!(py, "result")).map(Outcome::Value),
    };
    match outcome {
        Ok(Outcome::Value(_)) => step(py, t, None),
        Ok(Outcome::Exception(e)) => step(py, t, Some(e.into_object())),
        Err(e) => {
            let e = fetch(py, e);
            step(py, t, Some(e.into_object()))
        }
    }
}

/// One step, as the running task.
pub fn step(py: Python, t: &PyTask, exception: Option<Py>) -> PyResult<()> {
    let event_loop = t.alive(py)?;
    let t = t.owned();
    enter_task(py, &event_loop, t.as_object())?;
    let result = advance(py, &t, exception);
    aside(py, result, || leave_task(py, &event_loop, t.as_object()))
}

/// One step in the task's context, which is not the current one yet.
pub fn step_in_context(py: Python, t: &PyTask) -> PyResult<()> {
    let t = t.owned();
    let context = t.context.get_owned().and_then(|c| c.downcast_into::<PyContext>().ok());
    let Some(context) = context else {
        return Err(type_error(py, "context must be a contextvars.Context"));
    };
    context.enter(py)?;
    let result = advance(py, &t, None);
    aside(py, result, || context.exit(py))
}

/// Resumes the coroutine and deals with the result.
fn advance(py: Python, t: &PyTask, mut exception: Option<Py>) -> PyResult<()> {
    if t.status.get() != Status::Pending {
        let text = t.as_object().repr(py)?.to_string_lossy();
        let exc = exception.as_deref().unwrap_or(none()).repr(py)?.to_string_lossy();
        return Err(t.state.invalid_state(py, &format!("__step(): already done: {text} {exc}")));
    }
    if t.must_cancel.get() {
        let cancelled = match &exception {
            Some(e) => e.is_instance(py, t.state.cancelled_error(py)?.as_object())?,
            None => false,
        };
        if !cancelled {
            exception = Some(t.cancelled_error(py)?.into_object());
        }
        t.must_cancel.set(false);
    }
    t.waiter.set(None);
    let Some(coro) = t.coro.get_owned() else { return Err(runtime_error(py, "uninitialized Task object")) };
    let sent = match &exception {
        None => generator::send(py, &coro, none()),
        Some(e) => match coro.call_method1(py, intern!(py, "throw"), e) {
            Ok(v) => Ok(Sent::Yielded(v)),
            Err(raised) => match generator::fetch_stop_iteration_value(py) {
                Some(v) => Ok(Sent::Returned(v)),
                None => Err(raised),
            },
        },
    };
    drop(exception);
    match sent {
        Ok(Sent::Yielded(v)) => yielded(py, t, v),
        Ok(Sent::Returned(v)) => {
            if t.must_cancel.replace(false) {
                // Cancelled right before the end.
                let message = t.cancel_msg.get_owned();
                return t.cancel_now(py, message).map(drop);
            }
            t.finish(py, &v)
        }
        Err(raised) => {
            let e = fetch(py, raised);
            if e.as_object().is_instance(py, t.state.cancelled_error(py)?.as_object())? {
                t.cancelled_exc.set(Some(e));
                return t.cancel_now(py, None).map(drop);
            }
            t.fail(py, e.as_object())?;
            let ty = e.ty();
            if ty.is_subtype(&PyExc_KeyboardInterrupt_Type) || ty.is_subtype(PySystemExit::type_object()) {
                return Err(raise_object(py, e));
            }
            Ok(())
        }
    }
}

/// Schedules a step that raises `RuntimeError` in the coroutine.
#[cold]
fn fail_soon(py: Python, t: &PyTask, message: String) -> PyResult<()> {
    let e = runtime_error(py, message);
    let e = fetch(py, e);
    call_step_soon(py, t, Some(e.into_object()))
}

fn shown(py: Python, o: &PyObject) -> PyResult<String> {
    Ok(o.repr(py)?.to_string_lossy())
}

/// Waits for what the coroutine yielded.
fn yielded(py: Python, t: &PyTask, o: Py) -> PyResult<()> {
    let me = t.as_object();
    if o.is(me) {
        return fail_soon(py, t, format!("Task cannot await on itself: {}", shown(py, me)?));
    }
    if o.is_none() {
        // A bare yield gives the others a turn.
        return call_step_soon(py, t, None);
    }
    let known = PyFuture::exact(&o);
    let (blocking, its_loop) = match known {
        Some(f) => (f.blocking.get(), f.event_loop.get_owned()),
        None => {
            let marker = o.getattr_opt(py, intern!(py, "_asyncio_future_blocking"))?.filter(|b| !b.is_none());
            let Some(marker) = marker else { return not_a_future(py, t, &o) };
            let blocking = marker.is_true(py)?;
            (blocking, Some(future_loop(py, &o)?))
        }
    };
    if its_loop.as_ref().map_or(std::ptr::null_mut(), |l| l.as_ptr()) != t.event_loop.as_ptr() {
        let (task, future) = (shown(py, me)?, shown(py, &o)?);
        return fail_soon(py, t, format!("Task {task} got Future {future} attached to a different loop"));
    }
    if !blocking {
        let (task, future) = (shown(py, me)?, shown(py, &o)?);
        return fail_soon(
            py,
            t,
            format!("yield was used instead of yield from in task {task} with {future}"),
        );
    }
    if let Some(f) = o.downcast::<PyFuture>() {
        f.add_awaited_by(py, me)?;
    }
    let callback = PyCFunction::new(py, &WAKEUP, Some(me), None)?;
    let context = t.context.get_owned().unwrap_or_else(|| none().owned());
    match known {
        Some(f) => {
            f.blocking.set(false);
            f.add_callback(py, callback.as_object(), context)?;
        }
        None => {
            o.setattr(py, intern!(py, "_asyncio_future_blocking"), py_bool(false).as_object())?;
            let names = PyTuple::new(py, [intern!(py, "context").owned().into_object()])?;
            runtime::abstract_::call::call_method_kw(
                py,
                &o,
                intern!(py, "add_done_callback"),
                &[callback.as_object(), &context],
                &names,
            )?;
        }
    }
    t.waiter.set(Some(o));
    if t.must_cancel.get() {
        let message = t.cancel_msg.get_owned();
        if t.cancel_waiter(py, message.as_deref())? {
            t.must_cancel.set(false);
        }
    }
    Ok(())
}

/// The loop of a future-like object.
pub fn future_loop(py: Python, o: &PyObject) -> PyResult {
    if let Some(f) = PyFuture::exact(o) {
        return Ok(f.event_loop.get_owned().unwrap_or_else(|| none().owned()));
    }
    match o.getattr_opt(py, intern!(py, "get_loop"))? {
        Some(f) => f.call0(py),
        None => o.getattr(py, intern!(py, "_loop")),
    }
}

#[cold]
fn not_a_future(py: Python, t: &PyTask, o: &PyObject) -> PyResult<()> {
    let (task, value) = (shown(py, t.as_object())?, shown(py, o)?);
    if PyGenerator::check_exact(o) {
        return fail_soon(
            py,
            t,
            format!("yield was used instead of yield from for generator in task {task} with {value}"),
        );
    }
    fail_soon(py, t, format!("Task got bad yield: {value}"))
}
