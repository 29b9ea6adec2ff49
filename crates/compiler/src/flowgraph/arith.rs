//! Operators on constants, with the results and the size limits of CPython's folding. `None` means that
//! the operation is left for run time: it raises, or its result would be too large to keep.

use std::sync::Arc;

use bytecode::args::nb;
use bytecode::{Const, Text};
use num_bigint::BigInt;

use super::equality;
use super::number::{Int, Number, round_to_f64};
use super::subscript;

mod complex;

/// Bits of an integer result.
const MAX_INT_SIZE: u64 = 128;
/// Items of a tuple result.
const MAX_COLLECTION_SIZE: i64 = 256;
/// Characters of a str or bytes result.
const MAX_STR_SIZE: i64 = 4096;
/// Items of a tuple result, nested ones included.
const MAX_TOTAL_ITEMS: i64 = 1024;

pub(super) fn negative(value: &Const) -> Option<Const> {
    Some(match Number::of(value)? {
        Number::Int(Int::Small(n)) => match n.checked_neg() {
            Some(n) => Const::Int(n),
            None => Int::Big(-BigInt::from(n)).into_const(),
        },
        Number::Int(Int::Big(n)) => Int::from_big(-n).into_const(),
        Number::Float(x) => Const::Float(-x),
        Number::Complex(x, y) => Const::Complex(-x, -y),
    })
}

pub(super) fn positive(value: &Const) -> Option<Const> {
    Some(match value {
        Const::Bool(b) => Const::Int(i64::from(*b)),
        Const::Int(_) | Const::BigInt(_) | Const::Float(_) | Const::Complex(..) => value.clone(),
        _ => return None,
    })
}

/// `~`; that of a bool is deprecated and must warn at run time.
pub(super) fn invert(value: &Const) -> Option<Const> {
    Some(match value {
        Const::Int(n) => Const::Int(!n),
        Const::BigInt(_) => Int::from_big(!Int::of(value)?.to_big()).into_const(),
        _ => return None,
    })
}

/// `left op right` for an oparg of `BINARY_OP`.
pub(super) fn binary(op: u32, left: &Const, right: &Const) -> Option<Const> {
    if op == nb::SUBSCR {
        return subscript::get(left, right);
    }
    if op == nb::MULTIPLY
        && let Some(result) = repeat(left, right).or_else(|| repeat(right, left))
    {
        return result;
    }
    if op == nb::ADD
        && let Some(result) = concat(left, right)
    {
        return Some(result);
    }
    if let (Const::Bool(a), Const::Bool(b)) = (left, right) {
        match op {
            nb::AND => return Some(Const::Bool(a & b)),
            nb::OR => return Some(Const::Bool(a | b)),
            nb::XOR => return Some(Const::Bool(a ^ b)),
            _ => {}
        }
    }
    if let (Const::FrozenSet(a), Const::FrozenSet(b)) = (left, right) {
        return equality::set_operation(op, a, b);
    }
    match (Number::of(left)?, Number::of(right)?) {
        (Number::Int(a), Number::Int(b)) => integers(op, &a, &b),
        (a @ (Number::Int(_) | Number::Float(_)), b @ (Number::Int(_) | Number::Float(_))) => {
            floats(op, real(a)?, real(b)?)
        }
        (a, b) => complex::binary(op, a, b),
    }
}

fn real(n: Number) -> Option<f64> {
    match n {
        Number::Int(n) => n.to_f64(),
        Number::Float(x) => Some(x),
        Number::Complex(..) => None,
    }
}

fn concat(left: &Const, right: &Const) -> Option<Const> {
    Some(match (left, right) {
        (Const::Str(a), Const::Str(b)) => {
            Const::Str(Text::from_wtf8_trusted([a.as_bytes(), b.as_bytes()].concat()))
        }
        (Const::Bytes(a), Const::Bytes(b)) => Const::Bytes([&**a, &**b].concat().into()),
        (Const::Tuple(a), Const::Tuple(b)) => Const::Tuple([&**a, &**b].concat().into()),
        _ => return None,
    })
}

