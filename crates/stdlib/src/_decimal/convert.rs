//! Decimals from and to Python's other numbers.

use super::coeff::Coeff;
use super::context::PyContext;
use super::decimal::PyDecimal;
use super::number::{Ctx, Dec, Kind, cond};
use super::signals::{outcome, signal};
use super::text;
use runtime::prelude::*;

/// A number from an int.
pub fn from_int(i: &PyInt) -> Dec {
    match i.as_i64() {
        Some(v) => Dec::from_i64(v),
        None => Dec::new(i.is_negative(), Coeff::from_ubig(&i.to_ubig()), 0),
    }
}

/// A number from a float, exactly.
pub fn from_f64(v: f64) -> Dec {
    let neg = v.is_sign_negative();
    if v.is_nan() {
        return Dec::nan().with_sign(neg);
    }
    if v.is_infinite() {
        return Dec::infinity(neg);
    }
    if v == 0.0 {
        return Dec::zero(neg, 0);
    }
    let bits = v.to_bits();
    let field = (bits >> 52) as i64 & 0x7ff;
    let fraction = bits & ((1 << 52) - 1);
    let (mut m, mut e) = if field == 0 { (fraction, -1074) } else { (fraction | 1 << 52, field - 1075) };
    let zeros = m.trailing_zeros() as i64;
    m >>= zeros;
    e += zeros;
    let m = dashu_int::UBig::from(m);
    if e >= 0 {
        return Dec::new(neg, Coeff::from_ubig(&(m << e as usize)), 0);
    }
    // m / 2^k = m * 5^k / 10^k
    let c = m * dashu_int::UBig::from(5u8).pow(-e as usize);
    Dec::new(neg, Coeff::from_ubig(&c), e)
}

/// Text as the parser takes it: ASCII, with other scripts' digits and spaces replaced. `None` for what cannot be right.
fn ascii(s: &PyStr, lenient: bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(s.len());
    for c in s.chars() {
        if c < 0x80 {
            if c != '_' as u32 || !lenient {
                out.push(c as u8);
            }
        } else if char::from_u32(c).is_some_and(char::is_whitespace) {
            out.push(b' ');
        } else {
            out.push(b'0' + runtime::unicode::decimal(c)? as u8);
        }
    }
    if lenient {
        let blank = |c: &u8| matches!(c, b' ' | b'\t'..=b'\r' | 0x1c..=0x1f);
        let start = out.iter().position(|c| !blank(c)).unwrap_or(out.len());
        let end = out.iter().rposition(|c| !blank(c)).map_or(start, |e| e + 1);
        return Some(out[start..end].to_vec());
    }
    Some(out)
}

fn from_str(py: Python, s: &PyStr, ctx: &PyContext, rounded: Option<&Ctx>) -> PyResult<Dec> {
    let mut st = 0;
    let d = match (ascii(s, rounded.is_none()), rounded) {
        (None, _) => Ok(Dec::invalid(&mut st, cond::CONVERSION_SYNTAX)),
        (Some(t), Some(c)) => text::rounded_from_text(&t, c, &mut st),
        (Some(t), None) => Ok(text::exact_from_text(&t, &mut st)),
    };
    outcome(py, ctx, d, st)
}

/// A number from (sign, digits, exponent).
fn from_tuple(py: Python, o: &PyObject) -> PyResult<Dec> {
    let parts = o.to_tuple(py)?;
    let &[sign, digits, exp] = parts.items() else {
        return Err(value_error(py, "argument must be a sequence of length 3"));
    };
    let neg = match sign.downcast::<PyInt>().and_then(|s| s.as_i64()) {
        Some(0) => false,
        Some(1) => true,
        _ => return Err(value_error(py, "sign must be an integer with the value 0 or 1")),
    };
    let mut kind = Kind::Finite;
    let mut exponent = 0;
    if let Some(s) = exp.downcast::<PyStr>() {
        kind = match s.as_str() {
            Some("F") => return Ok(Dec::infinity(neg)),
            Some("n") => Kind::Quiet,
            Some("N") => Kind::Signaling,
            _ => {
                return Err(value_error(py, "string argument in the third position must be 'F', 'n' or 'N'"));
            }
        };
    } else {
        let Some(e) = exp.downcast::<PyInt>() else {
            return Err(value_error(py, "exponent must be an integer"));
        };
        exponent = e.to_isize(py)? as i64;
    }
    let wrong = |py| value_error(py, "coefficient must be a tuple of digits");
    let digits = match digits.downcast::<PyTuple>() {
        Some(t) => t.owned(),
        None if PyList::check(digits) => digits.to_tuple(py)?,
        None => return Err(wrong(py)),
    };
    let mut text = Vec::with_capacity(digits.len());
    for d in digits.items() {
        match d.downcast::<PyInt>().and_then(|d| d.as_i64()) {
            Some(d @ 0..=9) => text.push(b'0' + d as u8),
            _ => return Err(wrong(py)),
        }
    }
    let exp = exponent.clamp(-4_000_000_000_000_000_000, 4_000_000_000_000_000_000);
    Ok(Dec { coeff: Coeff::from_digits(&text), exp, neg, kind })
}

