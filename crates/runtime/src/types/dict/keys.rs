//! The layout of a dict's keys and of split values (`pycore_dict.h`).

use object::PyObject;
use std::cell::Cell;

/// `PyDictKeysObject`: this header, then the index table, then the entries.
#[repr(C)]
pub struct DictKeys {
    pub dk_refcnt: Cell<isize>,
    pub dk_log2_size: Cell<u8>,
    pub dk_log2_index_bytes: Cell<u8>,
    pub dk_kind: Cell<u8>,
    /// For inline caches; 0 when not assigned, reset by any change of the keys.
    pub dk_version: Cell<u32>,
    /// Entries that can still be added.
    pub dk_usable: Cell<isize>,
    /// Entries in use, deleted ones included.
    pub dk_nentries: Cell<isize>,
}
// SAFETY: only touched under the interpreter lock.
unsafe impl Sync for DictKeys {}

/// Any keys.
pub const KIND_GENERAL: u8 = 0;
/// Only `str` keys, entries without hash.
pub const KIND_UNICODE: u8 = 1;
/// Keys shared by the instances of a type; the values are elsewhere.
pub const KIND_SPLIT: u8 = 2;

/// An entry of general keys.
#[repr(C)]
pub struct Entry {
    pub me_hash: Cell<isize>,
    pub me_key: Cell<*mut PyObject>,
    pub me_value: Cell<*mut PyObject>,
}

/// An entry of `str` keys; the hash is the string's.
#[repr(C)]
pub struct UnicodeEntry {
    pub me_key: Cell<*mut PyObject>,
    pub me_value: Cell<*mut PyObject>,
}

/// `PyDictValues`: values of a split table, then the order of insertion, a byte each.
#[repr(C)]
pub struct DictValues {
    pub capacity: Cell<u8>,
    pub size: Cell<u8>,
    pub embedded: Cell<u8>,
    pub valid: Cell<u8>,
    values: [Cell<*mut PyObject>; 0],
}

impl DictValues {
    /// Pointer to the first value.
    #[inline(always)]
    pub fn values_ptr(&self) -> *mut *mut PyObject {
        self.values.as_ptr() as *mut *mut PyObject
    }
}

const _: () = {
    assert!(size_of::<DictKeys>() == 32);
    assert!(size_of::<DictValues>() == 8);
};
