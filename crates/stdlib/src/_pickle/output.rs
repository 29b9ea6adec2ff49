//! Where pickles are written: a buffer in frames, perhaps a file behind it.

use super::ops::{FRAME, FRAME_HEADER, FRAME_MIN, FRAME_TARGET};
use runtime::prelude::*;

/// Bytes written so far that are not in the file yet.
pub struct Output {
    bytes: Vec<u8>,
    /// Where the present frame's header is.
    frame: Option<usize>,
    framing: bool,
    /// The file's `write`.
    write: Option<Py>,
}

impl Output {
    pub fn new(write: Option<Py>) -> Output {
        Output { bytes: Vec::with_capacity(256), frame: None, framing: false, write }
    }

    pub fn start_framing(&mut self) {
        self.framing = true;
    }

    #[inline]
    fn begin_frame(&mut self) {
        if self.framing && self.frame.is_none() {
            self.frame = Some(self.bytes.len());
            self.bytes.extend_from_slice(&[FRAME; FRAME_HEADER]);
        }
    }

    #[inline]
    pub fn byte(&mut self, b: u8) {
        self.begin_frame();
        self.bytes.push(b);
    }

    #[inline]
    pub fn bytes(&mut self, b: &[u8]) {
        self.begin_frame();
        self.bytes.extend_from_slice(b);
    }

    /// An instruction with its argument.
    #[inline]
    pub fn op(&mut self, op: u8, argument: &[u8]) {
        self.begin_frame();
        self.bytes.push(op);
        self.bytes.extend_from_slice(argument);
    }

    fn end_frame(&mut self) {
        let Some(start) = self.frame.take() else { return };
        let len = self.bytes.len() - start - FRAME_HEADER;
        if len < FRAME_MIN {
            self.bytes.drain(start..start + FRAME_HEADER);
        } else if let Some(header) = self.bytes.get_mut(start + 1..start + FRAME_HEADER) {
            header.copy_from_slice(&(len as u64).to_le_bytes());
        }
    }

    fn flush(&mut self, py: Python) -> PyResult<()> {
        if let Some(write) = &self.write
            && !self.bytes.is_empty()
        {
            let data = PyBytes::new(py, &self.bytes)?;
            self.bytes.clear();
            write.call1(py, &data)?;
        }
        Ok(())
    }

    /// Between two instructions: a frame that is long enough ends.
    #[inline]
    pub fn boundary(&mut self, py: Python) -> PyResult<()> {
        match self.frame {
            Some(start) if self.bytes.len() - start - FRAME_HEADER >= FRAME_TARGET => {
                self.end_frame();
                self.flush(py)
            }
            _ => Ok(()),
        }
    }

    /// An instruction with much data, which goes around frames and buffer when it is long. `object` is the data, if an object
    /// holds it.
    pub fn large(
        &mut self,
        py: Python,
        header: &[u8],
        data: &[u8],
        object: Option<&PyObject>,
    ) -> PyResult<()> {
        if data.len() < FRAME_TARGET {
            self.bytes(header);
            self.bytes(data);
            return Ok(());
        }
        self.end_frame();
        let framing = std::mem::replace(&mut self.framing, false);
        self.bytes(header);
        if self.write.is_some() {
            self.flush(py)?;
            if let Some(write) = self.write.clone() {
                match object {
                    Some(o) => write.call1(py, o)?,
                    None => write.call1(py, &*PyBytes::new(py, data)?)?,
                };
            }
        } else if self.bytes.try_reserve(data.len()).is_ok() {
            self.bytes(data);
        } else {
            return Err(memory_error(py));
        }
        self.framing = framing;
        Ok(())
    }

    /// Ends the pickle: what has not gone to a file.
    pub fn finish(mut self, py: Python) -> PyResult<Vec<u8>> {
        self.end_frame();
        self.flush(py)?;
        Ok(self.bytes)
    }
}
