//! The native-stack guard as Python sees it.

use crate::errors::recursion_error;
use object::{PyResult, Python, stack};

/// Raises `RecursionError` when the native stack is about to run out. `place` continues the message
/// ("maximum recursion depth exceeded" + place), as in `Py_EnterRecursiveCall`.
#[inline(always)]
pub fn enter_recursive_call(py: Python, place: &str) -> PyResult<()> {
    if stack::is_short() { Err(too_deep(py, place)) } else { Ok(()) }
}

#[cold]
#[inline(never)]
fn too_deep(py: Python, place: &str) -> object::Raised {
    // Making the exception needs stack too: let it dip into the margin.
    let _room = stack::Headroom::open();
    recursion_error(py, format!("Stack overflow (used {} kB){place}", stack::used() / 1024))
}
