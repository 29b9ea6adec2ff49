//! Finding keys.

use super::PyDict;
use super::keys::{DictKeys, EMPTY};
use crate::prelude::*;
use crate::types::exceptions::PyExc_TypeError_Type;

/// The hash of a key. An unhashable one is named in the message.
#[inline]
pub(super) fn hash_key(py: Python, key: &PyObject) -> PyResult<isize> {
    if let Some(s) = key.downcast_exact::<PyStr>() {
        return Ok(s.hash());
    }
    hash_as(py, key, "a dict key")
}

/// The hash of an object that is to be `place`.
#[inline]
pub(in crate::types) fn hash_as(py: Python, o: &PyObject, place: &str) -> PyResult<isize> {
    o.hash(py).map_err(|e| unhashable(py, o, e, place))
}

/// Says what the unhashable object was to be, if it is a plain `TypeError`.
#[cold]
pub(in crate::types) fn unhashable(py: Python, o: &PyObject, e: Raised, place: &str) -> Raised {
    let exc = fetch(py, e);
    if !std::ptr::eq(exc.ty(), &PyExc_TypeError_Type) {
        return raise_object(py, exc);
    }
    let made = exc.as_object().str_(py).and_then(|text| {
        let name = crate::types::type_::fully_qualified_name(py, o.ty())?;
        Ok(format!("cannot use '{name}' as {place} ({})", text.to_string_lossy()))
    });
    match made {
        Ok(text) => type_error(py, text),
        Err(e) => e,
    }
}

/// What comparing with an entry showed.
enum Probed {
    Found(isize),
    /// The table changed meanwhile.
    Changed,
}

impl PyDict {
    /// The number of the entry of `key`, or [`EMPTY`]. May run Python code (comparisons).
    #[inline]
    pub(super) fn lookup(&self, py: Python, key: &PyObject, hash: isize) -> PyResult<isize> {
        let k = self.keys_block();
        if k.is_unicode()
            && let Some(s) = key.downcast_exact::<PyStr>()
        {
            return Ok(k.find_str(s, hash));
        }
        self.lookup_general(py, key, hash)
    }

    #[inline(never)]
    fn lookup_general(&self, py: Python, key: &PyObject, hash: isize) -> PyResult<isize> {
        loop {
            if let Probed::Found(ix) = self.probe(py, self.ma_keys.get(), key, hash)? {
                return Ok(ix);
            }
        }
    }

    fn probe(&self, py: Python, at: *mut DictKeys, key: &PyObject, hash: isize) -> PyResult<Probed> {
        // SAFETY: the dict's present block; after a comparison it is used only if the dict still has it.
        let k = unsafe { &*at };
        let mut probe = k.probe(hash);
        loop {
            let ix = probe.index();
            if ix >= 0 {
                // SAFETY: indices in the table are within the entries; their keys are live.
                let candidate = unsafe {
                    let p = k.key_ptr(ix as usize);
                    if std::ptr::eq(p, key) {
                        return Ok(Probed::Found(ix));
                    }
                    if k.hash_at(ix as usize) == hash { Some(&*p) } else { None }
                };
                if let Some(candidate) = candidate {
                    match equal_without_code(candidate, key) {
                        Some(true) => return Ok(Probed::Found(ix)),
                        Some(false) => {}
                        None => {
                            let held = candidate.owned();
                            let equal = held.compare_bool(py, key, CompareOp::Eq)?;
                            // SAFETY: the block is looked at only after checking that it is still the dict's.
                            let same = self.ma_keys.get() == at
                                && unsafe {
                                    (ix as usize) < k.entry_count()
                                        && std::ptr::eq(k.key_ptr(ix as usize), &*held)
                                };
                            if !same {
                                return Ok(Probed::Changed);
                            }
                            if equal {
                                return Ok(Probed::Found(ix));
                            }
                        }
                    }
                }
            } else if ix == EMPTY {
                return Ok(Probed::Found(EMPTY));
            }
            probe.advance();
        }
    }

    /// The number of the entry of `key`, if it is there.
    pub(super) fn find(&self, py: Python, key: &PyObject, hash: isize) -> PyResult<Option<usize>> {
        let ix = self.lookup(py, key, hash)?;
        if ix < 0 {
            return Ok(None);
        }
        // In a split table, a key may be there without a value.
        // SAFETY: an entry's number.
        let set = unsafe { !self.value_cell(ix as usize).get().is_null() };
        Ok(set.then_some(ix as usize))
    }

    /// The number of a key's entry in the table of keys, for whoever keeps something of its own for each entry.
    pub fn entry_index(&self, py: Python, key: &PyObject, hash: isize) -> PyResult<Option<usize>> {
        self.find(py, key, hash)
    }

    /// What identifies the present table of keys, and its number of slots: entries keep their numbers while neither changes.
    pub fn table_id(&self) -> (usize, usize) {
        (self.ma_keys.get() as usize, 1usize << self.keys_block().dk_log2_size.get())
    }

    /// `self[key]`, or `None` if absent (`PyDict_GetItemRef`). Errors: what hashing and comparing raise.
    #[inline]
    pub fn get_item(&self, py: Python, key: &PyObject) -> PyResult<Option<Py>> {
        let hash = hash_key(py, key)?;
        self.get_item_hash(py, key, hash)
    }

    /// [`get_item`](Self::get_item) with the key's hash known.
    #[inline]
    pub fn get_item_hash(&self, py: Python, key: &PyObject, hash: isize) -> PyResult<Option<Py>> {
        let ix = self.lookup(py, key, hash)?;
        if ix < 0 {
            return Ok(None);
        }
        // SAFETY: an entry's number; null or a live value.
        Ok(unsafe { self.value_cell(ix as usize).get().as_ref() }.map(|v| v.owned()))
    }

