//! Values of split tables: of instances, inline behind the object, and of the dicts that share an instance's keys.
//!
//! A block of values belongs to one set of shared keys: value `i` is that of key `i`. Behind the values follows the order in which
//! they were set, a byte each.

use super::keys::{DictKeys, SHARED_KEYS_MAX};
use crate::prelude::*;
use object::alloc;
use std::mem::MaybeUninit;
use std::ptr::null_mut;

/// `PyDictValues`: this header, `capacity` values, then the numbers of the values that are set, in order of insertion.
#[repr(C)]
pub struct DictValues {
    pub capacity: Cell<u8>,
    /// How many values are set.
    pub size: Cell<u8>,
    /// 1 when part of an object, 0 when allocated by itself.
    pub embedded: Cell<u8>,
    /// 0 when the object's attributes have moved into a combined dict.
    pub valid: Cell<u8>,
    _align: [Cell<*mut PyObject>; 0],
}

const _: () = assert!(size_of::<DictValues>() == 8);

impl DictValues {
    /// Bytes of a block for `capacity` values.
    pub fn byte_size(capacity: usize) -> usize {
        size_of::<DictValues>() + capacity * 8 + capacity.next_multiple_of(8)
    }

    /// Makes a block, all values unset.
    ///
    /// # Safety
    /// `p` points to [`byte_size`](Self::byte_size)`(capacity)` bytes.
    pub(super) unsafe fn init(p: *mut DictValues, capacity: usize, embedded: bool) {
        // SAFETY: the caller's promise.
        unsafe {
            p.write(DictValues {
                capacity: Cell::new(capacity as u8),
                size: Cell::new(0),
                embedded: Cell::new(embedded as u8),
                valid: Cell::new(1),
                _align: [],
            });
            (*p).values_ptr().write_bytes(0, capacity);
        }
    }

    /// A block by itself with copies of `self`'s values.
    pub fn copy(&self, py: Python) -> PyResult<*mut DictValues> {
        let new = self.copy_unowned(py)?;
        // SAFETY: made just now.
        for i in unsafe { &*new }.order() {
            // SAFETY: values that are set are live objects; the copy counts them.
            unsafe { (*self.value_cell(i).get()).incref() };
        }
        Ok(new)
    }

    /// The same without counting the references: they are to move.
    fn copy_unowned(&self, py: Python) -> PyResult<*mut DictValues> {
        let capacity = self.capacity.get() as usize;
        let size = DictValues::byte_size(capacity);
        // SAFETY: fresh memory, the size of the block that is copied.
        unsafe {
            let p = alloc::object_alloc(size);
            if p.is_null() {
                return Err(memory_error(py));
            }
            let new = p as *mut DictValues;
            DictValues::init(new, capacity, false);
            (*new).size.set(self.size.get());
            (*new).values_ptr().copy_from_nonoverlapping(self.values_ptr(), capacity);
            (*new).order_ptr().copy_from_nonoverlapping(self.order_ptr(), capacity);
            Ok(new)
        }
    }

    /// Frees the memory of a block that is not part of an object.
    ///
    /// # Safety
    /// Nobody uses the block; its references have been released or moved.
    pub unsafe fn free_memory(this: *mut DictValues) {
        // SAFETY: the caller's promise.
        unsafe {
            if (*this).embedded.get() == 0 {
                alloc::object_free(this as *mut u8);
            }
        }
    }

    /// Pointer to the first value.
    #[inline(always)]
    pub fn values_ptr(&self) -> *mut *mut PyObject {
        // SAFETY: the values follow the header.
        unsafe { (self as *const DictValues).add(1) as *mut *mut PyObject }
    }

    #[inline(always)]
    fn order_ptr(&self) -> *mut u8 {
        // SAFETY: the order follows the values.
        unsafe { self.values_ptr().add(self.capacity.get() as usize) as *mut u8 }
    }

    /// # Safety
    /// `i` is below the capacity.
    #[inline(always)]
    pub unsafe fn value_cell(&self, i: usize) -> &Cell<*mut PyObject> {
        // SAFETY: the caller's promise.
        unsafe { &*(self.values_ptr().add(i) as *const Cell<*mut PyObject>) }
    }

    /// The number of the value that was set as the `n`-th.
    #[inline(always)]
    pub fn order_at(&self, n: usize) -> Option<usize> {
        // SAFETY: the order has `size` entries.
        if n < self.size.get() as usize { Some(unsafe { *self.order_ptr().add(n) } as usize) } else { None }
    }

