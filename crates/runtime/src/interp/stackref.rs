//! Values on the evaluation stack: tagged words with CPython's tags (`Include/internal/pycore_stackref.h`).
//!
//! Bit 0 set means "no reference is counted for this word": immortal objects and borrowed references. `NULL` is the tag
//! alone. Both low bits set mean a small signed integer (used for the instruction index on the exception stack).

use crate::singletons::{none, py_bool};
use object::{Py, PyLayout, PyObject};
use std::cell::Cell;

const TAG_REFCNT: usize = 1;
const INT_TAG: usize = 3;

/// One stack word. `Copy` on purpose: the stack is raw memory and ownership is moved by the instructions.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StackRef(usize);

impl StackRef {
    pub const NULL: StackRef = StackRef(TAG_REFCNT);

    #[inline(always)]
    pub fn is_null(self) -> bool {
        self.0 == TAG_REFCNT
    }

    /// The raw word, for code that stores frames elsewhere.
    #[inline(always)]
    pub fn bits(self) -> usize {
        self.0
    }

    /// Takes over an owned reference.
    #[inline(always)]
    pub fn from_owned<T: PyLayout>(o: Py<T>) -> StackRef {
        let tag = o.as_object().is_immortal() as usize;
        StackRef(o.into_raw() as usize | tag)
    }

    /// Takes over an owned reference that is known not to be immortal (or need not be marked as such).
    #[inline(always)]
    pub fn from_owned_mortal<T: PyLayout>(o: Py<T>) -> StackRef {
        StackRef(o.into_raw() as usize)
    }

    /// Makes a new reference.
    #[inline(always)]
    pub fn from_new(o: &PyObject) -> StackRef {
        if o.is_immortal() {
            StackRef(o.as_ptr() as usize | TAG_REFCNT)
        } else {
            // The plain count: the immortality check was just made.
            o.incref_mortal();
            StackRef(o.as_ptr() as usize)
        }
    }

    /// Makes a new reference to an object known to be mortal.
    #[inline(always)]
    pub fn from_new_mortal(o: &PyObject) -> StackRef {
        o.incref_mortal();
        StackRef(o.as_ptr() as usize)
    }

    /// A word that counts no reference: for immortal objects, and for objects something else keeps alive while it is used.
    #[inline(always)]
    pub fn from_borrowed(o: &PyObject) -> StackRef {
        StackRef(o.as_ptr() as usize | TAG_REFCNT)
    }

    #[inline(always)]
    pub fn none() -> StackRef {
        StackRef::from_borrowed(none())
    }

    #[inline(always)]
    pub fn bool(b: bool) -> StackRef {
        StackRef::from_borrowed(py_bool(b).as_object())
    }

    #[inline(always)]
    pub fn is_true(self) -> bool {
        self == StackRef::bool(true)
    }

    #[inline(always)]
    pub fn is_false(self) -> bool {
        self == StackRef::bool(false)
    }

    #[inline(always)]
    pub fn is_none(self) -> bool {
        self == StackRef::none()
    }

    #[inline(always)]
    pub fn tag_int(i: isize) -> StackRef {
        StackRef(((i as usize) << 2) | INT_TAG)
    }

    #[inline(always)]
    pub fn is_int(self) -> bool {
        self.0 & INT_TAG == INT_TAG
    }

    #[inline(always)]
    pub fn untag_int(self) -> isize {
        (self.0 as isize) >> 2
    }

    /// Does this word own a counted reference?
    #[inline(always)]
    pub fn is_counted(self) -> bool {
        self.0 & TAG_REFCNT == 0
    }

    #[inline(always)]
    pub fn as_ptr(self) -> *mut PyObject {
        (self.0 & !TAG_REFCNT) as *mut PyObject
    }

    /// The object.
    ///
    /// # Safety
    /// Neither `NULL` nor a tagged integer; the result is used only while the word (or what it borrows from) keeps the object alive.
    #[inline(always)]
    pub unsafe fn get<'a>(self) -> &'a PyObject {
        // SAFETY: the caller's promise.
        unsafe { &*self.as_ptr() }
    }

    /// The object as a `T`.
    ///
    /// # Safety
    /// As [`get`](Self::get), and the object has layout `T`.
    #[inline(always)]
    pub unsafe fn cast<'a, T: PyLayout>(self) -> &'a T {
        // SAFETY: the caller's promise.
        unsafe { &*(self.as_ptr() as *const T) }
    }

    /// The same object?
    #[inline(always)]
    pub fn is(self, other: StackRef) -> bool {
        self.0 | TAG_REFCNT == other.0 | TAG_REFCNT
    }

    /// Another word for the same object, counted if this one is.
    #[inline(always)]
    pub fn dup(self) -> StackRef {
        if self.is_counted() {
            // SAFETY: a counted word keeps its object alive.
            unsafe { self.get() }.incref_mortal();
        }
        self
    }

    /// An uncounted word for the same object.
    #[inline(always)]
    pub fn borrow(self) -> StackRef {
        StackRef(self.0 | TAG_REFCNT)
    }

    /// A word that keeps its object alive by itself, in place of this one.
    #[inline(always)]
    pub fn into_heap_safe(self) -> StackRef {
        if self.0 & INT_TAG != TAG_REFCNT || self.is_null() {
            return self;
        }
        // SAFETY: a non-null uncounted word refers to an object alive now.
        StackRef::from_new(unsafe { self.get() })
    }

    /// Turns the word into an owned reference.
    ///
    /// # Safety
    /// As [`get`](Self::get); the word is not used again.
    #[inline(always)]
    pub unsafe fn into_owned(self) -> Py {
        // SAFETY: the caller's promise; an uncounted word gets its own reference.
        unsafe { if self.is_counted() { Py::from_raw_owned(self.as_ptr()) } else { self.get().owned() } }
    }

    /// A new owned reference.
    ///
    /// # Safety
    /// As [`get`](Self::get).
    #[inline(always)]
    pub unsafe fn new_owned(self) -> Py {
        // SAFETY: the caller's promise.
        unsafe { self.get().owned() }
    }

    /// Gives up the word's reference, if it counts one. May run Python code. `NULL` and integers are allowed.
    ///
    /// # Safety
    /// The word is not used again.
    #[inline(always)]
    pub unsafe fn close(self) {
        if self.is_counted() {
            // SAFETY: the word owns a reference.
            unsafe { PyObject::decref_mortal(self.as_ptr()) }
        }
    }

    /// Is this the only reference to its object?
    #[inline(always)]
    pub fn is_last(self) -> bool {
        // SAFETY: a counted word keeps its object alive.
        self.is_counted() && unsafe { self.get() }.refcount() == 1
    }

    /// As [`close`](Self::close), but leaves the deallocation of an object that nobody needs any more to the caller: true means the
    /// count is zero.
    ///
    /// # Safety
    /// The word is not used again; on true the caller deallocates.
    #[inline(always)]
    pub unsafe fn release(self) -> bool {
        // SAFETY: a counted word owns a reference.
        self.is_counted() && unsafe { PyObject::release_mortal(self.as_ptr()) }
    }
}

/// A stack word in memory others may look at.
pub type StackCell = Cell<StackRef>;

const _: () = assert!(size_of::<StackRef>() == 8);
