//! Constants as plain data: the value of an entry of `co_consts`.
//!
//! Compound values are behind `Arc`, so that copies are cheap and sharing (which the marshal format
//! records) is visible as pointer identity.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::code::Code;

/// A Python string as WTF-8: UTF-8 in which every lone surrogate takes its three bytes, one after the
/// other and never joined, so that sequences of code points and texts correspond one to one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(Arc<[u8]>);

impl Text {
    /// `None` unless `bytes` is UTF-8, surrogates allowed.
    pub fn from_wtf8(bytes: &[u8]) -> Option<Text> {
        is_wtf8(bytes).then(|| Text(bytes.into()))
    }

    /// For bytes that are WTF-8 by construction; a wrong one makes a wrong string, nothing worse.
    pub fn from_wtf8_trusted(bytes: impl Into<Arc<[u8]>>) -> Text {
        Text(bytes.into())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// `None` if it contains a lone surrogate.
    pub fn to_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }

    /// Number of code points.
    pub fn chars_len(&self) -> usize {
        self.0.iter().filter(|&&b| b & 0xC0 != 0x80).count()
    }

    /// Code points, surrogates among them.
    pub fn code_points(&self) -> impl Iterator<Item = u32> + '_ {
        let mut bytes = self.0.iter();
        std::iter::from_fn(move || {
            let first = u32::from(*bytes.next()?);
            let mut next = || u32::from(bytes.next().copied().unwrap_or(0x80) & 0x3F);
            Some(match first {
                0..0x80 => first,
                0x80..0xE0 => (first & 0x1F) << 6 | next(),
                0xE0..0xF0 => (first & 0xF) << 12 | next() << 6 | next(),
                _ => (first & 7) << 18 | next() << 12 | next() << 6 | next(),
            })
        })
    }
}

/// Whether `bytes` is UTF-8 in which surrogates may stand for themselves.
fn is_wtf8(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        let Err(error) = std::str::from_utf8(rest) else { return true };
        rest = &rest[error.valid_up_to()..];
        match rest {
            [0xED, 0xA0..=0xBF, 0x80..=0xBF, tail @ ..] => rest = tail,
            _ => return false,
        }
    }
}

impl From<&str> for Text {
    fn from(s: &str) -> Text {
        Text(s.as_bytes().into())
    }
}

impl From<String> for Text {
    fn from(s: String) -> Text {
        Text(s.into_bytes().into())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        String::from_utf8_lossy(&self.0).fmt(f)
    }
}

/// An integer beyond `i64`: the magnitude in 30-bit digits, least significant first, the last not zero.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BigInt {
    pub negative: bool,
    pub digits: Box<[u32]>,
}

/// Bits of a digit of [`BigInt`], as of CPython's.
pub const DIGIT_BITS: u32 = 30;

/// The value of a constant.
#[derive(Clone, Debug)]
pub enum Const {
    None,
    Ellipsis,
    Bool(bool),
    Int(i64),
    /// Never one that fits an `i64`.
    BigInt(Arc<BigInt>),
    Float(f64),
    Complex(f64, f64),
    Str(Text),
    Bytes(Arc<[u8]>),
    Tuple(Arc<[Const]>),
    /// Elements without duplicates, in no particular order.
    FrozenSet(Arc<[Const]>),
    /// Start, stop, step.
    Slice(Arc<[Const; 3]>),
    Code(Arc<Code>),
}

impl Const {
    /// An integer from its sign and 30-bit digits (least significant first, leading zeros allowed).
    pub fn from_digits(negative: bool, digits: &[u32]) -> Const {
        let used = digits.iter().rposition(|&d| d != 0).map_or(0, |i| i + 1);
        let digits = &digits[..used];
        if digits.len() <= 3 {
            let magnitude = digits.iter().rev().fold(0i128, |n, &d| n << DIGIT_BITS | i128::from(d));
            if let Ok(n) = i64::try_from(if negative { -magnitude } else { magnitude }) {
                return Const::Int(n);
            }
        }
        Const::BigInt(Arc::new(BigInt { negative, digits: digits.into() }))
    }

    pub fn str(s: &str) -> Const {
        Const::Str(s.into())
    }

    pub fn tuple(items: impl Into<Arc<[Const]>>) -> Const {
        Const::Tuple(items.into())
    }

    pub fn is_none(&self) -> bool {
        matches!(self, Const::None)
    }

    /// Whether the compiler keeps one entry for both: equal values of the same type, zeros of the same
    /// sign, elements likewise. Code objects are the same if they do the same at the same place.
    pub fn same(&self, other: &Const) -> bool {
        use Const::*;
        match (self, other) {
            (None, None) | (Ellipsis, Ellipsis) => true,
            (Bool(a), Bool(b)) => a == b,
            (Int(a), Int(b)) => a == b,
            (BigInt(a), BigInt(b)) => a == b,
            (Float(a), Float(b)) => same_float(*a, *b),
            (Complex(a, b), Complex(c, d)) => same_float(*a, *c) && same_float(*b, *d),
            (Str(a), Str(b)) => a == b,
            (Bytes(a), Bytes(b)) => a == b,
            (Tuple(a), Tuple(b)) => Arc::ptr_eq(a, b) || same_items(a, b),
            (FrozenSet(a), FrozenSet(b)) => Arc::ptr_eq(a, b) || same_elements(a, b),
            (Slice(a), Slice(b)) => same_items(&a[..], &b[..]),
            (Code(a), Code(b)) => Arc::ptr_eq(a, b) || a.same(b),
            _ => false,
        }
    }

    /// Feeds a hasher so that [`same`](Const::same) values hash alike.
    pub fn hash_same<H: Hasher>(&self, state: &mut H) {
        use Const::*;
        std::mem::discriminant(self).hash(state);
        match self {
            None | Ellipsis => {}
            Bool(b) => b.hash(state),
            Int(n) => n.hash(state),
            BigInt(n) => n.hash(state),
            Float(x) => x.to_bits().hash(state),
            Complex(x, y) => (x.to_bits(), y.to_bits()).hash(state),
            Str(s) => s.hash(state),
            Bytes(b) => b.hash(state),
            Tuple(items) => {
                items.len().hash(state);
                items.iter().for_each(|item| item.hash_same(state));
            }
            FrozenSet(items) => items.iter().fold(0, |sum, item| sum ^ element_hash(item)).hash(state),
            Slice(items) => items.iter().for_each(|item| item.hash_same(state)),
            Code(code) => (code.firstlineno, &code.name, &code.code).hash(state),
        }
    }
}

/// Not a number is never the same, as each is an object of its own.
fn same_float(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() && !a.is_nan()
}

fn element_hash(item: &Const) -> u64 {
    let mut hasher = DefaultHasher::new();
    item.hash_same(&mut hasher);
    hasher.finish()
}

/// Whether two sets have the same elements.
fn same_elements(a: &[Const], b: &[Const]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    if same_items(a, b) {
        return true;
    }
    let mut by_hash: HashMap<u64, Vec<&Const>> = HashMap::with_capacity(b.len());
    for item in b {
        by_hash.entry(element_hash(item)).or_default().push(item);
    }
    a.iter().all(|x| by_hash.get(&element_hash(x)).is_some_and(|found| found.iter().any(|y| x.same(y))))
}

pub(crate) fn same_items(a: &[Const], b: &[Const]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.same(y))
}
