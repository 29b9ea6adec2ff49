//! Decimal numbers, contexts, and the rounding every operation ends with.

use super::coeff::{Coeff, Rest, Sized_};
use std::cmp::Ordering;

/// Conditions, with the bits of the reference implementation; they decide the order in which conditions are shown.
pub mod cond {
    pub const CLAMPED: u32 = 1;
    pub const CONVERSION_SYNTAX: u32 = 2;
    pub const DIVISION_BY_ZERO: u32 = 4;
    pub const DIVISION_IMPOSSIBLE: u32 = 8;
    pub const DIVISION_UNDEFINED: u32 = 16;
    pub const INEXACT: u32 = 0x40;
    pub const INVALID_CONTEXT: u32 = 0x80;
    pub const INVALID_OPERATION: u32 = 0x100;
    pub const FLOAT_OPERATION: u32 = 0x400;
    pub const OVERFLOW: u32 = 0x800;
    pub const ROUNDED: u32 = 0x1000;
    pub const SUBNORMAL: u32 = 0x2000;
    pub const UNDERFLOW: u32 = 0x4000;
    /// All conditions the signal InvalidOperation stands for.
    pub const ANY_INVALID: u32 = CONVERSION_SYNTAX
        | DIVISION_IMPOSSIBLE
        | DIVISION_UNDEFINED
        | 0x20
        | INVALID_CONTEXT
        | INVALID_OPERATION
        | 0x200;
}

pub const MAX_PREC: i64 = 999_999_999_999_999_999;
pub const MAX_EMAX: i64 = 999_999_999_999_999_999;
pub const MIN_EMIN: i64 = -999_999_999_999_999_999;
pub const MIN_ETINY: i64 = MIN_EMIN - (MAX_PREC - 1);

/// A rounding mode; the numbers are those of the reference implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    ZeroFiveUp,
}

impl Round {
    pub const ALL: [(Round, &'static str); 8] = [
        (Round::Up, "ROUND_UP"),
        (Round::Down, "ROUND_DOWN"),
        (Round::Ceiling, "ROUND_CEILING"),
        (Round::Floor, "ROUND_FLOOR"),
        (Round::HalfUp, "ROUND_HALF_UP"),
        (Round::HalfDown, "ROUND_HALF_DOWN"),
        (Round::HalfEven, "ROUND_HALF_EVEN"),
        (Round::ZeroFiveUp, "ROUND_05UP"),
    ];

    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// Does the digit before what is cut off grow?
    fn increments(self, neg: bool, rest: Rest, last: u64) -> bool {
        match self {
            Round::Down => false,
            Round::Up => rest != Rest::Zero,
            Round::Ceiling => !neg && rest != Rest::Zero,
            Round::Floor => neg && rest != Rest::Zero,
            Round::HalfUp => matches!(rest, Rest::Half | Rest::High),
            Round::HalfDown => rest == Rest::High,
            Round::HalfEven => rest == Rest::High || rest == Rest::Half && last & 1 != 0,
            Round::ZeroFiveUp => rest != Rest::Zero && (last == 0 || last == 5),
        }
    }
}

/// A context's settings.
#[derive(Clone, Copy, Debug)]
pub struct Ctx {
    pub prec: i64,
    pub emax: i64,
    pub emin: i64,
    pub round: Round,
    pub clamp: bool,
}

impl Ctx {
    /// The largest one, in which constructors work.
    pub const MAX: Ctx =
        Ctx { prec: MAX_PREC, emax: MAX_EMAX, emin: MIN_EMIN, round: Round::HalfEven, clamp: false };

    pub fn etiny(&self) -> i64 {
        self.emin - (self.prec - 1)
    }

    pub fn etop(&self) -> i64 {
        self.emax - (self.prec - 1)
    }

