//! What Python code can do with a `float`.

use super::arith::{self, operand};
use super::hex::{from_hex, integer_ratio, to_hex};
use super::round::{round_digits, round_half_even};
use super::*;
use crate::abstract_::number;
use crate::types::int::to_ssize_clamped;
use crate::types::memory::free_object;
use object::alloc;

/// Applies an operation to two floats or ints.
#[inline(always)]
fn binary(py: Python, a: &PyObject, b: &PyObject, f: impl Fn(f64, f64) -> PyResult<f64>) -> PyResult {
    let (Some(a), Some(b)) = (operand(py, a)?, operand(py, b)?) else { return Ok(not_implemented().owned()) };
    Ok(PyFloat::new(py, f(a, b)?)?.into_object())
}

/// A number with a fraction, in double precision; made from a number or from text.
#[pytype(
    name = "float", order = "from_number conjugate __trunc__ __floor__ __ceil__ __round__ as_integer_ratio fromhex hex",
    symbol = "PyFloat_Type",
    base = PyObject,
    flags(BASETYPE, MATCH_SELF)
)]
impl PyFloat {
    #[slot(tp_new, sig = "(x=0, /)")]
    fn py_new(py: Python, cls: &PyTypeObject, x: Option<&PyObject>) -> PyResult<Py<PyFloat>> {
        PyFloat::construct(py, cls, x)
    }

    #[vectorcall(sig = "(x=0, /)")]
    fn vectorcall(py: Python, cls: &PyTypeObject, x: Option<&PyObject>) -> PyResult<Py<PyFloat>> {
        PyFloat::construct(py, cls, x)
    }

    fn construct(py: Python, cls: &PyTypeObject, x: Option<&PyObject>) -> PyResult<Py<PyFloat>> {
        let value = match x {
            None => PyFloat::new(py, 0.0)?,
            Some(x) if PyStr::check_exact(x) => PyFloat::from_string(py, x)?,
            Some(x) => number::float(py, x)?,
        };
        if std::ptr::eq(cls, PyFloat::type_object()) {
            Ok(value)
        } else {
            PyFloat::of_type(py, cls, value.value())
        }
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: called once, when nobody refers to the float; it owns no references.
        unsafe {
            if PyFloat::check_exact(&*o) {
                alloc::free_sized::<{ size_of::<PyFloat>() }>(o as *mut u8);
            } else {
                free_object(o);
            }
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::new(py, &crate::format::repr_float(self.value()))
    }

    #[slot(tp_hash)]
    fn hash(&self, _py: Python) -> PyResult<isize> {
        Ok(hash_f64(self.value(), self))
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, _py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(order) = compare(self.value(), other) else { return Ok(not_implemented().owned()) };
        let holds = order.map_or(op == CompareOp::Ne, |o| op.holds(o));
        Ok(py_bool(holds).owned().into_object())
    }

    #[slot(nb_add)]
    fn nb_add(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, |a, b| Ok(a + b))
    }

