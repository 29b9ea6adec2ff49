//! What the ground floor needs from above, set once when the runtime starts.

use crate::token::Raised;
use crate::typeobj::PyTypeObject;
use std::sync::OnceLock;

/// Functions and objects supplied by the runtime.
pub struct Hooks {
    /// Sets `MemoryError` in the current thread state.
    pub no_memory: fn() -> Raised,
    /// `PyType_Type`.
    pub type_type: &'static PyTypeObject,
    /// Asks the interpreter loop for a collection at the next safepoint; called when allocations cross the threshold.
    pub schedule_collection: fn(),
}

static HOOKS: OnceLock<Hooks> = OnceLock::new();

/// Installs the hooks. Later calls change nothing.
pub fn install(hooks: Hooks) {
    let _ = HOOKS.set(hooks);
}

#[cold]
pub(crate) fn no_memory() -> Raised {
    match HOOKS.get() {
        Some(h) => (h.no_memory)(),
        None => Raised::pending(),
    }
}

pub(crate) fn schedule_collection() {
    if let Some(h) = HOOKS.get() {
        (h.schedule_collection)()
    }
}

/// `PyType_Type`. Aborts when asked before the runtime installed it, which no Python code can bring about.
pub fn type_type() -> &'static PyTypeObject {
    match HOOKS.get() {
        Some(h) => h.type_type,
        None => std::process::abort(),
    }
}
