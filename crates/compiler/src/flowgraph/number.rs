//! Numbers as constant folding sees them: bool is int, and ints have any size.

use std::cmp::Ordering;

use bytecode::{Const, DIGIT_BITS};
use num_bigint::{BigInt, BigUint, Sign};

/// An integer: most fit a machine word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Int {
    Small(i64),
    /// Does not fit an `i64`.
    Big(BigInt),
}

/// A constant that is a number.
pub(super) enum Number {
    Int(Int),
    Float(f64),
    Complex(f64, f64),
}

impl Number {
    pub fn of(value: &Const) -> Option<Number> {
        Some(match value {
            Const::Float(x) => Number::Float(*x),
            Const::Complex(x, y) => Number::Complex(*x, *y),
            other => Number::Int(Int::of(other)?),
        })
    }
}

impl Int {
    /// The value of an int or bool.
    pub fn of(value: &Const) -> Option<Int> {
        Some(match value {
            Const::Bool(b) => Int::Small(i64::from(*b)),
            Const::Int(n) => Int::Small(*n),
            Const::BigInt(n) => {
                let sign = if n.negative { Sign::Minus } else { Sign::Plus };
                Int::Big(BigInt::from_biguint(sign, from_digits(&n.digits)))
            }
            _ => return None,
        })
    }

    pub fn from_big(n: BigInt) -> Int {
        match i64::try_from(&n) {
            Ok(small) => Int::Small(small),
            Err(_) => Int::Big(n),
        }
    }

    pub fn to_big(&self) -> BigInt {
        match self {
            Int::Small(n) => BigInt::from(*n),
            Int::Big(n) => n.clone(),
        }
    }

    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Int::Small(n) => Some(*n),
            Int::Big(_) => None,
        }
    }

    pub fn into_const(self) -> Const {
        match self {
            Int::Small(n) => Const::Int(n),
            Int::Big(n) => {
                let (sign, magnitude) = n.into_parts();
                Const::from_digits(sign == Sign::Minus, &to_digits(&magnitude))
            }
        }
    }

    pub fn is_zero(&self) -> bool {
        *self == Int::Small(0)
    }

    pub fn is_negative(&self) -> bool {
        match self {
            Int::Small(n) => *n < 0,
            Int::Big(n) => n.sign() == Sign::Minus,
        }
    }

    /// Bits of the magnitude.
    pub fn bits(&self) -> u64 {
        match self {
            Int::Small(n) => u64::from(64 - n.unsigned_abs().leading_zeros()),
            Int::Big(n) => n.bits(),
        }
    }

    /// The nearest float, ties to even; `None` if that is infinite.
    pub fn to_f64(&self) -> Option<f64> {
        match self {
            Int::Small(n) => Some(*n as f64),
            Int::Big(n) => {
                let x = round_to_f64(n.magnitude().clone(), false, 0)?;
                Some(if n.sign() == Sign::Minus { -x } else { x })
            }
        }
    }

    /// Exact comparison with a float; `None` for not-a-number.
    pub fn partial_cmp_f64(&self, x: f64) -> Option<Ordering> {
        if x.is_nan() {
            return None;
        }
        if x.is_infinite() {
            return Some(if x > 0.0 { Ordering::Less } else { Ordering::Greater });
        }
        let whole = x.trunc();
        let order = self.to_big().cmp(&big_from_f64(whole));
        Some(match order {
            Ordering::Equal if x > whole => Ordering::Less,
            Ordering::Equal if x < whole => Ordering::Greater,
            order => order,
        })
    }
}

/// The value of a float without fraction.
fn big_from_f64(x: f64) -> BigInt {
    let bits = x.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i64 - 1075;
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let magnitude = match exponent {
        0.. => BigUint::from(mantissa) << exponent as u64,
        -52..0 => BigUint::from(mantissa >> -exponent),
        _ => BigUint::ZERO,
    };
    BigInt::from_biguint(if x < 0.0 { Sign::Minus } else { Sign::Plus }, magnitude)
}

/// `n * 2**exponent` as a float, ties to even. `sticky`: the exact value is a little larger than that.
/// `None` if it overflows.
pub(super) fn round_to_f64(n: BigUint, sticky: bool, exponent: i64) -> Option<f64> {
    let bits = n.bits() as i64;
    if bits == 0 {
        return Some(0.0);
    }
    if bits + exponent > 1024 {
        return None;
    }
    // Keep 53 bits, fewer if the result is subnormal.
    let drop = (bits - 53).max(-1074 - exponent);
    if drop <= 0 {
        let mantissa = u64::try_from(n).ok()?;
        return Some(scale(mantissa, exponent));
    }
    let mut mantissa = u64::try_from(&n >> drop as u64).ok()?;
    let half = n.bit(drop as u64 - 1);
    let below = sticky || n.trailing_zeros().is_some_and(|zeros| (zeros as i64) < drop - 1);
    if half && (below || mantissa & 1 == 1) {
        mantissa += 1;
    }
    let x = scale(mantissa, exponent + drop);
    x.is_finite().then_some(x)
}

/// `mantissa * 2**exponent`, which must be exact or overflow.
fn scale(mantissa: u64, exponent: i64) -> f64 {
    // In two steps, as 2**exponent alone may be out of range.
    let half = exponent / 2;
    let power = |e: i64| 2f64.powi(e as i32);
    mantissa as f64 * power(half) * power(exponent - half)
}

fn from_digits(digits: &[u32]) -> BigUint {
    let mut words = Vec::with_capacity(digits.len());
    let (mut bits, mut held) = (0u64, 0);
    for &digit in digits {
        bits |= u64::from(digit) << held;
        held += DIGIT_BITS;
        if held >= 32 {
            words.push(bits as u32);
            bits >>= 32;
            held -= 32;
        }
    }
    words.push(bits as u32);
    BigUint::new(words)
}

fn to_digits(n: &BigUint) -> Vec<u32> {
    let mut digits = Vec::new();
    let (mut bits, mut held) = (0u64, 0);
    for word in n.iter_u32_digits() {
        bits |= u64::from(word) << held;
        held += 32;
        while held >= DIGIT_BITS {
            digits.push((bits & ((1 << DIGIT_BITS) - 1)) as u32);
            bits >>= DIGIT_BITS;
            held -= DIGIT_BITS;
        }
    }
    digits.push(bits as u32);
    digits
}
