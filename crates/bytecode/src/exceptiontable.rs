//! The exception table (`co_exceptiontable`): which handler covers which code units.
//!
//! Entries are sorted and do not overlap. An entry is four numbers (start, length, target, depth and
//! whether to push the offset), each in groups of six bits, most significant first, bit 6 set where more
//! follow; the first byte of an entry has its top bit set.

/// One protected range, in code units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExceptionEntry {
    pub start: u32,
    /// Exclusive.
    pub end: u32,
    /// Where the handler begins.
    pub target: u32,
    /// The stack is cut to this depth before the handler runs.
    pub depth: u32,
    /// The offset of the instruction that raised is pushed before the exception.
    pub lasti: bool,
}

/// Makes exception tables, one after the other.
#[derive(Default)]
pub struct ExceptionTableWriter {
    bytes: Vec<u8>,
}

impl ExceptionTableWriter {
    /// Entries have to come in order.
    pub fn write(&mut self, entry: ExceptionEntry) {
        let first = self.bytes.len();
        self.number(entry.start);
        self.number(entry.end.saturating_sub(entry.start));
        self.number(entry.target);
        self.number(entry.depth << 1 | u32::from(entry.lasti));
        self.bytes[first] |= 0x80;
    }

    /// Begins another table.
    pub fn restart(&mut self) {
        self.bytes.clear();
    }

    /// The table so far.
    pub fn table(&self) -> Box<[u8]> {
        self.bytes.as_slice().into()
    }

    fn number(&mut self, n: u32) {
        for shift in [24, 18, 12, 6] {
            if n >= 1 << shift {
                self.bytes.push(0x40 | (n >> shift & 63) as u8);
            }
        }
        self.bytes.push((n & 63) as u8);
    }
}

/// Decodes an exception table lazily. A broken table ends early or has odd entries.
#[derive(Clone)]
pub struct ExceptionTable<'a> {
    bytes: &'a [u8],
}

impl<'a> ExceptionTable<'a> {
    pub fn new(bytes: &'a [u8]) -> ExceptionTable<'a> {
        ExceptionTable { bytes }
    }

    /// The entry that covers code unit `unit`.
    pub fn lookup(&self, unit: u32) -> Option<ExceptionEntry> {
        // Bisect to a short range, on whose first entry every byte leads back by its missing top bit.
        let (mut low, mut high) = (0, self.bytes.len());
        while high - low > 40 {
            let mut middle = (low + high) / 2;
            while middle > low && self.bytes[middle] & 0x80 == 0 {
                middle -= 1;
            }
            let start = ExceptionTable::new(&self.bytes[middle..]).number()?;
            if middle == low {
                break;
            }
            if start <= unit { low = middle } else { high = middle }
        }
        let entries = ExceptionTable::new(&self.bytes[low..]);
        entries.take_while(|entry| entry.start <= unit).find(|entry| unit < entry.end)
    }

    fn number(&mut self) -> Option<u32> {
        let mut n = 0u32;
        loop {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            n = n << 6 | u32::from(byte & 63);
            if byte & 0x40 == 0 {
                return Some(n);
            }
        }
    }
}

impl Iterator for ExceptionTable<'_> {
    type Item = ExceptionEntry;

    fn next(&mut self) -> Option<ExceptionEntry> {
        let start = self.number()?;
        let end = start.saturating_add(self.number()?);
        let target = self.number()?;
        let last = self.number()?;
        Some(ExceptionEntry { start, end, target, depth: last >> 1, lasti: last & 1 != 0 })
    }
}
