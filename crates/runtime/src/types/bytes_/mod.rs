//! `bytes`: layout, construction and what everybody needs of one.

pub mod args;
mod build;
pub mod iter;
pub(crate) mod methods;
mod new;
pub mod ops;
pub mod percent;
mod type_;

pub use build::BytesBuilder;
pub use iter::{PyByteArrayIter, PyBytesIter};
pub use type_::{PyBytes_Type, collect, contains, selected, warn_comparison};

use crate::errors;
use crate::hash::hash_bytes;
use object::{Py, PyObject, PyResult, PyVarObject, Python, alloc};
use std::cell::Cell;
use std::mem::offset_of;
use std::ptr;

/// `PyBytesObject`: the length, a cached hash, then the bytes and a NUL.
#[repr(C)]
pub struct PyBytes {
    pub ob_base: PyVarObject,
    /// -1 while unknown.
    pub ob_shash: Cell<isize>,
    pub ob_sval: [Cell<u8>; 1],
}

const _: () = {
    assert!(size_of::<PyBytes>() == 40);
    assert!(offset_of!(PyBytes, ob_shash) == 24);
    assert!(offset_of!(PyBytes, ob_sval) == 32);
};

/// `PyBytesObject_SIZE`: the basic size, which counts the NUL.
pub const BASIC_SIZE: usize = offset_of!(PyBytes, ob_sval) + 1;

impl PyBytes {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.ob_base.ob_size.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes' address.
    #[inline(always)]
    pub fn data_ptr(&self) -> *mut u8 {
        // SAFETY: the bytes lie inside the object.
        unsafe { (self as *const PyBytes as *mut u8).add(offset_of!(PyBytes, ob_sval)) }
    }

    /// The bytes. They never change once anybody else has seen them.
    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: `ob_size` bytes lie behind the header.
        unsafe { std::slice::from_raw_parts(self.data_ptr(), self.len()) }
    }

    /// The hash, computed once.
    #[inline]
    pub fn hash(&self) -> isize {
        match self.ob_shash.get() {
            -1 => {
                let h = hash_bytes(self.as_bytes());
                self.ob_shash.set(h);
                h
            }
            h => h,
        }
    }

    /// A bytes object of `n` bytes that the caller writes before anybody sees it; the NUL is there.
    pub fn alloc(py: Python, n: usize) -> PyResult<Py<PyBytes>> {
        if n > isize::MAX as usize - BASIC_SIZE {
            return Err(errors::overflow_error(py, "byte string is too large"));
        }
        // SAFETY: fresh memory for header, bytes and NUL (at least the Rust struct's size).
        unsafe {
            let p = alloc::object_alloc((BASIC_SIZE + n).max(size_of::<PyBytes>()));
            if p.is_null() {
                return Err(errors::memory_error(py));
            }
            (p as *mut PyBytes).write(PyBytes {
                ob_base: PyVarObject::header(&PyBytes_Type, n as isize),
                ob_shash: Cell::new(-1),
                ob_sval: [Cell::new(0)],
            });
            p.add(offset_of!(PyBytes, ob_sval) + n).write(0);
            Ok(Py::from_raw_owned(p as *mut PyObject))
        }
    }

    /// A copy of `bytes`.
    #[inline]
    pub fn new(py: Python, bytes: &[u8]) -> PyResult<Py<PyBytes>> {
        match bytes {
            [] => Ok(new::empty().owned_bytes()),
            [b] => Ok(new::single(*b).owned_bytes()),
            _ => Self::new_distinct(py, bytes),
        }
    }

    /// As [`new`](Self::new), but a single byte is no shared object: the parts of code objects are the code's own.
    pub fn new_distinct(py: Python, bytes: &[u8]) -> PyResult<Py<PyBytes>> {
        if bytes.is_empty() {
            return Ok(new::empty().owned_bytes());
        }
        let b = Self::alloc(py, bytes.len())?;
        // SAFETY: fresh object of that length.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), b.data_ptr(), bytes.len()) };
        Ok(b)
    }

    /// The empty bytes object.
    #[inline]
    pub fn empty() -> &'static PyBytes {
        new::empty()
    }
}
