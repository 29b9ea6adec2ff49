//! What Python code can do with a `complex`.

use super::arith::{self, Failure, Operand};
use super::text::parse;
use super::*;
use crate::abstract_::number;
use crate::format::{Flags, double_to_string};
use crate::types::exceptions::PyExc_DeprecationWarning_Type;
use crate::types::float::hash_f64;
use crate::types::type_::fully_qualified_name;

/// An operand of complex arithmetic. `None`: no number.
fn operand(py: Python, o: &PyObject) -> PyResult<Option<Operand>> {
    if let Some(c) = o.downcast::<PyComplex>() {
        return Ok(Some(Operand::Complex(c.value())));
    }
    if let Some(f) = o.downcast::<PyFloat>() {
        return Ok(Some(Operand::Real(f.value())));
    }
    match o.downcast::<PyInt>() {
        Some(i) => Ok(Some(Operand::Real(i.to_f64(py)?))),
        None => Ok(None),
    }
}

fn binary(
    py: Python,
    a: &PyObject,
    b: &PyObject,
    f: impl Fn(Operand, Operand) -> Result<Complex, Failure>,
) -> PyResult {
    let (Some(a), Some(b)) = (operand(py, a)?, operand(py, b)?) else { return Ok(not_implemented().owned()) };
    match f(a, b) {
        Ok(v) => Ok(PyComplex::new(py, v.re, v.im)?.into_object()),
        Err(_) => Err(zero_division_error(py, "division by zero")),
    }
}

/// The result of `__complex__`, if the type has it.
fn special(py: Python, o: &PyObject) -> PyResult<Option<Complex>> {
    if let Some(c) = o.downcast_exact::<PyComplex>() {
        return Ok(Some(c.value()));
    }
    let Some(f) = o.lookup_special(py, intern!(py, "__complex__"))? else { return Ok(None) };
    let made = f.call0(py)?;
    let Some(c) = made.downcast::<PyComplex>() else {
        let (of, got) = (fully_qualified_name(py, o.ty())?, fully_qualified_name(py, made.ty())?);
        return Err(type_error(py, format!("{of}.__complex__() must return a complex, not {got}")));
    };
    if !PyComplex::check_exact(c) {
        let text = format!(
            "{}.__complex__() must return a complex, not {}.  The ability to return an instance of a strict subclass of \
             complex is deprecated, and may not be supported in a future version of Python.",
            fully_qualified_name(py, o.ty())?,
            fully_qualified_name(py, made.ty())?
        );
        warn(py, &PyExc_DeprecationWarning_Type, &text, 1)?;
    }
    Ok(Some(c.value()))
}

/// Does the type say that its instances are real numbers?
fn is_real(o: &PyObject) -> bool {
    o.ty().as_number().is_some_and(|n| n.nb_float.get().is_some() || n.nb_index.get().is_some())
}

/// The value of a number (`PyComplex_AsCComplex`'s order of asking).
fn of_number(py: Python, o: &PyObject) -> PyResult<Option<Complex>> {
    if let Some(v) = special(py, o)? {
        return Ok(Some(v));
    }
    if let Some(c) = o.downcast::<PyComplex>() {
        return Ok(Some(c.value()));
    }
    if is_real(o) {
        return Ok(Some(Complex { re: number::as_f64(py, o)?, im: 0.0 }));
    }
    Ok(None)
}

fn not_real(py: Python, which: &str, o: &PyObject) -> PyResult<String> {
    let name = fully_qualified_name(py, o.ty())?;
    Ok(format!("complex() argument '{which}' must be a real number, not {name}"))
}

impl PyComplex {
    /// The value of any number: a complex, `__complex__`, else a real number (`PyComplex_AsCComplex`).
    ///
    /// Errors: `TypeError` for other objects, what the methods raise.
    pub fn parts_of(py: Python, o: &PyObject) -> PyResult<(f64, f64)> {
        match of_number(py, o)? {
            Some(v) => Ok((v.re, v.im)),
            None => Ok((number::as_f64(py, o)?, 0.0)),
        }
    }

    fn from_one(py: Python, cls: &PyTypeObject, arg: &PyObject) -> PyResult<Py<PyComplex>> {
        if std::ptr::eq(cls, PyComplex::type_object())
            && let Some(c) = arg.downcast_exact::<PyComplex>()
        {
            return Ok(c.owned());
        }
        if let Some(s) = arg.downcast::<PyStr>() {
            return PyComplex::of_type(py, cls, parse(py, s)?);
        }
        match of_number(py, arg)? {
            Some(v) => PyComplex::of_type(py, cls, v),
            None => {
                let text = format!(
                    "complex() argument must be a string or a number, not {}",
                    fully_qualified_name(py, arg.ty())?
                );
                Err(type_error(py, text))
            }
        }
    }

