//! `Decimal`: the object, its operators and conversions.

use super::coeff::Coeff;
use super::context::{PyContext, current, optional};
use super::convert::{self, construct, from_float_object, not_an_int, operand, to_int};
use super::format::{self, Separators, Spec, SpecError};
use super::number::{Ctx, Dec, Kind, Round, cond};
use super::signals::{number, outcome, signal};
use super::{arith, power, round, state, text};
use object::libc;
use runtime::prelude::*;
use std::ffi::CStr;

/// A decimal number.
#[repr(C)]
pub struct PyDecimal {
    pub ob_base: PyObject,
    hash: Cell<isize>,
    pub num: Dec,
}

impl PyDecimal {
    #[inline]
    pub fn new(py: Python, num: Dec) -> PyResult<Py<PyDecimal>> {
        Self::of_class(py, PyDecimal::type_object(), num)
    }

    #[inline]
    pub fn of_class(py: Python, cls: &PyTypeObject, num: Dec) -> PyResult<Py<PyDecimal>> {
        new_object(py, cls, PyDecimal { ob_base: PyObject::header(cls), hash: Cell::new(-1), num })
    }
}

type Operation = fn(&Dec, &Dec, &Ctx, &mut u32) -> Result<Dec, super::coeff::NoMemory>;

/// An operator on two numbers in the current context.
#[inline]
fn binary(py: Python, a: &PyObject, b: &PyObject, f: Operation) -> PyResult {
    let (Some(x), Some(y)) = (operand(a), operand(b)) else { return Ok(not_implemented().owned()) };
    let ctx = current(py)?;
    let mut st = 0;
    let r = f(&x, &y, &ctx.ctx(), &mut st);
    Ok(number(py, &ctx, r, st)?.into_object())
}

/// An operator on one number in the current context.
fn unary(
    py: Python,
    d: &PyDecimal,
    f: impl FnOnce(&Dec, &Ctx, &mut u32) -> Result<Dec, super::coeff::NoMemory>,
) -> PyResult<Py<PyDecimal>> {
    let ctx = current(py)?;
    let mut st = 0;
    let r = f(&d.num, &ctx.ctx(), &mut st);
    number(py, &ctx, r, st)
}

/// An int rounded from a number without limits.
fn rounded_int(py: Python, d: &Dec, round: Round) -> PyResult<Py<PyInt>> {
    if let Some(e) = not_an_int(py, d, "integer") {
        return Err(e);
    }
    let mut ignored = 0;
    let r = round::to_integral(d, round, &Ctx::MAX, &mut ignored, false).map_err(|_| memory_error(py))?;
    to_int(py, &r)
}

/// What the locale says about numbers.
fn locale_separators(py: Python) -> PyResult<Separators> {
    // SAFETY: strings that stay valid until the locale changes; they are copied at once, under the interpreter lock.
    unsafe {
        let l = &*libc::localeconv();
        let text = |p: *const std::ffi::c_char| -> PyResult<String> {
            Ok(runtime::fs::fs_decode(py, CStr::from_ptr(p).to_bytes())?.to_string_lossy())
        };
        Ok(Separators {
            point: text(l.decimal_point)?,
            thousands: text(l.thousands_sep)?,
            grouping: CStr::from_ptr(l.grouping).to_bytes().to_vec(),
        })
    }
}

/// Separators that a dict gives in place of the locale's.
fn override_separators(py: Python, o: &PyObject, s: &mut Separators) -> PyResult<()> {
    let Some(d) = o.downcast::<PyDict>() else {
        return Err(type_error(py, "optional argument must be a dict"));
    };
    let text = |name: &str| -> PyResult<Option<String>> {
        match d.get_text(py, name)? {
            None => Ok(None),
            Some(v) => match v.downcast::<PyStr>() {
                Some(s) => Ok(Some(s.as_utf8(py)?.to_owned())),
                None => Err(value_error(py, "invalid override dict")),
            },
        }
    };
    if let Some(p) = text("decimal_point")? {
        s.point = p;
    }
    if let Some(t) = text("thousands_sep")? {
        s.thousands = t;
    }
    if let Some(g) = text("grouping")? {
        // 127 ends the groups; what is larger is a negative char.
        let Some(lengths) = g.chars().map(|c| u8::try_from(c as u32).ok().filter(|&c| c < 128)).collect()
        else {
            return Err(value_error(py, "invalid override dict"));
        };
        s.grouping = lengths;
    }
    let one = |s: &str| s.chars().count() <= 1;
    if s.point.is_empty() || !one(&s.point) || !one(&s.thousands) {
        return Err(value_error(py, "invalid override dict"));
    }
    Ok(())
}

