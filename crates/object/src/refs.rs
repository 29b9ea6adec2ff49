//! Owned references: [`Py`] and the nullable field [`Slot`].

use crate::header::PyObject;
use crate::layout::{PyLayout, PyTypeInfo};
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::{self, NonNull};

/// An owned (strong) reference to an object with layout `T`. One word, never null. Cloning increments the
/// count, dropping decrements it, which can run arbitrary Python code. Stays on threads that are attached.
#[repr(transparent)]
pub struct Py<T: PyLayout = PyObject>(NonNull<T>);

impl<T: PyLayout> Py<T> {
    /// Takes over a reference ("steals" it).
    ///
    /// # Safety
    /// `p` is a valid object with layout `T`, and the caller owns the reference it gives away.
    #[inline(always)]
    pub unsafe fn from_raw_owned_typed(p: *mut T) -> Py<T> {
        // SAFETY: the caller's promise.
        Py(unsafe { NonNull::new_unchecked(p) })
    }

    /// Takes over a reference from C ("steals" it).
    ///
    /// # Safety
    /// As [`from_raw_owned_typed`](Self::from_raw_owned_typed).
    #[inline(always)]
    pub unsafe fn from_raw_owned(p: *mut PyObject) -> Py<T> {
        // SAFETY: the caller's promise.
        Py(unsafe { NonNull::new_unchecked(p as *mut T) })
    }

    /// Takes over a reference that may be null.
    ///
    /// # Safety
    /// As [`from_raw_owned`](Self::from_raw_owned) when not null.
    #[inline(always)]
    pub unsafe fn from_raw_owned_or_opt(p: *mut PyObject) -> Option<Py<T>> {
        NonNull::new(p as *mut T).map(Py)
    }

    /// Makes a new reference to a borrowed pointer.
    ///
    /// # Safety
    /// `p` is a valid object with layout `T`.
    #[inline(always)]
    pub unsafe fn from_raw_borrowed(p: *mut PyObject) -> Py<T> {
        // SAFETY: the caller's promise.
        unsafe { (*(p as *mut T)).owned() }
    }

    /// Gives the reference away, typically to C.
    #[inline(always)]
    pub fn into_raw(self) -> *mut PyObject {
        ManuallyDrop::new(self).0.as_ptr() as *mut PyObject
    }

    /// The same reference without its static type.
    #[inline(always)]
    pub fn into_object(self) -> Py<PyObject> {
        // SAFETY: ownership moves, and every layout begins with the header.
        unsafe { Py::from_raw_owned(self.into_raw()) }
    }

    /// The same reference with another layout.
    ///
    /// # Safety
    /// The object has layout `U`.
    #[inline(always)]
    pub unsafe fn cast_unchecked<U: PyLayout>(self) -> Py<U> {
        // SAFETY: the caller's promise.
        unsafe { Py::from_raw_owned(self.into_raw()) }
    }

    /// As a `U` if it is an instance of that type or a subclass; otherwise the reference comes back.
    #[inline]
    pub fn downcast_into<U: PyTypeInfo>(self) -> Result<Py<U>, Py<T>> {
        if U::check(self.as_object()) {
            // SAFETY: checked just now.
            Ok(unsafe { self.cast_unchecked() })
        } else {
            Err(self)
        }
    }
}

impl<T: PyLayout> Deref for Py<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: an owned reference keeps its object alive.
        unsafe { self.0.as_ref() }
    }
}

impl<T: PyLayout> Clone for Py<T> {
    #[inline(always)]
    fn clone(&self) -> Py<T> {
        (**self).owned()
    }
}

impl<T: PyLayout> Drop for Py<T> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: this reference is owned and given up here.
        unsafe { PyObject::decref(self.0.as_ptr() as *mut PyObject) }
    }
}

impl<T: PyLayout> AsRef<PyObject> for Py<T> {
    fn as_ref(&self) -> &PyObject {
        self.as_object()
    }
}

impl<T: PyLayout> std::fmt::Debug for Py<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Py({:p})", self.0)
    }
}

impl<T: PyLayout + std::fmt::Display> std::fmt::Display for Py<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

/// A nullable owned reference as a mutable field of an object. One word, null when empty.
#[repr(transparent)]
pub struct Slot<T: PyLayout = PyObject>(Cell<*mut T>);

impl<T: PyLayout> Slot<T> {
    pub const fn empty() -> Slot<T> {
        Slot(Cell::new(ptr::null_mut()))
    }

    #[inline]
    pub fn new(value: Option<Py<T>>) -> Slot<T> {
        Slot(Cell::new(value.map_or(ptr::null_mut(), |v| v.into_raw() as *mut T)))
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.0.get().is_null()
    }

    /// A new reference to the content.
    #[inline(always)]
    pub fn get_owned(&self) -> Option<Py<T>> {
        // SAFETY: a non-null slot holds an owned reference.
        unsafe { self.0.get().as_ref() }.map(T::owned)
    }

    /// The content, borrowed.
    ///
    /// # Safety
    /// The slot is not changed, and no code runs that could change it, while the borrow is used.
    #[inline(always)]
    pub unsafe fn get(&self) -> Option<&T> {
        // SAFETY: the caller's promise.
        unsafe { self.0.get().as_ref() }
    }

    /// The raw content.
    #[inline(always)]
    pub fn as_ptr(&self) -> *mut PyObject {
        self.0.get() as *mut PyObject
    }

    /// Stores a value, then releases the old one (which may run Python code).
    #[inline]
    pub fn set(&self, value: Option<Py<T>>) {
        drop(self.replace(value));
    }

    /// Stores a value and hands out the old one.
    #[inline]
    pub fn replace(&self, value: Option<Py<T>>) -> Option<Py<T>> {
        let new = value.map_or(ptr::null_mut(), |v| v.into_raw() as *mut T);
        NonNull::new(self.0.replace(new)).map(Py)
    }

    #[inline]
    pub fn take(&self) -> Option<Py<T>> {
        self.replace(None)
    }
}

impl<T: PyLayout> Default for Slot<T> {
    fn default() -> Self {
        Slot::empty()
    }
}

impl<T: PyLayout> Drop for Slot<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl<T: PyLayout> From<Py<T>> for Slot<T> {
    fn from(v: Py<T>) -> Slot<T> {
        Slot::new(Some(v))
    }
}
