//! The system's time zone and clock.

use super::calendar::{DAY_SECONDS, MAXYEAR, Stamp};
use super::date;
use super::delta::PyDelta;
use super::tzinfo::PyTimeZone;
use crate::system::os_error;
use object::libc;
use runtime::abstract_::number;
use runtime::prelude::*;
use std::ffi::CStr;

/// Seconds from the day before 0001-01-01 to 1970-01-01.
pub const EPOCH: i64 = 719_163 * DAY_SECONDS;
/// A time zone's clocks are not set back by more.
const MAX_FOLD: i64 = 24 * 3600;

/// A broken down time.
pub struct Local {
    pub stamp: Stamp,
    pub offset: i64,
    pub zone: Vec<u8>,
}

#[cold]
fn out_of_range(py: Python) -> Raised {
    overflow_error(py, "timestamp out of range for platform time_t")
}

fn broken_down(py: Python, t: i64, utc: bool) -> PyResult<Local> {
    // SAFETY: the struct is filled in by the call; its zone is a string that lives as long as the zone is known.
    unsafe {
        let mut tm: libc::tm = std::mem::zeroed();
        crate::system::set_errno(0);
        let r = if utc { libc::gmtime_r(&t, &mut tm) } else { libc::localtime_r(&t, &mut tm) };
        if r.is_null() {
            return Err(os_error(py));
        }
        let year = tm.tm_year as i64 + 1900;
        if !(1..=MAXYEAR as i64).contains(&year) {
            return Err(value_error(py, format!("year must be in 1..{MAXYEAR}, not {year}")));
        }
        let zone =
            if tm.tm_zone.is_null() { Vec::new() } else { CStr::from_ptr(tm.tm_zone).to_bytes().to_vec() };
        let stamp = Stamp {
            year: year as i32,
            month: tm.tm_mon + 1,
            day: tm.tm_mday,
            hour: tm.tm_hour,
            minute: tm.tm_min,
            // A leap second is the last one.
            second: tm.tm_sec.min(59),
            us: 0,
        };
        Ok(Local { stamp, offset: tm.tm_gmtoff, zone })
    }
}

/// The local time at a POSIX time.
pub fn local(py: Python, t: i64) -> PyResult<Local> {
    broken_down(py, t, false)
}

/// UTC at a POSIX time.
pub fn utc(py: Python, t: i64) -> PyResult<Local> {
    broken_down(py, t, true)
}

/// Local seconds of the calendar at UTC seconds of the calendar.
fn local_seconds(py: Python, u: i64) -> PyResult<i64> {
    Ok(local(py, u - EPOCH)?.stamp.seconds())
}

/// Is a local time, got from a POSIX time, the second one of its name?
pub fn fold_of(py: Python, t: i64, stamp: &Stamp) -> PyResult<u8> {
    let seconds = stamp.seconds();
    // Far enough from the calendar's beginning.
    if t < -EPOCH + 2 * MAX_FOLD {
        return Ok(0);
    }
    let probe = local(py, t - MAX_FOLD)?.stamp.seconds();
    let transition = seconds - probe - MAX_FOLD;
    if transition < 0 && local(py, t + transition)?.stamp.seconds() == seconds {
        return Ok(1);
    }
    Ok(0)
}

/// The UTC seconds of the calendar for a local time.
pub fn from_local(py: Python, s: &Stamp, fold: u8) -> PyResult<i64> {
    let t = s.seconds();
    let a = local_seconds(py, t)? - t;
    let u1 = t - a;
    let t1 = local_seconds(py, u1)?;
    let b = if t1 == t {
        // One solution; the other is a day away.
        let u2 = if fold == 0 { u1 - MAX_FOLD } else { u1 + MAX_FOLD };
        let b = local_seconds(py, u2)? - u2;
        if a == b {
            return Ok(u1);
        }
        b
    } else {
        t1 - u1
    };
    let u2 = t - b;
    let t2 = local_seconds(py, u2)?;
    if t2 == t {
        return Ok(u2);
    }
    if t1 == t {
        return Ok(u1);
    }
    // A time that the clocks skip.
    Ok(if fold == 0 { u1.max(u2) } else { u1.min(u2) })
}

/// The local zone at UTC seconds of the calendar, with its offset and name.
pub fn local_zone(py: Python, seconds: i64) -> PyResult {
    let l = local(py, seconds - EPOCH)?;
    let name = runtime::fs::fs_decode(py, &l.zone)?;
    PyTimeZone::new(py, &*PyDelta::new(py, 0, l.offset, 0)?, Some(&name))
}

/// A number of seconds as whole ones and microseconds, rounded half to even.
pub fn timestamp(py: Python, o: &PyObject) -> PyResult<(i64, i32)> {
    let Some(f) = o.downcast::<PyFloat>() else { return Ok((time_t(py, o)?, 0)) };
    let v = f.value();
    if v.is_nan() {
        return Err(value_error(py, "Invalid value NaN (not a number)"));
    }
    let mut whole = v.trunc();
    let mut us = ((v - whole) * 1e6).round_ties_even();
    if us >= 1e6 {
        us -= 1e6;
        whole += 1.0;
    } else if us < 0.0 {
        us += 1e6;
        whole -= 1.0;
        // A tiny negative fraction rounds up to the whole second.
        if us >= 1e6 {
            us -= 1e6;
            whole += 1.0;
        }
    }
    Ok((in_range(py, whole)?, us as i32))
}

fn in_range(py: Python, v: f64) -> PyResult<i64> {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&v) {
        Ok(v as i64)
    } else {
        Err(out_of_range(py))
    }
}

/// A number of seconds, rounded down.
pub fn time_t(py: Python, o: &PyObject) -> PyResult<i64> {
    if let Some(f) = o.downcast::<PyFloat>() {
        if f.value().is_nan() {
            return Err(value_error(py, "Invalid value NaN (not a number)"));
        }
        return in_range(py, f.value().floor());
    }
    number::index(py, o)?.as_i64().ok_or_else(|| out_of_range(py))
}

/// The present: POSIX seconds and microseconds.
pub fn now() -> (i64, i32) {
    // SAFETY: the struct is filled in by the call, which cannot fail for this clock.
    let t = unsafe {
        let mut t: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_REALTIME, &mut t);
        t
    };
    (t.tv_sec, (t.tv_nsec / 1000) as i32)
}

/// The stamp of a POSIX time in UTC without the system's help.
pub fn utc_stamp(py: Python, t: i64, us: i32) -> PyResult<Stamp> {
    match Stamp::from_us((t as i128 + EPOCH as i128) * 1_000_000 + us as i128) {
        Some(s) => Ok(s),
        // The system knows the year to blame.
        None => match utc(py, t) {
            Ok(_) => Err(date::out_of_range(py)),
            Err(e) => Err(e),
        },
    }
}

const _: () = assert!(EPOCH == 62_135_683_200);

/// The day 1970-01-01 has the ordinal `EPOCH` is made from.
#[cfg(test)]
#[test]
fn epoch() {
    assert_eq!(super::calendar::to_ordinal(1970, 1, 1) as i64 * DAY_SECONDS, EPOCH);
}
