//! Times from Python numbers: nanoseconds in an `i64`, with `pytime.c`'s rounding and messages.

use crate::abstract_::number;
use crate::errors::{overflow_error, type_error, type_name, value_error};
use crate::types::PyFloat;
use object::{PyObject, PyResult, Python, Raised};

/// How a fraction of a nanosecond is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// Towards minus infinity.
    Floor,
    /// Towards plus infinity.
    Ceiling,
    HalfEven,
    /// Away from zero; what timeouts use.
    Up,
}

impl Round {
    /// Rounds to an integral value.
    pub fn apply(self, x: f64) -> f64 {
        match self {
            Round::Floor => x.floor(),
            Round::Ceiling => x.ceil(),
            Round::HalfEven => x.round_ties_even(),
            Round::Up => {
                if x >= 0.0 {
                    x.ceil()
                } else {
                    x.floor()
                }
            }
        }
    }

    /// `n / d` for a positive `d`.
    pub fn divide(self, n: i64, d: i64) -> i64 {
        let (q, r) = (n.div_euclid(d), n.rem_euclid(d));
        let up = match self {
            Round::Floor => false,
            Round::Ceiling => r != 0,
            Round::Up => r != 0 && n > 0,
            Round::HalfEven => r > d - r || (r == d - r && q % 2 != 0),
        };
        q + i64::from(up)
    }
}

#[cold]
fn too_large(py: Python) -> Raised {
    overflow_error(py, "timestamp out of range for C PyTime_t")
}

/// A number of units of `unit` nanoseconds each.
fn from_object(py: Python, o: &PyObject, round: Round, unit: i64) -> PyResult<i64> {
    if let Some(f) = o.downcast::<PyFloat>() {
        let d = f.value();
        if d.is_nan() {
            return Err(value_error(py, "Invalid value NaN (not a number)"));
        }
        let ns = round.apply(d * unit as f64);
        if !(-9223372036854775808.0..9223372036854775808.0).contains(&ns) {
            return Err(too_large(py));
        }
        return Ok(ns as i64);
    }
    if !number::has_index(o) {
        let text = format!("'{}' object cannot be interpreted as an integer or float", type_name(o));
        return Err(type_error(py, text));
    }
    if !number::has_index(o) {
        return Err(type_error(
            py,
            format!("'{}' object cannot be interpreted as an integer or float", type_name(o)),
        ));
    }
    let n = number::index(py, o)?;
    n.as_i64().and_then(|n| n.checked_mul(unit)).ok_or_else(|| too_large(py))
}

/// Seconds, an int or a float, as nanoseconds.
///
/// Errors: `TypeError` for other types, `ValueError` for a NaN, `OverflowError`.
pub fn from_seconds(py: Python, o: &PyObject, round: Round) -> PyResult<i64> {
    from_object(py, o, round, 1_000_000_000)
}

/// Milliseconds likewise.
pub fn from_millis(py: Python, o: &PyObject, round: Round) -> PyResult<i64> {
    from_object(py, o, round, 1_000_000)
}

/// As a `timespec`.
pub fn to_timespec(ns: i64) -> object::libc::timespec {
    object::libc::timespec { tv_sec: ns.div_euclid(1_000_000_000), tv_nsec: ns.rem_euclid(1_000_000_000) }
}

/// As a `timeval`, rounded.
pub fn to_timeval(ns: i64, round: Round) -> object::libc::timeval {
    let us = round.divide(ns, 1000);
    object::libc::timeval { tv_sec: us.div_euclid(1_000_000), tv_usec: us.rem_euclid(1_000_000) }
}
