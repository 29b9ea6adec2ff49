//! The object protocols (`Include/abstract.h`, `Objects/abstract.c`'s ground): what any object can be asked, by slot.
//!
//! [`ObjectExt`] gives them as methods of `&PyObject`; the number protocol is in [`number`].

pub mod call;
mod instance;
pub mod item;
mod iter;
pub mod number;
mod object_ext;

pub use instance::{is_instance, is_subclass, plain_is_instance, plain_is_subclass};
pub use item::{is_mapping, is_sequence};
pub use object_ext::{CompareOp, ObjectExt, no_attribute};
