//! `_asyncio.Task`.

use super::future::{PyFuture, Status, undeletable};
use super::state::{State, library, restore, swap_task};
use super::step::{call_step_soon, step_in_context};
use runtime::context::PyContext;
use runtime::prelude::*;

/// `_asyncio.Task`: a coroutine that an event loop drives.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTask {
    pub ob_base: PyFuture,
    /// What the coroutine awaits.
    pub waiter: Slot,
    pub coro: Slot,
    /// A str, or the int of an automatic name.
    name: Slot,
    pub context: Slot,
    #[traverse(skip)]
    pub must_cancel: Cell<bool>,
    #[traverse(skip)]
    log_destroy_pending: Cell<bool>,
    #[traverse(skip)]
    cancels: Cell<i32>,
    #[traverse(skip)]
    pub linked: Cell<bool>,
    #[traverse(skip)]
    pub previous: Cell<*const PyTask>,
    #[traverse(skip)]
    pub next: Cell<*const PyTask>,
}

impl Drop for PyTask {
    fn drop(&mut self) {
        self.state.clone().unlink(self);
    }
}

/// Is it a coroutine, or like one?
fn is_coroutine(py: Python, state: &State, o: &PyObject) -> PyResult<bool> {
    if PyCoroutine::check_exact(o) {
        return Ok(true);
    }
    let known = match state.coroutine_types.get_owned() {
        Some(s) => s,
        None => {
            let s = PySet::new(py)?;
            state.coroutine_types.set(Some(s.clone()));
            s
        }
    };
    if known.contains(py, o.ty().as_object())? {
        return Ok(true);
    }
    let is = library(py, "asyncio.coroutines", "iscoroutine")?.call1(py, o)?.is_true(py)?;
    if is && known.len() < 100 {
        known.add(py, o.ty().as_object())?;
    }
    Ok(is)
}

/// The arguments of the constructor after the coroutine.
struct Options<'a> {
    event_loop: &'a PyObject,
    name: &'a PyObject,
    context: &'a PyObject,
    eager: bool,
}

impl PyTask {
    fn blank(py: Python, cls: &PyTypeObject) -> PyTask {
        PyTask {
            ob_base: PyFuture::blank(py, cls),
            waiter: Slot::empty(),
            coro: Slot::empty(),
            name: Slot::empty(),
            context: Slot::empty(),
            must_cancel: Cell::new(false),
            log_destroy_pending: Cell::new(false),
            cancels: Cell::new(0),
            linked: Cell::new(false),
            previous: Cell::new(std::ptr::null()),
            next: Cell::new(std::ptr::null()),
        }
    }

    fn set_up(&self, py: Python, coro: &PyObject, o: Options) -> PyResult<()> {
        self.start(py, o.event_loop)?;
        if !is_coroutine(py, &self.state, coro)? {
            self.log_destroy_pending.set(false);
            let text = coro.repr(py)?.to_string_lossy();
            return Err(type_error(py, format!("a coroutine was expected, got {text}")));
        }
        let context =
            if o.context.is_none() { PyContext::copy_current(py)?.into_object() } else { o.context.owned() };
        self.context.set(Some(context));
        self.waiter.set(None);
        self.must_cancel.set(false);
        self.log_destroy_pending.set(true);
        self.cancels.set(0);
        self.coro.set(Some(coro.owned()));
        let name = if o.name.is_none() {
            PyInt::from_u64(py, self.state.next_name())?.into_object()
        } else if PyStr::check_exact(o.name) {
            o.name.owned()
        } else {
            o.name.str_(py)?.into_object()
        };
        self.name.set(Some(name));
        if o.eager {
            let event_loop = self.alive(py)?;
            if event_loop.call_method0(py, intern!(py, "is_running"))?.is_true(py)? {
                return self.start_eagerly(py, &event_loop);
            }
        }
        call_step_soon(py, self, None)?;
        self.state.link(self);
        Ok(())
    }

