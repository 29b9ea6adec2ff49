//! Timers that send signals.

use super::state;
use runtime::prelude::*;
use runtime::pytime::{self, Round};
use runtime::signals;
use runtime::state::release_gil;
use std::ffi::{c_int, c_uint};

/// `signal.ItimerError`, made at first use.
pub(super) fn error_class(py: Python) -> PyResult<Py<PyTypeObject>> {
    let st = state(py);
    if let Some(c) = st.itimer_error.get_owned() {
        return Ok(c);
    }
    let bases = PyTuple::new(py, [exceptions::PyExc_OSError_Type.object().owned()])?;
    let (name, dict) = (PyStr::new(py, "ItimerError")?, PyDict::new(py)?);
    dict.set_text(py, "__module__", PyStr::new(py, "signal")?.as_object())?;
    let made = PyTypeObject::type_object()
        .object()
        .call(py, &[name.as_object(), bases.as_object(), dict.as_object()])?;
    let made = made.downcast_into::<PyTypeObject>().map_err(|_| bad_internal_call(py))?;
    st.itimer_error.set(Some(made.clone()));
    Ok(made)
}

/// Raises `ItimerError` for `errno`.
fn timer_error(py: Python) -> Raised {
    let e = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    let make = || -> PyResult<(Py<PyTypeObject>, Py<PyTuple>)> {
        let text = exceptions::error_text(e);
        let args = [PyInt::from_i64(py, i64::from(e))?.into_object(), PyStr::new(py, &text)?.into_object()];
        Ok((error_class(py)?, PyTuple::new(py, args)?))
    };
    match make() {
        Ok((class, args)) => raise_with(py, &class, args.as_object()),
        Err(e) => e,
    }
}

fn seconds(t: libc::timeval) -> f64 {
    t.tv_sec as f64 + t.tv_usec as f64 / 1e6
}

fn pair(py: Python, t: &libc::itimerval) -> PyResult<Py<PyTuple>> {
    let value = PyFloat::new(py, seconds(t.it_value))?.into_object();
    let interval = PyFloat::new(py, seconds(t.it_interval))?.into_object();
    PyTuple::new(py, [value, interval])
}

/// Part of `_signal`.
#[pymodule(part)]
pub mod part {
    use super::*;

    /// Has SIGALRM sent after so many seconds; 0 for never. Returns the seconds that were left.
    #[pyfunction(sig = "(seconds, /)")]
    pub fn alarm(_py: Python, seconds: c_int) -> c_uint {
        // SAFETY: a plain system call.
        unsafe { libc::alarm(seconds as c_uint) }
    }

    /// Waits until a signal arrives.
    #[pyfunction]
    pub fn pause(py: Python) -> PyResult<()> {
        // SAFETY: a plain system call.
        release_gil(py, || unsafe { libc::pause() });
        signals::check(py)
    }

    /// Sets a timer: ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF. It sends its signal after so many seconds, and then again and again
    /// if interval is not 0. Returns the old setting.
    #[pyfunction(sig = "(which, seconds, interval=0.0, /)")]
    pub fn setitimer(
        py: Python,
        which: c_int,
        seconds: &PyObject,
        interval: Option<&PyObject>,
    ) -> PyResult<Py<PyTuple>> {
        let time = |o: &PyObject| -> PyResult<libc::timeval> {
            Ok(pytime::to_timeval(pytime::from_seconds(py, o, Round::Ceiling)?, Round::Ceiling))
        };
        let new = libc::itimerval {
            it_value: time(seconds)?,
            it_interval: match interval {
                Some(i) => time(i)?,
                None => libc::timeval { tv_sec: 0, tv_usec: 0 },
            },
        };
        let mut old = libc::itimerval { it_interval: new.it_interval, it_value: new.it_value };
        // SAFETY: initialised structs.
        if unsafe { libc::syscall(libc::SYS_setitimer, which, &new, &mut old) } != 0 {
            return Err(timer_error(py));
        }
        pair(py, &old)
    }

    /// The setting of a timer: seconds until it sends its signal, and interval.
    #[pyfunction(sig = "(which, /)")]
    pub fn getitimer(py: Python, which: c_int) -> PyResult<Py<PyTuple>> {
        let zero = libc::timeval { tv_sec: 0, tv_usec: 0 };
        let mut now = libc::itimerval { it_interval: zero, it_value: zero };
        // SAFETY: an initialised struct.
        if unsafe { libc::syscall(libc::SYS_getitimer, which, &mut now) } != 0 {
            return Err(timer_error(py));
        }
        pair(py, &now)
    }
}
