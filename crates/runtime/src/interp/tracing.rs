//! `sys.settrace` and `sys.setprofile`, on top of monitoring: two tools whose callbacks turn the events into calls of a trace function.

use super::instrument::{
    self, PROFILE_TOOL, TRACE_TOOL, event, line_of_unit, local_events, register_callback, set_events,
    set_local_events,
};
use crate::prelude::*;
use crate::state::{Thread, interpreter, thread};
use crate::types::descr::PyMethodDescr;
use crate::types::frame as frame_object;
use crate::types::*;
use std::ffi::{c_int, c_void};

/// `Py_tracefunc`.
pub type TraceFunc = unsafe extern "C" fn(*mut PyObject, *mut PyObject, c_int, *mut PyObject) -> c_int;

/// `PyTrace_*`: what a trace function is told.
pub mod what {
    use std::ffi::c_int;
    pub const CALL: c_int = 0;
    pub const EXCEPTION: c_int = 1;
    pub const LINE: c_int = 2;
    pub const RETURN: c_int = 3;
    pub const C_CALL: c_int = 4;
    pub const C_EXCEPTION: c_int = 5;
    pub const C_RETURN: c_int = 6;
    pub const OPCODE: c_int = 7;
}

const WHAT_NAMES: [&str; 8] =
    ["call", "exception", "line", "return", "c_call", "c_exception", "c_return", "opcode"];

/// What a handler does with the event it gets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Handling {
    /// Passes it on without argument, with `None`, or with the event's argument.
    TraceNull,
    TraceNone,
    TraceArg,
    TraceException,
    TraceLine,
    TraceJump,
    TraceInstruction,
    ProfileNull,
    ProfileNone,
    ProfileArg,
    ProfileCall,
}

/// A callback of one of the two tools.
#[repr(C)]
#[derive(Traverse)]
pub struct PyLegacyEventHandler {
    pub ob_base: PyObject,
    #[traverse(skip)]
    handling: Cell<Handling>,
    what: Cell<c_int>,
}

/// Passes monitoring events on to a trace function.
#[pytype(
    name = "legacy_event_handler",
    module = "sys",
    symbol = "_PyLegacyEventHandler_Type",
    flags(DISALLOW_INSTANTIATION)
)]
impl PyLegacyEventHandler {
    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult {
        self.report(py, args.items())
    }
}

/// The function and object of the current thread for tracing or profiling.
fn target(t: &Thread, profile: bool) -> Option<(TraceFunc, Option<Py>)> {
    let (f, o) = if profile { (&t.c_profilefunc, &t.c_profileobj) } else { (&t.c_tracefunc, &t.c_traceobj) };
    if f.get().is_null() {
        return None;
    }
    // SAFETY: the fields hold trace functions only.
    Some((unsafe { std::mem::transmute::<*const c_void, TraceFunc>(f.get()) }, o.get_owned()))
}

fn current_frame(py: Python) -> PyResult<Py<PyFrame>> {
    frame_object::current(py)?.ok_or_else(|| system_error(py, "Missing frame when calling trace function."))
}

impl PyLegacyEventHandler {
    fn make(py: Python, handling: Handling, what: c_int) -> PyResult<Py<PyLegacyEventHandler>> {
        let ty = PyLegacyEventHandler::type_object();
        new_object(
            py,
            ty,
            PyLegacyEventHandler {
                ob_base: PyObject::header(ty),
                handling: Cell::new(handling),
                what: Cell::new(what),
            },
        )
    }

    /// Calls the trace or profile function.
    fn pass_on(&self, py: Python, profile: bool, frame: &PyFrame, arg: Option<&PyObject>) -> PyResult {
        let Some((f, o)) = target(thread(py), profile) else { return Ok(none().owned()) };
        let pointer = |o: Option<&PyObject>| o.map_or(std::ptr::null_mut(), PyLayout::as_ptr);
        // SAFETY: a trace function called with live objects.
        let r = unsafe { f(pointer(o.as_deref()), frame.as_ptr(), self.what.get(), pointer(arg)) };
        if !profile {
            frame.f_lineno.set(0);
        }
        status(py, r)?;
        Ok(none().owned())
    }

    fn trace(&self, py: Python, arg: Option<&PyObject>) -> PyResult {
        if thread(py).c_tracefunc.get().is_null() {
            return Ok(none().owned());
        }
        let frame = current_frame(py)?;
        if frame.f_trace_opcodes.get() {
            set_opcode_trace(py, &frame, true)?;
        }
        self.pass_on(py, false, &frame, arg)
    }

