//! `_asyncio.Future`.

use super::iter::PyFutureIter;
use super::state::{State, library};
use super::task::PyTask;
use crate::system::module_state;
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::rc::Rc;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Pending,
    Cancelled,
    Finished,
}

/// `_asyncio.Future`, and the first part of tasks.
#[repr(C)]
#[derive(Traverse)]
pub struct PyFuture {
    pub ob_base: PyObject,
    #[traverse(skip)]
    pub state: Rc<State>,
    pub event_loop: Slot,
    /// The first callback and its context; most futures have just one.
    callback0: Slot,
    context0: Slot,
    /// Pairs of the other callbacks and their contexts.
    callbacks: Slot<PyList>,
    exception: Slot<PyBaseException>,
    exception_tb: Slot,
    result: Slot,
    source_tb: Slot,
    pub cancel_msg: Slot,
    pub cancelled_exc: Slot<PyBaseException>,
    /// Who awaits it: one future, or a set of them.
    awaited_by: Slot,
    dict: Slot<PyDict>,
    #[traverse(skip)]
    weaklist: Cell<*mut PyObject>,
    #[traverse(skip)]
    pub status: Cell<Status>,
    #[traverse(skip)]
    awaited_by_set: Cell<bool>,
    /// An exception was set that nobody has asked for.
    #[traverse(skip)]
    pub log_tb: Cell<bool>,
    /// It was yielded by its iterator.
    #[traverse(skip)]
    pub blocking: Cell<bool>,
}

/// What a future that is done gives.
pub enum Outcome {
    Value(Py),
    Exception(Py<PyBaseException>),
}

impl PyFuture {
    /// A future that `__init__` has not seen yet.
    pub fn blank(py: Python, cls: &PyTypeObject) -> PyFuture {
        PyFuture {
            ob_base: PyObject::header(cls),
            state: module_state::<State>(py),
            event_loop: Slot::empty(),
            callback0: Slot::empty(),
            context0: Slot::empty(),
            callbacks: Slot::empty(),
            exception: Slot::empty(),
            exception_tb: Slot::empty(),
            result: Slot::empty(),
            source_tb: Slot::empty(),
            cancel_msg: Slot::empty(),
            cancelled_exc: Slot::empty(),
            awaited_by: Slot::empty(),
            dict: Slot::empty(),
            weaklist: Cell::new(std::ptr::null_mut()),
            status: Cell::new(Status::Pending),
            awaited_by_set: Cell::new(false),
            log_tb: Cell::new(false),
            blocking: Cell::new(false),
        }
    }

    /// Is it a `Future` or a `Task` and no subclass?
    #[inline]
    pub fn exact(o: &PyObject) -> Option<&PyFuture> {
        if PyFuture::check_exact(o) || PyTask::check_exact(o) {
            // SAFETY: tasks begin with a future.
            Some(unsafe { o.downcast_unchecked() })
        } else {
            None
        }
    }

    /// `__init__`: back to the beginning.
    pub fn start(&self, py: Python, event_loop: &PyObject) -> PyResult<()> {
        for s in [&self.event_loop, &self.callback0, &self.context0, &self.exception_tb] {
            s.set(None);
        }
        for s in [&self.result, &self.source_tb, &self.cancel_msg, &self.awaited_by] {
            s.set(None);
        }
        self.callbacks.set(None);
        self.exception.set(None);
        self.cancelled_exc.set(None);
        self.status.set(Status::Pending);
        self.awaited_by_set.set(false);
        self.log_tb.set(false);
        self.blocking.set(false);
        let event_loop =
            if event_loop.is_none() { super::current_event_loop(py)? } else { event_loop.owned() };
        self.event_loop.set(Some(event_loop.clone()));
        if event_loop.call_method0(py, intern!(py, "get_debug"))?.is_true(py)?
            && !runtime::state::interpreter(py).finalizing.get()
        {
            self.source_tb.set(Some(library(py, "traceback", "extract_stack")?.call0(py)?));
        }
        Ok(())
    }

    /// Errors: `RuntimeError` if `__init__` was not called.
    pub fn alive(&self, py: Python) -> PyResult<Py> {
        match self.event_loop.get_owned() {
            Some(l) => Ok(l),
            None => Err(runtime_error(py, "Future object is not initialized.")),
        }
    }

