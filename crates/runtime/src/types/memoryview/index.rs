//! Subscripts of memoryviews: items, slices, and their assignment.

use super::{PyMemoryView, item};
use crate::abstract_::number;
use crate::prelude::*;
use crate::types::bounds;
use crate::types::buffer::{self, Buffer, request};
use std::ptr;

impl PyMemoryView {
    /// The native format character, for access to items. Errors: `NotImplementedError` for other formats.
    pub(super) fn native_format(&self, py: Python) -> PyResult<u8> {
        item::native(self.format()).ok_or_else(|| {
            not_implemented_error(
                py,
                format!("memoryview: unsupported format {}", String::from_utf8_lossy(self.format())),
            )
        })
    }

    /// The address of the item at an index of all dimensions. Errors: `IndexError`.
    fn item_at(&self, py: Python, index: &[isize]) -> PyResult<*mut u8> {
        let mut at = [0isize; request::MAX_NDIM];
        for (dim, (&i, &n)) in index.iter().zip(self.shape()).enumerate() {
            let j = if i < 0 { i.saturating_add(n) } else { i };
            if j < 0 || j >= n {
                return Err(index_error(py, format!("index out of bounds on dimension {}", dim + 1)));
            }
            at[dim] = j;
        }
        let n = self.ndim().min(index.len());
        // SAFETY: the index was checked against the shape.
        Ok(unsafe { buffer::item_ptr(self.raw(), &at[..n]) })
    }

    /// Item `i` of a one-dimensional view.
    pub(super) fn get_one(&self, py: Python, i: isize) -> PyResult {
        let c = self.native_format(py)?;
        match self.ndim() {
            0 => Err(type_error(py, "invalid indexing of 0-dim memory")),
            1 => {
                let p = self.item_at(py, &[i])?;
                // SAFETY: an item of the view.
                unsafe { item::unpack(py, c, p) }
            }
            _ => Err(not_implemented_error(py, "multi-dimensional sub-views are not implemented")),
        }
    }

    fn tuple_index(&self, py: Python, key: &PyTuple) -> PyResult<Vec<isize>> {
        let n = key.len();
        if n > self.ndim() {
            return Err(type_error(
                py,
                format!("cannot index {}-dimension view with {n}-element tuple", self.ndim()),
            ));
        }
        key.items().iter().map(|o| o.index_isize(py, Some(&exceptions::PyExc_IndexError_Type))).collect()
    }

    pub(super) fn subscript_slot(&self, py: Python, key: &PyObject) -> PyResult {
        self.check(py)?;
        if self.ndim() == 0 {
            if key.downcast::<PyTuple>().is_some_and(|t| t.is_empty()) {
                let c = self.native_format(py)?;
                // SAFETY: a scalar's only item.
                return unsafe { item::unpack(py, c, self.raw().buf as *const u8) };
            }
            if key.is(ellipsis()) {
                return Ok(self.as_object().owned());
            }
            return Err(type_error(py, "invalid indexing of 0-dim memory"));
        }
        if number::has_index(key) {
            let i = key.index_isize(py, Some(&exceptions::PyExc_IndexError_Type))?;
            self.check(py)?;
            return self.get_one(py, i);
        }
        if let Some(slice) = key.downcast_exact::<PySlice>() {
            // The new view holds the memory while the slice's ends are asked for their values.
            let made = self.sibling(py)?;
            let sel = bounds::select(py, slice, || made.shape().first().copied().unwrap_or(0) as usize)?;
            made.narrow(sel);
            return Ok(made.into_object());
        }
        if let Some(t) = key.downcast::<PyTuple>() {
            if t.items().iter().all(|o| number::has_index(o)) {
                let index = self.tuple_index(py, t)?;
                self.check(py)?;
                if index.len() < self.ndim() {
                    return Err(not_implemented_error(py, "sub-views are not implemented"));
                }
                let c = self.native_format(py)?;
                let p = self.item_at(py, &index)?;
                // SAFETY: an item of the view.
                return unsafe { item::unpack(py, c, p) };
            }
            if t.items().iter().all(|o| PySlice::check_exact(o)) {
                return Err(not_implemented_error(py, "multi-dimensional slicing is not implemented"));
            }
        }
        Err(type_error(py, "memoryview: invalid slice key"))
    }

    /// Narrows a new view to the part of the first dimension that a slice selects.
    fn narrow(&self, sel: bounds::Selection) {
        // SAFETY: the new view is seen by nobody yet; `ndim` is at least 1.
        unsafe {
            let view = &mut *self.view.get();
            let stride = *view.strides;
            view.buf = (view.buf as *mut u8).offset(stride.wrapping_mul(sel.start)).cast();
            *view.shape = sel.count as isize;
            *view.strides = stride.wrapping_mul(sel.step);
            view.len = self.shape().iter().fold(view.itemsize, |a, &n| a.wrapping_mul(n));
        }
        self.init_flags();
    }

