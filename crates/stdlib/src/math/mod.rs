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

/// Functions of real numbers, most of them those of C's math library.
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
    /// Logarithm of x, the natural one unless there is a base.
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

    /// The remainder as C computes it: with the sign of x, where x % y has that of y.
    #[pyfunction]
    pub fn fmod(py: Python, x: f64, y: f64) -> PyResult<f64> {
        if y.is_infinite() && x.is_finite() {
            return Ok(x);
        }
        let r = libm::fmod(x, y);
        if r.is_nan() && !x.is_nan() && !y.is_nan() { Err(domain(py)) } else { Ok(r) }
    }

    /// IEEE 754's remainder: how far x is from the nearest multiple of y, the even one if two are as near. Exact.
    #[pyfunction]
    pub fn remainder(py: Python, x: f64, y: f64) -> PyResult<f64> {
        two(py, libm::remainder, x, y)
    }

    /// Angle of the point (x, y) in radians; the signs of both say which quadrant it is in.
    #[pyfunction]
    pub fn atan2(py: Python, y: f64, x: f64) -> PyResult<f64> {
        two(py, libm::atan2, y, x)
    }

    /// The magnitude of x with the sign of y, which zeros have, too.
    #[pyfunction]
    pub fn copysign(_py: Python, x: f64, y: f64) -> f64 {
        x.copysign(y)
    }

    /// x * y + z, rounded once.
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

    /// Logarithm of the magnitude of gamma(x).
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
