//! `dict` (`Include/cpython/dictobject.h`): layout and making. The keys' block is in [`keys`], instance values in [`values`],
//! lookup and change in `lookup` and `change`, merging in `merge`, what Python sees in `methods`, `views` and `iters`.
//!
//! A dict is *combined* (keys and values in one block of its own) or *split* (keys shared by the instances of a type, values
//! apart). Comparing keys can run Python code that changes the dict: lookups notice and start over, and a reference that
//! leaves the table is released only when the table is consistent again.

mod change;
pub mod iters;
pub mod keys;
mod lookup;
mod merge;
mod methods;
pub mod values;
pub mod views;

pub use iters::*;
pub(in crate::types) use lookup::{equal_without_code, hash_as, unhashable};
pub use merge::Merge;
pub use methods::PyDict_Type;
pub(in crate::types) use views::plain_len;
pub use views::*;

use crate::prelude::*;
use keys::{DictKeys, KIND_SPLIT, LOG_MINSIZE, empty_keys, log2_for_entries};
use object::{alloc, gc};
use std::mem::offset_of;
use std::ptr::null_mut;
use values::DictValues;

/// `PyDictObject`.
#[repr(C)]
pub struct PyDict {
    pub ob_base: PyObject,
    pub ma_used: Cell<isize>,
    /// Low 8 bits: watchers.
    pub ma_watcher_tag: Cell<u64>,
    pub ma_keys: Cell<*mut DictKeys>,
    /// Null for a combined table.
    pub ma_values: Cell<*mut DictValues>,
}

const _: () = {
    assert!(size_of::<PyDict>() == 48);
    assert!(offset_of!(PyDict, ma_used) == 16);
    assert!(offset_of!(PyDict, ma_watcher_tag) == 24);
    assert!(offset_of!(PyDict, ma_keys) == 32);
    assert!(offset_of!(PyDict, ma_values) == 40);
};

impl PyDict {
    /// An empty dict.
    #[inline]
    pub fn new(py: Python) -> PyResult<Py<PyDict>> {
        // SAFETY: the static empty block has no owner count.
        unsafe { PyDict::from_parts(py, empty_keys(), null_mut()) }
    }

    /// An empty dict with room for `n` items (`_PyDict_NewPresized`), for general keys unless `unicode`.
    pub fn with_capacity(py: Python, n: usize, unicode: bool) -> PyResult<Py<PyDict>> {
        if n <= keys::usable_fraction(LOG_MINSIZE) {
            return PyDict::new(py);
        }
        // A wild hint is not believed: the table grows when it comes true.
        let k = DictKeys::alloc(py, log2_for_entries(n.min(keys::usable_fraction(17))), unicode)?;
        // SAFETY: the new block goes over to the dict.
        unsafe { PyDict::from_parts(py, k, null_mut()) }
    }

    /// A dict with the keys of `template`, a combined one without deleted items, and these values instead of its own; the table is of the same size.
    pub(crate) fn like(
        py: Python,
        template: &PyDict,
        values: impl Iterator<Item = Py>,
    ) -> PyResult<Py<PyDict>> {
        let k = template.keys_block().clone_with_values(py, values)?;
        // SAFETY: the new block goes over to the dict.
        let made = unsafe { PyDict::from_parts(py, k, null_mut())? };
        made.ma_used.set(template.ma_used.get());
        Ok(made)
    }

    /// A dict around a block of keys, whose use goes over to it even on failure, and values.
    ///
    /// # Safety
    /// The caller owns a use of `k`. `values` is null and `k` combined, or `values` belong to `k`.
    pub(crate) unsafe fn from_parts(
        py: Python,
        k: *mut DictKeys,
        values: *mut DictValues,
    ) -> PyResult<Py<PyDict>> {
        // SAFETY: the caller's promise.
        unsafe { PyDict::of_type(py, PyDict::type_object(), k, values) }
    }

    /// # Safety
    /// As [`from_parts`](Self::from_parts), for `dict` or a subclass.
    unsafe fn of_type(
        py: Python,
        ty: &PyTypeObject,
        k: *mut DictKeys,
        values: *mut DictValues,
    ) -> PyResult<Py<PyDict>> {
        let value = PyDict {
            ob_base: PyObject::header(ty),
            ma_used: Cell::new(0),
            ma_watcher_tag: Cell::new(0),
            ma_keys: Cell::new(k),
            ma_values: Cell::new(values),
        };
        new_object(py, ty, value).inspect_err(|_| {
            // SAFETY: the caller gave up its use of the block; values by themselves were to be the dict's alone.
            unsafe {
                DictKeys::decref(k);
                if !values.is_null() && (*values).embedded.get() == 0 {
                    (*values).clear();
                    DictValues::free_memory(values);
                }
            }
        })
    }

