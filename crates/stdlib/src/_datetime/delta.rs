//! `timedelta`.

use super::calendar::{DAY_SECONDS, DAY_US, MAX_DELTA_DAYS, SECOND_US};
use crate::system::{float, int};
use runtime::abstract_::number;
use runtime::prelude::*;

/// `PyDateTime_Delta`.
#[repr(C)]
pub struct PyDelta {
    pub ob_base: PyObject,
    hashcode: Cell<isize>,
    pub days: i32,
    pub seconds: i32,
    pub microseconds: i32,
}

const _: () = assert!(size_of::<PyDelta>() == 40);

#[cold]
fn too_large(py: Python) -> Raised {
    overflow_error(py, "Python int too large to convert to C int")
}

/// A big int from a wide one.
fn wide(py: Python, v: i128) -> PyResult<Py<PyInt>> {
    PyInt::from_i128(py, v)
}

/// `a / b` as the nearest float.
pub fn true_divide(py: Python, a: i128, b: i128) -> PyResult<f64> {
    const EXACT: i128 = 1 << 53;
    if b == 0 {
        return Err(zero_division_error(py, "division by zero"));
    }
    if (-EXACT..=EXACT).contains(&a) && (-EXACT..=EXACT).contains(&b) {
        return Ok(a as f64 / b as f64);
    }
    PyInt::true_div(py, &*wide(py, a)?, &*wide(py, b)?)
}

/// `a / b`, rounded half to even.
fn divide_nearest(a: i128, b: i128) -> i128 {
    let (q, r) = (a.div_euclid(b), a.rem_euclid(b));
    // With Euclid's division the remainder is not negative.
    let half = (2 * r).cmp(&b.abs());
    let up = half.is_gt() || half.is_eq() && q & 1 != 0;
    if !up {
        q
    } else if b > 0 {
        q + 1
    } else {
        q - 1
    }
}

impl PyDelta {
    /// A duration; the fields are brought into their ranges.
    pub fn new(py: Python, days: i64, seconds: i64, us: i64) -> PyResult<Py<PyDelta>> {
        Self::of_class(py, PyDelta::type_object(), days, seconds, us)
    }

    pub fn of_class(
        py: Python,
        cls: &PyTypeObject,
        days: i64,
        seconds: i64,
        us: i64,
    ) -> PyResult<Py<PyDelta>> {
        let seconds = seconds + us.div_euclid(1_000_000);
        let days = days + seconds.div_euclid(DAY_SECONDS);
        if !(-MAX_DELTA_DAYS..=MAX_DELTA_DAYS).contains(&days) {
            if i32::try_from(days).is_err() {
                return Err(too_large(py));
            }
            return Err(overflow_error(py, format!("days={days}; must have magnitude <= {MAX_DELTA_DAYS}")));
        }
        new_object(
            py,
            cls,
            PyDelta {
                ob_base: PyObject::header(cls),
                hashcode: Cell::new(-1),
                days: days as i32,
                seconds: seconds.rem_euclid(DAY_SECONDS) as i32,
                microseconds: us.rem_euclid(1_000_000) as i32,
            },
        )
    }

    /// A duration of so many microseconds.
    pub fn from_us(py: Python, us: i128) -> PyResult<Py<PyDelta>> {
        Self::from_us_of_class(py, PyDelta::type_object(), us)
    }

    fn from_us_of_class(py: Python, cls: &PyTypeObject, us: i128) -> PyResult<Py<PyDelta>> {
        let Ok(days) = i64::try_from(us.div_euclid(DAY_US)) else { return Err(too_large(py)) };
        let rest = us.rem_euclid(DAY_US) as i64;
        Self::of_class(py, cls, days, rest / 1_000_000, rest % 1_000_000)
    }

    pub fn to_us(&self) -> i128 {
        self.days as i128 * DAY_US + self.seconds as i128 * SECOND_US + self.microseconds as i128
    }

    pub fn fields(&self) -> (i32, i32, i32) {
        (self.days, self.seconds, self.microseconds)
    }

    pub fn is_zero(&self) -> bool {
        self.fields() == (0, 0, 0)
    }

    fn state(&self, py: Python) -> PyResult<Py<PyTuple>> {
        crate::system::int_tuple(py, [self.days as i64, self.seconds as i64, self.microseconds as i64])
    }
}

/// The sum of the constructor's arguments: whole microseconds, and what fractions are left over.
struct Sum {
    us: i128,
    rest: f64,
}

