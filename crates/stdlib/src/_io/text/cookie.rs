//! The numbers `tell` gives: a position in the bytes, and how to get from there to the character.

use runtime::prelude::*;

/// Bytes of a cookie: 8 for the position, 4 for each of the three next fields, 1 for the last.
const SIZE: usize = 21;

/// A position in a stream of text.
#[derive(Clone, Copy, Default)]
pub(super) struct Cookie {
    /// A position in the bytes where the decoder holds nothing back.
    pub start: i64,
    /// The decoder's flags there.
    pub flags: i32,
    /// Bytes to give to the decoder from there.
    pub feed: i32,
    /// Characters to skip of what it makes of them.
    pub skip: i32,
    /// The decoder must be told that this is the end.
    pub at_end: bool,
}

impl Cookie {
    /// As an int.
    pub fn to_int(self, py: Python) -> PyResult<Py<PyInt>> {
        let mut b = [0u8; SIZE];
        b[..8].copy_from_slice(&self.start.to_le_bytes());
        b[8..12].copy_from_slice(&self.flags.to_le_bytes());
        b[12..16].copy_from_slice(&self.feed.to_le_bytes());
        b[16..20].copy_from_slice(&self.skip.to_le_bytes());
        b[20] = u8::from(self.at_end);
        PyInt::from_byte_slice(py, &b, false, false)
    }

    /// From an int.
    ///
    /// Errors: `OverflowError` for one that is too large.
    pub fn from_int(py: Python, n: &PyInt) -> PyResult<Cookie> {
        let mut b = [0u8; SIZE];
        n.write_bytes(py, &mut b, false, false)?;
        let word = |at: usize| i32::from_le_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]]);
        Ok(Cookie {
            start: i64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]),
            flags: word(8),
            feed: word(12),
            skip: word(16),
            at_end: b[20] != 0,
        })
    }
}
