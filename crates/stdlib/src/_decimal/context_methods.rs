//! The operations as methods of contexts.

use super::context::PyContext;
use super::convert::{Operand, construct, from_float_object, required};
use super::decimal::PyDecimal;
use super::number::{Dec, Kind};
use super::signals::{number, outcome};
use super::{arith, elementary, power, round, state, text};
use runtime::prelude::*;

/// Methods that take one number and give one.
macro_rules! unary {
    ($($doc:literal $name:ident $f:expr;)*) => {
        #[pymethods(unary)]
        impl PyContext {
            $(
                #[doc = $doc]
                #[pymethod]
                fn $name(&self, py: Python, x: &PyObject) -> PyResult<Py<PyDecimal>> {
                    let (a, c, mut st) = (required(py, x)?, self.ctx(), 0);
                    let r = ($f)(&a, &c, &mut st);
                    number(py, self, r, st)
                }
            )*
        }
    };
}
unary! {
    "The absolute value of x." abs arith::abs;
    "e ** x." exp elementary::exp;
    "The natural logarithm of x." ln elementary::ln;
    "The logarithm of x to base 10." log10 elementary::log10;
    "-x, rounded." minus |a: &Dec, c: &_, st: &mut _| arith::plus(a, true, c, st);
    "The largest number below x." next_minus |a: &Dec, c: &_, st: &mut _| round::next(a, false, c, st);
    "The smallest number above x." next_plus |a: &Dec, c: &_, st: &mut _| round::next(a, true, c, st);
    "x without trailing zeros." normalize round::normalize;
    "+x, rounded." plus |a: &Dec, c: &_, st: &mut _| arith::plus(a, false, c, st);
    "Same as to_integral_value()." to_integral |a: &Dec, c: &super::number::Ctx, st: &mut _| round::to_integral(a, c.round, c, st, false);
    "x rounded to an integer, with the flags Inexact and Rounded." to_integral_exact |a: &Dec, c: &super::number::Ctx, st: &mut _| round::to_integral(a, c.round, c, st, true);
    "x rounded to an integer." to_integral_value |a: &Dec, c: &super::number::Ctx, st: &mut _| round::to_integral(a, c.round, c, st, false);
    "The square root of x." sqrt elementary::sqrt;
    "The exponent of the highest digit of x." logb round::logb;
    "The digits of x, all 0 or 1, inverted." logical_invert round::logical_invert;
}

/// Methods that take two numbers and give one.
macro_rules! binary {
    ($($doc:literal $name:ident $f:expr;)*) => {
        #[pymethods(binary)]
        impl PyContext {
            $(
                #[doc = $doc]
                #[pymethod]
                fn $name(&self, py: Python, x: &PyObject, y: &PyObject) -> PyResult<Py<PyDecimal>> {
                    let (a, b, c, mut st) = (required(py, x)?, required(py, y)?, self.ctx(), 0);
                    let r = ($f)(&a, &b, &c, &mut st);
                    number(py, self, r, st)
                }
            )*
        }
    };
}
type C = super::number::Ctx;
binary! {
    "The sum of x and y." add arith::add;
    "-1, 0 or 1 as x is less than, equal to or greater than y." compare |a: &Dec, b: &Dec, c: &C, st: &mut _| Ok(arith::compare(a, b, c, st, false));
    "As compare(), with a signal for every NaN." compare_signal |a: &Dec, b: &Dec, c: &C, st: &mut _| Ok(arith::compare(a, b, c, st, true));
    "x / y." divide arith::div;
    "The integer part of x / y." divide_int arith::div_int;
    "The larger of x and y." max |a: &Dec, b: &Dec, c: &C, st: &mut _| round::extreme(a, b, true, false, c, st);
    "The number with the larger magnitude." max_mag |a: &Dec, b: &Dec, c: &C, st: &mut _| round::extreme(a, b, true, true, c, st);
    "The smaller of x and y." min |a: &Dec, b: &Dec, c: &C, st: &mut _| round::extreme(a, b, false, false, c, st);
    "The number with the smaller magnitude." min_mag |a: &Dec, b: &Dec, c: &C, st: &mut _| round::extreme(a, b, false, true, c, st);
    "The product of x and y." multiply arith::mul;
    "The neighbour of x in the direction of y." next_toward round::next_toward;
    "x rounded to the exponent of y." quantize round::quantize;
    "The rest of the division of x by y, with the sign of x." remainder arith::rem;
    "x - y * n with the integer n nearest to x / y." remainder_near arith::rem_near;
    "x - y." subtract arith::sub;
    "x and y compared by the total order of representations." compare_total |a: &Dec, b: &Dec, _: &C, _: &mut _| Ok(Dec::from_i64(round::compare_total(a, b) as i64));
    "As compare_total() without the signs." compare_total_mag |a: &Dec, b: &Dec, _: &C, _: &mut _| Ok(Dec::from_i64(round::compare_total_magnitude(a, b) as i64));
    "x with the sign of y." copy_sign |a: &Dec, b: &Dec, _: &C, _: &mut _| Ok(a.clone().with_sign(b.neg));
    "And of the digits of x and y." logical_and |a: &Dec, b: &Dec, c: &C, st: &mut _| Ok(round::logical_op(a, b, c, st, |x, y| x && y));
    "Or of the digits of x and y." logical_or |a: &Dec, b: &Dec, c: &C, st: &mut _| Ok(round::logical_op(a, b, c, st, |x, y| x || y));
    "Exclusive or of the digits of x and y." logical_xor |a: &Dec, b: &Dec, c: &C, st: &mut _| Ok(round::logical_op(a, b, c, st, |x, y| x != y));
    "The digits of x rotated by y places." rotate round::rotate;
    "x with its exponent changed by y." scaleb round::scaleb;
    "The digits of x shifted by y places." shift round::shift;
}

