//! What the interpreter loop keeps per interpreter.

use super::instrument::Monitoring;
use super::trace::Trace;
use crate::types::PyFunction;
use object::PyObject;
use std::cell::Cell;
use std::ptr::null;

/// Builtins that specialised calls recognise (`struct callable_cache`); owned by the interpreter.
pub struct Callables {
    pub len: Cell<*mut PyObject>,
    pub isinstance: Cell<*mut PyObject>,
    pub list_append: Cell<*mut PyObject>,
    pub all: Cell<*mut PyObject>,
    pub any: Cell<*mut PyObject>,
}

/// State of the loop, one an interpreter.
pub struct EvalState {
    pub callables: Callables,
    /// The function of the shim frame of class calls.
    pub init_shim: Cell<*const PyFunction>,
    /// The version the next code object gets; 0 once they have run out.
    pub next_code_version: Cell<u32>,
    pub monitoring: Monitoring,
    pub trace: Trace,
}

/// Version of a function whose state has changed since it was made: it is not specialised on.
pub const VERSION_CLEARED: u32 = 1;
/// Versions from here on are valid.
pub const VERSION_FIRST_VALID: u32 = 2;

impl EvalState {
    pub fn new() -> EvalState {
        EvalState {
            callables: Callables {
                len: Cell::new(std::ptr::null_mut()),
                isinstance: Cell::new(std::ptr::null_mut()),
                list_append: Cell::new(std::ptr::null_mut()),
                all: Cell::new(std::ptr::null_mut()),
                any: Cell::new(std::ptr::null_mut()),
            },
            init_shim: Cell::new(null()),
            next_code_version: Cell::new(VERSION_FIRST_VALID),
            monitoring: Monitoring::new(),
            trace: Trace::new(),
        }
    }
}

impl Default for EvalState {
    fn default() -> Self {
        Self::new()
    }
}
