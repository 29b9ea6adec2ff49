//! Ints as text, in any base, and back.

use super::PyInt;
use super::{digits, pylong};
use crate::prelude::*;
use crate::unicode;
use dashu_int::UBig;

/// Digits that are always allowed in a decimal conversion, whatever the limit.
const THRESHOLD_DIGITS: usize = 640;

/// A base from 2 to 36.
pub type Radix = u32;

#[cold]
fn limit_exceeded(py: Python, limit: i32, digits: Option<usize>) -> Raised {
    let has = digits.map_or(String::new(), |n| format!(": value has {n} digits"));
    value_error(
        py,
        format!(
            "Exceeds the limit ({limit} digits) for integer string conversion{has}; use sys.set_int_max_str_digits() to \
             increase the limit"
        ),
    )
}

fn limit(py: Python) -> i32 {
    crate::state::interpreter(py).int_max_str_digits.get()
}

impl PyInt {
    /// The decimal digits of the value, with its sign (`str(int)`). Errors: `ValueError` beyond `sys.get_int_max_str_digits()`.
    pub fn to_decimal(&self, py: Python) -> PyResult<String> {
        if let Some(v) = self.as_i64() {
            return Ok(v.to_string());
        }
        if let Some(v) = self.as_i128() {
            return Ok(v.to_string());
        }
        let limit = limit(py);
        let count = self.digit_count();
        // A quick estimate from below keeps hopeless conversions from starting.
        if count >= 10 * THRESHOLD_DIGITS / 90 + 2 && limit > 0 && (limit / 90) as usize <= (count - 11) / 10
        {
            return Err(limit_exceeded(py, limit, None));
        }
        if count > pylong::TO_STRING
            && let Some(text) = pylong::to_decimal(py, self)?
        {
            return Ok(text);
        }
        let text = self.to_radix(10);
        let digits = text.len() - usize::from(self.is_negative());
        if digits > THRESHOLD_DIGITS && limit > 0 && digits > limit as usize {
            return Err(limit_exceeded(py, limit, None));
        }
        Ok(text)
    }

    /// The value in a base, with its sign, lower case, without prefix; no limit applies.
    pub fn to_radix(&self, base: Radix) -> String {
        let mut out = String::new();
        if self.is_negative() {
            out.push('-');
        }
        if let Some(v) = self.as_i64() {
            let mut v = v.unsigned_abs();
            let mut buffer = [0u8; 64];
            let mut at = buffer.len();
            loop {
                at -= 1;
                buffer[at] = b"0123456789abcdefghijklmnopqrstuvwxyz"[(v % base as u64) as usize];
                v /= base as u64;
                if v == 0 {
                    break;
                }
            }
            out.extend(buffer[at..].iter().map(|&b| b as char));
            return out;
        }
        if base.is_power_of_two() {
            self.push_bits(&mut out, base.trailing_zeros());
        } else {
            out.push_str(&self.to_ubig().in_radix(base as u8).to_string());
        }
        out
    }

    /// Appends the digits of a base that is a power of two.
    fn push_bits(&self, out: &mut String, width: u32) {
        let n = digits::bit_length(self.digits()).div_ceil(width as usize);
        let mut text = vec![b'0'; n];
        let (mut bits, mut have) = (0u64, 0);
        let mut rest = self.digits().iter();
        for place in text.iter_mut().rev() {
            if have < width {
                bits |= (rest.next().copied().unwrap_or(0) as u64) << have;
                have += digits::SHIFT;
            }
            *place = b"0123456789abcdefghijklmnopqrstuv"[(bits & ((1 << width) - 1)) as usize];
            bits >>= width;
            have -= width;
        }
        out.extend(text.iter().map(|&b| b as char));
    }

    /// `int(text, base)`; base 0 reads a prefix (`PyLong_FromUnicodeObject`).
    pub fn from_str_object(py: Python, text: &PyStr, base: u32) -> PyResult<Py<PyInt>> {
        let ascii: Vec<u8> = match text.as_ascii() {
            Some(s) => s.as_bytes().to_vec(),
            None => text.chars().map(to_ascii).collect(),
        };
        match parse_text(py, &ascii, base)? {
            Some(i) => Ok(i),
            None => Err(invalid(py, text, base)),
        }
    }

    /// `int(bytes, base)`; `source` is named in the error.
    pub fn from_bytes_literal(py: Python, bytes: &[u8], base: u32, source: &PyObject) -> PyResult<Py<PyInt>> {
        match parse_text(py, bytes, base)? {
            Some(i) => Ok(i),
            None if PyBytes::check(source) => Err(invalid(py, source, base)),
            None => Err(invalid(py, PyBytes::new(py, bytes)?.as_object(), base)),
        }
    }
}

