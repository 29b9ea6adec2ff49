//! Division, all kinds: floor division and remainder, to a float, to the nearest.

use super::PyInt;
use super::{digits, pylong};
use crate::prelude::*;
use dashu_int::UBig;
use dashu_int::ops::DivRem;

#[cold]
fn by_zero(py: Python) -> Raised {
    zero_division_error(py, "division by zero")
}

/// Both operands of a division as machine words, if they fit and the quotient does.
#[inline]
fn words(a: &PyInt, b: &PyInt) -> Option<(i64, i64)> {
    let (x, y) = (a.as_i64()?, b.as_i64()?);
    if y == 0 || y == -1 { None } else { Some((x, y)) }
}

/// Quotient and remainder, rounding down. `y` is neither 0 nor -1.
#[inline]
fn floor_i64(x: i64, y: i64) -> (i64, i64) {
    let (q, r) = (x / y, x % y);
    if r != 0 && (r < 0) != (y < 0) { (q - 1, r + y) } else { (q, r) }
}

/// Below so many digits of quotient or divisor the school method divides.
const SCHOOL_DIGITS: usize = 40;

impl PyInt {
    /// `a // b` and `a % b`.
    pub fn divmod(py: Python, a: &PyInt, b: &PyInt) -> PyResult<(Py<PyInt>, Py<PyInt>)> {
        if b.is_zero() {
            return Err(by_zero(py));
        }
        if let Some((x, y)) = words(a, b) {
            let (q, r) = floor_i64(x, y);
            return Ok((PyInt::from_i64(py, q)?, PyInt::from_i64(py, r)?));
        }
        if let (Some(x), Some(y)) = (a.as_i128(), b.as_i128()) {
            let (q, r) = floor_i128(x, y);
            return Ok((PyInt::from_i128(py, q)?, PyInt::from_i128(py, r)?));
        }
        if let Some(replaced) = pylong::divmod(py, a, b)? {
            return Ok(replaced);
        }
        PyInt::floor_large(py, a, b)
    }

    #[inline]
    pub fn floor_div(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
        if a.is_compact() && b.is_compact() && !b.is_zero() {
            let (x, y) = (a.compact_value() as i64, b.compact_value() as i64);
            let q = x / y;
            return PyInt::from_i64(py, if x % y != 0 && (x < 0) != (y < 0) { q - 1 } else { q });
        }
        if let Some((x, y)) = words(a, b) {
            return PyInt::from_i64(py, floor_i64(x, y).0);
        }
        Ok(PyInt::divmod(py, a, b)?.0)
    }

    #[inline]
    pub fn modulo(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
        if a.is_compact() && b.is_compact() && !b.is_zero() {
            let (x, y) = (a.compact_value() as i64, b.compact_value() as i64);
            let r = x % y;
            return PyInt::from_i64(py, if r != 0 && (r < 0) != (y < 0) { r + y } else { r });
        }
        if let Some((x, y)) = words(a, b) {
            return PyInt::from_i64(py, floor_i64(x, y).1);
        }
        if b.is_zero() {
            return Err(by_zero(py));
        }
        if b.is_compact() {
            // The remainder alone needs no quotient.
            let y = b.compact_value() as i64;
            let r = digits::rem_small(a.digits(), y.unsigned_abs() as u32) as i64;
            let r = if a.is_negative() { -r } else { r };
            return PyInt::from_i64(py, if r != 0 && (r < 0) != (y < 0) { r + y } else { r });
        }
        Ok(PyInt::divmod(py, a, b)?.1)
    }

    /// Quotient and remainder of the magnitudes.
    fn trunc_large(py: Python, a: &PyInt, b: &PyInt) -> PyResult<(Py<PyInt>, Py<PyInt>)> {
        let (x, y) = (a.digits(), b.digits());
        if digits::compare(x, y).is_lt() {
            return Ok((PyInt::zero().owned(), PyInt::abs(py, a)?));
        }
        if let [y] = y {
            let q = PyInt::from_digits(py, false, x)?;
            // SAFETY: a copy made just now, with more than one digit, so not a static.
            let r = digits::div_small(unsafe { q.digits_mut(x.len()) }, *y);
            return Ok((PyInt::finish(q, false, x.len()), PyInt::from_compact(py, r as i64)?));
        }
        let n = x.len() + 1 - y.len();
        if n.min(y.len()) < SCHOOL_DIGITS {
            return PyInt::div_school(py, x, y);
        }
        let (q, r) = a.to_ubig().div_rem(b.to_ubig());
        Ok((PyInt::from_ubig(py, false, &q)?, PyInt::from_ubig(py, false, &r)?))
    }

    /// Divides by at least two digits, digit by digit.
    fn div_school(py: Python, x: &[u32], y: &[u32]) -> PyResult<(Py<PyInt>, Py<PyInt>)> {
        let shift = y.last().map_or(0, |top| top.leading_zeros() - 2);
        let mut v = vec![0; y.len()];
        digits::shift_left_into(&mut v, y, shift);
        let (n, m) = (x.len() + 1 - y.len(), x.len() + 1);
        let (q, r) = (PyInt::alloc(py, n)?, PyInt::alloc(py, m)?);
        // SAFETY: made just now with so many digits.
        let u = unsafe { r.digits_mut(m) };
        digits::shift_left_into(u, x, shift);
        // SAFETY: as above.
        digits::div_school(unsafe { q.digits_mut(n) }, u, &v);
        digits::shift_right_small(u, shift);
        Ok((PyInt::finish(q, false, n), PyInt::finish(r, false, m)))
    }

