//! Keeping slots in step with special methods: when a class is made, and when one of its attributes changes later.

use super::dispatch as d;
use super::slotdefs::{COUNT, SLOTDEFS, next_of_same_name, slot_cell, slot_value};
use super::{TypeExt, cache, slots, subclasses};
use crate::prelude::*;
use crate::types::descr::PyWrapperDescr;
use crate::types::{PyCFunction, object_};
use std::ffi::{c_int, c_void};
use std::mem::offset_of;
use std::ptr::null;

const OFFSET_ITERNEXT: c_int = offset_of!(PyTypeObject, tp_iternext) as c_int;
const OFFSET_NEW: c_int = offset_of!(PyTypeObject, tp_new) as c_int;
const OFFSET_HASH: c_int = offset_of!(PyTypeObject, tp_hash) as c_int;
const OFFSET_CALL: c_int = offset_of!(PyTypeObject, tp_call) as c_int;
const OFFSET_RICHCOMPARE: c_int = offset_of!(PyTypeObject, tp_richcompare) as c_int;

/// One past the last entry of the slot that entry `i` is of.
fn group_end(i: usize) -> usize {
    let offset = SLOTDEFS[i].offset;
    (i..COUNT).find(|&j| SLOTDEFS[j].offset != offset).unwrap_or(COUNT)
}

/// The only filled slot among those that a name has; `None` if there are several or none (`resolve_slotdups`).
fn only_filled_slot(py: Python, ty: &PyTypeObject, i: usize) -> Option<c_int> {
    let mut found = None;
    let mut j = i;
    loop {
        let offset = SLOTDEFS[j].offset;
        if !slot_value(ty, offset).is_null() {
            if found.is_some() {
                return None;
            }
            found = Some(offset);
        }
        j = next_of_same_name(py, j);
        if j == i {
            return found;
        }
    }
}

/// Sets the slot of the entries `start..end` to what the methods found in the MRO ask for.
fn update_group(py: Python, ty: &PyTypeObject, start: usize, end: usize) {
    let offset = SLOTDEFS[start].offset;
    let Some(slot) = slot_cell(ty, offset) else { return };
    let mut specific: *const c_void = null();
    let mut generic: *const c_void = null();
    let mut use_generic = false;
    for (i, def) in SLOTDEFS.iter().enumerate().take(end).skip(start) {
        let Some(found) = cache::find_in_mro(py, ty, def.name_object(py)) else {
            if offset == OFFSET_ITERNEXT {
                specific = object_::NEXT_NOT_IMPLEMENTED.function;
            }
            continue;
        };
        let wrapper = found.downcast_exact::<PyWrapperDescr>().filter(|w| {
            // SAFETY: a wrapper's definition lives as long as the process.
            std::ptr::eq(unsafe { &*w.d_base.get() }.name_strobj.get(), def.name_strobj.get())
        });
        if let Some(w) = wrapper {
            if only_filled_slot(py, ty, i).is_none_or(|o| o == offset) {
                generic = def.function;
            }
            let wrapped = w.d_wrapped.get();
            // SAFETY: as above.
            let same_kind = unsafe { &*w.d_base.get() }.wrapper.map(|f| f as *const c_void)
                == def.wrapper.map(|f| f as *const c_void);
            if (specific.is_null() || specific == wrapped) && same_kind && ty.is_subtype(&w.d_common.d_type) {
                specific = wrapped;
            } else {
                use_generic = true;
            }
        } else if offset == OFFSET_NEW
            && found.downcast_exact::<PyCFunction>().is_some_and(slots::is_new_wrapper)
        {
            // `__new__` of a builtin type: the slot was inherited from it.
            specific = slot.get();
        } else if offset == OFFSET_HASH && found.is_none() {
            specific = object_::HASH_NOT_IMPLEMENTED.function;
        } else {
            use_generic = true;
            generic = def.function;
            if offset == OFFSET_CALL {
                // `__call__` of a class does not go through the vectorcall function it inherited.
                ty.tp_flags.set(ty.tp_flags.get() & !flags::HAVE_VECTORCALL);
            }
        }
    }
    slot.set(if !specific.is_null() && !use_generic { specific } else { generic });
}

