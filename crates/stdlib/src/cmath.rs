//! `cmath`: functions of complex numbers, by the C library, with Python's errors.

use crate::math::libm;
use runtime::args::{At, FromArg};
use runtime::prelude::*;
use runtime::types::complex::{Complex, Failure};
use runtime::types::exceptions::{PyExc_OverflowError_Type, PyExc_ValueError_Type};

/// A complex number as C passes it.
#[repr(C)]
#[derive(Clone, Copy)]
struct C99 {
    re: f64,
    im: f64,
}

/// Declares functions of `<complex.h>` and gives them Rust's number type.
macro_rules! c_functions {
    ($($name:ident)*) => {
        mod c {
            use super::C99;
            unsafe extern "C" { $(pub fn $name(z: C99) -> C99;)* }
        }
        $(fn $name(z: Complex) -> Complex {
            // SAFETY: pure functions; two doubles are passed and returned as C's complex is.
            let r = unsafe { c::$name(C99 { re: z.re, im: z.im }) };
            Complex { re: r.re, im: r.im }
        })*
    };
}
c_functions! { cacos cacosh casin casinh catan catanh ccosh cexp clog csinh csqrt ctanh }

fn domain(py: Python) -> Raised {
    raise(py, &PyExc_ValueError_Type, "math domain error")
}

fn range(py: Python) -> Raised {
    raise(py, &PyExc_OverflowError_Type, "math range error")
}

/// A complex parameter: anything that is a number.
pub struct Number(Complex);

impl<'a> FromArg<'a> for Number {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<Number> {
        let (re, im) = PyComplex::parts_of(py, o)?;
        Ok(Number(Complex { re, im }))
    }
}

fn object(py: Python, z: Complex) -> PyResult<Py<PyComplex>> {
    PyComplex::new(py, z.re, z.im)
}

fn is_finite(z: Complex) -> bool {
    z.re.is_finite() && z.im.is_finite()
}

/// A finite argument must not give an infinite result.
fn unless_overflow(py: Python, z: Complex, r: Complex) -> PyResult<Py<PyComplex>> {
    if is_finite(z) && r.is_infinite() { Err(range(py)) } else { object(py, r) }
}

/// i·z and -i·z.
fn times_i(z: Complex) -> Complex {
    Complex { re: -z.im, im: z.re }
}

fn over_i(z: Complex) -> Complex {
    Complex { re: z.im, im: -z.re }
}

fn cosh(py: Python, z: Complex) -> PyResult<Py<PyComplex>> {
    if z.im.is_infinite() && !z.re.is_nan() {
        return Err(domain(py));
    }
    unless_overflow(py, z, ccosh(z))
}

fn sinh(py: Python, z: Complex) -> PyResult<Complex> {
    if z.im.is_infinite() && !z.re.is_nan() {
        return Err(domain(py));
    }
    let r = csinh(z);
    if is_finite(z) && r.is_infinite() { Err(range(py)) } else { Ok(r) }
}

fn tanh(py: Python, z: Complex) -> PyResult<Complex> {
    if z.im.is_infinite() && z.re.is_finite() {
        return Err(domain(py));
    }
    Ok(ctanh(z))
}

fn log(py: Python, z: Complex) -> PyResult<Complex> {
    if z.re == 0.0 && z.im == 0.0 {
        return Err(domain(py));
    }
    Ok(clog(z))
}

fn atanh(py: Python, z: Complex) -> PyResult<Complex> {
    if z.im == 0.0 && z.re.abs() == 1.0 {
        return Err(domain(py));
    }
    Ok(catanh(z))
}

/// What `rect` gives when a coordinate is not finite.
fn rect_special(r: f64, phi: f64) -> Complex {
    let c = |re, im| Complex { re, im };
    if r.is_infinite() && phi.is_finite() && phi != 0.0 {
        let z = c(f64::INFINITY.copysign(libm::cos(phi)), f64::INFINITY.copysign(libm::sin(phi)));
        return if r > 0.0 { z } else { c(-z.re, -z.im) };
    }
    if phi == 0.0 {
        // Only the distance is not finite.
        return if r.is_nan() { c(r, 0.0) } else { c(r, if r > 0.0 { phi } else { -phi }) };
    }
    if r.is_nan() {
        return c(f64::NAN, f64::NAN);
    }
    if r.is_infinite() {
        return c(f64::INFINITY, f64::NAN);
    }
    if r == 0.0 { c(0.0, 0.0) } else { c(f64::NAN, f64::NAN) }
}

/// Mathematical functions of complex numbers.
#[pymodule(name = "cmath")]
pub mod cmath {
    use super::*;

    #[pyattr]
    pub const pi: f64 = std::f64::consts::PI;
    #[pyattr]
    pub const e: f64 = std::f64::consts::E;
    #[pyattr]
    pub const tau: f64 = std::f64::consts::TAU;
    #[pyattr]
    pub const inf: f64 = f64::INFINITY;
    #[pyattr]
    pub const nan: f64 = f64::NAN;

    #[pyattr]
    fn infj(py: Python) -> PyResult<Py<PyComplex>> {
        PyComplex::new(py, 0.0, f64::INFINITY)
    }

    #[pyattr]
    fn nanj(py: Python) -> PyResult<Py<PyComplex>> {
        PyComplex::new(py, 0.0, f64::NAN)
    }

    /// The arc cosine of z.
    #[pyfunction]
    fn acos(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        object(py, cacos(z.0))
    }

