//! `bytearray`: layout and storage.

mod mutate;
mod type_;

pub use type_::PyByteArray_Type;

use crate::errors;
use object::{Py, PyResult, PyVarObject, Python, alloc, new_object};
use std::cell::Cell;
use std::mem::offset_of;
use std::ptr;

/// `PyByteArrayObject`. `ob_start` may lie behind `ob_bytes`: removed front bytes are only skipped.
#[repr(C)]
pub struct PyByteArray {
    pub ob_base: PyVarObject,
    pub ob_alloc: Cell<isize>,
    pub ob_bytes: Cell<*mut u8>,
    pub ob_start: Cell<*mut u8>,
    /// Views that forbid resizing.
    pub ob_exports: Cell<isize>,
}

const _: () = {
    assert!(size_of::<PyByteArray>() == 56);
    assert!(offset_of!(PyByteArray, ob_alloc) == 24);
    assert!(offset_of!(PyByteArray, ob_exports) == 48);
};

impl PyByteArray {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.ob_base.ob_size.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes' address; never null.
    #[inline(always)]
    pub fn data_ptr(&self) -> *mut u8 {
        let p = self.ob_start.get();
        if p.is_null() { &EMPTY as *const u8 as *mut u8 } else { p }
    }

    /// The bytes.
    ///
    /// # Safety
    /// The slice is not used after code has run that could change or resize the array.
    #[inline(always)]
    pub unsafe fn as_bytes(&self) -> &[u8] {
        // SAFETY: `ob_size` bytes at `ob_start`; the caller's promise.
        unsafe { std::slice::from_raw_parts(self.data_ptr(), self.len()) }
    }

    /// A copy of the bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        // SAFETY: copied at once.
        unsafe { self.as_bytes() }.to_vec()
    }

    /// A new array with a copy of `bytes`.
    pub fn new(py: Python, bytes: &[u8]) -> PyResult<Py<PyByteArray>> {
        let a = new_object(
            py,
            &PyByteArray_Type,
            PyByteArray {
                ob_base: PyVarObject::header(&PyByteArray_Type, 0),
                ob_alloc: Cell::new(0),
                ob_bytes: Cell::new(ptr::null_mut()),
                ob_start: Cell::new(ptr::null_mut()),
                ob_exports: Cell::new(0),
            },
        )?;
        a.resize(py, bytes.len())?;
        // SAFETY: just sized to that length.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), a.data_ptr(), bytes.len()) };
        Ok(a)
    }

    /// A new array of `n` zeros. Errors: `MemoryError`.
    pub fn zeroed(py: Python, n: usize) -> PyResult<Py<PyByteArray>> {
        let a = PyByteArray::new(py, &[])?;
        a.resize(py, n)?;
        // SAFETY: just sized to that length.
        unsafe { ptr::write_bytes(a.data_ptr(), 0, n) };
        Ok(a)
    }

    /// Changes the length; new bytes are undefined until written. Errors: `BufferError` while exported,
    /// `MemoryError`.
    pub fn resize(&self, py: Python, size: usize) -> PyResult<()> {
        let old = self.len();
        if size == old {
            return Ok(());
        }
        self.check_exports(py)?;
        let logical = (self.ob_start.get() as usize).wrapping_sub(self.ob_bytes.get() as usize);
        let have = self.ob_alloc.get() as usize;
        if size > isize::MAX as usize - 1 {
            return Err(errors::memory_error(py));
        }
        let want = if size + logical < have {
            if size >= have / 2 {
                // Enough room, and not too much of it.
                self.ob_base.ob_size.set(size as isize);
                // SAFETY: inside the block.
                unsafe { self.ob_start.get().add(size).write(0) };
                return Ok(());
            }
            size + 1
        } else if size <= (have as f64 * 1.125) as usize {
            size + (size >> 3) + if size < 9 { 3 } else { 6 }
        } else {
            size + 1
        };
        // SAFETY: the old block is ours; its contents move into the new one.
        unsafe {
            let p;
            if logical > 0 {
                p = alloc::object_alloc(want);
                if p.is_null() {
                    return Err(errors::memory_error(py));
                }
                ptr::copy_nonoverlapping(self.ob_start.get(), p, size.min(old));
                alloc::object_free(self.ob_bytes.get());
            } else {
                p = alloc::object_realloc(self.ob_bytes.get(), want);
                if p.is_null() {
                    return Err(errors::memory_error(py));
                }
            }
            self.ob_bytes.set(p);
            self.ob_start.set(p);
            p.add(size).write(0);
        }
        self.ob_base.ob_size.set(size as isize);
        self.ob_alloc.set(want as isize);
        Ok(())
    }

    /// Errors: `BufferError` while a view forbids resizing.
    pub fn check_exports(&self, py: Python) -> PyResult<()> {
        if self.ob_exports.get() > 0 {
            Err(errors::buffer_error(py, "Existing exports of data: object cannot be re-sized"))
        } else {
            Ok(())
        }
    }

    /// Runs `f` on the bytes while resizing is forbidden, so that Python code may run.
    pub fn hold_for<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        self.ob_exports.set(self.ob_exports.get() + 1);
        // SAFETY: the memory stays in place while an export is counted.
        let r = f(unsafe { self.as_bytes() });
        self.ob_exports.set(self.ob_exports.get() - 1);
        r
    }

    /// Replaces the bytes `start..end` by others, growing or shrinking. Errors: as [`resize`](Self::resize).
    pub fn splice(&self, py: Python, start: usize, end: usize, with: &[u8]) -> PyResult<()> {
        let len = self.len();
        let end = end.min(len);
        let start = start.min(end);
        let tail = len - end;
        let (old, new) = (end - start, with.len());
        if new != old {
            self.check_exports(py)?;
        }
        // SAFETY: moves happen inside the block, which has room for the longer of both lengths at their time.
        unsafe {
            if new < old {
                let gone = old - new;
                if start == 0 {
                    // Cut off at the front: only the start moves.
                    self.ob_start.set(self.ob_start.get().add(gone));
                    self.ob_base.ob_size.set((len - gone) as isize);
                } else {
                    let p = self.data_ptr();
                    ptr::copy(p.add(end), p.add(start + new), tail);
                    self.resize(py, len - gone)?;
                }
            } else if new > old {
                let Some(size) = len.checked_add(new - old) else {
                    return Err(errors::memory_error(py));
                };
                self.resize(py, size)?;
                let p = self.data_ptr();
                ptr::copy(p.add(end), p.add(start + new), tail);
            }
            ptr::copy(with.as_ptr(), self.data_ptr().add(start), new);
        }
        Ok(())
    }
}

static EMPTY: u8 = 0;
