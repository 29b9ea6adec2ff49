//! `sys.monitoring`: events reported by instrumented instructions and by the unwinder.

pub mod event;
mod data;
mod fire;

pub use data::{CoMonitoring, Monitoring, base_opcode, no_tools_for_unwind};
pub use fire::{
    call, call_2args, call_arg, call_exc2, handled, instruction, jump, line, missing, raised, reraised,
    stop_iteration, thrown, unwound,
};

use crate::state::Thread;
use crate::state::breaker::EVENTS_MASK;
use crate::types::PyCode;
use object::{PyResult, Python};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The thread's eval breaker: events pending below, the instrumentation version above.
#[inline(always)]
pub fn breaker(t: &Thread) -> usize {
    // SAFETY: same size and alignment; other threads and signal handlers write it through an atomic too.
    unsafe { &*(&t.eval_breaker as *const std::cell::Cell<usize> as *const AtomicUsize) }.load(Ordering::Relaxed)
}

/// Is the code instrumented for another set of events than the current one?
#[inline(always)]
pub fn is_outdated(t: &Thread, code: &PyCode) -> bool {
    breaker(t) & !EVENTS_MASK != code.co_instrumentation_version.get()
}

/// Instruments a code object for the current set of events.
pub fn instrument(py: Python, code: &PyCode) -> PyResult<()> {
    data::update(py, code)
}
