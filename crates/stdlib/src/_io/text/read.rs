//! Reading text.

use super::super::buffered::blocking_error;
use super::super::helpers::*;
use super::super::newline::LineEnds;
use super::codec::{decode, decoder_state};
use super::type_::PyTextIOWrapper;
use runtime::prelude::*;
use runtime::types::buffer::Buffer;
use runtime::types::str_::StrBuilder;

impl PyTextIOWrapper {
    fn decoder(&self, py: Python) -> PyResult {
        self.decoder.get_owned().ok_or_else(|| unsupported(py, "not readable"))
    }

    /// Takes up to `n` characters of the decoded chunk (all if negative).
    fn take_decoded(&self, py: Python, n: isize) -> PyResult<Py<PyStr>> {
        let Some(chunk) = self.decoded.get_owned() else { return Ok(PyStr::empty().owned()) };
        let start = self.decoded_used.get();
        let left = chunk.len().saturating_sub(start);
        let n = usize::try_from(n).map_or(left, |n| n.min(left));
        self.decoded_used.set(start + n);
        if start == 0 && n == chunk.len() { Ok(chunk) } else { chunk.substring(py, start, start + n) }
    }

    /// Reads and decodes a chunk, of about `hint` characters if that is positive. False at the end of the stream.
    fn read_chunk(&self, py: Python, hint: usize) -> PyResult<bool> {
        let decoder = self.decoder(py)?;
        let before = if self.telling.get() { Some(decoder_state(py, &decoder)?) } else { None };
        let mut size = self.chunk_size.get().max(1) as usize;
        if hint > 0 {
            let bytes = self.bytes_per_char.get().max(1.0) * hint as f64;
            size = size.max(bytes as usize);
        }
        let size = PyInt::from_usize(py, size.min(isize::MAX as usize))?;
        let name = if self.has_read1.get() { intern!(py, "read1") } else { intern!(py, "read") };
        let input = self.buffer(py)?.call_method1(py, name, size.as_object())?;
        if !runtime::types::buffer::supports(&input) {
            let text = format!(
                "underlying {name}() should have returned a bytes-like object, not '{}'",
                tp_name(&input)
            );
            return Err(type_error(py, text));
        }
        let n = Buffer::get_simple(py, &input)?.len();
        let text = decode(py, &decoder, &input, n == 0)?;
        let chars = text.len();
        self.set_decoded(Some(text));
        self.bytes_per_char.set(if chars > 0 { n as f64 / chars as f64 } else { 0.0 });
        if let Some((held, flags)) = before {
            // Decoding starts again from here: what the decoder held back, then this chunk.
            let again = if held.is_empty() && PyBytes::check(&input) {
                input
            } else {
                runtime::abstract_::number::add(py, held.as_object(), &input)?
            };
            let Ok(again) = again.downcast_into::<PyBytes>() else {
                return Err(type_error(py, "decoder getstate() should have returned a bytes object"));
            };
            self.snapshot_flags.set(flags);
            self.snapshot.set(Some(again));
        }
        Ok(n > 0 || chars > 0)
    }

    pub(super) fn read(&self, py: Python, n: isize) -> PyResult<Py<PyStr>> {
        self.check_open(py)?;
        let decoder = self.decoder(py)?;
        self.write_pending(py)?;
        let Ok(n) = usize::try_from(n) else {
            let bytes = self.buffer(py)?.call_method0(py, intern!(py, "read"))?;
            if bytes.is_none() {
                return Err(blocking_error(py, libc::EAGAIN, "Read returned None.", 0));
            }
            let rest = decode(py, &decoder, &bytes, true)?;
            let first = self.take_decoded(py, -1)?;
            let all = if first.is_empty() { rest } else { PyStr::concat(py, &first, &rest)? };
            if !self.snapshot.is_empty() {
                self.forget_chunk();
            }
            return Ok(all);
        };
        let first = self.take_decoded(py, n as isize)?;
        if first.len() >= n {
            return Ok(first);
        }
        let mut all = StrBuilder::new();
        all.push_pystr(&first);
        let mut left = n - first.len();
        while left > 0 {
            match self.read_chunk(py, left) {
                Ok(true) => {}
                Ok(false) => break,
                Err(e) => {
                    interrupted(py, e)?;
                    continue;
                }
            }
            let more = self.take_decoded(py, left as isize)?;
            left -= more.len();
            all.push_pystr(&more);
        }
        all.finish(py)
    }

    pub(super) fn readline(&self, py: Python, limit: isize) -> PyResult<Py<PyStr>> {
        self.check_open(py)?;
        self.write_pending(py)?;
        let limit = usize::try_from(limit).ok();
        let newline = self.read_newline.get_owned();
        let ends = LineEnds {
            translated: self.translate_reading.get(),
            universal: self.universal.get(),
            own: newline.as_deref(),
        };
        // Pieces of the line from earlier chunks, and characters that may begin its end.
        let mut line = StrBuilder::new();
        let mut held: Option<Py<PyStr>> = None;
        loop {
            let chunk = loop {
                if let Some(c) = self.decoded.get_owned().filter(|c| !c.is_empty()) {
                    break Some(c);
                }
                match self.read_chunk(py, 0) {
                    Ok(true) => {}
                    Ok(false) => break None,
                    Err(e) => interrupted(py, e)?,
                }
            };
            let Some(chunk) = chunk else {
                self.forget_chunk();
                break;
            };
            let (text, start, before) = match held.take() {
                None => (chunk, self.decoded_used.get(), 0),
                Some(h) => (PyStr::concat(py, &h, &chunk)?, 0, h.len()),
            };
            let most = limit.map_or(usize::MAX, |l| l.saturating_sub(line.len()));
            let view = text.view().slice(start, text.len());
            let (len, done) = match ends.find(view) {
                Ok(len) => (len.min(most), true),
                Err(len) if len >= most => (most, true),
                Err(len) => (len, false),
            };
            let end = start + len;
            if done {
                self.decoded_used.set(end - before.min(end));
                if line.is_empty() {
                    return if start == 0 && end == text.len() {
                        Ok(text)
                    } else {
                        text.substring(py, start, end)
                    };
                }
                line.push_view(text.view().slice(start, end));
                return line.finish(py);
            }
            line.push_view(text.view().slice(start, end));
            if end < text.len() {
                held = Some(text.substring(py, end, text.len())?);
            }
            self.set_decoded(None);
        }
        if let Some(h) = held {
            line.push_pystr(&h);
        }
        line.finish(py)
    }
}
