//! Powers: special cases, exact results, modular powers.

use super::coeff::{Coeff, NoMemory, Sized_};
use super::elementary::{log10_bound, power_inexact};
use super::number::{Ctx, Dec, Kind, cond};
use dashu_int::UBig;
use dashu_int::ops::{BitTest, PowerOfTwo};

/// The value of 5^n or 2^n.
fn small_power(base: u8, n: usize) -> UBig {
    UBig::from(base).pow(n)
}

/// If `c` is a power of `base`, its exponent.
fn exponent_of(c: &UBig, base: u8) -> Option<usize> {
    if base == 2 {
        return if c.is_power_of_two() { c.trailing_zeros() } else { None };
    }
    let (mut n, mut v) = (0, c.clone());
    let b = UBig::from(base);
    while v > UBig::ONE {
        if &v % &b != UBig::ZERO {
            return None;
        }
        v /= &b;
        n += 1;
    }
    Some(n)
}

fn strip_zeros(d: &Dec) -> Dec {
    let n = d.coeff.trailing_zeros();
    Dec::new(d.neg, d.coeff.shr(n).0, d.exp + n)
}

/// x^y if that has at most `p` digits; x is positive and not 1, y not zero.
fn exact(x: &Dec, y: &Dec, p: i64) -> Sized_<Option<Dec>> {
    let (a, b) = (strip_zeros(x), strip_zeros(y));
    let positive_integer = !y.neg && b.exp >= 0;
    // The exponent as a fraction m/n.
    if b.exp < -19 {
        return Ok(None);
    }
    let (m, n) = if b.exp >= 0 {
        (if b.exp <= 18 { b.coeff.shl(b.exp)?.as_u128() } else { None }, 1u128)
    } else {
        (b.coeff.as_u128(), 10u128.pow(-b.exp as u32))
    };
    // Larger exponents give far too many digits, unless x is a power of ten.
    let Some(mut m) = m.filter(|&m| m <= i64::MAX as u128) else { return Ok(None) };
    let mut n = n;
    for prime in [2, 5] {
        while m % prime == 0 && n % prime == 0 {
            m /= prime;
            n /= prime;
        }
    }
    let mut xe = a.exp as i128;
    let mut c = a.coeff.to_ubig();
    if n > 1 {
        if xe % n as i128 != 0 {
            return Ok(None);
        }
        xe /= n as i128;
        if c > UBig::ONE {
            if n >= c.bit_len() as u128 {
                return Ok(None);
            }
            let r = c.nth_root(n as usize);
            if r.pow(n as usize) != c {
                return Ok(None);
            }
            c = r;
        }
    }
    let mut exp = match xe.checked_mul(m as i128) {
        Some(e) if e.abs() < 4_000_000_000_000_000_000 => e as i64,
        _ => return Ok(None),
    };
    let mut coeff = UBig::ONE;
    if y.neg {
        exp = -exp;
    }
    if c > UBig::ONE {
        // Each factor of at least 2 adds 0.3 digits.
        if m > p as u128 * 10 / 3 + 4 {
            return Ok(None);
        }
        let m = m as usize;
        if y.neg {
            // The inverse of a power of 2 is one of 5 with a smaller exponent, and the other way round.
            let inverse = match (exponent_of(&c, 2), exponent_of(&c, 5)) {
                (Some(k), _) => (5, k),
                (_, Some(k)) => (2, k),
                _ => return Ok(None),
            };
            let Some(k) = inverse.1.checked_mul(m).filter(|&k| k as i64 <= p * 4 + 8) else {
                return Ok(None);
            };
            coeff = small_power(inverse.0, k);
            exp -= k as i64;
        } else {
            if (c.bit_len() as u128 - 1) * m as u128 > p as u128 * 10 / 3 + 8 {
                return Ok(None);
            }
            coeff = c.pow(m);
        }
    }
    let coeff = Coeff::from_ubig(&coeff);
    if coeff.digits() > p {
        return Ok(None);
    }
    let mut d = Dec::new(false, coeff, exp);
    if positive_integer && let Some(ideal) = x.exp.checked_mul(m as i64) {
        let zeros = (d.exp - ideal).min(p - d.coeff.digits()).max(0);
        d.coeff = d.coeff.shl(zeros)?;
        d.exp -= zeros;
    }
    Ok(Some(d))
}

