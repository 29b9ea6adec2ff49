//! `sys._jit`: is there a compiled tier? The interpreter alone runs Python code so far.

use crate::prelude::*;

/// Utilities for observing just-in-time compilation.
#[pymodule(name = "sys._jit")]
pub mod _jit {
    use super::*;

    /// Can this executable compile Python code to machine code?
    #[pyfunction]
    pub fn is_available(_py: Python) -> bool {
        false
    }

    /// Is just-in-time compilation switched on in this process?
    #[pyfunction]
    pub fn is_enabled(_py: Python) -> bool {
        false
    }

    /// Is the innermost Python frame running machine code?
    #[pyfunction]
    pub fn is_active(_py: Python) -> bool {
        false
    }
}
