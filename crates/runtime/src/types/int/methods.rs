//! What Python code can do with an `int`.

use super::*;
use crate::abstract_::number;
use crate::types::memory::free_object;

/// Both operands, if they are ints.
#[inline(always)]
fn ints<'a>(a: &'a PyObject, b: &'a PyObject) -> Option<(&'a PyInt, &'a PyInt)> {
    Some((a.downcast()?, b.downcast()?))
}

#[inline(always)]
fn binary(
    py: Python,
    a: &PyObject,
    b: &PyObject,
    f: impl Fn(Python, &PyInt, &PyInt) -> PyResult<Py<PyInt>>,
) -> PyResult {
    match ints(a, b) {
        Some((a, b)) => f(py, a, b).map(Py::into_object),
        None => Ok(not_implemented().owned()),
    }
}

/// int([x]) -> integer
/// int(x, base=10) -> integer
///
/// A whole number of any size. A number is cut to its whole part; a string or
/// bytes is read as a literal in the base, which is 10 or from 2 to 36. Base 0
/// takes the base from the literal's prefix, as in source code.
#[pytype(
    name = "int", order = "conjugate bit_length bit_count to_bytes from_bytes as_integer_ratio __trunc__ __floor__ __ceil__ __round__ __getnewargs__ __format__ __sizeof__",
    symbol = "PyLong_Type",
    base = PyObject,
    flags(BASETYPE, MATCH_SELF, LONG_SUBCLASS),
    itemsize = 4,
    nosig
)]
impl PyInt {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyInt>> {
        let (mut x, mut base) = match args.items() {
            [] => (None, None),
            [x] => (Some(x.owned()), None),
            [x, base] => (Some(x.owned()), Some(base.owned())),
            more => {
                return Err(type_error(py, format!("int expected at most 2 arguments, got {}", more.len())));
            }
        };
        if let Some(k) = kwargs {
            let mut pos = 0;
            while let Some((name, value)) = k.next(&mut pos) {
                let name = name.downcast::<PyStr>().map_or(String::new(), |n| n.to_string_lossy());
                if name != "base" {
                    return Err(type_error(py, format!("int() got an unexpected keyword argument '{name}'")));
                }
                if base.is_some() {
                    return Err(type_error(py, "argument for int() given by name ('base') and position (2)"));
                }
                base = Some(value);
            }
        }
        let value = PyInt::construct(py, x.take().as_deref(), base.as_deref())?;
        if std::ptr::eq(cls, PyInt::type_object()) { Ok(value) } else { value.of_subtype(py, cls) }
    }

    #[vectorcall]
    fn vectorcall(
        py: Python,
        cls: &PyTypeObject,
        args: &[&PyObject],
        kwnames: Option<&PyTuple>,
    ) -> PyResult<Py<PyInt>> {
        if let Some(names) = kwnames.filter(|k| !k.is_empty()) {
            let (positional, values) = args.split_at(args.len().saturating_sub(names.len()));
            let dict = PyDict::new(py)?;
            for (name, value) in names.items().iter().zip(values) {
                dict.set_item(py, name, value)?;
            }
            return PyInt::py_new(py, cls, &*PyTuple::from_slice(py, positional)?, Some(&dict));
        }
        match args {
            [] => Ok(PyInt::zero().owned()),
            [x] => number::long(py, x),
            [x, base] => PyInt::construct(py, Some(x), Some(base)),
            more => Err(type_error(py, format!("int expected at most 2 arguments, got {}", more.len()))),
        }
    }

