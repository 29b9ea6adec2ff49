//! The location table (`co_linetable`): which source text each code unit came from.
//!
//! An entry begins with a byte that has its top bit set; bits 3–6 are its form, bits 0–2 the number of
//! code units it covers, less one. Lines are relative to the entry before.

/// Where a run of code units came from. A negative line means nowhere, a negative column unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Location {
    pub line: i32,
    pub end_line: i32,
    pub col: i32,
    pub end_col: i32,
}

impl Location {
    pub const NONE: Location = Location { line: -1, end_line: -1, col: -1, end_col: -1 };
}

/// One line, columns in the form and the byte after it: forms 0 to 9.
const SHORT: u8 = 0;
/// This line or one of the next two, columns in two bytes: forms 10 to 12.
const ONE_LINE: u8 = 10;
const NO_COLUMNS: u8 = 13;
const LONG: u8 = 14;
const NOWHERE: u8 = 15;

/// Code units one entry can cover.
const MAX_UNITS: u32 = 8;

/// Makes location tables, one after the other.
#[derive(Default)]
pub struct LocationTableWriter {
    bytes: Vec<u8>,
    line: i32,
}

impl LocationTableWriter {
    /// Begins the table of code that begins at `firstlineno`.
    pub fn restart(&mut self, firstlineno: i32) {
        self.bytes.clear();
        self.line = firstlineno;
    }

    /// The next `units` code units came from `loc`.
    pub fn write(&mut self, mut units: u32, loc: Location) {
        while units > 0 {
            let now = units.min(MAX_UNITS);
            self.write_entry(now, loc);
            units -= now;
        }
    }

    /// The table so far.
    pub fn table(&self) -> Box<[u8]> {
        self.bytes.as_slice().into()
    }

    fn first(&mut self, form: u8, units: u32) {
        self.bytes.push(0x80 | form << 3 | (units - 1) as u8);
    }

    fn write_entry(&mut self, units: u32, loc: Location) {
        if loc.line < 0 {
            return self.first(NOWHERE, units);
        }
        let delta = loc.line.wrapping_sub(self.line);
        let (col, end_col) = (loc.col, loc.end_col);
        if col < 0 || end_col < 0 {
            if loc.end_line == loc.line || loc.end_line == -1 {
                self.first(NO_COLUMNS, units);
                self.signed(delta);
                self.line = loc.line;
                return;
            }
        } else if loc.end_line == loc.line {
            if delta == 0 && col < 80 && end_col >= col && end_col - col < 16 {
                self.first(SHORT + (col >> 3) as u8, units);
                self.bytes.push(((col & 7) << 4 | (end_col - col)) as u8);
                return;
            }
            if (0..3).contains(&delta) && col < 128 && end_col < 128 {
                self.first(ONE_LINE + delta as u8, units);
                self.bytes.extend_from_slice(&[col as u8, end_col as u8]);
                self.line = loc.line;
                return;
            }
        }
        self.first(LONG, units);
        self.signed(delta);
        self.unsigned(loc.end_line.wrapping_sub(loc.line) as u32);
        self.unsigned(col.wrapping_add(1) as u32);
        self.unsigned(end_col.wrapping_add(1) as u32);
        self.line = loc.line;
    }

    fn unsigned(&mut self, mut n: u32) {
        while n >= 64 {
            self.bytes.push(0x40 | (n & 63) as u8);
            n >>= 6;
        }
        self.bytes.push(n as u8);
    }

    fn signed(&mut self, n: i32) {
        self.unsigned(n.unsigned_abs() << 1 | u32::from(n < 0));
    }
}

/// The same table, but with lines only.
pub fn without_columns(table: &[u8], firstlineno: i32) -> Box<[u8]> {
    let mut writer = LocationTableWriter::default();
    writer.restart(firstlineno);
    for entry in LocationTable::new(table, firstlineno) {
        let line = entry.location.line;
        let location = Location { line, end_line: line, ..Location::NONE };
        writer.write(entry.end - entry.start, location);
    }
    writer.table()
}

/// A run of code units and where it came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LocationEntry {
    pub start: u32,
    pub end: u32,
    pub location: Location,
}

/// Decodes a location table lazily. A broken table ends early or has odd locations.
#[derive(Clone)]
pub struct LocationTable<'a> {
    bytes: &'a [u8],
    unit: u32,
    line: i32,
}

impl<'a> LocationTable<'a> {
    pub fn new(bytes: &'a [u8], firstlineno: i32) -> LocationTable<'a> {
        LocationTable { bytes, unit: 0, line: firstlineno }
    }

    /// Where code unit `unit` came from.
    pub fn lookup(mut self, unit: u32) -> Option<Location> {
        self.find(|entry| unit < entry.end).map(|entry| entry.location)
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn unsigned(&mut self) -> Option<u32> {
        let mut n = 0u32;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            n |= u32::from(byte & 63).checked_shl(shift).unwrap_or(0);
            shift += 6;
            if byte & 0x40 == 0 {
                return Some(n);
            }
        }
    }

    fn signed(&mut self) -> Option<i32> {
        let n = self.unsigned()?;
        let magnitude = (n >> 1) as i32;
        Some(if n & 1 != 0 { magnitude.wrapping_neg() } else { magnitude })
    }
}

impl Iterator for LocationTable<'_> {
    type Item = LocationEntry;

    fn next(&mut self) -> Option<LocationEntry> {
        let first = self.byte()?;
        let start = self.unit;
        self.unit = start.saturating_add(u32::from(first & 7) + 1);
        let location = match first >> 3 & 15 {
            NOWHERE => Location::NONE,
            NO_COLUMNS => {
                self.line = self.line.wrapping_add(self.signed()?);
                Location { line: self.line, end_line: self.line, col: -1, end_col: -1 }
            }
            LONG => {
                self.line = self.line.wrapping_add(self.signed()?);
                let end_line = self.line.wrapping_add(self.unsigned()? as i32);
                let col = (self.unsigned()? as i32).wrapping_sub(1);
                let end_col = (self.unsigned()? as i32).wrapping_sub(1);
                Location { line: self.line, end_line, col, end_col }
            }
            form @ ONE_LINE.. => {
                self.line = self.line.wrapping_add(i32::from(form - ONE_LINE));
                let (col, end_col) = (i32::from(self.byte()?), i32::from(self.byte()?));
                Location { line: self.line, end_line: self.line, col, end_col }
            }
            form => {
                let second = self.byte()?;
                let col = i32::from(form) << 3 | i32::from(second >> 4 & 7);
                Location { line: self.line, end_line: self.line, col, end_col: col + i32::from(second & 15) }
            }
        };
        Some(LocationEntry { start, end: self.unit, location })
    }
}
