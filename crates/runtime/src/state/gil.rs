//! The interpreter lock.
//!
//! One thread at a time is attached. A waiting thread asks for the lock after the switch interval by setting
//! `GIL_DROP_REQUEST` in the holder's eval breaker; the holder lets go at its next safepoint and, so that the switch really
//! happens, waits until somebody else has taken the lock.

use super::thread::{Thread, breaker};
use super::{current_thread, set_current};
use object::Python;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

struct Lock {
    held: bool,
    /// How often the lock changed hands.
    switches: u64,
    /// Threads that wait for the lock.
    waiting: u32,
    /// Threads that let go of it and wait for another one to take it.
    leaving: u32,
}

impl Lock {
    const fn new(held: bool) -> Lock {
        Lock { held, switches: 0, waiting: 0, leaving: 0 }
    }
}

struct Gil {
    lock: Mutex<Lock>,
    freed: Condvar,
    switched: Condvar,
    holder: AtomicPtr<Thread>,
    interval_us: AtomicU64,
}

static GIL: Gil = Gil {
    lock: Mutex::new(Lock::new(false)),
    freed: Condvar::new(),
    switched: Condvar::new(),
    holder: AtomicPtr::new(ptr::null_mut()),
    interval_us: AtomicU64::new(5000),
};

fn lock() -> MutexGuard<'static, Lock> {
    GIL.lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `sys.getswitchinterval`, in microseconds.
pub fn switch_interval() -> u64 {
    GIL.interval_us.load(Ordering::Relaxed)
}

/// `sys.setswitchinterval`, in microseconds.
pub fn set_switch_interval(us: u64) {
    GIL.interval_us.store(us.max(1), Ordering::Relaxed)
}

/// The thread that is ending the interpreter. From then on no other thread gets the lock.
static FINALIZING: AtomicPtr<Thread> = AtomicPtr::new(ptr::null_mut());

/// The interpreter is ending: other threads stop for ever where they next want the lock.
pub fn set_finalizing(t: &Thread) {
    FINALIZING.store(t as *const Thread as *mut Thread, Ordering::SeqCst);
}

/// Has the interpreter ended for this thread?
fn must_stop(t: &Thread) -> bool {
    let f = FINALIZING.load(Ordering::Relaxed);
    !f.is_null() && !ptr::eq(f, t)
}

/// Stops the calling thread. Its stack and what is on it stay untouched: destructors would need the interpreter.
fn stop() -> ! {
    GIL.freed.notify_one();
    loop {
        std::thread::park();
    }
}

fn take_gil(t: &Thread) {
    if must_stop(t) {
        stop();
    }
    let mut l = lock();
    while l.held {
        let seen = l.switches;
        let wait = Duration::from_micros(switch_interval());
        l.waiting += 1;
        let (again, timeout) = GIL.freed.wait_timeout(l, wait).unwrap_or_else(PoisonError::into_inner);
        l = again;
        l.waiting -= 1;
        if timeout.timed_out() && l.held && l.switches == seen {
            // SAFETY: while the lock is held its holder's state is alive, and we hold the mutex that guards the change of holder.
            if let Some(holder) = unsafe { GIL.holder.load(Ordering::Relaxed).as_ref() } {
                holder.request(breaker::GIL_DROP_REQUEST);
            }
        }
    }
    if must_stop(t) {
        drop(l);
        stop();
    }
    l.held = true;
    let me = t as *const Thread as *mut Thread;
    if GIL.holder.swap(me, Ordering::Relaxed) != me {
        l.switches += 1;
    }
    t.holds_gil.set(1);
    // Notifying costs a system call even when nobody waits.
    if l.leaving > 0 {
        GIL.switched.notify_all();
    }
}

fn drop_gil(t: &Thread, must_switch: bool) {
    let mut l = lock();
    t.holds_gil.set(0);
    l.held = false;
    let seen = l.switches;
    if l.waiting > 0 {
        GIL.freed.notify_one();
    }
    if must_switch {
        l.leaving += 1;
        while l.switches == seen && !l.held {
            // Bounded: the thread that asked may have gone.
            let (again, timeout) = GIL
                .switched
                .wait_timeout(l, Duration::from_millis(5))
                .unwrap_or_else(PoisonError::into_inner);
            l = again;
            if timeout.timed_out() {
                break;
            }
        }
        l.leaving -= 1;
    }
}

/// Makes `t` the current thread's state and takes the lock.
///
/// # Safety
/// `t` belongs to this OS thread and lives until [`detach`].
pub unsafe fn attach(t: *const Thread) {
    // SAFETY: the caller's promise.
    unsafe {
        take_gil(&*t);
        set_current(t);
    }
}

/// Releases the lock and forgets the current state, which is returned.
pub fn detach() -> *const Thread {
    let t = current_thread().map_or(ptr::null(), |t| t as *const Thread);
    set_current(ptr::null());
    // SAFETY: it was current until now, so it is alive.
    if let Some(t) = unsafe { t.as_ref() } {
        drop_gil(t, false);
    }
    t
}

/// Runs `f` without the lock (`Py_BEGIN_ALLOW_THREADS`): for calls that may block. `f` must not touch Python objects; it gets no token.
pub fn release_gil<R>(_py: Python, f: impl FnOnce() -> R) -> R {
    let t = detach();
    let r = f();
    // SAFETY: the same OS thread's own state, which stays alive while its thread runs.
    // `errno` must survive the wait for the lock: callers read it next.
    unsafe {
        let errno = *object::libc::__errno_location();
        attach(t);
        *object::libc::__errno_location() = errno;
    }
    r
}

/// At a safepoint with `GIL_DROP_REQUEST` set: lets another thread run.
pub fn yield_gil(_py: Python) {
    if let Some(t) = current_thread() {
        t.clear_request(breaker::GIL_DROP_REQUEST);
        drop_gil(t, true);
        take_gil(t);
    }
}

/// Forgets the lock's state in the child of a `fork`, where only the calling thread is left.
///
/// # Safety
/// Called right after `fork` in the child, by the thread that was attached.
pub unsafe fn after_fork_in_child(_py: Python) {
    // The mutex may have been held by a thread that is gone: replace it, do not unlock it.
    // SAFETY: no other thread exists in this process.
    unsafe {
        let gil = &GIL as *const Gil as *mut Gil;
        ptr::write(&raw mut (*gil).lock, Mutex::new(Lock::new(true)));
        ptr::write(&raw mut (*gil).freed, Condvar::new());
        ptr::write(&raw mut (*gil).switched, Condvar::new());
    }
}