    fn trace_line(&self, py: Python, frame: &PyFrame, line: i32) -> PyResult {
        if !frame.f_trace_lines.get() || line < 0 {
            return Ok(none().owned());
        }
        frame.f_lineno.set(line);
        self.pass_on(py, false, frame, Some(none()))
    }

    fn profile(&self, py: Python, arg: Option<&PyObject>) -> PyResult {
        if thread(py).c_profilefunc.get().is_null() {
            return Ok(none().owned());
        }
        let frame = current_frame(py)?;
        self.pass_on(py, true, &frame, arg)
    }

    /// Handles an event; `args` are those of the monitoring callback.
    pub fn report(&self, py: Python, args: &[&PyObject]) -> PyResult {
        let arg = args.get(2).copied();
        match self.handling.get() {
            Handling::TraceNull => self.trace(py, None),
            Handling::TraceNone => self.trace(py, Some(none())),
            Handling::TraceArg => self.trace(py, arg),
            Handling::TraceException => {
                let Some(e) = arg.and_then(|a| a.downcast::<PyBaseException>()) else {
                    return Ok(none().owned());
                };
                let tb = e.traceback.get_owned().unwrap_or_else(|| none().owned());
                let info = PyTuple::new(py, [e.ty().object().owned(), e.as_object().owned(), tb])?;
                self.trace(py, Some(info.as_object()))
            }
            Handling::TraceLine => {
                if thread(py).c_tracefunc.get().is_null() {
                    return Ok(none().owned());
                }
                let line =
                    args.get(1).and_then(|l| l.downcast::<PyInt>()).and_then(|l| l.as_i64()).unwrap_or(-1);
                let frame = current_frame(py)?;
                self.trace_line(py, &frame, line as i32)
            }
            Handling::TraceJump => self.trace_jump(py, args),
            Handling::TraceInstruction => {
                let frame = current_frame(py)?;
                if thread(py).c_tracefunc.get().is_null() || !frame.f_trace_opcodes.get() {
                    set_opcode_trace(py, &frame, false)?;
                    return Ok(none().owned());
                }
                self.pass_on(py, false, &frame, Some(none()))
            }
            Handling::ProfileNull => self.profile(py, None),
            Handling::ProfileNone => self.profile(py, Some(none())),
            Handling::ProfileArg => self.profile(py, arg),
            Handling::ProfileCall => self.profile_call(py, args),
        }
    }

    /// A jump back on the same line is a line event too; other jumps are left to the line they lead to.
    fn trace_jump(&self, py: Python, args: &[&PyObject]) -> PyResult {
        if thread(py).c_tracefunc.get().is_null() {
            return Ok(none().owned());
        }
        let [code, from, to, ..] = args else { return Ok(none().owned()) };
        let unit = |o: &PyObject| o.downcast::<PyInt>().and_then(|i| i.as_i64()).unwrap_or(0) as usize / 2;
        let (from, to) = (unit(from), unit(to));
        let Some(code) = code.downcast_exact::<PyCode>() else { return Ok(none().owned()) };
        let line = line_of_unit(code, to);
        if to > from || line != line_of_unit(code, from) {
            return Ok(instrument::disable_marker(py).owned());
        }
        let frame = current_frame(py)?;
        self.trace_line(py, &frame, line)
    }

    /// Calls of native functions and methods are reported, bound.
    fn profile_call(&self, py: Python, args: &[&PyObject]) -> PyResult {
        let [_, _, callable, first, ..] = args else { return Ok(none().owned()) };
        if callable.downcast::<PyCFunction>().is_some() {
            return self.profile(py, Some(callable));
        }
        if callable.downcast_exact::<PyMethodDescr>().is_some() && !first.is(instrument::missing(py)) {
            let Some(get) = callable.ty().tp_descr_get.get() else { return Ok(none().owned()) };
            // SAFETY: a slot called with live objects.
            let bound: Py =
                unsafe { from_c(py, get(callable.as_ptr(), first.as_ptr(), first.ty().as_ptr())) }?;
            return self.profile(py, Some(&bound));
        }
        Ok(none().owned())
    }
}

/// Switches instruction events of a frame's code on or off.
fn set_opcode_trace(py: Python, f: &PyFrame, on: bool) -> PyResult<()> {
    let code = f.code();
    let before = local_events(py, TRACE_TOOL, &code);
    let bit = 1 << event::INSTRUCTION;
    let after = if on { before | bit } else { before & !bit };
    if before == after { Ok(()) } else { set_local_events(py, TRACE_TOOL, &code, after) }
}

/// A frame wants to trace single instructions.
pub fn trace_opcodes(py: Python, f: &PyFrame) -> PyResult<()> {
    if f.f_trace.is_empty() { Ok(()) } else { set_opcode_trace(py, f, true) }
}

