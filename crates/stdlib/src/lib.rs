//! The accelerator modules of the standard library, one file or folder each, named as Python names them.

use runtime::import::BuiltinModule;

/// All modules of this crate.
pub const MODULES: &[BuiltinModule] = &[];
