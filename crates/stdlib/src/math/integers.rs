//! Functions of whole numbers.

use dashu_int::UBig;
use dashu_int::ops::{Gcd, SquareRoot};
use macros::pymodule;
use runtime::abstract_::number;
use runtime::prelude::*;

/// The product of `base + lo` … `base + hi - 1`, by halves so that the factors are of one size.
fn rising_product(base: &UBig, lo: u64, hi: u64) -> UBig {
    if hi - lo <= 16 {
        return (lo..hi).fold(UBig::ONE, |p, i| p * (base + UBig::from(i)));
    }
    let mid = lo + (hi - lo) / 2;
    rising_product(base, lo, mid) * rising_product(base, mid, hi)
}

fn factorial_of(n: u64) -> UBig {
    rising_product(&UBig::ONE, 0, n)
}

/// The product of the `k` numbers that end with `n`.
fn falling(n: &UBig, k: u64) -> UBig {
    let first = n + UBig::ONE - UBig::from(k);
    rising_product(&first, 0, k)
}

fn whole(py: Python, i: UBig) -> PyResult<Py<PyInt>> {
    PyInt::from_ubig(py, false, &i)
}

fn non_negative(py: Python, o: &PyObject, name: &str) -> PyResult<Py<PyInt>> {
    let i = number::index(py, o)?;
    if i.is_negative() {
        return Err(value_error(py, format!("{name} must be a non-negative integer")));
    }
    Ok(i)
}

fn gcd_of(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
    if let (Some(a), Some(b)) = (a.as_i64(), b.as_i64()) {
        let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        return PyInt::from_u64(py, a);
    }
    if a.is_zero() {
        return PyInt::abs(py, b);
    }
    if b.is_zero() {
        return PyInt::abs(py, a);
    }
    whole(py, a.to_ubig().gcd(b.to_ubig()))
}

fn lcm_of(py: Python, a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
    if a.is_zero() || b.is_zero() {
        return Ok(PyInt::zero().owned());
    }
    let g = gcd_of(py, a, b)?;
    let part = PyInt::floor_div(py, a, &g)?;
    PyInt::abs(py, &*PyInt::mul(py, &part, b)?)
}

fn factorial_object(py: Python, n: &PyInt) -> PyResult<Py<PyInt>> {
    if n.is_negative() {
        return Err(value_error(py, "factorial() not defined for negative values"));
    }
    match n.as_i64() {
        Some(n) => whole(py, factorial_of(n as u64)),
        None => Err(overflow_error(py, format!("factorial() argument should not exceed {}", i64::MAX))),
    }
}

#[pymodule(part)]
pub mod whole_numbers {
    use super::*;

    /// Find n!.
    #[pyfunction]
    pub fn factorial(py: Python, n: &PyObject) -> PyResult<Py<PyInt>> {
        factorial_object(py, &*number::index(py, n)?)
    }

    /// Square root of an integer, rounded down.
    #[pyfunction]
    pub fn isqrt(py: Python, n: &PyObject) -> PyResult<Py<PyInt>> {
        let n = number::index(py, n)?;
        if n.is_negative() {
            return Err(value_error(py, "isqrt() argument must be nonnegative"));
        }
        match n.as_i64() {
            Some(n) => PyInt::from_u64(py, (n as u64).isqrt()),
            None => whole(py, n.to_ubig().sqrt()),
        }
    }

    /// Greatest Common Divisor.
    #[pyfunction(sig = "(*integers)")]
    pub fn gcd(py: Python, integers: &[&PyObject]) -> PyResult<Py<PyInt>> {
        let mut all = integers.iter();
        let Some(first) = all.next() else { return Ok(PyInt::zero().owned()) };
        let mut result = PyInt::abs(py, &*number::index(py, first)?)?;
        for i in all {
            result = gcd_of(py, &result, &*number::index(py, i)?)?;
        }
        Ok(result)
    }

    /// Least Common Multiple.
    #[pyfunction(sig = "(*integers)")]
    pub fn lcm(py: Python, integers: &[&PyObject]) -> PyResult<Py<PyInt>> {
        let mut all = integers.iter();
        let Some(first) = all.next() else { return Ok(PyInt::one().owned()) };
        let mut result = PyInt::abs(py, &*number::index(py, first)?)?;
        for i in all {
            result = lcm_of(py, &result, &*number::index(py, i)?)?;
        }
        Ok(result)
    }

    /// In how many ways k of n things can be picked when their order does not matter: the binomial coefficient.
    #[pyfunction]
    pub fn comb(py: Python, n: &PyObject, k: &PyObject) -> PyResult<Py<PyInt>> {
        let (n, k) = (number::index(py, n)?, number::index(py, k)?);
        let n = non_negative(py, &n, "n")?;
        let k = non_negative(py, &k, "k")?;
        if k.compare(&n).is_gt() {
            return Ok(PyInt::zero().owned());
        }
        let other = PyInt::sub(py, &n, &k)?;
        let k = if other.compare(&k).is_lt() { other } else { k };
        let Some(k) = k.as_i64() else {
            return Err(overflow_error(py, format!("min(n - k, k) must not exceed {}", i64::MAX)));
        };
        whole(py, falling(&n.to_ubig(), k as u64) / factorial_of(k as u64))
    }

    /// In how many ways k of n things, by default all, can be picked when their order matters.
    #[pyfunction(sig = "(n, k=None, /)")]
    pub fn perm(py: Python, n: &PyObject, k: Option<&PyObject>) -> PyResult<Py<PyInt>> {
        let Some(k) = k.filter(|k| !k.is_none()) else {
            return factorial_object(py, &*number::index(py, n)?);
        };
        let (n, k) = (number::index(py, n)?, number::index(py, k)?);
        let n = non_negative(py, &n, "n")?;
        let k = non_negative(py, &k, "k")?;
        if k.compare(&n).is_gt() {
            return Ok(PyInt::zero().owned());
        }
        let Some(k) = k.as_i64() else {
            return Err(overflow_error(py, format!("k must not exceed {}", i64::MAX)));
        };
        whole(py, falling(&n.to_ubig(), k as u64))
    }
}
