//! Reading through a buffer.

use super::super::abstract_::writable;
use super::super::helpers::*;
use super::PyBuffered;
use runtime::prelude::*;
use runtime::types::bytes_::BytesBuilder;

impl PyBuffered {
    /// Takes bytes that have been read ahead; there are enough of them.
    fn take_ahead(&self, py: Python, n: usize) -> PyResult<Py<PyBytes>> {
        let r = self.bytes(py, self.pos.get().max(0) as usize, n)?;
        self.pos.set(self.pos.get() + n as i64);
        Ok(r)
    }

    /// Writes what is to be written before the raw stream is read.
    fn flush_before_reading(&self, py: Python) -> PyResult<()> {
        if self.writable.get() { self.flush_and_rewind(py) } else { Ok(()) }
    }

    pub(super) fn read(&self, py: Python, size: Option<&PyObject>) -> PyResult {
        let n = size_or_none(py, size)?;
        self.check_initialized(py)?;
        if n < -1 {
            return Err(value_error(py, "read length must be non-negative or -1"));
        }
        self.check_closed(py, "read of closed file")?;
        let Ok(n) = usize::try_from(n) else {
            let _lock = self.enter(py)?;
            return self.read_all(py);
        };
        if n <= self.readahead() {
            return Ok(self.take_ahead(py, n)?.into_object());
        }
        let _lock = self.enter(py)?;
        self.read_some(py, n)
    }

    /// Reads until the end.
    fn read_all(&self, py: Python) -> PyResult {
        let ahead = self.readahead();
        let mut data = BytesBuilder::new();
        if ahead > 0 {
            data.extend(self.take_ahead(py, ahead)?.as_bytes());
        }
        self.flush_before_reading(py)?;
        self.reset_read();
        let raw = self.raw(py)?;
        if let Some(readall) = raw.getattr_opt(py, intern!(py, "readall"))? {
            let rest = readall.call0(py)?;
            self.abs_pos.set(-1);
            let Some(bytes) = rest.downcast::<PyBytes>() else {
                if !rest.is_none() {
                    return Err(type_error(py, "readall() should return bytes"));
                }
                return if ahead == 0 { Ok(rest) } else { Ok(data.finish(py)?.into_object()) };
            };
            if ahead == 0 {
                return Ok(rest);
            }
            data.extend(bytes.as_bytes());
            return Ok(data.finish(py)?.into_object());
        }
        loop {
            let chunk = raw.call_method0(py, intern!(py, "read"))?;
            let n = match chunk.downcast::<PyBytes>() {
                Some(b) => {
                    data.extend(b.as_bytes());
                    b.len()
                }
                None if chunk.is_none() => 0,
                None => return Err(type_error(py, "read() should return bytes")),
            };
            if n == 0 {
                return if data.is_empty() { Ok(chunk) } else { Ok(data.finish(py)?.into_object()) };
            }
            if self.abs_pos.get() != -1 {
                self.abs_pos.set(self.abs_pos.get() + n as i64);
            }
        }
    }

    /// Reads `n` bytes, more than have been read ahead; fewer only at the end, or when nothing more is there now.
    fn read_some(&self, py: Python, n: usize) -> PyResult {
        let ahead = self.readahead();
        if n <= ahead {
            return Ok(self.take_ahead(py, n)?.into_object());
        }
        // Read into a private object, which Python code gets to see only in parts, as views.
        let out = PyByteArray::new(py, &[])?;
        out.resize(py, n)?;
        let mut written = 0;
        if ahead > 0 {
            self.copy_out(py, self.pos.get().max(0) as usize, ahead, out.data_ptr())?;
            self.pos.set(self.pos.get() + ahead as i64);
            written = ahead;
        }
        self.flush_before_reading(py)?;
        self.reset_read();
        out.ob_exports.set(out.ob_exports.get() + 1);
        let r = self.read_rest(py, &out, &mut written, n);
        out.ob_exports.set(out.ob_exports.get() - 1);
        let complete = r?;
        if !complete && written == 0 {
            return Ok(none().owned());
        }
        // SAFETY: copied at once; the array can't have been resized.
        let bytes = unsafe { out.as_bytes() };
        Ok(PyBytes::new(py, bytes.get(..written).unwrap_or_default())?.into_object())
    }

