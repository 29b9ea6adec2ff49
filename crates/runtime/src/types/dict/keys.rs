//! The keys of a dict: layout (`pycore_dict.h`), index table, probing.
//!
//! A keys block is a header, an index table of 1, 2, 4 or 8 bytes a slot, and an array of entries in insertion order. The table
//! maps a probe position to an entry number, to [`EMPTY`] or to [`DUMMY`] (a deleted entry). Two thirds of the slots are
//! usable, so a probe always ends. Probing order is CPython's: it shows in nothing but time, yet tests count comparisons.

use crate::prelude::*;
use object::alloc;
use std::mem::offset_of;

/// `PyDictKeysObject`: this header, then the index table, then the entries.
#[repr(C)]
pub struct DictKeys {
    /// Dicts that use the block; negative for the static empty one.
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

const _: () = {
    assert!(size_of::<DictKeys>() == 32);
    assert!(offset_of!(DictKeys, dk_version) == 12);
    assert!(offset_of!(DictKeys, dk_usable) == 16);
    assert!(offset_of!(DictKeys, dk_nentries) == 24);
};

/// Any keys.
pub const KIND_GENERAL: u8 = 0;
/// Only exact `str` keys; entries have no hash.
pub const KIND_UNICODE: u8 = 1;
/// `str` keys shared by the instances of a type; the values are elsewhere.
pub const KIND_SPLIT: u8 = 2;

/// Smallest table, as a power of two.
pub const LOG_MINSIZE: u8 = 3;
/// Most keys that instances share (`SHARED_KEYS_MAX_SIZE`).
pub const SHARED_KEYS_MAX: usize = 30;
const SHARED_KEYS_LOG_SIZE: u8 = 6;

/// Index of a slot that was never used.
pub const EMPTY: isize = -1;
/// Index of a slot whose entry was deleted.
const DUMMY: isize = -2;

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

#[repr(C)]
struct EmptyKeys {
    keys: DictKeys,
    indices: [i8; 8],
}

static EMPTY_KEYS: EmptyKeys = EmptyKeys {
    keys: DictKeys {
        dk_refcnt: Cell::new(isize::MIN),
        dk_log2_size: Cell::new(0),
        dk_log2_index_bytes: Cell::new(3),
        dk_kind: Cell::new(KIND_UNICODE),
        dk_version: Cell::new(1),
        dk_usable: Cell::new(0),
        dk_nentries: Cell::new(0),
    },
    indices: [EMPTY as i8; 8],
};

/// The keys of every empty dict.
pub fn empty_keys() -> *mut DictKeys {
    &EMPTY_KEYS.keys as *const DictKeys as *mut DictKeys
}

/// How many entries a table of `1 << log2` slots takes.
#[inline(always)]
pub fn usable_fraction(log2: u8) -> usize {
    (2usize << log2) / 3
}

/// The smallest table with at least `slots` slots.
pub fn log2_for_slots(slots: usize) -> u8 {
    let bits = usize::BITS - slots.saturating_sub(1).leading_zeros();
    (bits as u8).max(LOG_MINSIZE)
}

/// A table with room for `n` entries.
pub fn log2_for_entries(n: usize) -> u8 {
    log2_for_slots(n.saturating_mul(3).saturating_add(1) / 2)
}

impl DictKeys {
    /// A block without entries.
    pub fn alloc(py: Python, log2_size: u8, unicode: bool) -> PyResult<*mut DictKeys> {
        let index_bytes = match log2_size {
            0..8 => log2_size,
            8..16 => log2_size + 1,
            16..32 => log2_size + 2,
            _ => log2_size + 3,
        };
        if log2_size > 56 {
            return Err(memory_error(py));
        }
        let usable = usable_fraction(log2_size);
        let entry = if unicode { size_of::<UnicodeEntry>() } else { size_of::<Entry>() };
        let size = size_of::<DictKeys>() + (1 << index_bytes) + usable * entry;
        // SAFETY: fresh memory of that size, initialised here.
        unsafe {
            let p = alloc::object_alloc(size);
            if p.is_null() {
                return Err(memory_error(py));
            }
            let keys = p as *mut DictKeys;
            keys.write(DictKeys {
                dk_refcnt: Cell::new(1),
                dk_log2_size: Cell::new(log2_size),
                dk_log2_index_bytes: Cell::new(index_bytes),
                dk_kind: Cell::new(if unicode { KIND_UNICODE } else { KIND_GENERAL }),
                dk_version: Cell::new(0),
                dk_usable: Cell::new(usable as isize),
                dk_nentries: Cell::new(0),
            });
            let table = p.add(size_of::<DictKeys>());
            table.write_bytes(0xff, 1 << index_bytes);
            table.add(1 << index_bytes).write_bytes(0, usable * entry);
            Ok(keys)
        }
    }

