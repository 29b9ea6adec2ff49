//! Terminals and pseudo-terminals.

use runtime::prelude::*;

/// Part of `posix`.
#[pymodule(part)]
pub mod part {
    use super::super::fork;
    use crate::system::*;
    use object::libc;
    use runtime::prelude::*;
    use runtime::types::exceptions::*;
    use std::ffi::c_int;
    use std::ptr::{null, null_mut};

    /// The name of the terminal a descriptor is.
    #[pyfunction]
    pub fn ttyname(py: Python, fd: i32) -> PyResult {
        let mut name = [0u8; 4096];
        // SAFETY: a buffer of that size.
        match unsafe { libc::ttyname_r(fd, name.as_mut_ptr() as *mut _, name.len()) } {
            // SAFETY: a C string was written.
            0 => unsafe { fs_text(py, name.as_ptr() as *const _) },
            e => Err(raise_errno_with(py, e, None, None)),
        }
    }

    /// The process group in the foreground of a terminal.
    #[pyfunction]
    pub fn tcgetpgrp(py: Python, fd: i32) -> PyResult<i32> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::tcgetpgrp(fd) })
    }

    /// Puts a process group in the foreground of a terminal.
    #[pyfunction]
    pub fn tcsetpgrp(py: Python, fd: i32, pgid: i32) -> PyResult<()> {
        // SAFETY: takes numbers.
        checked(py, unsafe { libc::tcsetpgrp(fd, pgid) }).map(drop)
    }

    fn close_on_exec(fd: c_int) -> c_int {
        // SAFETY: takes numbers.
        unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) }
    }

    /// Opens a pseudo-terminal: (master, slave).
    #[pyfunction]
    pub fn openpty(py: Python) -> PyResult<Py<PyTuple>> {
        let (mut master, mut slave) = (-1, -1);
        // SAFETY: two ints are written.
        checked(py, unsafe { libc::openpty(&mut master, &mut slave, null_mut(), null(), null()) })?;
        if close_on_exec(master) < 0 || close_on_exec(slave) < 0 {
            let r = os_error(py);
            // SAFETY: our own descriptors.
            unsafe {
                libc::close(master);
                libc::close(slave);
            }
            return Err(r);
        }
        int_tuple(py, [master as i64, slave as i64])
    }

    /// Forks with a new pseudo-terminal as controlling one: (pid, master).
    #[pyfunction]
    pub fn forkpty(py: Python) -> PyResult<Py<PyTuple>> {
        let mut master = -1;
        let p = &raw mut master;
        // SAFETY: one int is written; the child continues in `fork_with`.
        let pid = fork::fork_with(py, "forkpty", || unsafe { libc::forkpty(p, null_mut(), null(), null()) })?;
        int_tuple(py, [pid as i64, master as i64])
    }

    /// Makes a terminal the controlling one and the standard streams.
    #[pyfunction]
    pub fn login_tty(py: Python, fd: Fildes) -> PyResult<()> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::login_tty(fd.0) }).map(drop)
    }

    /// Opens the master side of a pseudo-terminal.
    #[pyfunction]
    pub fn posix_openpt(py: Python, oflag: i32) -> PyResult<i32> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::posix_openpt(oflag | libc::O_CLOEXEC) })
    }

    /// Gives access to the slave side of a pseudo-terminal.
    #[pyfunction]
    pub fn grantpt(py: Python, fd: Fildes) -> PyResult<()> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::grantpt(fd.0) }).map(drop)
    }

    /// Unlocks the slave side of a pseudo-terminal.
    #[pyfunction]
    pub fn unlockpt(py: Python, fd: Fildes) -> PyResult<()> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::unlockpt(fd.0) }).map(drop)
    }

    /// The name of the slave side of a pseudo-terminal.
    #[pyfunction]
    pub fn ptsname(py: Python, fd: Fildes) -> PyResult {
        let mut name = [0u8; 4096];
        // SAFETY: a buffer of that size.
        match unsafe { libc::ptsname_r(fd.0, name.as_mut_ptr() as *mut _, name.len()) } {
            // SAFETY: a C string was written.
            0 => unsafe { fs_text(py, name.as_ptr() as *const _) },
            e => Err(raise_errno_with(py, if e < 0 { errno() } else { e }, None, None)),
        }
    }
}
