//! Locks and events that threads wait for without the interpreter lock, on Linux futexes.
//!
//! Unlike `std::sync`'s, a wait can end because a signal arrived, so that its Python handler runs at once.

use crate::errors::runtime_error;
use crate::signals;
use crate::state::release_gil;
use object::{PyResult, Python, libc};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};

/// Nanoseconds on the monotonic clock.
pub fn monotonic_ns() -> i64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills in the struct.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut t) };
    t.tv_sec.wrapping_mul(1_000_000_000).wrapping_add(t.tv_nsec)
}

/// When a wait of so many nanoseconds ends; `None` (never) for a negative number.
pub fn deadline_after(ns: i64) -> Option<i64> {
    if ns < 0 { None } else { Some(monotonic_ns().saturating_add(ns)) }
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// What was waited for has happened.
    Done,
    TimedOut,
    /// A signal arrived.
    Interrupted,
}

/// Waits while the word has this value. May return `Done` too early.
fn futex_wait(word: &AtomicU32, value: u32, deadline: Option<i64>) -> Wait {
    let time = deadline.map(|d| libc::timespec { tv_sec: d / 1_000_000_000, tv_nsec: d % 1_000_000_000 });
    let time = time.as_ref().map_or(null(), |t| t as *const libc::timespec);
    // SAFETY: the word and the time live through the call; an absolute time on the monotonic clock.
    let r = unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG,
            value,
            time,
            null_mut::<u32>(),
            u32::MAX,
        )
    };
    if r == 0 {
        return Wait::Done;
    }
    match std::io::Error::last_os_error().raw_os_error() {
        Some(libc::ETIMEDOUT) => Wait::TimedOut,
        Some(libc::EINTR) => Wait::Interrupted,
        _ => Wait::Done,
    }
}

fn futex_wake(word: &AtomicU32, count: i32) {
    // SAFETY: only the address matters.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, count)
    };
}

const FREE: u32 = 0;
const HELD: u32 = 1;
/// Held, and somebody may be waiting.
const CONTENDED: u32 = 2;

/// A lock without an owner: any thread may release it.
#[derive(Default)]
pub struct RawLock {
    state: AtomicU32,
}

impl RawLock {
    pub const fn new() -> RawLock {
        RawLock { state: AtomicU32::new(FREE) }
    }

    pub fn is_locked(&self) -> bool {
        self.state.load(Ordering::Relaxed) != FREE
    }

    /// Takes the lock if it is free.
    #[inline]
    pub fn try_lock(&self) -> bool {
        self.state.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Takes the lock, waiting until the deadline (for ever if `None`) or a signal. The caller is not attached, or does not
    /// mind blocking everybody.
    pub fn lock_until(&self, deadline: Option<i64>) -> Wait {
        if self.try_lock() {
            return Wait::Done;
        }
        while self.state.swap(CONTENDED, Ordering::Acquire) != FREE {
            match futex_wait(&self.state, CONTENDED, deadline) {
                Wait::Done => {}
                other => return other,
            }
        }
        Wait::Done
    }

    /// Takes the lock, whatever it takes.
    pub fn lock_blocking(&self) {
        while self.lock_until(None) != Wait::Done {}
    }

    /// Releases the lock; `false` if it was free.
    #[inline]
    pub fn unlock(&self) -> bool {
        match self.state.swap(FREE, Ordering::Release) {
            FREE => false,
            HELD => true,
            _ => {
                futex_wake(&self.state, 1);
                true
            }
        }
    }

    /// Makes the lock free, in the child of a fork where waiting threads are gone.
    pub fn reset(&self) {
        self.state.store(FREE, Ordering::Relaxed);
    }

    /// Takes the lock for Python code: with the interpreter lock released while waiting `timeout` nanoseconds (negative: for ever),
    /// running signal handlers in between. `false` when the time is over.
    ///
    /// Errors: what a signal handler raises.
    pub fn acquire(&self, py: Python, timeout: i64) -> PyResult<bool> {
        if self.try_lock() {
            return Ok(true);
        }
        if timeout == 0 {
            return Ok(false);
        }
        let deadline = deadline_after(timeout);
        loop {
            match release_gil(py, || self.lock_until(deadline)) {
                Wait::Done => return Ok(true),
                Wait::TimedOut => return Ok(false),
                Wait::Interrupted => signals::make_pending_calls(py)?,
            }
            if deadline.is_some_and(|d| monotonic_ns() >= d) {
                return Ok(self.try_lock());
            }
        }
    }

    /// Takes the lock without the interpreter lock, not to be interrupted by signals.
    pub fn acquire_uninterrupted(&self, py: Python) {
        if !self.try_lock() {
            release_gil(py, || self.lock_blocking());
        }
    }
}

/// Something that happens once, and can be waited for.
#[derive(Default)]
pub struct Event {
    set: AtomicU32,
}

impl Event {
    pub const fn new() -> Event {
        Event { set: AtomicU32::new(0) }
    }

