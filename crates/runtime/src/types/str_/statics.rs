//! The static, immortal strings: the empty one and the 256 one-character strings of Latin-1.

use super::{PyCompactStr, PyStr, PyUnicode_Type, intern, state};
use object::{Py, PyLayout, PyObject};
use std::cell::Cell;
use std::ptr;

const ASCII_STATE: u32 =
    state::INTERNED_IMMORTAL_STATIC | 1 << state::KIND_SHIFT | state::COMPACT | state::ASCII | state::STATIC;
const LATIN1_STATE: u32 = ASCII_STATE & !state::ASCII;

/// Room of one ASCII string with up to one character.
#[repr(C)]
struct AsciiChar {
    head: PyStr,
    data: [u8; 8],
}

/// Room of one Latin-1 string of one character.
#[repr(C)]
struct Latin1Char {
    head: PyCompactStr,
    data: [u8; 8],
}

// SAFETY: immortal objects; their cells are only touched under the interpreter lock.
unsafe impl Sync for AsciiChar {}
// SAFETY: as above.
unsafe impl Sync for Latin1Char {}

const fn head(len: isize, state: u32) -> PyStr {
    PyStr {
        ob_base: PyObject::static_header(&PyUnicode_Type),
        length: Cell::new(len),
        hash: Cell::new(-1),
        state: Cell::new(state),
    }
}

const fn ascii_char(b: u8) -> AsciiChar {
    AsciiChar { head: head(1, ASCII_STATE), data: [b, 0, 0, 0, 0, 0, 0, 0] }
}

const fn latin1_char(b: u8) -> Latin1Char {
    Latin1Char {
        head: PyCompactStr {
            base: head(1, LATIN1_STATE),
            utf8_length: Cell::new(0),
            utf8: Cell::new(ptr::null_mut()),
        },
        data: [b, 0, 0, 0, 0, 0, 0, 0],
    }
}

static EMPTY: AsciiChar = AsciiChar { head: head(0, ASCII_STATE), data: [0; 8] };

static ASCII: [AsciiChar; 128] = {
    let mut a = [const { ascii_char(0) }; 128];
    let mut i = 0;
    while i < 128 {
        a[i].data[0] = i as u8;
        i += 1;
    }
    a
};

/// The same characters in UTF-8, kept with them as text that was asked for its UTF-8 keeps it.
static LATIN1_UTF8: [[u8; 3]; 128] = {
    let mut a = [[0; 3]; 128];
    let mut i = 0;
    while i < 128 {
        a[i] = [0xc2 + (i >> 6) as u8, 0x80 | (i & 0x3f) as u8, 0];
        i += 1;
    }
    a
};

static LATIN1: [Latin1Char; 128] = {
    let mut a = [const { latin1_char(0) }; 128];
    let mut i = 0;
    while i < 128 {
        a[i].data[0] = 128 + i as u8;
        a[i].head.utf8 = Cell::new((&raw const LATIN1_UTF8[i]) as *mut _);
        a[i].head.utf8_length = Cell::new(2);
        i += 1;
    }
    a
};

/// The empty string.
#[inline(always)]
pub fn empty() -> &'static PyStr {
    &EMPTY.head
}

/// The string of one Latin-1 character.
#[inline(always)]
pub fn latin1(b: u8) -> &'static PyStr {
    if b < 128 { &ASCII[b as usize].head } else { &LATIN1[b as usize - 128].head.base }
}

impl PyStr {
    /// A reference to an immortal string: no count changes.
    #[inline(always)]
    pub(crate) fn owned_str(&'static self) -> Py<PyStr> {
        // SAFETY: immortal.
        unsafe { Py::from_raw_owned(self.as_ptr()) }
    }
}

/// Enters the static strings into the interning table. Called once, after the hash secret is set.
pub(super) fn intern_all(table: &mut intern::Table) {
    table.insert(empty());
    for b in 0..=255 {
        table.insert(latin1(b));
    }
}