    /// Shared keys for a heap type, with the attributes its methods are known to set (`__static_attributes__`).
    pub fn new_for_class(py: Python, attributes: Option<&PyTuple>) -> PyResult<*mut DictKeys> {
        let p = DictKeys::alloc(py, SHARED_KEYS_LOG_SIZE, true)?;
        // SAFETY: made just now.
        let keys = unsafe { &*p };
        keys.dk_usable.set(SHARED_KEYS_MAX as isize);
        keys.dk_kind.set(KIND_SPLIT);
        for name in attributes.map_or(&[] as &[&PyObject], |t| t.items()) {
            if let Some(name) = name.downcast_exact::<PyStr>() {
                keys.insert_split_key(name);
            }
        }
        Ok(p)
    }

    /// A copy of a combined block, with its own references to keys and values.
    pub fn clone_combined(&self, py: Python) -> PyResult<*mut DictKeys> {
        let size = self.byte_size();
        // SAFETY: blocks of one kind and size are plain memory apart from the references, which are counted here.
        unsafe {
            let p = alloc::object_alloc(size);
            if p.is_null() {
                return Err(memory_error(py));
            }
            p.copy_from_nonoverlapping(self as *const DictKeys as *const u8, size);
            let new = &*(p as *const DictKeys);
            new.dk_refcnt.set(1);
            new.dk_version.set(0);
            for i in 0..new.entry_count() {
                if let Some(v) = new.value_cell(i).get().as_ref() {
                    v.incref();
                    if let Some(k) = new.key_ptr(i).as_ref() {
                        k.incref();
                    }
                }
            }
            Ok(p as *mut DictKeys)
        }
    }

    /// A copy of a combined block without deleted entries, with other values; where they run out, `None`.
    pub fn clone_with_values(
        &self,
        py: Python,
        mut values: impl Iterator<Item = Py>,
    ) -> PyResult<*mut DictKeys> {
        let size = self.byte_size();
        // SAFETY: as in `clone_combined`; each value is replaced before anybody sees the block.
        unsafe {
            let p = alloc::object_alloc(size);
            if p.is_null() {
                return Err(memory_error(py));
            }
            p.copy_from_nonoverlapping(self as *const DictKeys as *const u8, size);
            let new = &*(p as *const DictKeys);
            new.dk_refcnt.set(1);
            new.dk_version.set(0);
            for i in 0..new.entry_count() {
                if let Some(k) = new.key_ptr(i).as_ref() {
                    k.incref();
                }
                let value = values.next().unwrap_or_else(crate::singletons::none_owned);
                new.value_cell(i).set(value.into_raw());
            }
            Ok(p as *mut DictKeys)
        }
    }

    #[inline(always)]
    pub fn is_unicode(&self) -> bool {
        self.dk_kind.get() != KIND_GENERAL
    }

    #[inline(always)]
    pub fn entry_count(&self) -> usize {
        self.dk_nentries.get() as usize
    }

    #[inline(always)]
    fn mask(&self) -> usize {
        (1usize << self.dk_log2_size.get()) - 1
    }

