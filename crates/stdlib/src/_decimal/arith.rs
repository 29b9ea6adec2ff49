//! Addition, multiplication, division and their kin.

use super::coeff::{Coeff, NoMemory, Sized_};
use super::number::{Ctx, Dec, Kind, Round, cond};
use std::cmp::Ordering;

/// Alignment by more digits than this is replaced by a digit that only says "not zero".
const FAR: i64 = 60;

/// The sum of finite numbers, not rounded yet unless it must be for its size.
fn sum(a: &Dec, b: &Dec, ctx: &Ctx) -> Sized_<Dec> {
    let exp = a.exp.min(b.exp);
    let both_zero_sign = if a.neg == b.neg { a.neg } else { ctx.round == Round::Floor };
    match (a.coeff.is_zero(), b.coeff.is_zero()) {
        (true, true) => return Ok(Dec::zero(both_zero_sign, exp)),
        (true, false) => return padded(b, exp, ctx),
        (false, true) => return padded(a, exp, ctx),
        _ => {}
    }
    let (high, low) = if a.exp >= b.exp { (a, b) } else { (b, a) };
    let mut shift = high.exp - low.exp;
    let mut exp = low.exp;
    let tiny;
    let mut low_coeff = &low.coeff;
    if shift > FAR {
        // A number far below the last digit that counts acts only by being there.
        let floor = high.exp + (high.coeff.digits() - ctx.prec - 2).min(-1);
        if low.adjusted() < floor {
            tiny = Coeff::ONE;
            low_coeff = &tiny;
            shift = high.exp - floor;
            exp = floor;
        }
    }
    let high_coeff = high.coeff.shl(shift)?;
    if a.neg == b.neg {
        return Ok(Dec::new(a.neg, high_coeff.add(low_coeff), exp));
    }
    Ok(match high_coeff.cmp(low_coeff) {
        Ordering::Equal => Dec::zero(ctx.round == Round::Floor, exp),
        Ordering::Greater => Dec::new(high.neg, high_coeff.sub(low_coeff), exp),
        Ordering::Less => Dec::new(low.neg, low_coeff.sub(&high_coeff), exp),
    })
}

/// A number plus a zero with a smaller exponent: zeros are appended as far as the precision allows.
fn padded(d: &Dec, exp: i64, ctx: &Ctx) -> Sized_<Dec> {
    let exp = exp.max(d.adjusted() - ctx.prec);
    if exp >= d.exp {
        return Ok(d.clone());
    }
    Ok(Dec::new(d.neg, d.coeff.shl(d.exp - exp)?, exp))
}

/// Infinities in a sum.
fn infinite_sum(a: &Dec, b: &Dec, st: &mut u32) -> Dec {
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) if a.neg != b.neg => Dec::invalid(st, cond::INVALID_OPERATION),
        (true, _) => Dec::infinity(a.neg),
        _ => Dec::infinity(b.neg),
    }
}

pub fn add(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if a.is_finite() && b.is_finite() {
        return sum(a, b, ctx)?.finish(ctx, st);
    }
    if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
        return Ok(n);
    }
    Ok(infinite_sum(a, b, st))
}

pub fn sub(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
        return Ok(n);
    }
    add(a, &b.negated(), ctx, st)
}

/// The exact product of finite numbers.
pub fn product(a: &Dec, b: &Dec) -> Sized_<Dec> {
    Ok(Dec::new(a.neg != b.neg, a.coeff.mul(&b.coeff)?, a.exp + b.exp))
}

/// A product with an infinity.
fn infinite_product(a: &Dec, b: &Dec, st: &mut u32) -> Dec {
    if a.is_zero() || b.is_zero() {
        return Dec::invalid(st, cond::INVALID_OPERATION);
    }
    Dec::infinity(a.neg != b.neg)
}

pub fn mul(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if a.is_finite() && b.is_finite() {
        return product(a, b)?.finish(ctx, st);
    }
    if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
        return Ok(n);
    }
    Ok(infinite_product(a, b, st))
}

/// a * b + c, rounded once.
pub fn fma(a: &Dec, b: &Dec, c: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if a.is_finite() && b.is_finite() {
        let p = product(a, b)?;
        if c.is_finite() {
            return sum(&p, c, ctx)?.finish(ctx, st);
        }
        return add(&p, c, ctx, st);
    }
    // A signaling NaN of the product comes first, its invalidity before any NaN in the summand.
    for d in [a, b] {
        if d.kind == Kind::Signaling {
            return Ok(Dec::nan_result(ctx, st, &[d]).unwrap_or_else(Dec::nan));
        }
    }
    // Then a quiet one is the product; the sum looks at the summand.
    let quiet = [a, b].into_iter().find(|d| d.is_nan());
    if let Some(q) = quiet {
        return add(q, c, ctx, st);
    }
    let p = infinite_product(a, b, st);
    if p.is_nan() {
        return Ok(p);
    }
    add(&p, c, ctx, st)
}

