//! What inline caches read out of dicts and instances without calling anything.

use crate::types::PyDict;
use crate::types::dict::keys::{DictKeys, KIND_GENERAL, UnicodeEntry};
use crate::types::dict::values::{self, DictValues};
use object::PyObject;

/// The version of a dict's keys, 0 if they have none.
#[inline(always)]
pub fn keys_version(d: &PyDict) -> u32 {
    keys(d).dk_version.get()
}

#[inline(always)]
pub fn keys(d: &PyDict) -> &DictKeys {
    // SAFETY: a dict always has keys.
    unsafe { &*d.ma_keys.get() }
}

/// The entries of keys that hold strings only.
#[inline(always)]
pub fn unicode_entries(k: &DictKeys) -> *const UnicodeEntry {
    debug_assert!(k.dk_kind.get() != KIND_GENERAL);
    // SAFETY: the index table, of that many bytes, lies between the header and the entries.
    unsafe {
        let after = (k as *const DictKeys).add(1) as *const u8;
        after.add(1 << k.dk_log2_index_bytes.get()) as *const UnicodeEntry
    }
}

/// The value of entry `i` of a combined dict with string keys; `i` is below the number of entries.
#[inline(always)]
pub fn unicode_value(d: &PyDict, i: usize) -> *mut PyObject {
    // SAFETY: the cached index belongs to these keys (their version was compared).
    unsafe { (*unicode_entries(keys(d)).add(i)).me_value.get() }
}

/// The word before an instance where its `__dict__` is, for types with `MANAGED_DICT`.
#[inline(always)]
pub fn managed_dict_slot(o: &PyObject) -> *mut *mut PyDict {
    // SAFETY: the type has the preheader: weak references, dict, the collector's two words.
    unsafe { (o as *const PyObject as *mut *mut PyDict).sub(3) }
}

/// The dict of an instance of a type with `MANAGED_DICT`, if it was made.
#[inline(always)]
pub fn managed_dict(o: &PyObject) -> Option<&PyDict> {
    // SAFETY: as above.
    unsafe { (*managed_dict_slot(o)).as_ref() }
}

/// The values inside an instance of a type with `INLINE_VALUES`.
#[inline(always)]
pub fn inline_values(o: &PyObject) -> &DictValues {
    // SAFETY: asked only of instances of such types.
    unsafe { values::inline_values(o as *const PyObject as *mut PyObject) }
}
