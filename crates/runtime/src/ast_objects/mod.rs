//! Trees as Python objects: the `_ast` classes, and the conversion in both directions.

use crate::compile::{Request, Text};
use crate::prelude::*;

/// Is the object an instance of an `_ast` class? None exist yet.
pub fn is_ast(_py: Python, _o: &PyObject) -> PyResult<bool> {
    Ok(false)
}

/// Compiles a tree object.
pub fn compile_object(py: Python, _o: &PyObject, _rq: &Request) -> PyResult {
    Err(not_implemented_error(py, "compile() of a tree is not implemented yet"))
}

/// Parses source into a tree object.
pub fn parse_to_object(py: Python, _text: Text, _rq: &Request) -> PyResult {
    Err(not_implemented_error(py, "compile() to a tree is not implemented yet"))
}
