//! Character sets.

use super::chars::{Category, Fold, upper};

/// A part of a set.
enum Part {
    Literal(u32),
    Range(u32, u32),
    /// A range in which the character or its upper case may lie.
    RangeFold(u32, u32),
    Category(Category),
    /// 256 bits.
    Charset([u32; 8]),
    /// For each high byte the number of a block of 256 bits.
    BigCharset {
        index: Box<[u8; 256]>,
        blocks: Box<[u32]>,
    },
}

/// A set, with the answers for the first 256 characters in a table.
pub struct Set {
    parts: Vec<Part>,
    negate: bool,
    fold: Option<Fold>,
    low: Box<[bool; 256]>,
    /// Depends on the locale: the table does not count.
    dynamic: bool,
}

const FAILURE: u32 = 0;
const CATEGORY: u32 = 8;
const CHARSET: u32 = 9;
const BIGCHARSET: u32 = 10;
const LITERAL: u32 = 16;

impl Set {
    /// Decodes the words of a set up to its `FAILURE`. None if they are malformed.
    pub fn decode(code: &[u32], fold: Option<Fold>, ops: &SetOps) -> Option<Set> {
        let mut parts = Vec::new();
        let mut negate = false;
        let mut at = 0;
        loop {
            let op = *code.get(at)?;
            at += 1;
            let arg = |i: usize| code.get(at + i).copied();
            if op == FAILURE {
                break;
            } else if op == ops.negate {
                // Only in front is it meaningful, and only there it is made.
                if !parts.is_empty() {
                    return None;
                }
                negate = !negate;
            } else if op == LITERAL {
                parts.push(Part::Literal(arg(0)?));
                at += 1;
            } else if op == ops.range {
                parts.push(Part::Range(arg(0)?, arg(1)?));
                at += 2;
            } else if op == ops.range_fold {
                parts.push(Part::RangeFold(arg(0)?, arg(1)?));
                at += 2;
            } else if op == CATEGORY {
                parts.push(Part::Category(Category::from_code(arg(0)?)?));
                at += 1;
            } else if op == CHARSET {
                let words = code.get(at..at + 8)?;
                parts.push(Part::Charset(words.try_into().ok()?));
                at += 8;
            } else if op == BIGCHARSET {
                let n = arg(0)? as usize;
                at += 1;
                let words = code.get(at..at + 64)?;
                let mut index = Box::new([0u8; 256]);
                for (to, from) in index.chunks_exact_mut(4).zip(words) {
                    to.copy_from_slice(&from.to_le_bytes());
                }
                at += 64;
                let blocks: Box<[u32]> = code.get(at..at.checked_add(n.checked_mul(8)?)?)?.into();
                if index.iter().any(|&b| b as usize >= n) {
                    return None;
                }
                at += blocks.len();
                parts.push(Part::BigCharset { index, blocks });
            } else {
                return None;
            }
        }
        if at != code.len() {
            return None;
        }
        Some(Set::new(parts, negate, fold))
    }

    fn new(parts: Vec<Part>, negate: bool, fold: Option<Fold>) -> Set {
        let dynamic = fold == Some(Fold::Locale)
            || parts.iter().any(|p| matches!(p, Part::Category(c) if c.is_locale()));
        let mut set = Set { parts, negate, fold, low: Box::new([false; 256]), dynamic };
        let mut low = Box::new([false; 256]);
        for (c, b) in low.iter_mut().enumerate() {
            *b = set.evaluate(c as u32);
        }
        set.low = low;
        set
    }

    /// The set of a category.
    pub fn of_category(c: Category) -> Set {
        Set::new(vec![Part::Category(c)], false, None)
    }

    /// Does it have `c`?
    #[inline(always)]
    pub fn has(&self, c: u32) -> bool {
        if c < 256 && !self.dynamic { self.low[c as usize] } else { self.evaluate(c) }
    }

    fn evaluate(&self, c: u32) -> bool {
        let listed = match self.fold {
            None => self.lists(c),
            Some(Fold::Locale) => {
                self.lists(Fold::Locale.lower(c)) || {
                    // SAFETY: a value of `unsigned char`.
                    let u = if c < 256 { unsafe { libc::toupper(c as i32) as u32 } } else { c };
                    u != Fold::Locale.lower(c) && self.lists(u)
                }
            }
            Some(f) => self.lists(f.lower(c)),
        };
        listed != self.negate
    }

    /// Is it one of the characters written down, negated or not?
    fn lists(&self, c: u32) -> bool {
        self.parts.iter().any(|p| match p {
            Part::Literal(x) => *x == c,
            Part::Range(a, b) => (*a..=*b).contains(&c),
            Part::RangeFold(a, b) => (*a..=*b).contains(&c) || (*a..=*b).contains(&upper(c)),
            Part::Category(k) => k.has(c),
            Part::Charset(bits) => c < 256 && bits[(c >> 5) as usize] >> (c & 31) & 1 != 0,
            Part::BigCharset { index, blocks } => {
                c < 0x10000 && {
                    let block = index[(c >> 8) as usize] as usize;
                    let bit = (c & 255) as usize;
                    blocks.get(block * 8 + bit / 32).is_some_and(|w| w >> (bit & 31) & 1 != 0)
                }
            }
        })
    }
}

/// Numbers of the words that only sets have.
pub struct SetOps {
    pub negate: u32,
    pub range: u32,
    pub range_fold: u32,
}
