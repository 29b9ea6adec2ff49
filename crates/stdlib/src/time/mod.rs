//! The `time` module: clocks, sleeping, and calendar time as the C library knows it.
//!
//! `calendar` converts time tuples; this file has the clocks.

mod calendar;

use crate::system::*;
use object::libc;
use runtime::prelude::*;
use runtime::types::structseq::{Desc, new_type};
use std::ffi::c_int;

static STRUCT_TIME: Desc = Desc {
    name: "time.struct_time",
    doc: "Calendar time, as gmtime(), localtime() and strptime() return and asctime(), mktime() and\nstrftime() accept it: a sequence of 9 integers.\n\nUnlike in C's struct tm, tm_year is the year itself, months and days of the year begin with 1,\nand weeks with Monday.",
    fields: &[
        Some("tm_year"),
        Some("tm_mon"),
        Some("tm_mday"),
        Some("tm_hour"),
        Some("tm_min"),
        Some("tm_sec"),
        Some("tm_wday"),
        Some("tm_yday"),
        Some("tm_isdst"),
        Some("tm_zone"),
        Some("tm_gmtoff"),
    ],
    visible: 9,
};

#[derive(Default)]
struct State {
    struct_time: Slot<PyTypeObject>,
}

/// The type of time tuples.
fn struct_time(py: Python) -> PyResult<Py<PyTypeObject>> {
    let st = module_state::<State>(py);
    if let Some(t) = st.struct_time.get_owned() {
        return Ok(t);
    }
    let t = new_type(py, &STRUCT_TIME)?.owned();
    st.struct_time.set(Some(t.clone()));
    Ok(t)
}

/// Nanoseconds of a clock; `None` with `errno` set at a failure.
fn read_clock(clock: libc::clockid_t) -> Option<i128> {
    // SAFETY: the struct is filled in by the call.
    unsafe {
        let mut ts: libc::timespec = std::mem::zeroed();
        if libc::clock_gettime(clock, &mut ts) != 0 {
            return None;
        }
        Some(ts.tv_sec as i128 * 1_000_000_000 + ts.tv_nsec as i128)
    }
}

fn nanoseconds(py: Python, clock: libc::clockid_t) -> PyResult<i128> {
    read_clock(clock).ok_or_else(|| os_error(py))
}

/// Nanoseconds as seconds, exact where the fraction is zero.
fn as_seconds(ns: i128) -> f64 {
    if ns % 1_000_000_000 == 0 { (ns / 1_000_000_000) as f64 } else { ns as f64 / 1e9 }
}

fn seconds(py: Python, clock: libc::clockid_t) -> PyResult<f64> {
    nanoseconds(py, clock).map(as_seconds)
}

fn int_nanoseconds(py: Python, clock: libc::clockid_t) -> PyResult<Py<PyInt>> {
    PyInt::from_i128(py, nanoseconds(py, clock)?)
}

fn resolution(py: Python, clock: libc::clockid_t) -> PyResult<f64> {
    // SAFETY: the struct is filled in by the call.
    unsafe {
        let mut ts: libc::timespec = std::mem::zeroed();
        checked(py, libc::clock_getres(clock, &mut ts))?;
        Ok(ts.tv_sec as f64 + ts.tv_nsec as f64 * 1e-9)
    }
}

fn set_clock(py: Python, clock: c_int, ns: i64) -> PyResult<()> {
    let ts = runtime::pytime::to_timespec(ns);
    // SAFETY: a complete struct.
    checked(py, unsafe { libc::clock_settime(clock, &ts) }).map(drop)
}

