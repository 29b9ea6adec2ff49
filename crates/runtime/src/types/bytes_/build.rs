//! [`BytesBuilder`]: a growing byte string.

use super::PyBytes;
use crate::errors;
use object::{Py, PyResult, Python};

/// Collects bytes and makes an object of them. Running out of memory on the way is told by [`finish`](Self::finish).
#[derive(Default)]
pub struct BytesBuilder {
    buf: Vec<u8>,
    failed: bool,
}

impl BytesBuilder {
    pub fn new() -> BytesBuilder {
        BytesBuilder::default()
    }

    /// With room for `n` bytes.
    pub fn with_capacity(n: usize) -> BytesBuilder {
        let mut b = BytesBuilder::new();
        b.reserve(n);
        b
    }

    /// Makes room for `n` more bytes; false when there is no memory.
    #[inline]
    pub fn reserve(&mut self, n: usize) -> bool {
        if self.buf.capacity() - self.buf.len() >= n {
            return true;
        }
        if self.buf.try_reserve(n).is_err() {
            self.failed = true;
            return false;
        }
        true
    }

    pub fn len(&self) -> usize {
        self.buf.len()
    }

    pub fn is_empty(&self) -> bool {
        self.buf.is_empty()
    }

    pub fn as_slice(&self) -> &[u8] {
        &self.buf
    }

    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.buf
    }

    #[inline]
    pub fn push(&mut self, b: u8) {
        if self.reserve(1) {
            self.buf.push(b);
        }
    }

    #[inline]
    pub fn extend(&mut self, bytes: &[u8]) {
        if self.reserve(bytes.len()) {
            self.buf.extend_from_slice(bytes);
        }
    }

    /// Takes the last byte off.
    pub fn pop(&mut self) -> Option<u8> {
        self.buf.pop()
    }

    /// Appends `b` `n` times.
    pub fn push_repeated(&mut self, b: u8, n: usize) {
        if self.reserve(n) {
            self.buf.resize(self.buf.len() + n, b);
        }
    }

    /// The collected bytes. Errors: `MemoryError`, also for an append that failed earlier.
    pub fn into_vec(self, py: Python) -> PyResult<Vec<u8>> {
        if self.failed { Err(errors::memory_error(py)) } else { Ok(self.buf) }
    }

    /// As a bytes object. Errors: as [`into_vec`](Self::into_vec).
    pub fn finish(self, py: Python) -> PyResult<Py<PyBytes>> {
        PyBytes::new(py, &self.into_vec(py)?)
    }
}
