//! Properties of characters, read from the packed tables of `database.bin`.
//!
//! A code point's page and its place there give a record, whose number is the index of all property tables.

use super::layout::{self as l, SHIFT};

static DATA: &[u8] = include_bytes!("database.bin");

/// Names of the categories, bidirectional classes and widths, as the tables number them.
pub const CATEGORIES: [&str; 30] = [
    "Cn", "Lu", "Ll", "Lt", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
    "Lm", "Lo", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So",
];
pub const BIDI_CLASSES: [&str; 24] = [
    "", "L", "LRE", "LRO", "R", "AL", "RLE", "RLO", "PDF", "EN", "ES", "ET", "AN", "CS", "NSM", "BN", "B",
    "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI",
];
pub const WIDTHS: [&str; 6] = ["F", "H", "W", "Na", "A", "N"];

/// Which version of the database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    Current,
    V320,
}

type Section = (usize, usize);

fn bytes<const N: usize>(s: Section, i: usize) -> Option<[u8; N]> {
    if i >= s.1 {
        return None;
    }
    let at = s.0 + i * N;
    DATA.get(at..at + N)?.try_into().ok()
}

fn u8_at(s: Section, i: usize) -> u8 {
    bytes::<1>(s, i).map_or(0, |b| b[0])
}

fn u16_at(s: Section, i: usize) -> u16 {
    bytes(s, i).map_or(0, u16::from_le_bytes)
}

fn u32_at(s: Section, i: usize) -> u32 {
    bytes(s, i).map_or(0, u32::from_le_bytes)
}

/// A character's record in one version.
#[derive(Clone, Copy)]
pub struct Record {
    version: Version,
    number: usize,
}

/// The record of a code point.
pub fn record(version: Version, c: u32) -> Record {
    let (index, pages) = match version {
        Version::Current => (l::INDEX, l::PAGES),
        Version::V320 => (l::INDEX_320, l::PAGES_320),
    };
    let page = u16_at(index, (c >> SHIFT) as usize) as usize;
    let number = u16_at(pages, (page << SHIFT) + (c & ((1 << SHIFT) - 1)) as usize) as usize;
    Record { version, number }
}

impl Record {
    fn pick(self, current: Section, old: Section) -> Section {
        if self.version == Version::Current { current } else { old }
    }

    fn byte(self, current: Section, old: Section) -> u8 {
        u8_at(self.pick(current, old), self.number)
    }

    pub fn category(self) -> u8 {
        self.byte(l::CATEGORY, l::CATEGORY_320)
    }

    pub fn combining(self) -> u8 {
        self.byte(l::COMBINING, l::COMBINING_320)
    }

    pub fn bidi(self) -> u8 {
        self.byte(l::BIDI, l::BIDI_320)
    }

    pub fn mirrored(self) -> u8 {
        self.byte(l::MIRRORED, l::MIRRORED_320)
    }

    pub fn width(self) -> u8 {
        self.byte(l::WIDTH, l::WIDTH_320)
    }

    /// May the character be absent from text in a normalisation form? One bit a form.
    pub fn checks(self) -> u8 {
        self.byte(l::CHECKS, l::CHECKS_320)
    }

    pub fn decimal(self) -> Option<u8> {
        Some(self.byte(l::DECIMAL, l::DECIMAL_320)).filter(|&d| d != 255)
    }

    pub fn digit(self) -> Option<u8> {
        Some(self.byte(l::DIGIT, l::DIGIT_320)).filter(|&d| d != 255)
    }

    pub fn number(self) -> Option<f64> {
        let i = u16_at(self.pick(l::NUMBER, l::NUMBER_320), self.number);
        bytes(l::NUMBERS, i as usize).filter(|_| i != u16::MAX).map(f64::from_le_bytes)
    }

    /// The decomposition as text: perhaps a tag, then code points in hexadecimal.
    pub fn decomposition(self) -> &'static str {
        let at = u32_at(self.pick(l::DECOMPOSITION, l::DECOMPOSITION_320), self.number) as usize;
        let strings = DATA.get(l::STRINGS.0..l::STRINGS.0 + l::STRINGS.1).unwrap_or_default();
        let Some(&[lo, hi]) = strings.get(at..).and_then(|s| s.first_chunk::<2>()) else { return "" };
        let n = u16::from_le_bytes([lo, hi]) as usize;
        strings.get(at + 2..at + 2 + n).and_then(|s| std::str::from_utf8(s).ok()).unwrap_or("")
    }
}

/// The character composed of two.
pub fn compose(a: u32, b: u32) -> Option<u32> {
    let triple =
        |i: usize| (u32_at(l::COMPOSE, 3 * i), u32_at(l::COMPOSE, 3 * i + 1), u32_at(l::COMPOSE, 3 * i + 2));
    let (mut low, mut high) = (0, l::COMPOSE.1 / 3);
    while low < high {
        let middle = (low + high) / 2;
        let (x, y, composed) = triple(middle);
        match (x, y).cmp(&(a, b)) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(composed),
        }
    }
    None
}

/// The characters that are the second of a composition, in order.
pub fn second_parts() -> Vec<u32> {
    let mut all: Vec<u32> = (0..l::COMPOSE.1 / 3).map(|i| u32_at(l::COMPOSE, 3 * i + 1)).collect();
    all.sort_unstable();
    all.dedup();
    all
}
