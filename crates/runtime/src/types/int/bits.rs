//! Shifts, `&`, `|`, `^`, `~` and counting bits. Negative numbers act as two's complement with endless leading ones.

use super::digits::{self, MASK, SHIFT};
use super::{MAX_DIGITS, PyInt};
use crate::prelude::*;

/// A bitwise operation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BitOp {
    And,
    Or,
    Xor,
}

impl PyInt {
    pub fn lshift(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
        if b.is_negative() {
            return Err(value_error(py, "negative shift count"));
        }
        if a.is_zero() {
            return Ok(PyInt::zero().owned());
        }
        match b.as_i64() {
            Some(n) => PyInt::shl(py, a, n as u64),
            None => Err(overflow_error(py, "too many digits in integer")),
        }
    }

    /// `a << bits`.
    pub fn shl(py: Python, a: &PyInt, bits: u64) -> PyResult<Py<PyInt>> {
        if a.is_compact() && bits <= 30 {
            return PyInt::from_i64(py, (a.compact_value() as i64) << bits);
        }
        let whole = bits / SHIFT as u64;
        let Some(n) = usize::try_from(whole).ok().and_then(|w| w.checked_add(a.digit_count() + 1)) else {
            return Err(overflow_error(py, "too many digits in integer"));
        };
        if n > MAX_DIGITS {
            return Err(overflow_error(py, "too many digits in integer"));
        }
        let new = PyInt::alloc(py, n)?;
        // SAFETY: made just now with `n` digits.
        digits::shift_left(unsafe { new.digits_mut(n) }, a.digits(), bits as usize);
        Ok(PyInt::finish(new, a.is_negative(), n))
    }

    pub fn rshift(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
        if b.is_negative() {
            return Err(value_error(py, "negative shift count"));
        }
        PyInt::shr(py, a, b.as_i64().map_or(u64::MAX, |n| n as u64))
    }

    /// `a >> bits`, rounding down.
    pub fn shr(py: Python, a: &PyInt, bits: u64) -> PyResult<Py<PyInt>> {
        if let Some(value) = a.as_i64() {
            return PyInt::from_i64(py, value >> bits.min(63));
        }
        let all = digits::bit_length(a.digits()) as u64;
        if bits >= all {
            return PyInt::from_i64(py, if a.is_negative() { -1 } else { 0 });
        }
        let bits = bits as usize;
        let n = a.digit_count() - bits / SHIFT as usize;
        let new = PyInt::alloc(py, n)?;
        // SAFETY: made just now with `n` digits.
        digits::shift_right(unsafe { new.digits_mut(n) }, a.digits(), bits);
        let new = PyInt::finish(new, a.is_negative(), n);
        if a.is_negative() && digits::any_low_bit(a.digits(), bits) {
            return PyInt::sub(py, &new, PyInt::one());
        }
        Ok(new)
    }

    pub fn invert(py: Python, a: &PyInt) -> PyResult<Py<PyInt>> {
        if a.is_compact() {
            return PyInt::from_i64(py, !(a.compact_value() as i64));
        }
        PyInt::neg(py, &*PyInt::add(py, a, PyInt::one())?)
    }

    pub fn bit_and(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
        PyInt::bitwise(py, a, b, BitOp::And)
    }

    pub fn bit_or(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
        PyInt::bitwise(py, a, b, BitOp::Or)
    }

    pub fn bit_xor(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
        PyInt::bitwise(py, a, b, BitOp::Xor)
    }

    #[inline]
    fn bitwise(py: Python, a: &PyInt, b: &PyInt, op: BitOp) -> PyResult<Py<PyInt>> {
        if let (Some(x), Some(y)) = (a.as_i64(), b.as_i64()) {
            return PyInt::from_i64(
                py,
                match op {
                    BitOp::And => x & y,
                    BitOp::Or => x | y,
                    BitOp::Xor => x ^ y,
                },
            );
        }
        PyInt::bitwise_large(py, a, b, op)
    }

    fn bitwise_large(py: Python, a: &PyInt, b: &PyInt, op: BitOp) -> PyResult<Py<PyInt>> {
        let apply = |x: u32, y: u32| match op {
            BitOp::And => x & y,
            BitOp::Or => x | y,
            BitOp::Xor => x ^ y,
        };
        let fill = |x: &PyInt| if x.is_negative() { MASK } else { 0 };
        let negative = apply(fill(a), fill(b)) != 0;
        let n = a.digit_count().max(b.digit_count()) + 1;
        let new = PyInt::alloc(py, n)?;
        // SAFETY: made just now with `n` digits.
        let out = unsafe { new.digits_mut(n) };
        for (o, (x, y)) in out.iter_mut().zip(Complement::new(a).zip(Complement::new(b))) {
            *o = apply(x, y);
        }
        if negative {
            // Back from two's complement to the magnitude.
            let mut carry = 1;
            for o in out {
                carry += *o ^ MASK;
                *o = carry & MASK;
                carry >>= SHIFT;
            }
        }
        Ok(PyInt::finish(new, negative, n))
    }

    /// Bits of the magnitude.
    pub fn bit_length(&self) -> usize {
        digits::bit_length(self.digits())
    }

    /// Ones in the magnitude.
    pub fn bit_count(&self) -> usize {
        self.digits().iter().map(|d| d.count_ones() as usize).sum()
    }
}

/// The digits of a number in two's complement, endless.
struct Complement<'a> {
    digits: std::slice::Iter<'a, u32>,
    negative: bool,
    carry: u32,
}

impl<'a> Complement<'a> {
    fn new(a: &'a PyInt) -> Self {
        Complement { digits: a.digits().iter(), negative: a.is_negative(), carry: 1 }
    }
}

impl Iterator for Complement<'_> {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        let d = self.digits.next().copied().unwrap_or(0);
        if !self.negative {
            return Some(d);
        }
        let d = (d ^ MASK) + self.carry;
        self.carry = d >> SHIFT;
        Some(d & MASK)
    }
}
