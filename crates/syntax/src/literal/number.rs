//! Number literals to constants.

use bumpalo::Bump;
use num_bigint::BigUint;

use crate::ast::{Constant, Int};

/// A decimal integer longer than `sys.get_int_max_str_digits()` allows; holds its number of digits.
pub(crate) struct TooManyDigits(pub usize);

/// The value of a number token, whose form the tokenizer has checked.
pub(crate) fn number<'a>(
    arena: &'a Bump,
    text: &str,
    max_str_digits: usize,
) -> Result<Constant<'a>, TooManyDigits> {
    let bytes = text.as_bytes();
    if let [digit @ b'0'..=b'9'] = bytes {
        return Ok(Constant::Int(small_int(arena, u64::from(digit - b'0'))));
    }
    let joined;
    let text = if bytes.contains(&b'_') {
        joined = text.replace('_', "");
        joined.as_str()
    } else {
        text
    };
    if let [b'0', radix @ (b'x' | b'X' | b'o' | b'O' | b'b' | b'B'), ..] = text.as_bytes() {
        let bits = match radix | 0x20 {
            b'x' => 4,
            b'o' => 3,
            _ => 1,
        };
        return Ok(Constant::Int(binary_int(arena, &text.as_bytes()[2..], bits)));
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return decimal_int(arena, text, max_str_digits);
    }
    if let Some(imaginary) = text.strip_suffix(['j', 'J']) {
        return Ok(Constant::Complex { real: 0.0, imag: float(imaginary) });
    }
    Ok(Constant::Float(float(text)))
}

fn float(text: &str) -> f64 {
    // Rust reads every form Python's tokenizer lets through.
    text.parse().unwrap_or(f64::NAN)
}

fn decimal_int<'a>(
    arena: &'a Bump,
    text: &str,
    max_str_digits: usize,
) -> Result<Constant<'a>, TooManyDigits> {
    let text = text.trim_start_matches('0');
    if text.len() <= 19 {
        // Fewer digits than `u64::MAX` has; none at all is zero.
        return Ok(Constant::Int(small_int(arena, text.parse().unwrap_or(0))));
    }
    if max_str_digits > 0 && text.len() > max_str_digits {
        return Err(TooManyDigits(text.len()));
    }
    let value = BigUint::parse_bytes(text.as_bytes(), 10).unwrap_or_default();
    Ok(Constant::Int(big_int(arena, &value)))
}

fn small_int(arena: &Bump, value: u64) -> Int<'_> {
    const MASK: u64 = (1 << 30) - 1;
    let digits = [value & MASK, value >> 30 & MASK, value >> 60].map(|digit| digit as u32);
    let length = digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1);
    Int { negative: false, digits: arena.alloc_slice_copy(&digits[..length]) }
}

/// An integer written in a base that is a power of two.
fn binary_int<'a>(arena: &'a Bump, text: &[u8], bits: u32) -> Int<'a> {
    let mut digits = bumpalo::collections::Vec::with_capacity_in(text.len() * bits as usize / 30 + 1, arena);
    let (mut pending, mut filled) = (0u64, 0);
    for byte in text.iter().rev() {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            _ => (byte | 0x20) - b'a' + 10,
        };
        pending |= u64::from(value) << filled;
        filled += bits;
        if filled >= 30 {
            digits.push((pending & ((1 << 30) - 1)) as u32);
            pending >>= 30;
            filled -= 30;
        }
    }
    digits.push(pending as u32);
    while digits.last() == Some(&0) {
        digits.pop();
    }
    Int { negative: false, digits: digits.into_bump_slice() }
}

fn big_int<'a>(arena: &'a Bump, value: &BigUint) -> Int<'a> {
    let mut digits = bumpalo::collections::Vec::new_in(arena);
    let (mut pending, mut filled) = (0u128, 0u32);
    for word in value.iter_u64_digits() {
        pending |= u128::from(word) << filled;
        filled += 64;
        while filled >= 30 {
            digits.push((pending & ((1 << 30) - 1)) as u32);
            pending >>= 30;
            filled -= 30;
        }
    }
    digits.push(pending as u32);
    while digits.last() == Some(&0) {
        digits.pop();
    }
    Int { negative: false, digits: digits.into_bump_slice() }
}