/// Does the number's exponent count, in a comparison of kinds?
pub fn same_quantum(a: &Dec, b: &Dec) -> bool {
    match (a.kind, b.kind) {
        (Kind::Finite, Kind::Finite) => a.exp == b.exp,
        _ => a.is_nan() && b.is_nan() || a.is_infinite() && b.is_infinite(),
    }
}

/// Methods that tell something about one number.
macro_rules! queries {
    ($($doc:literal $name:ident $f:expr;)*) => {
        #[pymethods(queries)]
        impl PyContext {
            $(
                #[doc = $doc]
                #[pymethod]
                fn $name(&self, py: Python, x: &PyObject) -> PyResult<bool> {
                    let a = required(py, x)?;
                    Ok(($f)(&*a, &self.ctx()))
                }
            )*
        }
    };
}
queries! {
    "Is x finite?" is_finite |a: &Dec, _: &C| a.is_finite();
    "Is x infinite?" is_infinite |a: &Dec, _: &C| a.is_infinite();
    "Is x a NaN?" is_nan |a: &Dec, _: &C| a.is_nan();
    "Is x a normal number?" is_normal |a: &Dec, c: &C| a.is_finite() && !a.coeff.is_zero() && a.adjusted() >= c.emin;
    "Is x a quiet NaN?" is_qnan |a: &Dec, _: &C| a.kind == Kind::Quiet;
    "Has x a sign?" is_signed |a: &Dec, _: &C| a.neg;
    "Is x a signaling NaN?" is_snan |a: &Dec, _: &C| a.kind == Kind::Signaling;
    "Is x subnormal?" is_subnormal |a: &Dec, c: &C| a.is_finite() && !a.coeff.is_zero() && a.adjusted() < c.emin;
    "Is x zero?" is_zero |a: &Dec, _: &C| a.is_zero();
}

impl PyContext {
    fn wrap(py: Python, d: Dec) -> PyResult<Py<PyDecimal>> {
        PyDecimal::new(py, d)
    }
}

#[pymethods(others)]
impl PyContext {
    /// The quotient's integer part and the rest.
    #[pymethod]
    fn divmod(&self, py: Python, x: &PyObject, y: &PyObject) -> PyResult<Py<PyTuple>> {
        let (a, b, mut st) = (required(py, x)?, required(py, y)?, 0);
        let r = arith::divmod(&a, &b, &self.ctx(), &mut st);
        let (q, r) = outcome(py, self, r, st)?;
        PyTuple::new(py, [Self::wrap(py, q)?.into_object(), Self::wrap(py, r)?.into_object()])
    }

    /// a ** b, or (a ** b) % modulo for integers.
    #[pymethod(sig = "(a, b, modulo=None)")]
    fn power(&self, py: Python, a: &PyObject, b: &PyObject, modulo: &PyObject) -> PyResult<Py<PyDecimal>> {
        let (x, y, c, mut st) = (required(py, a)?, required(py, b)?, self.ctx(), 0);
        let r = if modulo.is_none() {
            power::power(&x, &y, &c, &mut st)
        } else {
            power::power_modulo(&x, &y, &*required(py, modulo)?, &c, &mut st)
        };
        number(py, self, r, st)
    }

    /// x * y + z, rounded once.
    #[pymethod]
    fn fma(&self, py: Python, x: &PyObject, y: &PyObject, z: &PyObject) -> PyResult<Py<PyDecimal>> {
        let (a, b, d, mut st) = (required(py, x)?, required(py, y)?, required(py, z)?, 0);
        let r = arith::fma(&a, &b, &d, &self.ctx(), &mut st);
        number(py, self, r, st)
    }

    /// Emin - prec + 1: the exponent of the smallest subnormal number.
    #[pymethod(name = "Etiny")]
    fn etiny(&self) -> i64 {
        self.ctx().etiny()
    }

    /// Emax - prec + 1: the exponent of the largest number.
    #[pymethod(name = "Etop")]
    fn etop(&self) -> i64 {
        self.ctx().etop()
    }