    /// The first step at once, in the middle of another task's.
    fn start_eagerly(&self, py: Python, event_loop: &PyObject) -> PyResult<()> {
        let before = swap_task(py, event_loop, Some(self.as_object().owned()))?;
        self.state.link(self);
        let result = step_in_context(py, self);
        let result = aside(py, result, || swap_task(py, event_loop, before).map(drop));
        if self.status.get() != Status::Pending {
            // Nobody needs the coroutine any more.
            self.coro.set(None);
        }
        result
    }

    /// Calls `cancel(msg=…)` of what the task awaits.
    pub fn cancel_waiter(&self, py: Python, message: Option<&PyObject>) -> PyResult<bool> {
        let Some(waiter) = self.waiter.get_owned() else { return Ok(false) };
        if let Some(f) = PyFuture::exact(&waiter)
            && PyFuture::check_exact(&waiter)
        {
            return f.cancel_now(py, message.map(|m| m.owned()));
        }
        let names = PyTuple::new(py, [intern!(py, "msg").owned().into_object()])?;
        let name = intern!(py, "cancel");
        runtime::abstract_::call::call_method_kw(py, &waiter, name, &[message.unwrap_or(none())], &names)?
            .is_true(py)
    }
}

/// A coroutine wrapped in a Future.
#[pytype(
    name = "Task", module = "_asyncio", base = PyFuture, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE),
    text = "(coro, *, loop=None, name=None, context=None, eager_start=False)"
)]
impl PyTask {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyTask>> {
        new_object(py, cls, PyTask::blank(py, cls))
    }

    #[slot(tp_init, sig = "(coro, *, loop=None, name=None, context=None, eager_start=False)")]
    fn init(
        &self,
        py: Python,
        coro: &PyObject,
        loop_: &PyObject,
        name: &PyObject,
        context: &PyObject,
        eager_start: bool,
    ) -> PyResult<()> {
        self.set_up(py, coro, Options { event_loop: loop_, name, context, eager: eager_start })
    }

