//! `int.__format__`.

use super::float::format_value;
use super::layout::{Parts, compose, pad};
use super::spec::{Spec, unknown_code};
use crate::prelude::*;

/// `format(int, spec)`.
pub fn format_int(py: Python, value: &PyInt, spec: &PyStr) -> PyResult<Py<PyStr>> {
    if spec.is_empty() {
        return value.as_object().str_(py);
    }
    let name = type_name(value);
    let s = Spec::parse(py, spec, name, b'd', b'>')?;
    match s.code_byte() {
        b'b' | b'd' | b'o' | b'x' | b'X' | b'n' => digits(py, value, &s),
        b'c' => character(py, value, &s),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%' => format_value(py, value.to_f64(py)?, &s),
        _ => Err(unknown_code(py, s.code, name)),
    }
}

fn check(py: Python, s: &Spec) -> PyResult<()> {
    if s.precision.is_some() || s.fraction_grouping != super::spec::Grouping::None {
        return Err(value_error(py, "Precision not allowed in integer format specifier"));
    }
    if s.no_neg_0 {
        return Err(value_error(py, "Negative zero coercion (z) not allowed in integer format specifier"));
    }
    Ok(())
}

fn digits(py: Python, value: &PyInt, s: &Spec) -> PyResult<Py<PyStr>> {
    check(py, s)?;
    let (base, prefix) = match s.code_byte() {
        b'b' => (2, "0b"),
        b'o' => (8, "0o"),
        b'x' => (16, "0x"),
        b'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut text = if base == 10 { value.to_decimal(py)? } else { value.to_radix(base) };
    if s.code_byte() == b'X' {
        text.make_ascii_uppercase();
    }
    let parts = Parts {
        negative: value.is_negative(),
        prefix: if s.alternate { prefix } else { "" },
        whole: text.trim_start_matches('-'),
        ..Parts::default()
    };
    let (head, body) = compose(s, parts);
    pad(py, s, &head, &body)
}

fn character(py: Python, value: &PyInt, s: &Spec) -> PyResult<Py<PyStr>> {
    check(py, s)?;
    if s.sign != 0 {
        return Err(value_error(py, "Sign not allowed with integer format specifier 'c'"));
    }
    if s.alternate {
        return Err(value_error(py, "Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    let c = value.to_i64(py)?;
    let Some(c) = u32::try_from(c).ok().filter(|&c| c < 0x110000) else {
        return Err(overflow_error(py, "%c arg not in range(0x110000)"));
    };
    super::string::pad_chars(py, s, &[c])
}
