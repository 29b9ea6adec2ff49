//! Special methods of `with` blocks.

use crate::abstract_::ObjectExt;
use crate::errors::*;
use crate::types::PyStr;
use crate::types::type_::TypeExt;
use crate::types::type_::dispatch;
use bytecode::args::special;
use object::{Py, PyObject, PyResult, Python, Raised};

fn name(py: Python, oparg: u32) -> &'static PyStr {
    match oparg {
        special::ENTER => crate::intern!(py, "__enter__"),
        special::EXIT => crate::intern!(py, "__exit__"),
        special::AENTER => crate::intern!(py, "__aenter__"),
        _ => crate::intern!(py, "__aexit__"),
    }
}

/// The special method, and whether it is still to be given its `self`.
pub fn load(py: Python, o: &PyObject, oparg: u32) -> PyResult<(Py, bool)> {
    match dispatch::find(py, o, name(py, oparg))? {
        Some(m) => Ok((m.function, m.unbound)),
        None => Err(missing(py, o, oparg)),
    }
}

#[cold]
fn missing(py: Python, o: &PyObject, oparg: u32) -> Raised {
    let has = |oparg: u32| dispatch::find(py, o, name(py, oparg)).map(|m| m.is_some());
    let ty = match o.ty().full_name(py) {
        Ok(t) => t,
        Err(e) => return e,
    };
    let (protocol, lacks, other, hint) = match oparg {
        special::ENTER => ("context manager", "__enter__", special::AENTER, "async with"),
        special::EXIT => ("context manager", "__exit__", special::AEXIT, "async with"),
        special::AENTER => ("asynchronous context manager", "__aenter__", special::ENTER, "with"),
        _ => ("asynchronous context manager", "__aexit__", special::EXIT, "with"),
    };
    // Both methods of the other protocol must be there for the hint.
    let partner = match other {
        special::ENTER => special::EXIT,
        special::EXIT => special::ENTER,
        special::AENTER => special::AEXIT,
        _ => special::AENTER,
    };
    let also = match (has(other), has(partner)) {
        (Ok(a), Ok(b)) => a && b,
        (Err(e), _) | (_, Err(e)) => return e,
    };
    let kind = if oparg == special::ENTER || oparg == special::EXIT { "" } else { "asynchronous " };
    let also_kind = if kind.is_empty() { "asynchronous " } else { "" };
    let text = format!("'{ty}' object does not support the {protocol} protocol (missed {lacks} method)");
    type_error(
        py,
        if also {
            format!(
                "{text} but it supports the {also_kind}context manager protocol. Did you mean to use '{hint}'?"
            )
        } else {
            text
        },
    )
}

/// Calls `__exit__` with what `sys.exc_info()` would say of `exc`.
pub fn call_exit(py: Python, exit: &PyObject, this: Option<&PyObject>, exc: &PyObject) -> PyResult {
    let tb = exc
        .downcast::<crate::types::PyBaseException>()
        .and_then(|e| e.traceback.get_owned())
        .unwrap_or_else(crate::singletons::none_owned);
    let ty = exc.ty().object();
    match this {
        Some(this) => exit.call(py, &[this, ty, exc, &tb]),
        None => exit.call(py, &[ty, exc, &tb]),
    }
}