    /// A context for intermediate results of so many digits.
    pub fn working(prec: i64) -> Ctx {
        Ctx { prec, ..Ctx::MAX }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Finite,
    Infinite,
    Quiet,
    Signaling,
}

/// A decimal number; the coefficient of a NaN is its payload.
#[derive(Clone, Debug)]
pub struct Dec {
    pub coeff: Coeff,
    pub exp: i64,
    pub neg: bool,
    pub kind: Kind,
}

impl Dec {
    pub fn new(neg: bool, coeff: Coeff, exp: i64) -> Dec {
        Dec { coeff, exp, neg, kind: Kind::Finite }
    }

    pub fn zero(neg: bool, exp: i64) -> Dec {
        Dec::new(neg, Coeff::ZERO, exp)
    }

    pub fn from_i64(v: i64) -> Dec {
        Dec::new(v < 0, Coeff::from_u64(v.unsigned_abs()), 0)
    }

    pub fn infinity(neg: bool) -> Dec {
        Dec { coeff: Coeff::ZERO, exp: 0, neg, kind: Kind::Infinite }
    }

    pub fn nan() -> Dec {
        Dec { coeff: Coeff::ZERO, exp: 0, neg: false, kind: Kind::Quiet }
    }

    /// The answer to an invalid operation.
    pub fn invalid(st: &mut u32, condition: u32) -> Dec {
        *st |= condition;
        Dec::nan()
    }

    #[inline]
    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }

