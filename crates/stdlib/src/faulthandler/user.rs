//! Handlers for signals that a program chose.

use super::dump::Out;
use runtime::prelude::*;
use runtime::signals::NSIG;
use runtime::state::interpreter;
use std::cell::{RefCell, UnsafeCell};
use std::ffi::c_int;
use std::mem::{MaybeUninit, zeroed};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// What is to be done for one signal.
struct Entry {
    enabled: AtomicBool,
    fd: AtomicI32,
    all_threads: AtomicBool,
    chain: AtomicBool,
    previous: UnsafeCell<MaybeUninit<libc::sigaction>>,
}
// SAFETY: `previous` is written under the interpreter lock, before `enabled` lets the handler read it.
unsafe impl Sync for Entry {}

static ENTRIES: [Entry; NSIG] = [const {
    Entry {
        enabled: AtomicBool::new(false),
        fd: AtomicI32::new(2),
        all_threads: AtomicBool::new(true),
        chain: AtomicBool::new(false),
        previous: UnsafeCell::new(MaybeUninit::uninit()),
    }
}; NSIG];

/// Keeps the files open.
#[derive(Default)]
struct Files(RefCell<Vec<(c_int, Py)>>);

fn entry(signum: c_int) -> Option<&'static Entry> {
    ENTRIES.get(usize::try_from(signum).ok()?)
}

/// Errors: `RuntimeError` for signals that `enable` handles, `ValueError` for a number out of range.
pub(super) fn check_number(py: Python, signum: c_int) -> PyResult<()> {
    match signum {
        libc::SIGBUS | libc::SIGILL | libc::SIGFPE | libc::SIGABRT | libc::SIGSEGV => {
            Err(runtime_error(py, format!("signal {signum} cannot be registered, use enable() instead")))
        }
        n if n < 1 || n as usize >= NSIG => Err(value_error(py, "signal number out of range")),
        _ => Ok(()),
    }
}

fn install(signum: c_int, chain: bool, previous: *mut libc::sigaction) -> bool {
    // SAFETY: an initialised action; `previous` is null or valid.
    unsafe {
        let mut sa: libc::sigaction = zeroed();
        sa.sa_sigaction = handler as *const () as libc::sighandler_t;
        // The system restarts interrupted calls: nothing that Python code should see has happened. A chained handler
        // needs the signal while this one is at work.
        sa.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK | if chain { libc::SA_NODEFER } else { 0 };
        libc::sigemptyset(&mut sa.sa_mask);
        libc::sigaction(signum, &sa, previous) == 0
    }
}

extern "C" fn handler(signum: c_int) {
    let Some(e) = entry(signum).filter(|e| e.enabled.load(Ordering::Acquire)) else { return };
    // SAFETY: the thread's own error number.
    let errno = unsafe { *libc::__errno_location() };
    super::dump(Out(e.fd.load(Ordering::Relaxed)), e.all_threads.load(Ordering::Relaxed), false);
    if e.chain.load(Ordering::Relaxed) {
        // SAFETY: `previous` was written before `enabled` was set.
        unsafe {
            libc::sigaction(signum, (*e.previous.get()).as_ptr(), null_mut());
            *libc::__errno_location() = errno;
            libc::raise(signum);
        }
        install(signum, true, null_mut());
    }
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

/// Installs the handler, or changes where it writes.
pub(super) fn register(
    py: Python,
    signum: c_int,
    fd: c_int,
    file: Option<Py>,
    all: bool,
    chain: bool,
) -> PyResult<()> {
    super::remember_interpreter(py);
    let Some(e) = entry(signum) else { return Err(bad_internal_call(py)) };
    if !e.enabled.load(Ordering::Relaxed) {
        // SAFETY: the handler does not read it yet.
        let previous = unsafe { (*e.previous.get()).as_mut_ptr() };
        if !install(signum, chain, previous) {
            return Err(exceptions::raise_errno(py, None));
        }
    }
    let files = interpreter(py).module_state::<Files>();
    let old: Vec<_> = {
        let mut files = files.0.borrow_mut();
        let (gone, kept): (Vec<_>, Vec<_>) = files.drain(..).partition(|(s, _)| *s == signum);
        files.extend(kept);
        files.extend(file.map(|f| (signum, f)));
        gone
    };
    drop(old);
    e.fd.store(fd, Ordering::Relaxed);
    e.all_threads.store(all, Ordering::Relaxed);
    e.chain.store(chain, Ordering::Relaxed);
    e.enabled.store(true, Ordering::Release);
    Ok(())
}

/// Puts the old action back.
pub(super) fn unregister(py: Python, signum: c_int) -> bool {
    let Some(e) = entry(signum) else { return false };
    let was = e.enabled.swap(false, Ordering::AcqRel);
    if was {
        // SAFETY: written when the handler was installed.
        unsafe { libc::sigaction(signum, (*e.previous.get()).as_ptr(), null_mut()) };
    }
    let files = interpreter(py).module_state::<Files>();
    let old: Vec<_> = {
        let mut files = files.0.borrow_mut();
        let (gone, kept): (Vec<_>, Vec<_>) = files.drain(..).partition(|(s, _)| *s == signum);
        files.extend(kept);
        gone
    };
    drop(old);
    was
}