impl Sum {
    fn add(&mut self, py: Python, name: &str, value: Option<&PyObject>, unit: i128) -> PyResult<()> {
        let Some(value) = value else { return Ok(()) };
        if let Some(i) = value.downcast::<PyInt>() {
            let n = match i.as_i64() {
                Some(n) => n as i128,
                // Beyond 80 bits no duration is in range.
                None if i.bit_length() <= 80 => {
                    let magnitude = i.digits().iter().rev().fold(0i128, |n, &d| (n << 30) | d as i128);
                    if i.is_negative() { -magnitude } else { magnitude }
                }
                None => return Err(too_large(py)),
            };
            return self.add_whole(py, n.checked_mul(unit));
        }
        let Some(f) = value.downcast::<PyFloat>() else {
            return Err(type_error(
                py,
                format!("unsupported type for timedelta {name} component: {}", tp_name(value)),
            ));
        };
        let v = f.value();
        let whole = v.trunc();
        self.add_float(py, whole, unit)?;
        let fraction = (v - whole) * unit as f64;
        if fraction != 0.0 {
            let whole = fraction.trunc();
            self.add_float(py, whole, 1)?;
            self.rest += fraction - whole;
        }
        Ok(())
    }

    fn add_float(&mut self, py: Python, whole: f64, unit: i128) -> PyResult<()> {
        if whole.is_nan() {
            return Err(value_error(py, "cannot convert float NaN to integer"));
        }
        if whole.is_infinite() {
            return Err(overflow_error(py, "cannot convert float infinity to integer"));
        }
        // A float's conversion saturates, and the product then overflows or is out of range.
        self.add_whole(py, (whole as i128).checked_mul(unit))
    }

    fn add_whole(&mut self, py: Python, us: Option<i128>) -> PyResult<()> {
        match us.and_then(|us| self.us.checked_add(us)) {
            Some(us) => {
                self.us = us;
                Ok(())
            }
            None => Err(too_large(py)),
        }
    }

    /// Rounds half to even, by the parity of the whole sum.
    fn total(mut self, py: Python) -> PyResult<i128> {
        if self.rest != 0.0 {
            let mut whole = self.rest.round();
            if (whole - self.rest).abs() == 0.5 {
                let odd = (self.us & 1) as f64;
                whole = 2.0 * ((self.rest + odd) * 0.5).round() - odd;
            }
            self.add_float(py, whole, 1)?;
        }
        Ok(self.us)
    }
}

/// Both operands as durations.
fn both<'a>(a: &'a PyObject, b: &'a PyObject) -> Option<(&'a PyDelta, &'a PyDelta)> {
    Some((a.downcast()?, b.downcast()?))
}

fn unsupported() -> PyResult {
    Ok(not_implemented().owned())
}

/// A product with an int of any size.
fn times_int(py: Python, d: &PyDelta, i: &PyInt) -> PyResult {
    let us = d.to_us();
    if us == 0 || i.is_zero() {
        return Ok(PyDelta::new(py, 0, 0, 0)?.into_object());
    }
    match i.as_i64().and_then(|n| us.checked_mul(n as i128)) {
        Some(us) => Ok(PyDelta::from_us(py, us)?.into_object()),
        None => Err(too_large(py)),
    }
}

/// Multiplied with a float's ratio, or divided by it, rounded half to even.
fn scale(py: Python, d: &PyDelta, f: &PyFloat, divide: bool) -> PyResult {
    let ratio = f.as_object().call_method0(py, intern!(py, "as_integer_ratio"))?;
    let parts = ratio.to_tuple(py)?;
    let &[n, m] = parts.items() else { return Err(bad_internal_call(py)) };
    let (n, m) = if divide { (m, n) } else { (n, m) };
    let (Some(n), Some(m)) = (n.downcast::<PyInt>(), m.downcast::<PyInt>()) else {
        return Err(bad_internal_call(py));
    };
    if m.is_zero() {
        return Err(zero_division_error(py, "division by zero"));
    }
    let product = PyInt::mul(py, &*wide(py, d.to_us())?, n)?;
    let (q, _) = PyInt::divmod_near(py, &product, m)?;
    if q.bit_length() > 80 {
        return Err(too_large(py));
    }
    let magnitude = q.digits().iter().rev().fold(0i128, |n, &d| (n << 30) | d as i128);
    let us = if q.is_negative() { -magnitude } else { magnitude };
    Ok(PyDelta::from_us(py, us)?.into_object())
}

fn divisor(py: Python, d: &PyDelta) -> PyResult<i128> {
    match d.to_us() {
        0 => Err(zero_division_error(py, "division by zero")),
        us => Ok(us),
    }
}