    pub fn is_set(&self) -> bool {
        self.set.load(Ordering::Acquire) != 0
    }

    /// It has happened: wakes everybody who waits.
    pub fn notify(&self) {
        self.set.store(1, Ordering::Release);
        futex_wake(&self.set, i32::MAX);
    }

    /// Waits until the deadline (for ever if `None`) or a signal.
    pub fn wait_until(&self, deadline: Option<i64>) -> Wait {
        while !self.is_set() {
            match futex_wait(&self.set, 0, deadline) {
                Wait::Done => {}
                other => return other,
            }
        }
        Wait::Done
    }

    /// Waits `timeout` nanoseconds (negative: for ever) without the interpreter lock, running signal handlers in between. `false`
    /// when the time is over.
    ///
    /// Errors: what a signal handler raises.
    pub fn wait(&self, py: Python, timeout: i64) -> PyResult<bool> {
        if self.is_set() {
            return Ok(true);
        }
        if timeout == 0 {
            return Ok(false);
        }
        let deadline = deadline_after(timeout);
        loop {
            match release_gil(py, || self.wait_until(deadline)) {
                Wait::Done => return Ok(true),
                Wait::TimedOut => return Ok(false),
                Wait::Interrupted => signals::make_pending_calls(py)?,
            }
        }
    }
}

/// A lock owned by a thread, which may take it again.
#[derive(Default)]
pub struct OwnedLock {
    lock: RawLock,
    /// `pthread_self` of the owner; 0 when free. Changed by the owner only.
    owner: std::sync::atomic::AtomicUsize,
    depth: std::sync::atomic::AtomicUsize,
}

/// `pthread_self`.
pub fn thread_ident() -> usize {
    // SAFETY: a query about the calling thread.
    unsafe { libc::pthread_self() as usize }
}

impl OwnedLock {
    pub const fn new() -> OwnedLock {
        OwnedLock {
            lock: RawLock::new(),
            owner: std::sync::atomic::AtomicUsize::new(0),
            depth: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    /// Does the calling thread hold it?
    pub fn is_owned(&self) -> bool {
        self.owner.load(Ordering::Relaxed) == thread_ident()
    }

    pub fn is_locked(&self) -> bool {
        self.lock.is_locked()
    }

    /// The owner's `pthread_self`, 0 if there is none.
    pub fn owner(&self) -> usize {
        self.owner.load(Ordering::Relaxed)
    }

    /// How often the owner took it.
    pub fn depth(&self) -> usize {
        self.depth.load(Ordering::Relaxed)
    }

    /// Takes it (again). Arguments and errors as [`RawLock::acquire`].
    pub fn acquire(&self, py: Python, timeout: i64) -> PyResult<bool> {
        if self.is_owned() {
            let Some(n) = self.depth().checked_add(1) else {
                return Err(crate::errors::overflow_error(py, "Internal lock count overflowed"));
            };
            self.depth.store(n, Ordering::Relaxed);
            return Ok(true);
        }
        if !self.lock.acquire(py, timeout)? {
            return Ok(false);
        }
        self.owner.store(thread_ident(), Ordering::Relaxed);
        self.depth.store(1, Ordering::Relaxed);
        Ok(true)
    }

    /// Gives it back once.
    ///
    /// Errors: `RuntimeError` if the calling thread does not hold it.
    pub fn release(&self, py: Python) -> PyResult<()> {
        if !self.is_owned() {
            return Err(runtime_error(py, "cannot release un-acquired lock"));
        }
        let n = self.depth().saturating_sub(1);
        self.depth.store(n, Ordering::Relaxed);
        if n == 0 {
            self.owner.store(0, Ordering::Relaxed);
            self.lock.unlock();
        }
        Ok(())
    }

    /// Gives it back entirely: owner and depth, for [`restore`](Self::restore). `None` if it is free.
    pub fn save(&self) -> Option<(usize, usize)> {
        let depth = self.depth.swap(0, Ordering::Relaxed);
        if depth == 0 {
            return None;
        }
        let owner = self.owner.swap(0, Ordering::Relaxed);
        self.lock.unlock();
        Some((depth, owner))
    }

    /// Takes it back as it was saved.
    pub fn restore(&self, py: Python, depth: usize, owner: usize) {
        self.lock.acquire_uninterrupted(py);
        self.owner.store(owner, Ordering::Relaxed);
        self.depth.store(depth, Ordering::Relaxed);
    }

    /// As [`RawLock::reset`].
    pub fn reset(&self) {
        self.owner.store(0, Ordering::Relaxed);
        self.depth.store(0, Ordering::Relaxed);
        self.lock.reset();
    }
}
