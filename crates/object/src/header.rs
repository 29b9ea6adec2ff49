//! The object header and reference counting (`Include/object.h`, `Include/refcount.h`).
//!
//! The count is the low 32 bits of the first word. A count with bit 31 set is immortal: it is never
//! changed by a decrement and stops growing at [`IMMORTAL_INITIAL`].

use crate::dealloc;
use crate::typeobj::PyTypeObject;
use std::cell::Cell;

/// Reference count given to immortal objects (`_Py_IMMORTAL_INITIAL_REFCNT`).
pub const IMMORTAL_INITIAL: u32 = 3 << 30;
/// Flag bits in the top 16 bits of the first word of a statically allocated object (`_Py_STATIC_FLAG_BITS`).
const STATIC_FLAGS: u64 = (1 << 2) | (1 << 0);
/// First word of a static immortal object (`_Py_STATIC_IMMORTAL_INITIAL_REFCNT`).
pub const STATIC_REFCNT: u64 = IMMORTAL_INITIAL as u64 | (STATIC_FLAGS << 48);

/// What every Python object begins with: 16 bytes.
#[repr(C)]
pub struct PyObject {
    /// Low 32 bits: count; next 16: overflow room; top 16: flags.
    pub ob_refcnt: Cell<u64>,
    pub ob_type: Cell<*const PyTypeObject>,
}

/// Header of objects with a length.
#[repr(C)]
pub struct PyVarObject {
    pub ob_base: PyObject,
    pub ob_size: Cell<isize>,
}

// SAFETY: objects are only touched by the thread that holds the interpreter lock (see `Python`), which
// orders all accesses; statics of these types hold immortal objects.
unsafe impl Sync for PyObject {}
// SAFETY: as for `PyObject`.
unsafe impl Sync for PyVarObject {}

impl PyObject {
    /// The header of a new object: count 1, type `ty`.
    #[inline]
    pub const fn header(ty: *const PyTypeObject) -> PyObject {
        PyObject { ob_refcnt: Cell::new(1), ob_type: Cell::new(ty) }
    }

    /// The header of a static, immortal object.
    pub const fn static_header(ty: *const PyTypeObject) -> PyObject {
        PyObject { ob_refcnt: Cell::new(STATIC_REFCNT), ob_type: Cell::new(ty) }
    }

    /// The object's type.
    #[inline(always)]
    pub fn ty(&self) -> &PyTypeObject {
        // SAFETY: a live object's type pointer is valid, and the object keeps it alive.
        unsafe { &*self.ob_type.get() }
    }

    #[inline(always)]
    fn count_cell(&self) -> &Cell<u32> {
        const { assert!(cfg!(target_endian = "little")) };
        // SAFETY: the count is the low half of the first word (little endian: its first four bytes);
        // `Cell<u32>` has the layout of `u32`, and the cell's contents are shared-mutable anyway.
        unsafe { &*(&self.ob_refcnt as *const Cell<u64> as *const Cell<u32>) }
    }

    /// The reference count, as `sys.getrefcount` sees it before its own reference.
    #[inline]
    pub fn refcount(&self) -> u32 {
        self.count_cell().get()
    }

    #[inline(always)]
    pub fn is_immortal(&self) -> bool {
        (self.count_cell().get() as i32) < 0
    }

    /// `Py_INCREF`.
    #[inline(always)]
    pub fn incref(&self) {
        let count = self.count_cell();
        let n = count.get();
        if n < IMMORTAL_INITIAL {
            count.set(n + 1);
        }
    }

    /// `Py_DECREF`: may run arbitrary Python code through a finaliser.
    ///
    /// # Safety
    /// The caller gives up one reference that it owns.
    #[inline(always)]
    pub unsafe fn decref(this: *mut PyObject) {
        // SAFETY: the caller's reference keeps the object alive until here.
        unsafe {
            let count = (*this).count_cell();
            let n = count.get();
            if (n as i32) < 0 {
                return;
            }
            count.set(n - 1);
            if n == 1 {
                dealloc::dealloc(this);
            }
        }
    }

    /// Counts one more reference to an object known to be mortal, without the check.
    #[inline(always)]
    pub fn incref_mortal(&self) {
        let count = self.count_cell();
        count.set(count.get().wrapping_add(1));
    }

    /// Gives up a reference that was counted when it was taken (so the object was mortal then). An object made immortal since has a
    /// count so large that the decrement does no harm.
    ///
    /// # Safety
    /// As [`decref`](Self::decref).
    #[inline(always)]
    pub unsafe fn decref_mortal(this: *mut PyObject) {
        // SAFETY: the caller's promise.
        unsafe {
            if Self::release_mortal(this) {
                dealloc::dealloc(this);
            }
        }
    }

    /// The first half of [`decref_mortal`](Self::decref_mortal): true if the count is now zero and the caller must deallocate.
    ///
    /// # Safety
    /// As [`decref`](Self::decref).
    #[inline(always)]
    pub unsafe fn release_mortal(this: *mut PyObject) -> bool {
        // SAFETY: the caller's reference keeps the object alive until here.
        let count = unsafe { (*this).count_cell() };
        let n = count.get().wrapping_sub(1);
        count.set(n);
        n == 0
    }

    /// Makes the object immortal (`_Py_SetImmortal`): its count no longer changes.
    pub fn make_immortal(&self) {
        self.count_cell().set(IMMORTAL_INITIAL);
        // `_Py_IMMORTAL_FLAGS`, the lowest flag bit.
        self.ob_refcnt.set(self.ob_refcnt.get() | 1 << 48);
    }

    /// Sets the count of an object that is being made or revived.
    #[inline]
    pub fn set_refcount(&self, n: u32) {
        self.count_cell().set(n);
    }

    /// `self is other`.
    #[inline(always)]
    pub fn is(&self, other: &PyObject) -> bool {
        std::ptr::eq(self, other)
    }
}

impl PyVarObject {
    #[inline]
    pub const fn header(ty: *const PyTypeObject, size: isize) -> PyVarObject {
        PyVarObject { ob_base: PyObject::header(ty), ob_size: Cell::new(size) }
    }

    pub const fn static_header(ty: *const PyTypeObject, size: isize) -> PyVarObject {
        PyVarObject { ob_base: PyObject::static_header(ty), ob_size: Cell::new(size) }
    }
}

const _: () = {
    assert!(size_of::<PyObject>() == 16);
    assert!(size_of::<PyVarObject>() == 24);
};
