//! Characters in their three widths: views of a string's data, iteration, widening, UTF-8.

use super::{Kind, MAX_CHAR};

/// A character as stored: `u8`, `u16` or `u32`.
pub trait Unit: Copy + Ord + Eq + Default + std::hash::Hash + 'static {
    const KIND: Kind;
    /// The largest code point that fits.
    const MAX: u32;
    fn code(self) -> u32;
    /// Cut to the width; the caller knows that it fits.
    fn from_code(c: u32) -> Self;
    #[inline(always)]
    fn fits(c: u32) -> bool {
        c <= Self::MAX
    }
}

macro_rules! unit {
    ($t:ty, $kind:ident, $max:expr) => {
        impl Unit for $t {
            const KIND: Kind = Kind::$kind;
            const MAX: u32 = $max;
            #[inline(always)]
            fn code(self) -> u32 {
                self as u32
            }
            #[inline(always)]
            fn from_code(c: u32) -> $t {
                c as $t
            }
        }
    };
}
unit!(u8, Latin1, 0xff);
unit!(u16, Ucs2, 0xffff);
unit!(u32, Ucs4, MAX_CHAR);

/// A string's characters, typed by their width.
#[derive(Clone, Copy, Debug)]
pub enum StrView<'a> {
    Latin1(&'a [u8]),
    Ucs2(&'a [u16]),
    Ucs4(&'a [u32]),
}

/// Runs an expression with the view's slice bound to a name, once for each width.
#[macro_export]
macro_rules! with_units {
    ($view:expr, |$s:ident| $body:expr) => {
        match $view {
            $crate::types::str_::StrView::Latin1($s) => $body,
            $crate::types::str_::StrView::Ucs2($s) => $body,
            $crate::types::str_::StrView::Ucs4($s) => $body,
        }
    };
}

impl<'a> StrView<'a> {
    #[inline]
    pub fn len(self) -> usize {
        with_units!(self, |s| s.len())
    }

    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn get(self, i: usize) -> Option<u32> {
        with_units!(self, |s| s.get(i).map(|c| c.code()))
    }

    #[inline]
    pub fn chars(self) -> Chars<'a> {
        let len = self.len();
        Chars { view: self, at: 0, end: len }
    }

    /// The part from `start` to `end`, both cut to the length.
    #[inline]
    pub fn slice(self, start: usize, end: usize) -> StrView<'a> {
        let end = end.min(self.len());
        let start = start.min(end);
        match self {
            StrView::Latin1(s) => StrView::Latin1(&s[start..end]),
            StrView::Ucs2(s) => StrView::Ucs2(&s[start..end]),
            StrView::Ucs4(s) => StrView::Ucs4(&s[start..end]),
        }
    }

    pub fn kind(self) -> Kind {
        match self {
            StrView::Latin1(_) => Kind::Latin1,
            StrView::Ucs2(_) => Kind::Ucs2,
            StrView::Ucs4(_) => Kind::Ucs4,
        }
    }

    /// The bound of [`class_of`] for these characters: 0x7f, 0xff, 0xffff or 0x10ffff.
    pub fn max_char(self) -> u32 {
        match self {
            StrView::Latin1(s) => {
                if s.is_ascii() {
                    0x7f
                } else {
                    0xff
                }
            }
            StrView::Ucs2(s) => class_of(or_all(s)),
            StrView::Ucs4(s) => class_of(or_all(s)),
        }
    }
}

/// The bitwise or of all characters: enough to tell which kind holds them.
#[inline]
pub fn or_all<U: Unit>(s: &[U]) -> u32 {
    s.iter().fold(0, |a, c| a | c.code())
}

/// The largest code point of the smallest representation that holds `c`.
#[inline]
pub const fn class_of(c: u32) -> u32 {
    if c < 0x80 {
        0x7f
    } else if c < 0x100 {
        0xff
    } else if c < 0x10000 {
        0xffff
    } else {
        MAX_CHAR
    }
}

/// Iterator over code points.
#[derive(Clone)]
pub struct Chars<'a> {
    view: StrView<'a>,
    at: usize,
    end: usize,
}

impl Iterator for Chars<'_> {
    type Item = u32;
    #[inline(always)]
    fn next(&mut self) -> Option<u32> {
        if self.at >= self.end {
            return None;
        }
        let c = self.view.get(self.at);
        self.at += 1;
        c
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let n = self.end - self.at;
        (n, Some(n))
    }
}

impl DoubleEndedIterator for Chars<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        if self.at >= self.end {
            return None;
        }
        self.end -= 1;
        self.view.get(self.end)
    }
}

impl ExactSizeIterator for Chars<'_> {}

#[inline(always)]
pub fn is_surrogate(c: u32) -> bool {
    (0xd800..0xe000).contains(&c)
}

#[inline(always)]
pub fn is_high_surrogate(c: u32) -> bool {
    (0xd800..0xdc00).contains(&c)
}

