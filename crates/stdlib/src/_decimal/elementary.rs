//! exp, ln, log10, sqrt and power, correctly rounded: computed with spare digits in binary fixed point, and again with
//! more while those do not decide how to round.

use super::arith;
use super::coeff::{Coeff, NoMemory, Sized_};
use super::number::{Ctx, Dec, Round, cond};
use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};
use std::cell::RefCell;

/// More digits than this are not tried.
const MAX_DIGITS: i64 = 50_000_000;

fn ten() -> UBig {
    UBig::from(10u8)
}

/// 10^n as a binary number.
fn pow10(n: i64) -> UBig {
    ten().pow(n.max(0) as usize)
}

/// Bits for so many decimal digits.
fn bits_for(digits: i64) -> usize {
    (digits.max(0) as f64 * std::f64::consts::LOG2_10) as usize + 2
}

/// atanh(1/k), with `p` fractional bits.
fn atanh_of_inverse(k: u64, p: usize) -> UBig {
    let mut term = (UBig::ONE << p) / UBig::from(k);
    let square = UBig::from(k * k);
    let mut sum = term.clone();
    let mut n = 1u64;
    loop {
        term /= &square;
        if term == UBig::ZERO {
            return sum;
        }
        n += 2;
        sum += &term / UBig::from(n);
    }
}

/// A constant as the sum of such values, kept with the most bits it was ever asked for.
struct Constant {
    terms: [(i64, u64); 3],
    known: RefCell<Option<(usize, IBig)>>,
}

impl Constant {
    const fn new(terms: [(i64, u64); 3]) -> Constant {
        Constant { terms, known: RefCell::new(None) }
    }

    fn get(&self, p: usize) -> IBig {
        if let Some((bits, v)) = &*self.known.borrow()
            && *bits >= p
        {
            return v.clone() >> (bits - p);
        }
        let (bits, guard) = (p + 64, 32);
        let mut v = IBig::ZERO;
        for (factor, k) in self.terms {
            v += IBig::from(factor) * IBig::from(atanh_of_inverse(k, bits + guard));
        }
        v >>= guard;
        let cut = v.clone() >> (bits - p);
        *self.known.borrow_mut() = Some((bits, v));
        cut
    }
}

thread_local! {
    static LN2: Constant = const { Constant::new([(18, 26), (-2, 4801), (8, 8749)]) };
    static LN10: Constant = const { Constant::new([(46, 31), (34, 49), (20, 161)]) };
}

fn ln2(p: usize) -> IBig {
    LN2.with(|c| c.get(p))
}

fn ln10(p: usize) -> IBig {
    LN10.with(|c| c.get(p))
}

/// The square root of a bit count, for choosing how far to reduce arguments.
fn root(p: usize) -> usize {
    (p as f64).sqrt() as usize
}

/// e^r of a small `r`.
fn exp_fixed(r: &IBig, p: usize) -> IBig {
    // The argument is halved that often, and the result squared.
    let halvings = root(p) / 2 + 4;
    let q = p + 2 * halvings + 16;
    let x = (r.clone() << (q - p)) >> halvings;
    let one = IBig::ONE << q;
    let mut sum = &one + &x;
    let mut term = x.clone();
    let mut n = 1u64;
    loop {
        n += 1;
        term = ((term * &x) >> q) / IBig::from(n);
        if term == IBig::ZERO || term == -IBig::ONE {
            break;
        }
        sum += &term;
    }
    for _ in 0..halvings {
        sum = (&sum * &sum) >> q;
    }
    sum >> (q - p)
}

/// ln of a value between 0.7 and 1.5.
fn ln_fixed(y: &UBig, p: usize) -> IBig {
    // Each square root halves the logarithm.
    let roots = root(p) / 5;
    let q = p + roots + 16;
    let mut y = y.clone() << (q - p);
    for _ in 0..roots {
        y = (y << q).nth_root(2);
    }
    let (y, one) = (IBig::from(y), IBig::ONE << q);
    let t = ((&y - &one) << q) / (y + one);
    let square = (&t * &t) >> q;
    let (mut sum, mut term, mut n) = (t.clone(), t, 1u64);
    loop {
        term = (term * &square) >> q;
        if term == IBig::ZERO || term == -IBig::ONE {
            break;
        }
        n += 2;
        sum += &term / IBig::from(n);
    }
    (sum << (roots + 1)) >> (q - p)
}

/// A finite number with `p` fractional bits.
fn fixed(d: &Dec, p: usize) -> IBig {
    let c = IBig::from(d.coeff.to_ubig());
    let v =
        if d.exp >= 0 { (c * IBig::from(pow10(d.exp))) << p } else { (c << p) / IBig::from(pow10(-d.exp)) };
    if d.neg { -v } else { v }
}

