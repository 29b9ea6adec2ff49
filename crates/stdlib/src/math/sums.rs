//! Exact and compensated sums: `fsum`, `sumprod`, `hypot`, `dist`, `prod`.

use super::libm;
use macros::pymodule;
use runtime::abstract_::number;
use runtime::prelude::*;

/// An unevaluated sum of two floats.
#[derive(Clone, Copy)]
struct Double {
    hi: f64,
    lo: f64,
}

/// Exact when |a| >= |b|.
fn fast_sum(a: f64, b: f64) -> Double {
    let hi = a + b;
    Double { hi, lo: (a - hi) + b }
}

/// Exact.
fn exact_sum(a: f64, b: f64) -> Double {
    let hi = a + b;
    let z = hi - a;
    Double { hi, lo: (a - (hi - z)) + (b - z) }
}

/// Exact.
fn exact_product(a: f64, b: f64) -> Double {
    let hi = a * b;
    Double { hi, lo: libm::fma(a, b, -hi) }
}

/// An unevaluated sum of three floats.
#[derive(Clone, Copy, Default)]
struct Triple {
    hi: f64,
    lo: f64,
    tiny: f64,
}

impl Triple {
    fn plus_product(self, x: f64, y: f64) -> Triple {
        let p = exact_product(x, y);
        let s = exact_sum(self.hi, p.hi);
        let r1 = exact_sum(self.lo, p.lo);
        let r2 = exact_sum(r1.hi, s.lo);
        Triple { hi: s.hi, lo: r2.hi, tiny: self.tiny + r1.lo + r2.lo }
    }

    fn value(self) -> f64 {
        let last = exact_sum(self.lo, self.hi);
        self.tiny + last.lo + last.hi
    }
}

/// The length of a vector of non-negative coordinates, `max` the largest.
fn vector_norm(v: &mut [f64], max: f64, found_nan: bool) -> f64 {
    if max.is_infinite() {
        return max;
    }
    if found_nan {
        return f64::NAN;
    }
    if max == 0.0 || v.len() <= 1 {
        return max;
    }
    let (_, e) = runtime::types::float::frexp(max);
    if e < -1023 {
        // Subnormal: the scale below would overflow.
        v.iter_mut().for_each(|x| *x /= f64::MIN_POSITIVE);
        return f64::MIN_POSITIVE * vector_norm(v, max / f64::MIN_POSITIVE, found_nan);
    }
    let scale = runtime::types::float::ldexp(1.0, -i64::from(e));
    let (mut sum, mut frac1, mut frac2) = (1.0, 0.0, 0.0);
    let mut add = |p: Double, sum: &mut f64| {
        let s = fast_sum(*sum, p.hi);
        *sum = s.hi;
        frac1 += p.lo;
        frac2 += s.lo;
        frac1 + frac2
    };
    let mut rest = 0.0;
    for x in v.iter() {
        let x = x * scale;
        rest = add(exact_product(x, x), &mut sum);
    }
    let mut h = libm::sqrt(sum - 1.0 + rest);
    // One Newton step with the exact remainder.
    rest = add(exact_product(-h, h), &mut sum);
    h += (sum - 1.0 + rest) / (2.0 * h);
    h / scale
}

fn norm_of(mut v: Vec<f64>) -> f64 {
    let (mut max, mut nan) = (0.0f64, false);
    for x in &v {
        nan |= x.is_nan();
        if *x > max {
            max = *x;
        }
    }
    vector_norm(&mut v, max, nan)
}

/// The exact sum of floats, as parts that do not overlap, smallest first.
fn full_precision_sum(py: Python, seq: &PyObject) -> PyResult<f64> {
    let it = seq.get_iter(py)?;
    let mut parts: Vec<f64> = Vec::new();
    let (mut special_sum, mut inf_sum) = (0.0f64, 0.0f64);
    while let Some(item) = it.iter_next(py)? {
        let given = number::as_f64(py, &item)?;
        let mut x = given;
        let mut n = 0;
        for j in 0..parts.len() {
            let mut y = parts[j];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let hi = x + y;
            let lo = y - (hi - x);
            if lo != 0.0 {
                parts[n] = lo;
                n += 1;
            }
            x = hi;
        }
        parts.truncate(n);
        if x == 0.0 {
            continue;
        }
        if !x.is_finite() {
            if given.is_finite() {
                return Err(overflow_error(py, "intermediate overflow in fsum"));
            }
            if given.is_infinite() {
                inf_sum += given;
            }
            special_sum += given;
            parts.clear();
        } else {
            parts.push(x);
        }
    }
    if special_sum != 0.0 {
        if inf_sum.is_nan() {
            return Err(value_error(py, "-inf + inf in fsum"));
        }
        return Ok(special_sum);
    }
    let Some(mut hi) = parts.pop() else { return Ok(0.0) };
    let mut lo = 0.0;
    while let Some(y) = parts.pop() {
        let x = hi;
        hi = x + y;
        lo = y - (hi - x);
        if lo != 0.0 {
            break;
        }
    }
    // Half-way cases are decided by the parts that are left.
    if let Some(&next) = parts.last()
        && ((lo < 0.0 && next < 0.0) || (lo > 0.0 && next > 0.0))
    {
        let y = lo * 2.0;
        let x = hi + y;
        if y == x - hi {
            hi = x;
        }
    }
    Ok(hi)
}

