//! `math`.

mod elementary;
mod gamma;
mod integers;
pub(crate) mod libm;
mod sums;

use elementary::*;
use integers::*;
use macros::pymodule;
use runtime::prelude::*;
use sums::*;

/// This module provides access to the mathematical functions
/// defined by the C standard.
#[pymodule(name = "math", parts(functions, rounding, whole_numbers, vectors))]
pub mod math {
    use super::{domain, libm, logarithm, one, range, two};
    use runtime::prelude::*;

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

    /// log(x, [base=math.e])
    /// Return the logarithm of x to the given base.
    ///
    /// If the base is not specified, returns the natural logarithm (base e) of x.
    #[pyfunction(raw, nosig)]
    pub fn log(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        runtime::args::no_keywords(py, "math.log", kwnames)?;
        runtime::args::check_positional(py, "log", args.len(), 1, 2)?;
        let num = PyFloat::new(py, logarithm(py, args[0], libm::log)?)?;
        match args.get(1) {
            None => Ok(num.into_object()),
            Some(b) => {
                let den = PyFloat::new(py, logarithm(py, b, libm::log)?)?;
                runtime::abstract_::number::true_divide(py, &num, &den)
            }
        }
    }

    /// Return the base 2 logarithm of x.
    #[pyfunction]
    pub fn log2(py: Python, x: &PyObject) -> PyResult<f64> {
        logarithm(py, x, libm::log2)
    }

    /// Return the base 10 logarithm of x.
    #[pyfunction]
    pub fn log10(py: Python, x: &PyObject) -> PyResult<f64> {
        logarithm(py, x, libm::log10)
    }

    /// Return x**y (x to the power of y).
    #[pyfunction]
    pub fn pow(py: Python, x: f64, y: f64) -> PyResult<f64> {
        let r = libm::pow(x, y);
        if x.is_finite() && y.is_finite() {
            if r.is_nan() || (r.is_infinite() && x == 0.0) {
                return Err(domain(py));
            }
            if r.is_infinite() {
                return Err(range(py));
            }
        }
        Ok(r)
    }

    /// Return fmod(x, y), according to platform C.
    ///
    /// x % y may differ.
    #[pyfunction]
    pub fn fmod(py: Python, x: f64, y: f64) -> PyResult<f64> {
        if y.is_infinite() && x.is_finite() {
            return Ok(x);
        }
        let r = libm::fmod(x, y);
        if r.is_nan() && !x.is_nan() && !y.is_nan() { Err(domain(py)) } else { Ok(r) }
    }

    /// Difference between x and the closest integer multiple of y.
    ///
    /// Return x - n*y where n*y is the closest integer multiple of y.
    /// In the case where x is exactly halfway between two multiples of
    /// y, the nearest even value of n is used. The result is always exact.
    #[pyfunction]
    pub fn remainder(py: Python, x: f64, y: f64) -> PyResult<f64> {
        two(py, libm::remainder, x, y)
    }

    /// Return the arc tangent (measured in radians) of y/x.
    ///
    /// Unlike atan(y/x), the signs of both x and y are considered.
    #[pyfunction]
    pub fn atan2(py: Python, y: f64, x: f64) -> PyResult<f64> {
        two(py, libm::atan2, y, x)
    }

    /// Return a float with the magnitude (absolute value) of x but the sign of y.
    ///
    /// On platforms that support signed zeros, copysign(1.0, -0.0)
    /// returns -1.0.
    #[pyfunction]
    pub fn copysign(_py: Python, x: f64, y: f64) -> f64 {
        x.copysign(y)
    }

    /// Fused multiply-add operation.
    ///
    /// Compute (x * y) + z with a single round.
    #[pyfunction]
    pub fn fma(py: Python, x: f64, y: f64, z: f64) -> PyResult<f64> {
        let r = libm::fma(x, y, z);
        if r.is_nan() {
            if !x.is_nan() && !y.is_nan() && !z.is_nan() {
                return Err(value_error(py, "invalid operation in fma"));
            }
        } else if r.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
            return Err(overflow_error(py, "overflow in fma"));
        }
        Ok(r)
    }

    /// Return the absolute value of the float x.
    #[pyfunction]
    pub fn fabs(_py: Python, x: f64) -> f64 {
        x.abs()
    }

    /// Gamma function at x.
    #[pyfunction]
    pub fn gamma(py: Python, x: f64) -> PyResult<f64> {
        super::gamma::checked(py, x, super::gamma::gamma)
    }

    /// Natural logarithm of absolute value of Gamma function at x.
    #[pyfunction]
    pub fn lgamma(py: Python, x: f64) -> PyResult<f64> {
        super::gamma::checked(py, x, super::gamma::lgamma)
    }

    /// Convert angle x from radians to degrees.
    #[pyfunction]
    pub fn degrees(_py: Python, x: f64) -> f64 {
        x * (180.0 / std::f64::consts::PI)
    }

    /// Convert angle x from degrees to radians.
    #[pyfunction]
    pub fn radians(_py: Python, x: f64) -> f64 {
        x * (std::f64::consts::PI / 180.0)
    }

    /// Return the square root of x.
    #[pyfunction]
    pub fn sqrt(py: Python, x: f64) -> PyResult<f64> {
        one(py, libm::sqrt, x, "expected a nonnegative input")
    }
}