/// How many digits the logarithm of a positive number is below one.
fn ln_depth(d: &Dec) -> Sized_<i64> {
    let adjusted = d.adjusted();
    if !(-1..=0).contains(&adjusted) {
        return Ok(0);
    }
    let mut ignored = 0;
    let exact = Ctx::working(d.coeff.digits() + 4);
    let gap = arith::sub(d, &Dec::from_i64(1), &exact, &mut ignored)?;
    Ok(if gap.is_zero() { 0 } else { 1 - gap.adjusted() })
}

/// The natural logarithm of a positive number.
fn ln_value(d: &Dec, p: usize) -> IBig {
    // Sums of large terms lose that many bits.
    let q = p + 80;
    let c = d.coeff.to_ubig();
    let mut bits = c.bit_len();
    let mut y = if q >= bits { c << (q - bits) } else { c >> (bits - q) };
    if y < (UBig::from(3u8) << (q - 2)) {
        y <<= 1;
        bits -= 1;
    }
    let v = ln_fixed(&y, q) + IBig::from(bits) * ln2(q) + IBig::from(d.exp) * ln10(q);
    v >> 80
}

/// A fixed-point value as digits: value * 10^digits, rounded.
fn scaled(v: &IBig, p: usize, digits: i64) -> (bool, UBig) {
    use dashu_int::Sign;
    let (sign, m) = v.clone().into_parts();
    let v = if digits >= 0 { m * pow10(digits) } else { m / pow10(-digits) };
    ((sign == Sign::Negative), (v + (UBig::ONE << (p - 1))) >> p)
}

/// Asks for more and more digits until they decide how to round to `prec`; the error is less than one unit.
fn decide(prec: i64, mut f: impl FnMut(i64) -> Sized_<Dec>) -> Sized_<Dec> {
    let mut extra = 4;
    loop {
        if prec + extra > MAX_DIGITS {
            return Err(NoMemory);
        }
        let d = f(prec + extra)?;
        let spare = d.coeff.digits() - prec;
        // Neither exactly between two neighbours, nor one of them, as far as can be seen.
        if spare > 1 {
            let tail = d.coeff.low_digits(spare - 1);
            if !tail.is_zero() || d.coeff.digit(spare - 1) % 5 != 0 {
                return Ok(d);
            }
        }
        extra = extra * 2 + 3;
    }
}

/// e^(z) to about `n` digits; `z` has `p` fractional bits.
fn exp_digits(z: &IBig, p: usize, n: i64) -> Dec {
    let base = ln10(p);
    let mut k = z / &base;
    let mut r = z - &k * &base;
    if r < IBig::ZERO {
        k -= IBig::ONE;
        r += &base;
    }
    let m = exp_fixed(&r, p);
    let (_, c) = scaled(&m, p, n);
    let far = if k < IBig::ZERO { i64::MIN / 4 } else { i64::MAX / 4 };
    let k = i64::try_from(k).unwrap_or(far);
    Dec::new(false, Coeff::from_ubig(&c), k - n)
}

fn half_even(ctx: &Ctx) -> Ctx {
    Ctx { round: Round::HalfEven, ..*ctx }
}

pub fn exp(a: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a]) {
        return Ok(n);
    }
    if a.is_infinite() {
        return Ok(if a.neg { Dec::zero(false, 0) } else { a.clone() });
    }
    if a.coeff.is_zero() {
        return Ok(Dec::from_i64(1));
    }
    let (p, adjusted) = (ctx.prec, a.adjusted());
    let length = |v: i64| v.unsigned_abs().max(1).ilog10() as i64 + 1;
    let d = if !a.neg && adjusted > length((ctx.emax + 1).saturating_mul(3)) {
        Dec::new(false, Coeff::ONE, ctx.emax + 1)
    } else if a.neg && adjusted > length((1 - ctx.etiny()).saturating_mul(3)) {
        Dec::new(false, Coeff::ONE, ctx.etiny() - 1)
    } else if adjusted < -p - i64::from(a.neg) {
        // 1 and a little, or almost 1.
        let one = Coeff::ONE.shl(p + 1)?;
        let c = if a.neg { one.sub(&Coeff::ONE) } else { one.add(&Coeff::ONE) };
        Dec::new(false, c, -p - 1)
    } else {
        decide(p, |n| {
            let bits = bits_for(n + adjusted.max(0)) + 64;
            Ok(exp_digits(&fixed(a, bits), bits, n))
        })?
    };
    d.finish(&half_even(ctx), st)
}

/// What logarithms of special numbers have in common; `Err` is the result.
fn log_operand(a: &Dec, ctx: &Ctx, st: &mut u32) -> Result<(), Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a]) {
        return Err(n);
    }
    if a.is_zero() {
        return Err(Dec::infinity(true));
    }
    if a.neg {
        return Err(Dec::invalid(st, cond::INVALID_OPERATION));
    }
    if a.is_infinite() {
        return Err(a.clone());
    }
    Ok(())
}

