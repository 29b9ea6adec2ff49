//! The built-in types, one file or folder each. Add a type: its file, its `mod` line, its `pub use` line,
//! its entry in `static_types()`.

/// Declares a type's static and its Rust traits by hand. Stands in for `#[pytype]` until that attribute is there.
macro_rules! declare_type {
    ($t:ident, $base:ident, $symbol:ident, $name:literal, $flag:expr) => {
        #[unsafe(no_mangle)]
        pub static $symbol: ::object::PyTypeObject = ::object::PyTypeObject::EMPTY;
        // SAFETY: `repr(C)`, begins with its base's layout.
        unsafe impl ::object::PyLayout for $t {}
        impl ::std::ops::Deref for $t {
            type Target = $base;
            #[inline(always)]
            fn deref(&self) -> &$base {
                &self.ob_base
            }
        }
        // SAFETY: the static is the type of these objects.
        unsafe impl ::object::PyTypeInfo for $t {
            const SUBCLASS_FLAG: u64 = $flag;
            #[inline(always)]
            fn type_object() -> &'static ::object::PyTypeObject {
                &$symbol
            }
        }
    };
}

pub mod bool_;
pub mod bounds;
pub mod buffer;
pub mod bytearray;
pub mod bytes_;
pub mod code;
pub mod complex;
pub mod dict;
pub mod exceptions;
pub mod float;
pub mod frame;
pub mod function;
pub mod generator;
pub mod int;
pub mod iter;
pub mod list;
pub mod memoryview;
mod memory;
pub mod range;
pub mod repr_guard;
pub mod set_;
pub mod slice;
pub mod str_;
pub mod structseq;
pub mod traceback;
pub mod tuple;

pub use bool_::PyBool;
pub use bytearray::PyByteArray;
pub use bytes_::PyBytes;
pub use code::PyCode;
pub use complex::PyComplex;
pub use dict::PyDict;
pub use exceptions::PyBaseException;
pub use float::PyFloat;
pub use frame::PyFrame;
pub use function::PyFunction;
pub use generator::{PyAsyncGen, PyCoroutine, PyGenerator};
pub use int::PyInt;
pub use list::PyList;
pub use range::PyRange;
pub use set_::{PyFrozenSet, PySet};
pub use slice::PySlice;
pub use str_::{PyStr, StrBuilder, StrView};
pub use traceback::PyTraceback;
pub use tuple::PyTuple;