/// The quotient rounded down.
fn floor(a: i128, b: i128) -> i128 {
    let q = a / b;
    if a % b != 0 && (a < 0) != (b < 0) { q - 1 } else { q }
}

/// A duration: the difference between two dates or times.
///
/// timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)
///
/// The arguments are ints or floats of either sign.
#[pytype(
    name = "timedelta",
    module = "datetime",
    flags(BASETYPE),
    nosig,
    members(
        days: i32 readonly "Number of days.",
        seconds: i32 readonly "Number of seconds (>= 0 and less than 1 day).",
        microseconds: i32 readonly "Number of microseconds (>= 0 and less than 1 second)."
    )
)]
impl PyDelta {
    #[slot(
        tp_new,
        vectorcall,
        sig = "(days=<unrepresentable>, seconds=<unrepresentable>, microseconds=<unrepresentable>, milliseconds=<unrepresentable>, minutes=<unrepresentable>, hours=<unrepresentable>, weeks=<unrepresentable>)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        days: Option<&PyObject>,
        seconds: Option<&PyObject>,
        microseconds: Option<&PyObject>,
        milliseconds: Option<&PyObject>,
        minutes: Option<&PyObject>,
        hours: Option<&PyObject>,
        weeks: Option<&PyObject>,
    ) -> PyResult<Py<PyDelta>> {
        let mut sum = Sum { us: 0, rest: 0.0 };
        sum.add(py, "microseconds", microseconds, 1)?;
        sum.add(py, "milliseconds", milliseconds, 1000)?;
        sum.add(py, "seconds", seconds, SECOND_US)?;
        sum.add(py, "minutes", minutes, 60 * SECOND_US)?;
        sum.add(py, "hours", hours, 3600 * SECOND_US)?;
        sum.add(py, "days", days, DAY_US)?;
        sum.add(py, "weeks", weeks, 7 * DAY_US)?;
        Self::from_us_of_class(py, cls, sum.total(py)?)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let mut parts = Vec::new();
        for (name, v) in [("days", self.days), ("seconds", self.seconds), ("microseconds", self.microseconds)]
        {
            if v != 0 {
                parts.push(format!("{name}={v}"));
            }
        }
        let inside = if parts.is_empty() { "0".to_owned() } else { parts.join(", ") };
        PyStr::new(py, &format!("{}({inside})", tp_name(self)))
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        let (h, m, s) = (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60);
        let mut out = String::new();
        if self.days != 0 {
            let plural = if self.days.abs() == 1 { "" } else { "s" };
            out = format!("{} day{plural}, ", self.days);
        }
        out += &format!("{h}:{m:02}:{s:02}");
        if self.microseconds != 0 {
            out += &format!(".{:06}", self.microseconds);
        }
        PyStr::new(py, &out)
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        if self.hashcode.get() == -1 {
            self.hashcode.set(self.state(py)?.as_object().hash(py)?);
        }
        Ok(self.hashcode.get())
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        match other.downcast::<PyDelta>() {
            Some(o) => Ok(py_bool(op.holds(self.fields().cmp(&o.fields()))).owned().into_object()),
            None => unsupported(),
        }
    }

    #[slot(nb_add)]
    fn add(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let Some((a, b)) = both(a, b) else { return unsupported() };
        let us = a.microseconds as i64 + b.microseconds as i64;
        let s = a.seconds as i64 + b.seconds as i64;
        Ok(PyDelta::new(py, a.days as i64 + b.days as i64, s, us)?.into_object())
    }

    #[slot(nb_subtract)]
    fn subtract(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let Some((a, b)) = both(a, b) else { return unsupported() };
        let us = a.microseconds as i64 - b.microseconds as i64;
        let s = a.seconds as i64 - b.seconds as i64;
        Ok(PyDelta::new(py, a.days as i64 - b.days as i64, s, us)?.into_object())
    }

    #[slot(nb_multiply)]
    fn multiply(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let (d, factor) = match (a.downcast::<PyDelta>(), b.downcast::<PyDelta>()) {
            (Some(d), None) => (d, b),
            (None, Some(d)) => (d, a),
            _ => return unsupported(),
        };
        if let Some(i) = factor.downcast::<PyInt>() {
            times_int(py, d, i)
        } else if let Some(f) = factor.downcast::<PyFloat>() {
            scale(py, d, f, false)
        } else {
            unsupported()
        }
    }

    #[slot(nb_true_divide)]
    fn divide(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let Some(d) = a.downcast::<PyDelta>() else { return unsupported() };
        if let Some(other) = b.downcast::<PyDelta>() {
            return float(py, true_divide(py, d.to_us(), other.to_us())?);
        }
        if let Some(f) = b.downcast::<PyFloat>() {
            return scale(py, d, f, true);
        }
        let Some(i) = b.downcast::<PyInt>() else { return unsupported() };
        if i.is_zero() {
            return Err(zero_division_error(py, "division by zero"));
        }
        // More than the largest duration gives zero.
        let us = i.as_i64().map_or(0, |n| divide_nearest(d.to_us(), n as i128));
        Ok(PyDelta::from_us(py, us)?.into_object())
    }

    #[slot(nb_floor_divide)]
    fn floor_divide(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let Some(d) = a.downcast::<PyDelta>() else { return unsupported() };
        if let Some(other) = b.downcast::<PyDelta>() {
            return Ok(wide(py, floor(d.to_us(), divisor(py, other)?))?.into_object());
        }
        let Some(i) = b.downcast::<PyInt>() else { return unsupported() };
        if i.is_zero() {
            return Err(zero_division_error(py, "division by zero"));
        }
        let us = match i.as_i64() {
            Some(n) => floor(d.to_us(), n as i128),
            None if d.is_zero() || i.is_negative() == (d.days < 0) => 0,
            None => -1,
        };
        Ok(PyDelta::from_us(py, us)?.into_object())
    }

    #[slot(nb_remainder)]
    fn remainder(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let Some((a, b)) = both(a, b) else { return unsupported() };
        let (n, d) = (a.to_us(), divisor(py, b)?);
        Ok(PyDelta::from_us(py, n - floor(n, d) * d)?.into_object())
    }

    #[slot(nb_divmod)]
    fn divmod(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let Some((a, b)) = both(a, b) else { return unsupported() };
        let (n, d) = (a.to_us(), divisor(py, b)?);
        let q = floor(n, d);
        let r = PyDelta::from_us(py, n - q * d)?.into_object();
        Ok(PyTuple::new(py, [wide(py, q)?.into_object(), r])?.into_object())
    }

    #[slot(nb_negative)]
    fn negative(&self, py: Python) -> PyResult<Py<PyDelta>> {
        PyDelta::new(py, -(self.days as i64), -(self.seconds as i64), -(self.microseconds as i64))
    }

    #[slot(nb_positive)]
    fn positive(&self, py: Python) -> PyResult<Py<PyDelta>> {
        PyDelta::new(py, self.days as i64, self.seconds as i64, self.microseconds as i64)
    }

    #[slot(nb_absolute)]
    fn absolute(&self, py: Python) -> PyResult<Py<PyDelta>> {
        if self.days < 0 { self.negative(py) } else { self.positive(py) }
    }

    #[slot(nb_bool)]
    fn bool(&self) -> bool {
        !self.is_zero()
    }

    /// The duration in seconds.
    #[pymethod]
    fn total_seconds(&self, py: Python) -> PyResult<f64> {
        true_divide(py, self.to_us(), SECOND_US)
    }

    /// __reduce__() -> (cls, state)
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        PyTuple::new(py, [self.ty().object().owned(), self.state(py)?.into_object()])
    }
}

