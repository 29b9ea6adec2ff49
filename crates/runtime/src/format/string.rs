//! `str.__format__`.

use super::layout::MAX_PADDING;
use super::spec::{Spec, unknown_code};
use crate::prelude::*;

/// `format(str, spec)`.
pub fn format_str(py: Python, value: &PyStr, spec: &PyStr) -> PyResult<Py<PyStr>> {
    if spec.is_empty() {
        return if PyStr::check_exact(value) { Ok(value.owned()) } else { value.as_object().str_(py) };
    }
    let name = type_name(value);
    let s = Spec::parse(py, spec, name, b's', b'<')?;
    if s.code_byte() != b's' {
        return Err(unknown_code(py, s.code, name));
    }
    let refused = match s.sign {
        b' ' => "Space not allowed in string format specifier",
        b'+' | b'-' => "Sign not allowed in string format specifier",
        _ if s.no_neg_0 => "Negative zero coercion (z) not allowed in string format specifier",
        _ if s.alternate => "Alternate form (#) not allowed in string format specifier",
        _ if s.align == b'=' => "'=' alignment not allowed in string format specifier",
        _ => "",
    };
    if !refused.is_empty() {
        return Err(value_error(py, refused));
    }
    let shown = s.precision.unwrap_or(usize::MAX).min(value.len());
    let text = if shown < value.len() { value.substring(py, 0, shown)? } else { value.owned() };
    let padding = padding(py, &s, shown)?;
    let mut out = StrBuilder::new();
    out.push_repeated(s.fill, padding.0);
    out.push_pystr(&text);
    out.push_repeated(s.fill, padding.1);
    out.finish(py)
}

/// Fill characters on the left and on the right of text of some length.
fn padding(py: Python, s: &Spec, len: usize) -> PyResult<(usize, usize)> {
    let n = s.width.unwrap_or(0).saturating_sub(len);
    if n > MAX_PADDING {
        return Err(memory_error(py));
    }
    Ok(match s.align {
        b'<' => (0, n),
        b'^' => (n / 2, n - n / 2),
        _ => (n, 0),
    })
}

/// Padded characters.
pub(super) fn pad_chars(py: Python, s: &Spec, chars: &[u32]) -> PyResult<Py<PyStr>> {
    let (left, right) = padding(py, s, chars.len())?;
    let mut out = StrBuilder::new();
    out.push_repeated(s.fill, left);
    for &c in chars {
        out.push_char(c);
    }
    out.push_repeated(s.fill, right);
    out.finish(py)
}
