//! Coefficients: natural numbers in base 10^19, those below 10^38 inline as one wide word.
//!
//! Shifts by decimal digits and rounding, which every operation ends with, cost one pass over the limbs.

use dashu_int::UBig;
use std::cmp::Ordering;

/// The base of the limbs, the largest power of ten in a word. Its top bit is set, which [`div_base`] relies on.
pub const BASE: u64 = 10_000_000_000_000_000_000;
pub const LIMB_DIGITS: usize = 19;
/// More digits than this are not tried.
const MAX_DIGITS: u64 = 1_000_000_000;

/// The result would not fit into memory.
#[derive(Clone, Copy, Debug)]
pub struct NoMemory;

pub type Sized_<T> = Result<T, NoMemory>;

/// Powers of ten.
pub static POW10: [u128; 39] = {
    let mut t = [1u128; 39];
    let mut i = 1;
    while i < 39 {
        t[i] = t[i - 1] * 10;
        i += 1;
    }
    t
};

/// What a right shift cut off, compared with half a unit of the last place that stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    Zero,
    Low,
    Half,
    High,
}

#[derive(Clone, Debug)]
enum Repr {
    /// Below 10^38; low word first.
    Small([u64; 2]),
    /// At least three limbs, lowest first, the highest not zero.
    Big(Vec<u64>),
}

/// A natural number.
#[derive(Clone, Debug)]
pub struct Coeff(Repr);

/// `(hi * 2^64 + lo) / BASE` and the rest; `hi` is below the base. Division by multiplication with the reciprocal.
#[inline(always)]
pub fn div_base(n: u128) -> (u64, u64) {
    const V: u64 = ((u128::MAX / BASE as u128) - (1 << 64)) as u64;
    let (hi, lo) = ((n >> 64) as u64, n as u64);
    let q = (V as u128 * hi as u128).wrapping_add(n);
    let (mut q1, q0) = (((q >> 64) as u64).wrapping_add(1), q as u64);
    let mut r = lo.wrapping_sub(q1.wrapping_mul(BASE));
    if r > q0 {
        q1 = q1.wrapping_sub(1);
        r = r.wrapping_add(BASE);
    }
    if r >= BASE {
        q1 = q1.wrapping_add(1);
        r -= BASE;
    }
    (q1, r)
}

/// Decimal digits of a word; 0 has none.
#[inline]
fn digits_u128(v: u128) -> usize {
    if v == 0 {
        return 0;
    }
    let bits = 128 - v.leading_zeros() as usize;
    // 1233/4096 is a little more than log10(2).
    let guess = (bits * 1233) >> 12;
    match POW10.get(guess) {
        Some(&p) if v >= p => guess + 1,
        Some(_) => guess,
        None => 39,
    }
}

fn low(words: [u64; 2]) -> u128 {
    words[0] as u128 | (words[1] as u128) << 64
}

/// Limbs of a number on the stack, or those it has.
struct Limbs<'a> {
    inline: [u64; 2],
    len: usize,
    big: Option<&'a [u64]>,
}

impl std::ops::Deref for Limbs<'_> {
    type Target = [u64];
    #[inline]
    fn deref(&self) -> &[u64] {
        match self.big {
            Some(b) => b,
            None => &self.inline[..self.len],
        }
    }
}

/// What was cut off, from the highest digit cut and whether anything is below it.
fn rest_of(top: u64, below: bool) -> Rest {
    match (top, below) {
        (0, false) => Rest::Zero,
        (0..=4, _) => Rest::Low,
        (5, false) => Rest::Half,
        _ => Rest::High,
    }
}

fn rest_u128(r: u128, unit: u128) -> Rest {
    if r == 0 {
        return Rest::Zero;
    }
    match r.cmp(&(unit - r)) {
        Ordering::Less => Rest::Low,
        Ordering::Equal => Rest::Half,
        Ordering::Greater => Rest::High,
    }
}