    fn floor_large(py: Python, a: &PyInt, b: &PyInt) -> PyResult<(Py<PyInt>, Py<PyInt>)> {
        let (q, r) = PyInt::trunc_large(py, a, b)?;
        let differ = a.is_negative() != b.is_negative();
        let q = if differ { PyInt::neg(py, &q)? } else { q };
        let r = if a.is_negative() { PyInt::neg(py, &r)? } else { r };
        if !r.is_zero() && differ {
            return Ok((PyInt::sub(py, &q, PyInt::one())?, PyInt::add(py, &r, b)?));
        }
        Ok((q, r))
    }

    /// The integer nearest to `a / b`, ties to even, and `a` less that times `b` (`_PyLong_DivmodNear`).
    pub fn divmod_near(py: Python, a: &PyInt, b: &PyInt) -> PyResult<(Py<PyInt>, Py<PyInt>)> {
        let (q, r) = PyInt::divmod(py, a, b)?;
        let twice = PyInt::add(py, &r, &r)?;
        let order = twice.compare(b);
        let order = if b.is_negative() { order.reverse() } else { order };
        if order.is_gt() || order.is_eq() && q.is_odd() {
            return Ok((PyInt::add(py, &q, PyInt::one())?, PyInt::sub(py, &r, b)?));
        }
        Ok((q, r))
    }

    pub fn is_odd(&self) -> bool {
        self.digits().first().is_some_and(|d| d & 1 != 0)
    }

    /// `a / b`, correctly rounded.
    pub fn true_div(py: Python, a: &PyInt, b: &PyInt) -> PyResult<f64> {
        if b.is_zero() {
            return Err(by_zero(py));
        }
        if let (Some(x), Some(y)) = (a.as_i64(), b.as_i64()) {
            const EXACT: u64 = 1 << 53;
            if x.unsigned_abs() <= EXACT && y.unsigned_abs() <= EXACT {
                return Ok(x as f64 / y as f64);
            }
        }
        let negative = a.is_negative() != b.is_negative();
        if a.is_zero() {
            return Ok(if negative { -0.0 } else { 0.0 });
        }
        let (bits_a, bits_b) = (digits::bit_length(a.digits()) as i64, digits::bit_length(b.digits()) as i64);
        let diff = bits_a - bits_b;
        let overflow = || overflow_error(py, "integer division result too large for a float");
        if diff > 1025 {
            return Err(overflow());
        }
        if diff < -1080 {
            return Ok(if negative { -0.0 } else { 0.0 });
        }
        // A quotient of 56 to 66 bits, with all that is below it gathered in its last bit.
        let shift = 64 - diff;
        let (x, y) = (a.to_ubig(), b.to_ubig());
        let (x, y) = if shift >= 0 { (x << shift as usize, y) } else { (x, y << (-shift) as usize) };
        let (q, r): (UBig, UBig) = x.div_rem(y);
        let q = u128::try_from(&q).unwrap_or(u128::MAX) | u128::from(!r.is_zero());
        let value = scale_rounded(q, -shift);
        if value.is_infinite() {
            return Err(overflow());
        }
        Ok(if negative { -value } else { value })
    }
}

/// `q * 2**e`, rounded once (ties to even); the lowest bit of `q` stands for everything below it.
pub(super) fn scale_rounded(q: u128, e: i64) -> f64 {
    if q == 0 {
        return 0.0;
    }
    let bits = 128 - q.leading_zeros() as i64;
    // The exponent of the last bit that a float of this size has.
    let last = (bits + e - 53).max(-1074);
    let drop = last - e;
    let kept = if drop <= 0 {
        // Few enough bits: exact.
        return exact_scale(q as f64, e);
    } else if drop >= 128 {
        0
    } else {
        let kept = q >> drop;
        let rest = q & ((1 << drop) - 1);
        let half = 1u128 << (drop - 1);
        kept + u128::from(rest > half || rest == half && kept & 1 == 1)
    };
    exact_scale(kept as f64, last)
}

/// `x * 2**e`, where that is exact or infinite.
fn exact_scale(mut x: f64, mut e: i64) -> f64 {
    while e > 1000 {
        x *= 2f64.powi(1000);
        e -= 1000;
        if x.is_infinite() {
            return x;
        }
    }
    while e < -1000 {
        x *= 2f64.powi(-1000);
        e += 1000;
    }
    x * 2f64.powi(e as i32)
}

fn floor_i128(x: i128, y: i128) -> (i128, i128) {
    let (q, r) = match (i64::try_from(x), i64::try_from(y)) {
        // 64-bit division is much faster.
        (Ok(x), Ok(y)) if x != i64::MIN => ((x / y) as i128, (x % y) as i128),
        _ => (x / y, x % y),
    };
    if r != 0 && (r < 0) != (y < 0) { (q - 1, r + y) } else { (q, r) }
}
