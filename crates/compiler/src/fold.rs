//! The computations of [`preprocess`](crate::preprocess): `"…" % (…)` as an f-string, numbers in patterns.

use bumpalo::Bump;
use syntax::ast::{Constant, Expr, ExprKind, Int, Loc, Operator, UnaryOp};

/// Parts that stand nowhere in the source.
const NOWHERE: Loc = Loc { line: -1, col: -1, end_line: -1, end_col: -1 };

/// The values of the f-string that does what `format % elts` does; `None` if there is none.
pub(crate) fn percent_format<'a>(
    arena: &'a Bump,
    format: &'a [u8],
    elts: &'a [Expr<'a>],
) -> Option<&'a [Expr<'a>]> {
    if elts.iter().any(|elt| matches!(elt.kind, ExprKind::Starred { .. })) {
        return None;
    }
    let mut values = Vec::with_capacity(elts.len() * 2 + 1);
    let mut args = elts.iter();
    let mut rest = format;
    loop {
        let (literal, after) = literal_part(rest);
        if !literal.is_empty() {
            let value = Constant::Str(arena.alloc_slice_copy(&literal));
            values.push(Expr { loc: NOWHERE, kind: ExprKind::Constant { value, kind: None } });
        }
        if after.is_empty() {
            break;
        }
        let arg = args.next()?;
        let (conversion, spec, after) = conversion(after)?;
        let format_spec = (!spec.is_empty()).then(|| {
            let value = Constant::Str(arena.alloc_slice_copy(spec.as_bytes()));
            &*arena.alloc(Expr { loc: NOWHERE, kind: ExprKind::Constant { value, kind: None } })
        });
        let kind = ExprKind::FormattedValue { value: arg, conversion: conversion.into(), format_spec };
        values.push(Expr { loc: arg.loc, kind });
        rest = after;
    }
    args.next().is_none().then(|| &*arena.alloc_slice_copy(&values))
}

/// The text up to the next conversion, `%%` being one percent sign; and the rest after it.
fn literal_part(format: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut literal = Vec::new();
    let mut rest = format;
    loop {
        match rest {
            [b'%', b'%', tail @ ..] => {
                literal.push(b'%');
                rest = tail;
            }
            [] | [b'%', ..] => return (literal, rest),
            [byte, tail @ ..] => {
                literal.push(*byte);
                rest = tail;
            }
        }
    }
}

/// Parses a simple conversion: its letter, the equivalent format specification, what follows.
fn conversion(format: &[u8]) -> Option<(u8, String, &[u8])> {
    let mut at = 1;
    let mut left_adjusted = false;
    while let Some(b'-' | b'+' | b' ' | b'#' | b'0') = format.get(at) {
        left_adjusted |= format[at] == b'-';
        at += 1;
    }
    let width = number(format, &mut at)?;
    let mut precision = None;
    if format.get(at) == Some(&b'.') {
        at += 1;
        precision = Some(number(format, &mut at)?.unwrap_or(0));
    }
    let letter = *format.get(at).filter(|letter| matches!(letter, b's' | b'r' | b'a'))?;
    let mut spec = String::new();
    if let Some(width) = width {
        if !left_adjusted && width > 0 {
            spec.push('>');
        }
        spec.push_str(&width.to_string());
    }
    if let Some(precision) = precision {
        spec.push_str(&format!(".{precision}"));
    }
    Some((letter, spec, &format[at + 1..]))
}

/// At most two digits; `Some(None)` if there are none, `None` if there are more.
fn number(format: &[u8], at: &mut usize) -> Option<Option<u32>> {
    let digits = format[*at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits > 2 {
        return None;
    }
    let text = std::str::from_utf8(&format[*at..*at + digits]).ok()?;
    *at += digits;
    Some(text.parse().ok())
}

/// The value of a number as patterns write them: negated, or a real and an imaginary part. `None` if the
/// expression is anything else, a plain constant included.
pub(crate) fn fold_number<'a>(arena: &'a Bump, expr: &Expr<'a>) -> Option<Constant<'a>> {
    match expr.kind {
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => match operand.kind {
            ExprKind::Constant { value, .. } => negated(arena, value),
            _ => None,
        },
        ExprKind::BinOp { left, op: op @ (Operator::Add | Operator::Sub), right } => {
            let ExprKind::Constant { value: right, .. } = right.kind else { return None };
            let left = match left.kind {
                ExprKind::Constant { value, .. } => value,
                ExprKind::UnaryOp { .. } => fold_number(arena, left)?,
                _ => return None,
            };
            sum(left, op == Operator::Sub, right)
        }
        _ => None,
    }
}

fn negated<'a>(arena: &'a Bump, value: Constant<'a>) -> Option<Constant<'a>> {
    Some(match value {
        Constant::Int(int) if int.digits.is_empty() => value,
        Constant::Int(int) => Constant::Int(Int { negative: !int.negative, ..int }),
        Constant::Float(value) => Constant::Float(-value),
        Constant::Complex { real, imag } => Constant::Complex { real: -real, imag: -imag },
        Constant::True => Constant::Int(Int { negative: true, digits: arena.alloc_slice_copy(&[1]) }),
        Constant::False => Constant::Int(Int { negative: false, digits: &[] }),
        _ => return None,
    })
}

/// A real number plus or minus a complex one. The real number has no imaginary part, not even zero, so signs
/// of zero come from the complex one.
fn sum<'a>(left: Constant<'a>, subtract: bool, right: Constant<'a>) -> Option<Constant<'a>> {
    let Constant::Complex { real, imag } = right else { return None };
    let left = match left {
        Constant::Float(value) => value,
        Constant::Int(int) => int_to_float(int)?,
        _ => return None,
    };
    Some(if subtract {
        Constant::Complex { real: left - real, imag: -imag }
    } else {
        Constant::Complex { real: left + real, imag }
    })
}

/// The nearest float, ties to even; `None` if it is too large.
fn int_to_float(int: Int<'_>) -> Option<f64> {
    // The leading 64 bits decide, with one more bit that says whether anything follows them.
    let mut leading: u128 = 0;
    let mut sticky = false;
    let mut exponent = 0i32;
    for &digit in int.digits.iter().rev() {
        if leading >> 90 == 0 {
            leading = leading << 30 | u128::from(digit);
        } else {
            sticky |= digit != 0;
            exponent = exponent.checked_add(30)?;
        }
    }
    let value = (leading | u128::from(sticky)) as f64 * 2f64.powi(exponent.min(2000));
    value.is_finite().then_some(if int.negative { -value } else { value })
}