impl Coeff {
    pub const ZERO: Coeff = Coeff(Repr::Small([0, 0]));
    pub const ONE: Coeff = Coeff(Repr::Small([1, 0]));

    #[inline]
    fn small(v: u128) -> Coeff {
        Coeff(Repr::Small([v as u64, (v >> 64) as u64]))
    }

    #[inline]
    pub fn from_u128(v: u128) -> Coeff {
        if v < POW10[38] {
            return Self::small(v);
        }
        let high = v / POW10[38];
        let (mid, low) = div_base(v - high * POW10[38]);
        Coeff(Repr::Big(vec![low, mid, high as u64]))
    }

    pub fn from_u64(v: u64) -> Coeff {
        Coeff(Repr::Small([v, 0]))
    }

    /// The value if it is inline.
    #[inline]
    pub fn as_u128(&self) -> Option<u128> {
        match &self.0 {
            Repr::Small(w) => Some(low(*w)),
            Repr::Big(_) => None,
        }
    }

    /// The value if it fits.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_u128().and_then(|v| u64::try_from(v).ok())
    }

    /// From limbs, lowest first.
    fn from_limbs(mut limbs: Vec<u64>) -> Coeff {
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        match limbs[..] {
            [] => Coeff::ZERO,
            [a] => Self::small(a as u128),
            [a, b] => Self::small(b as u128 * BASE as u128 + a as u128),
            _ => Coeff(Repr::Big(limbs)),
        }
    }

    #[inline]
    fn limbs(&self) -> Limbs<'_> {
        match &self.0 {
            Repr::Small(w) => {
                let (hi, lo) = div_base(low(*w));
                let len = if hi != 0 { 2 } else { usize::from(lo != 0) };
                Limbs { inline: [lo, hi], len, big: None }
            }
            Repr::Big(v) => Limbs { inline: [0; 2], len: 0, big: Some(v) },
        }
    }

    #[inline]
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Small([0, 0]))
    }

    /// Decimal digits; zero has one.
    #[inline]
    pub fn digits(&self) -> i64 {
        match &self.0 {
            Repr::Small(w) => digits_u128(low(*w)).max(1) as i64,
            Repr::Big(v) => {
                let top = v.last().copied().unwrap_or(0);
                ((v.len() - 1) * LIMB_DIGITS + digits_u128(top as u128)) as i64
            }
        }
    }

    /// The bytes it takes beyond the object itself.
    pub fn heap_size(&self) -> usize {
        match &self.0 {
            Repr::Small(_) => 0,
            Repr::Big(v) => v.capacity() * 8,
        }
    }

    pub fn last_digit(&self) -> u64 {
        match &self.0 {
            Repr::Small(w) => (low(*w) % 10) as u64,
            Repr::Big(v) => v.first().map_or(0, |l| l % 10),
        }
    }

    pub fn is_odd(&self) -> bool {
        self.last_digit() & 1 != 0
    }

    pub fn add(&self, other: &Coeff) -> Coeff {
        if let (Some(a), Some(b)) = (self.as_u128(), other.as_u128()) {
            return Self::from_u128(a + b);
        }
        let (a, b) = (self.limbs(), other.limbs());
        let (long, short) = if a.len() >= b.len() { (&a, &b) } else { (&b, &a) };
        let mut out = Vec::with_capacity(long.len() + 1);
        let mut carry = 0;
        for (i, &x) in long.iter().enumerate() {
            let s = x as u128 + short.get(i).copied().unwrap_or(0) as u128 + carry as u128;
            let over = s >= BASE as u128;
            carry = u64::from(over);
            out.push(if over { (s - BASE as u128) as u64 } else { s as u64 });
        }
        if carry != 0 {
            out.push(carry);
        }
        Self::from_limbs(out)
    }

    /// The difference; `other` is not larger.
    pub fn sub(&self, other: &Coeff) -> Coeff {
        if let (Some(a), Some(b)) = (self.as_u128(), other.as_u128()) {
            return Self::small(a.saturating_sub(b));
        }
        let (a, b) = (self.limbs(), other.limbs());
        let mut out = Vec::with_capacity(a.len());
        let mut borrow = 0u64;
        for (i, &x) in a.iter().enumerate() {
            let y = b.get(i).copied().unwrap_or(0) + borrow;
            borrow = u64::from(x < y);
            out.push(if x < y { x.wrapping_sub(y).wrapping_add(BASE) } else { x - y });
        }
        Self::from_limbs(out)
    }

    pub fn mul(&self, other: &Coeff) -> Sized_<Coeff> {
        if let (Some(a), Some(b)) = (self.as_u128(), other.as_u128())
            && let Some(p) = a.checked_mul(b)
        {
            return Ok(Self::from_u128(p));
        }
        let (a, b) = (self.limbs(), other.limbs());
        if ((a.len() + b.len()) * LIMB_DIGITS) as u64 > MAX_DIGITS {
            return Err(NoMemory);
        }
        // Beyond some size the binary library's algorithms pay for the conversions.
        if a.len().min(b.len()) > 400 {
            return Ok(Self::from_ubig(&(self.to_ubig() * other.to_ubig())));
        }
        let mut out = vec![0u64; a.len() + b.len()];
        for (i, &x) in a.iter().enumerate() {
            let mut carry = 0u64;
            for (slot, &y) in out[i..].iter_mut().zip(b.iter()) {
                let (q, r) = div_base(x as u128 * y as u128 + *slot as u128 + carry as u128);
                *slot = r;
                carry = q;
            }
            out[i + b.len()] = carry;
        }
        Ok(Self::from_limbs(out))
    }

    /// Multiplied with 10^n.
    pub fn shl(&self, n: i64) -> Sized_<Coeff> {
        if n == 0 || self.is_zero() {
            return Ok(self.clone());
        }
        if n < 0 || self.digits() as u64 + n as u64 > MAX_DIGITS {
            return Err(NoMemory);
        }
        if let Some(v) = self.as_u128()
            && self.digits() + n <= 38
        {
            return Ok(Self::small(v * POW10[n as usize]));
        }
        let (whole, part) = (n as usize / LIMB_DIGITS, n as usize % LIMB_DIGITS);
        let a = self.limbs();
        let mut out = Vec::new();
        out.try_reserve_exact(whole + a.len() + 1).map_err(|_| NoMemory)?;
        out.resize(whole, 0);
        if part == 0 {
            out.extend_from_slice(&a);
        } else {
            let factor = POW10[part];
            let mut carry = 0u64;
            for &x in a.iter() {
                let (q, r) = div_base(x as u128 * factor + carry as u128);
                out.push(r);
                carry = q;
            }
            out.push(carry);
        }
        Ok(Self::from_limbs(out))
    }

    /// Divided by 10^n, and what was cut off.
    pub fn shr(&self, n: i64) -> (Coeff, Rest) {
        if n <= 0 {
            return (self.clone(), Rest::Zero);
        }
        if let Some(v) = self.as_u128() {
            if n > 38 {
                return (Coeff::ZERO, if v == 0 { Rest::Zero } else { Rest::Low });
            }
            let unit = POW10[n as usize];
            let (q, r) = match (u64::try_from(v), u64::try_from(unit)) {
                (Ok(v), Ok(u)) => ((v / u) as u128, (v % u) as u128),
                _ => (v / unit, v % unit),
            };
            return (Self::small(q), rest_u128(r, unit));
        }
        let a = self.limbs();
        let (whole, part) = (n as u64 / LIMB_DIGITS as u64, n as usize % LIMB_DIGITS);
        let Some(whole) = usize::try_from(whole).ok().filter(|&w| w < a.len()) else {
            // All digits go; with exactly as many the highest one decides.
            let rest = if n > self.digits() { Rest::Low } else { self.top_rest() };
            return (Coeff::ZERO, rest);
        };
        let below = a[..whole].iter().any(|&l| l != 0);
        if part == 0 {
            let top = whole.checked_sub(1).and_then(|i| a.get(i)).copied().unwrap_or(0);
            let unit = BASE / 10;
            let lower = top % unit != 0 || a[..whole.saturating_sub(1)].iter().any(|&l| l != 0);
            return (Self::from_limbs(a[whole..].to_vec()), rest_of(top / unit, lower));
        }
        let unit = POW10[part] as u64;
        let scale = POW10[LIMB_DIGITS - part] as u64;
        let cut = a[whole] % unit;
        let rest = rest_of(cut / (unit / 10), !cut.is_multiple_of(unit / 10) || below);
        let mut out = Vec::with_capacity(a.len() - whole);
        for i in whole..a.len() {
            let next = a.get(i + 1).map_or(0, |l| l % unit);
            out.push(a[i] / unit + next * scale);
        }
        (Self::from_limbs(out), rest)
    }

    /// The rest when all digits are cut off.
    fn top_rest(&self) -> Rest {
        let a = self.limbs();
        let Some(&top) = a.last() else { return Rest::Zero };
        let unit = POW10[digits_u128(top as u128).max(1) - 1] as u64;
        rest_of(top / unit, top % unit != 0 || a[..a.len() - 1].iter().any(|&l| l != 0))
    }

    /// The lowest n digits.
    pub fn low_digits(&self, n: i64) -> Coeff {
        if n >= self.digits() {
            return self.clone();
        }
        if n <= 0 {
            return Coeff::ZERO;
        }
        if let Some(v) = self.as_u128() {
            return Self::small(v % POW10[n as usize]);
        }
        let a = self.limbs();
        let (whole, part) = (n as usize / LIMB_DIGITS, n as usize % LIMB_DIGITS);
        let mut out = a[..whole].to_vec();
        if part != 0 {
            out.push(a[whole] % POW10[part] as u64);
        }
        Self::from_limbs(out)
    }

    /// Zeros at the end; none for zero.
    pub fn trailing_zeros(&self) -> i64 {
        let a = self.limbs();
        let Some(i) = a.iter().position(|&l| l != 0) else { return 0 };
        let mut v = a[i];
        let mut n = (i * LIMB_DIGITS) as i64;
        while v.is_multiple_of(10) {
            v /= 10;
            n += 1;
        }
        n
    }

    /// Quotient and rest; the divisor is not zero.
    pub fn div_rem(&self, by: &Coeff) -> (Coeff, Coeff) {
        if let (Some(a), Some(b)) = (self.as_u128(), by.as_u128()) {
            if b == 0 {
                return (Coeff::ZERO, Coeff::ZERO);
            }
            return (Self::small(a / b), Self::small(a % b));
        }
        if self < by {
            return (Coeff::ZERO, self.clone());
        }
        let (a, b) = (self.limbs(), by.limbs());
        match b[..] {
            [] => (Coeff::ZERO, Coeff::ZERO),
            [d] => {
                let (q, r) = div_limb(&a, d);
                (Self::from_limbs(q), Self::small(r as u128))
            }
            _ if b.len() > 60 && a.len() - b.len() > 60 => {
                let (x, y) = (self.to_ubig(), by.to_ubig());
                (Self::from_ubig(&(&x / &y)), Self::from_ubig(&(&x % &y)))
            }
            _ => div_limbs(&a, &b),
        }
    }

    /// A decimal digit, 0 for the lowest.
    pub fn digit(&self, i: i64) -> u64 {
        let a = self.limbs();
        let limb = a.get(i as usize / LIMB_DIGITS).copied().unwrap_or(0);
        limb / POW10[i as usize % LIMB_DIGITS] as u64 % 10
    }

    /// The digits as text.
    pub fn push_digits(&self, out: &mut Vec<u8>) {
        let push = |out: &mut Vec<u8>, mut v: u64, width: usize| {
            let mut buf = [b'0'; 20];
            let mut i = 20;
            while v != 0 {
                i -= 1;
                buf[i] = b'0' + (v % 10) as u8;
                v /= 10;
            }
            out.extend_from_slice(&buf[i.min(20 - width)..]);
        };
        let a = self.limbs();
        let Some((&top, rest)) = a.split_last() else {
            out.push(b'0');
            return;
        };
        push(out, top, 1);
        for &l in rest.iter().rev() {
            push(out, l, LIMB_DIGITS);
        }
    }

    pub fn to_text(&self) -> String {
        let mut out = Vec::with_capacity(self.digits() as usize);
        self.push_digits(&mut out);
        out.into_iter().map(char::from).collect()
    }

    /// From ASCII digits.
    pub fn from_digits(digits: &[u8]) -> Coeff {
        let value = |part: &[u8]| part.iter().fold(0u64, |v, &d| v * 10 + (d - b'0') as u64);
        let start = digits.iter().position(|&d| d != b'0').unwrap_or(digits.len());
        let digits = &digits[start..];
        if digits.len() <= LIMB_DIGITS {
            return Self::from_u64(value(digits));
        }
        Self::from_limbs(digits.rchunks(LIMB_DIGITS).map(value).collect())
    }

    /// 10^n - 1.
    pub fn nines(n: i64) -> Sized_<Coeff> {
        Ok(Coeff::ONE.shl(n)?.sub(&Coeff::ONE))
    }

    pub fn to_ubig(&self) -> UBig {
        match &self.0 {
            Repr::Small(w) => UBig::from(low(*w)),
            Repr::Big(v) => ubig_of(v),
        }
    }

    pub fn from_ubig(v: &UBig) -> Coeff {
        match u128::try_from(v) {
            Ok(v) => Self::from_u128(v),
            Err(_) => Self::from_digits(v.to_string().as_bytes()),
        }
    }
}