/// Running total of `sumprod`: machine ints, then floats of triple precision, then anything.
struct Total {
    total: Py,
    int: Option<i64>,
    float: Option<Triple>,
    /// A product was neither of ints nor of floats: from there on everything is added as it comes.
    general: bool,
}

impl Total {
    fn settle(&mut self, py: Python) -> PyResult<()> {
        if let Some(i) = self.int.take() {
            self.total = number::add(py, &self.total, PyInt::from_i64(py, i)?.as_object())?;
        }
        if let Some(t) = self.float.take() {
            self.total = number::add(py, &self.total, PyFloat::new(py, t.value())?.as_object())?;
        }
        Ok(())
    }

    fn add_product(&mut self, py: Python, p: &PyObject, q: &PyObject) -> PyResult<()> {
        if let Some(sum) = self.int {
            let small = |o: &PyObject| o.downcast_exact::<PyInt>().and_then(|i| i.as_i64());
            if let (Some(a), Some(b)) = (small(p), small(q))
                && let Some(new) = a.checked_mul(b).and_then(|m| sum.checked_add(m))
            {
                self.int = Some(new);
                return Ok(());
            }
            self.settle(py)?;
        }
        let as_float = |o: &PyObject| match o.downcast_exact::<PyFloat>() {
            Some(f) => Some(f.value()),
            None => {
                let exact = PyInt::check_exact(o) || PyBool::check(o);
                o.downcast::<PyInt>().filter(|_| exact).map(|i| i.as_f64_lossy()).filter(|v| v.is_finite())
            }
        };
        if !self.general
            && (PyFloat::check_exact(p) || PyFloat::check_exact(q))
            && let (Some(a), Some(b)) = (as_float(p), as_float(q))
        {
            let new = self.float.unwrap_or_default().plus_product(a, b);
            if new.hi.is_finite() {
                self.float = Some(new);
                return Ok(());
            }
        }
        self.general = true;
        self.settle(py)?;
        let product = number::multiply(py, p, q)?;
        self.total = number::add(py, &self.total, &product)?;
        Ok(())
    }
}

#[pymodule(part)]
pub mod vectors {
    use super::*;

    /// Sum of floats, rounded only once.
    #[pyfunction]
    pub fn fsum(py: Python, seq: &PyObject) -> PyResult<f64> {
        full_precision_sum(py, seq)
    }

    /// Sum of the products of the items of p and q, which have the same length; floats are summed with more precision than they have.
    #[pyfunction]
    pub fn sumprod(py: Python, p: &PyObject, q: &PyObject) -> PyResult {
        let (p, q) = (p.get_iter(py)?, q.get_iter(py)?);
        let mut total =
            Total { total: PyInt::zero().owned().into_object(), int: Some(0), float: None, general: false };
        loop {
            match (p.iter_next(py)?, q.iter_next(py)?) {
                (Some(a), Some(b)) => total.add_product(py, &a, &b)?,
                (None, None) => break,
                _ => return Err(value_error(py, "Inputs are not the same length")),
            }
        }
        total.settle(py)?;
        Ok(total.total)
    }

    /// Length of the vector with these coordinates.
    #[pyfunction(sig = "(*coordinates)")]
    pub fn hypot(py: Python, coordinates: &[&PyObject]) -> PyResult<f64> {
        let v =
            coordinates.iter().map(|c| Ok(number::as_f64(py, c)?.abs())).collect::<PyResult<Vec<f64>>>()?;
        Ok(norm_of(v))
    }

    /// Distance of two points, each given by its coordinates.
    #[pyfunction]
    pub fn dist(py: Python, p: &PyObject, q: &PyObject) -> PyResult<f64> {
        let tuple = |o: &PyObject| match o.downcast::<PyTuple>() {
            Some(t) => Ok(t.owned()),
            None => o.to_tuple(py),
        };
        let (p, q) = (tuple(p)?, tuple(q)?);
        if p.len() != q.len() {
            return Err(value_error(py, "both points must have the same number of dimensions"));
        }
        let mut v = Vec::with_capacity(p.len());
        for (a, b) in p.items().iter().zip(q.items()) {
            v.push((number::as_f64(py, a)? - number::as_f64(py, b)?).abs());
        }
        Ok(norm_of(v))
    }

    /// Product of start and all items.
    #[pyfunction(sig = "(iterable, /, *, start=1)")]
    pub fn prod(py: Python, iterable: &PyObject, start: Option<&PyObject>) -> PyResult {
        let it = iterable.get_iter(py)?;
        let mut product = start.unwrap_or(PyInt::one()).owned();
        while let Some(item) = it.iter_next(py)? {
            product = number::multiply(py, &product, &item)?;
        }
        Ok(product)
    }
}
