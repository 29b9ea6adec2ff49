//! The mapping tables: what the reference's codecs make of every code (`tests/record_cjk.py` records them).
//!
//! `tables.bin` is one zlib stream: the length of the first part, the first part, the values. The first part has for
//! each table its name, its runs of neighbouring codes (distance from the run before, length) and the characters whose code
//! is not the inverse (distance from the one before, code, 0 for none). A value is the distance from the value before, and
//! 0x110000 more than it for two characters in one number. Numbers are LEB128, signed ones zigzag.

use std::collections::HashMap;
use std::sync::OnceLock;

const PACKED: &[u8] = include_bytes!("tables.bin");
const NONE: u32 = u32::MAX;
const PAIR: i64 = 0x11_0000;

/// A sparse array in pages.
#[derive(Default)]
struct Map {
    pages: Vec<Option<Box<[u32; 256]>>>,
}

impl Map {
    fn get(&self, key: u32) -> Option<u32> {
        let page = self.pages.get(key as usize >> 8)?.as_ref()?;
        Some(page[key as usize & 0xff]).filter(|&v| v != NONE)
    }

    fn set(&mut self, key: u32, value: u32) {
        let page = key as usize >> 8;
        if page >= self.pages.len() {
            self.pages.resize_with(page + 1, || None);
        }
        if let Some(slot) = self.pages.get_mut(page) {
            slot.get_or_insert_with(|| Box::new([NONE; 256]))[key as usize & 0xff] = value;
        }
    }
}

/// What a code stands for.
#[derive(Clone, Copy)]
pub enum Value {
    /// No character, but an error of the code's whole length.
    Wrong,
    One(u32),
    Two(u32, u32),
}

/// The codes of a codec or a character set.
pub struct Table {
    codes: Map,
    characters: Map,
    /// First and second character, and their common code.
    pairs: Vec<(u32, u32, u32)>,
}

/// Codes of three bytes (8F first) lie below those of two, whose first byte has its upper bit set.
fn fold(code: u32) -> u32 {
    if code > 0xffff { code & 0x7fff } else { code }
}

impl Table {
    /// What a code decodes to.
    pub fn decode(&self, code: u32) -> Option<Value> {
        let v = self.codes.get(fold(code))?;
        Some(match v {
            0 => Value::Wrong,
            v if v >> 31 == 0 => Value::One(v),
            v => Value::Two(v >> 16 & 0x7fff, v & 0xffff),
        })
    }

    /// The number recorded for a character, its code in most tables.
    pub fn encode(&self, c: u32) -> Option<u32> {
        self.characters.get(c)
    }

    /// What the table says of a character: `Some(None)` is that there is no code, whatever the rule is.
    pub fn explicit(&self, c: u32) -> Option<Option<u32>> {
        self.characters.get(c).map(|v| Some(v).filter(|&v| v != 0))
    }

    /// Whether a character may be the first of a pair with a code of its own.
    pub fn begins_pair(&self, c: u32) -> bool {
        self.pairs.iter().any(|p| p.0 == c)
    }

    /// The code of two characters.
    pub fn encode_pair(&self, a: u32, b: u32) -> Option<u32> {
        self.pairs.iter().find(|p| p.0 == a && p.1 == b).map(|p| p.2)
    }
}

/// A table as the first part describes it; the values follow when it is first used.
struct Entry {
    runs: Vec<(u32, u32)>,
    others: Vec<(u32, u32)>,
    /// Where its values begin.
    values: usize,
    table: OnceLock<Table>,
}

struct Library {
    plain: Vec<u8>,
    entries: HashMap<String, Entry>,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> u8 {
        let b = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        b
    }

    fn number(&mut self) -> u32 {
        let (mut n, mut shift) = (0u32, 0);
        loop {
            let b = self.byte();
            n |= u32::from(b & 0x7f).checked_shl(shift).unwrap_or(0);
            shift += 7;
            if b < 0x80 {
                return n;
            }
        }
    }

    fn signed(&mut self) -> i64 {
        let n = i64::from(self.number());
        if n & 1 == 0 { n >> 1 } else { !(n >> 1) }
    }
}

fn unpack() -> Library {
    let mut plain = Vec::new();
    if let Ok(mut codec) = crate::zlib::codec::Codec::inflate(15) {
        // The data is part of the binary: it is whole.
        let _ = codec.decompress(PACKED, &mut plain, usize::MAX, None);
    }
    let mut r = Reader { bytes: &plain, at: 0 };
    let length = r.number() as usize;
    let end = r.at + length;
    let mut list = Vec::new();
    while r.at < end {
        let n = r.number();
        let name: String = (0..n).map(|_| char::from(r.byte())).collect();
        let runs: Vec<_> = (0..r.number()).map(|_| (r.number(), r.number())).collect();
        let others = (0..r.number()).map(|_| (r.number(), r.number())).collect();
        list.push((name, runs, others));
    }
    let mut values = Reader { bytes: &plain, at: end };
    let mut entries = HashMap::new();
    for (name, runs, others) in list {
        let start = values.at;
        let count: u32 = runs.iter().map(|r: &(u32, u32)| r.1).sum();
        for _ in 0..count {
            values.number();
        }
        entries.insert(name, Entry { runs, others, values: start, table: OnceLock::new() });
    }
    Library { plain, entries }
}

fn build(plain: &[u8], entry: &Entry) -> Table {
    let mut t = Table { codes: Map::default(), characters: Map::default(), pairs: Vec::new() };
    let mut r = Reader { bytes: plain, at: entry.values };
    let (mut code, mut last) = (0u32, 0i64);
    for &(gap, count) in &entry.runs {
        code += gap;
        for _ in 0..count {
            let v = last + r.signed();
            if v >= PAIR {
                // Relative to the last single character, which stays.
                let v = (v - PAIR) as u32;
                t.codes.set(fold(code), v | 1 << 31);
                t.pairs.push((v >> 16, v & 0xffff, code));
            } else {
                last = v;
                t.codes.set(fold(code), v as u32);
                if v != 0 && t.characters.get(v as u32).is_none() {
                    t.characters.set(v as u32, code);
                }
            }
            code += 1;
        }
    }
    let mut c = 0;
    for &(gap, code) in &entry.others {
        c += gap;
        t.characters.set(c, code);
    }
    t
}

/// A table by name.
pub struct Named {
    name: &'static str,
    found: OnceLock<&'static Table>,
}

impl Named {
    pub const fn new(name: &'static str) -> Named {
        Named { name, found: OnceLock::new() }
    }

    pub fn get(&self) -> &'static Table {
        static LIBRARY: OnceLock<Library> = OnceLock::new();
        static EMPTY: Table = Table {
            codes: Map { pages: Vec::new() },
            characters: Map { pages: Vec::new() },
            pairs: Vec::new(),
        };
        self.found.get_or_init(|| {
            let library = LIBRARY.get_or_init(unpack);
            match library.entries.get(self.name) {
                Some(e) => e.table.get_or_init(|| build(&library.plain, e)),
                None => &EMPTY,
            }
        })
    }

    /// See `Table::explicit`.
    pub fn explicit(&self, c: u32) -> Option<Option<u32>> {
        self.get().explicit(c)
    }
}