/// Limbs as a binary number, by halves.
fn ubig_of(limbs: &[u64]) -> UBig {
    if limbs.len() <= 32 {
        return limbs.iter().rev().fold(UBig::ZERO, |v, &l| v * UBig::from(BASE) + UBig::from(l));
    }
    let (a, b) = limbs.split_at(limbs.len() / 2);
    ubig_of(b) * UBig::from(10u8).pow(a.len() * LIMB_DIGITS) + ubig_of(a)
}

fn div_limb(a: &[u64], d: u64) -> (Vec<u64>, u64) {
    let mut q = vec![0; a.len()];
    let mut r = 0u64;
    for (slot, &x) in q.iter_mut().zip(a).rev() {
        let n = r as u128 * BASE as u128 + x as u128;
        *slot = (n / d as u128) as u64;
        r = (n % d as u128) as u64;
    }
    (q, r)
}

/// Long division; both have at least two limbs, and `a` is not smaller.
fn div_limbs(a: &[u64], b: &[u64]) -> (Coeff, Coeff) {
    // The divisor's highest limb is made at least half the base, so that a guess is at most two too large.
    let n = b.len();
    let scale = BASE / (b[n - 1] + 1);
    let times = |v: &[u64], out: &mut Vec<u64>| {
        let mut carry = 0u64;
        for &x in v {
            let (q, r) = div_base(x as u128 * scale as u128 + carry as u128);
            out.push(r);
            carry = q;
        }
        carry
    };
    let mut u = Vec::with_capacity(a.len() + 1);
    let top = times(a, &mut u);
    u.push(top);
    let mut v = Vec::with_capacity(n);
    times(b, &mut v);
    let (v1, v2) = (v[n - 1], v[n - 2]);
    let mut quotient = vec![0u64; u.len() - n];
    for j in (0..quotient.len()).rev() {
        let head = u[j + n] as u128 * BASE as u128 + u[j + n - 1] as u128;
        let (mut q, mut r) = if u[j + n] >= v1 {
            (BASE - 1, head - (BASE - 1) as u128 * v1 as u128)
        } else {
            (((head / v1 as u128) as u64), head % v1 as u128)
        };
        while r < BASE as u128 && q as u128 * v2 as u128 > r * BASE as u128 + u[j + n - 2] as u128 {
            q -= 1;
            r += v1 as u128;
        }
        // Subtracts q * v.
        let (mut carry, mut borrow) = (0u64, 0u64);
        for (slot, &y) in u[j..].iter_mut().zip(&v) {
            let (c, p) = div_base(q as u128 * y as u128 + carry as u128);
            carry = c;
            let p = p + borrow;
            borrow = u64::from(*slot < p);
            *slot = if borrow != 0 { slot.wrapping_sub(p).wrapping_add(BASE) } else { *slot - p };
        }
        let p = carry + borrow;
        let negative = u[j + n] < p;
        u[j + n] = u[j + n].wrapping_sub(p);
        if negative {
            // The guess was one too large.
            q -= 1;
            let mut carry = 0u64;
            for (slot, &y) in u[j..].iter_mut().zip(&v) {
                let s = *slot as u128 + y as u128 + carry as u128;
                carry = u64::from(s >= BASE as u128);
                *slot = if carry != 0 { (s - BASE as u128) as u64 } else { s as u64 };
            }
            u[j + n] = u[j + n].wrapping_add(carry);
        }
        quotient[j] = q;
    }
    u.truncate(n);
    let (r, _) = div_limb(&u, scale);
    (Coeff::from_limbs(quotient), Coeff::from_limbs(r))
}

