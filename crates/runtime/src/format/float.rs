//! `float.__format__`.

use super::double::{Flags, double_to_string};
use super::layout::{Parts, compose, pad};
use super::spec::{Spec, unknown_code};
use crate::prelude::*;

/// `format(float, spec)`; `value` is an instance of `float` or of a subclass.
pub fn format_float(py: Python, value: &PyFloat, spec: &PyStr) -> PyResult<Py<PyStr>> {
    if spec.is_empty() {
        return value.as_object().str_(py);
    }
    let name = type_name(value);
    let s = Spec::parse(py, spec, name, 0, b'>')?;
    match s.code_byte() {
        0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n' | b'%' => format_value(py, value.value(), &s),
        _ => Err(unknown_code(py, s.code, name)),
    }
}

/// The code and precision that a specification means for a float.
pub(super) fn code_and_precision(py: Python, s: &Spec) -> PyResult<(u8, usize)> {
    let (code, default) = match s.code_byte() {
        0 => (b'r', 0),
        b'n' => (b'g', 6),
        b'%' => (b'f', 6),
        c => (c, 6),
    };
    match s.precision {
        None => Ok((code, default)),
        Some(p) if p > i32::MAX as usize => Err(value_error(py, "precision too big")),
        Some(p) => {
            room_for(py, p)?;
            Ok((if code == b'r' { b'g' } else { code }, p))
        }
    }
}

/// Is there memory for a text of about so many digits, in the few copies that layout makes? Errors: `MemoryError`.
pub fn room_for(py: Python, digits: usize) -> PyResult<()> {
    const SMALL: usize = 1 << 20;
    if digits <= SMALL {
        return Ok(());
    }
    let mut probe: Vec<u8> = Vec::new();
    probe.try_reserve_exact(digits.saturating_mul(4)).map_err(|_| memory_error(py))
}

pub(super) fn format_value(py: Python, value: f64, s: &Spec) -> PyResult<Py<PyStr>> {
    let (code, precision) = code_and_precision(py, s)?;
    let flags =
        Flags { sign: false, add_dot_0: s.code_byte() == 0, alternate: s.alternate, no_neg_0: s.no_neg_0 };
    let percent = s.code_byte() == b'%';
    let value = if percent { value * 100.0 } else { value };
    let mut text = double_to_string(value, code, precision, flags);
    if percent {
        text.push('%');
    }
    let (head, body) = compose(s, Parts::of_float(&text));
    pad(py, s, &head, &body)
}