pub fn ln(a: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Err(d) = log_operand(a, ctx, st) {
        return Ok(d);
    }
    if a.compare(&Dec::from_i64(1)).is_eq() {
        return Ok(Dec::zero(false, 0));
    }
    let depth = ln_depth(a)?;
    decide(ctx.prec, |n| {
        let bits = bits_for(n + depth) + 64;
        let (neg, c) = scaled(&ln_value(a, bits), bits, n + depth);
        Ok(Dec::new(neg, Coeff::from_ubig(&c), -n - depth))
    })?
    .finish(&half_even(ctx), st)
}

pub fn log10(a: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Err(d) = log_operand(a, ctx, st) {
        return Ok(d);
    }
    if a.coeff.trailing_zeros() + 1 == a.coeff.digits() && a.coeff.digit(a.coeff.digits() - 1) == 1 {
        return Dec::from_i64(a.adjusted()).finish(&half_even(ctx), st);
    }
    let depth = ln_depth(a)? + 1;
    decide(ctx.prec, |n| {
        let bits = bits_for(n + depth) + 64;
        let v = (ln_value(a, bits) << bits) / ln10(bits);
        let (neg, c) = scaled(&v, bits, n + depth);
        Ok(Dec::new(neg, Coeff::from_ubig(&c), -n - depth))
    })?
    .finish(&half_even(ctx), st)
}

pub fn sqrt(a: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a]) {
        return Ok(n);
    }
    if a.is_infinite() && !a.neg {
        return Ok(a.clone());
    }
    let ideal = a.exp.div_euclid(2);
    if a.is_zero() {
        return Dec::zero(a.neg, ideal).finish(ctx, st);
    }
    if a.neg {
        return Ok(Dec::invalid(st, cond::INVALID_OPERATION));
    }
    let c = if a.exp.rem_euclid(2) == 1 { a.coeff.shl(1)? } else { a.coeff.clone() };
    // One digit more than the precision.
    let shift = ctx.prec + 1 - (c.digits() + 1) / 2;
    let root_of = |v: &Coeff| -> (Coeff, bool) {
        let v = v.to_ubig();
        let r = v.nth_root(2);
        let exact = &r * &r == v;
        (Coeff::from_ubig(&r), exact)
    };
    let d = if shift >= 0 {
        let (r, exact) = root_of(&c);
        if exact {
            Dec::new(false, r, ideal)
        } else {
            let (mut r, _) = root_of(&c.shl(2 * shift)?);
            if r.last_digit() % 5 == 0 {
                r = r.add(&Coeff::ONE);
            }
            Dec::new(false, r, ideal - shift)
        }
    } else {
        let (high, rest) = c.shr(-2 * shift);
        let (mut r, mut exact) = root_of(&high);
        exact &= rest == super::coeff::Rest::Zero;
        if exact {
            Dec::new(false, r.shl(-shift)?, ideal)
        } else {
            if r.last_digit() % 5 == 0 {
                r = r.add(&Coeff::ONE);
            }
            Dec::new(false, r, ideal - shift)
        }
    };
    d.finish(&half_even(ctx), st)
}

/// e^(y ln x) with more than `prec` digits, for a positive x that is not 1, where it is inexact.
pub fn power_inexact(x: &Dec, y: &Dec, prec: i64) -> Sized_<Dec> {
    let depth = ln_depth(x)?;
    let size = y.adjusted().max(0) + 1;
    // The exponent z = y ln x is about 10^magnitude.
    let magnitude = y.adjusted() - depth + if depth == 0 { 20 } else { 2 };
    let grows = (x.compare(&Dec::from_i64(1)).is_gt()) != y.neg;
    if magnitude < -prec - 6 {
        let one = Coeff::ONE.shl(prec + 3)?;
        let c = if grows { one.add(&Coeff::ONE) } else { one.sub(&Coeff::ONE) };
        return Ok(Dec::new(false, c, -prec - 3));
    }
    decide(prec, |n| {
        let bits = bits_for(n + 24) + 64;
        let more = bits_for(size + 2);
        let l = ln_value(x, bits + more);
        let c = IBig::from(y.coeff.to_ubig());
        let mut z = l * c;
        z = if y.exp >= 0 { z * IBig::from(pow10(y.exp)) } else { z / IBig::from(pow10(-y.exp)) };
        z >>= more;
        if y.neg {
            z = -z;
        }
        Ok(exp_digits(&z, bits, n))
    })
}

/// A lower bound of the exponent of log10 of a positive number that is not 1.
pub fn log10_bound(x: &Dec) -> Sized_<i64> {
    let adjusted = x.adjusted();
    let length = |v: i64| v.max(1).ilog10() as i64;
    if adjusted >= 1 {
        return Ok(length(adjusted));
    }
    if adjusted <= -2 {
        return Ok(length(-1 - adjusted));
    }
    Ok(-ln_depth(x)? - 1)
}