    fn from_parts(
        py: Python,
        cls: &PyTypeObject,
        real: Option<&PyObject>,
        imag: Option<&PyObject>,
    ) -> PyResult<Py<PyComplex>> {
        let zero = PyInt::zero();
        let r = real.unwrap_or(zero);
        let own = special(py, r)?;
        if own.is_none() && !is_real(r) && !PyComplex::check(r) {
            return Err(type_error(py, not_real(py, "real", r)?));
        }
        if let Some(i) = imag
            && !is_real(i)
            && !PyComplex::check(i)
        {
            return Err(type_error(py, not_real(py, "imag", i)?));
        }
        let complex_real = own.or_else(|| r.downcast::<PyComplex>().map(|c| c.value()));
        let cr = match complex_real {
            Some(v) => {
                if !is_real(r) {
                    warn(py, &PyExc_DeprecationWarning_Type, &not_real(py, "real", r)?, 1)?;
                }
                v
            }
            None => Complex { re: number::float(py, r)?.value(), im: 0.0 },
        };
        let mut out = cr;
        if let Some(i) = imag {
            if let Some(c) = i.downcast::<PyComplex>() {
                warn(py, &PyExc_DeprecationWarning_Type, &not_real(py, "imag", i)?, 1)?;
                out = Complex { re: cr.re - c.imag, im: c.real };
            } else {
                out.im = number::float(py, i)?.value();
            }
            if complex_real.is_some() {
                out.im += cr.im;
            }
        }
        PyComplex::of_type(py, cls, out)
    }
}

/// A number with a real and an imaginary part.
///
/// complex(text) reads text such as '1+2j'; complex(real, imag) is
/// real + imag*1j.
#[pytype(
    name = "complex",
    symbol = "PyComplex_Type",
    base = PyObject,
    flags(BASETYPE),
    members(real: f64 readonly "the real part of a complex number", imag: f64 readonly "the imaginary part of a complex number"),
    text = "(real=0, imag=0)"
)]
impl PyComplex {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyComplex>> {
        let keywords = kwargs.filter(|k| !k.is_empty());
        match (args.items(), keywords) {
            ([], None) => return PyComplex::of_type(py, cls, Complex { re: 0.0, im: 0.0 }),
            ([arg], None) => return PyComplex::from_one(py, cls, arg),
            _ => {}
        }
        let given = args.len() + keywords.map_or(0, |k| k.len());
        if given > 2 {
            return Err(type_error(py, format!("complex() takes at most 2 arguments ({given} given)")));
        }
        let mut parts: [Option<Py>; 2] = [args.get(0).map(|o| o.owned()), args.get(1).map(|o| o.owned())];
        let mut pos = 0;
        while let Some((name, value)) = keywords.and_then(|k| k.next(&mut pos)) {
            let name = name.downcast::<PyStr>().map_or(String::new(), |n| n.to_string_lossy());
            let place = match name.as_str() {
                "real" => 0,
                "imag" => 1,
                _ => {
                    return Err(type_error(
                        py,
                        format!("complex() got an unexpected keyword argument '{name}'"),
                    ));
                }
            };
            if parts[place].is_some() {
                let text =
                    format!("argument for complex() given by name ('{name}') and position ({})", place + 1);
                return Err(type_error(py, text));
            }
            parts[place] = Some(value);
        }
        PyComplex::from_parts(py, cls, parts[0].as_deref(), parts[1].as_deref())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let plain = |v: f64, sign: bool| double_to_string(v, b'r', 0, Flags { sign, ..Flags::default() });
        let text = if self.real == 0.0 && self.real.is_sign_positive() {
            format!("{}j", plain(self.imag, false))
        } else {
            format!("({}{}j)", plain(self.real, false), plain(self.imag, true))
        };
        PyStr::new(py, &text)
    }

