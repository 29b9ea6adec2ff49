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
pub mod capsule;
pub mod cell;
pub mod cfunction;
pub mod classmethod;
pub mod code;
pub mod complex;
pub mod descr;
pub mod dict;
pub mod ellipsis;
pub mod enumerate_;
pub mod exceptions;
pub mod float;
pub mod frame;
pub mod function;
pub mod generator;
pub mod generic_alias;
pub mod generic_alias_iter;
mod init;
pub mod int;
pub mod iter;
pub mod list;
pub mod map_filter;
pub mod memoryview;
pub mod method;
pub mod module;
pub mod namespace;
pub mod none;
pub mod object_;
pub mod picklebuffer;
pub mod property;
pub mod range;
pub mod repr_guard;
pub mod reversed;
pub mod set_;
pub mod slice;
pub mod str_;
pub mod structseq;
pub mod super_;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod type_;
pub mod typevar;
pub mod union;
pub mod weakref;
pub mod zip;

pub use bool_::PyBool;
pub use bytearray::PyByteArray;
pub use bytes_::PyBytes;
pub use capsule::PyCapsule;
pub use cell::PyCell;
pub use cfunction::{PyCFunction, PyCMethod};
pub use classmethod::{PyClassMethod, PyStaticMethod};
pub use code::PyCode;
pub use complex::PyComplex;
pub use dict::{PyDict, PyDictItems, PyDictKeys, PyDictValues};
pub use enumerate_::PyEnumerate;
pub use exceptions::PyBaseException;
pub use float::PyFloat;
pub use frame::{PyFrame, PyFrameLocalsProxy};
pub use function::PyFunction;
pub use generator::{PyAsyncGen, PyCoroutine, PyGenerator};
pub use generic_alias::PyGenericAlias;
pub use init::{init, static_types};
pub use int::PyInt;
pub use iter::{PyCallIter, PySeqIter};
pub use list::PyList;
pub use map_filter::{PyFilter, PyMap};
pub use memoryview::PyMemoryView;
pub use method::{PyInstanceMethod, PyMethod};
pub use module::PyModule;
pub use namespace::PyNamespace;
pub use none::PyNone;
pub use picklebuffer::PyPickleBuffer;
pub use property::PyProperty;
pub use range::{PyRange, PyRangeIter};
pub use reversed::PyReversed;
pub use set_::{PyFrozenSet, PySet};
pub use slice::PySlice;
pub use str_::{PyStr, StrBuilder, StrView};
pub use super_::PySuper;
pub use traceback::PyTraceback;
pub use tuple::PyTuple;
pub use union::PyUnion;
pub use weakref::PyWeakRef;
pub use zip::PyZip;

mod memory;