/// Fills all slots of a new class (`fixup_slot_dispatchers`).
pub(super) fn fill_slots(py: Python, ty: &PyTypeObject) {
    let only_own = inherits_plainly(ty);
    let Some(dict) = ty.dict() else { return };
    // A class with its own `__eq__` or `__hash__` inherits neither slot, so both have to be set.
    // SAFETY: only tested for presence.
    let own = |name: &PyStr| unsafe { dict.find_borrowed(name) }.is_some();
    let comparison = own(intern!(py, "__eq__")) || own(intern!(py, "__hash__"));
    let mut i = 0;
    while i < COUNT {
        let end = group_end(i);
        let offset = SLOTDEFS[i].offset;
        if !only_own
            || (i..end).any(|j| own(SLOTDEFS[j].name_object(py)))
            || (comparison && (offset == OFFSET_RICHCOMPARE || offset == OFFSET_HASH))
        {
            update_group(py, ty, i, end);
        }
        i = end;
    }
}

/// With one base, the slots of methods that the class does not define itself are the base's, and have been inherited already.
fn inherits_plainly(ty: &PyTypeObject) -> bool {
    let (Some(bases), Some(mro)) = (ty.bases(), ty.mro()) else { return false };
    let ([only], Some(base)) = (bases.items(), ty.base()) else { return false };
    let Some(base_mro) = base.mro() else { return false };
    std::ptr::eq(only.as_ptr(), base.as_ptr())
        && ty.dict().is_some_and(|d| d.has_only_str_keys())
        && mro.len() == base_mro.len() + 1
        && mro.items().iter().skip(1).zip(base_mro.items()).all(|(a, b)| a.is(b))
}

/// An attribute of a class was set or deleted: updates the slots it is behind, in the class and in the subclasses that inherit it
/// (`update_slot`).
pub(super) fn update_slot(py: Python, ty: &PyTypeObject, name: &PyStr) {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for (i, def) in SLOTDEFS.iter().enumerate() {
        if std::ptr::eq(def.name_object(py), name) {
            let offset = def.offset;
            let start = (0..=i).rev().take_while(|&j| SLOTDEFS[j].offset == offset).last().unwrap_or(i);
            let group = (start, group_end(start));
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
    }
    if !groups.is_empty() {
        update_down(py, ty, name, &groups);
    }
}

fn update_down(py: Python, ty: &PyTypeObject, name: &PyStr, groups: &[(usize, usize)]) {
    for &(start, end) in groups {
        update_group(py, ty, start, end);
    }
    subclasses::for_each(py, ty, &mut |sub| {
        // SAFETY: only tested for presence.
        let overrides = sub.dict().is_some_and(|d| unsafe { d.find_borrowed(name) }.is_some());
        if !overrides {
            update_down(py, sub, name, groups);
        }
    });
}

/// Brings all slots in step with the MRO after the bases changed (`update_all_slots`).
pub(super) fn update_all_slots(py: Python, ty: &PyTypeObject) {
    ty.modified(py);
    let mut i = 0;
    while i < COUNT {
        let end = group_end(i);
        for def in &SLOTDEFS[i..end] {
            update_slot(py, ty, def.name_object(py));
        }
        i = end;
    }
}

/// A class turned out to have no `__getattr__`: calls `__getattribute__` directly from now on.
pub(super) fn forget_getattr_hook(ty: &PyTypeObject) {
    let cell = &ty.tp_getattro;
    if cell.get().is_some_and(|f| f as *const c_void == d::GETATTR_HOOK.function)
        && let Some(slot) = slot_cell(ty, offset_of!(PyTypeObject, tp_getattro) as c_int)
    {
        slot.set(d::GETATTRO.function);
    }
}
