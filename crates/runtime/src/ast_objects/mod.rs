//! Trees as Python objects: the `_ast` classes, and the conversion in both directions.

pub mod base;
mod build;
pub mod classes;
pub mod module;
pub mod table;

use crate::compile::{Request, Text, cf, parse_source};
use crate::prelude::*;
use base::PyAst;

/// Is the object an instance of an `_ast` class?
pub fn is_ast(_py: Python, o: &PyObject) -> PyResult<bool> {
    Ok(PyAst::check(o))
}

/// Compiles a tree object.
pub fn compile_object(py: Python, o: &PyObject, rq: &Request) -> PyResult {
    if rq.flags & cf::OPTIMIZED_AST == cf::ONLY_AST {
        return Ok(o.owned());
    }
    Err(not_implemented_error(py, "compile() of a tree is not implemented yet"))
}

/// Parses source into a tree object.
pub fn parse_to_object(py: Python, text: Text, rq: &Request) -> PyResult {
    let arena = bumpalo::Bump::new();
    let tree = parse_source(py, &arena, text, rq)?;
    if rq.flags & cf::OPTIMIZED_AST == cf::OPTIMIZED_AST {
        return Err(not_implemented_error(py, "compile() to an optimized tree is not implemented yet"));
    }
    build::Builder::new(py)?.module(&tree)
}
