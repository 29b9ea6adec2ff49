//! Object graph traversal for the collector (`tp_traverse`, `tp_clear`).

use crate::header::PyObject;
use crate::layout::PyLayout;
use crate::refs::{Py, Slot};
use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};

/// `visitproc`.
pub type VisitProc = unsafe extern "C" fn(*mut PyObject, *mut c_void) -> c_int;

/// Carries C's `(visit, arg)` pair and its early exit.
pub struct Visitor {
    proc_: VisitProc,
    arg: *mut c_void,
    result: c_int,
}

impl Visitor {
    pub fn new(proc_: VisitProc, arg: *mut c_void) -> Visitor {
        Visitor { proc_, arg, result: 0 }
    }

    /// Shows one referenced object to the collector.
    #[inline]
    pub fn visit(&mut self, o: &PyObject) {
        // SAFETY: a reference.
        unsafe { self.visit_ptr(o as *const PyObject as *mut PyObject) }
    }

    /// The same for a pointer that may be null.
    ///
    /// # Safety
    /// `o` is null or a live object.
    #[inline]
    pub unsafe fn visit_ptr(&mut self, o: *mut PyObject) {
        if self.result == 0 && !o.is_null() {
            // SAFETY: `o` is a live object (the caller's promise) and `arg` belongs to the same caller as `proc_`.
            self.result = unsafe { (self.proc_)(o, self.arg) };
        }
    }

    /// What `tp_traverse` returns.
    pub fn finish(self) -> c_int {
        self.result
    }

    /// Calls a C traverse function with the same visitor.
    ///
    /// # Safety
    /// `f` is a valid traverse function for `o`.
    pub unsafe fn delegate(
        &mut self,
        f: unsafe extern "C" fn(*mut PyObject, VisitProc, *mut c_void) -> c_int,
        o: *mut PyObject,
    ) {
        if self.result == 0 {
            // SAFETY: the caller's promise.
            self.result = unsafe { f(o, self.proc_, self.arg) };
        }
    }
}

/// A field the collector can look through. Derived for structs by `#[derive(Traverse)]`.
pub trait Traverse {
    fn traverse(&self, visitor: &mut Visitor);
    /// Gives up references, to break cycles. Fields that never change keep theirs.
    fn clear_refs(&self) {}
}

impl<T: PyLayout> Traverse for Py<T> {
    fn traverse(&self, visitor: &mut Visitor) {
        visitor.visit(self.as_object());
    }
}

impl<T: PyLayout> Traverse for Slot<T> {
    fn traverse(&self, visitor: &mut Visitor) {
        // SAFETY: a slot holds null or a reference of its own.
        unsafe { visitor.visit_ptr(self.as_ptr()) };
    }
    fn clear_refs(&self) {
        drop(self.take());
    }
}

impl<T: Traverse> Traverse for Option<T> {
    fn traverse(&self, visitor: &mut Visitor) {
        if let Some(v) = self {
            v.traverse(visitor)
        }
    }
    fn clear_refs(&self) {
        if let Some(v) = self {
            v.clear_refs()
        }
    }
}

impl<T: Traverse> Traverse for Vec<T> {
    fn traverse(&self, visitor: &mut Visitor) {
        self.iter().for_each(|v| v.traverse(visitor))
    }
}

impl<T: Traverse> Traverse for Box<T> {
    fn traverse(&self, visitor: &mut Visitor) {
        (**self).traverse(visitor)
    }
    fn clear_refs(&self) {
        (**self).clear_refs()
    }
}

impl<T: Traverse, const N: usize> Traverse for [T; N] {
    fn traverse(&self, visitor: &mut Visitor) {
        self.iter().for_each(|v| v.traverse(visitor))
    }
    fn clear_refs(&self) {
        self.iter().for_each(T::clear_refs)
    }
}

impl<T: Traverse> Traverse for RefCell<T> {
    fn traverse(&self, visitor: &mut Visitor) {
        if let Ok(v) = self.try_borrow() {
            v.traverse(visitor)
        }
    }
}

/// A cell holds plain data only; object references live in [`Slot`].
impl<T: Copy> Traverse for Cell<T> {
    fn traverse(&self, _: &mut Visitor) {}
}

macro_rules! plain {
    ($($t:ty)*) => { $(impl Traverse for $t { fn traverse(&self, _: &mut Visitor) {} })* };
}
plain!(PyObject crate::PyVarObject bool u8 i8 u16 i16 u32 i32 u64 i64 usize isize f64 char String);

impl<T> Traverse for *mut T {
    fn traverse(&self, _: &mut Visitor) {}
}
impl<T> Traverse for *const T {
    fn traverse(&self, _: &mut Visitor) {}
}
