//! What Linux has beyond POSIX: extended attributes, descriptors for events, timers, memory and processes, name spaces.

use runtime::prelude::*;

/// Part of `posix`.
#[pymodule(part)]
pub mod part {
    use super::super::path::*;
    use crate::system::*;
    use object::libc;
    use runtime::prelude::*;
    use runtime::pytime::{Round, from_seconds, to_timespec};
    use runtime::sys::hooks::audit;
    use std::ffi::{c_char, c_int, c_void};

    /// Calls with growing buffers until the value fits; `f` gets address and size and returns the length.
    fn growing(
        py: Python,
        path: &PathArg,
        sizes: &[usize],
        f: impl Fn(*mut c_void, usize) -> isize,
    ) -> PyResult<Vec<u8>> {
        for &size in sizes {
            let mut buf = vec![0u8; size];
            let p = buf.as_mut_ptr() as usize;
            let n = nogil!(py, f(p as *mut c_void, size));
            if n >= 0 {
                buf.truncate(n as usize);
                return Ok(buf);
            }
            if errno() != libc::ERANGE {
                break;
            }
        }
        Err(path.error(py))
    }

    /// The value of an extended attribute.
    #[pyfunction(sig = "(path, attribute, *, follow_symlinks=True)")]
    pub fn getxattr(
        py: Python,
        path: PathOrFd,
        attribute: Path,
        follow_symlinks: bool,
    ) -> PyResult<Py<PyBytes>> {
        fd_and_follow_symlinks_invalid(py, "getxattr", &path, follow_symlinks)?;
        audit(py, "os.getxattr", &[&path.object, &attribute.object])?;
        // SAFETY: C strings and a buffer of `n` bytes.
        let value = growing(py, &path, &[128, 65536], |p, n| unsafe {
            if path.is_fd() {
                libc::fgetxattr(path.fd, attribute.as_ptr(), p, n)
            } else if follow_symlinks {
                libc::getxattr(path.as_ptr(), attribute.as_ptr(), p, n)
            } else {
                libc::lgetxattr(path.as_ptr(), attribute.as_ptr(), p, n)
            }
        })?;
        PyBytes::new(py, &value)
    }

    /// Sets an extended attribute.
    #[pyfunction(sig = "(path, attribute, value, flags=0, *, follow_symlinks=True)")]
    pub fn setxattr(
        py: Python,
        path: PathOrFd,
        attribute: Path,
        value: Bytes,
        flags: i32,
        follow_symlinks: bool,
    ) -> PyResult<()> {
        fd_and_follow_symlinks_invalid(py, "setxattr", &path, follow_symlinks)?;
        audit(
            py,
            "os.setxattr",
            &[
                &path.object,
                &attribute.object,
                PyBytes::new(py, &value)?.as_object(),
                &*int(py, flags as i64)?,
            ],
        )?;
        let (p, n) = (value.as_ptr() as *const c_void, value.len());
        // SAFETY: C strings and a buffer of `n` bytes.
        let r = nogil!(py, unsafe {
            if path.is_fd() {
                libc::fsetxattr(path.fd, attribute.as_ptr(), p, n, flags)
            } else if follow_symlinks {
                libc::setxattr(path.as_ptr(), attribute.as_ptr(), p, n, flags)
            } else {
                libc::lsetxattr(path.as_ptr(), attribute.as_ptr(), p, n, flags)
            }
        });
        path.check(py, r).map(drop)
    }

    /// Removes an extended attribute.
    #[pyfunction(sig = "(path, attribute, *, follow_symlinks=True)")]
    pub fn removexattr(py: Python, path: PathOrFd, attribute: Path, follow_symlinks: bool) -> PyResult<()> {
        fd_and_follow_symlinks_invalid(py, "removexattr", &path, follow_symlinks)?;
        audit(py, "os.removexattr", &[&path.object, &attribute.object])?;
        // SAFETY: C strings.
        let r = nogil!(py, unsafe {
            if path.is_fd() {
                libc::fremovexattr(path.fd, attribute.as_ptr())
            } else if follow_symlinks {
                libc::removexattr(path.as_ptr(), attribute.as_ptr())
            } else {
                libc::lremovexattr(path.as_ptr(), attribute.as_ptr())
            }
        });
        path.check(py, r).map(drop)
    }