    /// False when the raw stream has nothing now.
    fn read_rest(&self, py: Python, out: &PyByteArray, written: &mut usize, n: usize) -> PyResult<bool> {
        let block = self.buffer_size.get().max(1);
        // Whole blocks go straight to their place.
        while n - *written >= block {
            let len = (n - *written) / block * block;
            // SAFETY: inside the array, which the caller keeps from being resized.
            match unsafe { self.raw_read(py, out, out.data_ptr().add(*written), *written, len)? } {
                None => return Ok(false),
                Some(0) => return Ok(true),
                Some(k) => *written += k,
            }
        }
        self.pos.set(0);
        self.raw_pos.set(0);
        self.read_end.set(0);
        // When there is enough, no more is read: that might wait for ever.
        while *written < n && self.read_end.get() < self.buffer_size.get() as i64 {
            let k = match self.fill_buffer(py)? {
                None => return Ok(false),
                Some(0) => return Ok(true),
                Some(k) => k.min(n - *written),
            };
            // SAFETY: inside the array.
            self.copy_out(py, self.pos.get().max(0) as usize, k, unsafe { out.data_ptr().add(*written) })?;
            *written += k;
            self.pos.set(self.pos.get() + k as i64);
        }
        Ok(true)
    }

    pub(super) fn peek(&self, py: Python) -> PyResult<Py<PyBytes>> {
        self.check_initialized(py)?;
        self.check_closed(py, "peek of closed file")?;
        let _lock = self.enter(py)?;
        self.flush_before_reading(py)?;
        let ahead = self.readahead();
        if ahead > 0 {
            return self.bytes(py, self.pos.get().max(0) as usize, ahead);
        }
        self.reset_read();
        let n = self.fill_buffer(py)?.unwrap_or(0);
        self.pos.set(0);
        self.bytes(py, 0, n)
    }

    pub(super) fn read1(&self, py: Python, n: isize) -> PyResult<Py<PyBytes>> {
        self.check_initialized(py)?;
        let n = usize::try_from(n).unwrap_or(self.buffer_size.get());
        self.check_closed(py, "read of closed file")?;
        if n == 0 {
            return Ok(PyBytes::empty().owned());
        }
        let ahead = self.readahead();
        if ahead > 0 {
            return self.take_ahead(py, n.min(ahead));
        }
        let out = PyByteArray::new(py, &[])?;
        out.resize(py, n)?;
        let _lock = self.enter(py)?;
        self.flush_before_reading(py)?;
        self.reset_read();
        out.ob_exports.set(out.ob_exports.get() + 1);
        // SAFETY: the array's own memory, which can't be resized while an export is counted.
        let r = unsafe { self.raw_read(py, &out, out.data_ptr(), 0, n) };
        out.ob_exports.set(out.ob_exports.get() - 1);
        let got = r?.unwrap_or(0);
        // SAFETY: copied at once.
        PyBytes::new(py, unsafe { out.as_bytes() }.get(..got).unwrap_or_default())
    }

