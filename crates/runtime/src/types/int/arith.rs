//! Addition, subtraction, multiplication, negation.

use super::digits;
use super::{MAX_DIGITS, PyInt};
use crate::prelude::*;

/// Factors of fewer digits than this are multiplied by the school method.
const SCHOOL_DIGITS: usize = 40;
/// Results of more digits are refused: they would not fit into any memory.
const HUGE_DIGITS: usize = 1 << 33;

impl PyInt {
    #[inline]
    pub fn add(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
        if a.is_compact() && b.is_compact() {
            return PyInt::from_i64(py, a.compact_value() as i64 + b.compact_value() as i64);
        }
        PyInt::add_large(py, a, b, false)
    }

    #[inline]
    pub fn sub(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
        if a.is_compact() && b.is_compact() {
            return PyInt::from_i64(py, a.compact_value() as i64 - b.compact_value() as i64);
        }
        PyInt::add_large(py, a, b, true)
    }

    /// `a + b`, or `a - b`.
    fn add_large(py: Python, a: &PyInt, b: &PyInt, subtract: bool) -> PyResult<Py<PyInt>> {
        if let (Some(x), Some(y)) = (a.as_i128(), b.as_i128()) {
            return PyInt::from_i128(py, if subtract { x - y } else { x + y });
        }
        let (na, nb) = (a.is_negative(), b.is_negative() != subtract);
        let (x, y) = (a.digits(), b.digits());
        if na == nb {
            let n = x.len().max(y.len()) + 1;
            let new = PyInt::alloc(py, n)?;
            // SAFETY: made just now with `n` digits.
            digits::add(unsafe { new.digits_mut(n) }, x, y);
            return Ok(PyInt::finish(new, na, n));
        }
        let (x, y, negative) = if digits::compare(x, y).is_ge() { (x, y, na) } else { (y, x, nb) };
        let new = PyInt::alloc(py, x.len())?;
        // SAFETY: made just now with that many digits.
        digits::sub(unsafe { new.digits_mut(x.len()) }, x, y);
        Ok(PyInt::finish(new, negative, x.len()))
    }

    #[inline]
    pub fn mul(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
        if a.is_compact() && b.is_compact() {
            return PyInt::from_i64(py, a.compact_value() as i64 * b.compact_value() as i64);
        }
        PyInt::mul_large(py, a, b)
    }

    fn mul_large(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
        let (x, y) = (a.digits(), b.digits());
        if x.len() + y.len() <= 4
            && let (Some(x), Some(y)) = (a.as_i128(), b.as_i128())
        {
            return PyInt::from_i128(py, x * y);
        }
        let negative = a.sign() * b.sign() < 0;
        let n = x.len() + y.len();
        if n > HUGE_DIGITS.min(MAX_DIGITS) {
            return Err(memory_error(py));
        }
        let (short, long) = if x.len() < y.len() { (x, y) } else { (y, x) };
        if short.len() < SCHOOL_DIGITS {
            let new = PyInt::alloc(py, n)?;
            // SAFETY: made just now with `n` digits.
            digits::mul(unsafe { new.digits_mut(n) }, short, long);
            return Ok(PyInt::finish(new, negative, n));
        }
        let product = if std::ptr::eq(a, b) { a.to_ubig().sqr() } else { a.to_ubig() * b.to_ubig() };
        PyInt::from_ubig(py, negative, &product)
    }

    pub fn neg(py: Python, a: &PyInt) -> PyResult<Py<PyInt>> {
        if a.is_compact() {
            return PyInt::from_compact(py, -(a.compact_value() as i64));
        }
        PyInt::from_digits(py, !a.is_negative(), a.digits())
    }

    pub fn abs(py: Python, a: &PyInt) -> PyResult<Py<PyInt>> {
        if a.is_negative() { PyInt::neg(py, a) } else { a.to_exact(py) }
    }
}