    /// The future is done: has the loop call the callbacks. All are forgotten, also after an error.
    fn schedule(&self, py: Python) -> PyResult<()> {
        if let Some(t) = self.as_object().downcast::<PyTask>() {
            self.state.unlink(t);
        }
        let (first, context, rest) = (self.callback0.take(), self.context0.take(), self.callbacks.take());
        if first.is_none() && rest.is_none() {
            return Ok(());
        }
        let event_loop = self.alive(py)?;
        if let Some(f) = first {
            self.state.call_soon(py, &event_loop, &f, Some(self.as_object()), context.as_deref())?;
        }
        for pair in rest.map_or_else(Vec::new, |l| l.snapshot()) {
            if let Some([f, context]) = pair.downcast::<PyTuple>().map(|t| t.items()) {
                self.state.call_soon(py, &event_loop, f, Some(self.as_object()), Some(context))?;
            }
        }
        Ok(())
    }

    /// `set_result`, for tasks too.
    pub fn finish(&self, py: Python, value: &PyObject) -> PyResult<()> {
        self.alive(py)?;
        if self.status.get() != Status::Pending {
            return Err(self.state.invalid_state(py, "invalid state"));
        }
        self.result.set(Some(value.owned()));
        self.status.set(Status::Finished);
        self.schedule(py)
    }

    /// `set_exception`, for tasks too.
    pub fn fail(&self, py: Python, exception: &PyObject) -> PyResult<()> {
        if self.status.get() != Status::Pending {
            return Err(self.state.invalid_state(py, "invalid state"));
        }
        let made = match exception.downcast::<PyTypeObject>() {
            Some(c) if c.is_subtype(&PyExc_BaseException_Type) => exception.call0(py)?,
            _ => exception.owned(),
        };
        if self.status.get() != Status::Pending {
            return Err(self.state.invalid_state(py, "invalid state"));
        }
        let Ok(mut exc) = made.downcast_into::<PyBaseException>() else {
            return Err(type_error(py, "invalid exception object"));
        };
        if exc.ty().is_subtype(&PyExc_StopIteration_Type) {
            let text = "StopIteration interacts badly with generators and cannot be raised into a Future";
            let e = runtime_error(py, text);
            let new = fetch(py, e);
            new.cause.set(Some(exc.clone()));
            new.context.set(Some(exc));
            exc = new;
        }
        self.exception_tb.set(exc.traceback.get_owned());
        self.exception.set(Some(exc));
        self.status.set(Status::Finished);
        self.schedule(py)?;
        self.log_tb.set(true);
        Ok(())
    }

    /// `cancel`, for tasks too; `false` if it is done already.
    pub fn cancel_now(&self, py: Python, message: Option<Py>) -> PyResult<bool> {
        self.log_tb.set(false);
        if self.status.get() != Status::Pending {
            return Ok(false);
        }
        self.status.set(Status::Cancelled);
        self.cancel_msg.set(message);
        self.schedule(py)?;
        Ok(true)
    }

    /// The exception that a cancelled future raises.
    pub fn cancelled_error(&self, py: Python) -> PyResult<Py<PyBaseException>> {
        if let Some(e) = self.cancelled_exc.take() {
            return Ok(e);
        }
        let class = self.state.cancelled_error(py)?;
        let e = match self.cancel_msg.get_owned().filter(|m| !m.is_none()) {
            Some(m) => class.as_object().call1(py, &m)?,
            None => class.as_object().call0(py)?,
        };
        e.downcast_into::<PyBaseException>().map_err(|_| bad_internal_call(py))
    }

    /// The result or the exception.
    ///
    /// Errors: `CancelledError`, `InvalidStateError`.
    pub fn outcome(&self, py: Python) -> PyResult<Outcome> {
        match self.status.get() {
            Status::Cancelled => {
                let e = self.cancelled_error(py)?;
                Err(raise_with(py, e.ty(), e.as_object()))
            }
            Status::Pending => {
                let ready = if self.event_loop.is_empty() {
                    "Future object is not initialized."
                } else {
                    "Result is not ready."
                };
                Err(self.state.invalid_state(py, ready))
            }
            Status::Finished => {
                self.log_tb.set(false);
                match self.exception.get_owned() {
                    Some(e) => {
                        // The traceback as it was, so that it does not grow with each await.
                        e.traceback.set(self.exception_tb.take());
                        Ok(Outcome::Exception(e))
                    }
                    None => Ok(Outcome::Value(self.result.get_owned().unwrap_or_else(|| none().owned()))),
                }
            }
        }
    }

