//! `select.epoll` objects.

use super::Deadline;
use super::poll::timeout_ns;
use crate::system::*;
use object::libc;
use runtime::prelude::*;
use runtime::pytime::from_seconds;
use runtime::types::exceptions::*;
use std::ffi::c_int;

/// An epoll descriptor, -1 once closed.
#[repr(C)]
pub struct PyEpoll {
    pub ob_base: PyObject,
    fd: Cell<c_int>,
}

impl Drop for PyEpoll {
    fn drop(&mut self) {
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            // SAFETY: our own descriptor.
            unsafe { libc::close(fd) };
        }
    }
}

impl PyEpoll {
    fn with_fd(py: Python, cls: &PyTypeObject, fd: c_int) -> PyResult<Py<PyEpoll>> {
        new_object(py, cls, PyEpoll { ob_base: PyObject::header(cls), fd: Cell::new(fd) })
    }

    fn open(&self, py: Python) -> PyResult<c_int> {
        match self.fd.get() {
            fd if fd >= 0 => Ok(fd),
            _ => Err(value_error(py, "I/O operation on closed epoll object")),
        }
    }

    fn shut(&self, py: Python) -> PyResult<()> {
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            // SAFETY: our own descriptor.
            let r = nogil!(py, unsafe { libc::close(fd) });
            checked(py, r)?;
        }
        Ok(())
    }

    fn control(&self, py: Python, op: c_int, fd: c_int, events: u32) -> PyResult<()> {
        let epfd = self.open(py)?;
        let mut event = libc::epoll_event { events, u64: fd as u32 as u64 };
        // SAFETY: a complete struct.
        let r = nogil!(py, unsafe { libc::epoll_ctl(epfd, op, fd, &mut event) });
        checked(py, r).map(drop)
    }
}

/// select.epoll(sizehint=-1, flags=0)
///
/// Returns an epolling object
///
/// The size hint has no meaning any more; it must be positive or -1.
#[pytype(
    name = "epoll",
    order = "fromfd close fileno modify",
    module = "select",
    flags(HEAPTYPE, OWN_GETATTRO),
    nosig
)]
impl PyEpoll {
    #[slot(tp_new, sig = "(sizehint=-1, flags=0)")]
    fn tp_new(py: Python, cls: &PyTypeObject, sizehint: i32, flags: i32) -> PyResult<Py<PyEpoll>> {
        if sizehint != -1 && sizehint <= 0 {
            return Err(value_error(py, "negative sizehint"));
        }
        if flags != 0 && flags != libc::EPOLL_CLOEXEC {
            return Err(raise(py, &PyExc_OSError_Type, "invalid flags"));
        }
        // SAFETY: takes a number.
        let fd = nogil!(py, unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) });
        let fd = checked(py, fd)?;
        PyEpoll::with_fd(py, cls, fd)
    }

    /// An epoll object for an existing descriptor.
    #[classmethod]
    fn fromfd(cls: &PyTypeObject, py: Python, fd: i32) -> PyResult<Py<PyEpoll>> {
        PyEpoll::with_fd(py, cls, fd)
    }

    /// Closes the descriptor.
    #[pymethod]
    fn close(&self, py: Python) -> PyResult<()> {
        self.shut(py)
    }

    /// The descriptor.
    #[pymethod]
    fn fileno(&self, py: Python) -> PyResult<i32> {
        self.open(py)
    }

    /// True if the epoll handler is closed
    #[getter]
    fn closed(&self, _py: Python) -> bool {
        self.fd.get() < 0
    }

    /// Adds a descriptor.
    #[pymethod(
        sig = "(fd, eventmask=<unrepresentable>)",
        text = "($self, /, fd,\n         eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)"
    )]
    fn register(&self, py: Python, fd: Fildes, eventmask: Option<runtime::args::Bits<u32>>) -> PyResult<()> {
        let mask = eventmask.map_or((libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as u32, |m| m.0);
        self.control(py, libc::EPOLL_CTL_ADD, fd.0, mask)
    }

    /// Changes the events a descriptor is watched for.
    #[pymethod(sig = "(fd, eventmask)")]
    fn modify(&self, py: Python, fd: Fildes, eventmask: runtime::args::Bits<u32>) -> PyResult<()> {
        self.control(py, libc::EPOLL_CTL_MOD, fd.0, eventmask.0)
    }

    /// Takes a descriptor out.
    #[pymethod(sig = "(fd)")]
    fn unregister(&self, py: Python, fd: Fildes) -> PyResult<()> {
        self.control(py, libc::EPOLL_CTL_DEL, fd.0, 0)
    }

    /// Waits for events, at most so many seconds; a list of (descriptor, events).
    #[pymethod(sig = "(timeout=None, maxevents=-1)")]
    fn poll(&self, py: Python, timeout: &PyObject, maxevents: i32) -> PyResult<Py<PyList>> {
        let epfd = self.open(py)?;
        let ns = timeout_ns(py, timeout, from_seconds)?;
        if ns.is_some_and(|ns| ns / 1_000_000 > c_int::MAX as i64) {
            return Err(overflow_error(py, "timeout is too large"));
        }
        let deadline = Deadline::after(ns.filter(|&ns| ns >= 0));
        let n = match maxevents {
            -1 => libc::FD_SETSIZE - 1,
            n if n > 0 => n as usize,
            n => return Err(value_error(py, format!("maxevents must be greater than 0, got {n}"))),
        };
        let mut events: Vec<libc::epoll_event> = Vec::new();
        if events.try_reserve_exact(n).is_err() {
            return Err(memory_error(py));
        }
        let got = loop {
            let (p, ms) = (events.as_mut_ptr() as usize, deadline.millis());
            // SAFETY: room for `n` events at `p`.
            let r =
                nogil!(py, unsafe { libc::epoll_wait(epfd, p as *mut libc::epoll_event, n as c_int, ms) });
            if r >= 0 {
                break r as usize;
            }
            if errno() != libc::EINTR {
                return Err(os_error(py));
            }
            runtime::signals::check(py)?;
            if deadline.left() == Some(0) {
                break 0;
            }
        };
        // SAFETY: the call has written that many.
        unsafe { events.set_len(got.min(n)) };
        let list = PyList::empty(py)?;
        for e in &events {
            let (fd, mask) = (e.u64, e.events);
            list.append(py, int_tuple(py, [fd as u32 as i32 as i64, mask as i64])?.into_object())?;
        }
        Ok(list)
    }

    #[pymethod(name = "__enter__")]
    fn enter(&self, py: Python) -> PyResult<Py<PyEpoll>> {
        self.open(py)?;
        Ok(self.owned())
    }

    #[pymethod(name = "__exit__", sig = "(exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn exit(&self, py: Python, exc_type: &PyObject, exc_value: &PyObject, exc_tb: &PyObject) -> PyResult<()> {
        let _ = (exc_type, exc_value, exc_tb);
        self.shut(py)
    }
}