pub fn power(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    if let Some(n) = Dec::nan_result(ctx, st, &[a, b]) {
        return Ok(n);
    }
    if b.is_zero() {
        if a.is_zero() {
            return Ok(Dec::invalid(st, cond::INVALID_OPERATION));
        }
        return Ok(Dec::from_i64(1));
    }
    let integer = b.is_integer();
    let mut neg = false;
    if a.neg {
        if integer {
            neg = b.is_odd_integer();
        } else if !a.is_zero() {
            return Ok(Dec::invalid(st, cond::INVALID_OPERATION));
        }
    }
    let x = a.abs();
    if x.is_zero() || x.is_infinite() {
        return Ok(if x.is_zero() == b.neg { Dec::infinity(neg) } else { Dec::zero(neg, 0) });
    }
    let one = Dec::from_i64(1);
    if x.compare(&one).is_eq() {
        return power_of_one(&x, b, neg, integer, ctx, st);
    }
    if b.is_infinite() {
        let grows = x.compare(&one).is_gt() != b.neg;
        return Ok(if grows { Dec::infinity(neg) } else { Dec::zero(neg, 0) });
    }
    // Powers that are certainly out of range.
    let bound = log10_bound(&x)? + b.adjusted();
    let length = |v: i64| v.max(1).ilog10() as i64 + 1;
    let grows = x.compare(&one).is_gt() != b.neg;
    if grows && bound >= length(ctx.emax) {
        return Dec::new(neg, Coeff::ONE, ctx.emax + 1).finish(ctx, st);
    }
    if !grows && bound >= length(-ctx.etiny()) {
        return Dec::new(neg, Coeff::ONE, ctx.etiny() - 1).finish(ctx, st);
    }
    let Some(mut d) = exact(&x, b, ctx.prec.saturating_add(1))? else {
        return power_inexact(&x, b, ctx.prec)?.with_sign(neg).finish(ctx, st);
    };
    d.neg = neg;
    if integer {
        return d.finish(ctx, st);
    }
    // With an exponent that is no integer even an exact result counts as inexact.
    let n = ctx.prec + 1 - d.coeff.digits();
    if n > 0 {
        d.coeff = d.coeff.shl(n)?;
        d.exp -= n;
    }
    let mut own = 0;
    let d = d.finish(ctx, &mut own)?;
    own |= cond::INEXACT;
    if own & cond::SUBNORMAL != 0 {
        own |= cond::UNDERFLOW;
    }
    *st |= own;
    Ok(d)
}

/// Powers of 1, in whatever representation.
fn power_of_one(x: &Dec, b: &Dec, neg: bool, integer: bool, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    let mut exp = 1 - ctx.prec;
    if integer {
        let factor = match b.to_i64() {
            _ if b.neg => 0,
            Some(n) => n.min(ctx.prec),
            None => ctx.prec,
        };
        let wanted = x.exp.saturating_mul(factor);
        if wanted < exp {
            *st |= cond::ROUNDED;
        } else {
            exp = wanted;
        }
    } else {
        *st |= cond::INEXACT | cond::ROUNDED;
    }
    Ok(Dec::new(neg, Coeff::ONE.shl(-exp.min(0))?, exp.min(0)))
}

/// (a ** b) % modulo for integers, always exact.
pub fn power_modulo(a: &Dec, b: &Dec, modulo: &Dec, ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    let invalid = |st: &mut u32| Ok(Dec::invalid(st, cond::INVALID_OPERATION));
    if [a, b, modulo].iter().any(|d| d.is_nan()) {
        for kind in [Kind::Signaling, Kind::Quiet] {
            for d in [a, b, modulo] {
                if d.kind == kind {
                    return Ok(Dec::nan_result(ctx, st, &[d]).unwrap_or_else(Dec::nan));
                }
            }
        }
    }
    let integers = [a, b, modulo].iter().all(|d| d.is_integer());
    if !integers || b.neg && !b.is_zero() || modulo.is_zero() {
        return invalid(st);
    }
    if modulo.adjusted() >= ctx.prec || a.is_zero() && b.is_zero() {
        return invalid(st);
    }
    let whole = |d: &Dec| d.coeff.shr(-d.exp.min(0)).0.to_ubig();
    let m = whole(modulo) * UBig::from(10u8).pow(modulo.exp.max(0) as usize);
    // Powers of ten are never written out, however large they are.
    let shift = UBig::from(a.exp.max(0) as u64);
    let base = whole(a) * power_mod(UBig::from(10u8) % &m, &shift, &m) % &m;
    let mut r = power_mod(base, &whole(b), &m);
    if b.exp > 10_000_000 && r > UBig::ONE {
        return Err(NoMemory);
    }
    for _ in 0..b.exp.clamp(0, 10_000_000) {
        r = power_mod(r, &UBig::from(10u8), &m);
    }
    let neg = a.neg && b.is_odd_integer();
    Ok(Dec::new(neg, Coeff::from_ubig(&r), 0))
}

/// base^e % m.
fn power_mod(mut base: UBig, e: &UBig, m: &UBig) -> UBig {
    let mut r = UBig::ONE % m;
    for i in 0..e.bit_len() {
        if e.bit(i) {
            r = r * &base % m;
        }
        base = &base * &base % m;
    }
    r
}