/// The class's constants.
pub fn add_constants(py: Python) -> PyResult<()> {
    let ty = PyDelta::type_object();
    let d = MAX_DELTA_DAYS;
    crate::system::set_type_attribute(py, ty, "resolution", PyDelta::new(py, 0, 0, 1)?.as_object())?;
    crate::system::set_type_attribute(py, ty, "min", PyDelta::new(py, -d, 0, 0)?.as_object())?;
    crate::system::set_type_attribute(
        py,
        ty,
        "max",
        PyDelta::new(py, d, DAY_SECONDS - 1, 999_999)?.as_object(),
    )
}

/// A C int argument (the `i` format).
pub fn c_int(py: Python, o: &PyObject) -> PyResult<i32> {
    let v = match o.downcast::<PyInt>() {
        Some(i) => i.as_i64(),
        None => number::index(py, o)?.as_i64(),
    };
    match v {
        None => Err(overflow_error(py, "Python int too large to convert to C long")),
        Some(v) => i32::try_from(v).map_err(|_| {
            let bound = if v < 0 { "less than minimum" } else { "greater than maximum" };
            overflow_error(py, format!("signed integer is {bound}"))
        }),
    }
}

/// A C int argument that may be absent.
pub fn c_int_or(py: Python, o: Option<&PyObject>, default: i32) -> PyResult<i32> {
    o.map_or(Ok(default), |o| c_int(py, o))
}

/// An int object.
pub fn small(py: Python, v: i32) -> PyResult {
    int(py, v as i64)
}