    #[inline(always)]
    fn table<I>(&self) -> *mut I {
        // SAFETY: the table follows the header.
        unsafe { (self as *const DictKeys).add(1) as *mut I }
    }

    #[inline(always)]
    fn entries<E>(&self) -> *mut E {
        // SAFETY: the entries follow the table.
        unsafe { self.table::<u8>().add(1 << self.dk_log2_index_bytes.get()) as *mut E }
    }

    /// An entry of a general block.
    ///
    /// # Safety
    /// The block is general and `i` is within its entries.
    #[inline(always)]
    pub unsafe fn entry(&self, i: usize) -> &Entry {
        // SAFETY: the caller's promise.
        unsafe { &*self.entries::<Entry>().add(i) }
    }

    /// An entry of a block of `str` keys.
    ///
    /// # Safety
    /// The block is not general and `i` is within its entries.
    #[inline(always)]
    pub unsafe fn unicode_entry(&self, i: usize) -> &UnicodeEntry {
        // SAFETY: the caller's promise.
        unsafe { &*self.entries::<UnicodeEntry>().add(i) }
    }

    /// The key of an entry, null when deleted.
    ///
    /// # Safety
    /// `i` is within the entries.
    #[inline(always)]
    pub unsafe fn key_ptr(&self, i: usize) -> *mut PyObject {
        // SAFETY: the caller's promise.
        unsafe {
            if self.is_unicode() { self.unicode_entry(i).me_key.get() } else { self.entry(i).me_key.get() }
        }
    }

    /// The value of an entry, null when deleted or when the values are elsewhere.
    ///
    /// # Safety
    /// `i` is within the entries.
    #[inline(always)]
    pub unsafe fn value_cell(&self, i: usize) -> &Cell<*mut PyObject> {
        // SAFETY: the caller's promise.
        unsafe { if self.is_unicode() { &self.unicode_entry(i).me_value } else { &self.entry(i).me_value } }
    }

    /// The hash of an entry that is in use.
    ///
    /// # Safety
    /// `i` is within the entries and its key is not null.
    #[inline(always)]
    pub unsafe fn hash_at(&self, i: usize) -> isize {
        // SAFETY: the keys of a unicode block are strings with a computed hash.
        unsafe {
            if self.is_unicode() {
                str_hash(self.unicode_entry(i).me_key.get())
            } else {
                self.entry(i).me_hash.get()
            }
        }
    }

    #[inline(always)]
    fn index(&self, slot: usize) -> isize {
        // SAFETY: `slot` is masked by the callers; the width follows from the size.
        unsafe {
            match self.dk_log2_size.get() {
                0..8 => *self.table::<i8>().add(slot) as isize,
                8..16 => *self.table::<i16>().add(slot) as isize,
                16..32 => *self.table::<i32>().add(slot) as isize,
                _ => *self.table::<i64>().add(slot) as isize,
            }
        }
    }

    #[inline(always)]
    fn set_index(&self, slot: usize, ix: isize) {
        // SAFETY: as above.
        unsafe {
            match self.dk_log2_size.get() {
                0..8 => *self.table::<i8>().add(slot) = ix as i8,
                8..16 => *self.table::<i16>().add(slot) = ix as i16,
                16..32 => *self.table::<i32>().add(slot) = ix as i32,
                _ => *self.table::<i64>().add(slot) = ix as i64,
            }
        }
    }

    /// The probe sequence of a hash.
    #[inline(always)]
    pub(super) fn probe(&self, hash: isize) -> Probe<'_> {
        Probe { keys: self, slot: hash as usize & self.mask(), perturb: hash as usize }
    }

