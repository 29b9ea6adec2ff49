//! Arithmetic and comparison of floats.

use super::PyFloat;
use crate::prelude::*;
use std::cmp::Ordering;

/// A float or an int as a float. `None`: neither. Errors: `OverflowError`.
#[inline]
pub(super) fn operand(py: Python, o: &PyObject) -> PyResult<Option<f64>> {
    if let Some(f) = o.downcast::<PyFloat>() {
        return Ok(Some(f.value()));
    }
    match o.downcast::<PyInt>() {
        Some(i) => i.to_f64(py).map(Some),
        None => Ok(None),
    }
}

#[cold]
fn by_zero(py: Python) -> Raised {
    zero_division_error(py, "division by zero")
}

/// `a / b`.
#[inline]
pub(super) fn true_div(py: Python, a: f64, b: f64) -> PyResult<f64> {
    if b == 0.0 { Err(by_zero(py)) } else { Ok(a / b) }
}

/// `a // b` and `a % b` for `b` not zero. The remainder has the divisor's sign, and their sum is exact as far as floats go.
fn floor_parts(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut q = (a - rest) / b;
    if rest != 0.0 {
        if (b < 0.0) != (rest < 0.0) {
            rest += b;
            q -= 1.0;
        }
    } else {
        rest = 0f64.copysign(b);
    }
    let floor = if q != 0.0 {
        let f = q.floor();
        if q - f > 0.5 { f + 1.0 } else { f }
    } else {
        0f64.copysign(a / b)
    };
    (floor, rest)
}

/// `divmod(a, b)`.
pub fn divmod(py: Python, a: f64, b: f64) -> PyResult<(f64, f64)> {
    if b == 0.0 { Err(by_zero(py)) } else { Ok(floor_parts(a, b)) }
}

/// `a // b`.
pub fn floor_div(py: Python, a: f64, b: f64) -> PyResult<f64> {
    Ok(divmod(py, a, b)?.0)
}

/// `a % b`.
pub fn remainder(py: Python, a: f64, b: f64) -> PyResult<f64> {
    if b == 0.0 {
        return Err(by_zero(py));
    }
    let rest = a % b;
    if rest == 0.0 {
        return Ok(0f64.copysign(b));
    }
    Ok(if (b < 0.0) != (rest < 0.0) { rest + b } else { rest })
}

/// `a ** b`: a float, or a complex number for a negative base and a broken exponent.
pub fn pow(py: Python, a: f64, b: f64) -> PyResult {
    let float = |v: f64| PyFloat::new(py, v).map(Py::into_object);
    if b == 0.0 {
        return float(1.0);
    }
    if a.is_nan() {
        return float(a);
    }
    if b.is_nan() {
        return float(if a == 1.0 { 1.0 } else { b });
    }
    let odd = b.abs() % 2.0 == 1.0;
    if b.is_infinite() {
        let a = a.abs();
        return float(if a == 1.0 {
            1.0
        } else if (b > 0.0) == (a > 1.0) {
            b.abs()
        } else {
            0.0
        });
    }
    if a.is_infinite() {
        let signed = if odd { a } else { a.abs() };
        return float(if b > 0.0 { signed } else { if odd { 0f64.copysign(a) } else { 0.0 } });
    }
    if a == 0.0 {
        if b < 0.0 {
            return Err(zero_division_error(py, "zero to a negative power"));
        }
        return float(if odd { a } else { 0.0 });
    }
    let mut base = a;
    let mut negate = false;
    if a < 0.0 {
        if b != b.floor() {
            let (a, b) = (PyComplex::new(py, a, 0.0)?, PyComplex::new(py, b, 0.0)?);
            return crate::abstract_::number::power(py, &a, &b, none());
        }
        base = -a;
        negate = odd;
    }
    if base == 1.0 {
        return float(if negate { -1.0 } else { 1.0 });
    }
    let value = base.powf(b);
    if value.is_infinite() {
        return Err(out_of_range(py));
    }
    float(if negate { -value } else { value })
}

/// `OverflowError(34, 'Numerical result out of range')`, what C's `ERANGE` becomes.
#[cold]
fn out_of_range(py: Python) -> Raised {
    let args = (|| {
        let code = PyInt::from_i64(py, libc::ERANGE as i64)?.into_object();
        PyTuple::new(py, [code, PyStr::new(py, "Numerical result out of range")?.into_object()])
    })();
    match args {
        Ok(a) => raise_with(py, &exceptions::PyExc_OverflowError_Type, &a),
        Err(e) => e,
    }
}

/// Orders a float and a float or int exactly. `None` in the outer place: another type; in the inner one: a NaN.
pub fn compare(a: f64, other: &PyObject) -> Option<Option<Ordering>> {
    if let Some(f) = other.downcast::<PyFloat>() {
        return Some(a.partial_cmp(&f.value()));
    }
    let i = other.downcast::<PyInt>()?;
    Some(compare_int(a, i))
}

fn compare_int(a: f64, i: &PyInt) -> Option<Ordering> {
    if a.is_nan() {
        return None;
    }
    if a.is_infinite() {
        return Some(if a > 0.0 { Ordering::Greater } else { Ordering::Less });
    }
    const EXACT: u64 = 1 << 53;
    if let Some(v) = i.as_i64()
        && v.unsigned_abs() <= EXACT
    {
        return a.partial_cmp(&(v as f64));
    }
    let sign = if a > 0.0 {
        1
    } else if a < 0.0 {
        -1
    } else {
        0
    };
    if sign != i.sign() {
        return Some(sign.cmp(&i.sign()));
    }
    // Same sign, neither zero: the number of bits before the point decides, and then the whole part, which is exact.
    let (_, e) = super::frexp(a);
    let magnitude = match (e.max(0) as usize).cmp(&i.bit_length()) {
        Ordering::Equal => compare_bits(a.abs(), i),
        different => different,
    };
    Some(if sign < 0 { magnitude.reverse() } else { magnitude })
}

/// Orders `a >= 1` and the magnitude of an int with as many bits before the point.
fn compare_bits(a: f64, i: &PyInt) -> Ordering {
    // The int has at least 53 bits, so the float is whole.
    let bits = a.to_bits();
    let mantissa = (bits & ((1 << 52) - 1)) | 1 << 52;
    let shift = i.bit_length() - 53;
    let mut top = [0u32; 3];
    crate::types::int::digits::shift_right(&mut top, i.digits(), shift);
    let high = top[0] as u64 | (top[1] as u64) << 30;
    mantissa.cmp(&high).then_with(|| {
        if crate::types::int::digits::any_low_bit(i.digits(), shift) {
            Ordering::Less
        } else {
            Ordering::Equal
        }
    })
}
