//! Functions of one float, logarithms, rounding and neighbours.

use super::libm;
use macros::pymodule;
use runtime::prelude::*;

pub(super) fn domain(py: Python) -> Raised {
    value_error(py, "math domain error")
}

pub(super) fn range(py: Python) -> Raised {
    overflow_error(py, "math range error")
}

/// `message, got x`.
pub(super) fn unexpected(py: Python, message: &str, x: f64) -> Raised {
    match PyFloat::new(py, x).and_then(|f| f.repr(py)) {
        Ok(r) => value_error(py, format!("{message}, got {}", r.to_string_lossy())),
        Err(e) => e,
    }
}

/// A function that does not overflow: where it is not defined, the message tells what is.
pub(super) fn one(py: Python, f: fn(f64) -> f64, x: f64, message: &str) -> PyResult<f64> {
    let r = f(x);
    if (r.is_nan() && !x.is_nan()) || (r.is_infinite() && x.is_finite()) {
        return Err(unexpected(py, message, x));
    }
    Ok(r)
}

/// A function that is defined everywhere and may overflow.
fn growing(py: Python, f: fn(f64) -> f64, x: f64) -> PyResult<f64> {
    let r = f(x);
    if r.is_infinite() && x.is_finite() { Err(range(py)) } else { Ok(r) }
}

/// A function of two floats.
pub(super) fn two(py: Python, f: fn(f64, f64) -> f64, x: f64, y: f64) -> PyResult<f64> {
    let r = f(x, y);
    if r.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain(py));
    }
    if r.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(range(py));
    }
    Ok(r)
}

/// A logarithm of any positive number; of ints beyond the floats by their leading bits.
pub(super) fn logarithm(py: Python, x: &PyObject, f: fn(f64) -> f64) -> PyResult<f64> {
    let Some(i) = x.downcast::<PyInt>() else {
        let x = runtime::abstract_::number::as_f64(py, x)?;
        if x <= 0.0 {
            return Err(unexpected(py, "expected a positive input", x));
        }
        return Ok(f(x));
    };
    if i.is_negative() || i.is_zero() {
        return Err(value_error(py, "expected a positive input"));
    }
    let value = i.as_f64_lossy();
    if value.is_finite() {
        return Ok(f(value));
    }
    let (fraction, exponent) = i.frexp();
    Ok(large_log(f, fraction, exponent as f64))
}

fn large_log(f: fn(f64) -> f64, fraction: f64, exponent: f64) -> f64 {
    f(fraction) + f(2.0) * exponent
}

#[pymodule(part)]
pub mod functions {
    use super::{growing, libm, one};
    use runtime::prelude::*;

    /// Arc cosine in radians, 0 to pi.
    #[pyfunction]
    pub fn acos(py: Python, x: f64) -> PyResult<f64> {
        one(py, libm::acos, x, "expected a number in range from -1 up to 1")
    }

    /// Return the inverse hyperbolic cosine of x.
    #[pyfunction]
    pub fn acosh(py: Python, x: f64) -> PyResult<f64> {
        one(py, libm::acosh, x, "expected argument value not less than 1")
    }

    /// Arc sine in radians, -pi/2 to pi/2.
    #[pyfunction]
    pub fn asin(py: Python, x: f64) -> PyResult<f64> {
        one(py, libm::asin, x, "expected a number in range from -1 up to 1")
    }

    /// Return the inverse hyperbolic sine of x.
    #[pyfunction]
    pub fn asinh(_py: Python, x: f64) -> f64 {
        libm::asinh(x)
    }

    /// Arc tangent in radians, -pi/2 to pi/2.
    #[pyfunction]
    pub fn atan(_py: Python, x: f64) -> f64 {
        libm::atan(x)
    }

    /// Return the inverse hyperbolic tangent of x.
    #[pyfunction]
    pub fn atanh(py: Python, x: f64) -> PyResult<f64> {
        one(py, libm::atanh, x, "expected a number between -1 and 1")
    }

    /// Return the cube root of x.
    #[pyfunction]
    pub fn cbrt(_py: Python, x: f64) -> f64 {
        libm::cbrt(x)
    }

    /// Return the cosine of x (measured in radians).
    #[pyfunction]
    pub fn cos(py: Python, x: f64) -> PyResult<f64> {
        one(py, libm::cos, x, "expected a finite input")
    }