/// A decimal number, made from a string, an integer, a float, a tuple (sign, digits, exponent) or another Decimal.
#[pytype(
    name = "Decimal",
    module = "decimal",
    flags(BASETYPE, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    text = "(value=\"0\", context=None)",
    parts(unary, binary, queries, others)
)]
impl PyDecimal {
    #[slot(tp_new, vectorcall, sig = "(value=<unrepresentable>, context=None)")]
    fn tp_new(py: Python, cls: &PyTypeObject, value: Option<&PyObject>, context: &PyObject) -> PyResult {
        let ctx = optional(py, context)?;
        let Some(value) = value else {
            return Ok(Self::of_class(py, cls, Dec::zero(false, 0))?.into_object());
        };
        if PyDecimal::check_exact(value) && std::ptr::eq(cls, PyDecimal::type_object()) {
            return Ok(value.owned());
        }
        Ok(Self::of_class(py, cls, construct(py, value, &ctx, None)?)?.into_object())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let capitals = current(py)?.capitals.get() != 0;
        PyStr::new(py, &format!("Decimal('{}')", text::to_text(&self.num, capitals, false)))
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        let capitals = current(py)?.capitals.get() != 0;
        PyStr::new(py, &text::to_text(&self.num, capitals, false))
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        if self.hash.get() == -1 {
            self.hash.set(convert::hash(py, &self.num, self.as_object())?);
        }
        Ok(self.hash.get())
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let answer = |b: bool| Ok(py_bool(b).owned().into_object());
        if let Some(o) = other.downcast::<PyDecimal>()
            && !self.num.is_nan()
            && !o.num.is_nan()
        {
            return answer(op.holds(self.num.compare(&o.num)));
        }
        let ctx = current(py)?;
        let Some((a, b)) = convert::comparands(py, self, other, op, &ctx)? else {
            return Ok(not_implemented().owned());
        };
        if a.is_nan() || b.is_nan() {
            let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
            let signaling = a.kind == Kind::Signaling || b.kind == Kind::Signaling;
            if signaling || !equality {
                signal(py, &ctx, cond::INVALID_OPERATION)?;
            }
            return answer(op == CompareOp::Ne);
        }
        answer(op.holds(a.compare(&b)))
    }