    /// An empty dict that shares a type's keys (`new_dict_with_shared_keys`).
    ///
    /// # Safety
    /// `k` is a live block of shared keys.
    pub(crate) unsafe fn new_split(py: Python, k: *mut DictKeys) -> PyResult<Py<PyDict>> {
        // SAFETY: the caller's promise; memory of the right size is initialised.
        unsafe {
            let capacity = (*k).shared_capacity();
            let p = alloc::object_alloc(DictValues::byte_size(capacity)) as *mut DictValues;
            if p.is_null() {
                return Err(memory_error(py));
            }
            DictValues::init(p, capacity, false);
            (*k).incref();
            PyDict::from_parts(py, k, p)
        }
    }

    /// Number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.ma_used.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The block of keys; any change of the dict can free it.
    #[inline(always)]
    pub(crate) fn keys_block(&self) -> &DictKeys {
        // SAFETY: never null; the callers do not keep it over changes.
        unsafe { &*self.ma_keys.get() }
    }

    /// The values of a split table.
    #[inline(always)]
    pub(crate) fn split_values(&self) -> Option<&DictValues> {
        // SAFETY: null or live; the callers do not keep it over changes.
        unsafe { self.ma_values.get().as_ref() }
    }

    #[inline(always)]
    pub fn is_split(&self) -> bool {
        !self.ma_values.get().is_null()
    }

    /// The place of the value of entry `i`.
    ///
    /// # Safety
    /// `i` is the number of an entry of the keys.
    #[inline(always)]
    pub(super) unsafe fn value_cell(&self, i: usize) -> &Cell<*mut PyObject> {
        // SAFETY: the caller's promise.
        unsafe {
            match self.split_values() {
                Some(v) => v.value_cell(i),
                None => self.keys_block().value_cell(i),
            }
        }
    }

    /// A copy as an exact `dict` (`PyDict_Copy`).
    pub fn copy(&self, py: Python) -> PyResult<Py<PyDict>> {
        if self.is_empty() {
            return PyDict::new(py);
        }
        let k = self.keys_block();
        if let Some(v) = self.split_values() {
            let values = v.copy(py)?;
            k.incref();
            // SAFETY: the copy uses the same keys.
            let new = unsafe { PyDict::from_parts(py, self.ma_keys.get(), values)? };
            new.ma_used.set(self.ma_used.get());
            return Ok(new);
        }
        // A table with many holes is rebuilt instead.
        if self.plain_iteration() && self.len() >= k.entry_count() * 2 / 3 {
            let block = k.clone_combined(py)?;
            // SAFETY: the new block goes over.
            let new = unsafe { PyDict::from_parts(py, block, null_mut())? };
            new.ma_used.set(self.ma_used.get());
            return Ok(new);
        }
        let new = PyDict::new(py)?;
        new.merge(py, self, true)?;
        Ok(new)
    }

    /// Is `__iter__` that of `dict`, so that the table may be walked instead?
    pub(crate) fn plain_iteration(&self) -> bool {
        let (own, plain) = (self.ty().tp_iter.get(), PyDict::type_object().tp_iter.get());
        match (own, plain) {
            (Some(a), Some(b)) => a as usize == b as usize,
            _ => false,
        }
    }

    /// Bytes of the object and its table (`_PyDict_SizeOf`).
    pub fn byte_size(&self) -> usize {
        let k = self.keys_block();
        let mut size = self.ty().tp_basicsize.get() as usize;
        if self.is_split() {
            size += k.shared_capacity() * 8;
        }
        if k.dk_refcnt.get() == 1 {
            size += k.byte_size();
        }
        size
    }

    /// Do all keys share a version for inline caches? Gives it, or 0 when there are no versions left.
    pub fn keys_version(&self, py: Python) -> u32 {
        self.keys_block().version(py)
    }

    /// For `gc`: takes the dict out of the collector's sight; used for dicts that outlive everything.
    pub fn untrack(&self) {
        // SAFETY: dicts are containers.
        unsafe {
            if gc::is_tracked(self.as_ptr()) {
                gc::untrack(self.as_ptr());
            }
        }
    }
}

impl DictKeys {
    /// The version of the block's present state (`_PyDictKeys_GetVersionForCurrentState`), 0 when none is left.
    pub fn version(&self, py: Python) -> u32 {
        let v = self.dk_version.get();
        if v != 0 {
            return v;
        }
        let next = &crate::state::interpreter(py).next_keys_version;
        let v = next.get();
        if v != 0 {
            next.set(v.wrapping_add(1));
            self.dk_version.set(v);
        }
        v
    }

    #[inline(always)]
    pub fn is_shared(&self) -> bool {
        self.dk_kind.get() == KIND_SPLIT
    }
}
