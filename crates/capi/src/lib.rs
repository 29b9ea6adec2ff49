//! The C API: the functions and objects that extension modules find in the running program.
//!
//! One file for each header a function is declared in; each function is a thin wrapper over `runtime`. The macros [`capi!`] (may
//! raise) and [`plain!`] (cannot) write the C shape. Every exported function shares one contract, C's: the calling thread
//! is attached where CPython asks for it, object pointers are live objects or null where null is allowed, strings end with NUL. That
//! contract is what the `unsafe` blocks in the macros rest on.
#![allow(non_upper_case_globals, non_snake_case, clippy::missing_safety_doc)]

#[macro_use]
mod convert;
#[macro_use]
mod variadic;

mod abstract_;
mod buffer;
mod bytesobject;
mod call;
mod callables;
mod capsule;
mod code;
mod complexobject;
mod exceptions;
mod floatobject;
mod format;
mod frames;
mod import;
mod lifecycle;
mod longobject;
mod mappings;
mod misc;
mod modsupport;
mod moduleobject;
mod object;
mod objimpl;
mod pyerrors;
mod pymem;
mod pystate;
mod pythread;
mod run_file;
mod sequences;
mod type_spec;
mod typeobject;
mod typeslots;
mod unicode_codecs;
mod unicode_text;
mod unicodeobject;
mod version;
mod weakrefobject;