    /// The numbers of the values that are set, in order of insertion.
    pub fn order(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.size.get() as usize).filter_map(|n| self.order_at(n))
    }

    /// Sets or replaces a value and hands out the old one.
    ///
    /// # Safety
    /// `i` is a key number of the shared keys.
    #[inline]
    pub unsafe fn set(&self, i: usize, value: Py) -> Option<Py> {
        // SAFETY: the caller's promise: below the capacity.
        unsafe {
            let old = self.value_cell(i).replace(value.into_raw());
            if old.is_null() {
                let n = self.size.get();
                self.order_ptr().add(n as usize).write(i as u8);
                self.size.set(n + 1);
            }
            Py::from_raw_owned_or_opt(old)
        }
    }

    /// Unsets a value and hands it out.
    ///
    /// # Safety
    /// As [`set`](Self::set).
    pub unsafe fn unset(&self, i: usize) -> Option<Py> {
        // SAFETY: the caller's promise; the order's entries behind the one that goes move up.
        unsafe {
            let old = Py::from_raw_owned_or_opt(self.value_cell(i).replace(null_mut()))?;
            let size = self.size.get() as usize;
            if let Some(at) = (0..size).find(|&n| *self.order_ptr().add(n) as usize == i) {
                let p = self.order_ptr().add(at);
                p.copy_from(p.add(1), size - at - 1);
                self.size.set(size as u8 - 1);
            }
            Some(old)
        }
    }

    /// Unsets all values, releasing them after the block is consistent.
    pub fn clear(&self) {
        let mut old = [const { MaybeUninit::<*mut PyObject>::uninit() }; SHARED_KEYS_MAX];
        let mut n = 0;
        for i in 0..self.capacity.get() as usize {
            // SAFETY: within the capacity; the reference leaves the block.
            let v = unsafe { self.value_cell(i).replace(null_mut()) };
            if !v.is_null()
                && let Some(place) = old.get_mut(n)
            {
                place.write(v);
                n += 1;
            }
        }
        self.size.set(0);
        for v in old.iter().take(n) {
            // SAFETY: the first `n` were written; each holds a reference.
            unsafe { PyObject::decref(v.assume_init()) };
        }
    }

    /// Marks an object's values as moved away: all unset, without releasing anything.
    pub(super) fn invalidate(&self) {
        // SAFETY: within the capacity.
        unsafe { self.values_ptr().write_bytes(0, self.capacity.get() as usize) };
        self.size.set(0);
        self.valid.set(0);
    }
}

/// Offset of `PyHeapTypeObject.ht_cached_keys`.
const HT_CACHED_KEYS: usize = 880;

/// The shared keys of a heap type, or null.
///
/// # Safety
/// `ty` is a heap type.
#[inline(always)]
pub unsafe fn cached_keys(ty: &PyTypeObject) -> *mut DictKeys {
    // SAFETY: heap types are `PyHeapTypeObject`s.
    unsafe { *((ty as *const PyTypeObject as *const u8).add(HT_CACHED_KEYS) as *const *mut DictKeys) }
}

/// Bytes of inline values behind instances of a type with `INLINE_VALUES` (`_PyInlineValuesSize`).
///
/// # Safety
/// `ty` is a heap type with shared keys.
pub unsafe fn inline_size(ty: &PyTypeObject) -> usize {
    // SAFETY: the caller's promise.
    DictValues::byte_size(unsafe { &*cached_keys(ty) }.shared_capacity())
}

/// The inline values of an object.
///
/// # Safety
/// `o` is an instance of a type with `INLINE_VALUES`.
#[inline(always)]
pub unsafe fn inline_values<'a>(o: *mut PyObject) -> &'a DictValues {
    // SAFETY: they follow the fields.
    unsafe { &*((o as *const u8).offset((*o).ty().tp_basicsize.get()) as *const DictValues) }
}

/// The word before an object that holds its dict.
///
/// # Safety
/// `o` is an instance of a type with `MANAGED_DICT`.
#[inline(always)]
pub unsafe fn managed_dict<'a>(o: *mut PyObject) -> &'a Slot<PyDict> {
    // SAFETY: three words before the object.
    unsafe { &*((o as *const Slot<PyDict>).sub(3)) }
}

/// Prepares the inline values of a new object.
///
/// # Safety
/// `o` is a new instance of a heap type with `INLINE_VALUES`, allocated with [`inline_size`] bytes behind its fields.
pub unsafe fn init_inline(o: *mut PyObject) {
    // SAFETY: the caller's promise.
    unsafe {
        let keys = &*cached_keys((*o).ty());
        // Each new instance makes room for one key less: keys that never come need no space in later instances.
        let usable = keys.dk_usable.get();
        if usable > 1 {
            keys.dk_usable.set(usable - 1);
        }
        DictValues::init(
            inline_values(o) as *const DictValues as *mut DictValues,
            keys.shared_capacity(),
            true,
        );
    }
}

/// The dict of an instance with a managed dict, made on first use (`_PyObject_MaterializeManagedDict`). As long as the inline
/// values are valid, it shares them.
///
/// # Safety
/// `o` is an instance of a heap type with `MANAGED_DICT`.
pub unsafe fn materialise(py: Python, o: &PyObject) -> PyResult<Py<PyDict>> {
    // SAFETY: the caller's promise.
    unsafe {
        let slot = managed_dict(o.as_ptr());
        if let Some(d) = slot.get_owned() {
            return Ok(d);
        }
        let ty = o.ty();
        let keys = cached_keys(ty);
        let dict = if ty.has_flag(flags::INLINE_VALUES) {
            let values = inline_values(o.as_ptr());
            if values.valid.get() != 0 {
                (*keys).incref();
                let d = PyDict::from_parts(py, keys, values as *const DictValues as *mut DictValues)?;
                d.ma_used.set(values.size.get() as isize);
                d
            } else {
                PyDict::new(py)?
            }
        } else if keys.is_null() {
            PyDict::new(py)?
        } else {
            PyDict::new_split(py, keys)?
        };
        slot.set(Some(dict.clone()));
        Ok(dict)
    }
}

