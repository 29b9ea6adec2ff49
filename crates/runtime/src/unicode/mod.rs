//! Properties and case mappings of code points (Unicode 16.0), as `str` and the regular expressions need them.
//!
//! The tables are made by `generate.py` from the answers of the reference interpreter. A two-stage table
//! leads from a code point to one of some hundred records.

mod layout;
pub mod names;

const BLOB: &[u8] = include_bytes!("types.bin");

macro_rules! table {
    ($vis:vis $name:ident, $t:ty, $at:expr) => {
        $vis static $name: [$t; $at.1] = {
            let mut out = [0 as $t; $at.1];
            let mut i = 0;
            while i < $at.1 {
                let mut b = [0u8; size_of::<$t>()];
                let mut j = 0;
                while j < b.len() {
                    b[j] = BLOB[$at.0 + i * b.len() + j];
                    j += 1;
                }
                out[i] = <$t>::from_le_bytes(b);
                i += 1;
            }
            out
        };
    };
}

table!(INDEX, u16, layout::INDEX);
table!(PAGES, u16, layout::PAGES);
table!(FLAGS, u32, layout::FLAGS);
table!(UPPER, i32, layout::UPPER);
table!(LOWER, i32, layout::LOWER);
table!(TITLE, i32, layout::TITLE);
table!(FOLD, i32, layout::FOLD);
table!(DECIMAL, u8, layout::DECIMAL);
table!(DIGIT, u8, layout::DIGIT);
table!(NUMBER, u16, layout::NUMBER);
table!(NUMBERS, f64, layout::NUMBERS);
table!(EXTENDED, u32, layout::EXTENDED);

mod flag {
    pub const ALPHA: u32 = 1;
    pub const DECIMAL: u32 = 1 << 1;
    pub const DIGIT: u32 = 1 << 2;
    pub const LOWER: u32 = 1 << 3;
    pub const LINEBREAK: u32 = 1 << 4;
    pub const SPACE: u32 = 1 << 5;
    pub const TITLE: u32 = 1 << 6;
    pub const UPPER: u32 = 1 << 7;
    pub const XID_START: u32 = 1 << 8;
    pub const XID_CONTINUE: u32 = 1 << 9;
    pub const PRINTABLE: u32 = 1 << 10;
    pub const NUMERIC: u32 = 1 << 11;
    pub const CASE_IGNORABLE: u32 = 1 << 12;
    pub const CASED: u32 = 1 << 13;
    pub const EXT_UPPER: u32 = 1 << 14;
    pub const EXT_LOWER: u32 = 1 << 15;
    pub const EXT_TITLE: u32 = 1 << 16;
    pub const EXT_FOLD: u32 = 1 << 17;
}

/// The record of a code point; values that are none have the record of an unassigned one.
#[inline(always)]
fn record(c: u32) -> usize {
    let c = if c > 0x10ffff { 0x10ffff } else { c };
    let page = INDEX[(c >> layout::SHIFT) as usize] as usize;
    PAGES[(page << layout::SHIFT) + (c & ((1 << layout::SHIFT) - 1)) as usize] as usize
}

#[inline(always)]
fn flags(c: u32) -> u32 {
    FLAGS[record(c)]
}

