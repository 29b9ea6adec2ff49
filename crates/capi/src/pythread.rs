//! `pythread.h`, `lock.h` and `pytime.h`: threads, locks and clocks.

use crate::convert::*;
use object::libc;
use runtime::sync::RawLock;
use std::ffi::{c_int, c_long, c_ulong, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU8, Ordering};

/// Takes a one-byte lock, at most for so long. Is it held now?
fn lock_mutex(m: &AtomicU8, limit: Option<std::time::Duration>) -> bool {
    let take = || m.compare_exchange_weak(0, 1, Ordering::Acquire, Ordering::Relaxed).is_ok();
    if take() {
        return true;
    }
    let end = limit.and_then(|l| std::time::Instant::now().checked_add(l));
    // The holder may need the interpreter lock to go on.
    let wait = || {
        let mut spins = 0u32;
        while !take() {
            if end.is_some_and(|e| std::time::Instant::now() >= e) {
                return false;
            }
            spins = spins.saturating_add(1);
            if spins < 40 {
                std::thread::yield_now()
            } else {
                std::thread::sleep(std::time::Duration::from_micros(50))
            }
        }
        true
    };
    match runtime::state::current_thread() {
        // SAFETY: a thread that is attached.
        Some(_) => runtime::state::release_gil(unsafe { token() }, wait),
        None => wait(),
    }
}

plain! {
    fn PyThread_init_thread() {}
    fn PyThread_get_thread_ident() -> c_ulong { libc::pthread_self() as c_ulong }
    fn PyThread_get_thread_ident_ex() -> u64 { libc::pthread_self() as u64 }
    fn PyThread_get_thread_native_id() -> c_ulong { libc::syscall(libc::SYS_gettid) as c_ulong }
    fn PyThread_start_new_thread(f: unsafe extern "C" fn(*mut c_void), arg: *mut c_void) -> c_ulong {
        struct Job(unsafe extern "C" fn(*mut c_void), *mut c_void);
        extern "C" fn run(job: *mut c_void) -> *mut c_void {
            // SAFETY: made below for this thread alone.
            unsafe {
                let Job(f, arg) = *Box::from_raw(job as *mut Job);
                f(arg);
            }
            null_mut()
        }
        let job = Box::into_raw(Box::new(Job(f, arg)));
        let mut id = std::mem::zeroed();
        if libc::pthread_create(&mut id, std::ptr::null(), run, job as *mut c_void) != 0 {
            drop(Box::from_raw(job));
            return c_ulong::MAX;
        }
        libc::pthread_detach(id);
        id as c_ulong
    }
    fn PyThread_exit_thread() { libc::pthread_exit(null_mut()) }
    fn PyThread_allocate_lock() -> *mut c_void { Box::into_raw(Box::new(RawLock::new())) as *mut c_void }
    fn PyThread_free_lock(l: *mut c_void) {
        if !l.is_null() {
            drop(Box::from_raw(l as *mut RawLock));
        }
    }
    /// 1 when taken; without `wait`, 0 when somebody else has it.
    fn PyThread_acquire_lock(l: *mut c_void, wait: c_int) -> c_int {
        let l = &*(l as *const RawLock);
        if wait == 0 {
            return l.try_lock() as c_int;
        }
        l.lock_blocking();
        1
    }
    fn PyThread_acquire_lock_timed(l: *mut c_void, microseconds: i64, _intr: c_int) -> c_int {
        let l = &*(l as *const RawLock);
        match microseconds {
            0 => l.try_lock() as c_int,
            i64::MIN..0 => {
                l.lock_blocking();
                1
            }
            us => {
                let deadline = runtime::sync::deadline_after(us.saturating_mul(1000));
                matches!(l.lock_until(deadline), runtime::sync::Wait::Done) as c_int
            }
        }
    }
    fn PyThread_release_lock(l: *mut c_void) {
        (*(l as *const RawLock)).unlock();
    }
    fn PyThread_get_stacksize() -> usize { 0 }
    fn PyThread_tss_alloc() -> *mut Tss { Box::into_raw(Box::new(Tss { initialized: 0, key: 0 })) }
    fn PyThread_tss_free(t: *mut Tss) {
        if !t.is_null() {
            PyThread_tss_delete(t);
            drop(Box::from_raw(t));
        }
    }
    fn PyThread_tss_is_created(t: *mut Tss) -> c_int { ((*t).initialized != 0) as c_int }
    fn PyThread_tss_create(t: *mut Tss) -> c_int {
        if (*t).initialized != 0 {
            return 0;
        }
        if libc::pthread_key_create(&mut (*t).key, None) != 0 {
            return -1;
        }
        (*t).initialized = 1;
        0
    }
    fn PyThread_tss_delete(t: *mut Tss) {
        if (*t).initialized != 0 {
            libc::pthread_key_delete((*t).key);
            (*t).initialized = 0;
        }
    }
    fn PyThread_tss_set(t: *mut Tss, value: *mut c_void) -> c_int {
        if libc::pthread_setspecific((*t).key, value) == 0 { 0 } else { -1 }
    }
    fn PyThread_tss_get(t: *mut Tss) -> *mut c_void { libc::pthread_getspecific((*t).key) }
    fn PyMutex_Lock(m: *mut AtomicU8) { lock_mutex(&*m, None); }
    /// Waits so many nanoseconds, for ever if they are negative: 1 if it is held now.
    fn _PyMutex_LockTimed(m: *mut AtomicU8, timeout: i64, _flags: c_int) -> c_int {
        let limit = u64::try_from(timeout).ok().map(std::time::Duration::from_nanos);
        lock_mutex(&*m, limit) as c_int
    }
    fn PyMutex_Unlock(m: *mut AtomicU8) { (*m).store(0, Ordering::Release) }
    fn PyMutex_IsLocked(m: *mut AtomicU8) -> c_int { ((*m).load(Ordering::Relaxed) & 1) as c_int }
    /// `_PyOnceFlag`: 4 is done, 1 running.
    fn _PyOnceFlag_CallOnceSlow(flag: *mut AtomicU8, f: unsafe extern "C" fn(*mut c_void) -> c_int, arg: *mut c_void) -> c_int {
        let flag = &*flag;
        if flag.load(Ordering::Acquire) == 4 {
            return 0;
        }
        let r = f(arg);
        if r == 0 {
            flag.store(4, Ordering::Release);
        }
        r
    }
    fn PyTime_AsSecondsDouble(t: i64) -> f64 { t as f64 / 1e9 }
}

/// `Py_tss_t`.
#[repr(C)]
pub struct Tss {
    initialized: c_int,
    key: libc::pthread_key_t,
}

unsafe fn clock(id: libc::clockid_t) -> i64 {
    // SAFETY: plain query.
    unsafe {
        let mut t: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(id, &mut t);
        t.tv_sec as c_long * 1_000_000_000 + t.tv_nsec
    }
}

macro_rules! clocks {
    ($($name:ident $raw:ident $id:ident;)*) => { plain! { $(
        fn $name(out: *mut i64) -> c_int {
            *out = clock(libc::$id);
            0
        }
        fn $raw(out: *mut i64) -> c_int {
            *out = clock(libc::$id);
            0
        }
    )* } };
}

clocks! {
    PyTime_Time PyTime_TimeRaw CLOCK_REALTIME;
    PyTime_Monotonic PyTime_MonotonicRaw CLOCK_MONOTONIC;
    PyTime_PerfCounter PyTime_PerfCounterRaw CLOCK_MONOTONIC;
}

capi! {
    fn PyThread_GetInfo(py) -> O { runtime::import::import_attr(py, "sys", "thread_info") }
}
