//! `sys.monitoring` (PEP 669): events reported by instrumented instructions and by the unwinder.
//!
//! [`tools`] holds what is per interpreter: tools, their callbacks, the events each watches everywhere. [`data`] holds what is per code
//! object, and rewrites its instructions when the events change; [`lines`] finds where lines begin. [`fire`] calls the callbacks.
//! [`module`] is the Python side.

mod branch;
mod data;
pub mod event;
mod fire;
mod lines;
pub mod module;
mod tools;

pub use branch::PyBranchHandler;
pub use data::{CoMonitoring, base_opcode, instrument, line_of_unit};
pub use fire::{
    call, call_2args, call_arg, call_exc2, disable as disable_marker, handled, instruction, jump, line,
    missing, raised, reports_raises, reraised, stop_iteration, thrown, unwound,
};
pub use tools::{
    Monitoring, PROFILE_TOOL, TRACE_TOOL, current_version, local_events, register_callback, set_events,
    set_local_events,
};

use crate::state::breaker::EVENTS_MASK;
use crate::state::{Thread, interpreter};
use crate::types::PyCode;
use object::Python;
use std::sync::atomic::{AtomicUsize, Ordering};

fn breaker_atomic(t: &Thread) -> &AtomicUsize {
    // SAFETY: same size and alignment; other threads and signal handlers write it through an atomic too.
    unsafe { &*(&t.eval_breaker as *const std::cell::Cell<usize> as *const AtomicUsize) }
}

/// The thread's eval breaker: events pending below, the instrumentation version above.
#[inline(always)]
pub fn breaker(t: &Thread) -> usize {
    breaker_atomic(t).load(Ordering::Relaxed)
}

/// Is the code instrumented for another set of events than the current one?
#[inline(always)]
pub fn is_outdated(t: &Thread, code: &PyCode) -> bool {
    breaker(t) & !EVENTS_MASK != code.co_instrumentation_version.get()
}

/// Does nobody watch frames being left by exceptions?
pub fn no_tools_for_unwind(py: Python) -> bool {
    interpreter(py).eval.monitoring.global_tools(event::PY_UNWIND) == 0
}
