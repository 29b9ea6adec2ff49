//! Numbers from text and as text.

use super::coeff::{Coeff, Sized_};
use super::number::{Ctx, Dec, Kind, MAX_EMAX, MIN_ETINY, cond};
use std::fmt::Write;

/// Where a text's syntax is wrong.
struct Syntax;

fn parse(s: &[u8]) -> Result<Dec, Syntax> {
    let (neg, body) = match s {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, s),
    };
    if body.eq_ignore_ascii_case(b"inf") || body.eq_ignore_ascii_case(b"infinity") {
        return Ok(Dec::infinity(neg));
    }
    let (kind, nan) = match body {
        [b's' | b'S', rest @ ..] => (Kind::Signaling, rest),
        _ => (Kind::Quiet, body),
    };
    if let Some((name, payload)) = nan.split_at_checked(3)
        && name.eq_ignore_ascii_case(b"nan")
    {
        if !payload.iter().all(u8::is_ascii_digit) {
            return Err(Syntax);
        }
        return Ok(Dec { coeff: Coeff::from_digits(payload), exp: 0, neg, kind });
    }
    let end = body.iter().position(|c| matches!(c, b'e' | b'E')).unwrap_or(body.len());
    let mantissa = &body[..end];
    let mut exp = match body.get(end + 1..) {
        Some(text) => parse_exponent(text)?,
        None => 0,
    };
    let point = mantissa.iter().position(|&c| c == b'.');
    let coeff = match point {
        None => {
            if mantissa.is_empty() || !mantissa.iter().all(u8::is_ascii_digit) {
                return Err(Syntax);
            }
            Coeff::from_digits(mantissa)
        }
        Some(p) => {
            let mut digits = Vec::with_capacity(mantissa.len());
            digits.extend_from_slice(&mantissa[..p]);
            digits.extend_from_slice(&mantissa[p + 1..]);
            if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
                return Err(Syntax);
            }
            exp -= (mantissa.len() - p - 1) as i128;
            Coeff::from_digits(&digits)
        }
    };
    // Far beyond all limits every exponent is alike.
    const FAR: i128 = 4_000_000_000_000_000_000;
    Ok(Dec::new(neg, coeff, exp.clamp(-FAR, FAR) as i64))
}

fn parse_exponent(text: &[u8]) -> Result<i128, Syntax> {
    let (neg, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Syntax);
    }
    let v = digits.iter().fold(0i128, |v, d| (v * 10 + (d - b'0') as i128).min(1 << 100));
    Ok(if neg { -v } else { v })
}

/// A number exactly as the text says; conditions tell why that is not possible.
pub fn exact_from_text(s: &[u8], st: &mut u32) -> Dec {
    let Ok(d) = parse(s) else { return Dec::invalid(st, cond::CONVERSION_SYNTAX) };
    check_exact(d, st)
}

/// A number as it is, if it is one of the largest context.
pub fn check_exact(d: Dec, st: &mut u32) -> Dec {
    if d.is_finite() {
        let too_large = if d.coeff.is_zero() { d.exp > MAX_EMAX } else { d.adjusted() > MAX_EMAX };
        if too_large || d.exp < MIN_ETINY {
            return Dec::invalid(st, cond::INVALID_OPERATION);
        }
    }
    d
}

/// A number from text, rounded to the context.
pub fn rounded_from_text(s: &[u8], ctx: &Ctx, st: &mut u32) -> Sized_<Dec> {
    let Ok(d) = parse(s) else { return Ok(Dec::invalid(st, cond::CONVERSION_SYNTAX)) };
    if d.is_nan() && !d.coeff.is_zero() && d.coeff.digits() > ctx.prec - i64::from(ctx.clamp) {
        return Ok(Dec::invalid(st, cond::CONVERSION_SYNTAX));
    }
    d.finish(ctx, st)
}

/// The text of a number in scientific or engineering notation.
pub fn to_text(d: &Dec, capitals: bool, engineering: bool) -> String {
    let mut out = String::new();
    if d.neg {
        out.push('-');
    }
    match d.kind {
        Kind::Infinite => {
            out.push_str("Infinity");
            return out;
        }
        Kind::Quiet | Kind::Signaling => {
            out.push_str(if d.kind == Kind::Quiet { "NaN" } else { "sNaN" });
            if !d.coeff.is_zero() {
                out.push_str(&d.coeff.to_text());
            }
            return out;
        }
        Kind::Finite => {}
    }
    let digits = d.coeff.to_text();
    let left = d.exp + digits.len() as i64;
    let point = if d.exp <= 0 && left > -6 {
        left
    } else if !engineering {
        1
    } else if d.coeff.is_zero() {
        (left + 1).rem_euclid(3) - 1
    } else {
        (left - 1).rem_euclid(3) + 1
    };
    push_with_point(&mut out, &digits, point);
    if left != point {
        let _ = write!(out, "{}{:+}", if capitals { 'E' } else { 'e' }, left - point);
    }
    out
}

/// Digits with a decimal point after so many of them, and the zeros that needs.
fn push_with_point(out: &mut String, digits: &str, point: i64) {
    let n = digits.len() as i64;
    if point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', -point as usize));
        out.push_str(digits);
    } else if point >= n {
        out.push_str(digits);
        out.extend(std::iter::repeat_n('0', (point - n) as usize));
    } else {
        out.push_str(&digits[..point as usize]);
        out.push('.');
        out.push_str(&digits[point as usize..]);
    }
}
