//! What interrupts the loop at function entries, backward jumps and after calls: other threads wanting the lock, signals, pending
//! calls, asynchronous exceptions, garbage collection.

use super::instrument;
use super::regs::{Flow, Regs, cold};
use crate::state::breaker::{
    ASYNC_EXCEPTION, CALLS_TO_DO, EVENTS_MASK, GC_SCHEDULED, GIL_DROP_REQUEST, SIGNALS_PENDING,
};
use crate::state::{current_thread, thread, yield_gil};
use object::{PyResult, Python, Raised};
use std::collections::VecDeque;
use std::ffi::{c_int, c_void};
use std::sync::{Mutex, PoisonError};

/// At a safepoint.
#[inline(always)]
pub fn check_pending(r: &mut Regs) -> Flow {
    if instrument::breaker(r.thread) & EVENTS_MASK != 0 {
        cold();
        r.spill();
        handle_pending(r.py())?;
    }
    Ok(())
}

/// A call asked for by another thread or by C code (`Py_AddPendingCall`).
struct Pending {
    func: unsafe extern "C" fn(*mut c_void) -> c_int,
    arg: *mut c_void,
}
// SAFETY: whoever adds the call vouches for its argument on the main thread.
unsafe impl Send for Pending {}

/// The longest queue.
const MAX_PENDING: usize = 300;
static PENDING: Mutex<VecDeque<Pending>> = Mutex::new(VecDeque::new());

/// Queues a call for the main thread; false when the queue is full.
pub fn add_pending_call(func: unsafe extern "C" fn(*mut c_void) -> c_int, arg: *mut c_void) -> bool {
    let mut queue = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
    if queue.len() >= MAX_PENDING {
        return false;
    }
    queue.push_back(Pending { func, arg });
    crate::signals::wake_main_thread(CALLS_TO_DO);
    true
}

/// Runs the calls queued so far (the second half of `Py_MakePendingCalls`).
pub fn make_pending_calls(py: Python) -> PyResult<()> {
    for _ in 0..MAX_PENDING {
        let next = PENDING.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(call) = next else { return Ok(()) };
        // SAFETY: the promise of whoever queued it.
        if unsafe { (call.func)(call.arg) } != 0 {
            if !PENDING.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
                thread(py).request(CALLS_TO_DO);
            }
            return Err(Raised::pending());
        }
    }
    Ok(())
}

/// Deals with everything that is pending (`_Py_HandlePending`).
#[cold]
#[inline(never)]
pub fn handle_pending(py: Python) -> PyResult<()> {
    let Some(t) = current_thread() else { return Ok(()) };
    let events = instrument::breaker(t);
    if events & SIGNALS_PENDING != 0 {
        t.clear_request(SIGNALS_PENDING);
        crate::signals::check(py)?;
    }
    if events & CALLS_TO_DO != 0 {
        t.clear_request(CALLS_TO_DO);
        make_pending_calls(py)?;
    }
    if events & GC_SCHEDULED != 0 {
        t.clear_request(GC_SCHEDULED);
        crate::gc::run_scheduled(py);
    }
    if events & GIL_DROP_REQUEST != 0 {
        yield_gil(py);
    }
    if events & ASYNC_EXCEPTION != 0 {
        t.clear_request(ASYNC_EXCEPTION);
        if let Some(exc) = t.async_exc.take() {
            super::raise::raise(py, Some(exc), None);
            return Err(Raised::pending());
        }
    }
    Ok(())
}