fn register_all(py: Python, tool: usize, table: &[(Handling, c_int, &[usize])]) -> PyResult<()> {
    for (handling, what, events) in table {
        let h = PyLegacyEventHandler::make(py, *handling, *what)?;
        for e in *events {
            drop(register_callback(py, tool, *e, Some(h.as_object())));
        }
    }
    Ok(())
}

/// How many threads have a trace function, or a profile function.
fn users(py: Python, profile: bool) -> usize {
    let mut n = 0;
    let mut t = interpreter(py).threads.get();
    // SAFETY: the list of threads is changed only under the lock that we hold.
    while let Some(th) = unsafe { t.as_ref() } {
        let f = if profile { &th.c_profilefunc } else { &th.c_tracefunc };
        n += !f.get().is_null() as usize;
        t = th.next.get();
    }
    n
}

const fn bits(events: &[usize]) -> u32 {
    let mut set = 0;
    let mut i = 0;
    while i < events.len() {
        set |= 1 << events[i];
        i += 1;
    }
    set
}

const TRACE_EVENTS: u32 = bits(&[
    event::PY_START,
    event::PY_RESUME,
    event::PY_RETURN,
    event::PY_YIELD,
    event::RAISE,
    event::LINE,
    event::JUMP,
    event::PY_UNWIND,
    event::PY_THROW,
    event::STOP_ITERATION,
]);

const PROFILE_EVENTS: u32 = bits(&[
    event::PY_START,
    event::PY_RESUME,
    event::PY_RETURN,
    event::PY_YIELD,
    event::CALL,
    event::PY_UNWIND,
    event::PY_THROW,
]);

/// Sets a thread's trace function (`_PyEval_SetTrace`).
pub fn set_trace_function(py: Python, t: &Thread, f: Option<TraceFunc>, arg: Option<Py>) -> PyResult<()> {
    crate::sys::hooks::audit(py, "sys.settrace", &[])?;
    let m = &interpreter(py).eval.monitoring;
    if !m.trace_ready.replace(true) {
        use Handling::*;
        register_all(
            py,
            TRACE_TOOL,
            &[
                (TraceNone, what::CALL, &[event::PY_START, event::PY_RESUME, event::PY_THROW]),
                (TraceArg, what::RETURN, &[event::PY_RETURN, event::PY_YIELD]),
                (TraceException, what::EXCEPTION, &[event::RAISE, event::STOP_ITERATION]),
                (TraceLine, what::LINE, &[event::LINE]),
                (TraceNull, what::RETURN, &[event::PY_UNWIND]),
                (TraceJump, what::LINE, &[event::JUMP]),
                (TraceInstruction, what::OPCODE, &[event::INSTRUCTION]),
            ],
        )?;
    }
    t.c_tracefunc.set(f.map_or(std::ptr::null(), |f| f as *const c_void));
    let old = t.c_traceobj.replace(arg);
    let events = if users(py, false) > 0 {
        if let Some(frame) = frame_object::current(py)?
            && frame.f_trace_opcodes.get()
        {
            set_opcode_trace(py, &frame, true)?;
        }
        TRACE_EVENTS
    } else {
        0
    };
    let r = set_events(py, TRACE_TOOL, events);
    drop(old);
    r
}

/// Sets a thread's profile function (`_PyEval_SetProfile`).
pub fn set_profile_function(py: Python, t: &Thread, f: Option<TraceFunc>, arg: Option<Py>) -> PyResult<()> {
    crate::sys::hooks::audit(py, "sys.setprofile", &[])?;
    let m = &interpreter(py).eval.monitoring;
    if !m.profile_ready.replace(true) {
        use Handling::*;
        register_all(
            py,
            PROFILE_TOOL,
            &[
                (ProfileNone, what::CALL, &[event::PY_START, event::PY_RESUME, event::PY_THROW]),
                (ProfileArg, what::RETURN, &[event::PY_RETURN, event::PY_YIELD]),
                (ProfileNull, what::RETURN, &[event::PY_UNWIND]),
                (ProfileCall, what::C_CALL, &[event::CALL]),
                (ProfileCall, what::C_RETURN, &[event::C_RETURN]),
                (ProfileCall, what::C_EXCEPTION, &[event::C_RAISE]),
            ],
        )?;
    }
    t.c_profilefunc.set(f.map_or(std::ptr::null(), |f| f as *const c_void));
    let old = t.c_profileobj.replace(arg);
    let r = set_events(py, PROFILE_TOOL, if users(py, true) > 0 { PROFILE_EVENTS } else { 0 });
    drop(old);
    r
}

