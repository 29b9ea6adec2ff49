//! What a Rust struct must promise to be a Python object.

use crate::header::{PyObject, PyVarObject};
use crate::refs::Py;
use crate::typeobj::{PyTypeObject, flags};

/// A `#[repr(C)]` struct that begins with the object header.
///
/// # Safety
/// The first bytes are a `PyObject`; values exist only inside Python objects of a type whose layout extends this one.
pub unsafe trait PyLayout: Sized {
    #[inline(always)]
    fn as_object(&self) -> &PyObject {
        // SAFETY: the trait's promise.
        unsafe { &*(self as *const Self as *const PyObject) }
    }

    /// A pointer for the C side; valid as long as a reference is held.
    #[inline(always)]
    fn as_ptr(&self) -> *mut PyObject {
        self as *const Self as *mut PyObject
    }

    /// A new strong reference (`Py_NewRef`).
    #[inline(always)]
    fn owned(&self) -> Py<Self> {
        self.as_object().incref();
        // SAFETY: the count was just raised for the new owner.
        unsafe { Py::from_raw_owned_typed(self as *const Self as *mut Self) }
    }
}

// SAFETY: the header itself.
unsafe impl PyLayout for PyObject {}
// SAFETY: begins with the header.
unsafe impl PyLayout for PyVarObject {}
// SAFETY: begins with the header.
unsafe impl PyLayout for PyTypeObject {}

impl std::ops::Deref for PyVarObject {
    type Target = PyObject;
    #[inline(always)]
    fn deref(&self) -> &PyObject {
        &self.ob_base
    }
}

/// A layout whose Python type is known statically. Implemented by `#[pytype]`.
///
/// # Safety
/// Every instance of `type_object()` or of a subtype has this layout.
pub unsafe trait PyTypeInfo: PyLayout {
    /// The `tp_flags` bit that marks subclasses, or 0: then the MRO is searched.
    const SUBCLASS_FLAG: u64 = 0;

    fn type_object() -> &'static PyTypeObject;

    /// Is it an instance of the type or a subclass?
    #[inline(always)]
    fn check(o: &PyObject) -> bool {
        if Self::SUBCLASS_FLAG != 0 {
            o.ty().tp_flags.get() & Self::SUBCLASS_FLAG != 0
        } else {
            o.ty().is_subtype(Self::type_object())
        }
    }

    /// Is it an instance of exactly this type?
    #[inline(always)]
    fn check_exact(o: &PyObject) -> bool {
        std::ptr::eq(o.ob_type.get(), Self::type_object())
    }
}

// SAFETY: `PyType_Type` and its subtypes extend `PyTypeObject`.
unsafe impl PyTypeInfo for PyTypeObject {
    const SUBCLASS_FLAG: u64 = flags::TYPE_SUBCLASS;
    fn type_object() -> &'static PyTypeObject {
        crate::hooks::type_type()
    }
}

impl PyObject {
    /// As a `T`, if it is an instance of `T`'s type or a subclass.
    #[inline(always)]
    pub fn downcast<T: PyTypeInfo>(&self) -> Option<&T> {
        // SAFETY: checked just now.
        if T::check(self) { Some(unsafe { self.downcast_unchecked() }) } else { None }
    }

    /// As a `T`, if its type is exactly `T`'s.
    #[inline(always)]
    pub fn downcast_exact<T: PyTypeInfo>(&self) -> Option<&T> {
        // SAFETY: checked just now.
        if T::check_exact(self) { Some(unsafe { self.downcast_unchecked() }) } else { None }
    }

    /// As a `T`, unchecked.
    ///
    /// # Safety
    /// The object has `T`'s layout.
    #[inline(always)]
    pub unsafe fn downcast_unchecked<T: PyLayout>(&self) -> &T {
        // SAFETY: the caller's promise.
        unsafe { &*(self as *const PyObject as *const T) }
    }
}
