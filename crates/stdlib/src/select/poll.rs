//! `select.poll` objects.

use super::Deadline;
use crate::system::*;
use object::libc;
use runtime::prelude::*;
use runtime::pytime::{Round, from_millis};
use runtime::types::exceptions::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{c_int, c_short};

/// What `select.poll()` returns.
#[repr(C)]
pub struct PyPoll {
    pub ob_base: PyObject,
    /// Events by descriptor.
    registered: RefCell<BTreeMap<c_int, u16>>,
    running: Cell<bool>,
}

impl PyPoll {
    pub fn make(py: Python) -> PyResult<Py<PyPoll>> {
        let ty = PyPoll::type_object();
        new_object(
            py,
            ty,
            PyPoll {
                ob_base: PyObject::header(ty),
                registered: RefCell::new(BTreeMap::new()),
                running: Cell::new(false),
            },
        )
    }
}

/// A timeout in milliseconds as nanoseconds; `None` and negative numbers wait for ever.
pub fn timeout_ns(
    py: Python,
    timeout: &PyObject,
    convert: fn(Python, &PyObject, Round) -> PyResult<i64>,
) -> PyResult<Option<i64>> {
    if timeout.is_none() {
        return Ok(None);
    }
    match convert(py, timeout, Round::Up) {
        Ok(ns) => Ok(Some(ns)),
        Err(e) => {
            drop(catch(py, e, &PyExc_TypeError_Type)?);
            Err(type_error(py, "timeout must be an integer or None"))
        }
    }
}

#[pytype(name = "poll", module = "select", flags(DISALLOW_INSTANTIATION, HEAPTYPE), nosig)]
impl PyPoll {
    /// Adds a descriptor, or changes the events it is watched for.
    #[pymethod(
        sig = "(fd, eventmask=<unrepresentable>, /)",
        text = "($self, fd,\n         eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)"
    )]
    fn register(&self, _py: Python, fd: Fildes, eventmask: Option<u16>) {
        let mask = eventmask.unwrap_or((libc::POLLIN | libc::POLLPRI | libc::POLLOUT) as u16);
        self.registered.borrow_mut().insert(fd.0, mask);
    }

    /// Changes the events a descriptor is watched for.
    #[pymethod]
    fn modify(&self, py: Python, fd: Fildes, eventmask: u16) -> PyResult<()> {
        match self.registered.borrow_mut().get_mut(&fd.0) {
            Some(m) => {
                *m = eventmask;
                Ok(())
            }
            None => Err(raise_errno_with(py, libc::ENOENT, None, None)),
        }
    }

    /// Takes a descriptor out.
    #[pymethod]
    fn unregister(&self, py: Python, fd: Fildes) -> PyResult<()> {
        match self.registered.borrow_mut().remove(&fd.0) {
            Some(_) => Ok(()),
            None => Err(key_error(py, &*int(py, fd.0 as i64)?)),
        }
    }

    /// Waits for events, at most so many milliseconds; a list of (descriptor, events).
    #[pymethod(sig = "(timeout=None, /)")]
    fn poll(&self, py: Python, timeout: &PyObject) -> PyResult<Py<PyList>> {
        let ns = timeout_ns(py, timeout, from_millis)?;
        if ns.is_some_and(|ns| Round::Up.divide(ns, 1_000_000) > c_int::MAX as i64) {
            return Err(overflow_error(py, "timeout is too large"));
        }
        let deadline = Deadline::after(ns.filter(|&ns| ns >= 0));
        if self.running.replace(true) {
            return Err(runtime_error(py, "concurrent poll() invocation"));
        }
        let mut fds: Vec<libc::pollfd> = self
            .registered
            .borrow()
            .iter()
            .map(|(&fd, &events)| libc::pollfd { fd, events: events as c_short, revents: 0 })
            .collect();
        let r = self.wait(py, &mut fds, deadline);
        self.running.set(false);
        r?;
        let list = PyList::empty(py)?;
        for f in fds.iter().filter(|f| f.revents != 0) {
            // Not sign-extended.
            list.append(py, int_tuple(py, [f.fd as i64, f.revents as u16 as i64])?.into_object())?;
        }
        Ok(list)
    }
}

impl PyPoll {
    fn wait(&self, py: Python, fds: &mut Vec<libc::pollfd>, deadline: Deadline) -> PyResult<()> {
        loop {
            let (p, n, ms) = (fds.as_mut_ptr() as usize, fds.len(), deadline.millis());
            // SAFETY: `n` entries at `p`.
            let r = nogil!(py, unsafe { libc::poll(p as *mut libc::pollfd, n as libc::nfds_t, ms) });
            if r >= 0 {
                return Ok(());
            }
            if errno() != libc::EINTR {
                return Err(os_error(py));
            }
            runtime::signals::check(py)?;
            if deadline.left() == Some(0) {
                fds.clear();
                return Ok(());
            }
        }
    }
}
