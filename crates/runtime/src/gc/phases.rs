//! The steps of one collection.
//!
//! While counts are being computed, `prev` holds the working count in its upper bits and `PREV_COLLECTING` marks the
//! members of the list under collection; `next` alone keeps the list together. [`deduce_unreachable`] restores the
//! links before it returns. From then on finalisers may run, and lists change under the collector's eyes: every loop takes
//! the first entry afresh.

use super::list::{Entry, List};
use super::{DEBUG_COLLECTABLE, DEBUG_SAVEALL, DEBUG_UNCOLLECTABLE};
use crate::prelude::*;
use crate::types::*;
use object::gc::{self, GcHead, PREV_COLLECTING, PREV_FINALIZED, PREV_MASK, PREV_SHIFT};
use std::ffi::{c_int, c_void};

/// Bit of `next` while an entry is tentatively unreachable.
const NEXT_UNREACHABLE: usize = 1;

fn count(h: &GcHead) -> usize {
    h.prev.get() >> PREV_SHIFT
}

fn set_count(h: &GcHead, n: usize) {
    h.prev.set((h.prev.get() & !PREV_MASK) | (n << PREV_SHIFT));
}

fn is_collecting(h: &GcHead) -> bool {
    h.prev.get() & PREV_COLLECTING != 0
}

/// # Safety
/// `o` is a live object.
unsafe fn container<'a>(o: *mut PyObject) -> Option<&'a GcHead> {
    // SAFETY: the caller's promise; containers have a head.
    unsafe { if super::is_container(&*o) { Some(gc::head(o)) } else { None } }
}

/// # Safety
/// `o` is a live container.
unsafe fn traverse(o: *mut PyObject, visit: object::visit::VisitProc, arg: *mut c_void) {
    // SAFETY: every type with `HAVE_GC` has a traverse function.
    unsafe {
        if let Some(f) = (*o).ty().tp_traverse.get() {
            f(o, visit, arg);
        }
    }
}

/// Shows what a list or tuple refers to, in a loop that the visitor is compiled into; false for other objects.
///
/// # Safety
/// `o` is a live container. `visit` runs no code of programs.
#[inline(always)]
unsafe fn each_item(o: *mut PyObject, mut visit: impl FnMut(*mut PyObject)) -> bool {
    // SAFETY: the caller's promise: the items stay as they are. Those of an unfinished tuple may be null.
    unsafe {
        let (items, n) = if let Some(l) = (*o).downcast_exact::<PyList>() {
            (l.ob_item.get() as *const *mut PyObject, l.len())
        } else if let Some(t) = (*o).downcast_exact::<PyTuple>() {
            (t.items_ptr() as *const *mut PyObject, t.len())
        } else {
            return false;
        };
        for i in 0..n {
            let item = *items.add(i);
            if !item.is_null() {
                visit(item);
            }
        }
        true
    }
}

#[inline(always)]
unsafe extern "C" fn visit_decref(o: *mut PyObject, _: *mut c_void) -> c_int {
    // SAFETY: `tp_traverse` shows live objects.
    unsafe {
        // The bits first: few objects outside of the list are collecting, and not all types need to be asked.
        if let Some(h) = container(o)
            && is_collecting(h)
        {
            let prev = h.prev.get();
            if prev >> PREV_SHIFT != 0 {
                h.prev.set(prev - (1 << PREV_SHIFT));
            }
        }
    }
    0
}

#[inline(always)]
unsafe extern "C" fn visit_reachable(o: *mut PyObject, arg: *mut c_void) -> c_int {
    // SAFETY: `tp_traverse` shows live objects; `arg` is the address of the list under collection.
    unsafe {
        let Some(h) = container(o) else { return 0 };
        if !is_collecting(h) {
            return 0;
        }
        let young = *(arg as *const List);
        if h.next.get() & NEXT_UNREACHABLE != 0 {
            // It was moved away too early: it comes back, to be scanned later.
            let e = Entry::of(o);
            let next = h.next.get() & !NEXT_UNREACHABLE;
            let prev = h.prev.get() & PREV_MASK;
            let p = &*(prev as *const GcHead);
            p.next.set(next | NEXT_UNREACHABLE);
            let n = &*(next as *const GcHead);
            n.prev.set((n.prev.get() & !PREV_MASK) | prev);
            h.prev.set(h.prev.get() & !PREV_MASK);
            push_keeping_count(young, e, 1);
        } else if count(h) == 0 {
            // Not scanned yet: now known to be reachable.
            set_count(h, 1);
        }
    }
    0
}

/// Appends to the list under collection, whose `prev` words hold counts except in its head.
fn push_keeping_count(list: List, e: Entry, n: usize) {
    list.push(e);
    set_count(e.head(), n);
}

