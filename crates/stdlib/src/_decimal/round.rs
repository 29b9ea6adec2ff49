//! Rounding to exponents: quantize, integers, neighbours; and what looks at digits.

use super::arith;
use super::coeff::{Coeff, Rest, Sized_};
use super::number::{Ctx, Dec, Kind, Round, cond};
use std::cmp::Ordering;

/// `a` with the exponent of `b`.
pub fn quantize(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if a.is_special() || b.is_special() {
        if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
            return Ok(n);
        }
        if a.is_infinite() && b.is_infinite() {
            return Ok(Dec::infinity(a.neg));
        }
        return Ok(Dec::invalid(st, cond::INVALID_OPERATION));
    }
    rescale(a, b.exp, ctx, st)
}

/// A finite number with another exponent; invalid if it does not fit the context.
fn rescale(a: &Dec, exp: i64, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if exp > ctx.emax || exp < ctx.etiny() {
        return Ok(Dec::invalid(st, cond::INVALID_OPERATION));
    }
    if a.coeff.is_zero() {
        return Dec::zero(a.neg, exp).finish(ctx, st);
    }
    let adjusted = a.adjusted();
    if adjusted > ctx.emax || adjusted - exp + 1 > ctx.prec {
        return Ok(Dec::invalid(st, cond::INVALID_OPERATION));
    }
    let mut d = a.clone();
    let rest = set_exponent(&mut d, exp, ctx.round)?;
    if d.coeff.digits() > ctx.prec || (!d.coeff.is_zero() && d.adjusted() > ctx.emax) {
        return Ok(Dec::invalid(st, cond::INVALID_OPERATION));
    }
    if !d.coeff.is_zero() && d.adjusted() < ctx.emin {
        *st |= cond::SUBNORMAL;
    }
    if a.exp < exp {
        *st |= cond::ROUNDED;
        if rest != Rest::Zero {
            *st |= cond::INEXACT;
        }
    }
    // Clamping may still change the exponent.
    d.finish(ctx, st)
}

/// Gives a finite number an exponent, with whatever digits that needs.
pub fn set_exponent(d: &mut Dec, exp: i64, round: Round) -> Sized_<Rest> {
    if d.coeff.is_zero() {
        d.exp = exp;
        return Ok(Rest::Zero);
    }
    if d.exp >= exp {
        d.coeff = d.coeff.shl(d.exp - exp)?;
        d.exp = exp;
        return Ok(Rest::Zero);
    }
    Ok(d.cut(exp - d.exp, round))
}

/// Rounded to an integer; with `flags` the conditions are noted.
pub fn to_integral(a: &Dec, round: Round, ctx: &Ctx, st: &mut u32, flags: bool) -> Sized_<Dec> {
    if a.is_special() {
        return Ok(match Dec::nan_result(ctx, st, &[a]) {
            Some(n) => n,
            None => a.clone(),
        });
    }
    let mut d = a.clone();
    if d.exp >= 0 {
        return Ok(d);
    }
    let rest = set_exponent(&mut d, 0, round)?;
    if flags && !a.coeff.is_zero() {
        *st |= cond::ROUNDED;
        if rest != Rest::Zero {
            *st |= cond::INEXACT;
        }
    }
    Ok(d)
}

/// Without trailing zeros.
pub fn normalize(a: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    let mut d = if a.is_nan() {
        return Ok(Dec::nan_result(ctx, st, &[a]).unwrap_or_else(Dec::nan));
    } else {
        a.clone().finish(ctx, st)?
    };
    if d.is_special() {
        return Ok(d);
    }
    if d.coeff.is_zero() {
        return Ok(Dec::zero(d.neg, 0));
    }
    let high = if ctx.clamp { ctx.etop() } else { ctx.emax };
    let zeros = d.coeff.trailing_zeros().min(high - d.exp).max(0);
    d.coeff = d.coeff.shr(zeros).0;
    d.exp += zeros;
    Ok(d)
}

