//! The accelerator modules of the standard library, one file or folder each, named as Python names them.

mod _abc;
mod _contextvars;
mod _thread;
mod _warnings;
mod _weakref;
mod atexit;

use runtime::import::BuiltinModule;

/// All modules of this crate.
pub const MODULES: &[BuiltinModule] = &[
    BuiltinModule { name: "_abc", def: &_abc::_abc::MODULE },
    BuiltinModule { name: "_contextvars", def: &_contextvars::_contextvars::MODULE },
    BuiltinModule { name: "_thread", def: &_thread::_thread::MODULE },
    BuiltinModule { name: "_warnings", def: &_warnings::_warnings::MODULE },
    BuiltinModule { name: "_weakref", def: &_weakref::_weakref::MODULE },
    BuiltinModule { name: "atexit", def: &atexit::atexit::MODULE },
];