    #[slot(nb_add)]
    fn add(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, arith::add)
    }

    #[slot(nb_subtract)]
    fn subtract(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, arith::sub)
    }

    #[slot(nb_multiply)]
    fn multiply(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, arith::mul)
    }

    #[slot(nb_true_divide)]
    fn true_divide(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, arith::div)
    }

    #[slot(nb_floor_divide)]
    fn floor_divide(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, arith::div_int)
    }

    #[slot(nb_remainder)]
    fn remainder(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        binary(py, a, b, arith::rem)
    }

    #[slot(nb_divmod)]
    fn divmod(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let (Some(x), Some(y)) = (operand(a), operand(b)) else { return Ok(not_implemented().owned()) };
        let (ctx, mut st) = (current(py)?, 0);
        let r = arith::divmod(&x, &y, &ctx.ctx(), &mut st);
        let (q, r) = outcome(py, &ctx, r, st)?;
        let pair = [Self::new(py, q)?.into_object(), Self::new(py, r)?.into_object()];
        Ok(PyTuple::new(py, pair)?.into_object())
    }

    #[slot(nb_power)]
    fn power(py: Python, a: &PyObject, b: &PyObject, c: &PyObject) -> PyResult {
        let (Some(x), Some(y)) = (operand(a), operand(b)) else { return Ok(not_implemented().owned()) };
        let (ctx, mut st) = (current(py)?, 0);
        let r = if c.is_none() {
            power::power(&x, &y, &ctx.ctx(), &mut st)
        } else {
            let Some(m) = operand(c) else { return Ok(not_implemented().owned()) };
            power::power_modulo(&x, &y, &m, &ctx.ctx(), &mut st)
        };
        Ok(number(py, &ctx, r, st)?.into_object())
    }

    #[slot(nb_negative)]
    fn negative(&self, py: Python) -> PyResult<Py<PyDecimal>> {
        unary(py, self, |a, c, st| arith::plus(a, true, c, st))
    }

    #[slot(nb_positive)]
    fn positive(&self, py: Python) -> PyResult<Py<PyDecimal>> {
        unary(py, self, |a, c, st| arith::plus(a, false, c, st))
    }

    #[slot(nb_absolute)]
    fn absolute(&self, py: Python) -> PyResult<Py<PyDecimal>> {
        unary(py, self, arith::abs)
    }

    #[slot(nb_bool)]
    fn bool(&self) -> bool {
        !self.num.is_zero()
    }

    #[slot(nb_int)]
    fn int(&self, py: Python) -> PyResult<Py<PyInt>> {
        rounded_int(py, &self.num, Round::Down)
    }

    #[slot(nb_float)]
    fn float(&self, py: Python) -> PyResult<f64> {
        match self.num.kind {
            Kind::Signaling => return Err(value_error(py, "cannot convert signaling NaN to float")),
            Kind::Quiet => return Ok(if self.num.neg { -f64::NAN } else { f64::NAN }),
            Kind::Infinite => return Ok(if self.num.neg { f64::NEG_INFINITY } else { f64::INFINITY }),
            Kind::Finite => {}
        }
        // An exponent beyond what the parser takes is beyond a float's anyway.
        let n = &self.num;
        let exp = n.exp.clamp(-1_000_000_000, 1_000_000_000);
        let sign = if n.neg { "-" } else { "" };
        let text = format!("{sign}{}e{exp}", n.coeff.to_text());
        text.parse::<f64>().map_err(|_| value_error(py, "cannot convert to float"))
    }

    /// The float with the value nearest to this one, as a complex number.
    #[pymethod]
    fn __complex__(&self, py: Python) -> PyResult<Py<PyComplex>> {
        PyComplex::new(py, self.float(py)?, 0.0)
    }

    /// The integer towards zero.
    #[pymethod(nodoc)]
    fn __trunc__(&self, py: Python) -> PyResult<Py<PyInt>> {
        rounded_int(py, &self.num, Round::Down)
    }

    #[pymethod(nodoc)]
    fn __ceil__(&self, py: Python) -> PyResult<Py<PyInt>> {
        rounded_int(py, &self.num, Round::Ceiling)
    }

    #[pymethod(nodoc)]
    fn __floor__(&self, py: Python) -> PyResult<Py<PyInt>> {
        rounded_int(py, &self.num, Round::Floor)
    }

    #[pymethod(sig = "(ndigits=<unrepresentable>, /)", nosig, nodoc)]
    fn __round__(&self, py: Python, ndigits: Option<&PyObject>) -> PyResult {
        let Some(n) = ndigits else {
            return Ok(rounded_int(py, &self.num, Round::HalfEven)?.into_object());
        };
        let Some(n) = n.downcast::<PyInt>() else {
            return Err(type_error(py, "optional arg must be an integer"));
        };
        let exp = -(n.to_isize(py)?.clamp(-4_000_000_000_000_000_000, 4_000_000_000_000_000_000) as i64);
        let unit = Dec::new(false, Coeff::ONE, exp);
        Ok(unary(py, self, |a, c, st| round::quantize(a, &unit, c, st))?.into_object())
    }

    #[pymethod(sig = "(fmtarg, override=None, /)", nosig, nodoc)]
    fn __format__(&self, py: Python, fmtarg: &PyObject, r#override: &PyObject) -> PyResult<Py<PyStr>> {
        let Some(fmt) = fmtarg.downcast::<PyStr>() else {
            return Err(type_error(py, "format arg must be str"));
        };
        let ctx = current(py)?;
        let parsed = fmt.as_utf8(py).map(|t| Spec::parse(t, ctx.capitals.get() != 0));
        let mut spec = match parsed? {
            Ok(s) => s,
            Err(SpecError::Invalid) => return Err(value_error(py, "invalid format string")),
            Err(SpecError::TooLarge) => {
                return Err(overflow_error(py, "cannot fit 'int' into an index-sized integer"));
            }
        };
        if spec.deprecated {
            warn(
                py,
                &exceptions::PyExc_DeprecationWarning_Type,
                "Format specifier 'N' is deprecated and slated for removal in Python 3.18",
                1,
            )?;
        }
        if spec.locale {
            spec.separators = locale_separators(py)?;
        }
        if !r#override.is_none() {
            override_separators(py, r#override, &mut spec.separators)?;
        }
        let limit = 1 << 40;
        if spec.width > limit || spec.precision.is_some_and(|p| p > limit) {
            return Err(value_error(py, "format specification exceeds internal limits of _decimal"));
        }
        runtime::format::room_for(py, spec.width.max(spec.precision.unwrap_or(0)).max(0) as usize)?;
        let text = format::format(&self.num, &spec, &ctx.ctx()).map_err(|_| memory_error(py))?;
        PyStr::new(py, &text)
    }

    #[getter]
    fn real(&self) -> Py<PyDecimal> {
        self.owned()
    }

    #[getter]
    fn imag(&self, py: Python) -> PyResult<Py<PyDecimal>> {
        Self::new(py, Dec::zero(false, 0))
    }

    /// A Decimal from a float or an int, exactly.
    #[classmethod]
    fn from_float(cls: &PyTypeObject, py: Python, f: &PyObject) -> PyResult {
        let ctx = current(py)?;
        let d = Self::new(py, from_float_object(py, f, &ctx, None)?)?;
        if std::ptr::eq(cls, PyDecimal::type_object()) {
            return Ok(d.into_object());
        }
        cls.object().call1(py, d.as_object())
    }

    /// A Decimal from a number, exactly; strings and tuples are no numbers.
    #[classmethod]
    fn from_number(cls: &PyTypeObject, py: Python, number: &PyObject) -> PyResult {
        if !(PyDecimal::check(number) || PyInt::check(number) || PyFloat::check(number)) {
            return Err(convert::unsupported(py, number));
        }
        let ctx = current(py)?;
        let d = Self::new(py, construct(py, number, &ctx, None)?)?;
        if std::ptr::eq(cls, PyDecimal::type_object()) {
            return Ok(d.into_object());
        }
        cls.object().call1(py, d.as_object())
    }

    /// (sign, digits, exponent) as a named tuple.
    #[pymethod]
    fn as_tuple(&self, py: Python) -> PyResult {
        use crate::system::{int, text};
        let n = &self.num;
        let exponent = match n.kind {
            Kind::Infinite => text(py, "F")?,
            Kind::Quiet => text(py, "n")?,
            Kind::Signaling => text(py, "N")?,
            Kind::Finite => int(py, n.exp)?,
        };
        let mut digits = Vec::new();
        if n.is_finite() || n.is_infinite() || !n.coeff.is_zero() {
            n.coeff.push_digits(&mut digits);
        }
        let mut items = Vec::with_capacity(digits.len());
        for d in digits {
            items.push(int(py, (d - b'0') as i64)?);
        }
        let digits = PyTuple::new(py, items)?;
        let class = &state(py).classes(py)?.decimal_tuple;
        class.call(py, &[&*int(py, n.neg as i64)?, digits.as_object(), &exponent])
    }

    /// The number as a pair of integers in lowest terms, the denominator positive.
    #[pymethod]
    fn as_integer_ratio(&self, py: Python) -> PyResult<Py<PyTuple>> {
        use dashu_int::UBig;
        use dashu_int::ops::Gcd;
        let n = &self.num;
        if let Some(e) = not_an_int(py, n, "integer ratio") {
            return Err(e);
        }
        if n.coeff.is_zero() {
            return crate::system::int_tuple(py, [0, 1]);
        }
        if n.exp >= 0 {
            let whole = to_int(py, n)?;
            return PyTuple::new(py, [whole.into_object(), crate::system::int(py, 1)?]);
        }
        let Some(exp) = usize::try_from(-n.exp).ok().filter(|e| *e < 1_000_000_000) else {
            return Err(memory_error(py));
        };
        let (c, d) = (n.coeff.to_ubig(), UBig::from(10u8).pow(exp));
        let g = (&c).gcd(&d);
        let pair = [
            PyInt::from_ubig(py, n.neg, &(c / &g))?.into_object(),
            PyInt::from_ubig(py, false, &(d / &g))?.into_object(),
        ];
        PyTuple::new(py, pair)
    }

    #[pymethod(nodoc)]
    fn __copy__(&self) -> Py<PyDecimal> {
        self.owned()
    }

    #[pymethod(nodoc)]
    fn __deepcopy__(&self, _object: &PyObject) -> Py<PyDecimal> {
        self.owned()
    }

    #[pymethod(nodoc)]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let text = self.as_object().str_(py)?;
        let args = PyTuple::new(py, [text.into_object()])?;
        PyTuple::new(py, [self.ty().object().owned(), args.into_object()])
    }

    #[pymethod(nodoc)]
    fn __sizeof__(&self) -> usize {
        self.ty().tp_basicsize.get() as usize + self.num.coeff.heap_size()
    }
}

/// A rounding argument, or the context's mode.
pub fn rounding_or(py: Python, o: &PyObject, ctx: &PyContext) -> PyResult<Round> {
    if o.is_none() { Ok(ctx.round.get()) } else { super::context::rounding(py, o) }
}
