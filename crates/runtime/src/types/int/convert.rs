//! From ints to machine numbers and back.

use super::PyInt;
use super::digits::{self, SHIFT};
use super::divide::scale_rounded;
use crate::prelude::*;

#[cold]
fn too_large(py: Python, c_type: &str) -> Raised {
    overflow_error(py, format!("Python int too large to convert to {c_type}"))
}

/// An int object as a machine number (`PyLong_AsSsize_t`); `__index__` is not asked.
pub fn to_ssize(py: Python, o: &PyObject) -> PyResult<isize> {
    match o.downcast::<PyInt>() {
        Some(i) => i.to_isize(py),
        None => Err(type_error(py, "an integer is required")),
    }
}

/// The same where a number too large becomes the largest or smallest one.
pub fn to_ssize_clamped(i: &PyInt) -> isize {
    match i.as_i64() {
        Some(v) => v as isize,
        None if i.is_negative() => isize::MIN,
        None => isize::MAX,
    }
}

impl PyInt {
    /// `PyLong_AsLong`.
    pub fn to_i64(&self, py: Python) -> PyResult<i64> {
        self.as_i64().ok_or_else(|| too_large(py, "C long"))
    }

    /// `PyLong_AsSsize_t`.
    pub fn to_isize(&self, py: Python) -> PyResult<isize> {
        self.as_i64().map(|v| v as isize).ok_or_else(|| too_large(py, "C ssize_t"))
    }

    /// `PyLong_AsInt`.
    pub fn to_i32(&self, py: Python) -> PyResult<i32> {
        self.as_i64().and_then(|v| i32::try_from(v).ok()).ok_or_else(|| too_large(py, "C int"))
    }

    /// The value, if it is not negative and fits.
    pub fn as_u64(&self) -> Option<u64> {
        if self.is_negative() { None } else { self.as_i128().and_then(|v| u64::try_from(v).ok()) }
    }

    /// `PyLong_AsUnsignedLong`.
    pub fn to_u64(&self, py: Python) -> PyResult<u64> {
        if self.is_negative() {
            return Err(overflow_error(py, "can't convert negative value to unsigned int"));
        }
        self.as_u64().ok_or_else(|| too_large(py, "C unsigned long"))
    }

    /// `PyLong_AsSize_t`.
    pub fn to_usize(&self, py: Python) -> PyResult<usize> {
        if self.is_negative() {
            return Err(overflow_error(py, "can't convert negative value to size_t"));
        }
        self.as_u64().map(|v| v as usize).ok_or_else(|| too_large(py, "C size_t"))
    }

    /// The low 64 bits in two's complement (`PyLong_AsUnsignedLongLongMask`).
    pub fn low_u64(&self) -> u64 {
        let mut v = 0u64;
        for &d in self.digits().iter().take(3).rev() {
            v = v << SHIFT | d as u64;
        }
        if self.is_negative() { v.wrapping_neg() } else { v }
    }

    /// The nearest float (`PyLong_AsDouble`). Errors: `OverflowError`.
    #[inline]
    pub fn to_f64(&self, py: Python) -> PyResult<f64> {
        if self.is_compact() {
            return Ok(self.compact_value() as f64);
        }
        let v = self.as_f64_lossy();
        if v.is_infinite() { Err(overflow_error(py, "int too large to convert to float")) } else { Ok(v) }
    }

    /// The nearest float, infinite when it is out of range.
    pub fn as_f64_lossy(&self) -> f64 {
        let d = self.digits();
        let v = if let Some(v) = self.as_i64() {
            return v as f64;
        } else {
            let bits = digits::bit_length(d);
            if bits > 1024 {
                f64::INFINITY
            } else {
                let drop = bits.saturating_sub(64);
                let mut top = [0u32; 3];
                digits::shift_right(&mut top, d, drop);
                let q = top[0] as u128 | (top[1] as u128) << SHIFT | (top[2] as u128) << (2 * SHIFT);
                scale_rounded(q << 1 | u128::from(digits::any_low_bit(d, drop)), drop as i64 - 1)
            }
        };
        if self.is_negative() { -v } else { v }
    }

    /// Mantissa in `0.5..1` and exponent of the value, rounded to a float's precision (`_PyLong_Frexp`).
    pub fn frexp(&self) -> (f64, i64) {
        let d = self.digits();
        let bits = digits::bit_length(d);
        if bits == 0 {
            return (0.0, 0);
        }
        let (drop, lift) = (bits.saturating_sub(64), 64usize.saturating_sub(bits));
        let mut top = [0u32; 3];
        digits::shift_right(&mut top, d, drop);
        let q = (top[0] as u128 | (top[1] as u128) << SHIFT | (top[2] as u128) << (2 * SHIFT)) << lift;
        let x = scale_rounded(q << 1 | u128::from(digits::any_low_bit(d, drop)), -65);
        let (x, e) = if x == 1.0 { (0.5, bits as i64 + 1) } else { (x, bits as i64) };
        (if self.is_negative() { -x } else { x }, e)
    }

    /// The whole part of a float. Errors: `OverflowError` for infinities, `ValueError` for NaN.
    pub fn from_f64(py: Python, value: f64) -> PyResult<Py<PyInt>> {
        if value.is_nan() {
            return Err(value_error(py, "cannot convert float NaN to integer"));
        }
        if value.is_infinite() {
            return Err(overflow_error(py, "cannot convert float infinity to integer"));
        }
        const LIMIT: f64 = 9223372036854775808.0;
        if value.abs() < LIMIT {
            return PyInt::from_i64(py, value as i64);
        }
        let bits = value.to_bits();
        let exponent = (bits >> 52 & 0x7ff) as i64 - 1075;
        let mantissa = (bits & ((1 << 52) - 1)) | 1 << 52;
        let m = PyInt::from_i64(py, if value < 0.0 { -(mantissa as i64) } else { mantissa as i64 })?;
        PyInt::shl(py, &m, exponent as u64)
    }
}