    /// The result; an exception is raised.
    pub fn value(&self, py: Python) -> PyResult {
        match self.outcome(py)? {
            Outcome::Value(v) => Ok(v),
            Outcome::Exception(e) => Err(raise_with(py, e.ty(), e.as_object())),
        }
    }

    /// `add_done_callback` with a context.
    pub fn add_callback(&self, py: Python, f: &PyObject, context: Py) -> PyResult<()> {
        let Some(event_loop) = self.event_loop.get_owned() else {
            return Err(runtime_error(py, "uninitialized Future object"));
        };
        if self.status.get() != Status::Pending {
            return self.state.call_soon(py, &event_loop, f, Some(self.as_object()), Some(&context));
        }
        if self.callback0.is_empty() && self.callbacks.is_empty() {
            self.callback0.set(Some(f.owned()));
            self.context0.set(Some(context));
            return Ok(());
        }
        let pair = PyTuple::new(py, [f.owned(), context])?.into_object();
        match self.callbacks.get_owned() {
            Some(l) => l.append(py, pair),
            None => {
                self.callbacks.set(Some(PyList::new(py, vec![pair])?));
                Ok(())
            }
        }
    }

    /// Notes that `waiter` awaits this future.
    pub fn add_awaited_by(&self, py: Python, waiter: &PyObject) -> PyResult<()> {
        let Some(present) = self.awaited_by.get_owned() else {
            self.awaited_by.set(Some(waiter.owned()));
            return Ok(());
        };
        if self.awaited_by_set.get()
            && let Some(s) = present.downcast::<PySet>()
        {
            return s.add(py, waiter);
        }
        let s = PySet::new(py)?;
        s.add(py, &present)?;
        s.add(py, waiter)?;
        self.awaited_by.set(Some(s.into_object()));
        self.awaited_by_set.set(true);
        Ok(())
    }

    /// Notes that `waiter` awaits this future no more.
    pub fn discard_awaited_by(&self, py: Python, waiter: &PyObject) -> PyResult<()> {
        if !self.awaited_by_set.get() {
            if self.awaited_by.as_ptr() == waiter.as_ptr() {
                self.awaited_by.set(None);
            }
            return Ok(());
        }
        match self.awaited_by.get_owned().and_then(|s| s.downcast_into::<PySet>().ok()) {
            Some(s) => s.discard(py, waiter).map(drop),
            None => Ok(()),
        }
    }

    /// Tells the event loop that something was forgotten.
    pub fn report(&self, py: Python, key: &str, message: String, exception: Option<&PyObject>) {
        let pending = take(py);
        let tell = || -> PyResult<()> {
            let context = PyDict::new(py)?;
            if exception.is_none() {
                context.set_text(py, key, self.as_object())?;
            }
            context.set_text(py, "message", PyStr::new(py, &message)?.as_object())?;
            if let Some(e) = exception {
                context.set_text(py, "exception", e)?;
                context.set_text(py, key, self.as_object())?;
            }
            if let Some(tb) = self.source_tb.get_owned() {
                context.set_text(py, "source_traceback", &tb)?;
            }
            if let Some(l) = self.event_loop.get_owned() {
                l.call_method1(py, intern!(py, "call_exception_handler"), context.as_object())?;
            }
            Ok(())
        };
        if let Err(e) = tell() {
            write_unraisable(py, e, None, Some(self.as_object()));
        }
        if let Some(e) = pending {
            let _ = raise_object(py, e);
        }
    }

    /// The work of `__del__`.
    pub fn at_end(&self, py: Python) {
        if !self.log_tb.replace(false) {
            return;
        }
        let message = format!("{} exception was never retrieved", self.ty().short_name());
        let exc = self.exception.get_owned();
        self.report(py, "future", message, Some(exc.as_ref().map_or(none(), |e| e.as_object())));
    }

    fn slot_value<T: object::PyLayout>(&self, py: Python, s: &Slot<T>) -> PyResult {
        self.alive(py)?;
        Ok(s.get_owned().map_or_else(|| none().owned(), Py::into_object))
    }
}

/// A result that is not there yet, made much like concurrent.futures.Future.
///
/// Differences: result() and exception() take no timeout and raise an exception when the future is not done;
/// callbacks are called by the event loop; the class is not for use with wait() and as_completed() of
/// concurrent.futures.
#[pytype(
    name = "Future", module = "_asyncio", flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE),
    dictoffset = dict, weaklistoffset = weaklist, text = "(*, loop=None)"
)]
impl PyFuture {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyFuture>> {
        new_object(py, cls, PyFuture::blank(py, cls))
    }

