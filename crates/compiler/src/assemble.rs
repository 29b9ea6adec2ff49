//! From an instruction sequence to a code object: the flow graph passes, then bytes and tables.

use std::fmt;

use bytecode::{Code, Text};

use crate::consts::{ConstTable, NameTable};
use crate::instr::InstrSeq;

/// What code generation knows of a scope besides its instructions.
#[derive(Debug)]
pub struct Unit<'a> {
    pub name: Text,
    pub qualname: Text,
    pub filename: Text,
    /// `co_flags`, complete.
    pub flags: u32,
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub firstlineno: i32,
    pub consts: ConstTable,
    pub names: NameTable<'a>,
    pub varnames: NameTable<'a>,
    /// Opargs of cell instructions count these first …
    pub cellvars: NameTable<'a>,
    /// … and then these.
    pub freevars: NameTable<'a>,
    /// Locals that exist inside an inlined comprehension only.
    pub fast_hidden: Vec<&'a str>,
}

/// Why a scope could not be assembled. Each of these is a limit of the code object or of a scope no
/// compiler would emit (which Python code can hand in through trees of its own making).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AssembleError {
    TooManyLocals,
    TooMuchCode,
    StackTooDeep,
    Malformed(&'static str),
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AssembleError::TooManyLocals => "too many locals",
            AssembleError::TooMuchCode => "code object is too large",
            AssembleError::StackTooDeep => "too much stack",
            AssembleError::Malformed(what) => what,
        })
    }
}

impl std::error::Error for AssembleError {}

/// Optimises the instructions of a scope and makes its code object.
pub fn optimize_and_assemble(seq: InstrSeq, unit: Unit<'_>) -> Result<Code, AssembleError> {
    let _ = (seq, unit);
    Err(AssembleError::Malformed("the flow graph is not in yet"))
}