    #[vectorcall(sig = "(coro, *, loop=None, name=None, context=None, eager_start=False)")]
    fn vectorcall(
        py: Python,
        cls: &PyTypeObject,
        coro: &PyObject,
        loop_: &PyObject,
        name: &PyObject,
        context: &PyObject,
        eager_start: bool,
    ) -> PyResult<Py<PyTask>> {
        let t = new_object(py, cls, PyTask::blank(py, cls))?;
        t.set_up(py, coro, Options { event_loop: loop_, name, context, eager: eager_start })?;
        Ok(t)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult {
        self.alive(py)?;
        library(py, "asyncio.base_tasks", "_task_repr")?.call1(py, self.as_object())
    }

    #[slot(tp_finalize)]
    fn finalize(&self, py: Python) {
        if self.status.get() == Status::Pending && self.log_destroy_pending.get() {
            self.report(py, "task", "Task was destroyed but it is pending!".to_owned(), None);
        }
        self.at_end(py);
    }

    /// Not possible: a task's result is that of its coroutine.
    #[pymethod]
    fn set_result(&self, py: Python, result: &PyObject) -> PyResult<()> {
        let _ = result;
        Err(runtime_error(py, "Task does not support set_result operation"))
    }

    /// Not possible: a task's exception is that of its coroutine.
    #[pymethod]
    fn set_exception(&self, py: Python, exception: &PyObject) -> PyResult<()> {
        let _ = exception;
        Err(runtime_error(py, "Task does not support set_exception operation"))
    }

    /// Asks the task to cancel itself.
    ///
    /// CancelledError is raised in the coroutine at the next turn of the event loop. The coroutine may clean up, or
    /// refuse: unlike Future.cancel, this does not guarantee that the task will be cancelled. cancelled() is not
    /// true at once, but when the coroutine has ended with CancelledError. Each call counts as one request.
    #[pymethod(sig = "(msg=None)")]
    fn cancel(&self, py: Python, msg: &PyObject) -> PyResult<bool> {
        self.log_tb.set(false);
        if self.status.get() != Status::Pending {
            return Ok(false);
        }
        self.cancels.set(self.cancels.get().saturating_add(1));
        // The waiter stays: it may be a task that ignores this, and then has to be cancelled again.
        if self.cancel_waiter(py, Some(msg))? {
            return Ok(true);
        }
        self.must_cancel.set(true);
        self.cancel_msg.set(Some(msg.owned()));
        Ok(true)
    }

    /// The number of requests for cancellation, less those taken back.
    #[pymethod]
    fn cancelling(&self) -> i32 {
        self.cancels.get()
    }

    /// Takes one request for cancellation back; how many are left.
    #[pymethod]
    fn uncancel(&self) -> i32 {
        let n = self.cancels.get();
        if n > 0 {
            self.cancels.set(n - 1);
            if n == 1 {
                self.must_cancel.set(false);
            }
        }
        self.cancels.get()
    }

    /// The stack frames of the task's coroutine, from oldest to newest.
    ///
    /// While the coroutine is suspended, that is its stack (one frame); after an exception, the frames of the
    /// traceback; otherwise nothing. With a limit, the newest frames of a stack, the oldest of a traceback.
    #[pymethod(sig = "(*, limit=None)")]
    fn get_stack(&self, py: Python, limit: &PyObject) -> PyResult {
        library(py, "asyncio.base_tasks", "_task_get_stack")?.call(py, &[self.as_object(), limit])
    }

    /// Prints the stack or the traceback of the task's coroutine, to a file or sys.stderr.
    #[pymethod(sig = "(*, limit=None, file=None)")]
    fn print_stack(&self, py: Python, limit: &PyObject, file: &PyObject) -> PyResult {
        library(py, "asyncio.base_tasks", "_task_print_stack")?.call(py, &[self.as_object(), limit, file])
    }

    #[pymethod(nodoc)]
    fn get_name(&self, py: Python) -> PyResult {
        let Some(name) = self.name.get_owned() else { return Ok(none().owned()) };
        if PyInt::check_exact(&name) {
            let text = PyStr::new(py, &format!("Task-{}", name.str_(py)?.to_string_lossy()))?.into_object();
            self.name.set(Some(text.clone()));
            return Ok(text);
        }
        Ok(name)
    }

    #[pymethod(nodoc)]
    fn set_name(&self, py: Python, value: &PyObject) -> PyResult<()> {
        let name = if PyStr::check_exact(value) { value.owned() } else { value.str_(py)?.into_object() };
        self.name.set(Some(name));
        Ok(())
    }

    #[pymethod(nodoc)]
    fn get_coro(&self, _py: Python) -> Option<Py> {
        self.coro.get_owned()
    }

    #[pymethod(nodoc)]
    fn get_context(&self, _py: Python) -> Option<Py> {
        self.context.get_owned()
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        runtime::types::generic_alias::new(py, cls.as_object(), object)
    }

    #[getter]
    fn _log_destroy_pending(&self, _py: Python) -> bool {
        self.log_destroy_pending.get()
    }

    #[setter(_log_destroy_pending)]
    fn set_log_destroy_pending(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(v) = value else { return Err(undeletable(py, "Task", "_log_destroy_pending")) };
        self.log_destroy_pending.set(v.is_true(py)?);
        Ok(())
    }

    #[getter]
    fn _must_cancel(&self, _py: Python) -> bool {
        self.must_cancel.get()
    }

    #[getter]
    fn _coro(&self, _py: Python) -> Option<Py> {
        self.coro.get_owned()
    }

    #[getter]
    fn _fut_waiter(&self, _py: Python) -> Option<Py> {
        self.waiter.get_owned()
    }
}

/// Runs `f` with the pending exception of a failed step aside, which afterwards is pending again.
pub fn aside(py: Python, result: PyResult<()>, f: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
    match result {
        Ok(()) => f(),
        Err(e) => {
            let earlier = fetch(py, e);
            match f() {
                Ok(()) => Err(raise_object(py, earlier)),
                Err(_) => Err(restore(py, earlier)),
            }
        }
    }
}
