//! `float.hex` and `float.fromhex`.

use super::{frexp, ldexp};
use crate::prelude::*;

/// The exact value in hexadecimal.
pub(super) fn to_hex(value: f64) -> String {
    if !value.is_finite() {
        return crate::format::repr_float(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let e = (bits >> 52 & 0x7ff) as i32;
    // Subnormals keep the smallest exponent.
    let (lead, e) = if e == 0 { (0, -1022) } else { (1, e - 1023) };
    let e_sign = if e < 0 { '-' } else { '+' };
    format!("{sign}0x{lead}.{fraction:013x}p{e_sign}{}", e.abs())
}

/// The float that hexadecimal text stands for, rounded to even.
///
/// Errors: `ValueError` for what is no such text, `OverflowError` beyond the range.
pub(super) fn from_hex(py: Python, text: &str) -> PyResult<f64> {
    let invalid = || value_error(py, "invalid hexadecimal floating-point string");
    let s = text.trim_matches(|c: char| matches!(c, ' ' | '\t'..='\r'));
    let (negative, s) = match s.strip_prefix('-') {
        Some(r) => (true, r),
        None => (false, s.strip_prefix('+').unwrap_or(s)),
    };
    let signed = |v: f64| if negative { -v } else { v };
    let lower = s.to_ascii_lowercase();
    match lower.as_str() {
        "inf" | "infinity" => return Ok(signed(f64::INFINITY)),
        "nan" => return Ok(signed(f64::NAN)),
        _ => {}
    }
    let s = lower.strip_prefix("0x").unwrap_or(&lower);
    let (mantissa, exponent) = match s.split_once('p') {
        Some((m, e)) => (m, Some(e)),
        None => (s, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_hex = |s: &str| s.bytes().all(|b| b.is_ascii_hexdigit());
    if whole.is_empty() && fraction.is_empty() || !all_hex(whole) || !all_hex(fraction) {
        return Err(invalid());
    }
    let exponent: i64 = match exponent {
        None => 0,
        Some(e) => {
            let digits = e.strip_prefix(['+', '-']).unwrap_or(e);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(invalid());
            }
            // Exponents beyond any sense stay beyond it when they are cut.
            let v = digits.parse::<i64>().unwrap_or(i64::MAX / 8).min(i64::MAX / 8);
            if e.starts_with('-') { -v } else { v }
        }
    };
    // The first sixteen significant digits, with all others gathered in the last bit.
    let digits = whole.bytes().chain(fraction.bytes()).map(|b| (b as char).to_digit(16).unwrap_or(0) as u64);
    let (mut value, mut taken, mut sticky, mut dropped) = (0u64, 0, false, 0i64);
    for d in digits {
        if taken < 15 {
            value = value << 4 | d;
            taken += usize::from(value != 0);
        } else {
            sticky |= d != 0;
            dropped += 1;
        }
    }
    if value == 0 {
        return Ok(signed(0.0));
    }
    let scale = exponent + 4 * (dropped - fraction.len() as i64);
    let result = round_scaled(value << 1 | u64::from(sticky), scale.saturating_sub(1));
    if result.is_infinite() {
        return Err(overflow_error(py, "hexadecimal value too large to represent as a float"));
    }
    Ok(signed(result))
}

/// `value * 2**scale`, rounded once, ties to even; the lowest bit of `value` stands for everything below it.
fn round_scaled(value: u64, scale: i64) -> f64 {
    let bits = 64 - value.leading_zeros() as i64;
    let top = scale.saturating_add(bits);
    if top > 1024 {
        return f64::INFINITY;
    }
    if top < -1080 {
        return 0.0;
    }
    let drop = (top - 53).max(-1074) - scale;
    if drop <= 0 {
        return ldexp(value as f64, scale);
    }
    if drop >= 64 {
        return 0.0;
    }
    let kept = value >> drop;
    let (rest, half) = (value & ((1 << drop) - 1), 1u64 << (drop - 1));
    let kept = kept + u64::from(rest > half || rest == half && kept & 1 == 1);
    ldexp(kept as f64, scale + drop)
}

/// Numerator and denominator of the exact value of a finite float.
pub(super) fn integer_ratio(py: Python, value: f64) -> PyResult<(Py<PyInt>, Py<PyInt>)> {
    let (m, e) = frexp(value);
    // At most 53 doublings make the mantissa whole.
    let (mut m, mut e) = (m, e as i64);
    while m != m.floor() {
        m *= 2.0;
        e -= 1;
    }
    let numerator = PyInt::from_i64(py, m as i64)?;
    let one = PyInt::one();
    if e >= 0 {
        Ok((PyInt::shl(py, &numerator, e as u64)?, one.owned()))
    } else {
        Ok((numerator, PyInt::shl(py, one, e.unsigned_abs())?))
    }
}
