//! Which classes have a class among their bases.
//!
//! `tp_subclasses` holds a list of borrowed pointers: a class takes itself out of its bases' lists when it goes away.

use super::TypeExt;
use crate::prelude::*;
use std::cell::UnsafeCell;
use std::ptr::null_mut;

type List = UnsafeCell<Vec<*const PyTypeObject>>;

/// Runs `f` on the list, which must not come back here.
fn with_list<R>(base: &PyTypeObject, f: impl FnOnce(&mut Vec<*const PyTypeObject>) -> R) -> R {
    let mut p = base.tp_subclasses.get() as *const List;
    if p.is_null() {
        p = Box::into_raw(Box::new(List::default()));
        base.tp_subclasses.set(p as *mut PyObject);
    }
    // SAFETY: the list lives as long as the type; `f` neither runs Python code nor re-enters.
    f(unsafe { &mut *(*p).get() })
}

/// Enters `ty` into the lists of its bases.
pub(super) fn add_to_bases(ty: &PyTypeObject) {
    if let Some(bases) = ty.bases() {
        for b in bases.items() {
            // SAFETY: bases are types.
            add(unsafe { b.downcast_unchecked() }, ty);
        }
    }
}

/// Enters `ty` into the list of one base.
pub(super) fn add(base: &PyTypeObject, ty: &PyTypeObject) {
    with_list(base, |l| {
        if !l.iter().any(|&t| std::ptr::eq(t, ty)) {
            l.push(ty);
        }
    })
}

/// Takes `ty` out of the lists of its bases.
pub(super) fn remove_from_bases(ty: &PyTypeObject, bases: &PyTuple) {
    for b in bases.items() {
        // SAFETY: bases are types.
        let base: &PyTypeObject = unsafe { b.downcast_unchecked() };
        if !base.tp_subclasses.get().is_null() {
            with_list(base, |l| {
                // Young classes tend to die first.
                if let Some(at) = l.iter().rposition(|&t| std::ptr::eq(t, ty)) {
                    l.remove(at);
                }
            });
        }
    }
}

/// Frees the list of a class that goes away.
pub(super) fn free(ty: &PyTypeObject) {
    let p = ty.tp_subclasses.replace(null_mut()) as *mut List;
    if !p.is_null() {
        // SAFETY: made by `with_list`; the class is the only owner.
        drop(unsafe { Box::from_raw(p) });
    }
}

/// The direct subclasses, in order of creation.
pub fn direct(_py: Python, ty: &PyTypeObject) -> Vec<Py<PyTypeObject>> {
    if ty.tp_subclasses.get().is_null() {
        return Vec::new();
    }
    with_list(ty, |l| {
        l.iter()
            // SAFETY: classes leave the list before they die; one whose count is already zero is on its way out.
            .map(|&t| unsafe { &*t })
            .filter(|t| t.as_object().refcount() > 0)
            .map(|t| t.owned())
            .collect()
    })
}

/// Calls `f` with each direct subclass. `f` may change the list.
pub fn for_each(py: Python, ty: &PyTypeObject, f: &mut dyn FnMut(&PyTypeObject)) {
    if ty.tp_subclasses.get().is_null() {
        return;
    }
    for sub in direct(py, ty) {
        f(&sub);
    }
}

/// Has the class any subclasses?
pub fn any(ty: &PyTypeObject) -> bool {
    !ty.tp_subclasses.get().is_null() && with_list(ty, |l| !l.is_empty())
}
