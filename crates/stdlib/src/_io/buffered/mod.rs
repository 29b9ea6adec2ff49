//! `_io.BufferedReader`, `BufferedWriter`, `BufferedRandom` and `BufferedRWPair`.
//!
//! The first three share one layout, [`PyBuffered`]: one buffer, used for reading ahead, for writing late, or for both. Its
//! bytes `pos..read_end` have been read ahead, its bytes `write_pos..write_end` are still to be written, and the raw stream
//! stands where byte `raw_pos` came from or goes to. `read_end` and `write_end` are -1 while there is nothing of the kind.

mod common;
mod pair;
mod raw;
mod read;
mod types;
mod write;

pub use pair::PyBufferedRWPair;
pub(super) use raw::blocking_error;
pub use types::{PyBufferedRandom, PyBufferedReader, PyBufferedWriter};

use super::abstract_::PyBufferedIOBase;
use super::fileio::PyFileIO;
use super::helpers::*;
use runtime::prelude::*;
use runtime::state::interpreter;
use runtime::sync::{RawLock, thread_ident};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A buffer on a raw stream.
#[repr(C)]
#[derive(Traverse)]
pub struct PyBuffered {
    pub base: PyBufferedIOBase,
    pub(super) raw: Slot,
    /// Initialised, and not detached.
    ok: Cell<bool>,
    detached: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    pub(super) finalizing: Cell<bool>,
    /// This and the raw stream are of the types of this module: the descriptor tells whether it is closed.
    fast_closed: Cell<bool>,
    /// The memory; a bytearray, so that views given to Python code keep it alive. Never resized.
    buffer: Slot<PyByteArray>,
    buffer_size: Cell<usize>,
    /// Position of the raw stream, -1 if unknown.
    abs_pos: Cell<i64>,
    pos: Cell<i64>,
    raw_pos: Cell<i64>,
    read_end: Cell<i64>,
    write_pos: Cell<i64>,
    write_end: Cell<i64>,
    /// `errno` after the last write of the raw stream.
    errno: Cell<i32>,
    #[traverse(skip)]
    lock: RawLock,
    /// `pthread_self` of the thread that holds the lock, or 0.
    #[traverse(skip)]
    owner: AtomicUsize,
}

// SAFETY: `repr(C)`, begins with the header.
unsafe impl PyLayout for PyBuffered {}

impl std::ops::Deref for PyBuffered {
    type Target = PyObject;
    fn deref(&self) -> &PyObject {
        self.as_object()
    }
}

/// Holds the lock of a stream.
pub(super) struct Locked<'a>(&'a PyBuffered);

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.0.owner.store(0, Ordering::Relaxed);
        self.0.lock.unlock();
    }
}

impl PyBuffered {
    pub(super) fn empty(cls: &PyTypeObject) -> PyBuffered {
        PyBuffered {
            base: PyBufferedIOBase::new(cls),
            raw: Slot::empty(),
            ok: Cell::new(false),
            detached: Cell::new(false),
            readable: Cell::new(false),
            writable: Cell::new(false),
            finalizing: Cell::new(false),
            fast_closed: Cell::new(false),
            buffer: Slot::empty(),
            buffer_size: Cell::new(0),
            abs_pos: Cell::new(0),
            pos: Cell::new(0),
            raw_pos: Cell::new(0),
            read_end: Cell::new(-1),
            write_pos: Cell::new(0),
            write_end: Cell::new(-1),
            errno: Cell::new(0),
            lock: RawLock::new(),
            owner: AtomicUsize::new(0),
        }
    }

    /// Nothing works until `__init__` has succeeded.
    pub(super) fn start_init(&self) {
        self.ok.set(false);
        self.detached.set(false);
    }

    /// `__init__` of the three types, after the raw stream was checked.
    pub(super) fn init(
        &self,
        py: Python,
        raw: &PyObject,
        buffer_size: isize,
        readable: bool,
        writable: bool,
        own: &PyTypeObject,
    ) -> PyResult<()> {
        self.raw.set(Some(raw.owned()));
        self.readable.set(readable);
        self.writable.set(writable);
        if buffer_size <= 0 {
            return Err(value_error(py, "buffer size must be strictly positive"));
        }
        let buffer = PyByteArray::new(py, &[])?;
        buffer.resize(py, buffer_size as usize)?;
        self.buffer.set(Some(buffer));
        self.buffer_size.set(buffer_size as usize);
        self.lock.reset();
        self.owner.store(0, Ordering::Relaxed);
        // What has no position is no error here.
        if let Err(e) = self.raw_tell(py) {
            drop(fetch(py, e));
            self.abs_pos.set(-1);
        }
        if readable {
            self.reset_read();
        }
        if writable {
            self.reset_write();
            self.pos.set(0);
        }
        self.fast_closed.set(std::ptr::eq(self.as_object().ty(), own) && PyFileIO::check_exact(raw));
        self.ok.set(true);
        Ok(())
    }

    pub(super) fn check_initialized(&self, py: Python) -> PyResult<()> {
        if self.ok.get() {
            return Ok(());
        }
        Err(value_error(
            py,
            if self.detached.get() {
                "raw stream has been detached"
            } else {
                "I/O operation on uninitialized object"
            },
        ))
    }

    /// The raw stream. Errors: `ValueError` if there is none.
    pub(super) fn raw(&self, py: Python) -> PyResult {
        self.check_initialized(py)?;
        self.raw.get_owned().ok_or_else(|| value_error(py, "I/O operation on uninitialized object"))
    }