/// The quotient of finite numbers, the divisor not zero; with one more digit than asked for, which is not 0 or 5 if
/// anything was cut off.
fn quotient(a: &Dec, b: &Dec, prec: i64) -> Sized_<Dec> {
    let neg = a.neg != b.neg;
    let ideal = a.exp - b.exp;
    if a.coeff.is_zero() {
        return Ok(Dec::zero(neg, ideal));
    }
    let shift = b.coeff.digits() - a.coeff.digits() + prec + 1;
    let divide = |shift: i64| -> Sized_<(Coeff, Coeff)> {
        if shift >= 0 {
            Ok(a.coeff.shl(shift)?.div_rem(&b.coeff))
        } else {
            Ok(a.coeff.div_rem(&b.coeff.shl(-shift)?))
        }
    };
    let (shift, (mut q, r)) = match divide(shift) {
        Ok(qr) => (shift, qr),
        Err(NoMemory) => {
            // An exact quotient has no more digits than this.
            let enough = a.coeff.digits() + 4 * b.coeff.digits();
            let qr = divide(enough)?;
            if !qr.1.is_zero() {
                return Err(NoMemory);
            }
            (enough, qr)
        }
    };
    let mut exp = ideal - shift;
    if !r.is_zero() {
        if q.last_digit() % 5 == 0 {
            q = q.add(&Coeff::ONE);
        }
    } else if exp < ideal {
        let zeros = q.trailing_zeros().min(ideal - exp);
        q = q.shr(zeros).0;
        exp += zeros;
    }
    Ok(Dec::new(neg, q, exp))
}

pub fn div(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if a.is_special() || b.is_special() {
        if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
            return Ok(n);
        }
        let neg = a.neg != b.neg;
        return Ok(match (a.is_infinite(), b.is_infinite()) {
            (true, true) => Dec::invalid(st, cond::INVALID_OPERATION),
            (true, false) => Dec::infinity(neg),
            _ => {
                *st |= cond::CLAMPED;
                Dec::zero(neg, ctx.etiny())
            }
        });
    }
    if b.coeff.is_zero() {
        if a.coeff.is_zero() {
            return Ok(Dec::invalid(st, cond::DIVISION_UNDEFINED));
        }
        *st |= cond::DIVISION_BY_ZERO;
        return Ok(Dec::infinity(a.neg != b.neg));
    }
    quotient(a, b, ctx.prec)?.finish(ctx, st)
}

/// Integer quotient and rest of finite numbers, the divisor not zero; `None` if the quotient has too many digits.
fn divide_integers(a: &Dec, b: &Dec, prec: i64) -> Sized_<Option<(Dec, Dec)>> {
    let neg = a.neg != b.neg;
    let ideal = a.exp.min(b.exp);
    let q = |c| Dec::new(neg, c, 0);
    if a.coeff.is_zero() {
        return Ok(Some((q(Coeff::ZERO), Dec::zero(a.neg, ideal))));
    }
    let gap = a.adjusted() - b.adjusted();
    if gap < -1 || a.compare_magnitude(b).is_lt() {
        let rest = Dec::new(a.neg, a.coeff.shl(a.exp - ideal)?, ideal);
        return Ok(Some((q(Coeff::ZERO), rest)));
    }
    if gap > prec {
        return Ok(None);
    }
    let (n, d) = if a.exp >= b.exp {
        (a.coeff.shl(a.exp - b.exp)?, b.coeff.clone())
    } else {
        (a.coeff.clone(), b.coeff.shl(b.exp - a.exp)?)
    };
    let (quotient, rest) = n.div_rem(&d);
    if quotient.digits() > prec {
        return Ok(None);
    }
    Ok(Some((q(quotient), Dec::new(a.neg, rest, ideal))))
}

pub fn div_int(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
        return Ok(n);
    }
    let neg = a.neg != b.neg;
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) => return Ok(Dec::invalid(st, cond::INVALID_OPERATION)),
        (true, false) => return Ok(Dec::infinity(neg)),
        (false, true) => return Ok(Dec::zero(neg, 0)),
        _ => {}
    }
    if b.is_zero() {
        if a.is_zero() {
            return Ok(Dec::invalid(st, cond::DIVISION_UNDEFINED));
        }
        *st |= cond::DIVISION_BY_ZERO;
        return Ok(Dec::infinity(neg));
    }
    match divide_integers(a, b, ctx.prec)? {
        Some((q, _)) => q.finish(ctx, st),
        None => Ok(Dec::invalid(st, cond::DIVISION_IMPOSSIBLE)),
    }
}

