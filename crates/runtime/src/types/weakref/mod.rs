//! Weak references and proxies (`PyWeakReference`).
//!
//! A referent heads a doubly linked list of its references: first the plain one without callback, if there is one, then
//! the plain proxy, then the others. The list's anchor is the word at `tp_weaklistoffset`. References do not own their
//! referent; when that dies, [`clear_weakrefs`] empties them and calls the callbacks.

mod proxy;
mod reference;

pub use proxy::{PyCallableProxy, PyProxy, proxy};
pub use reference::PyWeakRef;

use crate::prelude::*;

/// The anchor of an object's list; `None` if its type does not support weak references.
pub(crate) fn anchor(o: &PyObject) -> Option<&Cell<*const PyWeakRef>> {
    let offset = o.ty().tp_weaklistoffset.get();
    if offset == 0 {
        return None;
    }
    // SAFETY: a nonzero offset names the word for the list, before (negative) or inside the object.
    Some(unsafe { &*((o.as_ptr() as *const u8).offset(offset) as *const Cell<*const PyWeakRef>) })
}

/// The list's entries, borrowed.
fn entries(o: &PyObject) -> Vec<*const PyWeakRef> {
    let mut v = Vec::new();
    let mut at = anchor(o).map_or(std::ptr::null(), |a| a.get());
    // SAFETY: entries are live references; nothing runs while they are gathered.
    while let Some(r) = unsafe { at.as_ref() } {
        v.push(at);
        at = r.wr_next.get();
    }
    v
}

/// All weak references to an object that are not being destroyed themselves.
pub fn refs_to(o: &PyObject) -> Vec<Py<PyWeakRef>> {
    entries(o)
        .into_iter()
        // SAFETY: live entries, as gathered just now.
        .map(|r| unsafe { &*r })
        .filter(|r| r.refcount() > 0)
        .map(PyLayout::owned)
        .collect()
}

/// How many references there are.
pub fn count(o: &PyObject) -> usize {
    entries(o).len()
}

/// The callback of a reference.
pub fn callback_of(r: &PyWeakRef) -> Option<Py> {
    r.wr_callback.get_owned()
}

/// Empties a reference: it no longer knows its referent, nor its callback.
pub fn clear_ref(r: &PyWeakRef) {
    r.unlink();
    drop(r.wr_callback.take());
}

/// At the death of an object: empties all references to it, then calls their callbacks.
pub fn clear_weakrefs(py: Python, o: &PyObject) {
    let Some(a) = anchor(o) else { return };
    if a.get().is_null() {
        return;
    }
    let mut calls = Vec::new();
    for r in entries(o) {
        // SAFETY: a live entry; unlinking runs no code.
        let r = unsafe { &*r };
        let callback = r.wr_callback.take();
        r.unlink();
        if let Some(f) = callback
            && r.refcount() > 0
        {
            calls.push((r.owned(), f));
        }
    }
    if calls.is_empty() {
        return;
    }
    let pending = take(py);
    for (r, f) in calls {
        if let Err(e) = f.call1(py, r.as_object()) {
            write_unraisable_while(py, e, "calling weakref callback", &f);
        }
    }
    if let Some(e) = pending {
        let _ = raise_object(py, e);
    }
}

/// Empties all references without calling anything.
pub fn clear_weakrefs_without_callbacks(_py: Python, o: &PyObject) {
    for r in refs_to(o) {
        clear_ref(&r);
    }
}
