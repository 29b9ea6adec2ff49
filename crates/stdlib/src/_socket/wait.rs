//! Calls on a socket that may have to wait: the timeout, signals and the interpreter lock.

use super::socket::PySocket;
use crate::system::*;
use object::libc;
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::ffi::{c_int, c_short};
use std::time::{Duration, Instant};

/// What a call waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum For {
    Reading,
    Writing,
    /// The end of a connection attempt.
    Connecting,
}

/// How a call ended that did not raise.
pub type Outcome<T> = Result<T, c_int>;

#[cold]
pub fn timed_out(py: Python) -> Raised {
    raise(py, &PyExc_TimeoutError_Type, "timed out")
}

impl PySocket {
    /// Waits until the socket is ready: `Ok(false)` after the time is over, at once `Ok(true)` for a socket that
    /// blocks or does not wait. The error is a number.
    fn wait_ready(&self, py: Python, what: For, ns: i64) -> Outcome<bool> {
        if what != For::Connecting && ns < 0 {
            return Ok(true);
        }
        let fd = self.fd.get();
        if fd < 0 {
            return Ok(true);
        }
        let events = match what {
            For::Reading => libc::POLLIN,
            For::Writing => libc::POLLOUT,
            // A failed attempt is an event, too.
            For::Connecting => libc::POLLOUT | libc::POLLERR,
        };
        let ms = match ns {
            ..0 => -1,
            _ => c_int::try_from(ns / 1_000_000 + i64::from(ns % 1_000_000 != 0)).unwrap_or(c_int::MAX),
        };
        let (n, e) = nogil!(py, {
            let mut p = libc::pollfd { fd, events: events as c_short, revents: 0 };
            // SAFETY: one entry.
            (unsafe { libc::poll(&mut p, 1, ms) }, errno())
        });
        match n {
            0 => Ok(false),
            n if n < 0 => Err(e),
            _ => Ok(true),
        }
    }

    /// Runs a system call, without the lock, as often as it takes: again after a signal (whose handlers run
    /// first), and after waiting, with a timeout. `f` gives -1 with `errno` set when it fails. `Ok(Err(number))`
    /// for a failure of the call.
    ///
    /// Errors: `TimeoutError`, and what a signal handler raises.
    pub fn attempt<T: PartialEq + From<i8>>(
        &self,
        py: Python,
        what: For,
        timeout: i64,
        mut f: impl FnMut() -> T,
    ) -> PyResult<Outcome<T>> {
        let deadline =
            if timeout > 0 { Instant::now().checked_add(Duration::from_nanos(timeout as u64)) } else { None };
        let mut left = timeout;
        loop {
            if timeout > 0 || what == For::Connecting {
                if let Some(d) = deadline {
                    let now = Instant::now();
                    left = match d.checked_duration_since(now) {
                        Some(d) => i64::try_from(d.as_nanos()).unwrap_or(i64::MAX),
                        None => return Err(timed_out(py)),
                    };
                }
                match self.wait_ready(py, what, left) {
                    Ok(true) => {}
                    Ok(false) => return Err(timed_out(py)),
                    Err(libc::EINTR) => {
                        runtime::signals::check(py)?;
                        continue;
                    }
                    Err(e) => return Ok(Err(e)),
                }
            }
            let error = loop {
                let (r, e) = nogil!(py, {
                    let r = f();
                    (r, errno())
                });
                if r != T::from(-1) {
                    return Ok(Ok(r));
                }
                if e != libc::EINTR {
                    break e;
                }
                runtime::signals::check(py)?;
            };
            if timeout > 0 && (error == libc::EWOULDBLOCK || error == libc::EAGAIN) {
                // Ready for somebody else: wait again.
                continue;
            }
            return Ok(Err(error));
        }
    }

    /// [`attempt`](Self::attempt) with the socket's timeout and failures raised.
    pub fn call<T: PartialEq + From<i8>>(&self, py: Python, what: For, f: impl FnMut() -> T) -> PyResult<T> {
        match self.attempt(py, what, self.timeout.get(), f)? {
            Ok(v) => Ok(v),
            Err(e) => Err(raise_errno_with(py, e, None, None)),
        }
    }
}
