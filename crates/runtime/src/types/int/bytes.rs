//! Ints as bytes: `to_bytes`, `from_bytes`, and what C extensions and `struct` need of the same kind.

use super::PyInt;
use super::digits::{self, MASK, SHIFT};
use crate::prelude::*;

impl PyInt {
    /// Writes the value as bytes in two's complement, little endian unless `big`. Errors: `OverflowError` when it does not fit or
    /// when it is negative and not `signed` (`_PyLong_AsByteArray`).
    pub fn write_bytes(&self, py: Python, out: &mut [u8], big: bool, signed: bool) -> PyResult<()> {
        if self.is_negative() && !signed {
            return Err(overflow_error(py, "can't convert negative int to unsigned"));
        }
        let mut carry = 1u64;
        let (mut bits, mut have) = (0u64, 0u32);
        let mut rest = self.digits().iter();
        let n = out.len();
        for i in 0..n {
            if have < 8 {
                let d = rest.next().copied().unwrap_or(0) as u64;
                let d = if self.is_negative() {
                    let d = (d ^ MASK as u64) + carry;
                    carry = d >> SHIFT;
                    d & MASK as u64
                } else {
                    d
                };
                bits |= d << have;
                have += SHIFT;
            }
            out[if big { n - 1 - i } else { i }] = bits as u8;
            bits >>= 8;
            have -= 8;
        }
        let magnitude = digits::bit_length(self.digits());
        // In two's complement a sign bit is needed, but a negative power of two is its own.
        let power = self.is_negative() && self.trailing_zeros() + 1 == magnitude;
        let needed = magnitude + usize::from(signed && !self.is_zero() && !power);
        let too_big = needed > n.saturating_mul(8);
        if too_big { Err(overflow_error(py, "int too big to convert")) } else { Ok(()) }
    }

    /// The int that the bytes stand for.
    pub fn from_byte_slice(py: Python, bytes: &[u8], big: bool, signed: bool) -> PyResult<Py<PyInt>> {
        let top = if big { bytes.first() } else { bytes.last() };
        let negative = signed && top.is_some_and(|b| b & 0x80 != 0);
        let n = (bytes.len() * 8).div_ceil(SHIFT as usize);
        let new = PyInt::alloc(py, n)?;
        // SAFETY: made just now with `n` digits.
        let out = unsafe { new.digits_mut(n) };
        let (mut bits, mut have, mut at, mut carry) = (0u64, 0u32, 0, 1u64);
        for i in 0..bytes.len() {
            let mut b = bytes[if big { bytes.len() - 1 - i } else { i }] as u64;
            if negative {
                b = (b ^ 0xff) + carry;
                carry = b >> 8;
                b &= 0xff;
            }
            bits |= b << have;
            have += 8;
            if have >= SHIFT {
                out[at] = bits as u32 & MASK;
                at += 1;
                bits >>= SHIFT;
                have -= SHIFT;
            }
        }
        if let Some(o) = out.get_mut(at) {
            *o = bits as u32 & MASK;
        }
        Ok(PyInt::finish(new, negative, n))
    }
}
