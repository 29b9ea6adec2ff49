//! Signal masks, and waiting for signals.

use super::{errno_error, state};
use runtime::prelude::*;
use runtime::pytime::{self, Round};
use runtime::signals::{self, NSIG};
use runtime::state::{release_gil, thread, threads};
use runtime::types::structseq;
use std::ffi::c_int;
use std::mem::zeroed;

type SigSet = libc::sigset_t;

/// A set of signals from an iterable of numbers.
fn set_from(py: Python, o: &PyObject) -> PyResult<SigSet> {
    // SAFETY: an empty set is plain data.
    let mut set: SigSet = unsafe { zeroed() };
    // SAFETY: initialises the set.
    unsafe { libc::sigemptyset(&mut set) };
    let most = NSIG as i64 - 1;
    o.iterate(py, &mut |item| {
        let n = runtime::abstract_::number::index(py, &item)?.as_i64().unwrap_or(-1);
        if n < 1 || n > most {
            return Err(value_error(py, format!("signal number {n} out of range [1; {most}]")));
        }
        // SAFETY: an initialised set.
        if unsafe { libc::sigaddset(&mut set, n as c_int) } != 0 {
            // Numbers that the C library keeps for itself.
            let text = format!("invalid signal number {n}, please use valid_signals()");
            warn(py, &exceptions::PyExc_RuntimeWarning_Type, &text, 1)?;
        }
        Ok(())
    })?;
    Ok(set)
}

fn numbers(py: Python, set: &SigSet) -> PyResult<Py<PySet>> {
    let out = PySet::new(py)?;
    for n in 1..NSIG {
        // SAFETY: an initialised set.
        if unsafe { libc::sigismember(set, n as c_int) } == 1 {
            out.add(py, PyInt::from_usize(py, n)?.as_object())?;
        }
    }
    Ok(out)
}

fn siginfo(py: Python, info: &libc::siginfo_t) -> PyResult<Py<PyTuple>> {
    let Some(ty) = state(py).siginfo.get_owned() else { return Err(bad_internal_call(py)) };
    // SAFETY: the fields of a union that the kernel filled in; for other signals they are other numbers.
    let (pid, uid, status) = unsafe { (info.si_pid(), info.si_uid(), info.si_status()) };
    // `si_band` lies where `si_pid` does.
    // SAFETY: inside the struct, and plain data.
    let band = unsafe { *((info as *const libc::siginfo_t as *const u8).add(16) as *const i64) };
    let mut values = Vec::with_capacity(7);
    for n in [
        i64::from(info.si_signo),
        i64::from(info.si_code),
        i64::from(info.si_errno),
        i64::from(pid),
        i64::from(uid),
        i64::from(status),
        band,
    ] {
        values.push(PyInt::from_i64(py, n)?.into_object());
    }
    structseq::new_instance(py, &ty, values)
}

/// Part of `_signal`.
#[pymodule(part)]
pub mod part {
    use super::*;

    /// Changes which signals the calling thread does not get now: how is SIG_BLOCK, SIG_UNBLOCK or SIG_SETMASK. Returns
    /// the old set.
    #[pyfunction(sig = "(how, mask, /)")]
    pub fn pthread_sigmask(py: Python, how: c_int, mask: &PyObject) -> PyResult<Py<PySet>> {
        let new = set_from(py, mask)?;
        // SAFETY: plain data, filled in by the call.
        let mut old: SigSet = unsafe { zeroed() };
        // SAFETY: initialised sets.
        let e = unsafe { libc::pthread_sigmask(how, &new, &mut old) };
        if e != 0 {
            return Err(exceptions::raise_errno_with(py, e, None, None));
        }
        // Signals that are no longer blocked have arrived just now.
        signals::check(py)?;
        numbers(py, &old)
    }

    /// The signals that have been sent, but are blocked.
    #[pyfunction]
    pub fn sigpending(py: Python) -> PyResult<Py<PySet>> {
        // SAFETY: plain data, filled in by the call.
        let mut set: SigSet = unsafe { zeroed() };
        // SAFETY: fills in the set.
        if unsafe { libc::sigpending(&mut set) } != 0 {
            return Err(errno_error(py));
        }
        numbers(py, &set)
    }

