//! Ways to crash, for tests of the handlers. A process that calls one of these asked for it.

use runtime::prelude::*;
use runtime::state::release_gil;

/// Goes down until the stack is exhausted.
fn descend(depth: usize) -> usize {
    let room = std::hint::black_box([depth; 512]);
    if std::hint::black_box(depth) == usize::MAX {
        return room[depth % room.len()];
    }
    descend(depth + 1).wrapping_add(std::hint::black_box(room)[depth % 512])
}

/// Part of `faulthandler`.
#[pymodule(part)]
pub mod part {
    use super::*;

    /// Reads from address 0.
    #[pyfunction]
    pub fn _read_null(_py: Python) -> i32 {
        // SAFETY: none; this is to crash.
        unsafe { std::ptr::read_volatile(std::hint::black_box(std::ptr::null::<i32>())) }
    }

    /// Sends SIGSEGV to the process.
    #[pyfunction(sig = "(release_gil=False, /)", text = "($module, release_gil=False, /)")]
    pub fn _sigsegv(py: Python, release_gil: bool) {
        // SAFETY: a plain call.
        let send = || unsafe { libc::raise(libc::SIGSEGV) };
        if release_gil {
            super::release_gil(py, send);
        } else {
            send();
        }
    }

    /// Sends SIGABRT to the process.
    #[pyfunction]
    pub fn _sigabrt(_py: Python) {
        std::process::abort()
    }

    /// Sends SIGFPE to the process.
    #[pyfunction]
    pub fn _sigfpe(_py: Python) {
        // SAFETY: a plain call.
        unsafe { libc::raise(libc::SIGFPE) };
    }

    /// Exhausts the stack.
    #[pyfunction]
    pub fn _stack_overflow(_py: Python) -> usize {
        descend(1)
    }
}