    fn construct(py: Python, x: Option<&PyObject>, base: Option<&PyObject>) -> PyResult<Py<PyInt>> {
        let Some(x) = x else {
            return match base {
                Some(_) => Err(type_error(py, "int() missing string argument")),
                None => Ok(PyInt::zero().owned()),
            };
        };
        let Some(base) = base else { return number::long(py, x) };
        let base = number::index(py, base)?;
        let base = match base.as_i64() {
            Some(b @ (0 | 2..=36)) => b as u32,
            _ => return Err(value_error(py, "int() base must be >= 2 and <= 36, or 0")),
        };
        if let Some(s) = x.downcast::<PyStr>() {
            PyInt::from_str_object(py, s, base)
        } else if let Some(b) = x.downcast::<PyBytes>() {
            PyInt::from_bytes_literal(py, b.as_bytes(), base, x)
        } else if let Some(b) = x.downcast::<PyByteArray>() {
            PyInt::from_bytes_literal(py, &b.to_vec(), base, x)
        } else {
            Err(type_error(py, "int() can't convert non-string with explicit base"))
        }
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: called once, when nobody refers to the int; it owns no references. A static int whose count was broken by
        // foreign code is restored instead.
        unsafe {
            if (*(o as *const PyInt)).lv_tag.get() & SMALL_BIT != 0 {
                (*o).make_immortal();
                return;
            }
            if PyInt::check_exact(&*o) {
                alloc::object_free(o as *mut u8);
            } else {
                free_object(o);
            }
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        if self.is_compact() {
            let mut text = [0; 10];
            let mut at = text.len();
            let value = self.compact_value();
            let mut rest = value.unsigned_abs();
            while let Some(place) = at.checked_sub(1) {
                text[place] = b'0' + (rest % 10) as u8;
                at = place;
                rest /= 10;
                if rest == 0 {
                    break;
                }
            }
            if value >= 0 {
                return PyStr::from_ascii(py, &text[at..]);
            }
        }
        PyStr::new(py, &self.to_decimal(py)?)
    }

    #[slot(tp_hash)]
    fn hash(&self, _py: Python) -> PyResult<isize> {
        Ok(self.hash_value())
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, _py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        match other.downcast::<PyInt>() {
            Some(other) => Ok(py_bool(op.holds(self.compare(other))).owned().into_object()),
            None => Ok(not_implemented().owned()),
        }
    }

    #[slot(nb_add)]
    fn nb_add(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, PyInt::add)
    }

