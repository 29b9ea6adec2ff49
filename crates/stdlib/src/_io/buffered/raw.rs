//! What a buffer asks of the raw stream below.

use super::super::helpers::*;
use super::PyBuffered;
use runtime::prelude::*;

/// `BlockingIOError` after `written` bytes; `errno` is what the raw stream left behind.
#[cold]
pub(in super::super) fn blocking_error(py: Python, errno: i32, message: &str, written: usize) -> Raised {
    let make = || -> PyResult<Py<PyTuple>> {
        PyTuple::new(
            py,
            [
                PyInt::from_i64(py, i64::from(errno))?.into_object(),
                PyStr::new(py, message)?.into_object(),
                PyInt::from_usize(py, written)?.into_object(),
            ],
        )
    };
    match make() {
        Ok(args) => raise_with(py, &exceptions::PyExc_BlockingIOError_Type, args.as_object()),
        Err(e) => e,
    }
}

fn os_error(py: Python, text: String) -> Raised {
    raise(py, &exceptions::PyExc_OSError_Type, text)
}

impl PyBuffered {
    fn position_from(&self, py: Python, o: &PyObject) -> PyResult<i64> {
        let n = offset_of(py, o, &exceptions::PyExc_ValueError_Type)?;
        if n < 0 {
            return Err(os_error(py, format!("Raw stream returned invalid position {n}")));
        }
        self.abs_pos.set(n);
        Ok(n)
    }

    /// Asks for the raw stream's position.
    pub(super) fn raw_tell(&self, py: Python) -> PyResult<i64> {
        if let Some(f) = self.file() {
            let n = f.position(py)?;
            self.abs_pos.set(n);
            return Ok(n);
        }
        let Some(raw) = self.raw.get_owned() else { return Err(bad_internal_call(py)) };
        let r = raw.call_method0(py, intern!(py, "tell"))?;
        self.position_from(py, &r)
    }

    /// The raw stream's position, asked for only if it is unknown.
    pub(super) fn known_position(&self, py: Python) -> PyResult<i64> {
        match self.abs_pos.get() {
            -1 => self.raw_tell(py),
            n => Ok(n),
        }
    }

    /// Changes the raw stream's position; the new one.
    pub(super) fn raw_seek(&self, py: Python, target: i64, whence: i32) -> PyResult<i64> {
        if let Some(f) = self.file() {
            let n = f.seek_to(py, target, whence)?;
            self.abs_pos.set(n);
            return Ok(n);
        }
        let raw = self.raw(py)?;
        let (target, whence) = (PyInt::from_i64(py, target)?, PyInt::from_i64(py, i64::from(whence))?);
        let r = raw.call_method(py, intern!(py, "seek"), &[target.as_object(), whence.as_object()])?;
        self.position_from(py, &r)
    }

    /// What a raw `readinto` or `write` returned: how many bytes, `None` if it would have had to wait.
    fn count_from(&self, py: Python, r: &PyObject, len: usize, what: &str) -> PyResult<Option<usize>> {
        if r.is_none() {
            return Ok(None);
        }
        let n = match r.index_isize(py, Some(&exceptions::PyExc_ValueError_Type)) {
            Ok(n) => n,
            Err(e) => {
                let cause = fetch(py, e);
                let e = os_error(py, format!("raw {what}() failed"));
                let e = fetch(py, e);
                e.cause.set(Some(cause.clone()));
                e.context.set(Some(cause));
                e.suppress_context.set(1);
                return Err(raise_object(py, e));
            }
        };
        if n < 0 || n as usize > len {
            return Err(os_error(
                py,
                format!("raw {what}() returned invalid length {n} (should have been between 0 and {len})"),
            ));
        }
        self.advance(n as usize);
        Ok(Some(n as usize))
    }

    fn advance(&self, n: usize) {
        if n > 0 && self.abs_pos.get() != -1 {
            self.abs_pos.set(self.abs_pos.get() + n as i64);
        }
    }

    /// Calls `readinto` or `write` with part of an object's memory.
    fn transfer(
        &self,
        py: Python,
        method: &'static PyStr,
        owner: &PyObject,
        start: usize,
        len: usize,
    ) -> PyResult<Option<usize>> {
        let raw = self.raw(py)?;
        let view = view_of(py, owner, start, start + len)?;
        loop {
            // SAFETY: the thread's own error number.
            unsafe { *libc::__errno_location() = 0 };
            let called = raw.call_method1(py, method, &view);
            self.errno.set(std::io::Error::last_os_error().raw_os_error().unwrap_or(0));
            match called {
                Ok(r) => return self.count_from(py, &r, len, method.as_ascii().unwrap_or_default()),
                Err(e) => interrupted(py, e)?,
            }
        }
    }

    /// Reads from the raw stream into part of an object's memory at `data`.
    ///
    /// # Safety
    /// `data` is the address of byte `start` of the object's memory; `len` bytes there are writable and stay in place.
    pub(super) unsafe fn raw_read(
        &self,
        py: Python,
        owner: &PyObject,
        data: *mut u8,
        start: usize,
        len: usize,
    ) -> PyResult<Option<usize>> {
        if let Some(f) = self.file() {
            // SAFETY: the caller's promise.
            let n = unsafe { f.read_raw(py, data, len)? };
            self.advance(n.unwrap_or(0));
            return Ok(n);
        }
        self.transfer(py, intern!(py, "readinto"), owner, start, len)
    }

    /// Writes part of an object's memory at `data` to the raw stream.
    ///
    /// # Safety
    /// `data` is the address of byte `start` of the object's memory; `len` bytes there stay in place.
    pub(super) unsafe fn raw_write(
        &self,
        py: Python,
        owner: &PyObject,
        data: *const u8,
        start: usize,
        len: usize,
    ) -> PyResult<Option<usize>> {
        if let Some(f) = self.file() {
            // SAFETY: the caller's promise.
            let n = unsafe { f.write_raw(py, data, len)? };
            self.errno.set(if n.is_none() { libc::EAGAIN } else { 0 });
            self.advance(n.unwrap_or(0));
            return Ok(n);
        }
        self.transfer(py, intern!(py, "write"), owner, start, len)
    }

    /// Reads ahead behind what has been read already. `None`: nothing is there now; 0: the end.
    pub(super) fn fill_buffer(&self, py: Python) -> PyResult<Option<usize>> {
        let start = if self.valid_read() { self.read_end.get().max(0) as usize } else { 0 };
        let (buffer, size) = self.memory(py)?;
        let len = size.saturating_sub(start);
        buffer.ob_exports.set(buffer.ob_exports.get() + 1);
        // SAFETY: inside the buffer, which can't be resized while an export is counted.
        let r = unsafe { self.raw_read(py, &buffer, buffer.data_ptr().add(start), start, len) };
        buffer.ob_exports.set(buffer.ob_exports.get() - 1);
        let n = r?;
        if let Some(n) = n.filter(|&n| n > 0) {
            let end = (start + n) as i64;
            self.read_end.set(end);
            self.raw_pos.set(end);
        }
        Ok(n)
    }
}
