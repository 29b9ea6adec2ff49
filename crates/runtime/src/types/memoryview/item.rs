//! Items of a buffer: single native format characters, to Python objects and back.

use crate::abstract_::number;
use crate::prelude::*;
use crate::types::{PyFloat, PyInt};

/// The format's character if it is a single native one, with an optional `@`.
pub fn native(format: &[u8]) -> Option<u8> {
    let c = match format {
        [c] | [b'@', c] => *c,
        _ => return None,
    };
    size(c).map(|_| c)
}

/// Bytes of a native format's item.
pub fn size(c: u8) -> Option<usize> {
    Some(match c {
        b'c' | b'b' | b'B' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    })
}

/// A half-precision number as a double.
pub fn half_to_f64(bits: u16) -> f64 {
    let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
    let exponent = (bits >> 10 & 0x1f) as i32;
    let fraction = (bits & 0x3ff) as f64;
    match exponent {
        0 => sign * fraction * (-24f64).exp2(),
        31 if fraction == 0.0 => sign * f64::INFINITY,
        31 => f64::from_bits((bits as u64 & 0x8000) << 48 | 0x7ff0 << 48 | (bits as u64 & 0x3ff) << 42),
        _ => sign * (1.0 + fraction / 1024.0) * ((exponent - 15) as f64).exp2(),
    }
}

/// A double as half-precision, rounded half to even; None if it is too large.
pub fn f64_to_half(x: f64) -> Option<u16> {
    let sign = if x.is_sign_negative() { 0x8000u16 } else { 0 };
    if x == 0.0 {
        return Some(sign);
    }
    if x.is_infinite() {
        return Some(sign | 0x7c00);
    }
    if x.is_nan() {
        let payload = (x.to_bits() >> 42 & 0x3ff) as u16;
        return Some(sign | 0x7c00 | if payload == 0 { 0x200 } else { payload });
    }
    let a = x.abs();
    let mut e = a.log2().floor() as i32;
    // The logarithm may be off by one near powers of two.
    if (e as f64).exp2() > a {
        e -= 1;
    } else if ((e + 1) as f64).exp2() <= a {
        e += 1;
    }
    if e >= 16 {
        return None;
    }
    // Scaling by powers of two is exact.
    let (scaled, base) = if e < -14 {
        (a * 24f64.exp2(), 0)
    } else {
        ((a * (-e as f64).exp2() - 1.0) * 1024.0, (e + 15) << 10)
    };
    let rounded = scaled.round_ties_even() as i32 + base;
    if rounded >= 0x7c00 { None } else { Some(sign | rounded as u16) }
}

macro_rules! read {
    ($p:expr, $t:ty) => {
        // SAFETY: the caller's promise; alignment is not assumed.
        unsafe { ($p as *const $t).read_unaligned() }
    };
}

/// A machine value of an item.
#[derive(Clone, Copy)]
pub enum Value {
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Bool(bool),
    Char(u8),
}

/// Reads an item of a native format.
///
/// # Safety
/// `p` points to `size(c)` readable bytes.
pub unsafe fn read(c: u8, p: *const u8) -> Option<Value> {
    Some(match c {
        b'b' => Value::Signed(read!(p, i8) as i64),
        b'h' => Value::Signed(read!(p, i16) as i64),
        b'i' => Value::Signed(read!(p, i32) as i64),
        b'l' | b'q' | b'n' => Value::Signed(read!(p, i64)),
        b'B' => Value::Unsigned(read!(p, u8) as u64),
        b'H' => Value::Unsigned(read!(p, u16) as u64),
        b'I' => Value::Unsigned(read!(p, u32) as u64),
        b'L' | b'Q' | b'N' | b'P' => Value::Unsigned(read!(p, u64)),
        b'f' => Value::Float(read!(p, f32) as f64),
        b'd' => Value::Float(read!(p, f64)),
        b'e' => Value::Float(half_to_f64(read!(p, u16))),
        b'?' => Value::Bool(read!(p, u8) != 0),
        b'c' => Value::Char(read!(p, u8)),
        _ => return None,
    })
}