    /// Return the hyperbolic cosine of x.
    #[pyfunction]
    pub fn cosh(py: Python, x: f64) -> PyResult<f64> {
        growing(py, libm::cosh, x)
    }

    /// Error function at x.
    #[pyfunction]
    pub fn erf(_py: Python, x: f64) -> f64 {
        libm::erf(x)
    }

    /// Complementary error function at x.
    #[pyfunction]
    pub fn erfc(_py: Python, x: f64) -> f64 {
        libm::erfc(x)
    }

    /// Return e raised to the power of x.
    #[pyfunction]
    pub fn exp(py: Python, x: f64) -> PyResult<f64> {
        growing(py, libm::exp, x)
    }

    /// Return 2 raised to the power of x.
    #[pyfunction]
    pub fn exp2(py: Python, x: f64) -> PyResult<f64> {
        growing(py, libm::exp2, x)
    }

    /// exp(x) - 1, precise where x is small, too.
    #[pyfunction]
    pub fn expm1(py: Python, x: f64) -> PyResult<f64> {
        growing(py, libm::expm1, x)
    }

    /// log(1 + x), precise where x is small, too.
    #[pyfunction]
    pub fn log1p(py: Python, x: f64) -> PyResult<f64> {
        one(py, libm::log1p, x, "expected argument value > -1")
    }

    /// Return the sine of x (measured in radians).
    #[pyfunction]
    pub fn sin(py: Python, x: f64) -> PyResult<f64> {
        one(py, libm::sin, x, "expected a finite input")
    }

    /// Return the hyperbolic sine of x.
    #[pyfunction]
    pub fn sinh(py: Python, x: f64) -> PyResult<f64> {
        growing(py, libm::sinh, x)
    }

    /// Tangent of an angle in radians.
    #[pyfunction]
    pub fn tan(py: Python, x: f64) -> PyResult<f64> {
        one(py, libm::tan, x, "expected a finite input")
    }

    /// Return the hyperbolic tangent of x.
    #[pyfunction]
    pub fn tanh(_py: Python, x: f64) -> f64 {
        libm::tanh(x)
    }
}

/// What rounding methods of other types answer for; floats are rounded here.
fn rounded(py: Python, x: &PyObject, name: &PyStr, f: fn(f64) -> f64) -> PyResult {
    if !PyFloat::check_exact(x)
        && let Some(method) = x.lookup_special(py, name)?
    {
        return method.call0(py);
    }
    let x = runtime::abstract_::number::as_f64(py, x)?;
    Ok(PyInt::from_f64(py, f(x))?.into_object())
}

#[pymodule(part)]
pub mod rounding {
    use super::{libm, range, rounded};
    use runtime::prelude::*;

    /// The smallest integer that is not less than x (its __ceil__).
    #[pyfunction]
    pub fn ceil(py: Python, x: &PyObject) -> PyResult {
        rounded(py, x, intern!(py, "__ceil__"), f64::ceil)
    }

    /// The largest integer that is not more than x (its __floor__).
    #[pyfunction]
    pub fn floor(py: Python, x: &PyObject) -> PyResult {
        rounded(py, x, intern!(py, "__floor__"), f64::floor)
    }

    /// x without its fraction (its __trunc__).
    #[pyfunction]
    pub fn trunc(py: Python, x: &PyObject) -> PyResult {
        match x.lookup_special(py, intern!(py, "__trunc__"))? {
            Some(method) => method.call0(py),
            None => Err(type_error(py, format!("type {} doesn't define __trunc__ method", type_name(x)))),
        }
    }

    /// A pair (m, e) with x == m * 2**e and m from 0.5 up to 1 in magnitude; (0, 0) for zero.
    #[pyfunction]
    pub fn frexp(py: Python, x: f64) -> PyResult<Py<PyTuple>> {
        let (m, e) = if x == 0.0 || !x.is_finite() { (x, 0) } else { runtime::types::float::frexp(x) };
        PyTuple::new(py, [PyFloat::new(py, m)?.into_object(), PyInt::from_i64(py, e.into())?.into_object()])
    }

