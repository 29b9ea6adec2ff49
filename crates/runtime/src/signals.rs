//! Signals: what arrived, and the Python handlers that the main thread runs for it at its next safepoint.
//!
//! The operating system's handler ([`trip`]) only sets flags, wakes the main thread's loop and writes to the wake-up
//! descriptor; [`check`] calls the Python functions.

use crate::errors::{fetch, write_unraisable};
use crate::prelude::*;
use crate::state::{Thread, breaker, interpreter, thread};
use object::libc;
use std::cell::RefCell;
use std::ffi::c_int;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};

/// One more than the largest signal number.
pub const NSIG: usize = 65;

static TRIPPED: [AtomicBool; NSIG] = [const { AtomicBool::new(false) }; NSIG];
static ANY_TRIPPED: AtomicBool = AtomicBool::new(false);
/// The state of the thread that runs Python handlers. States of main threads are never freed.
static MAIN_THREAD: AtomicPtr<Thread> = AtomicPtr::new(null_mut());
static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);
static WARN_ON_FULL_BUFFER: AtomicBool = AtomicBool::new(true);
/// `errno` of a failed write to the wake-up descriptor, 0 if there was none.
static WAKEUP_ERROR: AtomicI32 = AtomicI32::new(0);

/// The Python handlers, by signal number: a callable, the ints 0 (default) and 1 (ignore), or `None` (not set from Python).
struct Handlers(RefCell<Vec<Option<Py>>>);

impl Default for Handlers {
    fn default() -> Self {
        Handlers(RefCell::new((0..NSIG).map(|_| None).collect()))
    }
}

/// Names the thread that runs handlers. Called at start-up and in the child of a fork.
pub fn set_main_thread(t: &'static Thread) {
    MAIN_THREAD.store(t as *const Thread as *mut Thread, Ordering::SeqCst);
}

/// Is the current thread the one that runs handlers?
pub fn is_main_thread(py: Python) -> bool {
    std::ptr::eq(MAIN_THREAD.load(Ordering::Relaxed), thread(py))
}

/// The Python handler of a signal.
pub fn handler(py: Python, signum: usize) -> Option<Py> {
    interpreter(py).module_state::<Handlers>().0.borrow().get(signum).cloned().flatten()
}

/// Changes the Python handler; the old one.
pub fn set_handler(py: Python, signum: usize, new: Option<Py>) -> Option<Py> {
    let state = interpreter(py).module_state::<Handlers>();
    let mut all = state.0.borrow_mut();
    all.get_mut(signum).and_then(|slot| std::mem::replace(slot, new))
}

/// The descriptor that signal numbers are written to, and whether a full pipe is worth a warning; the old descriptor.
pub fn set_wakeup_fd(fd: c_int, warn_on_full_buffer: bool) -> c_int {
    WARN_ON_FULL_BUFFER.store(warn_on_full_buffer, Ordering::Relaxed);
    WAKEUP_FD.swap(fd, Ordering::SeqCst)
}

/// Sets bits in the main thread's eval breaker. Callable from signal handlers and from any thread.
pub fn wake_main_thread(bits: usize) {
    // SAFETY: null or a state that is never freed.
    if let Some(main) = unsafe { MAIN_THREAD.load(Ordering::Relaxed).as_ref() } {
        main.request(bits);
    }
}

/// A signal has arrived. Callable from signal handlers and from any thread.
pub fn trip(signum: c_int) {
    let Some(flag) = usize::try_from(signum).ok().and_then(|n| TRIPPED.get(n)) else { return };
    flag.store(true, Ordering::Relaxed);
    ANY_TRIPPED.store(true, Ordering::SeqCst);
    wake_main_thread(breaker::SIGNALS_PENDING);
    let fd = WAKEUP_FD.load(Ordering::SeqCst);
    if fd == -1 {
        return;
    }
    let byte = signum as u8;
    // SAFETY: writes one byte; `errno` is saved by the caller.
    unsafe {
        if libc::write(fd, &byte as *const u8 as *const _, 1) >= 0 {
            return;
        }
        let e = *libc::__errno_location();
        if WARN_ON_FULL_BUFFER.load(Ordering::Relaxed) || (e != libc::EWOULDBLOCK && e != libc::EAGAIN) {
            WAKEUP_ERROR.store(e, Ordering::Relaxed);
        }
    }
}

/// The operating system's handler.
pub extern "C" fn native_handler(signum: c_int) {
    // SAFETY: `errno` belongs to the interrupted code.
    unsafe {
        let errno = *libc::__errno_location();
        trip(signum);
        *libc::__errno_location() = errno;
    }
}

/// Installs a native handler (a function's address, `SIG_DFL` or `SIG_IGN`) without `SA_RESTART`, so that blocking calls return.
/// `false`: the signal can't be handled.
pub fn install_native(signum: c_int, action: libc::sighandler_t) -> bool {
    // SAFETY: a fully initialised action.
    unsafe {
        let mut sa: libc::sigaction = std::mem::zeroed();
        sa.sa_sigaction = action;
        sa.sa_flags = libc::SA_ONSTACK;
        libc::sigemptyset(&mut sa.sa_mask);
        libc::sigaction(signum, &sa, null_mut()) == 0
    }
}

/// The native handler in force.
pub fn native_action(signum: c_int) -> Option<libc::sighandler_t> {
    // SAFETY: fills in the struct.
    unsafe {
        let mut sa: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(signum, null_mut(), &mut sa) == 0 { Some(sa.sa_sigaction) } else { None }
    }
}