    #[slot(nb_subtract)]
    fn nb_subtract(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, |a, b| Ok(a - b))
    }

    #[slot(nb_multiply)]
    fn nb_multiply(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, |a, b| Ok(a * b))
    }

    #[slot(nb_true_divide)]
    fn nb_true_divide(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, |a, b| arith::true_div(py, a, b))
    }

    #[slot(nb_floor_divide)]
    fn nb_floor_divide(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, |a, b| floor_div(py, a, b))
    }

    #[slot(nb_remainder)]
    fn nb_remainder(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, |a, b| remainder(py, a, b))
    }

    #[slot(nb_divmod)]
    fn nb_divmod(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let (Some(a), Some(b)) = (operand(py, a)?, operand(py, b)?) else {
            return Ok(not_implemented().owned());
        };
        let (q, r) = divmod(py, a, b)?;
        let pair = [PyFloat::new(py, q)?.into_object(), PyFloat::new(py, r)?.into_object()];
        Ok(PyTuple::new(py, pair)?.into_object())
    }

    #[slot(nb_power)]
    fn nb_power(py: Python, a: &PyObject, b: &PyObject, c: &PyObject) -> PyResult {
        if !c.is_none() {
            return Err(type_error(py, "pow() 3rd argument not allowed unless all arguments are integers"));
        }
        let (Some(a), Some(b)) = (operand(py, a)?, operand(py, b)?) else {
            return Ok(not_implemented().owned());
        };
        pow(py, a, b)
    }

    #[slot(nb_negative)]
    fn negative(&self, py: Python) -> PyResult<Py<PyFloat>> {
        PyFloat::new(py, -self.value())
    }

    #[slot(nb_absolute)]
    fn absolute(&self, py: Python) -> PyResult<Py<PyFloat>> {
        PyFloat::new(py, self.value().abs())
    }

    #[slot(nb_bool)]
    fn truth(&self, _py: Python) -> PyResult<bool> {
        Ok(self.value() != 0.0)
    }

    #[slot(nb_positive)]
    #[slot(nb_float)]
    fn same(&self, py: Python) -> PyResult<Py<PyFloat>> {
        if PyFloat::check_exact(self) { Ok(self.owned()) } else { PyFloat::new(py, self.value()) }
    }

    #[slot(nb_int)]
    fn int(&self, py: Python) -> PyResult<Py<PyInt>> {
        PyInt::from_f64(py, self.value())
    }

    /// A float of the value of a number, which is not text.
    #[classmethod]
    fn from_number(cls: &PyTypeObject, py: Python, number: &PyObject) -> PyResult<Py<PyFloat>> {
        if std::ptr::eq(cls, PyFloat::type_object())
            && let Some(f) = number.downcast_exact::<PyFloat>()
        {
            return Ok(f.owned());
        }
        let value = crate::abstract_::number::as_f64(py, number)?;
        if std::ptr::eq(cls, PyFloat::type_object()) {
            return PyFloat::new(py, value);
        }
        let made = cls.object().call1(py, &*PyFloat::new(py, value)?)?;
        made.downcast_into::<PyFloat>()
            .map_err(|o| type_error(py, format!("expected a float, not {}", type_name(&o))))
    }

    /// The number itself: floats are real.
    #[pymethod]
    fn conjugate(&self, py: Python) -> PyResult<Py<PyFloat>> {
        self.same(py)
    }

    /// The number without its fraction.
    #[pymethod]
    fn __trunc__(&self, py: Python) -> PyResult<Py<PyInt>> {
        PyInt::from_f64(py, self.value())
    }

    /// The largest int that is not greater.
    #[pymethod]
    fn __floor__(&self, py: Python) -> PyResult<Py<PyInt>> {
        PyInt::from_f64(py, self.value().floor())
    }

    /// The smallest int that is not less.
    #[pymethod]
    fn __ceil__(&self, py: Python) -> PyResult<Py<PyInt>> {
        PyInt::from_f64(py, self.value().ceil())
    }

    /// The nearest int, ties to even; with ndigits a float with that many decimal digits.
    #[pymethod(sig = "(ndigits=None, /)")]
    fn __round__(&self, py: Python, ndigits: Option<&PyObject>) -> PyResult {
        let x = self.value();
        let Some(n) = ndigits.filter(|n| !n.is_none()) else {
            return Ok(PyInt::from_f64(py, round_half_even(x))?.into_object());
        };
        let n = to_ssize_clamped(&*number::index(py, n)?);
        if !x.is_finite() {
            return Ok(PyFloat::new(py, x)?.into_object());
        }
        Ok(PyFloat::new(py, round_digits(py, x, n)?)?.into_object())
    }

    /// The exact value as a pair of ints, the second one positive.
    #[pymethod]
    fn as_integer_ratio(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let x = self.value();
        if x.is_infinite() {
            return Err(overflow_error(py, "cannot convert Infinity to integer ratio"));
        }
        if x.is_nan() {
            return Err(value_error(py, "cannot convert NaN to integer ratio"));
        }
        let (n, d) = integer_ratio(py, x)?;
        PyTuple::new(py, [n.into_object(), d.into_object()])
    }

    /// Has the number no fraction?
    #[pymethod]
    fn is_integer(&self, _py: Python) -> bool {
        let x = self.value();
        x.is_finite() && x == x.floor()
    }

    /// The exact value in hexadecimal, as text.
    #[pymethod]
    fn hex(&self, _py: Python) -> String {
        to_hex(self.value())
    }

    /// The float that hexadecimal text stands for.
    #[classmethod]
    fn fromhex(cls: &PyTypeObject, py: Python, string: &PyObject) -> PyResult {
        let Some(text) = string.downcast::<PyStr>() else {
            return Err(type_error(py, "bad argument type for built-in operation"));
        };
        let value = PyFloat::new(py, from_hex(py, text.as_utf8(py)?)?)?;
        if std::ptr::eq(cls, PyFloat::type_object()) {
            Ok(value.into_object())
        } else {
            cls.object().call1(py, &value)
        }
    }

    #[pymethod]
    fn __getnewargs__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        PyTuple::new(py, [PyFloat::new(py, self.value())?.into_object()])
    }

    /// How the machine stores numbers of the type 'double' or 'float': for Python's own tests.
    #[classmethod]
    fn __getformat__(_cls: &PyTypeObject, py: Python, typestr: &PyStr) -> PyResult<&'static str> {
        if typestr.eq_str("double") || typestr.eq_str("float") {
            Ok("IEEE, little-endian")
        } else {
            Err(value_error(py, "__getformat__() argument 1 must be 'double' or 'float'"))
        }
    }

    /// The number as text, as format_spec says.
    #[pymethod]
    fn __format__(&self, py: Python, format_spec: &PyStr) -> PyResult<Py<PyStr>> {
        crate::format::format_float(py, self, format_spec)
    }

    /// the real part of a complex number
    #[getter]
    fn real(&self, py: Python) -> PyResult<Py<PyFloat>> {
        self.same(py)
    }

    /// the imaginary part of a complex number
    #[getter]
    fn imag(&self, py: Python) -> PyResult<Py<PyFloat>> {
        PyFloat::new(py, 0.0)
    }
}
