//! What the three buffered types have in common besides reading and writing.

use super::super::helpers::*;
use super::super::iobase::check_seekable;
use super::PyBuffered;
use runtime::prelude::*;
use runtime::types::repr_guard::ReprGuard;

impl PyBuffered {
    /// Calls a method of the raw stream.
    pub(super) fn forward(&self, py: Python, method: &PyStr) -> PyResult {
        self.raw(py)?.call_method0(py, method)
    }

    /// Flushes what a reader has to flush: the raw stream.
    pub(super) fn flush_raw(&self, py: Python) -> PyResult {
        self.forward(py, intern!(py, "flush"))
    }

    pub(super) fn flush(&self, py: Python) -> PyResult<()> {
        self.check_initialized(py)?;
        self.check_closed(py, "flush of closed file")?;
        let _lock = self.enter(py)?;
        self.flush_and_rewind(py)
    }

    pub(super) fn dealloc_warn(&self, py: Python, source: &PyObject) {
        if self.ok.get()
            && let Some(raw) = self.raw.get_owned()
            && let Err(e) = raw.call_method1(py, intern!(py, "_dealloc_warn"), source)
        {
            drop(fetch(py, e));
        }
    }

    pub(super) fn close(&self, py: Python) -> PyResult {
        let raw = self.raw(py)?;
        {
            let _lock = self.enter(py)?;
            if self.is_closed(py)? {
                return Ok(none().owned());
            }
            if self.finalizing.get() {
                self.dealloc_warn(py, self.as_object());
            }
        }
        // By its name, for subclasses; without the lock, which it takes itself.
        let flushed = self.as_object().call_method0(py, intern!(py, "flush"));
        let _lock = self.enter(py)?;
        let mut result = none().owned();
        let r = chain(py, flushed.err(), || {
            result = raw.call_method0(py, intern!(py, "close"))?;
            Ok(())
        });
        self.buffer.set(None);
        if self.readable.get() {
            self.read_end.set(0);
        }
        self.pos.set(0);
        r.map(|()| result)
    }

    pub(super) fn detach(&self, py: Python) -> PyResult {
        self.check_initialized(py)?;
        self.as_object().call_method0(py, intern!(py, "flush"))?;
        let raw = self.raw(py)?;
        self.raw.set(None);
        self.detached.set(true);
        self.ok.set(false);
        Ok(raw)
    }

    pub(super) fn tell(&self, py: Python) -> PyResult<i64> {
        self.check_initialized(py)?;
        let _lock = self.enter(py)?;
        // The raw stream may know no better than this one what was read ahead.
        Ok((self.raw_tell(py)? - self.raw_offset()).max(0))
    }

    pub(super) fn seek(&self, py: Python, target: &PyObject, whence: i32) -> PyResult<i64> {
        self.check_initialized(py)?;
        if !(0..=4).contains(&whence) {
            return Err(value_error(py, format!("whence value {whence} unsupported")));
        }
        self.check_closed(py, "seek of closed file")?;
        check_seekable(py, &*self.raw(py)?)?;
        let mut target = offset_of(py, target, &exceptions::PyExc_ValueError_Type)?;
        if whence <= 1 && self.readable.get() {
            // Within what has been read ahead only the position here changes.
            let current = self.known_position(py)?;
            let ahead = self.readahead() as i64;
            if ahead > 0 {
                let offset =
                    if whence == 0 { target.saturating_sub(current - self.raw_offset()) } else { target };
                if offset >= -self.pos.get() && offset <= ahead {
                    self.pos.set(self.pos.get() + offset);
                    return Ok((current - ahead + offset).max(0));
                }
            }
        }
        let _lock = self.enter(py)?;
        if self.writable.get() {
            self.flush_unlocked(py)?;
        }
        if whence == 1 {
            target = target.saturating_sub(self.raw_offset());
        }
        let n = self.raw_seek(py, target, whence)?;
        self.raw_pos.set(-1);
        if self.readable.get() {
            self.reset_read();
        }
        Ok(n)
    }

    pub(super) fn truncate(&self, py: Python, pos: &PyObject) -> PyResult {
        self.check_initialized(py)?;
        self.check_closed(py, "truncate of closed file")?;
        if !self.writable.get() {
            return Err(unsupported(py, "truncate"));
        }
        let _lock = self.enter(py)?;
        self.flush_and_rewind(py)?;
        let r = self.raw(py)?.call_method1(py, intern!(py, "truncate"), pos)?;
        if let Err(e) = self.raw_tell(py) {
            drop(fetch(py, e));
        }
        Ok(r)
    }

    pub(super) fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let this = self.as_object();
        let ty = tp_name(this).to_owned();
        let name = match this.getattr_opt(py, intern!(py, "name")) {
            Ok(n) => n,
            // The raw stream was detached.
            Err(e) => {
                drop(catch(py, e, &exceptions::PyExc_ValueError_Type)?);
                None
            }
        };
        let Some(name) = name else { return PyStr::new(py, &format!("<{ty}>")) };
        let Some(_guard) = ReprGuard::enter(py, this) else {
            return Err(runtime_error(py, format!("reentrant call inside {ty}.__repr__")));
        };
        PyStr::concat3(py, &format!("<{ty} name="), &*name.repr(py)?, ">")
    }

    pub(super) fn attribute(&self, py: Python, name: &PyStr) -> PyResult {
        self.raw(py)?.getattr(py, name)
    }

    pub(super) fn size_of(&self) -> usize {
        let buffer = if self.buffer.is_empty() { 0 } else { self.buffer_size.get() };
        self.as_object().ty().tp_basicsize.get() as usize + buffer
    }
}
