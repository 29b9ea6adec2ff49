//! `pow` with two and three arguments, and the modular inverse.

use super::PyInt;
use crate::prelude::*;
use dashu_int::UBig;
use dashu_int::fast_div::ConstDivisor;

/// Results of more bits are refused: they would not fit into any memory.
const HUGE_BITS: u64 = 1 << 38;

impl PyInt {
    /// `base ** exp` for `exp >= 0`.
    pub fn pow(py: Python, base: &PyInt, exp: &PyInt) -> PyResult<Py<PyInt>> {
        debug_assert!(!exp.is_negative());
        if exp.is_zero() {
            return Ok(PyInt::one().owned());
        }
        if base.is_compact() {
            match base.compact_value() {
                0 => return Ok(PyInt::zero().owned()),
                1 => return Ok(PyInt::one().owned()),
                -1 => return PyInt::from_i64(py, if exp.is_odd() { -1 } else { 1 }),
                _ => {}
            }
        }
        let Some(e) = exp.as_i64() else { return Err(memory_error(py)) };
        if let Ok(e) = u32::try_from(e)
            && let Some(v) = base.as_i64().and_then(|b| b.checked_pow(e))
        {
            return PyInt::from_i64(py, v);
        }
        if (base.bit_length() as u64 - 1).saturating_mul(e as u64) > HUGE_BITS {
            return Err(memory_error(py));
        }
        let negative = base.is_negative() && exp.is_odd();
        // A power of two in the base is a shift of the result.
        let zeros = base.trailing_zeros();
        if zeros + 1 == base.bit_length() {
            let one = PyInt::from_i64(py, if negative { -1 } else { 1 })?;
            return PyInt::shl(py, &one, zeros as u64 * e as u64);
        }
        let value = base.to_ubig().pow(e as usize);
        PyInt::from_ubig(py, negative, &value)
    }

    /// Zero bits below the lowest one.
    pub fn trailing_zeros(&self) -> usize {
        let d = self.digits();
        let i = d.iter().position(|&x| x != 0).unwrap_or(0);
        i * 30 + d.get(i).map_or(0, |x| x.trailing_zeros() as usize)
    }

    /// `pow(base, exp, modulus)`.
    pub fn pow_mod(py: Python, base: &PyInt, exp: &PyInt, modulus: &PyInt) -> PyResult<Py<PyInt>> {
        if modulus.is_zero() {
            return Err(value_error(py, "pow() 3rd argument cannot be 0"));
        }
        let m = PyInt::abs(py, modulus)?;
        if m.is_compact() && m.compact_value() == 1 {
            return Ok(PyInt::zero().owned());
        }
        let base = if exp.is_negative() { PyInt::inverse(py, base, &m)? } else { base.to_exact(py)? };
        let base = PyInt::modulo(py, &base, &m)?;
        let result = match m.as_i64() {
            Some(m) => PyInt::from_i64(
                py,
                small_pow_mod(base.as_i64().unwrap_or(0) as u64, exp.digits(), m as u64) as i64,
            )?,
            None => {
                let ring = ConstDivisor::new(m.to_ubig());
                let value = ring.reduce(base.to_ubig()).pow(&exp.to_ubig()).residue();
                PyInt::from_ubig(py, false, &value)?
            }
        };
        // The result has the modulus's sign.
        if modulus.is_negative() && !result.is_zero() { PyInt::add(py, &result, modulus) } else { Ok(result) }
    }

    /// The inverse of `a` modulo `m > 0`.
    fn inverse(py: Python, a: &PyInt, m: &PyInt) -> PyResult<Py<PyInt>> {
        let a = PyInt::modulo(py, a, m)?;
        let none = || value_error(py, "base is not invertible for the given modulus");
        if a.is_zero() {
            return Err(none());
        }
        let ring = ConstDivisor::new(m.to_ubig());
        match ring.reduce(a.to_ubig()).inv() {
            Some(i) => PyInt::from_ubig(py, false, &i.residue()),
            None => Err(none()),
        }
    }

    /// `10 ** n`.
    pub(super) fn power_of_ten(py: Python, n: usize) -> PyResult<Py<PyInt>> {
        PyInt::from_ubig(py, false, &UBig::from(10u8).pow(n))
    }
}

/// Square and multiply with a modulus below 2**63; the exponent as 30-bit digits.
fn small_pow_mod(mut base: u64, exp: &[u32], m: u64) -> u64 {
    let mul = |a: u64, b: u64| {
        if (a | b) >> 32 == 0 { a * b % m } else { (a as u128 * b as u128 % m as u128) as u64 }
    };
    let mut result = 1;
    for (i, &d) in exp.iter().enumerate() {
        let bits = if i + 1 == exp.len() { 32 - d.leading_zeros() } else { 30 };
        for bit in 0..bits {
            if d >> bit & 1 == 1 {
                result = mul(result, base);
            }
            base = mul(base, base);
        }
    }
    result
}