#[inline(always)]
pub fn is_low_surrogate(c: u32) -> bool {
    (0xdc00..0xe000).contains(&c)
}

/// Combines a surrogate pair.
#[inline(always)]
pub fn join_surrogates(high: u32, low: u32) -> u32 {
    0x10000 + (((high & 0x3ff) << 10) | (low & 0x3ff))
}

/// Bytes of `c` in (generalised) UTF-8.
#[inline(always)]
pub const fn utf8_width(c: u32) -> usize {
    if c < 0x80 {
        1
    } else if c < 0x800 {
        2
    } else if c < 0x10000 {
        3
    } else {
        4
    }
}

/// Length of the text in UTF-8; None if it has a surrogate.
pub fn utf8_len(view: StrView<'_>) -> Option<usize> {
    match view {
        StrView::Latin1(s) => Some(s.len() + s.iter().filter(|&&b| b >= 0x80).count()),
        StrView::Ucs2(s) => {
            let mut n = 0usize;
            for &c in s {
                if is_surrogate(c as u32) {
                    return None;
                }
                n += utf8_width(c as u32);
            }
            Some(n)
        }
        StrView::Ucs4(s) => {
            let mut n = 0usize;
            for &c in s {
                if is_surrogate(c) {
                    return None;
                }
                n += utf8_width(c);
            }
            Some(n)
        }
    }
}

/// Encodes one code point at `p`, returns how many bytes.
///
/// # Safety
/// Four bytes are writable at `p`, or `utf8_width(c)`.
#[inline(always)]
pub unsafe fn write_char(p: *mut u8, c: u32) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        match utf8_width(c) {
            1 => {
                p.write(c as u8);
                1
            }
            2 => {
                p.write(0xc0 | (c >> 6) as u8);
                p.add(1).write(0x80 | (c & 0x3f) as u8);
                2
            }
            3 => {
                p.write(0xe0 | (c >> 12) as u8);
                p.add(1).write(0x80 | ((c >> 6) & 0x3f) as u8);
                p.add(2).write(0x80 | (c & 0x3f) as u8);
                3
            }
            _ => {
                p.write(0xf0 | (c >> 18) as u8);
                p.add(1).write(0x80 | ((c >> 12) & 0x3f) as u8);
                p.add(2).write(0x80 | ((c >> 6) & 0x3f) as u8);
                p.add(3).write(0x80 | (c & 0x3f) as u8);
                4
            }
        }
    }
}

/// Writes the text in (generalised) UTF-8.
///
/// # Safety
/// `p` has room for the encoded length.
pub unsafe fn write_utf8(view: StrView<'_>, p: *mut u8) {
    let mut at = 0;
    with_units!(view, |s| for c in s {
        // SAFETY: the caller's promise.
        at += unsafe { write_char(p.add(at), c.code()) };
    });
}

/// Appends one code point in generalised UTF-8: surrogates become three bytes.
pub fn push_wtf8(out: &mut Vec<u8>, c: u32) {
    let mut buf = [0u8; 4];
    // SAFETY: the buffer has four bytes.
    let n = unsafe { write_char(buf.as_mut_ptr(), c) };
    out.extend_from_slice(&buf[..n]);
}

/// Copies characters to memory of another (at least as wide as needed) kind.
///
/// # Safety
/// `to` has room for `from.len()` units of `D`, does not overlap, and every character fits into `D`.
#[inline]
pub unsafe fn copy_units<S: Unit, D: Unit>(from: &[S], to: *mut D) {
    // SAFETY: the caller's promise.
    unsafe {
        if S::KIND == D::KIND {
            std::ptr::copy_nonoverlapping(from.as_ptr() as *const D, to, from.len());
        } else {
            for (i, c) in from.iter().enumerate() {
                to.add(i).write(D::from_code(c.code()));
            }
        }
    }
}

/// Copies a view's characters to position `at` of a block of characters of `kind`.
///
/// # Safety
/// `data` is a block of at least `at + view.len()` units of `kind`, apart from `view`; every character fits.
#[inline]
pub unsafe fn copy_view(view: StrView<'_>, data: *mut u8, kind: Kind, at: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        with_units!(view, |s| match kind {
            Kind::Latin1 => copy_units(s, data.add(at)),
            Kind::Ucs2 => copy_units(s, (data as *mut u16).add(at)),
            Kind::Ucs4 => copy_units(s, (data as *mut u32).add(at)),
        })
    }
}

/// Stores one character in a block of `kind`.
///
/// # Safety
/// Position `at` is inside the block; the character fits.
#[inline(always)]
pub unsafe fn write_unit(data: *mut u8, kind: Kind, at: usize, c: u32) {
    // SAFETY: the caller's promise.
    unsafe {
        match kind {
            Kind::Latin1 => data.add(at).write(c as u8),
            Kind::Ucs2 => (data as *mut u16).add(at).write(c as u16),
            Kind::Ucs4 => (data as *mut u32).add(at).write(c),
        }
    }
}
