//! From the syntax tree to code objects: symbol table, code generation, flow graph, assembly.
#![forbid(unsafe_code)]

pub mod assemble;
pub mod consts;
mod error;
mod flowgraph;
mod future;
pub mod instr;
pub mod names;
pub mod symtable;

pub use error::{
    ALLOW_TOP_LEVEL_AWAIT, CompileError, CompileOptions, DEFAULT_STACK_BUDGET, ErrorKind, FUTURE_ANNOTATIONS,
    FUTURE_BARRY_AS_BDFL, Position, Warning,
};
