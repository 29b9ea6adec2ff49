//! The bytecode of CPython 3.14 as plain data: the instruction table, code objects, their location and
//! exception tables, and the marshal format they are stored in. Knows nothing of Python objects.
#![forbid(unsafe_code)]

#[macro_use]
mod table;
pub mod args;
pub mod code;
mod constant;
mod exceptiontable;
mod linetable;
pub mod marshal;
mod opcode;

pub use code::Code;
pub use constant::{BigInt, Const, DIGIT_BITS, Text};
pub use exceptiontable::{ExceptionEntry, ExceptionTable, ExceptionTableWriter};
pub use linetable::{Location, LocationEntry, LocationTable, LocationTableWriter, without_columns};
pub use opcode::{
    CACHES, DEOPT, Flags, HAVE_ARGUMENT, Kind, MIN_INSTRUMENTED, MIN_PSEUDO, MIN_SPECIALIZED, OPCODE_COUNT,
    Opcode, op,
};

/// Of the bytecode and the constants of 3.14; changes whenever a `.pyc` file of before cannot be run.
pub const PYC_MAGIC_NUMBER: u32 = 3627;
/// The first four bytes of a `.pyc` file, little-endian.
pub const PYC_MAGIC_TOKEN: u32 = PYC_MAGIC_NUMBER | (b'\r' as u32) << 16 | (b'\n' as u32) << 24;

#[cfg(test)]
mod tests;
