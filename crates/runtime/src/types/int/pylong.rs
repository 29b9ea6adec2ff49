//! `_pylong`: the library's functions for very large ints.
//!
//! Our own arithmetic is faster than they are and does their work. A program that put something else in their place is
//! heard: from the sizes on at which CPython calls them, so are we.

use super::PyInt;
use crate::prelude::*;
use crate::types::PyFunction;

/// Digits of an int from which on `int_to_decimal_string` converts it.
pub(super) const TO_STRING: usize = 1000;
/// Decimal digits from which on `int_from_string` reads them.
pub(super) const FROM_STRING: usize = 6000;

/// The function of `_pylong` with this name, if it is not the library's own.
fn replaced(py: Python, name: &PyStr) -> PyResult<Option<Py>> {
    let modules = crate::import::modules(py)?;
    let Some(module) = modules.get_str(py, intern!(py, "_pylong"))? else { return Ok(None) };
    let function = module.getattr_opt(py, name)?;
    Ok(function.filter(|f| !PyFunction::check_exact(f)))
}

/// `str(value)` by a replaced `int_to_decimal_string`.
pub(super) fn to_decimal(py: Python, value: &PyInt) -> PyResult<Option<String>> {
    let Some(f) = replaced(py, intern!(py, "int_to_decimal_string"))? else { return Ok(None) };
    match f.call1(py, value.as_object())?.downcast::<PyStr>() {
        Some(s) => Ok(Some(s.to_string_lossy())),
        None => Err(type_error(py, "_pylong.int_to_decimal_string did not return a str")),
    }
}

/// `int(digits)` by a replaced `int_from_string`.
pub(super) fn from_decimal(py: Python, digits: &[u8]) -> PyResult<Option<Py<PyInt>>> {
    let Some(f) = replaced(py, intern!(py, "int_from_string"))? else { return Ok(None) };
    let text = PyStr::from_latin1(py, digits)?;
    match f.call1(py, text.as_object())?.downcast_into::<PyInt>() {
        Ok(i) => Ok(Some(i)),
        Err(_) => Err(type_error(py, "_pylong.int_from_string did not return an int")),
    }
}

/// `divmod(a, b)` by a replaced `int_divmod`.
pub(super) fn divmod(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Option<(Py<PyInt>, Py<PyInt>)>> {
    // Where the quotient is short, the simple method is linear.
    if b.digit_count() <= 300 || a.digit_count().saturating_sub(b.digit_count()) <= 150 {
        return Ok(None);
    }
    let Some(f) = replaced(py, intern!(py, "int_divmod"))? else { return Ok(None) };
    let result = f.call(py, &[a.as_object(), b.as_object()])?;
    let Some(pair) = result.downcast::<PyTuple>() else {
        return Err(type_error(py, "tuple is required from int_divmod()"));
    };
    let [q, r] = pair.items() else {
        return Err(value_error(py, "tuple of length 2 is required from int_divmod()"));
    };
    match (q.downcast::<PyInt>(), r.downcast::<PyInt>()) {
        (Some(q), Some(r)) => Ok(Some((q.owned(), r.owned()))),
        _ => Err(type_error(py, "an int is required from int_divmod()")),
    }
}