pub fn rem(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
        return Ok(n);
    }
    if a.is_infinite() {
        return Ok(Dec::invalid(st, cond::INVALID_OPERATION));
    }
    if b.is_infinite() {
        return a.clone().finish(ctx, st);
    }
    if b.is_zero() {
        let why = if a.is_zero() { cond::DIVISION_UNDEFINED } else { cond::INVALID_OPERATION };
        return Ok(Dec::invalid(st, why));
    }
    match divide_integers(a, b, ctx.prec)? {
        Some((_, r)) => r.finish(ctx, st),
        None => Ok(Dec::invalid(st, cond::DIVISION_IMPOSSIBLE)),
    }
}

pub fn divmod(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<(Dec, Dec)> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
        return Ok((n.clone(), n));
    }
    let neg = a.neg != b.neg;
    if a.is_infinite() {
        let q = if b.is_infinite() { Dec::nan() } else { Dec::infinity(neg) };
        return Ok((q, Dec::invalid(st, cond::INVALID_OPERATION)));
    }
    if b.is_infinite() {
        return Ok((Dec::zero(neg, 0), a.clone().finish(ctx, st)?));
    }
    if b.is_zero() {
        if a.is_zero() {
            return Ok((Dec::nan(), Dec::invalid(st, cond::DIVISION_UNDEFINED)));
        }
        *st |= cond::DIVISION_BY_ZERO;
        return Ok((Dec::infinity(neg), Dec::invalid(st, cond::INVALID_OPERATION)));
    }
    match divide_integers(a, b, ctx.prec)? {
        Some((q, r)) => Ok((q.finish(ctx, st)?, r.finish(ctx, st)?)),
        None => Ok((Dec::nan(), Dec::invalid(st, cond::DIVISION_IMPOSSIBLE))),
    }
}

/// a - n * b with the integer n nearest to a / b.
pub fn rem_near(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
        return Ok(n);
    }
    if a.is_infinite() {
        return Ok(Dec::invalid(st, cond::INVALID_OPERATION));
    }
    if b.is_infinite() {
        return a.clone().finish(ctx, st);
    }
    if b.is_zero() {
        let why = if a.is_zero() { cond::DIVISION_UNDEFINED } else { cond::INVALID_OPERATION };
        return Ok(Dec::invalid(st, why));
    }
    let ideal = a.exp.min(b.exp);
    if a.is_zero() {
        return Dec::zero(a.neg, ideal).finish(ctx, st);
    }
    let gap = a.adjusted() - b.adjusted();
    if gap > ctx.prec {
        return Ok(Dec::invalid(st, cond::DIVISION_IMPOSSIBLE));
    }
    if gap <= -2 {
        // Less than half the divisor: the dividend itself.
        return Dec::new(a.neg, a.coeff.shl(a.exp - ideal)?, ideal).finish(ctx, st);
    }
    let (n, d) = (a.coeff.shl(a.exp - ideal)?, b.coeff.shl(b.exp - ideal)?);
    let (mut q, mut r) = n.div_rem(&d);
    let mut neg = a.neg;
    let twice = r.add(&r);
    if twice > d || twice == d && q.is_odd() {
        r = d.sub(&r);
        neg = !neg;
        q = q.add(&Coeff::ONE);
    }
    if q.digits() > ctx.prec {
        return Ok(Dec::invalid(st, cond::DIVISION_IMPOSSIBLE));
    }
    Dec::new(neg, r, ideal).finish(ctx, st)
}

/// The number itself, or its negative, rounded; zeros lose their sign but under ROUND_FLOOR.
pub fn plus(a: &Dec, negate: bool, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a]) {
        return Ok(n);
    }
    let mut d = a.clone().with_sign(a.neg != negate);
    if d.is_zero() && ctx.round != Round::Floor {
        d.neg = false;
    }
    d.finish(ctx, st)
}

pub fn abs(a: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    plus(a, a.neg, ctx, st)
}

/// Like NaN results, the sum for comparisons: -1, 0, 1 as a number, or a NaN.
pub fn compare(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32, signal: bool) -> Dec {
    if signal && (a.is_nan() || b.is_nan()) {
        *st |= cond::INVALID_OPERATION;
    }
    if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
        return n;
    }
    Dec::from_i64(a.compare(b) as i64)
}