    /// x * 2**i: undoes frexp().
    #[pyfunction]
    pub fn ldexp(py: Python, x: f64, i: &PyObject) -> PyResult<f64> {
        let Some(i) = i.downcast::<PyInt>() else {
            return Err(type_error(py, "Expected an int as second argument to ldexp."));
        };
        if x == 0.0 || !x.is_finite() {
            return Ok(x);
        }
        let e = i.as_i64().unwrap_or(if i.is_negative() { i64::MIN } else { i64::MAX });
        if e < i32::MIN.into() {
            return Ok(0.0f64.copysign(x));
        }
        if e > i32::MAX.into() {
            return Err(range(py));
        }
        let r = runtime::types::float::ldexp(x, e);
        if r.is_infinite() { Err(range(py)) } else { Ok(r) }
    }

    /// Fraction and integer part of x as floats, both with its sign.
    #[pyfunction]
    pub fn modf(py: Python, x: f64) -> PyResult<Py<PyTuple>> {
        let (fraction, whole) = if x.is_infinite() {
            (0.0f64.copysign(x), x)
        } else if x.is_nan() {
            (x, x)
        } else {
            let whole = x.trunc();
            ((x - whole).copysign(x), whole)
        };
        PyTuple::new(py, [PyFloat::new(py, fraction)?.into_object(), PyFloat::new(py, whole)?.into_object()])
    }

    /// Is x an ordinary number, neither infinite nor a NaN?
    #[pyfunction]
    pub fn isfinite(_py: Python, x: f64) -> bool {
        x.is_finite()
    }

    /// Is x a NaN?
    #[pyfunction]
    pub fn isnan(_py: Python, x: f64) -> bool {
        x.is_nan()
    }

    /// Is x infinite, on either side?
    #[pyfunction]
    pub fn isinf(_py: Python, x: f64) -> bool {
        x.is_infinite()
    }

    /// Are two numbers about equal?
    ///
    ///   rel_tol
    ///     How far apart they may be, relative to the larger one
    ///   abs_tol
    ///     How far apart they may be at any rate
    ///
    /// They are if either tolerance allows it. A NaN is close to nothing, an infinity only to itself.
    #[pyfunction(sig = "(a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    pub fn isclose(py: Python, a: f64, b: f64, rel_tol: f64, abs_tol: f64) -> PyResult<bool> {
        if rel_tol < 0.0 || abs_tol < 0.0 {
            return Err(value_error(py, "tolerances must be non-negative"));
        }
        if a == b {
            return Ok(true);
        }
        if a.is_infinite() || b.is_infinite() {
            return Ok(false);
        }
        let diff = (b - a).abs();
        Ok(diff <= (rel_tol * b).abs() || diff <= (rel_tol * a).abs() || diff <= abs_tol)
    }

    /// The float that lies so many steps from x in the direction of y; one step if steps is not given.
    #[pyfunction(sig = "(x, y, /, *, steps=None)")]
    pub fn nextafter(py: Python, x: f64, y: f64, steps: Option<&PyObject>) -> PyResult<f64> {
        let Some(steps) = steps.filter(|s| !s.is_none()) else { return Ok(libm::nextafter(x, y)) };
        let steps = runtime::abstract_::number::index(py, steps)?;
        if steps.is_negative() {
            return Err(value_error(py, "steps must be a non-negative integer"));
        }
        let steps = steps.as_u64().unwrap_or(u64::MAX);
        if steps == 0 || x.is_nan() {
            return Ok(x);
        }
        if y.is_nan() || x == y {
            return Ok(y);
        }
        // Magnitudes are consecutive as integers; the sign is apart.
        const SIGN: u64 = 1 << 63;
        let (ux, uy) = (x.to_bits(), y.to_bits());
        let (ax, ay) = (ux & !SIGN, uy & !SIGN);
        let bits = if (ux ^ uy) & SIGN != 0 {
            match ax.checked_add(ay) {
                Some(distance) if distance <= steps => return Ok(y),
                _ if ax < steps => (uy & SIGN) | (steps - ax),
                _ => ux - steps,
            }
        } else if ax > ay {
            if ax - ay >= steps { ux - steps } else { return Ok(y) }
        } else if ay - ax >= steps {
            ux + steps
        } else {
            return Ok(y);
        };
        Ok(f64::from_bits(bits))
    }

    /// How far x is from the next float away from zero.
    #[pyfunction]
    pub fn ulp(_py: Python, x: f64) -> f64 {
        let x = x.abs();
        if !x.is_finite() {
            return x;
        }
        let above = libm::nextafter(x, f64::INFINITY);
        if above.is_infinite() { x - libm::nextafter(x, f64::NEG_INFINITY) } else { above - x }
    }
}
