//! Changing a dict: insertion, deletion, growth.

use super::keys::{DictKeys, LOG_MINSIZE, empty_keys, log2_for_entries, log2_for_slots, usable_fraction};
use super::lookup::hash_key;
use super::{PyDict, values::DictValues};
use crate::prelude::*;
use std::ptr::null_mut;

impl PyDict {
    /// `self[key] = value`. Errors: what hashing and comparing raise.
    #[inline]
    pub fn set_item(&self, py: Python, key: &PyObject, value: &PyObject) -> PyResult<()> {
        let hash = hash_key(py, key)?;
        self.insert(py, key.owned(), hash, value.owned())
    }

    /// [`set_item`](Self::set_item) with the key's hash known.
    pub fn set_item_hash(&self, py: Python, key: &PyObject, hash: isize, value: &PyObject) -> PyResult<()> {
        self.insert(py, key.owned(), hash, value.owned())
    }

    /// [`set_item`](Self::set_item) that takes over the references.
    pub fn set_item_owned(&self, py: Python, key: Py, value: Py) -> PyResult<()> {
        let hash = hash_key(py, &key)?;
        self.insert(py, key, hash, value)
    }

    /// [`set_item`](Self::set_item) for a key given as text, which is interned.
    pub fn set_text(&self, py: Python, key: &str, value: &PyObject) -> PyResult<()> {
        let key = PyStr::intern(py, PyStr::new(py, key)?);
        let hash = key.hash();
        self.insert(py, key.into_object(), hash, value.owned())
    }

    /// Inserts or replaces; the references go over to the dict.
    pub(super) fn insert(&self, py: Python, key: Py, hash: isize, value: Py) -> PyResult<()> {
        if self.ma_keys.get() == empty_keys() && !self.is_split() {
            return self.insert_first(py, key, hash, value);
        }
        let str_key = PyStr::check_exact(&key);
        if !str_key && self.keys_block().is_unicode() {
            self.grow(py, false)?;
        }
        if let Some(values) = self.split_values() {
            // SAFETY: a split table has `str` keys only; others were turned away above.
            let ix = self.keys_block().insert_split_key(unsafe { key.downcast_unchecked() });
            if ix >= 0 && (ix as usize) < values.capacity.get() as usize {
                // SAFETY: within the capacity.
                let old = unsafe { values.set(ix as usize, value) };
                if old.is_none() {
                    self.ma_used.set(self.ma_used.get() + 1);
                }
                return Ok(());
            }
            // No room among the shared keys: the dict gets a table of its own.
            self.grow(py, true)?;
        }
        let ix = self.lookup(py, &key, hash)?;
        if ix < 0 {
            return self.append(py, key, hash, value);
        }
        // SAFETY: an entry's number; the old value is released last.
        let old = unsafe {
            Py::<PyObject>::from_raw_owned_or_opt(self.value_cell(ix as usize).replace(value.into_raw()))
        };
        drop(old);
        drop(key);
        Ok(())
    }

    fn insert_first(&self, py: Python, key: Py, hash: isize, value: Py) -> PyResult<()> {
        let block = DictKeys::alloc(py, LOG_MINSIZE, PyStr::check_exact(&key))?;
        self.ma_keys.set(block);
        // SAFETY: an empty block with room.
        unsafe { (*block).push(hash, key, value) };
        self.ma_used.set(self.ma_used.get() + 1);
        Ok(())
    }

    /// Adds a key that is not there.
    #[inline]
    fn append(&self, py: Python, key: Py, hash: isize, value: Py) -> PyResult<()> {
        // The lookup may have emptied the dict, so its kind is looked at again.
        if self.keys_block().is_unicode() && !PyStr::check_exact(&key) {
            self.grow(py, false)?;
        }
        if self.keys_block().dk_usable.get() <= 0 || self.is_split() {
            self.grow(py, true)?;
        }
        // SAFETY: there is room, and the block takes such keys.
        unsafe { self.keys_block().push(hash, key, value) };
        self.ma_used.set(self.ma_used.get() + 1);
        Ok(())
    }

    /// Makes a larger combined table; general unless all keys are `str` and `unicode`.
    #[inline(never)]
    fn grow(&self, py: Python, unicode: bool) -> PyResult<()> {
        self.resize(py, log2_for_slots(self.len() * 3), unicode)
    }