    /// The signals of this platform.
    #[pyfunction]
    pub fn valid_signals(py: Python) -> PyResult<Py<PySet>> {
        // SAFETY: plain data, filled in by the call.
        let mut set: SigSet = unsafe { zeroed() };
        // SAFETY: fills in the set.
        if unsafe { libc::sigfillset(&mut set) } != 0 {
            return Err(errno_error(py));
        }
        numbers(py, &set)
    }

    /// Waits for one of these signals, takes it, and returns its number.
    #[pyfunction(sig = "(sigset, /)")]
    pub fn sigwait(py: Python, sigset: &PyObject) -> PyResult<c_int> {
        let set = set_from(py, sigset)?;
        let mut signum = 0;
        // SAFETY: an initialised set.
        let e = release_gil(py, || unsafe { libc::sigwait(&set, &mut signum) });
        if e != 0 { Err(exceptions::raise_errno_with(py, e, None, None)) } else { Ok(signum) }
    }

    /// Waits for one of these signals, takes it, and returns what is known about it.
    #[pyfunction(sig = "(sigset, /)")]
    pub fn sigwaitinfo(py: Python, sigset: &PyObject) -> PyResult<Py<PyTuple>> {
        let set = set_from(py, sigset)?;
        // SAFETY: plain data, filled in by the call.
        let mut info: libc::siginfo_t = unsafe { zeroed() };
        // SAFETY: an initialised set.
        match signals::retry(py, || unsafe { libc::sigwaitinfo(&set, &mut info) })? {
            Ok(_) => siginfo(py, &info),
            Err(e) => Err(exceptions::raise_errno_with(py, e, None, None)),
        }
    }

    /// As sigwaitinfo(), for a number of seconds; None when they are over.
    #[pyfunction(sig = "(sigset, timeout, /)")]
    pub fn sigtimedwait(py: Python, sigset: &PyObject, timeout: &PyObject) -> PyResult<Option<Py<PyTuple>>> {
        let mut left = pytime::from_seconds(py, timeout, Round::Ceiling)?;
        if left < 0 {
            return Err(value_error(py, "timeout must be non-negative"));
        }
        let set = set_from(py, sigset)?;
        let deadline = runtime::sync::monotonic_ns().saturating_add(left);
        // SAFETY: plain data, filled in by the call.
        let mut info: libc::siginfo_t = unsafe { zeroed() };
        loop {
            let time = pytime::to_timespec(left);
            let e = release_gil(py, || {
                // SAFETY: initialised arguments.
                if unsafe { libc::sigtimedwait(&set, &mut info, &time) } == -1 {
                    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
                } else {
                    0
                }
            });
            match e {
                0 => return siginfo(py, &info).map(Some),
                libc::EAGAIN => return Ok(None),
                libc::EINTR => signals::check(py)?,
                e => return Err(exceptions::raise_errno_with(py, e, None, None)),
            }
            left = deadline - runtime::sync::monotonic_ns();
            if left < 0 {
                return Ok(None);
            }
        }
    }

    /// Sends a signal to a thread of the process.
    #[pyfunction(sig = "(thread_id, signalnum, /)")]
    pub fn pthread_kill(py: Python, thread_id: u64, signalnum: c_int) -> PyResult<()> {
        let (id, n) = (PyInt::from_u64(py, thread_id)?, PyInt::from_i64(py, i64::from(signalnum))?);
        runtime::sys::hooks::audit(py, "signal.pthread_kill", &[id.as_object(), n.as_object()])?;
        let me = thread(py);
        let all = threads::all(py);
        let target = if me.thread_id.get() == thread_id {
            Some(me)
        } else {
            all.into_iter().find(|t| t.thread_id.get() == thread_id)
        };
        // Only threads that are known to exist: the C library reads the memory behind any other number.
        let Some(t) = target else {
            return Err(exceptions::raise_errno_with(py, libc::ESRCH, None, None));
        };
        // SAFETY: a plain system call on numbers.
        let r =
            unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), t.native_thread_id.get(), signalnum) };
        if r != 0 {
            return Err(errno_error(py));
        }
        // It may have been for this thread.
        signals::check(py)
    }
}