/// The largest number below, or with `up` the smallest above.
pub fn next(a: &Dec, up: bool, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a]) {
        return Ok(n);
    }
    if a.is_infinite() {
        if a.neg != up {
            return Ok(a.clone());
        }
        return Ok(Dec::new(a.neg, Coeff::nines(ctx.prec)?, ctx.etop()));
    }
    let c = Ctx { round: if up { Round::Ceiling } else { Round::Floor }, ..*ctx };
    let mut ignored = 0;
    let rounded = a.clone().finish(&c, &mut ignored)?;
    if rounded.compare(a) != Ordering::Equal {
        return Ok(rounded);
    }
    let tiny = Dec::new(!up, Coeff::ONE, c.etiny() - 1);
    arith::add(a, &tiny, &c, &mut ignored)
}

/// The neighbour of `a` in the direction of `b`.
pub fn next_toward(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
        return Ok(n);
    }
    let order = a.compare(b);
    if order.is_eq() {
        return Ok(a.clone().with_sign(b.neg));
    }
    let d = next(a, order.is_lt(), ctx, st)?;
    if d.is_infinite() {
        *st |= cond::OVERFLOW | cond::ROUNDED | cond::INEXACT;
    } else if d.adjusted() < ctx.emin {
        *st |= cond::UNDERFLOW | cond::SUBNORMAL | cond::ROUNDED | cond::INEXACT;
        if d.is_zero() {
            *st |= cond::CLAMPED;
        }
    }
    Ok(d)
}

/// The total order of representations.
pub fn compare_total(a: &Dec, b: &Dec) -> Ordering {
    if a.neg != b.neg {
        return if a.neg { Ordering::Less } else { Ordering::Greater };
    }
    let by_size = compare_total_magnitude(a, b);
    if a.neg { by_size.reverse() } else { by_size }
}

/// The total order without the signs.
pub fn compare_total_magnitude(a: &Dec, b: &Dec) -> Ordering {
    let rank = |d: &Dec| match d.kind {
        Kind::Finite | Kind::Infinite => 0,
        Kind::Signaling => 1,
        Kind::Quiet => 2,
    };
    rank(a).cmp(&rank(b)).then_with(|| {
        if a.is_nan() {
            return a.coeff.cmp(&b.coeff);
        }
        a.compare_magnitude(b).then_with(|| if a.is_infinite() { Ordering::Equal } else { a.exp.cmp(&b.exp) })
    })
}

/// max and min: what counts as larger, and by magnitude first if asked for.
pub fn extreme(a: &Dec, b: &Dec, largest: bool, magnitude: bool, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    let quiet = |d: &Dec| d.kind == Kind::Quiet;
    // One quiet NaN is passed over.
    if quiet(a) != quiet(b) && a.kind != Kind::Signaling && b.kind != Kind::Signaling {
        let d = if quiet(a) { b } else { a };
        return d.clone().finish(ctx, st);
    }
    if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
        return Ok(n);
    }
    let mut order = if magnitude { a.compare_magnitude(b) } else { a.compare(b) };
    if order.is_eq() {
        order = if magnitude { a.compare(b) } else { order };
        if order.is_eq() {
            order = compare_total(a, b);
        }
    }
    let d = if order.is_lt() == largest { b } else { a };
    let d = if order.is_eq() { a } else { d };
    d.clone().finish(ctx, st)
}

/// Is it a number of the digits 0 and 1 that logical operations take?
fn logical(d: &Dec) -> Option<Vec<u8>> {
    if !d.is_finite() || d.neg || d.exp != 0 {
        return None;
    }
    let mut digits = Vec::new();
    d.coeff.push_digits(&mut digits);
    digits.iter().all(|d| *d == b'0' || *d == b'1').then_some(digits)
}

/// A logical operation digit by digit.
pub fn logical_op(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32, f: impl Fn(bool, bool) -> bool) -> Dec {
    let (Some(a), Some(b)) = (logical(a), logical(b)) else {
        return Dec::invalid(st, cond::INVALID_OPERATION);
    };
    let n = a.len().max(b.len()).min(usize::try_from(ctx.prec).unwrap_or(usize::MAX));
    let at = |d: &[u8], i: usize| d.len().checked_sub(i + 1).is_some_and(|j| d[j] == b'1');
    let out: Vec<u8> = (0..n).rev().map(|i| b'0' + u8::from(f(at(&a, i), at(&b, i)))).collect();
    Dec::new(false, Coeff::from_digits(&out), 0)
}