    #[slot(tp_init, sig = "(*, loop=None)")]
    fn init(&self, py: Python, loop_: &PyObject) -> PyResult<()> {
        self.start(py, loop_)
    }

    #[vectorcall(sig = "(*, loop=None)")]
    fn vectorcall(py: Python, cls: &PyTypeObject, loop_: &PyObject) -> PyResult<Py<PyFuture>> {
        let f = new_object(py, cls, PyFuture::blank(py, cls))?;
        f.start(py, loop_)?;
        Ok(f)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult {
        self.alive(py)?;
        library(py, "asyncio.base_futures", "_future_repr")?.call1(py, self.as_object())
    }

    #[slot(tp_finalize)]
    fn finalize(&self, py: Python) {
        self.at_end(py);
    }

    #[slot(tp_iter, am_await)]
    fn iter(&self, py: Python) -> PyResult<Py<PyFutureIter>> {
        self.alive(py)?;
        PyFutureIter::make(py, self)
    }

    /// The result of the future.
    ///
    /// If the future has been cancelled, CancelledError is raised; if it is not done yet, InvalidStateError; if
    /// an exception was set, that one.
    #[pymethod]
    fn result(&self, py: Python) -> PyResult {
        self.value(py)
    }

    /// The exception that was set on the future, or None.
    ///
    /// If the future has been cancelled, CancelledError is raised; if it is not done yet, InvalidStateError.
    #[pymethod]
    fn exception(&self, py: Python) -> PyResult {
        if self.status.get() == Status::Pending {
            let text = if self.event_loop.is_empty() {
                "Future object is not initialized."
            } else {
                "Exception is not set."
            };
            return Err(self.state.invalid_state(py, text));
        }
        if self.status.get() == Status::Cancelled {
            let e = self.cancelled_error(py)?;
            return Err(raise_with(py, e.ty(), e.as_object()));
        }
        self.log_tb.set(false);
        Ok(self.exception.get_owned().map_or_else(|| none().owned(), Py::into_object))
    }

    /// Makes the future done, with a result.
    ///
    /// If it is done already, InvalidStateError is raised.
    #[pymethod]
    fn set_result(&self, py: Python, result: &PyObject) -> PyResult<()> {
        self.finish(py, result)
    }

    /// Makes the future done, with an exception.
    ///
    /// If it is done already, InvalidStateError is raised.
    #[pymethod]
    fn set_exception(&self, py: Python, exception: &PyObject) -> PyResult<()> {
        self.alive(py)?;
        self.fail(py, exception)
    }

    /// Has a function called with the future when it becomes done.
    ///
    /// If it is done already, the function is scheduled with call_soon at once.
    #[pymethod(sig = "(fn, /, *, context=<unrepresentable>)")]
    fn add_done_callback(&self, py: Python, fn_: &PyObject, context: Option<&PyObject>) -> PyResult<()> {
        let context = match context {
            Some(c) => c.owned(),
            None => runtime::context::PyContext::copy_current(py)?.into_object(),
        };
        self.add_callback(py, fn_, context)
    }

    /// Takes all callbacks out that are equal to a function; their number.
    #[pymethod(sig = "(fn, /)")]
    fn remove_done_callback(&self, py: Python, fn_: &PyObject) -> PyResult<usize> {
        self.alive(py)?;
        let mut removed = 0;
        if let Some(f) = self.callback0.get_owned()
            && f.eq(py, fn_)?
        {
            // Comparing may have run anything.
            removed += usize::from(self.callback0.take().is_some());
            self.context0.set(None);
        }
        let Some(list) = self.callbacks.get_owned() else { return Ok(removed) };
        let mut kept = Vec::new();
        let mut i = 0;
        while let Some(pair) = list.get(i) {
            i += 1;
            let same = match pair.downcast::<PyTuple>().and_then(|t| t.get(0)) {
                Some(f) => f.eq(py, fn_)?,
                None => false,
            };
            if same {
                removed += 1;
            } else {
                kept.push(pair);
            }
            if self.callbacks.as_ptr() != list.as_ptr() {
                // Scheduled meanwhile.
                return Ok(removed);
            }
        }
        self.callbacks.set(if kept.is_empty() { None } else { Some(PyList::new(py, kept)?) });
        Ok(removed)
    }

    /// Cancels the future and schedules its callbacks.
    ///
    /// If it is done or cancelled already, the answer is False; otherwise True.
    #[pymethod(sig = "(msg=None)")]
    fn cancel(&self, py: Python, msg: &PyObject) -> PyResult<bool> {
        self.alive(py)?;
        self.cancel_now(py, Some(msg.owned()))
    }

    /// Was the future cancelled?
    #[pymethod]
    fn cancelled(&self) -> bool {
        self.status.get() == Status::Cancelled && !self.event_loop.is_empty()
    }

    /// Is the future done, by a result, an exception or a cancellation?
    #[pymethod]
    fn done(&self) -> bool {
        self.status.get() != Status::Pending && !self.event_loop.is_empty()
    }

    /// The event loop the future belongs to.
    #[pymethod]
    fn get_loop(&self, py: Python) -> PyResult {
        self.alive(py)
    }

    /// The exception to raise when the future is cancelled.
    ///
    /// It is given away: what was saved about the cancellation is forgotten.
    #[pymethod]
    fn _make_cancelled_error(&self, py: Python) -> PyResult<Py<PyBaseException>> {
        self.cancelled_error(py)
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        runtime::types::generic_alias::new(py, cls.as_object(), object)
    }

    #[getter]
    fn _state(&self, py: Python) -> PyResult<&'static str> {
        self.alive(py)?;
        Ok(match self.status.get() {
            Status::Pending => "PENDING",
            Status::Cancelled => "CANCELLED",
            Status::Finished => "FINISHED",
        })
    }