    /// 10.
    #[pymethod]
    fn radix(&self, py: Python) -> PyResult<Py<PyDecimal>> {
        Self::wrap(py, Dec::from_i64(10))
    }

    /// Every number is canonical.
    #[pymethod]
    fn is_canonical(&self, py: Python, x: &PyObject) -> PyResult<bool> {
        if !PyDecimal::check(x) {
            return Err(type_error(py, "argument must be a Decimal"));
        }
        Ok(true)
    }

    /// x rounded to the context.
    #[pymethod(nodoc)]
    fn _apply(&self, py: Python, x: &PyObject) -> PyResult<Py<PyDecimal>> {
        let (a, mut st) = (required(py, x)?, 0);
        let r = a.clone().finish(&self.ctx(), &mut st);
        number(py, self, r, st)
    }

    /// x itself.
    #[pymethod]
    fn canonical(&self, py: Python, x: &PyObject) -> PyResult {
        if !PyDecimal::check(x) {
            return Err(type_error(py, "argument must be a Decimal"));
        }
        Ok(x.owned())
    }

    /// x without its sign.
    #[pymethod]
    fn copy_abs(&self, py: Python, x: &PyObject) -> PyResult<Py<PyDecimal>> {
        Self::wrap(py, required(py, x)?.abs())
    }

    /// x as a Decimal.
    #[pymethod]
    fn copy_decimal(&self, py: Python, x: &PyObject) -> PyResult {
        match required(py, x)? {
            Operand::Borrowed(_) => Ok(x.owned()),
            Operand::Made(d) => Ok(Self::wrap(py, d)?.into_object()),
        }
    }

    /// x with the other sign.
    #[pymethod]
    fn copy_negate(&self, py: Python, x: &PyObject) -> PyResult<Py<PyDecimal>> {
        Self::wrap(py, required(py, x)?.negated())
    }

    /// The class of numbers x belongs to.
    #[pymethod]
    fn number_class(&self, py: Python, x: &PyObject) -> PyResult<&'static str> {
        Ok(round::number_class(&*required(py, x)?, &self.ctx()))
    }

    /// x as text in scientific notation.
    #[pymethod]
    fn to_sci_string(&self, py: Python, x: &PyObject) -> PyResult<String> {
        Ok(text::to_text(&*required(py, x)?, self.capitals.get() != 0, false))
    }

    /// x as text in engineering notation.
    #[pymethod]
    fn to_eng_string(&self, py: Python, x: &PyObject) -> PyResult<String> {
        Ok(text::to_text(&*required(py, x)?, self.capitals.get() != 0, true))
    }

    /// Have x and y the same exponent?
    #[pymethod]
    fn same_quantum(&self, py: Python, x: &PyObject, y: &PyObject) -> PyResult<bool> {
        Ok(same_quantum(&*required(py, x)?, &*required(py, y)?))
    }

    /// Clears all flags.
    #[pymethod]
    fn clear_flags(&self) {
        self.flags.bits.set(0)
    }

    /// Clears all traps.
    #[pymethod]
    fn clear_traps(&self) {
        self.traps.bits.set(0)
    }

    #[pymethod(nodoc)]
    fn __copy__(&self, py: Python) -> PyResult<Py<PyContext>> {
        self.copy_of(py)
    }

    /// A copy of the context.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult<Py<PyContext>> {
        self.copy_of(py)
    }

    #[pymethod(nodoc)]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        use crate::system::{int, text};
        let classes = state(py).classes(py)?;
        let args = PyTuple::new(
            py,
            [
                int(py, self.prec.get())?,
                text(py, self.round.get().name())?,
                int(py, self.emin.get())?,
                int(py, self.emax.get())?,
                int(py, self.capitals.get() as i64)?,
                int(py, self.clamp.get() as i64)?,
                classes.list(py, self.flags.bits.get())?.into_object(),
                classes.list(py, self.traps.bits.get())?.into_object(),
            ],
        )?;
        PyTuple::new(py, [self.ty().object().owned(), args.into_object()])
    }

    /// A Decimal from a number or text, rounded to the context.
    #[pymethod(sig = "(num=<unrepresentable>, /)", text = "($self, num=\"0\", /)")]
    fn create_decimal(&self, py: Python, num: Option<&PyObject>) -> PyResult<Py<PyDecimal>> {
        let Some(num) = num else { return Self::wrap(py, Dec::zero(false, 0)) };
        Self::wrap(py, construct(py, num, self, Some(&self.ctx()))?)
    }

    /// A Decimal from a float or int, rounded to the context.
    #[pymethod]
    fn create_decimal_from_float(&self, py: Python, f: &PyObject) -> PyResult<Py<PyDecimal>> {
        Self::wrap(py, from_float_object(py, f, self, Some(&self.ctx()))?)
    }
}