    #[slot(nb_subtract)]
    fn nb_subtract(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, PyInt::sub)
    }

    #[slot(nb_multiply)]
    fn nb_multiply(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, PyInt::mul)
    }

    #[slot(nb_floor_divide)]
    fn nb_floor_divide(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, PyInt::floor_div)
    }

    #[slot(nb_remainder)]
    fn nb_remainder(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, PyInt::modulo)
    }

    #[slot(nb_divmod)]
    fn nb_divmod(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        match ints(a, b) {
            Some((a, b)) => {
                let (q, r) = PyInt::divmod(py, a, b)?;
                Ok(PyTuple::new(py, [q.into_object(), r.into_object()])?.into_object())
            }
            None => Ok(not_implemented().owned()),
        }
    }

    #[slot(nb_true_divide)]
    fn nb_true_divide(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        match ints(a, b) {
            Some((a, b)) => Ok(PyFloat::new(py, PyInt::true_div(py, a, b)?)?.into_object()),
            None => Ok(not_implemented().owned()),
        }
    }

    #[slot(nb_power)]
    fn nb_power(py: Python, a: &PyObject, b: &PyObject, c: &PyObject) -> PyResult {
        let Some((a, b)) = ints(a, b) else { return Ok(not_implemented().owned()) };
        if let Some(m) = c.downcast::<PyInt>() {
            return Ok(PyInt::pow_mod(py, a, b, m)?.into_object());
        }
        if !c.is_none() {
            return Ok(not_implemented().owned());
        }
        if b.is_negative() {
            // A negative exponent makes a float.
            let (x, y) = (PyFloat::new(py, a.to_f64(py)?)?, PyFloat::new(py, b.to_f64(py)?)?);
            return number::power(py, &x, &y, none());
        }
        Ok(PyInt::pow(py, a, b)?.into_object())
    }

    #[slot(nb_lshift)]
    fn nb_lshift(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, PyInt::lshift)
    }

    #[slot(nb_rshift)]
    fn nb_rshift(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, PyInt::rshift)
    }

    #[slot(nb_and)]
    fn nb_and(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, PyInt::bit_and)
    }

    #[slot(nb_or)]
    fn nb_or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, PyInt::bit_or)
    }

    #[slot(nb_xor)]
    fn nb_xor(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, PyInt::bit_xor)
    }

    #[slot(nb_negative)]
    fn negative(&self, py: Python) -> PyResult<Py<PyInt>> {
        PyInt::neg(py, self)
    }

    #[slot(nb_absolute)]
    fn absolute(&self, py: Python) -> PyResult<Py<PyInt>> {
        PyInt::abs(py, self)
    }

    #[slot(nb_invert)]
    fn nb_invert(&self, py: Python) -> PyResult<Py<PyInt>> {
        PyInt::invert(py, self)
    }

    #[slot(nb_bool)]
    fn truth(&self, _py: Python) -> PyResult<bool> {
        Ok(!self.is_zero())
    }

    #[slot(nb_float)]
    fn float(&self, py: Python) -> PyResult<Py<PyFloat>> {
        PyFloat::new(py, self.to_f64(py)?)
    }

    #[slot(nb_positive)]
    #[slot(nb_int)]
    #[slot(nb_index)]
    fn same(&self, py: Python) -> PyResult<Py<PyInt>> {
        self.to_exact(py)
    }

    /// The number itself: ints are real.
    #[pymethod]
    fn conjugate(&self, py: Python) -> PyResult<Py<PyInt>> {
        self.to_exact(py)
    }

    /// Bits needed for the magnitude in binary.
    #[pymethod(name = "bit_length")]
    fn py_bit_length(&self, _py: Python) -> usize {
        PyInt::bit_length(self)
    }

    /// Ones in the binary form of the magnitude.
    #[pymethod(name = "bit_count")]
    fn py_bit_count(&self, _py: Python) -> usize {
        PyInt::bit_count(self)
    }

    /// The number as bytes.
    ///
    /// length bytes, OverflowError if they are too few; the most significant one
    /// first for byteorder 'big', last for 'little'; signed allows negative
    /// numbers, in two's complement.
    #[pymethod(sig = "(length=1, byteorder='big', *, signed=False)")]
    fn to_bytes(
        &self,
        py: Python,
        length: isize,
        byteorder: Option<&PyObject>,
        signed: bool,
    ) -> PyResult<Py<PyBytes>> {
        let big = is_big_endian(py, "to_bytes", byteorder)?;
        let Ok(n) = usize::try_from(length) else {
            return Err(value_error(py, "length argument must be non-negative"));
        };
        let mut out: Vec<u8> = Vec::new();
        out.try_reserve_exact(n).map_err(|_| memory_error(py))?;
        out.resize(n, 0);
        self.write_bytes(py, &mut out, big, signed)?;
        PyBytes::new(py, &out)
    }

    /// The number that bytes stand for.
    ///
    /// bytes is bytes-like or an iterable of ints; the most significant one is
    /// first for byteorder 'big', last for 'little'; signed reads two's
    /// complement.
    #[classmethod(sig = "(bytes, byteorder='big', *, signed=False)")]
    fn from_bytes(
        cls: &PyTypeObject,
        py: Python,
        bytes: &PyObject,
        byteorder: Option<&PyObject>,
        signed: bool,
    ) -> PyResult {
        let big = is_big_endian(py, "from_bytes", byteorder)?;
        let bytes = bytes_of(py, bytes)?;
        let value = PyInt::from_byte_slice(py, bytes.as_bytes(), big, signed)?;
        if std::ptr::eq(cls, PyInt::type_object()) {
            Ok(value.into_object())
        } else {
            cls.object().call1(py, &value)
        }
    }

    /// The number as (numerator, denominator): itself and 1.
    #[pymethod]
    fn as_integer_ratio(&self, py: Python) -> PyResult<Py<PyTuple>> {
        PyTuple::new(py, [self.to_exact(py)?.into_object(), PyInt::one().owned().into_object()])
    }

    /// True: every int is whole.
    #[pymethod]
    fn is_integer(&self, _py: Python) -> bool {
        true
    }

    /// The number itself: it is whole.
    #[pymethod]
    fn __trunc__(&self, py: Python) -> PyResult<Py<PyInt>> {
        self.to_exact(py)
    }

    /// The number itself: it is whole.
    #[pymethod]
    fn __floor__(&self, py: Python) -> PyResult<Py<PyInt>> {
        self.to_exact(py)
    }

    /// The number itself: it is whole.
    #[pymethod]
    fn __ceil__(&self, py: Python) -> PyResult<Py<PyInt>> {
        self.to_exact(py)
    }

    /// The number itself, or rounded to a multiple of a power of ten when ndigits is negative.
    #[pymethod(sig = "(ndigits=None, /)")]
    fn __round__(&self, py: Python, ndigits: Option<&PyObject>) -> PyResult<Py<PyInt>> {
        let Some(n) = ndigits.filter(|n| !n.is_none()) else { return self.to_exact(py) };
        let n = number::index(py, n)?;
        if !n.is_negative() {
            return self.to_exact(py);
        }
        let digits = to_ssize_clamped(&n).unsigned_abs();
        // A power of ten beyond twice the number rounds it to zero.
        if digits > PyInt::bit_length(self) {
            return Ok(PyInt::zero().owned());
        }
        let unit = PyInt::power_of_ten(py, digits)?;
        let (_, rest) = PyInt::divmod_near(py, self, &unit)?;
        PyInt::sub(py, self, &rest)
    }

    #[pymethod]
    fn __getnewargs__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        PyTuple::new(py, [PyInt::from_digits(py, self.is_negative(), self.digits())?.into_object()])
    }

    /// The number as text, as format_spec says.
    #[pymethod]
    fn __format__(&self, py: Python, format_spec: &PyStr) -> PyResult<Py<PyStr>> {
        crate::format::format_int(py, self, format_spec)
    }

    /// Bytes in memory.
    #[pymethod]
    fn __sizeof__(&self, _py: Python) -> usize {
        size_of::<PyInt>() + self.digit_count().max(1) * 4
    }

    /// the real part of a complex number
    #[getter]
    fn real(&self, py: Python) -> PyResult<Py<PyInt>> {
        self.to_exact(py)
    }

    /// the imaginary part of a complex number
    #[getter]
    fn imag(&self, _py: Python) -> PyResult<Py<PyInt>> {
        Ok(PyInt::zero().owned())
    }

    /// the numerator of a rational number in lowest terms
    #[getter]
    fn numerator(&self, py: Python) -> PyResult<Py<PyInt>> {
        self.to_exact(py)
    }

    /// the denominator of a rational number in lowest terms
    #[getter]
    fn denominator(&self, _py: Python) -> PyResult<Py<PyInt>> {
        Ok(PyInt::one().owned())
    }
}