/// A digit of any script as an ASCII digit, any space as a blank, other ASCII as it is, anything else as `?`.
pub(crate) fn to_ascii(c: u32) -> u8 {
    if let Ok(b) = u8::try_from(c)
        && b < 128
    {
        return b;
    }
    if unicode::is_space(c) {
        return b' ';
    }
    unicode::decimal(c).map_or(b'?', |d| b'0' + d as u8)
}

#[cold]
fn invalid(py: Python, text: &PyObject, base: u32) -> Raised {
    let repr = match text.repr(py) {
        Ok(r) => r,
        Err(e) => return e,
    };
    // CPython shows at most 200 characters of the literal.
    let short = if repr.len() > 200 { repr.substring(py, 0, 200) } else { Ok(repr) };
    match short {
        Ok(r) => {
            value_error(py, format!("invalid literal for int() with base {base}: {}", r.to_string_lossy()))
        }
        Err(e) => e,
    }
}

fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | 9..=13)
}

/// Parses what `int()` accepts: spaces, sign, prefix (where the base allows it), digits with single underscores between. `None`: not
/// a number. Errors: `ValueError` for more decimal digits than allowed.
pub fn parse_text(py: Python, text: &[u8], base: u32) -> PyResult<Option<Py<PyInt>>> {
    let start = text.iter().position(|&b| !is_blank(b)).unwrap_or(text.len());
    let end = text.iter().rposition(|&b| !is_blank(b)).map_or(start, |i| i + 1);
    let mut s = &text[start..end];
    let negative = match s.first() {
        Some(b'-') => {
            s = &s[1..];
            true
        }
        Some(b'+') => {
            s = &s[1..];
            false
        }
        _ => false,
    };
    let Some((base, digits)) = strip_prefix(s, base) else { return Ok(None) };
    let mut clean = Vec::with_capacity(digits.len());
    let mut underscore = true;
    for &b in digits {
        if b == b'_' {
            if underscore {
                return Ok(None);
            }
            underscore = true;
            continue;
        }
        match (b as char).to_digit(36) {
            Some(d) if d < base => clean.push(b),
            _ => return Ok(None),
        }
        underscore = false;
    }
    if underscore {
        return Ok(None);
    }
    // Without a power of two as base, the time is more than linear: the limit applies.
    if !base.is_power_of_two() && clean.len() > THRESHOLD_DIGITS {
        let limit = limit(py);
        if limit > 0 && clean.len() > limit as usize {
            return Err(limit_exceeded(py, limit, Some(clean.len())));
        }
    }
    if base == 10
        && clean.len() > pylong::FROM_STRING
        && let Some(value) = pylong::from_decimal(py, digits)?
    {
        return if negative { PyInt::neg(py, &value).map(Some) } else { Ok(Some(value)) };
    }
    let mut v = 0u64;
    let mut fits = true;
    for &b in &clean {
        let d = (b as char).to_digit(36).unwrap_or(0) as u64;
        match v.checked_mul(base as u64).and_then(|v| v.checked_add(d)) {
            Some(next) => v = next,
            None => {
                fits = false;
                break;
            }
        }
    }
    if fits {
        let v = v as i128;
        return PyInt::from_i128(py, if negative { -v } else { v }).map(Some);
    }
    let Ok(value) =
        std::str::from_utf8(&clean).map_err(drop).and_then(|s| UBig::from_str_radix(s, base).map_err(drop))
    else {
        return Ok(None);
    };
    PyInt::from_ubig(py, negative, &value).map(Some)
}

/// The base and the digits behind a prefix such as `0x`. A prefix may be followed by an underscore.
fn strip_prefix(s: &[u8], base: u32) -> Option<(u32, &[u8])> {
    let of_prefix = match s {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    if of_prefix != 0 && (base == 0 || base == of_prefix) {
        let rest = &s[2..];
        return Some((of_prefix, rest.strip_prefix(b"_").unwrap_or(rest)));
    }
    if base != 0 {
        return Some((base, s));
    }
    // Zeros may be written in any number, but not before another digit: that looked like octal once.
    let zero_first = s.first() == Some(&b'0');
    let all_zero = s.iter().all(|&b| b == b'0' || b == b'_');
    if zero_first && !all_zero { None } else { Some((10, s)) }
}
