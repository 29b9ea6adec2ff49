//! Attribute lookup along the MRO, cached by type version and name.
//!
//! A version tag names one state of a type: nothing found through its MRO changes while the tag stays the same. Changing a type's dict, bases or
//! MRO takes the tags of the type and all its subclasses away; the next lookup assigns new ones. Specialised instructions
//! guard on tags too.

use super::{PyHeapType, TypeExt, subclasses};
use crate::prelude::*;
use std::cell::UnsafeCell;
use std::ptr::{null, null_mut};

const SIZE: usize = 1 << 12;
/// Longer names are not worth an entry.
const MAX_NAME: usize = 100;
/// A type that changes more often than this gets no more tags.
const MAX_VERSIONS_PER_TYPE: u16 = 1000;
/// Tags below are for types that never change; each type keeps its own.
const FIRST_HEAP_VERSION: u32 = 2 << 16;
/// The lowest tags are fixed (`_Py_TYPE_VERSION_*`).
const FIRST_STATIC_VERSION: u32 = 16;

struct Entry {
    version: Cell<u32>,
    /// An owned reference: the address must not be reused for another name.
    name: Cell<*mut PyObject>,
    /// Borrowed from a type's dict; null: there is no such attribute.
    value: Cell<*mut PyObject>,
}

struct Cache {
    entries: [Entry; SIZE],
    /// Types by version tag, borrowed.
    by_version: [Cell<*const PyTypeObject>; SIZE],
    next_static: Cell<u32>,
    /// 0 when the tags are used up.
    next_heap: Cell<u32>,
}

struct Shared(UnsafeCell<Cache>);
// SAFETY: only used by the thread that holds the interpreter lock.
unsafe impl Sync for Shared {}

static CACHE: Shared = Shared(UnsafeCell::new(Cache {
    entries: [const { Entry { version: Cell::new(0), name: Cell::new(null_mut()), value: Cell::new(null_mut()) } };
        SIZE],
    by_version: [const { Cell::new(null()) }; SIZE],
    next_static: Cell::new(FIRST_STATIC_VERSION),
    next_heap: Cell::new(FIRST_HEAP_VERSION),
}));

#[inline(always)]
fn cache(_py: Python) -> &'static Cache {
    // SAFETY: all fields are cells; the token proves that this thread is attached.
    unsafe { &*CACHE.0.get() }
}

#[inline(always)]
fn slot_of(version: u32, name: &PyStr) -> usize {
    (version as usize ^ (name as *const PyStr as usize >> 3)) & (SIZE - 1)
}

/// See [`TypeExt::lookup`].
#[inline]
pub fn lookup<'a>(py: Python, ty: &'a PyTypeObject, name: &PyStr) -> Option<&'a PyObject> {
    let version = ty.tp_version_tag.get();
    let e = &cache(py).entries[slot_of(version, name)];
    if e.version.get() == version && std::ptr::eq(e.name.get(), name.as_ptr()) {
        // SAFETY: the entry is of the type's present state: the value is in the dict of a class of the MRO.
        return unsafe { e.value.get().as_ref() };
    }
    lookup_slow(py, ty, name)
}

#[inline(never)]
fn lookup_slow<'a>(py: Python, ty: &'a PyTypeObject, name: &PyStr) -> Option<&'a PyObject> {
    let cacheable = name.len() <= MAX_NAME && PyStr::check_exact(name);
    let version = if cacheable { assign_version(py, ty) } else { 0 };
    let found = find_in_mro(py, ty, name);
    if version != 0 && ty.tp_version_tag.get() == version {
        let e = &cache(py).entries[slot_of(version, name)];
        e.version.set(version);
        e.value.set(found.map_or(null_mut(), |v| v.as_ptr()));
        // SAFETY: the entry owned its old name.
        let old: Option<Py> =
            unsafe { Py::from_raw_owned_or_opt(e.name.replace(name.as_object().owned().into_raw())) };
        drop(old);
    }
    found
}

/// The same without the cache: for types that are just being changed. Errors of odd keys in the dicts count as "not found".
pub fn find_in_mro<'a>(py: Python, ty: &'a PyTypeObject, name: &PyStr) -> Option<&'a PyObject> {
    let mro = ty.mro()?;
    for class in mro.items() {
        // SAFETY: an MRO holds types.
        let class: &PyTypeObject = unsafe { class.downcast_unchecked() };
        let Some(dict) = class.dict() else { continue };
        if let Some(v) = find_in_dict(py, dict, name) {
            // SAFETY: the dict of a class in the MRO keeps the value alive until the class changes.
            return Some(unsafe { &*v });
        }
    }
    None
}

