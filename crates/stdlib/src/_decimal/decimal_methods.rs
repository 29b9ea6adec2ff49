//! The operations as methods of numbers, each with an optional context.

use super::context::optional;
use super::context_methods::same_quantum;
use super::convert::required;
use super::decimal::{PyDecimal, rounding_or};
use super::number::{Ctx, Dec, Kind};
use super::signals::number;
use super::{arith, elementary, round, text};
use runtime::prelude::*;

type C = Ctx;

/// Methods without a further number.
macro_rules! unary {
    ($($doc:literal $name:ident $f:expr;)*) => {
        #[pymethods(unary)]
        impl PyDecimal {
            $(
                #[doc = $doc]
                #[pymethod(sig = "(context=None)")]
                fn $name(&self, py: Python, context: &PyObject) -> PyResult<Py<PyDecimal>> {
                    let (ctx, mut st) = (optional(py, context)?, 0);
                    let r = ($f)(&self.num, &ctx.ctx(), &mut st);
                    number(py, &ctx, r, st)
                }
            )*
        }
    };
}
unary! {
    "e ** self." exp elementary::exp;
    "The natural logarithm." ln elementary::ln;
    "The logarithm to base 10." log10 elementary::log10;
    "The largest number below." next_minus |a: &Dec, c: &C, st: &mut _| round::next(a, false, c, st);
    "The smallest number above." next_plus |a: &Dec, c: &C, st: &mut _| round::next(a, true, c, st);
    "The number without trailing zeros." normalize round::normalize;
    "The square root." sqrt elementary::sqrt;
    "The exponent of the highest digit." logb round::logb;
    "The digits, all 0 or 1, inverted." logical_invert round::logical_invert;
}

/// Methods with another number.
macro_rules! binary {
    ($($doc:literal $name:ident $f:expr;)*) => {
        #[pymethods(binary)]
        impl PyDecimal {
            $(
                #[doc = $doc]
                #[pymethod(sig = "(other, context=None)")]
                fn $name(&self, py: Python, other: &PyObject, context: &PyObject) -> PyResult<Py<PyDecimal>> {
                    let (ctx, mut st) = (optional(py, context)?, 0);
                    let b = required(py, other)?;
                    let r = ($f)(&self.num, &b, &ctx.ctx(), &mut st);
                    number(py, &ctx, r, st)
                }
            )*
        }
    };
}
binary! {
    "-1, 0 or 1 as self is less than, equal to or greater than other." compare |a: &Dec, b: &Dec, c: &C, st: &mut _| Ok(arith::compare(a, b, c, st, false));
    "As compare(), with a signal for every NaN." compare_signal |a: &Dec, b: &Dec, c: &C, st: &mut _| Ok(arith::compare(a, b, c, st, true));
    "The larger of both numbers." max |a: &Dec, b: &Dec, c: &C, st: &mut _| round::extreme(a, b, true, false, c, st);
    "The number with the larger magnitude." max_mag |a: &Dec, b: &Dec, c: &C, st: &mut _| round::extreme(a, b, true, true, c, st);
    "The smaller of both numbers." min |a: &Dec, b: &Dec, c: &C, st: &mut _| round::extreme(a, b, false, false, c, st);
    "The number with the smaller magnitude." min_mag |a: &Dec, b: &Dec, c: &C, st: &mut _| round::extreme(a, b, false, true, c, st);
    "The neighbour in the direction of other." next_toward round::next_toward;
    "self - other * n with the integer n nearest to self / other." remainder_near arith::rem_near;
    "Compared by the total order of representations." compare_total |a: &Dec, b: &Dec, _: &C, _: &mut _| Ok(Dec::from_i64(round::compare_total(a, b) as i64));
    "As compare_total() without the signs." compare_total_mag |a: &Dec, b: &Dec, _: &C, _: &mut _| Ok(Dec::from_i64(round::compare_total_magnitude(a, b) as i64));
    "The number with the sign of other." copy_sign |a: &Dec, b: &Dec, _: &C, _: &mut _| Ok(a.clone().with_sign(b.neg));
    "And of the digits of both numbers." logical_and |a: &Dec, b: &Dec, c: &C, st: &mut _| Ok(round::logical_op(a, b, c, st, |x, y| x && y));
    "Or of the digits of both numbers." logical_or |a: &Dec, b: &Dec, c: &C, st: &mut _| Ok(round::logical_op(a, b, c, st, |x, y| x || y));
    "Exclusive or of the digits of both numbers." logical_xor |a: &Dec, b: &Dec, c: &C, st: &mut _| Ok(round::logical_op(a, b, c, st, |x, y| x != y));
    "The digits rotated by other places." rotate round::rotate;
    "The number with its exponent changed by other." scaleb round::scaleb;
    "The digits shifted by other places." shift round::shift;
}

/// Questions without a context.
macro_rules! queries {
    ($($doc:literal $name:ident $f:expr;)*) => {
        #[pymethods(queries)]
        impl PyDecimal {
            $(
                #[doc = $doc]
                #[pymethod]
                fn $name(&self) -> bool {
                    ($f)(&self.num)
                }
            )*
        }
    };
}
queries! {
    "Always true: every number is canonical." is_canonical |_: &Dec| true;
    "Is it finite?" is_finite |a: &Dec| a.is_finite();
    "Is it infinite?" is_infinite |a: &Dec| a.is_infinite();
    "Is it a NaN?" is_nan |a: &Dec| a.is_nan();
    "Is it a quiet NaN?" is_qnan |a: &Dec| a.kind == Kind::Quiet;
    "Is it a signaling NaN?" is_snan |a: &Dec| a.kind == Kind::Signaling;
    "Has it a sign?" is_signed |a: &Dec| a.neg;
    "Is it zero?" is_zero |a: &Dec| a.is_zero();
}

