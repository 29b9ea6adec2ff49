//! Trees as Python objects: the `_ast` classes, and the conversion in both directions.

pub mod base;
mod build;
pub mod classes;
pub mod module;
mod read;
pub mod table;

use crate::compile::{self, Request, Text, cf};
use crate::prelude::*;
use base::PyAst;

/// Is the object an instance of an `_ast` class?
pub fn is_ast(_py: Python, o: &PyObject) -> PyResult<bool> {
    Ok(PyAst::check(o))
}

/// Compiles a tree object to code, or with the flag to a checked copy of it.
pub fn compile_object(py: Python, o: &PyObject, rq: &Request) -> PyResult {
    crate::sys::hooks::audit(py, "compile", &[o, none()])?;
    let arena = bumpalo::Bump::new();
    let tree = read::Reader::new(py, &arena)?.module(o, rq.mode)?;
    compiler::validate_within(&tree, object::stack::remaining() / 2)
        .map_err(|e| compile::raise_compile_error(py, &e, rq.filename))?;
    if rq.flags & cf::ONLY_AST != 0 {
        return to_object(py, &arena, &tree, rq);
    }
    Ok(compile::compile_tree(py, &arena, &tree, rq)?.into_object())
}

/// Parses source into a tree object.
pub fn parse_to_object(py: Python, text: Text, rq: &Request) -> PyResult {
    let arena = bumpalo::Bump::new();
    let tree = compile::parse_source(py, &arena, text, rq)?;
    to_object(py, &arena, &tree, rq)
}

fn to_object<'a>(
    py: Python,
    arena: &'a bumpalo::Bump,
    tree: &syntax::ast::Mod<'a>,
    rq: &Request,
) -> PyResult {
    let check_only = rq.flags & cf::OPTIMIZED_AST == cf::ONLY_AST;
    let tree = compile::preprocess_tree(py, arena, tree, rq, check_only)?;
    build::Builder::new(py)?.module(&tree)
}