/// Looks up an attribute among the inline values. `None`: not set, or the values are not valid.
///
/// # Safety
/// `o` is an instance of a heap type with `INLINE_VALUES`.
#[inline]
pub unsafe fn get_inline(o: &PyObject, name: &PyStr) -> Option<Py> {
    // SAFETY: the caller's promise.
    unsafe {
        let values = inline_values(o.as_ptr());
        if values.valid.get() == 0 {
            return None;
        }
        let ix = (*cached_keys(o.ty())).find_str(name, name.hash());
        if ix < 0 {
            return None;
        }
        values.value_cell(ix as usize).get().as_ref().map(|v| v.owned())
    }
}

/// Sets (or with `None` deletes) an attribute in the inline values. `Some(false)`: a deleted attribute was not set. `None`: the
/// inline values cannot take it, the attribute belongs into the materialised dict.
///
/// # Safety
/// As [`get_inline`]; the object has no dict yet, or its dict shares the values.
pub unsafe fn store_inline(o: &PyObject, name: &PyStr, value: Option<&PyObject>) -> Option<bool> {
    // SAFETY: the caller's promise.
    unsafe {
        let values = inline_values(o.as_ptr());
        if values.valid.get() == 0 {
            return None;
        }
        let keys = &*cached_keys(o.ty());
        let exact = PyStr::check_exact(name);
        let ix = if value.is_some() && exact {
            keys.insert_split_key(name)
        } else {
            keys.find_str(name, name.hash())
        };
        let dict = managed_dict(o.as_ptr()).get();
        let Some(value) = value else {
            if ix < 0 {
                return Some(false);
            }
            let old = values.unset(ix as usize);
            if let (Some(_), Some(d)) = (&old, dict) {
                d.ma_used.set(d.ma_used.get() - 1);
            }
            return Some(old.is_some());
        };
        if ix < 0 || ix as usize >= values.capacity.get() as usize {
            return None;
        }
        let old = values.set(ix as usize, value.owned());
        if let (None, Some(d)) = (&old, dict) {
            d.ma_used.set(d.ma_used.get() + 1);
        }
        drop(old);
        Some(true)
    }
}

/// An object with inline values goes away (or gets another dict) while its dict lives on: the dict gets values of its own
/// (`_PyDict_DetachFromObject`).
///
/// # Safety
/// `o` is an instance of a heap type with `INLINE_VALUES`.
pub unsafe fn detach(py: Python, dict: &PyDict, o: &PyObject) -> PyResult<()> {
    // SAFETY: the caller's promise.
    unsafe {
        let values = inline_values(o.as_ptr());
        if !std::ptr::eq(dict.ma_values.get(), values) {
            return Ok(());
        }
        let new = values.copy_unowned(py)?;
        dict.ma_values.set(new);
        values.invalidate();
        Ok(())
    }
}

/// Releases the attributes of an instance that is deallocated or cleared (`PyObject_ClearManagedDict`).
///
/// # Safety
/// `o` is an instance of a heap type with `MANAGED_DICT`.
pub unsafe fn clear_managed_dict(py: Python, o: &PyObject) {
    // SAFETY: the caller's promise.
    unsafe {
        let inline = o.ty().has_flag(flags::INLINE_VALUES);
        let slot = managed_dict(o.as_ptr());
        match slot.take() {
            None => {
                if inline && inline_values(o.as_ptr()).valid.get() != 0 {
                    inline_values(o.as_ptr()).clear();
                }
            }
            Some(d) => {
                if inline && detach(py, &d, o).is_err() {
                    // No memory for values of its own: the dict loses its contents.
                    drop(take(py));
                    d.clear();
                }
                drop(d);
            }
        }
    }
}

/// Visits the attributes of an instance (`PyObject_VisitManagedDict`).
///
/// # Safety
/// `o` is an instance of a heap type with `MANAGED_DICT`.
pub unsafe fn visit_managed_dict(o: &PyObject, visitor: &mut Visitor) {
    // SAFETY: the caller's promise.
    unsafe {
        let dict = managed_dict(o.as_ptr()).as_ptr();
        if !dict.is_null() {
            // Values that are still inside the object are visited by its dict.
            visitor.visit_ptr(dict);
        } else if o.ty().has_flag(flags::INLINE_VALUES) {
            let values = inline_values(o.as_ptr());
            if values.valid.get() != 0 {
                for i in 0..values.capacity.get() as usize {
                    visitor.visit_ptr(values.value_cell(i).get());
                }
            }
        }
    }
}