    pub fn is_special(&self) -> bool {
        self.kind != Kind::Finite
    }

    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinite
    }

    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signaling)
    }

    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.coeff.is_zero()
    }

    /// The exponent of the highest digit.
    pub fn adjusted(&self) -> i64 {
        self.exp + self.coeff.digits() - 1
    }

    pub fn is_integer(&self) -> bool {
        self.is_finite()
            && (self.exp >= 0 || self.coeff.is_zero() || self.coeff.trailing_zeros() >= -self.exp)
    }

    /// Is this integer odd?
    pub fn is_odd_integer(&self) -> bool {
        match self.exp {
            e if e > 0 => false,
            e => -e < self.coeff.digits() && self.coeff.digit(-e) & 1 != 0,
        }
    }

    /// The value if it is an integer of that size.
    pub fn to_i64(&self) -> Option<i64> {
        if !self.is_integer() {
            return None;
        }
        let v = if self.coeff.is_zero() {
            0
        } else if self.exp >= 0 {
            if self.exp > 18 {
                return None;
            }
            self.coeff.shl(self.exp).ok()?.as_u64()?
        } else {
            self.coeff.shr(-self.exp).0.as_u64()?
        };
        let v = i64::try_from(v).ok()?;
        Some(if self.neg { -v } else { v })
    }

    pub fn with_sign(mut self, neg: bool) -> Dec {
        self.neg = neg;
        self
    }

    pub fn abs(&self) -> Dec {
        self.clone().with_sign(false)
    }

    pub fn negated(&self) -> Dec {
        self.clone().with_sign(!self.neg)
    }

    /// Shortens a NaN's payload.
    fn fix_nan(mut self, ctx: &Ctx) -> Dec {
        let room = ctx.prec - i64::from(ctx.clamp);
        if self.coeff.digits() > room {
            self.coeff = self.coeff.low_digits(room);
        }
        self
    }

    /// The result for a NaN among the operands.
    pub fn nan_result(ctx: &Ctx, st: &mut u32, operands: &[&Dec]) -> Option<Dec> {
        let first = |k: Kind| operands.iter().find(|d| d.kind == k);
        if let Some(s) = first(Kind::Signaling) {
            *st |= cond::INVALID_OPERATION;
            let quiet = Dec { kind: Kind::Quiet, ..(*s).clone() };
            return Some(quiet.fix_nan(ctx));
        }
        first(Kind::Quiet).map(|q| (*q).clone().fix_nan(ctx))
    }

    fn overflow(neg: bool, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
        *st |= cond::OVERFLOW | cond::INEXACT | cond::ROUNDED;
        let finite = match ctx.round {
            Round::Down | Round::ZeroFiveUp => true,
            Round::Ceiling => neg,
            Round::Floor => !neg,
            _ => false,
        };
        if finite { Ok(Dec::new(neg, Coeff::nines(ctx.prec)?, ctx.etop())) } else { Ok(Dec::infinity(neg)) }
    }

    /// Rounds the coefficient to that with an exponent larger by `n`; says what was cut off.
    pub fn cut(&mut self, n: i64, round: Round) -> Rest {
        let (mut q, rest) = self.coeff.shr(n);
        if round.increments(self.neg, rest, q.last_digit()) {
            q = q.add(&Coeff::ONE);
        }
        self.coeff = q;
        self.exp += n;
        rest
    }

    /// Brings a result into the context: rounding, overflow, underflow, clamping.
    pub fn finish(mut self, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
        if self.is_special() {
            return Ok(if self.is_nan() { self.fix_nan(ctx) } else { self });
        }
        let (etiny, etop) = (ctx.etiny(), ctx.etop());
        if self.coeff.is_zero() {
            let high = if ctx.clamp { etop } else { ctx.emax };
            let exp = self.exp.clamp(etiny.min(high), high);
            if exp != self.exp {
                self.exp = exp;
                *st |= cond::CLAMPED;
            }
            return Ok(self);
        }
        let digits = self.coeff.digits();
        let mut low = digits + self.exp - ctx.prec;
        if low > etop {
            return Self::overflow(self.neg, ctx, st);
        }
        let subnormal = low < etiny;
        low = low.max(etiny);
        if self.exp < low {
            let rest = self.cut(low - self.exp, ctx.round);
            if self.coeff.digits() > ctx.prec {
                // Nines became a one and zeros.
                self.coeff = self.coeff.shr(1).0;
                self.exp += 1;
            }
            if self.exp > etop {
                return Self::overflow(self.neg, ctx, st);
            }
            *st |= cond::ROUNDED;
            if rest != Rest::Zero {
                *st |= cond::INEXACT;
            }
            if subnormal {
                *st |= cond::SUBNORMAL;
                if rest != Rest::Zero {
                    *st |= cond::UNDERFLOW;
                }
            }
            if self.coeff.is_zero() {
                *st |= cond::CLAMPED;
            }
            return Ok(self);
        }
        if subnormal {
            *st |= cond::SUBNORMAL;
        }
        if ctx.clamp && self.exp > etop {
            self.coeff = self.coeff.shl(self.exp - etop)?;
            self.exp = etop;
            *st |= cond::CLAMPED;
        }
        Ok(self)
    }

    /// Values compared, without NaNs.
    pub fn compare(&self, other: &Dec) -> Ordering {
        let sign = |d: &Dec| match (d.is_zero(), d.neg) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let (a, b) = (sign(self), sign(other));
        if a != b || a == 0 {
            return a.cmp(&b);
        }
        let by_size = self.compare_magnitude(other);
        if self.neg { by_size.reverse() } else { by_size }
    }

    /// Magnitudes compared, without NaNs.
    pub fn compare_magnitude(&self, other: &Dec) -> Ordering {
        match (self.is_infinite(), other.is_infinite()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            _ => {}
        }
        match (self.coeff.is_zero(), other.coeff.is_zero()) {
            (false, false) => {}
            (a, b) => return b.cmp(&a),
        }
        if self.exp == other.exp {
            return self.coeff.cmp(&other.coeff);
        }
        self.adjusted().cmp(&other.adjusted()).then_with(|| {
            // Of the same order of magnitude, so that the shift is no longer than the other number.
            if self.exp > other.exp {
                match self.coeff.shl(self.exp - other.exp) {
                    Ok(c) => c.cmp(&other.coeff),
                    Err(_) => Ordering::Equal,
                }
            } else {
                match other.coeff.shl(other.exp - self.exp) {
                    Ok(c) => self.coeff.cmp(&c),
                    Err(_) => Ordering::Equal,
                }
            }
        })
    }
}