/// Splits `young` into what is reachable from outside, which stays, and the rest, which moves to `unreachable`.
///
/// # Safety
/// Attached; the list holds live containers.
pub unsafe fn deduce_unreachable(young: List, unreachable: List) {
    // SAFETY: as this function.
    unsafe {
        // Counts.
        let mut at = young.first();
        while let Some(e) = at {
            at = young.after(e);
            let h = e.head();
            h.prev.set((h.prev.get() & PREV_FINALIZED) | PREV_COLLECTING);
            set_count(h, (*e.object()).refcount() as usize);
        }
        // Minus internal references.
        let mut at = young.first();
        while let Some(e) = at {
            let o = e.object();
            if !each_item(o, |o| {
                visit_decref(o, std::ptr::null_mut());
            }) {
                traverse(o, visit_decref, std::ptr::null_mut());
            }
            at = young.after(e);
        }
        move_unreachable(young, unreachable);
    }
}

/// # Safety
/// As [`deduce_unreachable`], with counts in place.
unsafe fn move_unreachable(young: List, unreachable: List) {
    let mut young_ref = young;
    let mut prev = List::raw(young);
    let mut at = young.first();
    while let Some(e) = at {
        let h = e.head();
        if count(h) > 0 {
            // Reachable, and so is all it refers to.
            // SAFETY: a live container.
            unsafe {
                let (o, arg) = (e.object(), (&mut young_ref) as *mut List as *mut c_void);
                if !each_item(o, |o| {
                    visit_reachable(o, arg);
                }) {
                    traverse(o, visit_reachable, arg);
                }
            }
            // Its links are restored on the way.
            h.prev.set((h.prev.get() & PREV_FINALIZED) | prev);
            prev = Entry::address(e);
        } else {
            // Perhaps garbage: moved away, with marked links.
            let next = h.next.get() & !NEXT_UNREACHABLE;
            Entry::at(prev).head().next.set(next);
            let last = List::raw_last(unreachable);
            Entry::at(last).head().next.set(Entry::address(e) | NEXT_UNREACHABLE);
            h.prev.set((h.prev.get() & !PREV_MASK) | last);
            h.next.set(List::raw(unreachable) | NEXT_UNREACHABLE);
            List::set_raw_last(unreachable, Entry::address(e));
        }
        at = Entry::after_raw(prev, young);
    }
    List::set_raw_last(young, prev);
    // The marks of the unreachable list come off.
    List::clear_marks(unreachable);
}

/// Untracks tuples whose items can't form cycles.
///
/// # Safety
/// The list holds live containers with intact links.
pub unsafe fn untrack_tuples(young: List) {
    let mut at = young.first();
    while let Some(e) = at {
        at = young.after(e);
        // SAFETY: a live container.
        let o = unsafe { &*e.object() };
        if let Some(t) = o.downcast_exact::<PyTuple>()
            && t.items().iter().all(|i| !may_be_tracked(i))
        {
            // SAFETY: tracked, as it is in the list.
            unsafe { gc::untrack(e.object()) };
        }
    }
}

/// Could the object be, or become, part of a cycle?
fn may_be_tracked(o: &PyObject) -> bool {
    // SAFETY: a container, checked first.
    super::is_container(o) && (!PyTuple::check_exact(o) || unsafe { gc::is_tracked(o.as_ptr()) })
}

/// Dicts are tracked from the start in 3.14; nothing to do.
///
/// # Safety
/// None needed; symmetric with [`untrack_tuples`].
pub unsafe fn untrack_dicts(_young: List) {}

/// Moves objects with a `tp_del` to `finalizers`: they are never freed.
///
/// # Safety
/// As [`untrack_tuples`].
pub unsafe fn move_legacy_finalizers(unreachable: List, finalizers: List) {
    let mut at = unreachable.first();
    while let Some(e) = at {
        at = unreachable.after(e);
        let h = e.head();
        // SAFETY: a live container.
        if unsafe { (*e.object()).ty().tp_del.get().is_some() } {
            List::remove(e);
            finalizers.push(e);
            h.prev.set(h.prev.get() & !PREV_COLLECTING);
        }
    }
}

unsafe extern "C" fn visit_move(o: *mut PyObject, arg: *mut c_void) -> c_int {
    // SAFETY: live objects; `arg` is the address of the list to move to.
    unsafe {
        if let Some(h) = container(o)
            && is_collecting(h)
        {
            let list = *(arg as *const List);
            list.take(Entry::of(o));
            h.prev.set(h.prev.get() & !PREV_COLLECTING);
        }
    }
    0
}

/// Moves what the objects with legacy finalisers refer to after them.
///
/// # Safety
/// As [`untrack_tuples`].
pub unsafe fn move_legacy_finalizer_reachable(finalizers: List) {
    let mut list = finalizers;
    let mut at = finalizers.first();
    while let Some(e) = at {
        // SAFETY: a live container.
        unsafe { traverse(e.object(), visit_move, (&mut list) as *mut List as *mut c_void) };
        at = finalizers.after(e);
    }
}