    /// Finds a `str` in a block of `str` keys: the entry's number or [`EMPTY`].
    #[inline]
    pub fn find_str(&self, key: &PyStr, hash: isize) -> isize {
        debug_assert!(self.is_unicode());
        let mut probe = self.probe(hash);
        loop {
            let ix = probe.index();
            if ix >= 0 {
                // SAFETY: indices in the table are within the entries; their keys are strings.
                unsafe {
                    let k = self.unicode_entry(ix as usize).me_key.get();
                    if std::ptr::eq(k, key.as_object()) {
                        return ix;
                    }
                    if str_hash(k) == hash && (*(k as *const PyStr)).equals(key) {
                        return ix;
                    }
                }
            } else if ix == EMPTY {
                return EMPTY;
            }
            probe.advance();
        }
    }

    /// The entry's number for a `str`, for inline caches; `None` if absent or if the keys are not all strings.
    pub fn index_of(&self, key: &PyStr) -> Option<usize> {
        if self.is_unicode() { usize::try_from(self.find_str(key, key.hash())).ok() } else { None }
    }

    /// A slot for a new key: the first that holds no entry.
    fn free_slot(&self, hash: isize) -> usize {
        let mut probe = self.probe(hash);
        while probe.index() >= 0 {
            probe.advance();
        }
        probe.slot
    }

    /// The slot that holds entry `ix`.
    fn slot_of(&self, hash: isize, ix: usize) -> Option<usize> {
        let mut probe = self.probe(hash);
        loop {
            match probe.index() {
                i if i == ix as isize => return Some(probe.slot),
                EMPTY => return None,
                _ => probe.advance(),
            }
        }
    }

    /// Appends an entry; the references go over to the block.
    ///
    /// # Safety
    /// There is room, the key is not in the block, and the block is general or the key an exact `str`.
    #[inline]
    pub unsafe fn push(&self, hash: isize, key: Py, value: Py) {
        // SAFETY: the caller's promise.
        unsafe {
            let n = self.entry_count();
            self.set_index(self.free_slot(hash), n as isize);
            self.write_entry(n, hash, key.into_raw(), value.into_raw());
            self.dk_version.set(0);
            self.dk_usable.set(self.dk_usable.get() - 1);
            self.dk_nentries.set(n as isize + 1);
        }
    }

    /// # Safety
    /// `i` is within the room for entries.
    #[inline(always)]
    unsafe fn write_entry(&self, i: usize, hash: isize, key: *mut PyObject, value: *mut PyObject) {
        // SAFETY: the caller's promise.
        unsafe {
            if self.is_unicode() {
                let e = self.unicode_entry(i);
                e.me_key.set(key);
                e.me_value.set(value);
            } else {
                let e = self.entry(i);
                e.me_hash.set(hash);
                e.me_key.set(key);
                e.me_value.set(value);
            }
        }
    }

    /// Moves an entry in while a table is rebuilt: no version, no bookkeeping of the used count.
    ///
    /// # Safety
    /// As [`push`](Self::push); the caller's references go over.
    #[inline]
    pub(super) unsafe fn rebuild_push(&self, hash: isize, key: *mut PyObject, value: *mut PyObject) {
        // SAFETY: the caller's promise.
        unsafe {
            let n = self.entry_count();
            self.set_index(self.free_slot(hash), n as isize);
            self.write_entry(n, hash, key, value);
            self.dk_usable.set(self.dk_usable.get() - 1);
            self.dk_nentries.set(n as isize + 1);
        }
    }

    /// Takes an entry out of a combined block and hands out its key and value. Keeps the place, so that order holds.
    ///
    /// # Safety
    /// `i` is an entry in use with this hash.
    pub unsafe fn remove(&self, hash: isize, i: usize) -> (Py, Py) {
        // SAFETY: the caller's promise; the references leave the block.
        unsafe {
            if let Some(slot) = self.slot_of(hash, i) {
                self.set_index(slot, DUMMY);
            }
            self.dk_version.set(0);
            let key = self.key_ptr(i);
            let value = self.value_cell(i).get();
            self.write_entry(i, 0, std::ptr::null_mut(), std::ptr::null_mut());
            (Py::from_raw_owned(key), Py::from_raw_owned(value))
        }
    }

