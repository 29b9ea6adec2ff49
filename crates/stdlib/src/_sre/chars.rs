//! Character categories and case, as regular expressions see them.

use runtime::unicode;

/// How case is ignored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fold {
    Ascii,
    Locale,
    Unicode,
}

impl Fold {
    #[inline]
    pub fn lower(self, c: u32) -> u32 {
        match self {
            Fold::Ascii => {
                if matches!(c, 65..=90) {
                    c + 32
                } else {
                    c
                }
            }
            Fold::Locale => locale_lower(c),
            Fold::Unicode => unicode::to_lower(c),
        }
    }

    /// Is `c` the pattern's character `p`, case aside? `p` is in lower case, but for a locale.
    #[inline]
    pub fn same(self, p: u32, c: u32) -> bool {
        match self {
            Fold::Locale => p == c || locale_lower(c) == p || locale_upper(c) == p,
            _ => self.lower(c) == p,
        }
    }
}

fn locale_lower(c: u32) -> u32 {
    // SAFETY: a value of `unsigned char`.
    if c < 256 { unsafe { libc::tolower(c as i32) as u32 } } else { c }
}

fn locale_upper(c: u32) -> u32 {
    // SAFETY: a value of `unsigned char`.
    if c < 256 { unsafe { libc::toupper(c as i32) as u32 } } else { c }
}

/// `SRE_CATEGORY_*`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Category(u8);

impl Category {
    /// From the code word; None if there is no such category.
    pub fn from_code(code: u32) -> Option<Category> {
        if code < 18 { Some(Category(code as u8)) } else { None }
    }

    /// Does it depend on the locale?
    pub fn is_locale(self) -> bool {
        matches!(self.0, 8 | 9)
    }

    #[inline]
    pub fn has(self, c: u32) -> bool {
        let negate = self.0 & 1 != 0;
        let is = match self.0 >> 1 {
            0 => matches!(c, 48..=57),
            1 => matches!(c, 9..=13 | 32),
            2 => is_word_ascii(c),
            3 => c == 10,
            4 => is_word_locale(c),
            5 => unicode::is_decimal(c),
            6 => unicode::is_space(c),
            7 => is_word(c),
            _ => unicode::is_linebreak(c),
        };
        is != negate
    }
}

#[inline]
pub fn is_word_ascii(c: u32) -> bool {
    matches!(c, 48..=57 | 65..=90 | 95 | 97..=122)
}

pub fn is_word_locale(c: u32) -> bool {
    // SAFETY: a value of `unsigned char`.
    c == 95 || (c < 256 && unsafe { libc::isalnum(c as i32) } != 0)
}

#[inline]
pub fn is_word(c: u32) -> bool {
    if c < 128 { is_word_ascii(c) } else { unicode::is_alnum(c) }
}

/// Upper case as one character.
pub fn upper(c: u32) -> u32 {
    unicode::to_upper(c)
}