    /// The inverse hyperbolic cosine of z.
    #[pyfunction]
    fn acosh(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        object(py, cacosh(z.0))
    }

    /// The arc sine of z.
    #[pyfunction]
    fn asin(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        object(py, casin(z.0))
    }

    /// The inverse hyperbolic sine of z.
    #[pyfunction]
    fn asinh(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        object(py, casinh(z.0))
    }

    /// The arc tangent of z.
    #[pyfunction]
    fn atan(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        if z.0.re == 0.0 && z.0.im.abs() == 1.0 {
            return Err(domain(py));
        }
        object(py, catan(z.0))
    }

    /// The inverse hyperbolic tangent of z.
    #[pyfunction]
    fn atanh(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        object(py, super::atanh(py, z.0)?)
    }

    /// The cosine of z.
    #[pyfunction]
    fn cos(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        super::cosh(py, times_i(z.0))
    }

    /// The hyperbolic cosine of z.
    #[pyfunction]
    fn cosh(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        super::cosh(py, z.0)
    }

    /// e to the power of z.
    #[pyfunction]
    fn exp(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        let z = z.0;
        if z.im.is_infinite() && (z.re.is_finite() || z.re == f64::INFINITY) {
            return Err(domain(py));
        }
        unless_overflow(py, z, cexp(z))
    }

    /// The logarithm of z, to a base if one is given, else the natural one.
    #[pyfunction(sig = "(z, base=<unrepresentable>, /)")]
    fn log(py: Python, z: Number, base: Option<Number>) -> PyResult<Py<PyComplex>> {
        let x = super::log(py, z.0)?;
        let Some(b) = base else { return object(py, x) };
        let b = super::log(py, b.0)?;
        match x.over(b) {
            Ok(q) => object(py, q),
            Err(Failure::ZeroDivision) => Err(domain(py)),
            Err(Failure::Overflow) => Err(range(py)),
        }
    }

    /// The base-10 logarithm of z.
    #[pyfunction]
    fn log10(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        let r = super::log(py, z.0)?;
        let ten = std::f64::consts::LN_10;
        PyComplex::new(py, r.re / ten, r.im / ten)
    }

    /// The sine of z.
    #[pyfunction]
    fn sin(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        object(py, over_i(super::sinh(py, times_i(z.0))?))
    }

    /// The hyperbolic sine of z.
    #[pyfunction]
    fn sinh(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        object(py, super::sinh(py, z.0)?)
    }

    /// The square root of z.
    #[pyfunction]
    fn sqrt(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        object(py, csqrt(z.0))
    }

    /// The tangent of z.
    #[pyfunction]
    fn tan(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        object(py, over_i(super::tanh(py, times_i(z.0))?))
    }

    /// The hyperbolic tangent of z.
    #[pyfunction]
    fn tanh(py: Python, z: Number) -> PyResult<Py<PyComplex>> {
        object(py, super::tanh(py, z.0)?)
    }

    /// The argument (phase angle) of z.
    #[pyfunction]
    fn phase(z: Number) -> f64 {
        z.0.im.atan2(z.0.re)
    }

    /// The polar coordinates of z: distance from 0 and phase angle.
    #[pyfunction]
    fn polar(py: Python, z: Number) -> PyResult<Py<PyTuple>> {
        let r = z.0.abs().map_err(|_| range(py))?;
        let phi = z.0.im.atan2(z.0.re);
        PyTuple::new(py, [PyFloat::new(py, r)?.into_object(), PyFloat::new(py, phi)?.into_object()])
    }

    /// The complex number of polar coordinates.
    #[pyfunction]
    fn rect(py: Python, r: f64, phi: f64) -> PyResult<Py<PyComplex>> {
        if !r.is_finite() || !phi.is_finite() {
            if r != 0.0 && !r.is_nan() && phi.is_infinite() {
                return Err(domain(py));
            }
            return object(py, rect_special(r, phi));
        }
        if phi == 0.0 {
            return PyComplex::new(py, r, r * phi);
        }
        PyComplex::new(py, r * libm::cos(phi), r * libm::sin(phi))
    }

    /// Are both parts of z finite?
    #[pyfunction]
    fn isfinite(z: Number) -> bool {
        is_finite(z.0)
    }

    /// Is a part of z not a number?
    #[pyfunction]
    fn isnan(z: Number) -> bool {
        z.0.re.is_nan() || z.0.im.is_nan()
    }

    /// Is a part of z infinite?
    #[pyfunction]
    fn isinf(z: Number) -> bool {
        z.0.is_infinite()
    }

    /// Are two numbers near each other?
    ///
    /// Their distance may be rel_tol times the larger absolute value, or abs_tol. NaN is near nothing, an infinity only to itself.
    #[pyfunction(sig = "(a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(py: Python, a: Number, b: Number, rel_tol: f64, abs_tol: f64) -> PyResult<bool> {
        if rel_tol < 0.0 || abs_tol < 0.0 {
            return Err(value_error(py, "tolerances must be non-negative"));
        }
        let (a, b) = (a.0, b.0);
        if a.re == b.re && a.im == b.im {
            return Ok(true);
        }
        if a.is_infinite() || b.is_infinite() {
            return Ok(false);
        }
        let size = |z: Complex| z.re.hypot(z.im);
        let distance = size(Complex { re: a.re - b.re, im: a.im - b.im });
        Ok(distance <= rel_tol * size(b) || distance <= rel_tol * size(a) || distance <= abs_tol)
    }
}
