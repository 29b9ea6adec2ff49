//! The hash table: open addressing, a few neighbours first (they share cache lines), then a jump that mixes in more bits of the
//! hash. The order of iteration is the table's order, so sizes and probing are exactly CPython's.

use super::{MINSIZE, PySet, SetEntry};
use crate::prelude::*;
use crate::types::dict::equal_without_code;
use object::alloc;
use std::ptr::null_mut;

/// Neighbours looked at after a slot.
const LINEAR_PROBES: usize = 9;

/// The slots to look at for a hash, in order: an infinite sequence.
struct Probe {
    mask: usize,
    perturb: usize,
    base: usize,
    step: usize,
    steps: usize,
}

impl Probe {
    #[inline(always)]
    fn new(hash: isize, mask: usize) -> Probe {
        let base = hash as usize & mask;
        Probe { mask, perturb: hash as usize, base, step: 0, steps: Probe::steps(base, mask) }
    }

    /// Neighbours are looked at only where all of them are within the table.
    #[inline(always)]
    fn steps(base: usize, mask: usize) -> usize {
        if base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 }
    }

    #[inline(always)]
    fn slot(&self) -> usize {
        self.base + self.step
    }

    #[inline(always)]
    fn advance(&mut self) {
        if self.step < self.steps {
            self.step += 1;
            return;
        }
        self.perturb >>= 5;
        self.base = self.base.wrapping_mul(5).wrapping_add(1).wrapping_add(self.perturb) & self.mask;
        self.step = 0;
        self.steps = Probe::steps(self.base, self.mask);
    }
}

impl SetEntry {
    #[inline(always)]
    fn is_unused(&self) -> bool {
        self.key.get().is_null() && self.hash.get() == 0
    }
}

impl PySet {
    /// The table inside the object.
    #[inline(always)]
    pub(super) fn small(&self) -> *mut SetEntry {
        self.smalltable.as_ptr() as *mut SetEntry
    }

    #[inline(always)]
    fn mask(&self) -> usize {
        self.mask.get() as usize
    }

    /// # Safety
    /// `i` is at most the mask; the table is not replaced while the entry is used.
    #[inline(always)]
    pub(super) unsafe fn entry(&self, i: usize) -> &SetEntry {
        // SAFETY: the caller's promise.
        unsafe { &*self.table.get().add(i) }
    }

    /// The slot of an item.
    pub(super) fn lookup(&self, py: Python, key: &PyObject, hash: isize) -> PyResult<Option<usize>> {
        Ok(self.search(py, key, hash)?.ok())
    }

