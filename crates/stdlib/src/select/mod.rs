//! The `select` module: waiting for descriptors, by `select`, `poll` and `epoll`.

mod epoll;
mod poll;

use crate::system::*;
use object::libc;
use runtime::prelude::*;
use runtime::pytime::{Round, from_seconds};
use runtime::types::exceptions::*;
use std::ffi::c_int;
use std::time::{Duration, Instant};

/// A point in time until which is waited; `None`: for ever.
#[derive(Clone, Copy)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    pub fn after(ns: Option<i64>) -> Deadline {
        Deadline(ns.and_then(|ns| Instant::now().checked_add(Duration::from_nanos(ns.max(0) as u64))))
    }

    /// Nanoseconds left.
    pub fn left(self) -> Option<i64> {
        self.0.map(|d| {
            i64::try_from(d.saturating_duration_since(Instant::now()).as_nanos()).unwrap_or(i64::MAX)
        })
    }

    /// Milliseconds left, rounded up; -1 for ever.
    pub fn millis(self) -> c_int {
        match self.left() {
            None => -1,
            Some(ns) => c_int::try_from(Round::Up.divide(ns, 1_000_000)).unwrap_or(c_int::MAX),
        }
    }
}

/// The objects of one list and their descriptors.
struct Watched {
    objects: Vec<(Py, c_int)>,
    set: libc::fd_set,
}

impl Watched {
    fn new(py: Python, o: &PyObject, largest: &mut c_int) -> PyResult<Watched> {
        // SAFETY: zero is the empty set.
        let mut w = Watched { objects: Vec::new(), set: unsafe { std::mem::zeroed() } };
        let items = match o.downcast::<PyList>() {
            Some(l) => l.owned(),
            None => match o.to_list(py) {
                Ok(l) => l,
                Err(e) => {
                    drop(catch(py, e, &PyExc_TypeError_Type)?);
                    return Err(type_error(py, "arguments 1-3 must be sequences"));
                }
            },
        };
        // A list may change while its items are asked for their descriptors.
        let mut i = 0;
        while let Some(item) = items.get(i) {
            i += 1;
            let fd = fildes(py, &item)?;
            if fd >= libc::FD_SETSIZE as c_int {
                return Err(value_error(py, "filedescriptor out of range in select()"));
            }
            // SAFETY: the number is in range.
            unsafe { libc::FD_SET(fd, &mut w.set) };
            *largest = (*largest).max(fd);
            w.objects.push((item, fd));
        }
        Ok(w)
    }

    /// The objects whose descriptors are in a set.
    fn ready(&self, py: Python, set: Option<&libc::fd_set>) -> PyResult {
        let mut out = Vec::new();
        if let Some(set) = set {
            for (o, fd) in &self.objects {
                // SAFETY: the number was checked when the set was made.
                if unsafe { libc::FD_ISSET(*fd, set) } {
                    out.push(o.clone());
                }
            }
        }
        Ok(PyList::new(py, out)?.into_object())
    }
}

/// Waiting for descriptors to become ready.
#[pymodule(name = "select", types(epoll::PyEpoll), hidden_types(poll::PyPoll))]
pub mod select {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        add_constants(
            py,
            module,
            constants! {
                EPOLLERR EPOLLET EPOLLEXCLUSIVE EPOLLHUP EPOLLIN EPOLLMSG EPOLLONESHOT EPOLLOUT EPOLLPRI EPOLLRDBAND
                EPOLLRDHUP EPOLLRDNORM EPOLLWAKEUP EPOLLWRBAND EPOLLWRNORM EPOLL_CLOEXEC PIPE_BUF POLLERR POLLHUP
                POLLIN POLLNVAL POLLOUT POLLPRI POLLRDBAND POLLRDHUP POLLRDNORM POLLWRBAND POLLWRNORM
            },
        )?;
        add_constants(
            py,
            module,
            &[
                ("POLLMSG", 0x400),
                ("EPOLLET", libc::EPOLLET as u32 as i64),
                ("EPOLLONESHOT", libc::EPOLLONESHOT as u32 as i64),
                ("EPOLLEXCLUSIVE", libc::EPOLLEXCLUSIVE as u32 as i64),
                ("EPOLLWAKEUP", libc::EPOLLWAKEUP as u32 as i64),
            ],
        )?;
        module.as_object().setattr_str(py, "error", PyExc_OSError_Type.as_object())
    }

    /// Waits until descriptors are ready to be read or written, or have an exceptional condition.
    ///
    /// The lists hold ints and objects with fileno(); the result is three lists of those that are ready. The timeout is in
    /// seconds; without one there is no end to the wait.
    #[pyfunction(sig = "(rlist, wlist, xlist, timeout=None, /)")]
    pub fn select(
        py: Python,
        rlist: &PyObject,
        wlist: &PyObject,
        xlist: &PyObject,
        timeout: &PyObject,
    ) -> PyResult<Py<PyTuple>> {
        let ns = if timeout.is_none() {
            None
        } else {
            let ns = match from_seconds(py, timeout, Round::Up) {
                Ok(ns) => ns,
                Err(e) => {
                    drop(catch(py, e, &PyExc_TypeError_Type)?);
                    return Err(type_error(py, "timeout must be a float or None"));
                }
            };
            if ns < 0 {
                return Err(value_error(py, "timeout must be non-negative"));
            }
            Some(ns)
        };
        let mut largest = -1;
        let r = Watched::new(py, rlist, &mut largest)?;
        let w = Watched::new(py, wlist, &mut largest)?;
        let x = Watched::new(py, xlist, &mut largest)?;
        let deadline = Deadline::after(ns);
        loop {
            let (mut rs, mut ws, mut xs) = (r.set, w.set, x.set);
            let left = deadline.left();
            // SAFETY: three sets and a time, or null.
            let n = nogil!(py, unsafe {
                let mut tv = runtime::pytime::to_timeval(left.unwrap_or(0), Round::Up);
                let p = if left.is_some() { &raw mut tv } else { std::ptr::null_mut() };
                libc::select(largest + 1, &mut rs, &mut ws, &mut xs, p)
            });
            if n >= 0 {
                let found = n > 0;
                return PyTuple::new(
                    py,
                    [
                        r.ready(py, found.then_some(&rs))?,
                        w.ready(py, found.then_some(&ws))?,
                        x.ready(py, found.then_some(&xs))?,
                    ],
                );
            }
            if errno() != libc::EINTR {
                return Err(os_error(py));
            }
            runtime::signals::check(py)?;
            if deadline.left() == Some(0) {
                return PyTuple::new(py, [r.ready(py, None)?, w.ready(py, None)?, x.ready(py, None)?]);
            }
        }
    }

    /// A polling object, with which descriptors are registered and waited for.
    #[pyfunction]
    pub fn poll(py: Python) -> PyResult<Py<poll::PyPoll>> {
        poll::PyPoll::make(py)
    }
}