    pub(super) fn assign_slot(&self, py: Python, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        self.check(py)?;
        let c = match item::native(self.format()) {
            Some(c) => c,
            None => {
                self.native_format(py)?;
                return Ok(());
            }
        };
        if self.raw().readonly != 0 {
            return Err(type_error(py, "cannot modify read-only memory"));
        }
        let Some(value) = value else {
            return Err(type_error(py, "cannot delete memory"));
        };
        if self.ndim() == 0 {
            if key.is(ellipsis()) || key.downcast::<PyTuple>().is_some_and(|t| t.is_empty()) {
                let (bytes, n) = item::pack(py, c, value)?;
                self.check(py)?;
                return self.store(self.raw().buf as *mut u8, &bytes[..n]);
            }
            return Err(type_error(py, "invalid indexing of 0-dim memory"));
        }
        if number::has_index(key) {
            if self.ndim() > 1 {
                return Err(not_implemented_error(py, "sub-views are not implemented"));
            }
            let i = key.index_isize(py, Some(&exceptions::PyExc_IndexError_Type))?;
            self.check(py)?;
            let p = self.item_at(py, &[i])?;
            let (bytes, n) = item::pack(py, c, value)?;
            // The conversion may have released the view.
            self.check(py)?;
            return self.store(p, &bytes[..n]);
        }
        if let (Some(slice), 1) = (key.downcast_exact::<PySlice>(), self.ndim()) {
            return self.assign_slice(py, slice, value);
        }
        if let Some(t) = key.downcast::<PyTuple>()
            && t.items().iter().all(|o| number::has_index(o))
        {
            let index = self.tuple_index(py, t)?;
            if index.len() < self.ndim() {
                return Err(not_implemented_error(py, "sub-views are not implemented"));
            }
            self.check(py)?;
            let p = self.item_at(py, &index)?;
            let (bytes, n) = item::pack(py, c, value)?;
            self.check(py)?;
            return self.store(p, &bytes[..n]);
        }
        let slices =
            key.downcast::<PyTuple>().is_some_and(|t| t.items().iter().all(|o| PySlice::check_exact(o)));
        if PySlice::check_exact(key) || slices {
            return Err(not_implemented_error(
                py,
                "memoryview slice assignments are currently restricted to ndim = 1",
            ));
        }
        Err(type_error(py, "memoryview: invalid slice key"))
    }

    fn store(&self, p: *mut u8, bytes: &[u8]) -> PyResult<()> {
        // SAFETY: `p` is the address of an item of a live, writable view, of exactly that size.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), p, bytes.len()) };
        Ok(())
    }

    fn assign_slice(&self, py: Python, slice: &PySlice, value: &PyObject) -> PyResult<()> {
        let src = Buffer::get(py, value, request::FULL_RO)?;
        let sel = bounds::select(py, slice, || self.shape().first().copied().unwrap_or(0) as usize)?;
        self.check(py)?;
        let v = src.raw();
        let itemsize = self.raw().itemsize;
        // SAFETY: a one-dimensional view has its shape there, if it has one at all.
        let src_len = unsafe {
            if v.ndim != 1 {
                -1
            } else if v.shape.is_null() {
                v.len / v.itemsize.max(1)
            } else {
                *v.shape
            }
        };
        let strip = |f: &[u8]| f.strip_prefix(b"@").unwrap_or(f).to_vec();
        if src_len != sel.count as isize
            || v.itemsize != itemsize
            || strip(src.format()) != strip(self.format())
        {
            return Err(value_error(
                py,
                "memoryview assignment: lvalue and rvalue have different structures",
            ));
        }
        // Through a copy: both may be the same memory.
        let bytes = src.to_contiguous(py, b'C')?;
        let stride = self.strides().first().copied().unwrap_or(itemsize);
        let sub = self.raw().suboffsets;
        for (k, part) in bytes.chunks_exact(itemsize.max(1) as usize).enumerate() {
            let i = sel.start + k as isize * sel.step;
            // SAFETY: the slice's positions are inside the first dimension.
            unsafe {
                let mut p = (self.raw().buf as *mut u8).offset(stride * i);
                if !sub.is_null() && *sub >= 0 {
                    p = (*(p as *mut *mut u8)).offset(*sub);
                }
                ptr::copy_nonoverlapping(part.as_ptr(), p, part.len());
            }
        }
        Ok(())
    }

    /// All items as nested lists.
    pub(super) fn items(&self, py: Python) -> PyResult {
        let c = self.native_format(py)?;
        let mut index = Vec::with_capacity(self.ndim());
        self.level(py, c, &mut index)
    }

    /// The items below an index of the first dimensions. At most 64 levels deep.
    fn level(&self, py: Python, c: u8, index: &mut Vec<isize>) -> PyResult {
        if index.len() == self.ndim() {
            // SAFETY: the index runs inside the shape.
            return unsafe { item::unpack(py, c, buffer::item_ptr(self.raw(), index)) };
        }
        let n = self.shape().get(index.len()).copied().unwrap_or(0);
        let mut list = Vec::new();
        for i in 0..n {
            index.push(i);
            let below = self.level(py, c, index);
            index.pop();
            list.push(below?);
        }
        Ok(PyList::new(py, list)?.into_object())
    }
}