/// `count * sequence`: `None` if these are not an integer and a sequence.
fn repeat(count: &Const, sequence: &Const) -> Option<Option<Const>> {
    let count = Int::of(count)?;
    let (len, limit) = match sequence {
        Const::Str(s) => (s.chars_len(), MAX_STR_SIZE),
        Const::Bytes(b) => (b.len(), MAX_STR_SIZE),
        Const::Tuple(t) => (t.len(), MAX_COLLECTION_SIZE),
        _ => return None,
    };
    Some(count.to_i64().and_then(|n| repeated(n, sequence, len as i64, limit)))
}

fn repeated(n: i64, sequence: &Const, len: i64, limit: i64) -> Option<Const> {
    if len > 0 && (n < 0 || n > limit / len) {
        return None;
    }
    let n = if len > 0 { n as usize } else { 0 };
    Some(match sequence {
        Const::Str(s) => Const::Str(Text::from_wtf8_trusted(s.as_bytes().repeat(n))),
        Const::Bytes(b) => Const::Bytes(b.repeat(n).into()),
        Const::Tuple(items) => {
            if n > 0 && total_items(items, MAX_TOTAL_ITEMS / n as i64) < 0 {
                return None;
            }
            let repeated: Vec<Const> = (0..n).flat_map(|_| items.iter().cloned()).collect();
            Const::Tuple(Arc::from(repeated))
        }
        _ => return None,
    })
}

/// What is left of `limit` after all items of nested tuples were counted.
fn total_items(items: &[Const], limit: i64) -> i64 {
    let mut left = limit - items.len() as i64;
    for item in items {
        if left < 0 {
            break;
        }
        if let Const::Tuple(nested) = item {
            left = total_items(nested, left);
        }
    }
    left
}

fn integers(op: u32, a: &Int, b: &Int) -> Option<Const> {
    if let (Int::Small(x), Int::Small(y)) = (a, b)
        && let Some(n) = small_integers(op, *x, *y)
    {
        return Some(Const::Int(n));
    }
    let result = match op {
        nb::ADD => a.to_big() + b.to_big(),
        nb::SUBTRACT => a.to_big() - b.to_big(),
        nb::MULTIPLY => {
            if !a.is_zero() && !b.is_zero() && a.bits() + b.bits() > MAX_INT_SIZE {
                return None;
            }
            a.to_big() * b.to_big()
        }
        nb::TRUE_DIVIDE => return divide(a, b).map(Const::Float),
        nb::FLOOR_DIVIDE | nb::REMAINDER => {
            if b.is_zero() {
                return None;
            }
            let (x, y) = (a.to_big(), b.to_big());
            let (mut quotient, mut remainder) = (&x / &y, &x % &y);
            if remainder != BigInt::ZERO && (remainder < BigInt::ZERO) != b.is_negative() {
                quotient -= 1;
                remainder += y;
            }
            if op == nb::FLOOR_DIVIDE { quotient } else { remainder }
        }
        nb::POWER => {
            if b.is_negative() {
                return floats(op, a.to_f64()?, b.to_f64()?);
            }
            if b.is_zero() {
                return Some(Const::Int(1));
            }
            if a.is_zero() {
                return Some(Const::Int(0));
            }
            let exponent = u64::try_from(b.to_i64()?).ok()?;
            if a.bits() > MAX_INT_SIZE / exponent {
                return None;
            }
            a.to_big().pow(u32::try_from(exponent).ok()?)
        }
        nb::LSHIFT => {
            if b.is_negative() {
                return None;
            }
            if !a.is_zero() && !b.is_zero() {
                let by = u64::try_from(b.to_i64()?).ok()?;
                if by > MAX_INT_SIZE || a.bits() > MAX_INT_SIZE - by {
                    return None;
                }
                a.to_big() << by
            } else {
                a.to_big()
            }
        }
        nb::RSHIFT => {
            if b.is_negative() {
                return None;
            }
            match b.to_i64() {
                Some(by) if (by as u64) < a.bits() => a.to_big() >> by,
                _ => BigInt::from(if a.is_negative() { -1 } else { 0 }),
            }
        }
        nb::AND => a.to_big() & b.to_big(),
        nb::OR => a.to_big() | b.to_big(),
        nb::XOR => a.to_big() ^ b.to_big(),
        _ => return None,
    };
    Some(Int::from_big(result).into_const())
}

