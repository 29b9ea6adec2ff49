//! Constants of the tree as constants of code objects.

use std::sync::Arc;

use bytecode::{Const, Text};
use syntax::ast::{Constant, Expr, ExprKind};

use crate::error::{CompileError, ErrorKind, Result, StackGuard};

/// The constant as plain data.
pub(crate) fn constant_value(value: &Constant<'_>, guard: StackGuard) -> Result<Const> {
    guard.check()?;
    let all = |items: &[Constant<'_>]| -> Result<Arc<[Const]>> {
        items.iter().map(|item| constant_value(item, guard)).collect()
    };
    Ok(match value {
        Constant::None => Const::None,
        Constant::True => Const::Bool(true),
        Constant::False => Const::Bool(false),
        Constant::Ellipsis => Const::Ellipsis,
        Constant::Int(int) => Const::from_digits(int.negative, int.digits),
        Constant::Float(value) => Const::Float(*value),
        Constant::Complex { real, imag } => Const::Complex(*real, *imag),
        Constant::Str(text) => Const::Str(Text::from_wtf8_trusted(*text)),
        Constant::Bytes(bytes) => Const::Bytes(Arc::from(*bytes)),
        Constant::Tuple(items) => Const::Tuple(all(items)?),
        Constant::FrozenSet(items) => Const::FrozenSet(all(items)?),
        Constant::Invalid(ty) => {
            let message = format!("got an invalid type in Constant: {ty}");
            return Err(CompileError::other(ErrorKind::TypeError, message));
        }
    })
}

/// The value of a constant expression.
pub(super) fn as_constant<'a>(expr: &Expr<'a>) -> Option<Constant<'a>> {
    match expr.kind {
        ExprKind::Constant { value, .. } => Some(value),
        _ => None,
    }
}

/// Whether two constants are equal as Python's `==` sees it, numbers of different types included.
pub(super) fn python_equal(a: &Constant<'_>, b: &Constant<'_>) -> bool {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.equals(&b),
        (None, None) => match (a, b) {
            (Constant::Tuple(a), Constant::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(*b).all(|(a, b)| python_equal(a, b))
            }
            _ => a == b,
        },
        _ => false,
    }
}

/// A number of any type.
enum Number<'a> {
    Int { negative: bool, digits: &'a [u32] },
    Complex(f64, f64),
}

fn number<'a>(value: &Constant<'a>) -> Option<Number<'a>> {
    Some(match *value {
        Constant::True => Number::Int { negative: false, digits: &[1] },
        Constant::False => Number::Int { negative: false, digits: &[] },
        Constant::Int(int) => Number::Int { negative: int.negative, digits: int.digits },
        Constant::Float(value) => Number::Complex(value, 0.0),
        Constant::Complex { real, imag } => Number::Complex(real, imag),
        _ => return None,
    })
}

impl Number<'_> {
    fn equals(&self, other: &Number<'_>) -> bool {
        match (self, other) {
            (Number::Int { negative: a, digits: x }, Number::Int { negative: b, digits: y }) => {
                x == y && (a == b || x.is_empty())
            }
            (Number::Complex(a, b), Number::Complex(c, d)) => a == c && b == d,
            (Number::Int { negative, digits }, Number::Complex(real, imag))
            | (Number::Complex(real, imag), Number::Int { negative, digits }) => {
                *imag == 0.0 && float_is_int(*real, *negative, digits)
            }
        }
    }
}

/// Exact comparison of a float with an integer in 30-bit digits.
fn float_is_int(value: f64, negative: bool, digits: &[u32]) -> bool {
    if digits.is_empty() {
        return value == 0.0;
    }
    if !value.is_finite() || value.fract() != 0.0 || (value < 0.0) != negative {
        return false;
    }
    let mut rest = value.abs();
    for digit in digits {
        let high = (rest / f64::from(1u32 << 30)).floor();
        if rest - high * f64::from(1u32 << 30) != f64::from(*digit) {
            return false;
        }
        rest = high;
    }
    rest == 0.0
}