/// `callback(frame, what, arg)`.
fn call_callback(
    py: Python,
    callback: &PyObject,
    frame: &PyFrame,
    what: c_int,
    arg: Option<&PyObject>,
) -> PyResult {
    let name = WHAT_NAMES.get(what as usize).copied().unwrap_or("");
    let name = PyStr::intern(py, PyStr::new(py, name)?);
    callback.call(py, &[frame.as_object(), name.as_object(), arg.unwrap_or(none())])
}

/// The trace function behind `sys.settrace`: calls the Python function for new frames, the frame's own afterwards.
unsafe extern "C" fn trace_trampoline(
    this: *mut PyObject,
    frame: *mut PyObject,
    what: c_int,
    arg: *mut PyObject,
) -> c_int {
    // SAFETY: called with live objects on an attached thread.
    let (py, frame, this, arg) =
        unsafe { (Python::assume_attached(), &*(frame as *const PyFrame), this.as_ref(), arg.as_ref()) };
    let callback = if what == what::CALL { this.map(PyLayout::owned) } else { frame.f_trace.get_owned() };
    let Some(callback) = callback else { return 0 };
    match call_callback(py, &callback, frame, what, arg) {
        Ok(r) => {
            if !r.is_none() {
                frame.f_trace.set(Some(r));
            }
            0
        }
        Err(_) => {
            give_up(py, frame, false);
            -1
        }
    }
}

/// After an error in it, a trace or profile function is removed.
fn give_up(py: Python, frame: &PyFrame, profile: bool) {
    let t = thread(py);
    let saved = t.current_exception.take();
    let r = if profile {
        set_profile_function(py, t, None, None)
    } else {
        let r = set_trace_function(py, t, None, None);
        frame.f_trace.set(None);
        r
    };
    // The first error is the one to report.
    if r.is_err() {
        drop(take(py));
    }
    t.current_exception.set(saved);
}

/// The profile function behind `sys.setprofile`.
unsafe extern "C" fn profile_trampoline(
    this: *mut PyObject,
    frame: *mut PyObject,
    what: c_int,
    arg: *mut PyObject,
) -> c_int {
    // SAFETY: as above.
    let (py, frame, this, arg) =
        unsafe { (Python::assume_attached(), &*(frame as *const PyFrame), this.as_ref(), arg.as_ref()) };
    let Some(callback) = this.map(PyLayout::owned) else { return 0 };
    match call_callback(py, &callback, frame, what, arg) {
        Ok(_) => 0,
        Err(_) => {
            give_up(py, frame, true);
            -1
        }
    }
}

/// `sys.settrace`.
pub fn set_trace(py: Python, f: Option<&PyObject>) -> PyResult<()> {
    set_trace_function(py, thread(py), f.map(|_| trace_trampoline as TraceFunc), f.map(PyLayout::owned))
}

/// `sys.setprofile`.
pub fn set_profile(py: Python, f: Option<&PyObject>) -> PyResult<()> {
    set_profile_function(py, thread(py), f.map(|_| profile_trampoline as TraceFunc), f.map(PyLayout::owned))
}

fn for_all_threads(py: Python, mut each: impl FnMut(&Thread) -> PyResult<()>) -> PyResult<()> {
    let mut t = interpreter(py).threads.get();
    // SAFETY: the list of threads is changed only under the lock that we hold.
    while let Some(th) = unsafe { t.as_ref() } {
        each(th)?;
        t = th.next.get();
    }
    Ok(())
}

/// `sys._settraceallthreads`.
pub fn set_trace_all_threads(py: Python, f: Option<&PyObject>) -> PyResult<()> {
    for_all_threads(py, |t| {
        set_trace_function(py, t, f.map(|_| trace_trampoline as TraceFunc), f.map(PyLayout::owned))
    })
}

/// `sys._setprofileallthreads`.
pub fn set_profile_all_threads(py: Python, f: Option<&PyObject>) -> PyResult<()> {
    for_all_threads(py, |t| {
        set_profile_function(py, t, f.map(|_| profile_trampoline as TraceFunc), f.map(PyLayout::owned))
    })
}

/// `sys.call_tracing`: calls with tracing on, for debuggers that debug themselves.
pub fn call_tracing(py: Python, f: &PyObject, args: &PyTuple) -> PyResult {
    let t = thread(py);
    let (tracing, what) = (t.tracing.replace(0), t.what_event.get());
    let r = f.call_tuple_dict(py, args, None);
    t.tracing.set(tracing);
    t.what_event.set(what);
    r
}
