//! Process, interpreter and thread state (design §5): `Runtime` → [`Interpreter`] → [`Thread`].

mod config;
mod gil;
mod interpreter;
mod recursion;
mod thread;
pub mod threads;

pub use config::Config;
pub use gil::{attach, detach, release_gil, set_finalizing, set_switch_interval, switch_interval, yield_gil};
pub use interpreter::Interpreter;
pub use recursion::enter_recursive_call;
pub use thread::{ExcStackItem, Thread, breaker};
pub use threads::after_fork_in_child;

use object::Python;
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

thread_local! {
    static CURRENT: Cell<*const Thread> = const { Cell::new(ptr::null()) };
}

/// The current thread's state.
#[inline(always)]
pub fn thread(_py: Python<'_>) -> &'static Thread {
    // SAFETY: the token proves that this thread is attached, and an attached thread has its state set; states live
    // until their thread has detached for good.
    unsafe { &*CURRENT.get() }
}

/// The current thread's state, or `None` when this thread is not attached.
pub fn current_thread() -> Option<&'static Thread> {
    // SAFETY: null or a live state, as above.
    unsafe { CURRENT.get().as_ref() }
}

pub(crate) fn set_current(t: *const Thread) {
    CURRENT.set(t)
}

/// The interpreter the current thread works for.
#[inline(always)]
pub fn interpreter(py: Python<'_>) -> &'static Interpreter {
    // SAFETY: a thread's interpreter outlives it.
    unsafe { &*thread(py).interp.get() }
}

/// The first interpreter: what threads that Python does not know attach to.
static MAIN: AtomicPtr<Interpreter> = AtomicPtr::new(ptr::null_mut());

/// Names the main interpreter. Called once, before anything runs.
pub(crate) fn set_main_interpreter(i: &'static Interpreter) {
    MAIN.store(i as *const Interpreter as *mut Interpreter, Ordering::Release)
}

/// The main interpreter, once there is one.
pub fn main_interpreter() -> Option<&'static Interpreter> {
    // SAFETY: null, or an interpreter that lives until the process ends.
    unsafe { MAIN.load(Ordering::Acquire).as_ref() }
}
