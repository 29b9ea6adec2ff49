//! The native-stack guard: deep recursion through Rust or C ends in `RecursionError`, not in a crash.

use std::cell::Cell;

/// Room kept below the soft limit for error handling, in bytes.
const MARGIN: usize = 256 * 1024;

thread_local! {
    static LIMIT: Cell<usize> = const { Cell::new(0) };
    static TOP: Cell<usize> = const { Cell::new(0) };
}

/// The stack pointer right now. The one place with assembly: the address of a local variable would do, but a function one of whose
/// locals has its address taken cannot end in a jump (see the interpreter's dispatch).
#[inline(always)]
pub fn here() -> usize {
    let sp: usize;
    // SAFETY: reads a register.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        std::arch::asm!("mov {}, rsp", out(reg) sp, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "aarch64")]
        std::arch::asm!("mov {}, sp", out(reg) sp, options(nomem, nostack, preserves_flags));
    }
    sp
}

/// Reads the current thread's stack bounds. Called once when a thread attaches.
pub fn init_thread() {
    let mut low = 0usize;
    // SAFETY: plain libc queries on the current thread with properly sized out-parameters.
    unsafe {
        let mut attr: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attr) == 0 {
            let mut addr = std::ptr::null_mut();
            let mut size = 0;
            if libc::pthread_attr_getstack(&attr, &mut addr, &mut size) == 0 {
                low = addr as usize;
                // The main thread's stack grows on demand up to the resource limit; an unlimited one is taken as 8 MiB.
                let top = low.saturating_add(size);
                if size > 64 << 20 {
                    low = top - (64 << 20);
                }
            }
            libc::pthread_attr_destroy(&mut attr);
        }
    }
    let limit = if low == 0 { here().saturating_sub(512 * 1024) } else { low + MARGIN };
    LIMIT.set(limit);
    TOP.set(here());
}

/// Is the stack about to run out? Callers raise `RecursionError` then.
#[inline(always)]
pub fn is_short() -> bool {
    here() < LIMIT.get()
}

/// Bytes left above the guard.
pub fn remaining() -> usize {
    here().saturating_sub(LIMIT.get())
}

/// Bytes of native stack in use.
pub fn used() -> usize {
    TOP.get().saturating_sub(here())
}

/// While alive, the guard's limit is lowered so that an error can be built.
pub struct Headroom(usize);

impl Headroom {
    pub fn open() -> Headroom {
        let old = LIMIT.get();
        LIMIT.set(old.saturating_sub(MARGIN / 2));
        Headroom(old)
    }
}

impl Drop for Headroom {
    fn drop(&mut self) {
        LIMIT.set(self.0)
    }
}
