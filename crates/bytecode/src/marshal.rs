//! The marshal format: how code objects and constants are stored in `.pyc` files.
//!
//! A value is a type byte, whose top bit says that later values may refer to it, and what belongs to the
//! type. Numbers are little-endian. Versions differ in what they can say: 1 interned strings, 2 binary
//! floats, 3 references, 4 short forms of strings and tuples, 5 slices.

use std::fmt;

mod float_text;
mod read;
mod write;

pub use read::{loads, loads_code};
pub use write::{dumps, dumps_pyc_code};

/// The version written to `.pyc` files.
pub const VERSION: u32 = 5;

/// Values may be nested this deep.
const MAX_DEPTH: u32 = 2000;

/// Set in the type byte of a value that later ones may refer to.
const FLAG_REF: u8 = 0x80;

/// Type bytes.
mod tag {
    pub const NULL: u8 = b'0';
    pub const NONE: u8 = b'N';
    pub const FALSE: u8 = b'F';
    pub const TRUE: u8 = b'T';
    pub const ELLIPSIS: u8 = b'.';
    pub const INT: u8 = b'i';
    /// Written by long-gone versions only.
    pub const INT64: u8 = b'I';
    pub const LONG: u8 = b'l';
    pub const FLOAT: u8 = b'f';
    pub const BINARY_FLOAT: u8 = b'g';
    pub const COMPLEX: u8 = b'x';
    pub const BINARY_COMPLEX: u8 = b'y';
    pub const BYTES: u8 = b's';
    pub const INTERNED: u8 = b't';
    pub const UNICODE: u8 = b'u';
    pub const ASCII: u8 = b'a';
    pub const ASCII_INTERNED: u8 = b'A';
    pub const SHORT_ASCII: u8 = b'z';
    pub const SHORT_ASCII_INTERNED: u8 = b'Z';
    pub const TUPLE: u8 = b'(';
    pub const SMALL_TUPLE: u8 = b')';
    pub const FROZENSET: u8 = b'>';
    pub const SLICE: u8 = b':';
    pub const CODE: u8 = b'c';
    pub const REF: u8 = b'r';
    pub const STOP_ITERATION: u8 = b'S';
    pub const LIST: u8 = b'[';
    pub const DICT: u8 = b'{';
    pub const SET: u8 = b'<';
}

/// Why data could not be read or a value not be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MarshalError {
    /// The data ends within a value: `EOFError`.
    Truncated,
    /// There is no value at all: `EOFError`.
    Empty,
    /// `ValueError`, "bad marshal data" and the reason.
    Bad(&'static str),
    /// A list, dict, set or `StopIteration`: marshal data, but of nothing that is in a code object.
    NoConstant,
    /// `ValueError`.
    TooDeep,
    /// The version has no way to write the value: `ValueError`.
    Unmarshallable,
}

impl fmt::Display for MarshalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MarshalError::Truncated => f.write_str("marshal data too short"),
            MarshalError::Empty => f.write_str("EOF read where object expected"),
            MarshalError::Bad(why) => write!(f, "bad marshal data ({why})"),
            MarshalError::NoConstant => f.write_str("marshal data of an object that is no constant"),
            MarshalError::TooDeep => f.write_str("object too deeply nested to marshal"),
            MarshalError::Unmarshallable => f.write_str("unmarshallable object"),
        }
    }
}

impl std::error::Error for MarshalError {}