/// Is the object the int that stands for `SIG_DFL` or `SIG_IGN`?
pub fn is_marker(o: &PyObject, n: i64) -> bool {
    o.downcast_exact::<PyInt>().is_some_and(|i| i.as_i64() == Some(n))
}

/// A `KeyboardInterrupt` came to the end of the program, or of a statement at the prompt.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Notes that nobody handled a `KeyboardInterrupt`.
pub fn set_interrupted() {
    INTERRUPTED.store(true, Ordering::Relaxed);
}

/// Was there a `KeyboardInterrupt` that nobody handled?
pub fn was_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Runs the Python handlers of signals that arrived (`PyErr_CheckSignals`). Other threads than the main one do nothing. Called
/// wherever a system call was interrupted.
///
/// Errors: what a handler raises; handlers of the remaining signals run next time.
#[inline]
pub fn check(py: Python) -> PyResult<()> {
    if ANY_TRIPPED.load(Ordering::Relaxed) || WAKEUP_ERROR.load(Ordering::Relaxed) != 0 {
        run(py)
    } else {
        Ok(())
    }
}

#[cold]
fn run(py: Python) -> PyResult<()> {
    if !is_main_thread(py) {
        return Ok(());
    }
    let e = WAKEUP_ERROR.swap(0, Ordering::Relaxed);
    if e != 0 {
        let r = exceptions::raise_errno_with(py, e, None, None);
        write_unraisable(py, r, Some("Exception ignored when trying to write to the signal wakeup fd"), None);
    }
    if !ANY_TRIPPED.swap(false, Ordering::SeqCst) {
        return Ok(());
    }
    let frame = crate::interp::get_frame(py, 0).unwrap_or_else(|r| {
        drop(fetch(py, r));
        none().owned()
    });
    for (n, flag) in TRIPPED.iter().enumerate().skip(1) {
        if !flag.swap(false, Ordering::Relaxed) {
            continue;
        }
        let f = handler(py, n);
        let Some(f) = f.filter(|f| !f.is_none() && !is_marker(f, 0) && !is_marker(f, 1)) else {
            // The handler was taken away between the signal and now.
            let r = raise(
                py,
                &exceptions::PyExc_OSError_Type,
                format!("Signal {n} ignored due to race condition"),
            );
            write_unraisable(py, r, None, Some(none()));
            continue;
        };
        let number = PyInt::from_usize(py, n)?;
        if let Err(e) = f.call(py, &[number.as_object(), &frame]) {
            ANY_TRIPPED.store(true, Ordering::SeqCst);
            thread(py).request(breaker::SIGNALS_PENDING);
            return Err(e);
        }
    }
    Ok(())
}

/// Runs what waits for the main thread: signal handlers, then pending calls (`Py_MakePendingCalls`).
///
/// Errors: what they raise.
pub fn make_pending_calls(py: Python) -> PyResult<()> {
    if !is_main_thread(py) {
        return Ok(());
    }
    thread(py).clear_request(breaker::SIGNALS_PENDING);
    check(py)?;
    crate::interp::breaker::make_pending_calls(py)
}

/// Forgets the signals that arrived, in the child of a fork.
pub fn clear_pending() {
    if ANY_TRIPPED.swap(false, Ordering::SeqCst) {
        TRIPPED.iter().for_each(|f| f.store(false, Ordering::Relaxed));
    }
}

/// As if the signal had arrived, in any thread; ignored when its action is "default" or "ignore" (`PyErr_SetInterruptEx`).
/// `false` for a number out of range.
pub fn simulate(py: Python, signum: i64) -> bool {
    let Some(n) = usize::try_from(signum).ok().filter(|n| (1..NSIG).contains(n)) else { return false };
    if handler(py, n).is_some_and(|f| !f.is_none() && !is_marker(&f, 0) && !is_marker(&f, 1)) {
        trip(n as c_int);
    }
    true
}

/// Installs what every interpreter wants: broken pipes and too large files are errors of the call, not deaths.
pub fn install_defaults() {
    install_native(libc::SIGPIPE, libc::SIG_IGN);
    install_native(libc::SIGXFSZ, libc::SIG_IGN);
}

/// Restores the default action of signals that have Python handlers, at the end of the interpreter.
pub fn finalize(py: Python) {
    for n in 1..NSIG {
        let old = set_handler(py, n, None);
        if old.is_some_and(|f| !f.is_none() && !is_marker(&f, 0) && !is_marker(&f, 1)) {
            install_native(n as c_int, libc::SIG_DFL);
        }
    }
}

/// Retries a system call that was interrupted by a signal, after running the handlers (PEP 475). `f` runs without the interpreter
/// lock and returns what the call returned; -1 means failure, with `errno` set. The error number comes back otherwise.
///
/// Errors: what a handler raises.
pub fn retry<T: PartialEq + From<i8>>(py: Python, mut f: impl FnMut() -> T) -> PyResult<Result<T, c_int>> {
    loop {
        let (r, e) = crate::state::release_gil(py, || {
            let r = f();
            // SAFETY: the calling thread's own error number.
            (r, unsafe { *libc::__errno_location() })
        });
        if r != T::from(-1) {
            return Ok(Ok(r));
        }
        if e != libc::EINTR {
            return Ok(Err(e));
        }
        check(py)?;
    }
}
