//! The Python runtime: types, protocols, interpreter, errors, imports and state.
//!
//! Read `ARCHITECTURE.md` first. [`prelude`] is what every type's file imports.

extern crate self as runtime;

pub mod abstract_;
pub mod args;
pub mod ast_objects;
pub mod builtins;
pub mod codecs;
pub mod compile;
pub mod context;
pub mod errors;
pub mod format;
pub mod fs;
pub mod gc;
pub mod glue;
pub mod hash;
pub mod import;
pub mod interactive;
pub mod intern;
pub mod interp;
pub mod lifecycle;
pub mod marshal;
pub mod prelude;
pub mod pytime;
pub mod signals;
pub mod singletons;
pub mod state;
pub mod suggest;
pub mod sync;
pub mod sys;
pub mod types;
pub mod unicode;

/// The modules this crate itself provides.
pub const RUNTIME_MODULES: &[import::BuiltinModule] = &[
    import::BuiltinModule { name: "_ast", def: &ast_objects::module::ast::MODULE },
    import::BuiltinModule { name: "_imp", def: &import::imp_module::imp::MODULE },
    import::BuiltinModule { name: "gc", def: &gc::gc_module::MODULE },
    import::BuiltinModule { name: "marshal", def: &marshal::marshal::MODULE },
];

/// The first four bytes of a `.pyc` file of this version.
pub const PYC_MAGIC: [u8; 4] = bytecode::PYC_MAGIC_TOKEN.to_le_bytes();