/// Functions on time: clocks, and calendar time.
///
/// Times are seconds since the Epoch, 1970-01-01 00:00 UTC, or tuples of nine integers.
#[pymodule(name = "time", parts(calendar::part))]
pub mod time {
    use super::*;
    use crate::system::constants;
    use runtime::pytime::{Round, from_seconds};
    use runtime::sys::hooks::audit;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        add_constants(
            py,
            module,
            constants! {
                CLOCK_BOOTTIME CLOCK_MONOTONIC CLOCK_MONOTONIC_RAW CLOCK_PROCESS_CPUTIME_ID CLOCK_REALTIME CLOCK_TAI
                CLOCK_THREAD_CPUTIME_ID
            },
        )?;
        add_constants(py, module, &[("_STRUCT_TM_ITEMS", 11)])?;
        module.as_object().setattr_str(py, "struct_time", struct_time(py)?.as_object())?;
        calendar::add_timezone(py, module.as_object())
    }

    /// time() -> floating-point number
    ///
    /// Seconds since the Epoch, with a fraction.
    #[pyfunction(text = "($self, /)", name = "time")]
    pub fn time_(py: Python) -> PyResult<f64> {
        seconds(py, libc::CLOCK_REALTIME)
    }

    /// time_ns() -> int
    ///
    /// Nanoseconds since the Epoch.
    #[pyfunction(text = "($self, /)")]
    pub fn time_ns(py: Python) -> PyResult<Py<PyInt>> {
        int_nanoseconds(py, libc::CLOCK_REALTIME)
    }

    /// monotonic() -> float
    ///
    /// A clock that is never set back.
    #[pyfunction(text = "($self, /)")]
    pub fn monotonic(py: Python) -> PyResult<f64> {
        seconds(py, libc::CLOCK_MONOTONIC)
    }

    /// monotonic_ns() -> int
    ///
    /// A clock that is never set back, in nanoseconds.
    #[pyfunction(text = "($self, /)")]
    pub fn monotonic_ns(py: Python) -> PyResult<Py<PyInt>> {
        int_nanoseconds(py, libc::CLOCK_MONOTONIC)
    }

    /// perf_counter() -> float
    ///
    /// The clock for measuring short durations.
    #[pyfunction(text = "($self, /)")]
    pub fn perf_counter(py: Python) -> PyResult<f64> {
        seconds(py, libc::CLOCK_MONOTONIC)
    }

    /// perf_counter_ns() -> int
    ///
    /// The clock for measuring short durations, in nanoseconds.
    #[pyfunction(text = "($self, /)")]
    pub fn perf_counter_ns(py: Python) -> PyResult<Py<PyInt>> {
        int_nanoseconds(py, libc::CLOCK_MONOTONIC)
    }

    /// process_time() -> float
    ///
    /// The processor time of the process, in seconds.
    #[pyfunction(text = "($self, /)")]
    pub fn process_time(py: Python) -> PyResult<f64> {
        seconds(py, libc::CLOCK_PROCESS_CPUTIME_ID)
    }

    /// process_time_ns() -> int
    ///
    /// The processor time of the process, in nanoseconds.
    #[pyfunction(text = "($self, /)")]
    pub fn process_time_ns(py: Python) -> PyResult<Py<PyInt>> {
        int_nanoseconds(py, libc::CLOCK_PROCESS_CPUTIME_ID)
    }

    /// thread_time() -> float
    ///
    /// The processor time of the thread, in seconds.
    #[pyfunction(text = "($self, /)")]
    pub fn thread_time(py: Python) -> PyResult<f64> {
        seconds(py, libc::CLOCK_THREAD_CPUTIME_ID)
    }

    /// thread_time_ns() -> int
    ///
    /// The processor time of the thread, in nanoseconds.
    #[pyfunction(text = "($self, /)")]
    pub fn thread_time_ns(py: Python) -> PyResult<Py<PyInt>> {
        int_nanoseconds(py, libc::CLOCK_THREAD_CPUTIME_ID)
    }

    /// The time of a clock as a float.
    #[pyfunction]
    pub fn clock_gettime(py: Python, clk_id: i32) -> PyResult<f64> {
        seconds(py, clk_id)
    }

    /// The time of a clock in nanoseconds.
    #[pyfunction]
    pub fn clock_gettime_ns(py: Python, clk_id: i32) -> PyResult<Py<PyInt>> {
        int_nanoseconds(py, clk_id)
    }

    /// clock_getres(clk_id) -> floating-point number
    ///
    /// The resolution of a clock.
    #[pyfunction(nosig)]
    pub fn clock_getres(py: Python, clk_id: i32) -> PyResult<f64> {
        resolution(py, clk_id)
    }

    /// clock_settime(clk_id, time)
    ///
    /// Sets a clock.
    #[pyfunction(nosig)]
    pub fn clock_settime(py: Python, clk_id: i32, time: &PyObject) -> PyResult<()> {
        set_clock(py, clk_id, from_seconds(py, time, Round::Floor)?)
    }

    /// clock_settime_ns(clk_id, time)
    ///
    /// Sets a clock, in nanoseconds.
    #[pyfunction(nosig)]
    pub fn clock_settime_ns(py: Python, clk_id: i32, time: &PyObject) -> PyResult<()> {
        let Some(ns) = time.downcast::<PyInt>() else {
            return Err(type_error(py, format!("expect int, got {}", tp_name(time))));
        };
        let Some(ns) = ns.as_i64() else {
            return Err(overflow_error(py, "Python int too large to convert to C long"));
        };
        set_clock(py, clk_id, ns)
    }

    /// pthread_getcpuclockid(thread_id) -> int
    ///
    /// The clock of a thread's processor time.
    #[pyfunction(nosig)]
    pub fn pthread_getcpuclockid(py: Python, thread_id: &PyObject) -> PyResult<i32> {
        let Some(id) = thread_id.downcast::<PyInt>() else {
            return Err(type_error(
                py,
                format!("pthread_getcpuclockid() argument 1 must be int, not {}", type_name(thread_id)),
            ));
        };
        let mut clock = 0;
        // SAFETY: the caller vouches for the thread, as in C.
        match unsafe { libc::pthread_getcpuclockid(id.low_u64(), &mut clock) } {
            0 => Ok(clock),
            e => Err(runtime::types::exceptions::raise_errno_with(py, e, None, None)),
        }
    }

    /// sleep(seconds)
    ///
    /// Waits; the seconds may have a fraction.
    #[pyfunction(text = "($self, object, /)")]
    pub fn sleep(py: Python, object: &PyObject) -> PyResult<()> {
        audit(py, "time.sleep", &[object])?;
        let ns = from_seconds(py, object, Round::Up)?;
        if ns < 0 {
            return Err(value_error(py, "sleep length must be non-negative"));
        }
        let now = nanoseconds(py, libc::CLOCK_MONOTONIC)?;
        let deadline = i64::try_from(now + ns as i128).unwrap_or(i64::MAX);
        let ts = runtime::pytime::to_timespec(deadline);
        loop {
            // SAFETY: a complete struct; the remaining time is not asked for.
            let r = nogil!(py, unsafe {
                libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &ts, std::ptr::null_mut())
            });
            match r {
                0 => return Ok(()),
                libc::EINTR => runtime::signals::check(py)?,
                e => return Err(runtime::types::exceptions::raise_errno_with(py, e, None, None)),
            }
        }
    }

    /// get_clock_info(name: str) -> dict
    ///
    /// What there is to know about a clock.
    #[pyfunction(nosig)]
    pub fn get_clock_info(py: Python, name: &str) -> PyResult {
        let (clock, implementation, monotonic, adjustable) = match name {
            "time" => (libc::CLOCK_REALTIME, "clock_gettime(CLOCK_REALTIME)", false, true),
            "monotonic" | "perf_counter" => {
                (libc::CLOCK_MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", true, false)
            }
            "process_time" => {
                (libc::CLOCK_PROCESS_CPUTIME_ID, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false)
            }
            "thread_time" => {
                (libc::CLOCK_THREAD_CPUTIME_ID, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false)
            }
            _ => return Err(value_error(py, "unknown clock")),
        };
        let info = PyDict::new(py)?;
        info.set_text(py, "implementation", &*text(py, implementation)?)?;
        info.set_text(py, "monotonic", py_bool(monotonic))?;
        info.set_text(py, "adjustable", py_bool(adjustable))?;
        info.set_text(py, "resolution", &*float(py, resolution(py, clock)?)?)?;
        let namespace = PyNamespace::new(py)?;
        let dict = namespace.ns_dict.get_owned().ok_or_else(|| bad_internal_call(py))?;
        dict.merge(py, info.as_object(), true)?;
        Ok(namespace.into_object())
    }
}