/// All digits of the precision flipped.
pub fn logical_invert(a: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if logical(a).is_none() {
        return Ok(Dec::invalid(st, cond::INVALID_OPERATION));
    }
    // A number of ones: nine times as much as that is all nines.
    let ones = Dec::new(false, Coeff::nines(ctx.prec)?.div_rem(&Coeff::from_u64(9)).0, 0);
    Ok(logical_op(a, &ones, ctx, st, |x, y| x != y))
}

/// The amount of a shift or rotation: an integer of at most the precision.
fn amount(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Result<i64, Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
        return Err(n);
    }
    let n = if b.exp == 0 && b.is_finite() { b.to_i64() } else { None };
    match n.filter(|n| n.unsigned_abs() <= ctx.prec as u64) {
        Some(n) => Ok(n),
        None => Err(Dec::invalid(st, cond::INVALID_OPERATION)),
    }
}

/// Digits shifted within the precision.
pub fn shift(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    let n = match amount(a, b, ctx, st) {
        Ok(n) => n,
        Err(d) => return Ok(d),
    };
    if a.is_infinite() {
        return Ok(a.clone());
    }
    let coeff = if n < 0 {
        a.coeff.low_digits(ctx.prec).shr(-n).0
    } else {
        a.coeff.low_digits(ctx.prec - n).shl(n)?
    };
    Ok(Dec::new(a.neg, coeff, a.exp))
}

/// Digits rotated within the precision.
pub fn rotate(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    let n = match amount(a, b, ctx, st) {
        Ok(n) => n,
        Err(d) => return Ok(d),
    };
    if a.is_infinite() {
        return Ok(a.clone());
    }
    let n = if n < 0 { n + ctx.prec } else { n };
    let digits = a.coeff.low_digits(ctx.prec);
    let (high, _) = digits.shr(ctx.prec - n);
    let low = digits.low_digits(ctx.prec - n).shl(n)?;
    Ok(Dec::new(a.neg, low.add(&high), a.exp))
}

/// The exponent changed by an integer.
pub fn scaleb(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
        return Ok(n);
    }
    let limit = 2 * (ctx.emax as i128 + ctx.prec as i128);
    let n = if b.is_finite() && b.exp == 0 { b.to_i64() } else { None };
    let Some(n) = n.filter(|n| (*n as i128).abs() <= limit) else {
        return Ok(Dec::invalid(st, cond::INVALID_OPERATION));
    };
    if a.is_infinite() {
        return Ok(a.clone());
    }
    // Beyond these bounds the result is the same.
    let exp = (a.exp as i128 + n as i128).clamp(-4_000_000_000_000_000_000, 4_000_000_000_000_000_000);
    Dec::new(a.neg, a.coeff.clone(), exp as i64).finish(ctx, st)
}

/// The exponent of the highest digit as a number.
pub fn logb(a: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a]) {
        return Ok(n);
    }
    if a.is_infinite() {
        return Ok(Dec::infinity(false));
    }
    if a.is_zero() {
        *st |= cond::DIVISION_BY_ZERO;
        return Ok(Dec::infinity(true));
    }
    Dec::from_i64(a.adjusted()).finish(ctx, st)
}

/// The name of the class of numbers it belongs to.
pub fn number_class(a: &Dec, ctx: &Ctx) -> &'static str {
    let (positive, negative) = match a.kind {
        Kind::Quiet => ("NaN", "NaN"),
        Kind::Signaling => ("sNaN", "sNaN"),
        Kind::Infinite => ("+Infinity", "-Infinity"),
        Kind::Finite if a.coeff.is_zero() => ("+Zero", "-Zero"),
        Kind::Finite if a.adjusted() < ctx.emin => ("+Subnormal", "-Subnormal"),
        Kind::Finite => ("+Normal", "-Normal"),
    };
    if a.neg { negative } else { positive }
}