    /// The raw stream, if nothing but the descriptor decides what it does.
    fn file(&self) -> Option<Py<PyFileIO>> {
        let raw = self.raw.get_owned()?;
        let file = raw.downcast_exact::<PyFileIO>()?;
        // An instance attribute may stand for a method; all have a name.
        // SAFETY: nothing runs while the dict is looked at.
        if unsafe { file.base.base.dict.get() }.is_some_and(|d| d.len() > 1) {
            return None;
        }
        Some(file.owned())
    }

    pub(super) fn is_closed(&self, py: Python) -> PyResult<bool> {
        if self.buffer.is_empty() {
            return Ok(true);
        }
        let raw = self.raw(py)?;
        if self.fast_closed.get()
            && let Some(f) = raw.downcast::<PyFileIO>()
        {
            return Ok(f.is_closed());
        }
        is_closed(py, &raw)
    }

    /// `ValueError` if the stream is closed; what has been read ahead can still be had.
    pub(super) fn check_closed(&self, py: Python, message: &str) -> PyResult<()> {
        if self.is_closed(py)? && self.readahead() == 0 { Err(value_error(py, message)) } else { Ok(()) }
    }

    /// Takes the lock, which a thread can't have twice: a signal handler or finaliser that comes back here would find the buffer in
    /// the middle of a change.
    pub(super) fn enter(&self, py: Python) -> PyResult<Locked<'_>> {
        if !self.lock.try_lock() {
            if self.owner.load(Ordering::Relaxed) == thread_ident() {
                let text = self.as_object().repr(py)?.to_string_lossy();
                return Err(runtime_error(py, format!("reentrant call inside {text}")));
            }
            if interpreter(py).finalizing.get() {
                self.enter_at_shutdown(py);
            } else {
                self.lock.acquire_uninterrupted(py);
            }
        }
        self.owner.store(thread_ident(), Ordering::Relaxed);
        Ok(Locked(self))
    }

    /// A daemon thread that was stopped for good may hold the lock.
    #[cold]
    fn enter_at_shutdown(&self, py: Python) {
        let deadline = runtime::sync::monotonic_ns() + 1_000_000_000;
        loop {
            let r = runtime::state::release_gil(py, || self.lock.lock_until(Some(deadline)));
            match r {
                runtime::sync::Wait::Done => return,
                runtime::sync::Wait::Interrupted => {}
                runtime::sync::Wait::TimedOut => break,
            }
        }
        let text = self.as_object().repr(py).map(|s| s.to_string_lossy()).unwrap_or_default();
        eprintln!(
            "Fatal Python error: _enter_buffered_busy: could not acquire lock for {text} at interpreter shutdown, \
             possibly due to daemon threads"
        );
        std::process::abort();
    }

    #[inline]
    fn valid_read(&self) -> bool {
        self.readable.get() && self.read_end.get() != -1
    }

    #[inline]
    fn valid_write(&self) -> bool {
        self.writable.get() && self.write_end.get() != -1
    }

    /// Bytes read ahead.
    #[inline]
    pub(super) fn readahead(&self) -> usize {
        if self.valid_read() { (self.read_end.get() - self.pos.get()).max(0) as usize } else { 0 }
    }

    /// How far the raw stream is ahead of the position.
    fn raw_offset(&self) -> i64 {
        if (self.valid_read() || self.valid_write()) && self.raw_pos.get() >= 0 {
            self.raw_pos.get() - self.pos.get()
        } else {
            0
        }
    }

    fn adjust_position(&self, new: i64) {
        self.pos.set(new);
        if self.valid_read() && self.read_end.get() < new {
            self.read_end.set(new);
        }
    }

    fn reset_read(&self) {
        self.read_end.set(-1);
    }

    fn reset_write(&self) {
        self.write_pos.set(0);
        self.write_end.set(-1);
    }

    /// The address of byte `at` of the buffer, which must be inside.
    fn memory(&self, py: Python) -> PyResult<(Py<PyByteArray>, usize)> {
        match self.buffer.get_owned() {
            // Python code that got hold of it can't have resized it while a view exists, but afterwards.
            Some(b) if b.len() >= self.buffer_size.get() => Ok((b, self.buffer_size.get())),
            Some(_) | None => Err(value_error(py, "I/O operation on closed file.")),
        }
    }

    /// Copies bytes out of the buffer.
    fn copy_out(&self, py: Python, start: usize, n: usize, out: *mut u8) -> PyResult<()> {
        let (buffer, size) = self.memory(py)?;
        if start.checked_add(n).is_none_or(|end| end > size) {
            return Err(bad_internal_call(py));
        }
        // SAFETY: inside the buffer; the caller's memory has room for `n`.
        unsafe { std::ptr::copy_nonoverlapping(buffer.data_ptr().add(start), out, n) };
        Ok(())
    }

    /// Copies bytes into the buffer.
    fn copy_in(&self, py: Python, start: usize, data: &[u8]) -> PyResult<()> {
        let (buffer, size) = self.memory(py)?;
        if start.checked_add(data.len()).is_none_or(|end| end > size) {
            return Err(bad_internal_call(py));
        }
        // SAFETY: inside the buffer. The data may lie in the buffer itself, if it was handed out as a view.
        unsafe { std::ptr::copy(data.as_ptr(), buffer.data_ptr().add(start), data.len()) };
        Ok(())
    }

    /// Bytes of the buffer as an object.
    fn bytes(&self, py: Python, start: usize, n: usize) -> PyResult<Py<PyBytes>> {
        if n == 0 {
            return Ok(PyBytes::empty().owned());
        }
        let (buffer, size) = self.memory(py)?;
        if start.checked_add(n).is_none_or(|end| end > size) {
            return Err(bad_internal_call(py));
        }
        // SAFETY: inside the buffer, and copied at once.
        PyBytes::new(py, unsafe { std::slice::from_raw_parts(buffer.data_ptr().add(start), n) })
    }
}