    /// The number of a key in shared keys, which is added if there is room; [`EMPTY`] if not.
    pub fn insert_split_key(&self, key: &PyStr) -> isize {
        debug_assert!(self.dk_kind.get() == KIND_SPLIT);
        let hash = key.hash();
        let ix = self.find_str(key, hash);
        if ix != EMPTY || self.dk_usable.get() <= 0 {
            return ix;
        }
        let n = self.entry_count();
        self.dk_version.set(0);
        self.set_index(self.free_slot(hash), n as isize);
        // SAFETY: there is room.
        unsafe { self.unicode_entry(n).me_key.set(key.owned().into_raw()) };
        self.dk_usable.set(self.dk_usable.get() - 1);
        self.dk_nentries.set(n as isize + 1);
        n as isize
    }

    /// Upper bound of the entry numbers of shared keys: the capacity that values for them need.
    #[inline(always)]
    pub fn shared_capacity(&self) -> usize {
        (self.dk_nentries.get() + self.dk_usable.get()) as usize
    }

    /// Bytes of the block (`_PyDict_KeysSize`).
    pub fn byte_size(&self) -> usize {
        let log2 = self.dk_log2_size.get();
        let entry = if self.is_unicode() { size_of::<UnicodeEntry>() } else { size_of::<Entry>() };
        size_of::<DictKeys>() + (1 << self.dk_log2_index_bytes.get()) + usable_fraction(log2) * entry
    }

    /// Another dict uses the block.
    #[inline]
    pub fn incref(&self) {
        let n = self.dk_refcnt.get();
        if n >= 0 {
            self.dk_refcnt.set(n + 1);
        }
    }

    /// A dict gives the block up; the last one frees it with all references in it.
    ///
    /// # Safety
    /// The caller owns one use of the block.
    #[inline]
    pub unsafe fn decref(this: *mut DictKeys) {
        // SAFETY: the caller's use keeps the block alive.
        unsafe {
            let n = (*this).dk_refcnt.get();
            if n < 0 {
                return;
            }
            (*this).dk_refcnt.set(n - 1);
            if n == 1 {
                DictKeys::release(this);
            }
        }
    }

    unsafe fn release(this: *mut DictKeys) {
        // SAFETY: nobody else uses the block: its references are dropped one by one.
        unsafe {
            let k = &*this;
            for i in 0..k.entry_count() {
                let key = k.key_ptr(i);
                let value = k.value_cell(i).replace(std::ptr::null_mut());
                drop(Py::<PyObject>::from_raw_owned_or_opt(key));
                drop(Py::<PyObject>::from_raw_owned_or_opt(value));
            }
            DictKeys::free_memory(this);
        }
    }

    /// Frees the block's memory only; its references have moved elsewhere.
    ///
    /// # Safety
    /// Nobody uses the block any more.
    #[inline]
    pub unsafe fn free_memory(this: *mut DictKeys) {
        // SAFETY: allocated by `alloc`.
        unsafe { alloc::object_free(this as *mut u8) }
    }
}

/// The hash of a string that has one computed.
///
/// # Safety
/// `s` is a live `str`.
#[inline(always)]
pub(super) unsafe fn str_hash(s: *mut PyObject) -> isize {
    // SAFETY: the caller's promise.
    unsafe { (*(s as *const PyStr)).hash() }
}

/// The slots to look at for a hash, in order.
pub(super) struct Probe<'a> {
    keys: &'a DictKeys,
    slot: usize,
    perturb: usize,
}

impl Probe<'_> {
    /// What the current slot holds.
    #[inline(always)]
    pub fn index(&self) -> isize {
        self.keys.index(self.slot)
    }

    #[inline(always)]
    pub fn advance(&mut self) {
        self.perturb >>= 5;
        self.slot = self.slot.wrapping_mul(5).wrapping_add(self.perturb).wrapping_add(1) & self.keys.mask();
    }
}