macro_rules! tests {
    ($($(#[$m:meta])* $name:ident $flag:expr;)*) => { $(
        $(#[$m])*
        #[inline]
        pub fn $name(c: u32) -> bool {
            flags(c) & ($flag) != 0
        }
    )* };
}
tests! {
    /// A letter: category Lm, Lt, Lu, Ll or Lo.
    is_alpha flag::ALPHA;
    is_decimal flag::DECIMAL;
    is_digit flag::DIGIT;
    is_numeric flag::NUMERIC;
    is_lower flag::LOWER;
    is_upper flag::UPPER;
    is_title flag::TITLE;
    is_alnum flag::ALPHA | flag::DECIMAL | flag::DIGIT | flag::NUMERIC;
    is_printable flag::PRINTABLE;
    is_xid_start flag::XID_START;
    is_xid_continue flag::XID_CONTINUE;
    is_cased flag::CASED;
    is_case_ignorable flag::CASE_IGNORABLE;
}

/// White space, as `str.isspace` and `str.split` see it.
#[inline(always)]
pub fn is_space(c: u32) -> bool {
    if c < 128 { matches!(c, 9..=13 | 28..=32) } else { flags(c) & flag::SPACE != 0 }
}

/// A line boundary, as `str.splitlines` sees it.
#[inline(always)]
pub fn is_linebreak(c: u32) -> bool {
    if c < 128 { matches!(c, 10..=13 | 28..=30) } else { flags(c) & flag::LINEBREAK != 0 }
}

/// The value of a decimal digit.
#[inline]
pub fn decimal(c: u32) -> Option<u32> {
    if c < 128 {
        return c.checked_sub(b'0' as u32).filter(|&d| d < 10);
    }
    match DECIMAL[record(c)] {
        255 => None,
        d => Some(d as u32),
    }
}

/// The value of a digit, superscripts and the like included.
pub fn digit(c: u32) -> Option<u32> {
    match DIGIT[record(c)] {
        255 => None,
        d => Some(d as u32),
    }
}

/// The numeric value, fractions included.
pub fn numeric(c: u32) -> Option<f64> {
    let r = record(c);
    if FLAGS[r] & flag::NUMERIC == 0 {
        return None;
    }
    NUMBERS.get(NUMBER[r] as usize).copied()
}

/// The result of a full case mapping: one to three code points.
#[derive(Clone, Copy)]
pub struct Mapped {
    chars: [u32; 3],
    len: u8,
}

impl Mapped {
    #[inline]
    pub fn as_slice(&self) -> &[u32] {
        &self.chars[..self.len as usize]
    }
}

#[inline]
fn map(c: u32, table: &[i32], ext: u32) -> Mapped {
    let r = record(c);
    let Some(&m) = table.get(r) else { return Mapped { chars: [c, 0, 0], len: 1 } };
    if FLAGS[r] & ext == 0 {
        return Mapped { chars: [c.wrapping_add_signed(m), 0, 0], len: 1 };
    }
    let (at, n) = ((m & 0xff_ffff) as usize, (m >> 24) as usize);
    let mut chars = [0; 3];
    let mut len = 0;
    for (to, &from) in chars.iter_mut().zip(EXTENDED.iter().skip(at).take(n)) {
        *to = from;
        len += 1;
    }
    Mapped { chars, len }
}

/// Full upper case.
#[inline]
pub fn to_upper_full(c: u32) -> Mapped {
    map(c, &UPPER, flag::EXT_UPPER)
}

/// Full lower case, without regard to context.
#[inline]
pub fn to_lower_full(c: u32) -> Mapped {
    map(c, &LOWER, flag::EXT_LOWER)
}

/// Full title case.
#[inline]
pub fn to_title_full(c: u32) -> Mapped {
    map(c, &TITLE, flag::EXT_TITLE)
}

/// Full case folding.
#[inline]
pub fn to_fold_full(c: u32) -> Mapped {
    map(c, &FOLD, flag::EXT_FOLD)
}

/// Upper case as one character (`Py_UNICODE_TOUPPER`).
#[inline]
pub fn to_upper(c: u32) -> u32 {
    to_upper_full(c).chars[0]
}

/// Lower case as one character (`Py_UNICODE_TOLOWER`).
#[inline]
pub fn to_lower(c: u32) -> u32 {
    if c < 128 {
        return if matches!(c, 65..=90) { c + 32 } else { c };
    }
    to_lower_full(c).chars[0]
}

/// Title case as one character (`Py_UNICODE_TOTITLE`).
#[inline]
pub fn to_title(c: u32) -> u32 {
    to_title_full(c).chars[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples() {
        assert!(is_alpha('é' as u32) && !is_alpha('1' as u32) && is_alpha(0x10d4a));
        assert_eq!(to_upper_full('ß' as u32).as_slice(), ['S' as u32, 'S' as u32]);
        assert_eq!(to_lower_full(0x130).as_slice(), [0x69, 0x307]);
        assert_eq!(to_fold_full('ß' as u32).as_slice(), ['s' as u32, 's' as u32]);
        assert_eq!(numeric(0xbd), Some(0.5));
        assert_eq!(decimal(0x663), Some(3));
        assert_eq!(digit(0xb2), Some(2));
        assert!(is_linebreak(0x2028) && is_space(0x2028) && !is_linebreak(32));
    }

    /// The standard library's tables are newer; where both know a character they agree.
    #[test]
    fn agrees_with_std() {
        for c in (0..0x110000).filter_map(char::from_u32) {
            if is_alpha(c as u32) {
                assert!(c.is_alphabetic(), "{c:?}");
            }
            if is_cased(c as u32) && to_upper(c as u32) != c as u32 {
                assert!(
                    c.to_uppercase().map(u32::from).eq(to_upper_full(c as u32).as_slice().iter().copied())
                );
            }
        }
    }
}
