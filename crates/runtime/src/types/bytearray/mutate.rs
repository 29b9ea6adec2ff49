//! Methods of `bytearray` alone: those that change it, copies and pickling.

use super::PyByteArray;
use crate::prelude::*;
use crate::types::buffer;
use crate::types::bytes_;
use crate::types::bytes_::args::{BYTE_RANGE, ByteArg};
use crate::types::bytes_::ops::{self, ByteString};
use std::ptr;

#[pymethods(mutate, type_name = "bytearray")]
impl PyByteArray {
    /// Adds a byte at the end.
    #[pymethod]
    fn append(&self, py: Python, item: ByteArg) -> PyResult<()> {
        let n = self.len();
        if n >= isize::MAX as usize - 1 {
            return Err(overflow_error(py, "cannot add more objects to bytearray"));
        }
        self.splice(py, n, n, &[item.0])
    }

    /// Adds all bytes of a bytes-like object, or of an iterable of integers.
    #[pymethod]
    fn extend(&self, py: Python, iterable_of_ints: &PyObject) -> PyResult<()> {
        if buffer::supports(iterable_of_ints) {
            return self.extend_with(py, iterable_of_ints);
        }
        if PyStr::check(iterable_of_ints) {
            return Err(type_error(
                py,
                format!("expected iterable of integers; got: '{}'", tp_name(iterable_of_ints)),
            ));
        }
        if iterable_of_ints.ty().tp_iter.get().is_none() && !crate::abstract_::is_sequence(iterable_of_ints) {
            return Err(type_error(py, format!("can't extend bytearray with {}", tp_name(iterable_of_ints))));
        }
        let bytes = bytes_::collect(py, iterable_of_ints, BYTE_RANGE)?;
        self.splice(py, self.len(), self.len(), &bytes)
    }

    /// Inserts a byte before the given position.
    #[pymethod]
    fn insert(&self, py: Python, index: isize, item: ByteArg) -> PyResult<()> {
        let n = self.len();
        if n >= isize::MAX as usize - 1 {
            return Err(overflow_error(py, "cannot add more objects to bytearray"));
        }
        let at = if index < 0 { index.saturating_add(n as isize).max(0) } else { index.min(n as isize) };
        self.splice(py, at as usize, at as usize, &[item.0])
    }

    /// Takes out the byte at the given position, the last by default, and returns it.
    #[pymethod(sig = "(index=-1, /)")]
    fn pop(&self, py: Python, index: isize) -> PyResult<u8> {
        let n = self.len();
        if n == 0 {
            return Err(index_error(py, "pop from empty bytearray"));
        }
        let at = if index < 0 { index + n as isize } else { index };
        let byte = usize::try_from(at).ok().and_then(|i| self.slice().get(i).copied());
        let Some(byte) = byte else { return Err(index_error(py, "pop index out of range")) };
        self.check_exports(py)?;
        self.splice(py, at as usize, at as usize + 1, b"")?;
        Ok(byte)
    }

    /// Takes out the first occurrence of a byte. ValueError if there is none.
    #[pymethod]
    fn remove(&self, py: Python, value: ByteArg) -> PyResult<()> {
        match memchr::memchr(value.0, self.slice()) {
            Some(i) => self.splice(py, i, i + 1, b""),
            None => Err(value_error(py, "value not found in bytearray")),
        }
    }

    /// Reverses the order of the bytes in place.
    #[pymethod]
    fn reverse(&self) {
        let (p, n) = (self.data_ptr(), self.len());
        for i in 0..n / 2 {
            // SAFETY: both positions are inside the array.
            unsafe { ptr::swap(p.add(i), p.add(n - 1 - i)) };
        }
    }

    /// Takes out all bytes.
    #[pymethod]
    fn clear(&self, py: Python) -> PyResult<()> {
        self.resize(py, 0)
    }

    /// A copy.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult<Py<PyByteArray>> {
        PyByteArray::new(py, self.slice())
    }

    /// Changes the length: cuts off at the end, or adds zero bytes.
    #[pymethod(name = "resize")]
    fn py_resize(&self, py: Python, size: isize) -> PyResult<()> {
        let Ok(n) = usize::try_from(size) else {
            return Err(value_error(py, format!("Can only resize to positive sizes, got {size}")));
        };
        let old = self.len();
        self.resize(py, n)?;
        if n > old {
            // SAFETY: just grown to `n` bytes.
            unsafe { self.data_ptr().add(old).write_bytes(0, n - old) };
        }
        Ok(())
    }

    /// How many bytes are allocated.
    #[pymethod(name = "__alloc__")]
    fn alloc_(&self) -> isize {
        self.ob_alloc.get()
    }

    /// Size in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> isize {
        self.ty().tp_basicsize.get() + self.ob_alloc.get()
    }

    /// State for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self, py: Python) -> PyResult<Py<PyTuple>> {
        self.reduced(py, 0)
    }

    /// State for pickling with a protocol.
    #[pymethod(name = "__reduce_ex__", sig = "(proto=0, /)")]
    fn reduce_ex(&self, py: Python, proto: i32) -> PyResult<Py<PyTuple>> {
        self.reduced(py, proto)
    }

    fn reduced(&self, py: Python, proto: i32) -> PyResult<Py<PyTuple>> {
        let args = if self.is_empty() {
            PyTuple::empty(py).owned()
        } else if proto < 3 {
            // Protocols up to 2 know no bytes.
            let text = PyStr::from_latin1(py, self.slice())?;
            let encoding = PyStr::new(py, "latin-1")?;
            PyTuple::new(py, [text.into_object(), encoding.into_object()])?
        } else {
            PyTuple::new(py, [PyBytes::new(py, self.slice())?.into_object()])?
        };
        let state = match self.as_object().getattr_opt(py, intern!(py, "__dict__"))? {
            Some(d) => d,
            None => none().owned(),
        };
        PyTuple::new(py, [self.ty().object().owned(), args.into_object(), state])
    }

    /// The bytes that a string of hexadecimal digits gives; white space between pairs is skipped.
    ///
    /// bytearray.fromhex('B9 01EF') gives bytearray(b'\xb9\x01\xef').
    #[classmethod]
    fn fromhex(cls: &PyTypeObject, py: Python, string: &PyObject) -> PyResult {
        let made = PyByteArray::new(py, &ops::from_hex(py, string)?)?;
        if ptr::eq(cls, PyByteArray::type_object()) {
            return Ok(made.into_object());
        }
        cls.object().call1(py, &made)
    }
}
