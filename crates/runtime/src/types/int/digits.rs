//! Magnitudes as slices of 30-bit digits, least significant first, and their way to and from `dashu_int`'s words.

use dashu_int::UBig;
use std::cmp::Ordering;

/// Bits of a digit.
pub const SHIFT: u32 = 30;
/// A digit's largest value.
pub const MASK: u32 = (1 << SHIFT) - 1;

/// The number of digits without leading zeros.
#[inline]
pub fn significant(d: &[u32]) -> usize {
    d.iter().rposition(|&x| x != 0).map_or(0, |i| i + 1)
}

/// Orders two magnitudes without leading zeros.
pub fn compare(a: &[u32], b: &[u32]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// The bits of a magnitude without leading zeros.
#[inline]
pub fn bit_length(d: &[u32]) -> usize {
    match d.last() {
        Some(&top) => d.len() * SHIFT as usize - (top.leading_zeros() as usize - 2),
        None => 0,
    }
}

/// The bits of a magnitude in 64-bit words.
pub fn bit_length64(words: &[u64]) -> usize {
    match words.iter().rposition(|&w| w != 0) {
        Some(i) => (i + 1) * 64 - words[i].leading_zeros() as usize,
        None => 0,
    }
}

/// The 30-bit digits of 64-bit words; endless zeros after the last.
pub struct Digits30<'a> {
    words: std::slice::Iter<'a, u64>,
    bits: u128,
    have: u32,
}

impl<'a> Digits30<'a> {
    pub fn new(words: &'a [u64]) -> Self {
        Digits30 { words: words.iter(), bits: 0, have: 0 }
    }
}

impl Iterator for Digits30<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.have < SHIFT
            && let Some(&w) = self.words.next()
        {
            self.bits |= (w as u128) << self.have;
            self.have += 64;
        }
        let d = self.bits as u32 & MASK;
        self.bits >>= SHIFT;
        self.have = self.have.saturating_sub(SHIFT);
        Some(d)
    }
}

/// A magnitude as 64-bit words.
pub fn to_words(d: &[u32]) -> Vec<u64> {
    let mut words = Vec::with_capacity(d.len() * SHIFT as usize / 64 + 1);
    let (mut bits, mut have) = (0u128, 0);
    for &x in d {
        bits |= (x as u128) << have;
        have += SHIFT;
        if have >= 64 {
            words.push(bits as u64);
            bits >>= 64;
            have -= 64;
        }
    }
    if have > 0 {
        words.push(bits as u64);
    }
    words
}

pub fn to_ubig(d: &[u32]) -> UBig {
    UBig::from_words(&to_words(d))
}

/// `a + b` into `out`, which is one digit longer than the longer operand.
pub fn add(out: &mut [u32], a: &[u32], b: &[u32]) {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut carry = 0;
    let (low, high) = a.split_at(b.len());
    let (out_low, out_high) = out.split_at_mut(b.len());
    for ((o, x), y) in out_low.iter_mut().zip(low).zip(b) {
        carry += x + y;
        *o = carry & MASK;
        carry >>= SHIFT;
    }
    for (o, x) in out_high.iter_mut().zip(high.iter().chain([&0])) {
        carry += x;
        *o = carry & MASK;
        carry >>= SHIFT;
    }
}

/// `a - b` for `a >= b` into `out`, as long as `a`.
pub fn sub(out: &mut [u32], a: &[u32], b: &[u32]) {
    let mut borrow = 0;
    for (i, (o, &x)) in out.iter_mut().zip(a).enumerate() {
        let y = b.get(i).copied().unwrap_or(0);
        let d = x.wrapping_sub(y).wrapping_sub(borrow);
        *o = d & MASK;
        borrow = (d >> SHIFT) & 1;
    }
}

/// `a * b` by the school method into zeroed `out`, as long as both together.
pub fn mul(out: &mut [u32], a: &[u32], b: &[u32]) {
    for (i, &x) in a.iter().enumerate() {
        let x = x as u64;
        let mut carry = 0u64;
        let row = &mut out[i..];
        for (o, &y) in row.iter_mut().zip(b) {
            carry += *o as u64 + x * y as u64;
            *o = carry as u32 & MASK;
            carry >>= SHIFT;
        }
        if let Some(o) = row.get_mut(b.len()) {
            *o = carry as u32;
        }
    }
}