    /// [`get_item`](Self::get_item) for a `str`.
    #[inline]
    pub fn get_str(&self, py: Python, key: &PyStr) -> PyResult<Option<Py>> {
        let k = self.keys_block();
        if k.is_unicode() {
            // SAFETY: no code runs while the value is borrowed.
            return Ok(unsafe { self.find_borrowed(key) }.map(|v| v.owned()));
        }
        self.get_item_hash(py, key, key.hash())
    }

    /// The value of a `str` in a dict whose keys are all `str`, borrowed. `None` also when there are other keys.
    ///
    /// # Safety
    /// The dict is not changed, and no code runs that could change it, while the borrow is used.
    #[inline]
    pub unsafe fn find_borrowed(&self, key: &PyStr) -> Option<&PyObject> {
        let k = self.keys_block();
        if !k.is_unicode() {
            return None;
        }
        let ix = k.find_str(key, key.hash());
        if ix < 0 {
            return None;
        }
        // SAFETY: an entry's number; null or a live value.
        unsafe { self.value_cell(ix as usize).get().as_ref() }
    }

    /// [`get_item`](Self::get_item) for a key given as text.
    pub fn get_text(&self, py: Python, key: &str) -> PyResult<Option<Py>> {
        let key = PyStr::new(py, key)?;
        self.get_str(py, &key)
    }

    /// `key in self`.
    pub fn contains(&self, py: Python, key: &PyObject) -> PyResult<bool> {
        let hash = hash_key(py, key)?;
        Ok(self.find(py, key, hash)?.is_some())
    }

    /// `key in self`, with the hash known.
    pub fn contains_hash(&self, py: Python, key: &PyObject, hash: isize) -> PyResult<bool> {
        Ok(self.find(py, key, hash)?.is_some())
    }

    /// The number of a `str` key's entry, for inline caches. `None` if absent or if not all keys are `str`.
    pub fn keys_index(&self, key: &PyStr) -> Option<usize> {
        self.keys_block().index_of(key)
    }

    /// Steps through the items: gives the item at or after `pos` and moves `pos` behind it. Changing values meanwhile is fine;
    /// adding or removing keys makes it skip or repeat, nothing worse (`PyDict_Next`).
    pub fn next(&self, pos: &mut usize) -> Option<(Py, Py)> {
        let (key, value, _) = self.next_raw(pos)?;
        // SAFETY: live until somebody changes the dict, which happens after the counts are raised.
        unsafe { Some(((*key).owned(), (*value).owned())) }
    }

    /// [`next`](Self::next) with the key's hash.
    pub fn next_hash(&self, pos: &mut usize) -> Option<(Py, Py, isize)> {
        let (key, value, i) = self.next_raw(pos)?;
        // SAFETY: as in `next`; the entry is in use.
        unsafe { Some(((*key).owned(), (*value).owned(), self.keys_block().hash_at(i))) }
    }

    /// The next item as raw pointers, with its entry number.
    #[inline]
    pub(super) fn next_raw(&self, pos: &mut usize) -> Option<(*mut PyObject, *mut PyObject, usize)> {
        let k = self.keys_block();
        // SAFETY: entry numbers are checked against the counts; values of a split table belong to its keys.
        unsafe {
            if let Some(v) = self.split_values() {
                let i = v.order_at(*pos)?;
                *pos += 1;
                return Some((k.key_ptr(i), v.value_cell(i).get(), i));
            }
            while *pos < k.entry_count() {
                let i = *pos;
                *pos += 1;
                let value = k.value_cell(i).get();
                if !value.is_null() {
                    return Some((k.key_ptr(i), value, i));
                }
            }
            None
        }
    }

    /// Keys, values or pairs as a list, in order.
    pub fn keys(&self, py: Python) -> PyResult<Py<PyList>> {
        self.collect(py, |key, _| Ok(key))
    }

    pub fn values(&self, py: Python) -> PyResult<Py<PyList>> {
        self.collect(py, |_, value| Ok(value))
    }

    pub fn items(&self, py: Python) -> PyResult<Py<PyList>> {
        self.collect(py, |key, value| Ok(PyTuple::new(py, [key, value])?.into_object()))
    }

    fn collect(&self, py: Python, pick: impl Fn(Py, Py) -> PyResult) -> PyResult<Py<PyList>> {
        let mut out = Vec::new();
        out.try_reserve_exact(self.len()).map_err(|_| memory_error(py))?;
        let mut pos = 0;
        while let Some((key, value)) = self.next(&mut pos) {
            out.push(pick(key, value)?);
        }
        PyList::new(py, out)
    }

    /// Are all keys `str`?
    pub fn has_only_str_keys(&self) -> bool {
        if self.keys_block().is_unicode() {
            return true;
        }
        let mut pos = 0;
        while let Some((key, ..)) = self.next_raw(&mut pos) {
            // SAFETY: a live key; nothing runs meanwhile.
            if unsafe { !PyStr::check(&*key) } {
                return false;
            }
        }
        true
    }
}

/// Compares two objects whose comparison is known to run no Python code: exact strings and exact ints.
#[inline]
pub(in crate::types) fn equal_without_code(a: &PyObject, b: &PyObject) -> Option<bool> {
    if let (Some(a), Some(b)) = (a.downcast_exact::<PyStr>(), b.downcast_exact::<PyStr>()) {
        return Some(a.equals(b));
    }
    if let (Some(a), Some(b)) = (a.downcast_exact::<PyInt>(), b.downcast_exact::<PyInt>()) {
        return Some(a.equals(b));
    }
    None
}
