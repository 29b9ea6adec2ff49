//! The Python runtime: types, protocols, interpreter, errors, imports and state.
//!
//! Read `ARCHITECTURE.md` first. [`prelude`] is what every type's file imports.

extern crate self as runtime;

pub mod abstract_;
pub mod args;
pub mod codecs;
pub mod errors;
pub mod glue;
pub mod hash;
pub mod intern;
pub mod interp;
pub mod prelude;
pub mod singletons;
pub mod state;
pub mod suggest;
pub mod types;