/// Clears weak references to garbage, then calls the callbacks of those that are not garbage themselves.
///
/// # Safety
/// Attached; as [`untrack_tuples`].
pub unsafe fn handle_weakrefs(py: Python, unreachable: List, old: List) {
    let mut callbacks: Vec<(Py, Py)> = Vec::new();
    // Callbacks that are garbage themselves: released when the list is no longer walked, as they may be the last to go.
    let mut dropped: Vec<(Py, Py)> = Vec::new();
    unreachable.for_each(|o| {
        // SAFETY: a live container in the list.
        let o = unsafe { &*o };
        for r in crate::types::weakref::refs_to(o) {
            // SAFETY: weak references are containers.
            let dying = unsafe { is_collecting(gc::head(r.as_ptr())) };
            let callback = crate::types::weakref::callback_of(&r);
            // A reference without callback is cleared after the finalisers, which may still want to use it.
            if let Some(f) = callback {
                crate::types::weakref::clear_ref(&r);
                let to = if dying { &mut dropped } else { &mut callbacks };
                to.push((r.into_object(), f));
            }
        }
    });
    let _ = old;
    drop(dropped);
    for (r, f) in callbacks {
        if let Err(e) = f.call1(py, &r) {
            crate::errors::write_unraisable_while(py, e, "calling weakref callback", &f);
        }
    }
}

/// Clears the weak references that [`handle_weakrefs`] left.
///
/// # Safety
/// As [`handle_weakrefs`].
pub unsafe fn clear_weakref_leftovers(py: Python, list: List) {
    let _ = py;
    let mut all = Vec::new();
    list.for_each(|o| {
        // SAFETY: a live container in the list.
        all.extend(crate::types::weakref::refs_to(unsafe { &*o }));
    });
    for r in all {
        crate::types::weakref::clear_ref(&r);
    }
}

/// Runs `tp_finalize` of all garbage, each once.
///
/// # Safety
/// Attached; as [`untrack_tuples`].
pub unsafe fn finalize_garbage(_py: Python, list: List) {
    // Finalisers may free entries: work through a list from which each is taken before its finaliser runs.
    let seen_head = List::new_head();
    let seen = List::of(&seen_head);
    while let Some(e) = list.first() {
        seen.take(e);
        let h = e.head();
        // SAFETY: a live container; the extra reference keeps it alive through its finaliser.
        unsafe {
            let o = &*e.object();
            if h.prev.get() & PREV_FINALIZED == 0
                && let Some(f) = o.ty().tp_finalize.get()
            {
                h.prev.set(h.prev.get() | PREV_FINALIZED);
                let keep = o.owned();
                f(keep.as_ptr());
                drop(keep);
            }
        }
    }
    list.append_all(seen);
}

/// Moves what the finalisers revived, and all it refers to, to `old`; the rest to `still`.
///
/// # Safety
/// As [`deduce_unreachable`].
pub unsafe fn handle_resurrected(unreachable: List, still: List, old: List) {
    // SAFETY: the same analysis again, on the remaining entries.
    unsafe { deduce_unreachable(unreachable, still) };
    old.append_all(unreachable);
}

fn save(py: Python, garbage: &Slot<PyList>, o: &PyObject) {
    let list = match garbage.get_owned() {
        Some(l) => Ok(l),
        None => PyList::empty(py).inspect(|l| garbage.set(Some(l.clone()))),
    };
    if list.and_then(|l| l.append(py, o.owned())).is_err() {
        drop(take(py));
    }
}

fn report(py: Python, what: &str, o: &PyObject) {
    crate::sys::hooks::write_stderr(py, &format!("gc: {what} <{} {:p}>\n", o.ty().display_name(), o));
}

/// Breaks the cycles with `tp_clear`.
///
/// # Safety
/// Attached; as [`untrack_tuples`].
pub unsafe fn delete_garbage(py: Python, collectable: List, old: List, debug: i32, garbage: &Slot<PyList>) {
    while let Some(e) = collectable.first() {
        // SAFETY: a live container; the extra reference keeps it alive while it is cleared.
        let o = unsafe { (*e.object()).owned() };
        if debug & DEBUG_COLLECTABLE != 0 {
            report(py, "collectable", &o);
        }
        if debug & DEBUG_SAVEALL != 0 {
            save(py, garbage, &o);
        } else if let Some(f) = o.ty().tp_clear.get() {
            // SAFETY: a slot called with a live object of its type.
            unsafe { f(o.as_ptr()) };
            if let Some(err) = take(py) {
                let r = raise_object(py, err);
                write_unraisable(py, r, Some("Exception ignored in tp_clear of"), Some(o.ty().object()));
            }
        }
        if collectable.first() == Some(e) {
            // Still alive: somebody holds it for a while longer.
            let h = e.head();
            h.prev.set(h.prev.get() & !PREV_COLLECTING);
            old.take(e);
        }
        drop(o);
    }
}

/// Puts objects with legacy finalisers into `gc.garbage`.
///
/// # Safety
/// Attached; as [`untrack_tuples`].
pub unsafe fn keep_legacy(py: Python, finalizers: List, old: List, debug: i32, garbage: &Slot<PyList>) {
    while let Some(e) = finalizers.first() {
        // SAFETY: a live container.
        let o = unsafe { &*e.object() };
        if debug & DEBUG_UNCOLLECTABLE != 0 {
            report(py, "uncollectable", o);
        }
        if debug & DEBUG_SAVEALL != 0 || o.ty().tp_del.get().is_some() {
            save(py, garbage, o);
        }
        old.take(e);
    }
}