/// An item as a Python object.
///
/// # Safety
/// As [`read`].
pub unsafe fn unpack(py: Python, c: u8, p: *const u8) -> PyResult {
    // SAFETY: the caller's promise.
    match unsafe { read(c, p) } {
        Some(Value::Signed(v)) => Ok(PyInt::from_i64(py, v)?.into_object()),
        Some(Value::Unsigned(v)) => Ok(PyInt::from_u64(py, v)?.into_object()),
        Some(Value::Float(v)) => Ok(PyFloat::new(py, v)?.into_object()),
        Some(Value::Bool(v)) => Ok(py_bool(v).as_object().owned()),
        Some(Value::Char(b)) => Ok(PyBytes::new(py, &[b])?.into_object()),
        None => Err(not_implemented_error(py, format!("memoryview: format {} not supported", c as char))),
    }
}

fn bad_value(py: Python, c: u8) -> Raised {
    value_error(py, format!("memoryview: invalid value for format '{}'", c as char))
}

fn bad_type(py: Python, c: u8) -> Raised {
    type_error(py, format!("memoryview: invalid type for format '{}'", c as char))
}

/// The errors of a conversion in this module's words.
fn reworded(py: Python, c: u8, e: Raised) -> Raised {
    if matches(py, &exceptions::PyExc_TypeError_Type) {
        drop(fetch(py, e));
        return bad_type(py, c);
    }
    if matches(py, &exceptions::PyExc_OverflowError_Type) || matches(py, &exceptions::PyExc_ValueError_Type) {
        drop(fetch(py, e));
        return bad_value(py, c);
    }
    e
}

/// A Python object as the bytes of an item. May run Python code.
///
/// Errors: `TypeError` and `ValueError` naming the format.
pub fn pack(py: Python, c: u8, value: &PyObject) -> PyResult<([u8; 8], usize)> {
    let mut out = [0u8; 8];
    let n = size(c).unwrap_or(0);
    match c {
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => {
            let i = integer(py, c, value)?;
            let v = i.as_i64().ok_or_else(|| bad_value(py, c))?;
            let bits = 64 - 8 * n as u32;
            if v << bits >> bits != v {
                return Err(bad_value(py, c));
            }
            out = v.to_le_bytes();
        }
        b'B' | b'H' | b'I' | b'L' | b'Q' | b'N' | b'P' => {
            let i = integer(py, c, value)?;
            let v = i.to_u64(py).map_err(|e| reworded(py, c, e))?;
            if n < 8 && v >> (8 * n) != 0 {
                return Err(bad_value(py, c));
            }
            out = v.to_le_bytes();
        }
        b'f' | b'd' | b'e' => {
            let x = number::as_f64(py, value).map_err(|e| reworded(py, c, e))?;
            match c {
                b'd' => out = x.to_le_bytes(),
                b'f' => out[..4].copy_from_slice(&(x as f32).to_le_bytes()),
                _ => {
                    let h = f64_to_half(x).ok_or_else(|| bad_value(py, c))?;
                    out[..2].copy_from_slice(&h.to_le_bytes());
                }
            }
        }
        b'?' => out[0] = value.is_true(py)? as u8,
        b'c' => match value.downcast::<PyBytes>().map(PyBytes::as_bytes) {
            None => return Err(bad_type(py, c)),
            Some([b]) => out[0] = *b,
            Some(_) => return Err(bad_value(py, c)),
        },
        _ => {
            return Err(not_implemented_error(py, format!("memoryview: format {} not supported", c as char)));
        }
    }
    Ok((out, n))
}

fn integer(py: Python, c: u8, value: &PyObject) -> PyResult<Py<PyInt>> {
    number::index(py, value).map_err(|e| reworded(py, c, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves() {
        for bits in 0..=0xffffu16 {
            let x = half_to_f64(bits);
            if !x.is_nan() {
                assert_eq!(f64_to_half(x), Some(bits), "{x}");
            }
        }
        assert_eq!(f64_to_half(65520.0), None);
        assert_eq!(f64_to_half(65519.9), Some(0x7bff));
        assert_eq!(f64_to_half(2f64.powi(-25)), Some(0));
        assert_eq!(f64_to_half(2f64.powi(-25) * 1.0001), Some(1));
    }
}