    #[slot(tp_hash)]
    fn hash(&self, _py: Python) -> PyResult<isize> {
        let (re, im) = (hash_f64(self.real, self) as usize, hash_f64(self.imag, self) as usize);
        let h = re.wrapping_add(im.wrapping_mul(1000003)) as isize;
        Ok(if h == -1 { -2 } else { h })
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, _py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let negate = match op {
            CompareOp::Eq => false,
            CompareOp::Ne => true,
            _ => return Ok(not_implemented().owned()),
        };
        let equal = match other.downcast::<PyComplex>() {
            Some(c) => self.real == c.real && self.imag == c.imag,
            None => match crate::types::float::compare(self.real, other) {
                Some(order) => self.imag == 0.0 && order.is_some_and(|o| o.is_eq()),
                None => return Ok(not_implemented().owned()),
            },
        };
        Ok(py_bool(equal != negate).owned().into_object())
    }

    #[slot(nb_add)]
    fn nb_add(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, |a, b| Ok(arith::add(a, b)))
    }

    #[slot(nb_subtract)]
    fn nb_subtract(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, |a, b| Ok(arith::sub(a, b)))
    }

    #[slot(nb_multiply)]
    fn nb_multiply(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, |a, b| Ok(arith::mul(a, b)))
    }

    #[slot(nb_true_divide)]
    fn nb_true_divide(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, arith::div)
    }

    #[slot(nb_power)]
    fn nb_power(py: Python, a: &PyObject, b: &PyObject, c: &PyObject) -> PyResult {
        let (Some(a), Some(b)) = (operand(py, a)?, operand(py, b)?) else {
            return Ok(not_implemented().owned());
        };
        if !c.is_none() {
            return Err(value_error(py, "complex modulo"));
        }
        let complex = |o| match o {
            Operand::Complex(c) => c,
            Operand::Real(re) => Complex { re, im: 0.0 },
        };
        match complex(a).pow(complex(b)) {
            Ok(v) => Ok(PyComplex::new(py, v.re, v.im)?.into_object()),
            Err(Failure::ZeroDivision) => Err(zero_division_error(py, "zero to a negative or complex power")),
            Err(Failure::Overflow) => Err(overflow_error(py, "complex exponentiation")),
        }
    }

    #[slot(nb_negative)]
    fn negative(&self, py: Python) -> PyResult<Py<PyComplex>> {
        PyComplex::new(py, -self.real, -self.imag)
    }

    #[slot(nb_positive)]
    fn positive(&self, py: Python) -> PyResult<Py<PyComplex>> {
        self.same(py)
    }

    fn same(&self, py: Python) -> PyResult<Py<PyComplex>> {
        if PyComplex::check_exact(self) { Ok(self.owned()) } else { PyComplex::new(py, self.real, self.imag) }
    }

    #[slot(nb_absolute)]
    fn absolute(&self, py: Python) -> PyResult<Py<PyFloat>> {
        match self.value().abs() {
            Ok(v) => PyFloat::new(py, v),
            Err(_) => Err(overflow_error(py, "absolute value too large")),
        }
    }

    #[slot(nb_bool)]
    fn truth(&self, _py: Python) -> PyResult<bool> {
        Ok(self.real != 0.0 || self.imag != 0.0)
    }

    /// A complex number of the value of a number, which is not text.
    #[classmethod]
    fn from_number(cls: &PyTypeObject, py: Python, number: &PyObject) -> PyResult {
        let own = std::ptr::eq(cls, PyComplex::type_object());
        if own && PyComplex::check_exact(number) {
            return Ok(number.owned());
        }
        let v = match of_number(py, number)? {
            Some(v) => v,
            None => Complex { re: crate::abstract_::number::as_f64(py, number)?, im: 0.0 },
        };
        let value = PyComplex::new(py, v.re, v.im)?;
        if own { Ok(value.into_object()) } else { cls.object().call1(py, &value) }
    }

    /// The number with the sign of its imaginary part turned.
    #[pymethod]
    fn conjugate(&self, py: Python) -> PyResult<Py<PyComplex>> {
        PyComplex::new(py, self.real, -self.imag)
    }

    /// The number as an exact complex.
    #[pymethod]
    fn __complex__(&self, py: Python) -> PyResult<Py<PyComplex>> {
        self.same(py)
    }

    #[pymethod]
    fn __getnewargs__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let parts = [PyFloat::new(py, self.real)?.into_object(), PyFloat::new(py, self.imag)?.into_object()];
        PyTuple::new(py, parts)
    }

    /// The number as text, as format_spec says.
    #[pymethod]
    fn __format__(&self, py: Python, format_spec: &PyStr) -> PyResult<Py<PyStr>> {
        crate::format::format_complex(py, self, format_spec)
    }
}
