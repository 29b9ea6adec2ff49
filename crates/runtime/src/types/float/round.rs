//! Rounding floats to a number of decimal digits, correctly: as the exact decimal value would be rounded.

use crate::prelude::*;

/// Beyond these numbers of digits every float is itself, or zero.
const MAX_DIGITS: isize = 323;
const MIN_DIGITS: isize = -308;

/// `round(value, digits)` for a finite value.
pub(super) fn round_digits(py: Python, value: f64, digits: isize) -> PyResult<f64> {
    if digits > MAX_DIGITS {
        return Ok(value);
    }
    if digits < MIN_DIGITS {
        return Ok(0.0 * value);
    }
    let rounded = if digits >= 0 {
        format!("{value:.*}", digits as usize).parse().unwrap_or(value)
    } else {
        round_tens(value, digits.unsigned_abs())
    };
    if f64::is_infinite(rounded) {
        return Err(overflow_error(py, "rounded value too large to represent"));
    }
    Ok(rounded)
}

/// Rounds to a multiple of `10**places`.
fn round_tens(value: f64, places: usize) -> f64 {
    // All significant digits of the exact value.
    let text = format!("{:.1100e}", value.abs());
    let Some((mantissa, exponent)) = text.split_once('e') else { return value };
    let whole_digits = exponent.parse::<isize>().unwrap_or(0) + 1;
    let kept = whole_digits - places as isize;
    let magnitude = if kept < 0 {
        0.0
    } else if kept == 0 {
        // Below one unit: up only if more than half of it.
        let mut digits = mantissa.bytes().filter(|b| *b != b'.');
        let first = digits.next().unwrap_or(b'0');
        let up = first > b'5' || first == b'5' && digits.any(|b| b != b'0');
        if up { format!("1e{places}").parse().unwrap_or(0.0) } else { 0.0 }
    } else {
        format!("{:.*e}", kept as usize - 1, value.abs()).parse().unwrap_or(value.abs())
    };
    magnitude.copysign(value)
}

/// The nearest whole number, ties to even.
pub(super) fn round_half_even(value: f64) -> f64 {
    value.round_ties_even()
}