    /// Rebuilds the table with `1 << log2` slots (at least as many as needed), combined and without holes.
    pub(super) fn resize(&self, py: Python, log2: u8, unicode: bool) -> PyResult<()> {
        let old_at = self.ma_keys.get();
        let old = self.keys_block();
        let new_at = DictKeys::alloc(py, log2, unicode && old.is_unicode())?;
        // SAFETY: entries are moved one by one from the old block to the new one, which has room for all; nothing runs meanwhile.
        unsafe {
            let new = &*new_at;
            if let Some(values) = self.split_values() {
                for i in values.order() {
                    let key = old.key_ptr(i);
                    (*key).incref();
                    new.rebuild_push(old.hash_at(i), key, values.value_cell(i).get());
                }
                let values: *const DictValues = values;
                self.ma_keys.set(new_at);
                self.ma_values.set(null_mut());
                if (*values).embedded.get() != 0 {
                    (*values).invalidate();
                } else {
                    DictValues::free_memory(values as *mut DictValues);
                }
                DictKeys::decref(old_at);
                return Ok(());
            }
            for i in 0..old.entry_count() {
                let value = old.value_cell(i).get();
                if !value.is_null() {
                    new.rebuild_push(old.hash_at(i), old.key_ptr(i), value);
                }
            }
            self.ma_keys.set(new_at);
            if old_at != empty_keys() {
                DictKeys::free_memory(old_at);
            }
        }
        Ok(())
    }

    /// Prepares for `n` more items at once.
    pub(super) fn reserve(&self, py: Python, n: usize, unicode: bool) -> PyResult<()> {
        if usable_fraction(self.keys_block().dk_log2_size.get()) < n {
            self.resize(py, log2_for_entries(self.len() + n), unicode)?;
        }
        Ok(())
    }

    /// Takes entry `ix` out; the caller releases what comes out when it is done.
    pub(super) fn remove_entry(&self, hash: isize, ix: usize) -> (Option<Py>, Option<Py>) {
        self.ma_used.set(self.ma_used.get() - 1);
        // SAFETY: the number of an entry in use.
        unsafe {
            if let Some(values) = self.split_values() {
                return (None, values.unset(ix));
            }
            let (key, value) = self.keys_block().remove(hash, ix);
            (Some(key), Some(value))
        }
    }

    /// `del self[key]`; `KeyError` if absent.
    pub fn del_item(&self, py: Python, key: &PyObject) -> PyResult<()> {
        let hash = hash_key(py, key)?;
        match self.find(py, key, hash)? {
            Some(ix) => {
                drop(self.remove_entry(hash, ix));
                Ok(())
            }
            None => Err(key_error(py, key)),
        }
    }

    /// Removes a key and gives its value, or `None` if absent.
    pub fn pop(&self, py: Python, key: &PyObject) -> PyResult<Option<Py>> {
        if self.is_empty() {
            return Ok(None);
        }
        let hash = hash_key(py, key)?;
        Ok(match self.find(py, key, hash)? {
            Some(ix) => {
                let (key, value) = self.remove_entry(hash, ix);
                drop(key);
                value
            }
            None => None,
        })
    }

    /// Removes the item that was added last.
    pub fn pop_last(&self, py: Python) -> PyResult<Option<(Py, Py)>> {
        if self.is_empty() {
            return Ok(None);
        }
        if self.is_split() {
            self.resize(py, self.keys_block().dk_log2_size.get(), true)?;
        }
        let k = self.keys_block();
        for i in (0..k.entry_count()).rev() {
            // SAFETY: within the entries.
            unsafe {
                if !k.value_cell(i).get().is_null() {
                    let item = k.remove(k.hash_at(i), i);
                    // Room is not regained: the slot of the table stays taken.
                    k.dk_nentries.set(i as isize);
                    self.ma_used.set(self.ma_used.get() - 1);
                    return Ok(Some(item));
                }
            }
        }
        Ok(None)
    }

    /// `self.setdefault(key, default)`: the value now there, and whether it was there before.
    pub fn set_default(&self, py: Python, key: &PyObject, default: &PyObject) -> PyResult<Py> {
        let hash = hash_key(py, key)?;
        if let Some(ix) = self.find(py, key, hash)? {
            // SAFETY: an entry in use.
            return Ok(unsafe { (*self.value_cell(ix).get()).owned() });
        }
        if self.ma_keys.get() == empty_keys() || self.is_split() {
            self.insert(py, key.owned(), hash, default.owned())?;
        } else {
            self.append(py, key.owned(), hash, default.owned())?;
        }
        Ok(default.owned())
    }

    /// Removes all items (`PyDict_Clear`).
    pub fn clear(&self) {
        let old = self.ma_keys.get();
        if old == empty_keys() {
            return;
        }
        let values = self.ma_values.get();
        // SAFETY: the dict is made empty first; then what it held is released.
        unsafe {
            self.ma_used.set(0);
            if !values.is_null() && (*values).embedded.get() != 0 {
                (*values).clear();
                return;
            }
            self.ma_keys.set(empty_keys());
            self.ma_values.set(null_mut());
            if !values.is_null() {
                (*values).clear();
                DictValues::free_memory(values);
            }
            DictKeys::decref(old);
        }
    }
}