fn is_big_endian(py: Python, function: &str, byteorder: Option<&PyObject>) -> PyResult<bool> {
    let Some(order) = byteorder else { return Ok(true) };
    let Some(order) = order.downcast::<PyStr>() else {
        let got = if order.is_none() { "None" } else { type_name(order) };
        let text = format!("{function}() argument 'byteorder' must be str, not {got}");
        return Err(type_error(py, text));
    };
    if order.eq_str("big") {
        Ok(true)
    } else if order.eq_str("little") {
        Ok(false)
    } else {
        Err(value_error(py, "byteorder must be either 'little' or 'big'"))
    }
}

/// `bytes` of what `from_bytes` was given: by its `__bytes__`, as a buffer or item by item.
fn bytes_of(py: Python, o: &PyObject) -> PyResult<Py<PyBytes>> {
    if let Some(b) = o.downcast_exact::<PyBytes>() {
        return Ok(b.owned());
    }
    match o.lookup_special(py, intern!(py, "__bytes__"))? {
        Some(f) => f.call0(py)?.downcast_into::<PyBytes>().map_err(|r| {
            type_error(py, format!("{}.__bytes__() must return a bytes, not {}", type_name(o), type_name(&r)))
        }),
        None => PyBytes::from_object(py, o),
    }
}
