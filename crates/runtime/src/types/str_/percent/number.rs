//! Numbers under `%` conversions, as text.

use super::Spec;
use crate::abstract_::number;
use crate::prelude::*;
use crate::types::{PyFloat, PyInt};

/// The text of an integer conversion (`d i u o x X`): sign, prefix if `#` asks for one, digits.
///
/// Errors: `TypeError` for values that are no number.
pub fn integer_text(py: Python, spec: &Spec, value: &PyObject) -> PyResult<String> {
    let code = char::from_u32(spec.code).unwrap_or('d');
    let int = as_integer(py, code, value)?;
    let radix = match code {
        'x' | 'X' => 16,
        'o' => 8,
        _ => 10,
    };
    let plain = match (int.as_i64(), radix) {
        (Some(v), 10) => v.to_string(),
        (_, 10) => int.to_decimal(py)?,
        (_, 8) => int.to_radix(8),
        _ => int.to_radix(16),
    };
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(d) => ("-", d),
        None => ("", &*plain),
    };
    if spec.precision > i32::MAX - 3 {
        return Err(overflow_error(py, "precision too large"));
    }
    let precision = usize::try_from(spec.precision).unwrap_or(0);
    let zeros = precision.saturating_sub(digits.len());
    let mut text = String::new();
    if text.try_reserve(zeros.saturating_add(digits.len() + 3)).is_err() {
        return Err(memory_error(py));
    }
    text.push_str(sign);
    if spec.alternate && radix != 10 {
        text.push('0');
        text.push(code);
    }
    text.extend(std::iter::repeat_n('0', zeros));
    match code {
        'X' => text.extend(digits.chars().map(|c| c.to_ascii_uppercase())),
        _ => text.push_str(digits),
    }
    Ok(text)
}

fn as_integer(py: Python, code: char, value: &PyObject) -> PyResult<Py<PyInt>> {
    if let Some(i) = value.downcast::<PyInt>() {
        return Ok(i.owned());
    }
    let exact = matches!(code, 'x' | 'X' | 'o');
    let wrong = || {
        let what = if exact { "an integer" } else { "a real number" };
        type_error(py, format!("%{code} format: {what} is required, not {}", tp_name(value)))
    };
    if !number::is_number(value) {
        return Err(wrong());
    }
    let converted = if exact { number::index(py, value) } else { number::long(py, value) };
    converted.or_else(|e| {
        drop(catch(py, e, &exceptions::PyExc_TypeError_Type)?);
        Err(wrong())
    })
}

/// The text of a float conversion (`e E f F g G`).
///
/// Errors: `TypeError` for values that are no real number.
pub fn float_text(py: Python, spec: &Spec, value: &PyObject) -> PyResult<String> {
    let x = match value.downcast::<PyFloat>() {
        Some(f) => f.value(),
        None => number::as_f64(py, value)?,
    };
    if spec.precision >= MAX_PRECISION {
        return Err(value_error(py, "precision too big"));
    }
    let precision = usize::try_from(spec.precision).unwrap_or(6);
    let code = spec.code as u8;
    let mut text = String::new();
    if text.try_reserve(precision.saturating_add(330)).is_err() {
        return Err(memory_error(py));
    }
    if x.is_nan() {
        text.push_str("nan");
    } else if x.is_infinite() {
        text.push_str(if x < 0.0 { "-inf" } else { "inf" });
    } else {
        match code.to_ascii_lowercase() {
            b'e' => exponent(&mut text, x, precision, spec.alternate),
            b'g' => general(&mut text, x, precision.max(1), spec.alternate),
            _ => fixed(&mut text, x, precision, spec.alternate),
        }
    }
    if code.is_ascii_uppercase() {
        text.make_ascii_uppercase();
    }
    Ok(text)
}

/// From here on a float's precision is refused, so that its digits can be counted in an `int`.
const MAX_PRECISION: i32 = i32::MAX - 1023;

/// More digits than any double has after the point; what is asked beyond them is zeros.
const MOST: usize = 1100;

fn fixed(out: &mut String, x: f64, precision: usize, point: bool) {
    use std::fmt::Write;
    let p = precision.min(MOST);
    let _ = write!(out, "{x:.p$}");
    out.extend(std::iter::repeat_n('0', precision - p));
    if point && precision == 0 {
        out.push('.');
    }
}

/// Mantissa digits and exponent of `x` rounded to `digits` significant digits.
fn scientific(x: f64, digits: usize) -> (String, i32) {
    let p = (digits - 1).min(MOST);
    let text = format!("{x:.p$e}");
    let (mantissa, exp) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.to_owned(), exp.parse().unwrap_or(0))
}

fn exponent(out: &mut String, x: f64, precision: usize, point: bool) {
    let (mantissa, exp) = scientific(x, precision + 1);
    out.push_str(&mantissa);
    out.extend(std::iter::repeat_n('0', precision - precision.min(MOST)));
    if point && precision == 0 {
        out.push('.');
    }
    push_exponent(out, exp);
}

fn push_exponent(out: &mut String, exp: i32) {
    use std::fmt::Write;
    let _ = write!(out, "e{}{:02}", if exp < 0 { '-' } else { '+' }, exp.abs());
}

fn general(out: &mut String, x: f64, precision: usize, keep_zeros: bool) {
    let (mantissa, exp) = scientific(x, precision);
    let start = out.len();
    let small = exp < -4 || exp >= i32::try_from(precision).unwrap_or(i32::MAX);
    if small {
        out.push_str(&mantissa);
    } else {
        let decimals = (precision as i64 - 1 - exp as i64).max(0) as usize;
        fixed(out, x, decimals, keep_zeros);
    }
    if keep_zeros {
        if small {
            if !mantissa.contains('.') && precision == 1 {
                out.push('.');
            }
            out.extend(std::iter::repeat_n('0', (precision - 1) - (precision - 1).min(MOST)));
        }
    } else if out[start..].contains('.') {
        let kept = out.trim_end_matches('0').trim_end_matches('.').len();
        out.truncate(kept);
    }
    if small {
        push_exponent(out, exp);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn g(x: f64, p: usize, alt: bool) -> String {
        let mut s = String::new();
        general(&mut s, x, p, alt);
        s
    }

    #[test]
    fn floats() {
        assert_eq!(g(1e100, 6, false), "1e+100");
        assert_eq!(g(1.0, 6, true), "1.00000");
        assert_eq!(g(1.0, 1, true), "1.");
        assert_eq!(g(100000.0, 6, false), "100000");
        assert_eq!(g(1000000.0, 6, false), "1e+06");
        assert_eq!(g(0.0001, 6, false), "0.0001");
        assert_eq!(g(999999.5, 6, false), "1e+06");
        assert_eq!(g(0.0, 6, false), "0");
        assert_eq!(g(-0.0, 6, false), "-0");
        assert_eq!(g(1e10, 1, true), "1.e+10");
        let mut s = String::new();
        exponent(&mut s, 12345.678, 6, false);
        assert_eq!(s, "1.234568e+04");
    }
}