    /// `readinto`, or with `once` `readinto1`.
    pub(super) fn readinto(&self, py: Python, target: &PyObject, once: bool) -> PyResult<Option<usize>> {
        let name = if once { "readinto1() argument" } else { "readinto() argument" };
        let view = writable(py, target, name)?;
        self.check_initialized(py)?;
        self.check_closed(py, "readinto of closed file")?;
        let (to, len) = (view.data_ptr(), view.len());
        let mut written = 0;
        let ahead = self.readahead();
        if ahead > 0 {
            let n = ahead.min(len);
            self.copy_out(py, self.pos.get().max(0) as usize, n, to)?;
            self.pos.set(self.pos.get() + n as i64);
            if n == len {
                return Ok(Some(n));
            }
            written = n;
        }
        let _lock = self.enter(py)?;
        self.flush_before_reading(py)?;
        self.reset_read();
        self.pos.set(0);
        while written < len {
            let left = len - written;
            let n;
            if left > self.buffer_size.get() {
                // SAFETY: inside the view's memory.
                n = unsafe { self.raw_read(py, target, to.add(written), written, left)? };
            } else if !(once && written > 0) {
                n = self.fill_buffer(py)?.map(|n| n.min(left));
                if let Some(n) = n.filter(|&n| n > 0) {
                    // SAFETY: inside the view's memory.
                    self.copy_out(py, self.pos.get().max(0) as usize, n, unsafe { to.add(written) })?;
                    self.pos.set(self.pos.get() + n as i64);
                    written += n;
                    continue;
                }
            } else {
                break;
            }
            match n {
                None if written > 0 => break,
                None => return Ok(None),
                Some(0) => break,
                Some(n) => written += n,
            }
            if once {
                break;
            }
        }
        Ok(Some(written))
    }

    /// Length of the first line in `n` bytes of the buffer.
    fn line_in(&self, py: Python, start: usize, n: usize) -> PyResult<Option<usize>> {
        let (buffer, size) = self.memory(py)?;
        if start.checked_add(n).is_none_or(|end| end > size) {
            return Err(bad_internal_call(py));
        }
        // SAFETY: inside the buffer; nothing runs meanwhile.
        Ok(line_end(unsafe { std::slice::from_raw_parts(buffer.data_ptr().add(start), n) }))
    }

    pub(super) fn readline(&self, py: Python, limit: isize) -> PyResult<Py<PyBytes>> {
        self.check_initialized(py)?;
        self.check_closed(py, "readline of closed file")?;
        let mut left = usize::try_from(limit).ok();
        let within = |n: usize, left: Option<usize>| left.map_or(n, |l| n.min(l));
        let mut n = within(self.readahead(), left);
        if n > 0
            && let Some(len) = self.line_in(py, self.pos.get().max(0) as usize, n)?
        {
            return self.take_ahead(py, len);
        }
        if left == Some(n) {
            return self.take_ahead(py, n);
        }
        let _lock = self.enter(py)?;
        // Another thread may have been here.
        n = n.min(self.readahead());
        let mut line = BytesBuilder::new();
        if n > 0 {
            line.extend(self.take_ahead(py, n)?.as_bytes());
            left = left.map(|l| l - n);
        }
        self.flush_before_reading(py)?;
        loop {
            self.reset_read();
            let Some(got) = self.fill_buffer(py)?.filter(|&n| n > 0) else { break };
            self.pos.set(0);
            let n = within(got, left);
            let (len, done) = match self.line_in(py, 0, n)? {
                Some(len) => (len, true),
                None => (n, left == Some(n)),
            };
            if done && line.is_empty() {
                self.pos.set(len as i64);
                return self.bytes(py, 0, len);
            }
            line.extend(self.bytes(py, 0, len)?.as_bytes());
            self.pos.set(len as i64);
            if done {
                break;
            }
            left = left.map(|l| l - len);
        }
        line.finish(py)
    }

    pub(super) fn next_line(&self, py: Python, own: bool) -> PyResult<Option<Py>> {
        self.check_initialized(py)?;
        let line = if own {
            self.readline(py, -1)?.into_object()
        } else {
            let line = self.as_object().call_method0(py, intern!(py, "readline"))?;
            if !PyBytes::check(&line) {
                let text =
                    format!("readline() should have returned a bytes object, not '{}'", tp_name(&line));
                return Err(raise(py, &exceptions::PyExc_OSError_Type, text));
            }
            line
        };
        if line.length(py)? == 0 { Ok(None) } else { Ok(Some(line)) }
    }
}
