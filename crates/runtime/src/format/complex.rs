//! `complex.__format__`.

use super::double::{Flags, double_to_string};
use super::float::code_and_precision;
use super::layout::{Parts, compose, pad};
use super::spec::{Spec, unknown_code};
use crate::prelude::*;

/// `format(complex, spec)`.
pub fn format_complex(py: Python, value: &PyComplex, spec: &PyStr) -> PyResult<Py<PyStr>> {
    if spec.is_empty() {
        return value.as_object().str_(py);
    }
    let name = type_name(value);
    let s = Spec::parse(py, spec, name, 0, b'>')?;
    if !matches!(s.code_byte(), 0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n') {
        return Err(unknown_code(py, s.code, name));
    }
    if s.fill == b'0' as u32 {
        return Err(value_error(py, "Zero padding is not allowed in complex format specifier"));
    }
    if s.align == b'=' {
        return Err(value_error(py, "'=' alignment flag is not allowed in complex format specifier"));
    }
    let (code, precision) = code_and_precision(py, &s)?;
    // Without a type it looks like `str`: parentheses, and no real part that is a positive zero.
    let plain = s.code_byte() == 0;
    let skip_real = plain && value.real == 0.0 && value.real.is_sign_positive();
    let flags = Flags { alternate: s.alternate, no_neg_0: s.no_neg_0, ..Flags::default() };
    let mut part_spec = s.clone();
    (part_spec.fill, part_spec.align, part_spec.width) = (0, b'<', None);
    let part = |value: f64, spec: &Spec| {
        let text = double_to_string(value, code, precision, flags);
        let (head, body) = compose(spec, Parts::of_float(&text));
        head + &body
    };
    let mut out = String::new();
    if plain && !skip_real {
        out.push('(');
    }
    if !skip_real {
        out.push_str(&part(value.real, &part_spec));
        part_spec.sign = b'+';
    }
    out.push_str(&part(value.imag, &part_spec));
    out.push('j');
    if plain && !skip_real {
        out.push(')');
    }
    pad(py, &s, "", &out)
}
