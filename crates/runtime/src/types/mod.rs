//! The built-in types, one file or folder each. Add a type: its file, its `mod` line, its `pub use` line,
//! its entry in `static_types()`.

pub mod exceptions;

pub use exceptions::PyBaseException;
