//! Where pickles are read from: data at hand, or a file that is asked for more.

use super::unpickler::PyUnpickler;
use super::unpickling_error;
use runtime::prelude::*;
use runtime::types::buffer::Buffer;
use runtime::types::exceptions::PyExc_NotImplementedError_Type;

/// Bytes looked at ahead, in files that allow it.
const PREFETCH: usize = 8192 * 16;

/// The bytes at hand.
enum Data<'a> {
    Given(&'a Buffer),
    Read(Py<PyBytes>),
    None,
}

/// The pickle being read.
pub struct Input<'a> {
    py: Python<'a>,
    data: Data<'a>,
    at: usize,
    /// Where the present frame ends.
    frame: Option<usize>,
    /// The bytes from here on are still in the file too.
    ahead: Option<usize>,
    read: Option<Py>,
    readline: Option<Py>,
    peek: Option<Py>,
}

impl<'a> Input<'a> {
    pub fn new(py: Python<'a>, u: &PyUnpickler, given: Option<&'a Buffer>) -> Input<'a> {
        let from_file = given.is_none();
        let slot = |s: &Slot| s.get_owned().filter(|_| from_file);
        Input {
            py,
            data: given.map_or(Data::None, Data::Given),
            at: 0,
            frame: None,
            ahead: None,
            read: slot(&u.read),
            readline: slot(&u.readline),
            peek: slot(&u.peek),
        }
    }

    #[inline(always)]
    fn slice(&self) -> &[u8] {
        match &self.data {
            Data::Given(b) => b.as_slice(),
            Data::Read(b) => b.as_bytes(),
            Data::None => &[],
        }
    }

    #[cold]
    fn truncated(&self) -> Raised {
        unpickling_error(self.py, "pickle data was truncated")
    }

    /// Forgets the frame if it has been read.
    #[inline(always)]
    fn leave_frame(&mut self) {
        if self.frame == Some(self.at) {
            self.frame = None;
        }
    }

    #[cold]
    fn beyond_frame(&self) -> Raised {
        unpickling_error(self.py, "pickle exhausted before end of frame")
    }

    /// One byte; `None` at the end.
    #[inline(always)]
    pub fn opcode(&mut self) -> PyResult<Option<u8>> {
        self.leave_frame();
        if let Some(&b) = self.slice().get(self.at) {
            self.at += 1;
            return Ok(Some(b));
        }
        if self.read.is_none() || self.refill(1)? < 1 {
            return Ok(None);
        }
        let b = self.slice().first().copied();
        self.at = 1;
        Ok(b)
    }

    /// The next `n` bytes.
    #[inline(always)]
    pub fn take(&mut self, n: usize) -> PyResult<&[u8]> {
        let (start, frame) = (self.at, self.frame.unwrap_or(usize::MAX));
        let end = start.wrapping_add(n);
        if start == frame || end > frame || end < start || end > self.slice().len() {
            return self.take_slow(n);
        }
        self.at = end;
        Ok(self.slice().get(start..end).unwrap_or_default())
    }

    /// The same at the end of a frame or of what has been read.
    #[cold]
    #[inline(never)]
    fn take_slow(&mut self, n: usize) -> PyResult<&[u8]> {
        self.leave_frame();
        let end = self.at.checked_add(n);
        if let Some(frame) = self.frame
            && end.is_none_or(|e| e > frame)
        {
            return Err(self.beyond_frame());
        }
        let inside = end.is_some_and(|e| e <= self.slice().len());
        if !inside && (self.read.is_none() || self.refill(n)? < n) {
            return Err(self.truncated());
        }
        let start = self.at;
        self.at += n;
        Ok(self.slice().get(start..start + n).unwrap_or_default())
    }

    /// The next bytes as an array.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> PyResult<[u8; N]> {
        Ok(self.take(N)?.try_into().unwrap_or([0; N]))
    }

    /// The rest of the line, without its end.
    pub fn line(&mut self) -> PyResult<Vec<u8>> {
        self.leave_frame();
        let end = self.frame.unwrap_or(self.slice().len());
        let rest = self.slice().get(self.at..end).unwrap_or_default();
        if let Some(n) = rest.iter().position(|&b| b == b'\n') {
            let line = rest.get(..n).unwrap_or_default().to_vec();
            self.at += n + 1;
            return Ok(line);
        }
        if self.frame.is_some() {
            return Err(self.beyond_frame());
        }
        let Some(readline) = self.readline.clone() else { return Err(self.truncated()) };
        self.skip_consumed()?;
        let data = readline.call0(self.py)?;
        self.replace(data)?;
        self.at = self.slice().len();
        match self.slice() {
            [line @ .., b'\n'] => Ok(line.to_vec()),
            _ => Err(self.truncated()),
        }
    }

    /// The rest of the line, which must not be empty.
    pub fn full_line(&mut self) -> PyResult<Vec<u8>> {
        let line = self.line()?;
        if line.is_empty() { Err(self.truncated()) } else { Ok(line) }
    }

    /// A frame: its bytes are read at once, and remain to be taken.
    pub fn frame(&mut self, n: usize) -> PyResult<()> {
        self.leave_frame();
        if self.frame.is_some() {
            let text = "beginning of a new frame before end of current frame";
            return Err(unpickling_error(self.py, text));
        }
        self.take(n)?;
        self.frame = Some(self.at);
        self.at -= n;
        Ok(())
    }

    fn replace(&mut self, data: Py) -> PyResult<()> {
        match data.downcast_into::<PyBytes>() {
            Ok(b) => {
                self.data = Data::Read(b);
                self.at = 0;
                Ok(())
            }
            Err(o) => {
                let text = if buffer::supports(&o) {
                    PyBytes::from_object(self.py, &o)
                } else {
                    Err(type_error(
                        self.py,
                        format!("a bytes-like object is required, not '{}'", tp_name(&o)),
                    ))
                };
                self.data = Data::Read(text?);
                self.at = 0;
                Ok(())
            }
        }
    }

    /// Takes from the file what was only looked at.
    pub fn skip_consumed(&mut self) -> PyResult<()> {
        let Some(start) = self.ahead.take() else { return Ok(()) };
        let n = self.at.saturating_sub(start);
        if n > 0
            && let Some(read) = self.read.clone()
        {
            read.call1(self.py, &*PyInt::from_usize(self.py, n)?)?;
        }
        Ok(())
    }

    /// Replaces the bytes at hand by the next ones of the file: how many there are.
    fn refill(&mut self, n: usize) -> PyResult<usize> {
        let py = self.py;
        self.skip_consumed()?;
        if let Some(peek) = self.peek.clone()
            && n < PREFETCH
        {
            match peek.call1(py, &*PyInt::from_usize(py, PREFETCH)?) {
                Ok(data) => {
                    self.replace(data)?;
                    self.ahead = Some(0);
                    if self.slice().len() >= n {
                        return Ok(self.slice().len());
                    }
                    // Not enough to look at: the file is read after all.
                    self.ahead = None;
                }
                Err(e) => {
                    drop(catch(py, e, &PyExc_NotImplementedError_Type)?);
                    self.peek = None;
                }
            }
        }
        let Some(read) = self.read.clone() else { return Ok(0) };
        let data = read.call1(py, &*PyInt::from_usize(py, n)?)?;
        self.replace(data)?;
        Ok(self.slice().len())
    }
}
