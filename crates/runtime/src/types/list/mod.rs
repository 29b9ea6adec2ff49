//! `list` (`Include/cpython/listobject.h`): layout and Rust API. Methods are in `methods`, slices in `slices`, sorting in `sort`.
//!
//! Items can run Python code when they are compared or released, and that code can change the list: loops look at the length
//! again each time, and items that leave are released when the list is consistent.

pub mod iter;
mod methods;
mod slices;
mod sort;

pub use iter::*;
pub use methods::PyList_Type;

use crate::prelude::*;
use object::alloc;
use std::mem::offset_of;
use std::ptr::null_mut;

/// `PyListObject`.
#[repr(C)]
pub struct PyList {
    pub ob_base: PyVarObject,
    /// `allocated` words, of which the first `ob_size` are items.
    pub ob_item: Cell<*mut *mut PyObject>,
    pub allocated: Cell<isize>,
}

const _: () = {
    assert!(size_of::<PyList>() == 40);
    assert!(offset_of!(PyList, ob_item) == 24);
    assert!(offset_of!(PyList, allocated) == 32);
};

/// A list with room for at most so many items keeps it when it shrinks.
const KEPT: isize = 32;

/// The most items a list can have.
const MAX_LEN: usize = isize::MAX as usize / 8;

impl PyList {
    fn of_type(py: Python, ty: &PyTypeObject) -> PyResult<Py<PyList>> {
        new_object(
            py,
            ty,
            PyList {
                ob_base: PyVarObject::header(ty, 0),
                ob_item: Cell::new(null_mut()),
                allocated: Cell::new(0),
            },
        )
    }

    /// An empty list.
    pub fn empty(py: Python) -> PyResult<Py<PyList>> {
        PyList::of_type(py, PyList::type_object())
    }

    /// A list of the given items.
    pub fn new(py: Python, items: Vec<Py>) -> PyResult<Py<PyList>> {
        let l = PyList::with_capacity(py, items.len())?;
        for item in items {
            l.push(item);
        }
        Ok(l)
    }

    /// A list of `n` given items.
    pub fn from_owned(py: Python, n: usize, items: impl Iterator<Item = Py>) -> PyResult<Py<PyList>> {
        let l = PyList::with_capacity(py, n)?;
        for item in items.take(n) {
            l.push(item);
        }
        Ok(l)
    }

    /// A list of new references to borrowed items.
    pub fn from_slice(py: Python, items: &[&PyObject]) -> PyResult<Py<PyList>> {
        let l = PyList::with_capacity(py, items.len())?;
        for item in items {
            l.push(item.owned());
        }
        Ok(l)
    }

    /// An empty list with room for exactly `n` items.
    pub fn with_capacity(py: Python, n: usize) -> PyResult<Py<PyList>> {
        let l = PyList::empty(py)?;
        l.reserve_first(py, n)?;
        Ok(l)
    }

    /// `list(iterable)`.
    pub fn from_iterable(py: Python, iterable: &PyObject) -> PyResult<Py<PyList>> {
        let l = PyList::empty(py)?;
        l.extend(py, iterable)?;
        Ok(l)
    }

    /// Room for exactly `n` items in a list that has no room at all yet.
    fn reserve_first(&self, py: Python, n: usize) -> PyResult<()> {
        if n == 0 {
            return Ok(());
        }
        if n > MAX_LEN {
            return Err(memory_error(py));
        }
        // SAFETY: fresh memory.
        let p = unsafe { alloc::object_alloc(n * 8) } as *mut *mut PyObject;
        if p.is_null() {
            return Err(memory_error(py));
        }
        self.ob_item.set(p);
        self.allocated.set(n as isize);
        Ok(())
    }