/// A number brought into a context, or checked to be one at all.
fn finish(py: Python, d: Dec, ctx: &PyContext, rounded: Option<&Ctx>) -> PyResult<Dec> {
    let mut st = 0;
    let d = match rounded {
        Some(c) => {
            if d.is_nan() && !d.coeff.is_zero() && d.coeff.digits() > c.prec - i64::from(c.clamp) {
                Ok(Dec::invalid(&mut st, cond::CONVERSION_SYNTAX))
            } else {
                d.finish(c, &mut st)
            }
        }
        None => Ok(text::check_exact(d, &mut st)),
    };
    outcome(py, ctx, d, st)
}

/// The constructor: what `Decimal(o)` makes, and with `rounded` what `context.create_decimal(o)` makes.
pub fn construct(py: Python, o: &PyObject, ctx: &PyContext, rounded: Option<&Ctx>) -> PyResult<Dec> {
    if let Some(d) = o.downcast::<PyDecimal>() {
        return match rounded {
            None => Ok(d.num.clone()),
            Some(_) => finish(py, d.num.clone(), ctx, rounded),
        };
    }
    if let Some(s) = o.downcast::<PyStr>() {
        return from_str(py, s, ctx, rounded);
    }
    if let Some(i) = o.downcast::<PyInt>() {
        return finish(py, from_int(i), ctx, rounded);
    }
    if PyTuple::check(o) || PyList::check(o) {
        return finish(py, from_tuple(py, o)?, ctx, rounded);
    }
    if let Some(f) = o.downcast::<PyFloat>() {
        signal(py, ctx, cond::FLOAT_OPERATION)?;
        return finish(py, from_f64(f.value()), ctx, rounded);
    }
    Err(unsupported(py, o))
}

#[cold]
pub fn unsupported(py: Python, o: &PyObject) -> Raised {
    type_error(py, format!("conversion from {} to Decimal is not supported", tp_name(o)))
}

/// A number from an int or a float without a signal.
pub fn from_float_object(py: Python, o: &PyObject, ctx: &PyContext, rounded: Option<&Ctx>) -> PyResult<Dec> {
    let d = if let Some(i) = o.downcast::<PyInt>() {
        from_int(i)
    } else if let Some(f) = o.downcast::<PyFloat>() {
        from_f64(f.value())
    } else {
        return Err(type_error(py, "argument must be int or float"));
    };
    finish(py, d, ctx, rounded)
}

/// An operand: a number, or an int converted.
pub enum Operand<'a> {
    Borrowed(&'a Dec),
    Made(Dec),
}

impl std::ops::Deref for Operand<'_> {
    type Target = Dec;
    #[inline]
    fn deref(&self) -> &Dec {
        match self {
            Operand::Borrowed(d) => d,
            Operand::Made(d) => d,
        }
    }
}

/// An operand of an operator; `None` for types operators leave to others.
#[inline]
pub fn operand(o: &PyObject) -> Option<Operand<'_>> {
    if let Some(d) = o.downcast::<PyDecimal>() {
        return Some(Operand::Borrowed(&d.num));
    }
    o.downcast::<PyInt>().map(|i| Operand::Made(from_int(i)))
}

