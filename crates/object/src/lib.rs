//! The ground floor: object header, type object layout, owned and borrowed references, allocation,
//! the garbage collector's lists and the native-stack guard.
//!
//! Everything here has CPython 3.14's memory layout (`Include/object.h`, `Include/cpython/object.h`), so
//! that compiled extension modules can use their macros on it. Nothing here knows any concrete type
//! but `type` itself: what needs one (raising `MemoryError`, say) comes in through [`hooks`].

pub mod alloc;
pub mod dealloc;
pub mod gc;
pub mod header;
pub mod hooks;
pub mod layout;
pub mod new;
pub mod refs;
pub mod reserve;
mod small;
pub mod stack;
pub mod token;
pub mod typeobj;
pub mod visit;

pub use header::{PyObject, PyVarObject};
pub use layout::{PyLayout, PyTypeInfo};
pub use new::{new_object, new_var_object};
pub use refs::{Py, Slot};
pub use token::{PyResult, Python, Raised};
pub use typeobj::PyTypeObject;
pub use visit::{Traverse, Visitor};

#[doc(hidden)]
pub use libc;