/// The common cases without big numbers; `None` sends everything else to the general way.
fn small_integers(op: u32, a: i64, b: i64) -> Option<i64> {
    match op {
        nb::ADD => a.checked_add(b),
        nb::SUBTRACT => a.checked_sub(b),
        nb::MULTIPLY => a.checked_mul(b),
        nb::FLOOR_DIVIDE => {
            let quotient = a.checked_div(b)?;
            Some(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
        }
        nb::REMAINDER => {
            let remainder = a.checked_rem(b)?;
            Some(if remainder != 0 && (remainder < 0) != (b < 0) { remainder + b } else { remainder })
        }
        nb::AND => Some(a & b),
        nb::OR => Some(a | b),
        nb::XOR => Some(a ^ b),
        _ => None,
    }
}

/// The quotient as the nearest float.
fn divide(a: &Int, b: &Int) -> Option<f64> {
    if b.is_zero() {
        return None;
    }
    if a.bits() <= 53
        && b.bits() <= 53
        && let (Some(x), Some(y)) = (a.to_f64(), b.to_f64())
    {
        return Some(x / y);
    }
    let negative = a.is_negative() != b.is_negative();
    let (x, y) = (a.to_big().into_parts().1, b.to_big().into_parts().1);
    // Scaled so that the integer quotient has two bits more than a float.
    let shift = y.bits() as i64 - x.bits() as i64 + 55;
    let (x, y) = if shift >= 0 { (x << shift as u64, y) } else { (x, y << -shift as u64) };
    let quotient = &x / &y;
    let sticky = &quotient * &y != x;
    let magnitude = round_to_f64(quotient, sticky, -shift)?;
    Some(if negative { -magnitude } else { magnitude })
}

fn floats(op: u32, a: f64, b: f64) -> Option<Const> {
    Some(Const::Float(match op {
        nb::ADD => a + b,
        nb::SUBTRACT => a - b,
        nb::MULTIPLY => a * b,
        nb::TRUE_DIVIDE if b != 0.0 => a / b,
        nb::FLOOR_DIVIDE if b != 0.0 => floor_divide(a, b).0,
        nb::REMAINDER if b != 0.0 => floor_divide(a, b).1,
        nb::POWER => return power(a, b),
        _ => return None,
    }))
}

/// Floored quotient and the remainder that belongs to it.
fn floor_divide(a: f64, b: f64) -> (f64, f64) {
    let mut remainder = a % b;
    let mut quotient = (a - remainder) / b;
    if remainder != 0.0 {
        if (b < 0.0) != (remainder < 0.0) {
            remainder += b;
            quotient -= 1.0;
        }
    } else {
        remainder = 0f64.copysign(b);
    }
    if quotient == 0.0 {
        return (0f64.copysign(a / b), remainder);
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, remainder)
}

/// `a ** b`, complex if `a` is negative and `b` has a fraction.
fn power(a: f64, b: f64) -> Option<Const> {
    let odd = b.abs() % 2.0 == 1.0;
    if a == 0.0 && b < 0.0 && b.is_finite() {
        return None;
    }
    if b.is_nan() && a != 1.0 {
        return Some(Const::Float(b));
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b != b.floor() {
        return complex::power((a, 0.0), (b, 0.0));
    }
    let magnitude = a.abs().powf(b);
    // With finite operands an infinite result is an overflow.
    if magnitude.is_infinite() && a.is_finite() && b.is_finite() {
        return None;
    }
    let negate = odd && a.is_sign_negative() && !a.is_nan();
    Some(Const::Float(if negate { -magnitude } else { magnitude }))
}