    #[getter]
    fn _asyncio_future_blocking(&self, _py: Python) -> bool {
        self.blocking.get() && !self.event_loop.is_empty()
    }

    #[setter(_asyncio_future_blocking)]
    fn set_blocking(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.alive(py)?;
        match value {
            Some(v) => self.blocking.set(v.is_true(py)?),
            None => return Err(undeletable(py, "Future", "_asyncio_future_blocking")),
        }
        Ok(())
    }

    #[getter]
    fn _loop(&self, _py: Python) -> Option<Py> {
        self.event_loop.get_owned()
    }

    #[getter]
    fn _callbacks(&self, py: Python) -> PyResult {
        self.alive(py)?;
        let mut all = Vec::new();
        if let Some(f) = self.callback0.get_owned() {
            let context = self.context0.get_owned().unwrap_or_else(|| none().owned());
            all.push(PyTuple::new(py, [f, context])?.into_object());
        }
        all.extend(self.callbacks.get_owned().map_or_else(Vec::new, |l| l.snapshot()));
        if all.is_empty() { Ok(none().owned()) } else { Ok(PyList::new(py, all)?.into_object()) }
    }

    #[getter]
    fn _result(&self, py: Python) -> PyResult {
        self.slot_value(py, &self.result)
    }

    #[getter]
    fn _exception(&self, py: Python) -> PyResult {
        self.slot_value(py, &self.exception)
    }

    #[getter]
    fn _log_traceback(&self, py: Python) -> PyResult<bool> {
        self.alive(py)?;
        Ok(self.log_tb.get())
    }

    #[setter(_log_traceback)]
    fn set_log_traceback(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(v) = value else { return Err(undeletable(py, "Future", "_log_traceback")) };
        if v.is_true(py)? {
            return Err(value_error(py, "_log_traceback can only be set to False"));
        }
        self.log_tb.set(false);
        Ok(())
    }

    #[getter]
    fn _source_traceback(&self, _py: Python) -> Option<Py> {
        self.source_tb.get_owned()
    }

    #[getter]
    fn _cancel_message(&self, _py: Python) -> Option<Py> {
        self.cancel_msg.get_owned()
    }

    #[setter(_cancel_message)]
    fn set_cancel_message(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(v) = value else { return Err(undeletable(py, "Future", "_cancel_message")) };
        self.cancel_msg.set(Some(v.owned()));
        Ok(())
    }

    #[getter]
    fn _asyncio_awaited_by(&self, py: Python) -> PyResult {
        let Some(waiters) = self.awaited_by.get_owned() else { return Ok(none().owned()) };
        if self.awaited_by_set.get() {
            return Ok(PyFrozenSet::from_iterable(py, &waiters)?.into_object());
        }
        Ok(PyFrozenSet::from_iter(py, [Ok(waiters)])?.into_object())
    }
}

#[cold]
pub fn undeletable(py: Python, class: &str, name: &str) -> Raised {
    attribute_error(py, format!("attribute '{name}' of '_asyncio.{class}' objects cannot be deleted"))
}
