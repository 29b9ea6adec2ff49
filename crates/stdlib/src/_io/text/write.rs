//! Writing text.

use super::super::helpers::*;
use super::super::stringio::replace_newlines;
use super::type_::PyTextIOWrapper;
use runtime::prelude::*;
use runtime::types::str_::Unit;
use runtime::with_units;

fn has(text: &PyStr, c: u32) -> bool {
    match text.as_ascii() {
        Some(s) => memchr::memchr(c as u8, s.as_bytes()).is_some(),
        None => with_units!(text.view(), |s| s.iter().any(|u| u.code() == c)),
    }
}

impl PyTextIOWrapper {
    /// Gives what was encoded to the buffer.
    pub(super) fn write_pending(&self, py: Python) -> PyResult<()> {
        // Taken before Python code runs, which may write more.
        let bytes = self.pending.take();
        if bytes.is_empty() {
            return Ok(());
        }
        let bytes = PyBytes::new(py, &bytes)?;
        let buffer = self.buffer(py)?;
        while let Err(e) = buffer.call_method1(py, intern!(py, "write"), bytes.as_object()) {
            interrupted(py, e)?;
        }
        Ok(())
    }

    fn encode(&self, py: Python, text: &PyStr, encoder: &PyObject) -> PyResult<Py<PyBytes>> {
        if let Some(fast) = self.fast.get() {
            let errors = self.errors.get_owned();
            let errors = match &errors {
                Some(e) => e.as_utf8(py)?,
                None => "strict",
            };
            let b = fast.encode(py, text, errors, self.at_start.get())?;
            self.at_start.set(false);
            return Ok(b);
        }
        let b = encoder.call_method1(py, intern!(py, "encode"), text)?;
        b.downcast_into::<PyBytes>().map_err(|b| {
            type_error(py, format!("encoder should return a bytes object, not '{}'", tp_name(&b)))
        })
    }

    pub(super) fn write(&self, py: Python, text: &PyStr) -> PyResult<usize> {
        self.check_open(py)?;
        let Some(encoder) = self.encoder.get_owned() else { return Err(unsupported(py, "not writable")) };
        let len = text.len();
        let line_buffering = self.line_buffering.get();
        let newline = self.write_newline.get_owned();
        let has_lf = (line_buffering || (self.translate_writing.get() && newline.is_some())) && has(text, 10);
        let translated;
        let mut encoder = encoder;
        let text = match newline.filter(|_| has_lf && self.translate_writing.get()) {
            Some(n) => {
                translated = if PyStr::check_exact(text) {
                    replace_newlines(py, text, &n)?
                } else {
                    // A subclass has its own way, which may do anything to this stream too.
                    let lf = PyStr::new(py, "\n")?;
                    let replaced =
                        text.call_method(py, intern!(py, "replace"), &[lf.as_object(), n.as_object()])?;
                    self.check_open(py)?;
                    encoder = self.encoder.get_owned().ok_or_else(|| unsupported(py, "not writable"))?;
                    replaced.downcast_into::<PyStr>().map_err(|o| {
                        type_error(py, format!("replace() should return a str, not {}", tp_name(&o)))
                    })?
                };
                &*translated
            }
            None => text,
        };
        let flush = line_buffering && (has_lf || has(text, 13));
        let room = self.chunk_size.get().max(1) as usize;
        let ascii = text.as_ascii().filter(|_| self.fast.get().is_some_and(|f| f.keeps_ascii()));
        match ascii {
            Some(s) => {
                self.append(py, s.as_bytes(), room)?;
                self.at_start.set(false);
            }
            None => {
                let bytes = self.encode(py, text, &encoder)?;
                self.append(py, bytes.as_bytes(), room)?;
            }
        }
        if flush || self.write_through.get() || self.pending.borrow().len() >= room {
            self.write_pending(py)?;
        }
        if flush {
            self.buffer(py)?.call_method0(py, intern!(py, "flush"))?;
        }
        if !self.snapshot.is_empty() {
            self.forget_chunk();
        }
        if let Some(d) = self.decoder.get_owned() {
            d.call_method0(py, intern!(py, "reset"))?;
        }
        Ok(len)
    }

    /// Adds bytes to those pending; what is pending goes first if both together would be too much.
    fn append(&self, py: Python, bytes: &[u8], room: usize) -> PyResult<()> {
        loop {
            let now = self.pending.borrow().len();
            if now == 0 || now + bytes.len() <= room {
                break;
            }
            // Which may write more itself.
            self.write_pending(py)?;
        }
        let mut pending = self.pending.borrow_mut();
        if pending.try_reserve(bytes.len()).is_err() {
            return Err(memory_error(py));
        }
        pending.extend_from_slice(bytes);
        Ok(())
    }
}
