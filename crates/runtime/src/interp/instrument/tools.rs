//! The tools of an interpreter: who watches which events everywhere, with which callbacks.

use super::data::{self, CoMonitoring};
use super::event::{EVENTS, LOCAL_EVENTS, UNGROUPED_EVENTS};
use super::{breaker_atomic, event};
use crate::errors::*;
use crate::interp::frame::{Frame, owner};
use crate::state::breaker::{EVENTS_MASK, VERSION_SHIFT};
use crate::state::{Interpreter, interpreter};
use crate::types::PyCode;
use object::{Py, PyLayout, PyObject, PyResult, Python, Slot};
use std::cell::Cell;
use std::sync::atomic::Ordering;

/// Number of tools; the last two are the runtime's own.
pub const TOOLS: usize = 8;
pub const PROFILE_TOOL: usize = 6;
pub const TRACE_TOOL: usize = 7;
/// Number of tools Python code can use.
pub const USER_TOOLS: usize = 6;

const VERSION_STEP: usize = 1 << VERSION_SHIFT;

/// Sets of tools (a bit each), by event.
pub type Monitors = [u8; UNGROUPED_EVENTS];

/// The tools and what they watch.
pub struct Monitoring {
    pub(super) global: Cell<Monitors>,
    callbacks: [[Slot; EVENTS]; TOOLS],
    pub(super) names: [Slot; TOOLS],
    /// Changes when any tool's events do; in steps above the event bits of the eval breaker.
    version: Cell<usize>,
    pub(super) last_restart: Cell<usize>,
    /// For each tool, the version at which its local events were last forgotten.
    pub(super) tool_versions: [Cell<usize>; TOOLS],
    pub(super) disable: Slot,
    pub(super) missing: Slot,
    /// Has the tool for `sys.settrace`, or for `sys.setprofile`, its callbacks?
    pub trace_ready: Cell<bool>,
    pub profile_ready: Cell<bool>,
}

impl Monitoring {
    pub fn new() -> Monitoring {
        Monitoring {
            global: Cell::new([0; UNGROUPED_EVENTS]),
            callbacks: [const { [const { Slot::empty() }; EVENTS] }; TOOLS],
            names: [const { Slot::empty() }; TOOLS],
            version: Cell::new(0),
            last_restart: Cell::new(0),
            tool_versions: [const { Cell::new(0) }; TOOLS],
            disable: Slot::empty(),
            missing: Slot::empty(),
            trace_ready: Cell::new(false),
            profile_ready: Cell::new(false),
        }
    }

    /// The tools that watch an event everywhere.
    #[inline]
    pub fn global_tools(&self, event: usize) -> u8 {
        self.global.get().get(event).copied().unwrap_or(0)
    }

    pub(super) fn callback(&self, tool: usize, event: usize) -> Option<Py> {
        self.callbacks.get(tool)?.get(event)?.get_owned()
    }

    pub(super) fn swap_callback(&self, tool: usize, event: usize, f: Option<Py>) -> Option<Py> {
        self.callbacks.get(tool)?.get(event)?.replace(f)
    }
}

impl Default for Monitoring {
    fn default() -> Self {
        Self::new()
    }
}

/// The version code must be instrumented for; a new thread's eval breaker starts with it.
pub fn current_version(interp: &Interpreter) -> usize {
    interp.eval.monitoring.version.get()
}

/// The events a tool has in a set of monitors, as a bit set.
pub(super) fn events_of(m: &[u8], tool: usize) -> u32 {
    m.iter().enumerate().fold(0, |set, (e, tools)| set | ((*tools as u32 >> tool) & 1) << e)
}

pub(super) fn put_events(m: &mut [u8], tool: usize, events: u32) {
    for (e, tools) in m.iter_mut().enumerate() {
        *tools = *tools & !(1 << tool) | (((events >> e) & 1) as u8) << tool;
    }
}

/// Makes a new version known to all threads.
pub(super) fn set_version(interp: &Interpreter, version: usize) {
    interp.eval.monitoring.version.set(version);
    let mut t = interp.threads.get();
    // SAFETY: the list of threads is changed only under the lock that we hold.
    while let Some(th) = unsafe { t.as_ref() } {
        let cell = breaker_atomic(th);
        let mut old = cell.load(Ordering::Relaxed);
        while let Err(now) =
            cell.compare_exchange_weak(old, old & EVENTS_MASK | version, Ordering::Relaxed, Ordering::Relaxed)
        {
            old = now;
        }
        t = th.next.get();
    }
}

/// The next version.
pub(super) fn next_version(py: Python, steps: usize) -> PyResult<usize> {
    current_version(interpreter(py))
        .checked_add(steps * VERSION_STEP)
        .ok_or_else(|| overflow_error(py, "events set too many times"))
}

/// Instruments all code that is running anywhere: it will not pass a `RESUME` before it has to report.
pub(super) fn instrument_running(py: Python) -> PyResult<()> {
    let mut t = interpreter(py).threads.get();
    // SAFETY: as above; the frames of running and of detached threads are live chains.
    unsafe {
        while let Some(th) = t.as_ref() {
            let mut f = th.current_frame.get();
            while let Some(frame) = f.as_ref() {
                if frame.owner.get() < owner::INTERPRETER
                    && let Some(code) = frame.code_owned()
                {
                    data::instrument(py, &code)?;
                }
                f = (frame as *const Frame).as_ref().map_or(std::ptr::null_mut(), |f| f.previous.get());
            }
            t = th.next.get();
        }
    }
    Ok(())
}

/// Sets the events a tool watches everywhere.
pub fn set_events(py: Python, tool: usize, events: u32) -> PyResult<()> {
    let m = &interpreter(py).eval.monitoring;
    let mut global = m.global.get();
    if events_of(&global, tool) == events {
        return Ok(());
    }
    let version = next_version(py, 1)?;
    put_events(&mut global, tool, events);
    m.global.set(global);
    set_version(interpreter(py), version);
    instrument_running(py)
}

/// The events a tool watches in one code object.
pub fn local_events(py: Python, tool: usize, code: &PyCode) -> u32 {
    // SAFETY: null or this code's box.
    let Some(d) = (unsafe { code.co_monitoring.get().as_ref() }) else { return 0 };
    d.forget_stale_local(interpreter(py), tool);
    events_of(&d.local.get(), tool)
}

/// Sets the events a tool watches in one code object.
pub fn set_local_events(py: Python, tool: usize, code: &PyCode, events: u32) -> PyResult<()> {
    const { assert!(LOCAL_EVENTS <= UNGROUPED_EVENTS) };
    if code.has_flag(bytecode::code::flags::NO_MONITORING_EVENTS) {
        return Ok(());
    }
    let interp = interpreter(py);
    let d = CoMonitoring::of(code);
    d.forget_stale_local(interp, tool);
    let mut local = d.local.get();
    if events_of(&local, tool) == events {
        return Ok(());
    }
    put_events(&mut local, tool, events);
    d.local.set(local);
    d.tool_versions[tool].set(interp.eval.monitoring.tool_versions[tool].get());
    data::force_instrument(py, code)
}

/// Sets a callback and gives the one there was.
pub fn register_callback(py: Python, tool: usize, event: usize, f: Option<&PyObject>) -> Option<Py> {
    debug_assert!(event < event::EVENTS);
    interpreter(py).eval.monitoring.swap_callback(tool, event, f.map(PyLayout::owned))
}