    /// The names of the extended attributes.
    #[pyfunction(sig = "(path=None, *, follow_symlinks=True)")]
    pub fn listxattr(
        py: Python,
        path: Option<PathOrFdOrNone>,
        follow_symlinks: bool,
    ) -> PyResult<Py<PyList>> {
        let path = or_current(path);
        fd_and_follow_symlinks_invalid(py, "listxattr", &path, follow_symlinks)?;
        audit(py, "os.listxattr", &[&path.object])?;
        // SAFETY: C strings and a buffer of `n` bytes.
        let names = growing(py, &path, &[256, 65536], |p, n| unsafe {
            let p = p as *mut c_char;
            if path.is_fd() {
                libc::flistxattr(path.fd, p, n)
            } else if follow_symlinks {
                libc::listxattr(path.as_ptr(), p, n)
            } else {
                libc::llistxattr(path.as_ptr(), p, n)
            }
        })?;
        let list = PyList::empty(py)?;
        for name in names.split(|&c| c == 0).filter(|n| !n.is_empty()) {
            list.append(py, runtime::fs::fs_decode(py, name)?.into_object())?;
        }
        Ok(list)
    }

    /// A descriptor for counting events.
    #[pyfunction(
        sig = "(initval, flags=<unrepresentable>)",
        text = "($module, /, initval, flags=EFD_CLOEXEC)"
    )]
    pub fn eventfd(py: Python, initval: u32, flags: Option<i32>) -> PyResult<i32> {
        // SAFETY: takes numbers.
        checked(py, unsafe { libc::eventfd(initval, flags.unwrap_or(libc::EFD_CLOEXEC)) })
    }

    /// Reads the counter of an eventfd.
    #[pyfunction(sig = "(fd)")]
    pub fn eventfd_read(py: Python, fd: Fildes) -> PyResult<u64> {
        let mut value = 0u64;
        let p = &raw mut value;
        // SAFETY: a number is written.
        let r = nogil!(py, unsafe { libc::eventfd_read(fd.0, p) });
        checked(py, r)?;
        Ok(value)
    }

    /// Adds to the counter of an eventfd.
    #[pyfunction(sig = "(fd, value)")]
    pub fn eventfd_write(py: Python, fd: Fildes, value: u64) -> PyResult<()> {
        // SAFETY: takes numbers.
        let r = nogil!(py, unsafe { libc::eventfd_write(fd.0, value) });
        checked(py, r).map(drop)
    }

    /// A descriptor for a timer.
    #[pyfunction(
        sig = "(clockid, /, *, flags=<unrepresentable>)",
        text = "($module, clockid, /, *, flags=0)"
    )]
    pub fn timerfd_create(py: Python, clockid: i32, flags: Option<i32>) -> PyResult<i32> {
        // SAFETY: takes numbers.
        checked(py, unsafe { libc::timerfd_create(clockid, flags.unwrap_or(0) | libc::TFD_CLOEXEC) })
    }

    fn set_timer(
        py: Python,
        fd: c_int,
        flags: c_int,
        initial: i64,
        interval: i64,
    ) -> PyResult<libc::itimerspec> {
        let new = libc::itimerspec { it_interval: to_timespec(interval), it_value: to_timespec(initial) };
        // SAFETY: zero is a valid value of every field; complete structs.
        unsafe {
            let mut old: libc::itimerspec = std::mem::zeroed();
            checked(py, libc::timerfd_settime(fd, flags, &new, &mut old))?;
            Ok(old)
        }
    }

    fn timer(py: Python, fd: c_int) -> PyResult<libc::itimerspec> {
        // SAFETY: the struct is filled in by the call.
        unsafe {
            let mut now: libc::itimerspec = std::mem::zeroed();
            checked(py, libc::timerfd_gettime(fd, &mut now))?;
            Ok(now)
        }
    }

    fn nanoseconds(t: &libc::timespec) -> i64 {
        t.tv_sec.saturating_mul(1_000_000_000).saturating_add(t.tv_nsec)
    }

    fn in_seconds(py: Python, t: &libc::itimerspec) -> PyResult<Py<PyTuple>> {
        let s = |t: &libc::timespec| t.tv_sec as f64 + t.tv_nsec as f64 / 1e9;
        PyTuple::new(py, [float(py, s(&t.it_value))?, float(py, s(&t.it_interval))?])
    }

    fn in_nanoseconds(py: Python, t: &libc::itimerspec) -> PyResult<Py<PyTuple>> {
        int_tuple(py, [nanoseconds(&t.it_value), nanoseconds(&t.it_interval)])
    }

    /// Starts a timer: first expiration and period in seconds; the old ones.
    #[pyfunction(sig = "(fd, /, *, flags=0, initial=0.0, interval=0.0)")]
    pub fn timerfd_settime(
        py: Python,
        fd: Fildes,
        flags: i32,
        initial: f64,
        interval: f64,
    ) -> PyResult<Py<PyTuple>> {
        let first = from_seconds(py, &*float(py, initial)?, Round::Floor)?;
        let period = from_seconds(py, &*float(py, interval)?, Round::Floor)?;
        in_seconds(py, &set_timer(py, fd.0, flags, first, period)?)
    }

    /// Starts a timer: first expiration and period in nanoseconds; the old ones.
    #[pyfunction(sig = "(fd, /, *, flags=0, initial=0, interval=0)")]
    pub fn timerfd_settime_ns(
        py: Python,
        fd: Fildes,
        flags: i32,
        initial: i64,
        interval: i64,
    ) -> PyResult<Py<PyTuple>> {
        in_nanoseconds(py, &set_timer(py, fd.0, flags, initial, interval)?)
    }

    /// Time to the next expiration and period of a timer, in seconds.
    #[pyfunction]
    pub fn timerfd_gettime(py: Python, fd: Fildes) -> PyResult<Py<PyTuple>> {
        in_seconds(py, &timer(py, fd.0)?)
    }

    /// Time to the next expiration and period of a timer, in nanoseconds.
    #[pyfunction]
    pub fn timerfd_gettime_ns(py: Python, fd: Fildes) -> PyResult<Py<PyTuple>> {
        in_nanoseconds(py, &timer(py, fd.0)?)
    }

    /// A file in memory.
    #[pyfunction(sig = "(name, flags=<unrepresentable>)", text = "($module, /, name, flags=MFD_CLOEXEC)")]
    pub fn memfd_create(py: Python, name: FsPath, flags: Option<u32>) -> PyResult<i32> {
        let flags = flags.unwrap_or(libc::MFD_CLOEXEC);
        // SAFETY: a C string.
        let fd = nogil!(py, unsafe { libc::memfd_create(name.0.as_ptr(), flags) });
        checked(py, fd)
    }

    /// A descriptor for a process.
    #[pyfunction(sig = "(pid, flags=0)")]
    pub fn pidfd_open(py: Python, pid: i32, flags: u32) -> PyResult<i64> {
        // SAFETY: takes numbers.
        checked(py, unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags) })
    }

    /// Moves the thread into a name space.
    #[pyfunction(sig = "(fd, nstype=0)")]
    pub fn setns(py: Python, fd: Fildes, nstype: i32) -> PyResult<()> {
        // SAFETY: takes numbers.
        let r = nogil!(py, unsafe { libc::setns(fd.0, nstype) });
        checked(py, r).map(drop)
    }

    /// Gives the process parts of its context for itself.
    #[pyfunction(sig = "(flags)")]
    pub fn unshare(py: Python, flags: i32) -> PyResult<()> {
        // SAFETY: takes a number.
        let r = nogil!(py, unsafe { libc::unshare(flags) });
        checked(py, r).map(drop)
    }
}