/// An operand of a method.
///
/// Errors: `TypeError` for other types.
pub fn required<'a>(py: Python, o: &'a PyObject) -> PyResult<Operand<'a>> {
    operand(o).ok_or_else(|| unsupported(py, o))
}

/// Both numbers of a comparison with any kind of number; `None` for types that are none.
pub fn comparands<'a>(
    py: Python,
    d: &'a PyDecimal,
    other: &'a PyObject,
    op: CompareOp,
    ctx: &PyContext,
) -> PyResult<Option<(Operand<'a>, Operand<'a>)>> {
    let own = Operand::Borrowed(&d.num);
    if let Some(o) = operand(other) {
        return Ok(Some((own, o)));
    }
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    let float = match other.downcast::<PyFloat>() {
        Some(f) => Some(f.value()),
        None => match other.downcast::<PyComplex>() {
            Some(c) if equality && c.imag == 0.0 => Some(c.real),
            _ => None,
        },
    };
    if let Some(f) = float {
        if equality {
            ctx.flags.bits.set(ctx.flags.bits.get() | cond::FLOAT_OPERATION);
        } else {
            signal(py, ctx, cond::FLOAT_OPERATION)?;
        }
        return Ok(Some((own, Operand::Made(from_f64(f)))));
    }
    if PyComplex::check(other) {
        return Ok(None);
    }
    let rational = super::state(py).classes(py)?.rational.clone();
    if !other.is_instance(py, &rational)? {
        return Ok(None);
    }
    let part = |name| -> PyResult<Dec> {
        let v = other.getattr_str(py, name)?;
        v.downcast::<PyInt>().map(from_int).ok_or_else(|| type_error(py, "denominator is not an integer"))
    };
    let (n, m) = (part("numerator")?, part("denominator")?);
    // Compared without a division: self * denominator with the numerator.
    let scaled = if d.num.is_special() {
        d.num.clone()
    } else {
        super::arith::product(&d.num, &m).map_err(|_| memory_error(py))?
    };
    Ok(Some((Operand::Made(scaled), Operand::Made(n))))
}

/// The number's whole part as an int; it is finite.
pub fn to_int(py: Python, d: &Dec) -> PyResult<Py<PyInt>> {
    let c = if d.exp >= 0 { d.coeff.shl(d.exp) } else { Ok(d.coeff.shr(-d.exp).0) };
    let c = c.map_err(|_| memory_error(py))?;
    match c.as_u64().and_then(|v| i64::try_from(v).ok()) {
        Some(v) => PyInt::from_i64(py, if d.neg { -v } else { v }),
        None => PyInt::from_ubig(py, d.neg, &c.to_ubig()),
    }
}

/// The error for an int of a NaN or an infinity.
pub fn not_an_int(py: Python, d: &Dec, what: &str) -> Option<Raised> {
    if d.is_nan() {
        return Some(value_error(py, format!("cannot convert NaN to {what}")));
    }
    if d.is_infinite() {
        return Some(overflow_error(py, format!("cannot convert Infinity to {what}")));
    }
    None
}

/// The hash, equal to that of equal numbers of other types.
pub fn hash(py: Python, d: &Dec, object: &PyObject) -> PyResult<isize> {
    const P: u128 = (1 << 61) - 1;
    /// The inverse of 10 modulo P.
    const INVERSE: u128 = 2_075_258_708_292_324_556;
    match d.kind {
        Kind::Signaling => return Err(type_error(py, "Cannot hash a signaling NaN value")),
        Kind::Quiet => return Ok(runtime::types::float::hash_pointer(object)),
        Kind::Infinite => return Ok(if d.neg { -314_159 } else { 314_159 }),
        Kind::Finite => {}
    }
    let c = match d.coeff.as_u128() {
        Some(v) => v % P,
        None => {
            let p = dashu_int::UBig::from(P);
            u128::try_from(&(d.coeff.to_ubig() % p)).unwrap_or(0)
        }
    };
    let (mut base, mut e) = if d.exp >= 0 { (10, d.exp) } else { (INVERSE, -d.exp) };
    let mut h = c;
    while e != 0 {
        if e & 1 != 0 {
            h = h * base % P;
        }
        base = base * base % P;
        e >>= 1;
    }
    let h = if d.neg { -(h as isize) } else { h as isize };
    Ok(if h == -1 { -2 } else { h })
}
