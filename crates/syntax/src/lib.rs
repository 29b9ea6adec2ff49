//! Python source text to tree: tokenizer, parser and syntax errors. Knows nothing of objects or bytecode.
#![forbid(unsafe_code)]

pub mod ast;