    /// The slot of an item, or where it would go: the last dummy on the way, or else the unused slot at the end of it.
    fn search(&self, py: Python, key: &PyObject, hash: isize) -> PyResult<Result<usize, usize>> {
        'restart: loop {
            let mut dummy = None;
            let table = self.table.get();
            let mut probe = Probe::new(hash, self.mask());
            loop {
                let i = probe.slot();
                // SAFETY: probes stay within the table, which is checked after each comparison.
                let e = unsafe { &*table.add(i) };
                if e.is_unused() {
                    return Ok(Err(dummy.unwrap_or(i)));
                }
                if e.hash.get() == hash {
                    let start = e.key.get();
                    if std::ptr::eq(start, key) {
                        return Ok(Ok(i));
                    }
                    // SAFETY: an active entry's key is live.
                    match equal_without_code(unsafe { &*start }, key) {
                        Some(true) => return Ok(Ok(i)),
                        Some(false) => {}
                        None => {
                            // SAFETY: as above.
                            let held = unsafe { (*start).owned() };
                            let equal = held.compare_bool(py, key, CompareOp::Eq)?;
                            // SAFETY: the table is looked at only if it is still the set's and as large.
                            let same = self.table.get() == table
                                && self.mask() == probe.mask
                                && unsafe { std::ptr::eq((*table.add(i)).key.get(), start) };
                            if !same {
                                continue 'restart;
                            }
                            if equal {
                                return Ok(Ok(i));
                            }
                        }
                    }
                } else if e.hash.get() == -1 {
                    dummy = Some(i);
                }
                probe.advance();
            }
        }
    }

    /// Adds an item with known hash unless it is there.
    pub(super) fn insert(&self, py: Python, key: Py, hash: isize) -> PyResult<()> {
        let i = loop {
            let Err(i) = self.search(py, &key, hash)? else { return Ok(()) };
            // A dummy on the way may have been filled by a comparison further on.
            // SAFETY: the table was this large just now, and no code ran since.
            if unsafe { self.entry(i).key.get().is_null() } {
                break i;
            }
        };
        // SAFETY: the slot was found free just now.
        let e = unsafe { self.entry(i) };
        let was_dummy = e.hash.get() == -1;
        e.key.set(key.into_raw());
        e.hash.set(hash);
        self.used.set(self.used.get() + 1);
        if was_dummy {
            return Ok(());
        }
        self.fill.set(self.fill.get() + 1);
        if (self.fill.get() as usize) * 5 < self.mask() * 3 {
            return Ok(());
        }
        self.resize(py, self.growth())
    }

    /// The size to grow to.
    fn growth(&self) -> usize {
        if self.len() > 50000 { self.len() * 2 } else { self.len() * 4 }
    }

    /// Makes room for `n` items before they are added.
    pub(super) fn reserve(&self, py: Python, n: usize) -> PyResult<()> {
        if (self.fill.get() as usize + n) * 5 >= self.mask() * 3 {
            self.resize(py, (self.len() + n) * 2)?;
        }
        Ok(())
    }

    /// A table with more than `wanted` slots, without dummies.
    fn resize(&self, py: Python, wanted: usize) -> PyResult<()> {
        let mut size = MINSIZE;
        while size <= wanted {
            size = size
                .checked_mul(2)
                .filter(|&s| s <= isize::MAX as usize / 16)
                .ok_or_else(|| memory_error(py))?;
        }
        let small = self.small();
        let (old, old_mask) = (self.table.get(), self.mask());
        if size == MINSIZE && old == small && self.fill.get() == self.used.get() {
            return Ok(());
        }
        // SAFETY: entries are moved from the old table, or from a copy of the small one, to a zeroed one.
        unsafe {
            let mut copy = [const { (null_mut(), 0) }; MINSIZE];
            let from: *const (*mut PyObject, isize) = if size == MINSIZE && old == small {
                for (i, c) in copy.iter_mut().enumerate() {
                    let e = &*old.add(i);
                    *c = (e.key.get(), e.hash.get());
                }
                copy.as_ptr()
            } else {
                old as *const (*mut PyObject, isize)
            };
            let new = if size == MINSIZE {
                small
            } else {
                let p = alloc::object_alloc(size * size_of::<SetEntry>()) as *mut SetEntry;
                if p.is_null() {
                    return Err(memory_error(py));
                }
                p
            };
            new.write_bytes(0, size);
            self.mask.set(size as isize - 1);
            self.table.set(new);
            for i in 0..=old_mask {
                let (key, hash) = *from.add(i);
                if !key.is_null() {
                    self.insert_clean(key, hash);
                }
            }
            self.fill.set(self.used.get());
            if old != small {
                alloc::object_free(old as *mut u8);
            }
        }
        Ok(())
    }

    /// Puts an entry into a table without dummies that does not have it; the reference goes over.
    ///
    /// # Safety
    /// There is an unused slot; `key` is an owned reference.
    unsafe fn insert_clean(&self, key: *mut PyObject, hash: isize) {
        let mut probe = Probe::new(hash, self.mask());
        // SAFETY: probes stay within the table.
        unsafe {
            while !self.entry(probe.slot()).key.get().is_null() {
                probe.advance();
            }
            let e = self.entry(probe.slot());
            e.key.set(key);
            e.hash.set(hash);
        }
    }

    /// Removes an item with known hash; was it there?
    pub(super) fn remove(&self, py: Python, key: &PyObject, hash: isize) -> PyResult<bool> {
        let Some(i) = self.lookup(py, key, hash)? else { return Ok(false) };
        drop(self.take_slot(i));
        Ok(true)
    }

    /// Turns an active slot into a dummy.
    fn take_slot(&self, i: usize) -> Option<Py> {
        // SAFETY: a slot of the table; its reference leaves.
        unsafe {
            let e = self.entry(i);
            let key = e.key.replace(null_mut());
            e.hash.set(-1);
            self.used.set(self.used.get() - 1);
            Py::from_raw_owned_or_opt(key)
        }
    }

    /// Removes and returns some item.
    pub(super) fn pop_any(&self) -> Option<Py> {
        if self.is_empty() {
            return None;
        }
        let mask = self.mask();
        let mut i = self.finger.get() as usize & mask;
        // SAFETY: within the table, which has an active slot.
        while unsafe { self.entry(i).key.get().is_null() } {
            i = if i == mask { 0 } else { i + 1 };
        }
        self.finger.set(i as isize + 1);
        self.take_slot(i)
    }

    /// After many removals: a table without dummies.
    pub(super) fn compact(&self, py: Python) -> PyResult<()> {
        let dummies = (self.fill.get() - self.used.get()) as usize;
        if dummies <= self.mask() / 4 { Ok(()) } else { self.resize(py, self.growth()) }
    }

    /// Steps through the items with their hashes. Changing the set meanwhile makes it skip or repeat, nothing worse.
    pub fn next(&self, pos: &mut usize) -> Option<(Py, isize)> {
        while *pos <= self.mask() {
            // SAFETY: within the table.
            let e = unsafe { self.entry(*pos) };
            *pos += 1;
            // SAFETY: null or live.
            if let Some(key) = unsafe { e.key.get().as_ref() } {
                return Some((key.owned(), e.hash.get()));
            }
        }
        None
    }

    /// Adds all items of another set.
    pub(super) fn merge(&self, py: Python, other: &PySet) -> PyResult<()> {
        if self.is(other) || other.is_empty() {
            return Ok(());
        }
        self.reserve(py, other.len())?;
        // SAFETY: slots of both tables; no code runs while entries are copied.
        unsafe {
            if self.fill.get() == 0 && self.mask() == other.mask() && other.fill.get() == other.used.get() {
                for i in 0..=other.mask() {
                    let (from, to) = (other.entry(i), self.entry(i));
                    if let Some(key) = from.key.get().as_ref() {
                        to.key.set(key.owned().into_raw());
                        to.hash.set(from.hash.get());
                    }
                }
                self.fill.set(other.fill.get());
                self.used.set(other.used.get());
                return Ok(());
            }
            if self.fill.get() == 0 {
                for i in 0..=other.mask() {
                    let from = other.entry(i);
                    if let Some(key) = from.key.get().as_ref() {
                        self.insert_clean(key.owned().into_raw(), from.hash.get());
                    }
                }
                self.fill.set(other.used.get());
                self.used.set(other.used.get());
                return Ok(());
            }
        }
        let mut pos = 0;
        while let Some((key, hash)) = other.next(&mut pos) {
            self.insert(py, key, hash)?;
        }
        Ok(())
    }

    /// `self.clear()`: empties the set, then releases the items.
    pub fn clear(&self) {
        let (old, mask) = (self.table.get(), self.mask());
        if old.is_null() {
            return;
        }
        let small = self.small();
        let mut copy: [*mut PyObject; MINSIZE] = [null_mut(); MINSIZE];
        // SAFETY: the set is made empty first; then the old table's references are released.
        unsafe {
            if old == small {
                for (i, c) in copy.iter_mut().enumerate() {
                    *c = (*old.add(i)).key.get();
                }
            }
            small.write_bytes(0, MINSIZE);
            self.table.set(small);
            self.mask.set(MINSIZE as isize - 1);
            self.fill.set(0);
            self.used.set(0);
            self.hash.set(-1);
            if old == small {
                for key in copy {
                    drop(Py::<PyObject>::from_raw_owned_or_opt(key));
                }
            } else {
                for i in 0..=mask {
                    drop(Py::<PyObject>::from_raw_owned_or_opt((*old.add(i)).key.get()));
                }
                alloc::object_free(old as *mut u8);
            }
        }
    }

    /// Exchanges the contents of two sets.
    pub(super) fn swap(&self, other: &PySet) {
        self.fill.swap(&other.fill);
        self.used.swap(&other.used);
        self.mask.swap(&other.mask);
        for (a, b) in self.smalltable.iter().zip(&other.smalltable) {
            a.key.swap(&b.key);
            a.hash.swap(&b.hash);
        }
        let (a, b) = (self.table.get(), other.table.get());
        self.table.set(if b == other.small() { self.small() } else { b });
        other.table.set(if a == self.small() { other.small() } else { a });
    }

    /// The hash of a frozen set with these contents.
    pub(super) fn content_hash(&self) -> isize {
        const fn shuffle(h: u64) -> u64 {
            ((h ^ 89869747) ^ (h << 16)).wrapping_mul(3644798167)
        }
        let mut hash = 0u64;
        for i in 0..=self.mask() {
            // SAFETY: within the table.
            let e = unsafe { self.entry(i) };
            if !e.key.get().is_null() {
                hash ^= shuffle(e.hash.get() as u64);
            }
        }
        hash ^= (self.len() as u64 + 1).wrapping_mul(1927868237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69069).wrapping_add(907133923);
        if hash == u64::MAX { 590923713 } else { hash as isize }
    }

    /// Bytes of the table, if it is not the one inside the object.
    pub(super) fn table_bytes(&self) -> usize {
        if self.table.get() == self.small() { 0 } else { (self.mask() + 1) * size_of::<SetEntry>() }
    }
}

impl Drop for PySet {
    fn drop(&mut self) {
        let (table, mask) = (self.table.get(), self.mask());
        if table.is_null() {
            return;
        }
        // SAFETY: nobody sees the set any more; its references are released once.
        unsafe {
            for i in 0..=mask {
                drop(Py::<PyObject>::from_raw_owned_or_opt((*table.add(i)).key.get()));
            }
            if table != self.small() {
                alloc::free_of_size(table as *mut u8, (mask + 1) * size_of::<SetEntry>());
            }
        }
    }
}
