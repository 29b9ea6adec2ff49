//! Writing through a buffer.

use super::PyBuffered;
use super::raw::blocking_error;
use runtime::prelude::*;
use runtime::signals;
use runtime::types::buffer::Buffer;

const BLOCKED: &str = "write could not complete without blocking";

impl PyBuffered {
    /// Writes the buffer to the raw stream, all of it.
    ///
    /// Errors: `BlockingIOError` if that would have to wait; what was not written stays in the buffer.
    pub(super) fn flush_unlocked(&self, py: Python) -> PyResult<()> {
        if !self.valid_write() || self.write_pos.get() == self.write_end.get() {
            // An empty buffer is no valid one either: the raw stream may be moved now.
            self.reset_write();
            return Ok(());
        }
        let rewind = self.raw_offset() + (self.pos.get() - self.write_pos.get());
        if rewind != 0 {
            self.raw_seek(py, -rewind, 1)?;
            self.raw_pos.set(self.raw_pos.get() - rewind);
        }
        while self.write_pos.get() < self.write_end.get() {
            let start = self.write_pos.get().max(0) as usize;
            let len = (self.write_end.get() - self.write_pos.get()) as usize;
            let (buffer, size) = self.memory(py)?;
            if start + len > size {
                return Err(bad_internal_call(py));
            }
            buffer.ob_exports.set(buffer.ob_exports.get() + 1);
            // SAFETY: inside the buffer, which can't be resized while an export is counted.
            let r = unsafe { self.raw_write(py, &buffer, buffer.data_ptr().add(start), start, len) };
            buffer.ob_exports.set(buffer.ob_exports.get() - 1);
            let Some(n) = r? else { return Err(blocking_error(py, self.errno.get(), BLOCKED, 0)) };
            // The position stays: something may have been read or sought behind what is written.
            self.write_pos.set(self.write_pos.get() + n as i64);
            self.raw_pos.set(self.write_pos.get());
            // A signal can be the reason for a partial write.
            signals::check(py)?;
        }
        self.reset_write();
        Ok(())
    }

    /// Flushes, and puts the raw stream where this one is.
    pub(super) fn flush_and_rewind(&self, py: Python) -> PyResult<()> {
        self.flush_unlocked(py)?;
        if self.readable.get() {
            let r = self.raw_seek(py, -self.raw_offset(), 1);
            self.reset_read();
            r?;
        }
        Ok(())
    }

    pub(super) fn write(&self, py: Python, data: &PyObject) -> PyResult<usize> {
        let view = Buffer::get_simple(py, data)?;
        self.check_initialized(py)?;
        let _lock = self.enter(py)?;
        // Only now: another thread may have closed the stream while this one waited.
        if self.is_closed(py)? {
            return Err(value_error(py, "write to closed file"));
        }
        let bytes = view.as_slice();
        if !self.valid_read() && !self.valid_write() {
            self.pos.set(0);
            self.raw_pos.set(0);
        }
        let size = self.buffer_size.get();
        let at = self.pos.get().max(0) as usize;
        if bytes.len() <= size.saturating_sub(at) && bytes.len() < size {
            self.copy_in(py, at, bytes)?;
            if !self.valid_write() || self.write_pos.get() > at as i64 {
                self.write_pos.set(at as i64);
            }
            self.adjust_position((at + bytes.len()) as i64);
            if self.pos.get() > self.write_end.get() {
                self.write_end.set(self.pos.get());
            }
            return Ok(bytes.len());
        }
        if let Err(e) = self.flush_unlocked(py) {
            let e = catch(py, e, &exceptions::PyExc_BlockingIOError_Type)?;
            return self.keep_blocked(py, bytes, e);
        }
        // The raw stream may be ahead, if something was read and nothing written yet.
        let ahead = self.raw_offset();
        if ahead != 0 {
            self.raw_seek(py, -ahead, 1)?;
            self.raw_pos.set(self.raw_pos.get() - ahead);
        }
        self.write_through(py, data, bytes)
    }

    /// The buffer could not be emptied: keeps as much of the data as there is room for.
    fn keep_blocked(&self, py: Python, bytes: &[u8], e: Py<PyBaseException>) -> PyResult<usize> {
        if self.readable.get() {
            self.reset_read();
        }
        let (start, end) = (self.write_pos.get().max(0), self.write_end.get().max(0));
        let rest = self.bytes(py, start as usize, (end - start).max(0) as usize)?;
        self.copy_in(py, 0, rest.as_bytes())?;
        self.write_end.set(end - start);
        self.raw_pos.set(self.raw_pos.get() - start);
        self.pos.set(self.pos.get() - start);
        self.write_pos.set(0);
        let at = self.write_end.get() as usize;
        let room = self.buffer_size.get().saturating_sub(at);
        let n = bytes.len().min(room);
        self.copy_in(py, at, &bytes[..n])?;
        self.write_end.set((at + n) as i64);
        self.pos.set(self.pos.get() + n as i64);
        if n == bytes.len() {
            return Ok(n);
        }
        drop(e);
        Err(blocking_error(py, self.errno.get(), BLOCKED, n))
    }

    /// Writes data that does not fit the buffer, which is empty now; the buffer keeps the rest.
    fn write_through(&self, py: Python, data: &PyObject, bytes: &[u8]) -> PyResult<usize> {
        let size = self.buffer_size.get();
        let mut written = 0;
        while bytes.len() - written >= size {
            let rest = &bytes[written..];
            // SAFETY: part of the view's memory, which stays in place.
            match unsafe { self.raw_write(py, data, rest.as_ptr(), written, rest.len())? } {
                Some(n) => written += n,
                None if rest.len() > size => {
                    self.copy_in(py, 0, &rest[..size])?;
                    self.raw_pos.set(0);
                    self.write_pos.set(0);
                    self.adjust_position(size as i64);
                    self.write_end.set(size as i64);
                    return Err(blocking_error(py, self.errno.get(), BLOCKED, written + size));
                }
                None => break,
            }
            signals::check(py)?;
        }
        if self.readable.get() {
            self.reset_read();
        }
        let rest = &bytes[written..];
        if !rest.is_empty() {
            self.copy_in(py, 0, rest)?;
        }
        self.write_pos.set(0);
        self.write_end.set(rest.len() as i64);
        self.adjust_position(rest.len() as i64);
        self.raw_pos.set(0);
        Ok(bytes.len())
    }
}