    /// Number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.ob_base.ob_size.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    fn set_len(&self, n: usize) {
        self.ob_base.ob_size.set(n as isize);
    }

    /// The place of item `i`.
    ///
    /// # Safety
    /// `i` is below the allocated length.
    #[inline(always)]
    unsafe fn cell(&self, i: usize) -> &Cell<*mut PyObject> {
        // SAFETY: the caller's promise.
        unsafe { &*(self.ob_item.get().add(i) as *const Cell<*mut PyObject>) }
    }

    /// The item at `i`, borrowed: for the interpreter loop, which takes a reference before anything can run.
    #[inline(always)]
    pub fn get_borrowed(&self, i: usize) -> Option<&PyObject> {
        if i >= self.len() {
            return None;
        }
        // SAFETY: below the length; items are never null.
        Some(unsafe { &**self.ob_item.get().add(i) })
    }

    /// The item at `i`, as a new reference.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Option<Py> {
        // SAFETY: items of a list are live; a list under construction may have null ones.
        if i < self.len() { unsafe { self.cell(i).get().as_ref() }.map(|o| o.owned()) } else { None }
    }

    /// The items, borrowed.
    ///
    /// # Safety
    /// The list is complete and not changed, and no code runs that could change it, while the slice is used.
    #[inline(always)]
    pub unsafe fn items(&self) -> &[&PyObject] {
        if self.is_empty() {
            return &[];
        }
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts(self.ob_item.get() as *const &PyObject, self.len()) }
    }

    /// New references to all items.
    pub fn snapshot(&self) -> Vec<Py> {
        // SAFETY: counting references runs no code.
        unsafe { self.items() }.iter().map(|o| o.owned()).collect()
    }

    pub fn to_tuple(&self, py: Python) -> PyResult<Py<PyTuple>> {
        if self.is_empty() {
            return Ok(PyTuple::empty(py));
        }
        let mut t = crate::types::tuple::TupleBuilder::new(py, self.len())?;
        // SAFETY: counting references runs no code.
        for o in unsafe { self.items() } {
            t.push(o.owned());
        }
        Ok(t.finish())
    }

    /// Replaces item `i` and releases the old one. `false`: there is no such item.
    pub fn set(&self, i: usize, item: Py) -> bool {
        if i >= self.len() {
            return false;
        }
        // SAFETY: within the list; the old item is released last.
        let old = unsafe { Py::<PyObject>::from_raw_owned_or_opt(self.cell(i).replace(item.into_raw())) };
        drop(old);
        true
    }

    /// Changes the length, with CPython's growth. New places are not initialised: the caller fills them at once.
    fn resize(&self, py: Python, n: usize) -> PyResult<()> {
        // Negative while the list is being sorted: then there is no room.
        let allocated = self.allocated.get();
        let half_used = n as isize >= allocated >> 1 || allocated <= KEPT;
        if allocated >= n as isize && half_used {
            self.set_len(n);
            return Ok(());
        }
        self.reallocate(py, n)
    }

    #[inline(never)]
    fn reallocate(&self, py: Python, n: usize) -> PyResult<()> {
        if n > MAX_LEN - (MAX_LEN >> 2) {
            return Err(memory_error(py));
        }
        let mut room = (n + (n >> 3) + 6) & !3;
        if n > self.len() && n - self.len() > room - n {
            // A large step by one extension: no room for growth after it.
            room = (n + 3) & !3;
        }
        if n == 0 {
            room = 0;
        }
        // SAFETY: the list's own memory; its items move along.
        unsafe {
            if room == 0 {
                alloc::object_free(self.ob_item.replace(null_mut()) as *mut u8);
            } else {
                let p = alloc::object_realloc(self.ob_item.get() as *mut u8, room * 8);
                if p.is_null() {
                    return Err(memory_error(py));
                }
                self.ob_item.set(p as *mut *mut PyObject);
            }
        }
        self.set_len(n);
        self.allocated.set(room as isize);
        Ok(())
    }

    /// Appends where there is room.
    #[inline(always)]
    pub(crate) fn push(&self, item: Py) {
        let n = self.len();
        if (n as isize) < self.allocated.get() {
            // SAFETY: within the allocated room.
            unsafe { self.cell(n).set(item.into_raw()) };
            self.set_len(n + 1);
        }
    }

    /// `self.append(item)`.
    #[inline(always)]
    pub fn append(&self, py: Python, item: Py) -> PyResult<()> {
        if self.ob_base.ob_size.get() < self.allocated.get() {
            self.push(item);
            return Ok(());
        }
        self.append_slow(py, item)
    }

    #[inline(never)]
    fn append_slow(&self, py: Python, item: Py) -> PyResult<()> {
        let n = self.len();
        self.resize(py, n + 1)?;
        // SAFETY: the place was made just now.
        unsafe { self.cell(n).set(item.into_raw()) };
        Ok(())
    }

    /// `self.insert(i, item)`; negative `i` counts from the end, and nothing is out of range.
    pub fn insert(&self, py: Python, i: isize, item: Py) -> PyResult<()> {
        let n = self.len();
        let at = crate::types::tuple::clamp_index(i, n);
        self.resize(py, n + 1)?;
        // SAFETY: one place was added; the items behind `at` move up into it.
        unsafe {
            let p = self.ob_item.get().add(at);
            p.add(1).copy_from(p, n - at);
            p.write(item.into_raw());
        }
        Ok(())
    }

    /// Takes item `i` out.
    pub fn remove_at(&self, py: Python, i: usize) -> Option<Py> {
        let n = self.len();
        if i >= n {
            return None;
        }
        // SAFETY: within the list; the items behind move down.
        unsafe {
            let p = self.ob_item.get().add(i);
            let item = Py::from_raw_owned(*p);
            p.copy_from(p.add(1), n - i - 1);
            if self.resize(py, n - 1).is_err() {
                // No memory to shrink: the list keeps the room it has.
                drop(take(py));
                self.set_len(n - 1);
            }
            Some(item)
        }
    }

    /// Takes item `i` out as `pop` does: a list that gets empty gives its memory back.
    pub fn pop_at(&self, py: Python, i: usize) -> Option<Py> {
        let item = self.remove_at(py, i)?;
        if self.is_empty() {
            self.clear();
        }
        Some(item)
    }

    /// Takes the last item.
    pub fn pop(&self, py: Python) -> Option<Py> {
        self.pop_at(py, self.len().wrapping_sub(1))
    }

    /// `self.clear()`: empties the list, then releases the items.
    pub fn clear(&self) {
        let items = self.ob_item.replace(null_mut());
        if items.is_null() {
            return;
        }
        let n = self.len();
        self.set_len(0);
        let allocated = self.allocated.replace(0);
        // SAFETY: the items left the list.
        unsafe { release_items(items, n, allocated) };
    }

    /// `self.extend(iterable)`.
    pub fn extend(&self, py: Python, iterable: &PyObject) -> PyResult<()> {
        if let Some(t) = iterable.downcast_exact::<PyTuple>() {
            return self.extend_from_slice(py, t.items());
        }
        if let Some(l) = iterable.downcast_exact::<PyList>() {
            // Extending by itself: the items' addresses change when it grows.
            if l.is(self) {
                let items = l.snapshot();
                let items: Vec<&PyObject> = items.iter().map(|o| &**o).collect();
                return self.extend_from_slice(py, &items);
            }
            // SAFETY: nothing but this list changes meanwhile.
            return self.extend_from_slice(py, unsafe { l.items() });
        }
        if let Some(n) =
            crate::types::set_::exact_set_len(iterable).or_else(|| crate::types::dict::plain_len(iterable))
        {
            // The length is exact: room for it is made as for a growing list.
            let before = self.len();
            self.resize(py, before.saturating_add(n))?;
            self.set_len(before);
        }
        self.extend_iter(py, iterable)
    }

    fn extend_from_slice(&self, py: Python, items: &[&PyObject]) -> PyResult<()> {
        if items.is_empty() {
            return Ok(());
        }
        let n = self.len();
        if self.ob_item.get().is_null() {
            self.reserve_even(py, items.len())?;
            self.set_len(items.len());
        } else {
            self.resize(py, n.saturating_add(items.len()))?;
        }
        for (i, item) in items.iter().enumerate() {
            // SAFETY: the places were made just now.
            unsafe { self.cell(n + i).set(item.owned().into_raw()) };
        }
        Ok(())
    }

    /// First room for an extension. The allocator deals in pairs of words, so an odd one is of no use.
    fn reserve_even(&self, py: Python, n: usize) -> PyResult<()> {
        self.reserve_first(py, n.saturating_add(1) & !1)
    }

    fn extend_iter(&self, py: Python, iterable: &PyObject) -> PyResult<()> {
        let it = iterable.get_iter(py)?;
        let hint = iterable.length_hint(py, 8)?.max(0) as usize;
        let n = self.len();
        if self.ob_item.get().is_null() {
            if hint > 0 {
                self.reserve_even(py, hint)?;
            }
        } else if self.allocated.get() - (n as isize) < hint as isize
            && let Some(all) = n.checked_add(hint).filter(|&all| all <= MAX_LEN / 2)
        {
            self.resize(py, all)?;
            self.set_len(n);
        }
        while let Some(item) = it.iter_next(py)? {
            self.append(py, item)?;
        }
        // The hint may have been too high.
        if self.ob_base.ob_size.get() < self.allocated.get() {
            self.resize(py, self.len())?;
        }
        Ok(())
    }

    /// `self.reverse()`.
    pub fn reverse(&self) {
        if self.len() > 1 {
            // SAFETY: the list's own words, permuted.
            unsafe { std::slice::from_raw_parts_mut(self.ob_item.get(), self.len()) }.reverse();
        }
    }

    /// `self.sort(key=key, reverse=reverse)`.
    pub fn sort(&self, py: Python, key: Option<&PyObject>, reverse: bool) -> PyResult<()> {
        sort::sort(self, py, key, reverse)
    }
}

/// Releases `n` items, the last one first, and their memory.
///
/// # Safety
/// The memory came from a list that has given it up.
unsafe fn release_items(items: *mut *mut PyObject, n: usize, allocated: isize) {
    // SAFETY: the caller's promise.
    unsafe {
        for i in (0..n).rev() {
            drop(Py::<PyObject>::from_raw_owned_or_opt(*items.add(i)));
        }
        alloc::free_of_size(items as *mut u8, allocated.max(0) as usize * 8);
    }
}
