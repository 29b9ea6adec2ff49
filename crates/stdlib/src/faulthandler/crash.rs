//! Handlers for the signals that end a process.

use super::dump::{self, Out};
use runtime::prelude::*;
use runtime::state::interpreter;
use std::cell::UnsafeCell;
use std::ffi::c_int;
use std::mem::{MaybeUninit, zeroed};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// The signals, and what they are called.
const FATAL: [(c_int, &str); 5] = [
    (libc::SIGBUS, "Bus error"),
    (libc::SIGILL, "Illegal instruction"),
    (libc::SIGFPE, "Floating-point exception"),
    (libc::SIGABRT, "Aborted"),
    (libc::SIGSEGV, "Segmentation fault"),
];

static ENABLED: AtomicBool = AtomicBool::new(false);
static FD: AtomicI32 = AtomicI32::new(2);
static ALL_THREADS: AtomicBool = AtomicBool::new(true);
static NATIVE: AtomicBool = AtomicBool::new(true);
/// A handler is at work: a second crash in it must not start over.
static DUMPING: AtomicBool = AtomicBool::new(false);

/// The actions that were there before.
struct Previous(UnsafeCell<[MaybeUninit<libc::sigaction>; FATAL.len()]>);
// SAFETY: written by `enable` under the interpreter lock before the handlers that read it are installed.
unsafe impl Sync for Previous {}
static PREVIOUS: Previous = Previous(UnsafeCell::new([const { MaybeUninit::uninit() }; FATAL.len()]));

/// Keeps the file open.
#[derive(Default)]
struct File(Slot);

pub(super) fn is_enabled() -> bool {
    ENABLED.load(Ordering::Relaxed)
}

/// Puts the old action of a signal back.
fn restore(i: usize) {
    let Some((signum, _)) = FATAL.get(i) else { return };
    // SAFETY: the entry was written when the handlers were installed.
    unsafe {
        let all = PREVIOUS.0.get() as *const MaybeUninit<libc::sigaction>;
        libc::sigaction(*signum, (*all.add(i)).as_ptr(), null_mut());
    }
}

extern "C" fn handler(signum: c_int) {
    // SAFETY: the thread's own error number.
    let errno = unsafe { *libc::__errno_location() };
    let at = FATAL.iter().position(|(s, _)| *s == signum);
    if let Some(i) = at {
        // What crashed crashes again when this returns, and then the old action counts.
        restore(i);
    }
    if !DUMPING.swap(true, Ordering::SeqCst) {
        let out = Out(FD.load(Ordering::Relaxed));
        out.text("Fatal Python error: ");
        out.text(at.and_then(|i| FATAL.get(i)).map_or("unexpected signal", |f| f.1));
        out.text("\n\n");
        let all = ALL_THREADS.load(Ordering::Relaxed);
        super::dump(out, all, object::gc::state().collecting.get());
        if NATIVE.load(Ordering::Relaxed) {
            out.text("\n");
            dump::native_stack(out);
        }
        DUMPING.store(false, Ordering::SeqCst);
    }
    // SAFETY: as above; the signal is sent again for those that are not caused by an instruction.
    unsafe {
        *libc::__errno_location() = errno;
        libc::raise(signum);
    }
}

/// A stack for the handlers, which may be needed because the thread's own is exhausted.
fn make_signal_stack() {
    const SIZE: usize = 128 * 1024;
    // SAFETY: memory that is never freed.
    unsafe {
        let p = libc::malloc(SIZE);
        if !p.is_null() {
            let stack = libc::stack_t { ss_sp: p, ss_flags: 0, ss_size: SIZE };
            libc::sigaltstack(&stack, null_mut());
        }
    }
}

/// Installs the handlers, or changes where they write.
pub(super) fn enable(py: Python, fd: c_int, file: Option<Py>, all: bool, native: bool) -> PyResult<()> {
    super::remember_interpreter(py);
    interpreter(py).module_state::<File>().0.set(file);
    FD.store(fd, Ordering::Relaxed);
    ALL_THREADS.store(all, Ordering::Relaxed);
    NATIVE.store(native, Ordering::Relaxed);
    if ENABLED.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    make_signal_stack();
    // The first call loads a library, which a handler must not do.
    let mut warm_up = [null_mut(); 1];
    // SAFETY: writes one address.
    unsafe { libc::backtrace(warm_up.as_mut_ptr(), 1) };
    for (i, (signum, _)) in FATAL.iter().enumerate() {
        // SAFETY: an initialised action; the entry for the old one is inside the array.
        let r = unsafe {
            let mut sa: libc::sigaction = zeroed();
            sa.sa_sigaction = handler as *const () as libc::sighandler_t;
            sa.sa_flags = libc::SA_NODEFER | libc::SA_ONSTACK;
            libc::sigemptyset(&mut sa.sa_mask);
            let all = PREVIOUS.0.get() as *mut MaybeUninit<libc::sigaction>;
            libc::sigaction(*signum, &sa, (*all.add(i)).as_mut_ptr())
        };
        if r != 0 {
            return Err(exceptions::raise_errno(py, None));
        }
    }
    Ok(())
}

/// Takes the handlers away.
pub(super) fn disable(py: Python) -> bool {
    let was = ENABLED.swap(false, Ordering::SeqCst);
    if was {
        (0..FATAL.len()).for_each(restore);
    }
    interpreter(py).module_state::<File>().0.set(None);
    was
}