impl PartialEq for Coeff {
    fn eq(&self, other: &Coeff) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Coeff {}

impl PartialOrd for Coeff {
    fn partial_cmp(&self, other: &Coeff) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Coeff {
    fn cmp(&self, other: &Coeff) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => low(*a).cmp(&low(*b)),
            (Repr::Small(_), Repr::Big(_)) => Ordering::Less,
            (Repr::Big(_), Repr::Small(_)) => Ordering::Greater,
            (Repr::Big(a), Repr::Big(b)) => {
                a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn big(text: &str) -> Coeff {
        Coeff::from_digits(text.as_bytes())
    }

    #[test]
    fn long_division() {
        let mut seed = 0x9e37_79b9_7f4a_7c15u64;
        let mut next = move || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        for i in 0..3000 {
            let make = |n: u64, next: &mut dyn FnMut() -> u64| {
                let mut text = String::from("1");
                for _ in 0..n {
                    // Many nines and zeros, where guesses go wrong.
                    text.push(match next() % 4 {
                        0 => '0',
                        1 => '9',
                        k => (b'0' + ((k * 7 + next()) % 10) as u8) as char,
                    });
                }
                big(&text)
            };
            let a = make(next() % 130, &mut next);
            let b = make(next() % (i % 90 + 1), &mut next);
            let (q, r) = a.div_rem(&b);
            assert_eq!(q.to_ubig(), a.to_ubig() / b.to_ubig());
            assert_eq!(r.to_ubig(), a.to_ubig() % b.to_ubig());
            assert_eq!(a.mul(&b).unwrap().to_ubig(), a.to_ubig() * b.to_ubig());
            assert_eq!(a.add(&b).sub(&a), b);
            let n = (next() % 60) as i64;
            let (h, _) = a.shr(n);
            assert_eq!(h.shl(n).unwrap().add(&a.low_digits(n)), a);
        }
    }

    #[test]
    fn rests() {
        assert_eq!(big("12345").shr(2), (big("123"), Rest::Low));
        assert_eq!(big("5").shr(1), (big("0"), Rest::Half));
        let n = format!("5{}", "0".repeat(60));
        assert_eq!(big(&n).shr(61), (Coeff::ZERO, Rest::Half));
        assert_eq!(big(&n).shr(62), (Coeff::ZERO, Rest::Low));
        assert_eq!(big(&format!("1{n}")).shr(61), (big("1"), Rest::Half));
        assert_eq!(big(&format!("1{n}1")).shr(57 + 5), (big("1"), Rest::High));
    }
}
