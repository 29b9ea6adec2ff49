//! From the syntax tree to code objects: symbol table, code generation, flow graph, assembly.
#![forbid(unsafe_code)]

pub mod assemble;
pub mod consts;
pub mod instr;