/// Divides by the school method: `u`, whose top digit is below that of `v`, by `v` of at least two digits, whose top bit is set. The
/// quotient goes to `q`, as long as `u` exceeds `v`; the remainder stays in `u`.
pub fn div_school(q: &mut [u32], u: &mut [u32], v: &[u32]) {
    let n = v.len();
    let &[.., v2, v1] = v else { return };
    let (v1, v2) = (v1 as u64, v2 as u64);
    for (j, q) in q.iter_mut().enumerate().rev() {
        let Some(row) = u.get_mut(j..=j + n) else { continue };
        let &mut [.., u2, u1, u0] = row else { continue };
        let top = (u0 as u64) << SHIFT | u1 as u64;
        let (mut guess, mut rest) = (top / v1, top % v1);
        while guess > MASK as u64 || guess * v2 > (rest << SHIFT | u2 as u64) {
            guess -= 1;
            rest += v1;
            if rest > MASK as u64 {
                break;
            }
        }
        let mut borrow = 0i64;
        for (x, &y) in row.iter_mut().zip(v) {
            borrow += *x as i64 - (guess * y as u64) as i64;
            *x = borrow as u32 & MASK;
            borrow >>= SHIFT;
        }
        let top = row[n] as i64 + borrow;
        row[n] = top as u32 & MASK;
        if top < 0 {
            // One too many.
            guess -= 1;
            let mut carry = 0;
            for (x, &y) in row.iter_mut().zip(v) {
                carry += *x + y;
                *x = carry & MASK;
                carry >>= SHIFT;
            }
            row[n] = (row[n] + carry) & MASK;
        }
        *q = guess as u32;
    }
}

/// Shifts left by less than a digit into `out`, which is as long or one digit longer.
pub fn shift_left_into(out: &mut [u32], d: &[u32], by: u32) {
    let mut carry = 0u64;
    for (o, x) in out.iter_mut().zip(d.iter().chain([&0])) {
        carry |= (*x as u64) << by;
        *o = carry as u32 & MASK;
        carry >>= SHIFT;
    }
}

/// Shifts right by less than a digit, in place.
pub fn shift_right_small(d: &mut [u32], by: u32) {
    let mut carry = 0u64;
    for x in d.iter_mut().rev() {
        let wide = carry << SHIFT | *x as u64;
        carry = wide & ((1 << by) - 1);
        *x = (wide >> by) as u32;
    }
}

/// Divides in place by one digit; gives the remainder.
pub fn div_small(d: &mut [u32], by: u32) -> u32 {
    let mut rest = 0u64;
    for x in d.iter_mut().rev() {
        rest = rest << SHIFT | *x as u64;
        *x = (rest / by as u64) as u32;
        rest %= by as u64;
    }
    rest as u32
}

/// The remainder of a division by one digit.
pub fn rem_small(d: &[u32], by: u32) -> u32 {
    let mut rest = 0u64;
    for &x in d.iter().rev() {
        rest = (rest << SHIFT | x as u64) % by as u64;
    }
    rest as u32
}

/// `d << bits` into `out`, which is long enough.
pub fn shift_left(out: &mut [u32], d: &[u32], bits: usize) {
    let (whole, part) = (bits / SHIFT as usize, bits as u32 % SHIFT);
    out[..whole].fill(0);
    let mut carry = 0u64;
    for (o, &x) in out[whole..].iter_mut().zip(d.iter().chain(std::iter::repeat(&0))) {
        carry |= (x as u64) << part;
        *o = carry as u32 & MASK;
        carry >>= SHIFT;
    }
}

/// `d >> bits` into `out`, as long as `d` less the whole digits shifted out. Bits shifted out are dropped.
pub fn shift_right(out: &mut [u32], d: &[u32], bits: usize) {
    let (whole, part) = (bits / SHIFT as usize, bits as u32 % SHIFT);
    let d = d.get(whole..).unwrap_or_default();
    for (i, o) in out.iter_mut().enumerate() {
        let low = d.get(i).copied().unwrap_or(0) as u64;
        let high = d.get(i + 1).copied().unwrap_or(0) as u64;
        *o = ((low | high << SHIFT) >> part) as u32 & MASK;
    }
}

/// Is any of the lowest `bits` bits set?
pub fn any_low_bit(d: &[u32], bits: usize) -> bool {
    let (whole, part) = (bits / SHIFT as usize, bits as u32 % SHIFT);
    if d.iter().take(whole).any(|&x| x != 0) {
        return true;
    }
    d.get(whole).is_some_and(|x| x & ((1 << part) - 1) != 0)
}
