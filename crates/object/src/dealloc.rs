//! Deallocation: the way to `tp_dealloc`, bounded in depth.
//!
//! Freeing the head of a long chain frees the next link from within, recursively. When the native stack gets short, the
//! object is put aside and freed after the outermost deallocation has returned (CPython's "trashcan").

use crate::gc;
use crate::header::PyObject;
use crate::stack;
use crate::typeobj::flags;
use std::cell::{Cell, RefCell};

thread_local! {
    static DELAYED: RefCell<Vec<*mut PyObject>> = const { RefCell::new(Vec::new()) };
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Container deallocations that may nest before the rest is put aside.
const MAX_DEPTH: u32 = 200;

/// `_Py_Dealloc`: the count has just become zero.
///
/// # Safety
/// `o` is a valid object that nobody owns any more.
#[inline]
pub unsafe fn dealloc(o: *mut PyObject) {
    // SAFETY: the object is still intact; its type outlives it.
    unsafe {
        let ty = (*o).ty();
        if ty.tp_flags.get() & flags::HAVE_GC == 0 {
            ty.call_dealloc(o);
        } else {
            dealloc_container(o);
        }
    }
}

/// # Safety
/// As [`dealloc`], for a type with `HAVE_GC`.
unsafe fn dealloc_container(o: *mut PyObject) {
    let depth = DEPTH.get();
    if depth >= MAX_DEPTH || stack::is_short() {
        // The object leaves the collector's lists: its count is zero, and nobody may find it there.
        // SAFETY: a container has a GC head.
        unsafe {
            if gc::is_tracked(o) {
                gc::untrack(o);
            }
        }
        DELAYED.with_borrow_mut(|d| d.push(o));
        return;
    }
    DEPTH.set(depth + 1);
    // SAFETY: as `dealloc`.
    unsafe { (*o).ty().call_dealloc(o) };
    DEPTH.set(depth);
    if depth == 0 {
        while let Some(next) = DELAYED.with_borrow_mut(Vec::pop) {
            DEPTH.set(1);
            // SAFETY: it was put aside above with count zero.
            unsafe { (*next).ty().call_dealloc(next) };
            DEPTH.set(0);
        }
    }
}

/// Calls `tp_finalize`, once in an object's life for containers (`PyObject_CallFinalizer`).
///
/// # Safety
/// `o` is a live object; the caller holds a reference.
pub unsafe fn finalize(o: *mut PyObject) {
    // SAFETY: a container has a collector's head; the slot belongs to the object's type.
    unsafe {
        let ty = (*o).ty();
        let Some(f) = ty.tp_finalize.get() else { return };
        if ty.tp_flags.get() & flags::HAVE_GC == 0 {
            return f(o);
        }
        if gc::head(o).prev.get() & gc::PREV_FINALIZED == 0 {
            f(o);
            let prev = &gc::head(o).prev;
            prev.set(prev.get() | gc::PREV_FINALIZED);
        }
    }
}

/// Calls `tp_finalize` of an object whose count is zero (`PyObject_CallFinalizerFromDealloc`). True if it lives on: somebody took
/// a reference, and `tp_dealloc` must leave it alone.
///
/// # Safety
/// `o` is intact and nobody owns it.
pub unsafe fn finalize_from_dealloc(o: *mut PyObject) -> bool {
    // SAFETY: the object is revived for the call, so that references to it can come and go.
    unsafe {
        (*o).set_refcount(1);
        finalize(o);
        let left = (*o).refcount() - 1;
        (*o).set_refcount(left);
        left > 0
    }
}