impl PyDecimal {
    /// Rounded to an integer by a mode or the context's.
    fn integral(
        &self,
        py: Python,
        rounding: &PyObject,
        context: &PyObject,
        flags: bool,
    ) -> PyResult<Py<PyDecimal>> {
        let (ctx, mut st) = (optional(py, context)?, 0);
        let mode = rounding_or(py, rounding, &ctx)?;
        let r = round::to_integral(&self.num, mode, &ctx.ctx(), &mut st, flags);
        number(py, &ctx, r, st)
    }
}

#[pymethods(others)]
impl PyDecimal {
    /// Same as to_integral_value().
    #[pymethod(sig = "(rounding=None, context=None)")]
    fn to_integral(&self, py: Python, rounding: &PyObject, context: &PyObject) -> PyResult<Py<PyDecimal>> {
        self.integral(py, rounding, context, false)
    }

    /// Rounded to an integer, with the flags Inexact and Rounded.
    #[pymethod(sig = "(rounding=None, context=None)")]
    fn to_integral_exact(
        &self,
        py: Python,
        rounding: &PyObject,
        context: &PyObject,
    ) -> PyResult<Py<PyDecimal>> {
        self.integral(py, rounding, context, true)
    }

    /// Rounded to an integer.
    #[pymethod(sig = "(rounding=None, context=None)")]
    fn to_integral_value(
        &self,
        py: Python,
        rounding: &PyObject,
        context: &PyObject,
    ) -> PyResult<Py<PyDecimal>> {
        self.integral(py, rounding, context, false)
    }

    /// Rounded to the exponent of exp.
    #[pymethod(sig = "(exp, rounding=None, context=None)")]
    fn quantize(
        &self,
        py: Python,
        exp: &PyObject,
        rounding: &PyObject,
        context: &PyObject,
    ) -> PyResult<Py<PyDecimal>> {
        let (ctx, mut st) = (optional(py, context)?, 0);
        let c = Ctx { round: rounding_or(py, rounding, &ctx)?, ..ctx.ctx() };
        let b = required(py, exp)?;
        let r = round::quantize(&self.num, &b, &c, &mut st);
        number(py, &ctx, r, st)
    }

    /// self * other + third, rounded once.
    #[pymethod(sig = "(other, third, context=None)")]
    fn fma(
        &self,
        py: Python,
        other: &PyObject,
        third: &PyObject,
        context: &PyObject,
    ) -> PyResult<Py<PyDecimal>> {
        let (ctx, mut st) = (optional(py, context)?, 0);
        let (b, d) = (required(py, other)?, required(py, third)?);
        let r = arith::fma(&self.num, &b, &d, &ctx.ctx(), &mut st);
        number(py, &ctx, r, st)
    }

    /// Is it a normal number?
    #[pymethod(sig = "(context=None)")]
    fn is_normal(&self, py: Python, context: &PyObject) -> PyResult<bool> {
        let (ctx, n) = (optional(py, context)?, &self.num);
        Ok(n.is_finite() && !n.coeff.is_zero() && n.adjusted() >= ctx.emin.get())
    }

    /// Is it subnormal?
    #[pymethod(sig = "(context=None)")]
    fn is_subnormal(&self, py: Python, context: &PyObject) -> PyResult<bool> {
        let (ctx, n) = (optional(py, context)?, &self.num);
        Ok(n.is_finite() && !n.coeff.is_zero() && n.adjusted() < ctx.emin.get())
    }

    /// The exponent of the highest digit; 0 for special numbers.
    #[pymethod]
    fn adjusted(&self) -> i64 {
        if self.num.is_finite() { self.num.adjusted() } else { 0 }
    }

    /// The number itself.
    #[pymethod]
    fn canonical(&self) -> Py<PyDecimal> {
        self.owned()
    }

    /// The number itself.
    #[pymethod]
    fn conjugate(&self) -> Py<PyDecimal> {
        self.owned()
    }

    /// 10.
    #[pymethod]
    fn radix(&self, py: Python) -> PyResult<Py<PyDecimal>> {
        PyDecimal::new(py, Dec::from_i64(10))
    }

    /// The number without its sign.
    #[pymethod]
    fn copy_abs(&self, py: Python) -> PyResult<Py<PyDecimal>> {
        PyDecimal::new(py, self.num.abs())
    }

    /// The number with the other sign.
    #[pymethod]
    fn copy_negate(&self, py: Python) -> PyResult<Py<PyDecimal>> {
        PyDecimal::new(py, self.num.negated())
    }

    /// The class of numbers it belongs to.
    #[pymethod(sig = "(context=None)")]
    fn number_class(&self, py: Python, context: &PyObject) -> PyResult<&'static str> {
        Ok(round::number_class(&self.num, &optional(py, context)?.ctx()))
    }

    /// Text in engineering notation.
    #[pymethod(sig = "(context=None)")]
    fn to_eng_string(&self, py: Python, context: &PyObject) -> PyResult<String> {
        let ctx = optional(py, context)?;
        Ok(text::to_text(&self.num, ctx.capitals.get() != 0, true))
    }

    /// Have both numbers the same exponent?
    #[pymethod(sig = "(other, context=None)")]
    fn same_quantum(&self, py: Python, other: &PyObject, context: &PyObject) -> PyResult<bool> {
        optional(py, context)?;
        Ok(same_quantum(&self.num, &*required(py, other)?))
    }
}