/// A class's own attribute, borrowed from its dict.
fn find_in_dict(py: Python, dict: &PyDict, name: &PyStr) -> Option<*const PyObject> {
    // SAFETY: nothing runs before the caller takes the reference.
    if let Some(v) = unsafe { dict.find_borrowed(name) } {
        return Some(v);
    }
    if dict.has_only_str_keys() {
        return None;
    }
    match dict.get_str(py, name) {
        Ok(v) => v.map(|v| v.as_ptr() as *const PyObject),
        Err(_) => {
            drop(take(py));
            None
        }
    }
}

/// The type's version tag, assigned if it has none; 0 if it cannot have one (`assign_version_tag`).
pub fn assign_version(py: Python, ty: &PyTypeObject) -> u32 {
    let version = ty.tp_version_tag.get();
    if version != 0 {
        return version;
    }
    if !ty.has_flag(flags::READY) || ty.tp_versions_used.get() >= MAX_VERSIONS_PER_TYPE {
        return 0;
    }
    let Some(bases) = ty.bases() else { return 0 };
    for b in bases.items() {
        // SAFETY: bases are types.
        if assign_version(py, unsafe { b.downcast_unchecked() }) == 0 {
            return 0;
        }
    }
    let c = cache(py);
    ty.tp_versions_used.set(ty.tp_versions_used.get() + 1);
    let version = if ty.has_flag(flags::IMMUTABLETYPE) && c.next_static.get() < FIRST_HEAP_VERSION {
        c.next_static.replace(c.next_static.get() + 1)
    } else {
        let v = c.next_heap.get();
        if v == 0 {
            return 0;
        }
        c.next_heap.set(v.wrapping_add(1));
        v
    };
    set_version(py, ty, version);
    version
}

/// Keeps a type from ever getting a version tag.
pub(super) fn disable(ty: &PyTypeObject) {
    ty.tp_versions_used.set(MAX_VERSIONS_PER_TYPE);
}

/// Gives a type its version tag and registers it under the tag (`_PyType_SetVersion`).
pub fn set_version(py: Python, ty: &PyTypeObject, version: u32) {
    let c = cache(py);
    let old = ty.tp_version_tag.replace(version);
    if old != 0 {
        let at = &c.by_version[old as usize % SIZE];
        if std::ptr::eq(at.get(), ty) {
            at.set(null());
        }
    }
    if version != 0 {
        c.by_version[version as usize % SIZE].set(ty);
    }
}

/// The type that has this version tag, if it is still known.
pub fn by_version<'a>(py: Python<'a>, version: u32) -> Option<&'a PyTypeObject> {
    let p = cache(py).by_version[version as usize % SIZE].get();
    // SAFETY: types leave the table when they are changed or freed.
    unsafe { p.as_ref() }.filter(|t| t.tp_version_tag.get() == version)
}

/// See [`TypeExt::modified`].
pub fn modified(py: Python, ty: &PyTypeObject) {
    if ty.tp_version_tag.get() == 0 {
        // Then no subclass has one either.
        return;
    }
    subclasses::for_each(py, ty, &mut |sub| modified(py, sub));
    set_version(py, ty, 0);
    forget_specialisation(ty);
}

/// Drops what specialised instructions keep in a heap type.
pub fn forget_specialisation(ty: &PyTypeObject) {
    if let Some(PyHeapType { spec_cache, .. }) = ty.heap() {
        spec_cache.getitem.set(null_mut());
        spec_cache.init.set(null_mut());
    }
}

/// Empties the cache (`PyType_ClearCache`). Gives the last version tag that was used.
pub fn clear(py: Python) -> u32 {
    let c = cache(py);
    for e in &c.entries {
        e.version.set(0);
        e.value.set(null_mut());
        // SAFETY: the entry owned its name.
        let old: Option<Py> = unsafe { Py::from_raw_owned_or_opt(e.name.replace(null_mut())) };
        drop(old);
    }
    c.next_heap.get().wrapping_sub(1)
}
