//! A load: the machine's loop and the instructions that push plain values.

use super::input::Input;
use super::ops::*;
use super::unpickler::PyUnpickler;
use super::{Busy, unpickling_error};
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::types::buffer::Buffer;

/// A load under way.
pub struct Load<'a> {
    pub py: Python<'a>,
    pub u: &'a PyUnpickler,
    pub input: Input<'a>,
    pub stack: Vec<Py>,
    marks: Vec<usize>,
    /// The class is `Unpickler` itself: nothing is overridden.
    pub plain: bool,
}

/// Loads an object from data or from the unpickler's file.
pub fn load(py: Python, u: &PyUnpickler, data: Option<&Buffer>) -> PyResult {
    let _busy = Busy::enter(py, &u.running, "Unpickler")?;
    u.proto.set(0);
    let mut load = Load {
        py,
        u,
        input: Input::new(py, u, data),
        stack: Vec::new(),
        marks: Vec::new(),
        plain: u.ty().as_ptr() == PyUnpickler::type_object().as_ptr(),
    };
    let made = load.run()?;
    load.input.skip_consumed()?;
    Ok(made)
}

impl Load<'_> {
    /// Where the part of the stack above the last mark begins.
    #[inline(always)]
    pub fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    #[cold]
    pub fn underflow(&self) -> Raised {
        let text = if self.marks.is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" };
        unpickling_error(self.py, text)
    }

    #[inline(always)]
    pub fn push(&mut self, o: Py) -> PyResult<()> {
        self.stack.push(o);
        Ok(())
    }

    #[inline(always)]
    pub fn pop(&mut self) -> PyResult {
        if self.stack.len() <= self.fence() {
            return Err(self.underflow());
        }
        self.stack.pop().ok_or_else(|| self.underflow())
    }

    #[inline(always)]
    pub fn top(&self) -> PyResult<&Py> {
        if self.stack.len() <= self.fence() {
            return Err(self.underflow());
        }
        self.stack.last().ok_or_else(|| self.underflow())
    }

    /// Removes the last mark: its place.
    pub fn mark(&mut self) -> PyResult<usize> {
        self.marks.pop().ok_or_else(|| unpickling_error(self.py, "could not find MARK"))
    }

    /// The objects above the last mark.
    pub fn pop_mark(&mut self) -> PyResult<Vec<Py>> {
        let at = self.mark()?;
        Ok(self.stack.split_off(at.min(self.stack.len())))
    }

    fn run(&mut self) -> PyResult {
        let py = self.py;
        loop {
            let Some(op) = self.input.opcode()? else { return Err(eof_error(py, "Ran out of input")) };
            match op {
                MARK => self.marks.push(self.stack.len()),
                STOP => return self.pop(),
                BININT1 => {
                    let [b] = self.input.array()?;
                    self.push(PyInt::from_i64(py, b as i64)?.into_object())?;
                }
                BININT2 => {
                    let v = u16::from_le_bytes(self.input.array()?);
                    self.push(PyInt::from_i64(py, v as i64)?.into_object())?;
                }
                BININT => {
                    let v = i32::from_le_bytes(self.input.array()?);
                    self.push(PyInt::from_i64(py, v as i64)?.into_object())?;
                }
                SHORT_BINUNICODE => {
                    let [n] = self.input.array()?;
                    self.unicode(n as u64, "SHORT_BINUNICODE")?;
                }
                BINUNICODE => {
                    let n = u32::from_le_bytes(self.input.array()?);
                    self.unicode(n as u64, "BINUNICODE")?;
                }
                BINUNICODE8 => {
                    let n = u64::from_le_bytes(self.input.array()?);
                    self.unicode(n, "BINUNICODE8")?;
                }
                BINGET => {
                    let [i] = self.input.array()?;
                    self.recall(i as usize)?;
                }
                LONG_BINGET => {
                    let i = u32::from_le_bytes(self.input.array()?);
                    self.recall(i as usize)?;
                }
                GET => {
                    let i = self.line_number()?;
                    self.recall(usize::try_from(i).unwrap_or(usize::MAX))?;
                }
                MEMOIZE => {
                    let n = self.u.memo.borrow().len();
                    self.memoize(n)?;
                }
                BINPUT => {
                    let [i] = self.input.array()?;
                    self.memoize(i as usize)?;
                }
                LONG_BINPUT => {
                    let i = u32::from_le_bytes(self.input.array()?);
                    self.memoize(i as usize)?;
                }
                PUT => {
                    let Ok(i) = usize::try_from(self.line_number()?) else {
                        return Err(value_error(py, "negative PUT argument"));
                    };
                    self.memoize(i)?;
                }
                NONE => self.push(none().owned())?,
                NEWTRUE => self.push(py_bool(true).as_object().owned())?,
                NEWFALSE => self.push(py_bool(false).as_object().owned())?,
                BINFLOAT => {
                    let v = f64::from_be_bytes(self.input.array()?);
                    self.push(PyFloat::new(py, v)?.into_object())?;
                }
                EMPTY_TUPLE => self.push(PyTuple::empty(py).into_object())?,
                EMPTY_LIST => self.push(PyList::empty(py)?.into_object())?,
                EMPTY_DICT => self.push(PyDict::new(py)?.into_object())?,
                EMPTY_SET => self.push(PySet::new(py)?.into_object())?,
                TUPLE1 => self.tuple_of(1)?,
                TUPLE2 => self.tuple_of(2)?,
                TUPLE3 => self.tuple_of(3)?,
                TUPLE => {
                    let items = self.pop_mark()?;
                    self.push(PyTuple::new(py, items)?.into_object())?;
                }
                LIST => {
                    let items = self.pop_mark()?;
                    self.push(PyList::new(py, items)?.into_object())?;
                }
                DICT => self.dict()?,
                FROZENSET => {
                    let items = self.pop_mark()?;
                    let made = PyFrozenSet::from_iter(py, items.into_iter().map(Ok))?;
                    self.push(made.into_object())?;
                }
                FRAME => self.frame()?,
                PROTO => {
                    let [p] = self.input.array()?;
                    if p as i64 > HIGHEST_PROTOCOL {
                        return Err(value_error(py, format!("unsupported pickle protocol: {p}")));
                    }
                    self.u.proto.set(p);
                }
                LONG1 => {
                    let [n] = self.input.array()?;
                    self.long(n as i64)?;
                }
                LONG4 => {
                    let n = i32::from_le_bytes(self.input.array()?);
                    self.long(n as i64)?;
                }
                SHORT_BINBYTES => {
                    let [n] = self.input.array()?;
                    self.bytes(n as u64, "SHORT_BINBYTES")?;
                }
                BINBYTES => {
                    let n = u32::from_le_bytes(self.input.array()?);
                    self.bytes(n as u64, "BINBYTES")?;
                }
                BINBYTES8 => {
                    let n = u64::from_le_bytes(self.input.array()?);
                    self.bytes(n, "BINBYTES8")?;
                }
                BYTEARRAY8 => {
                    let n = u64::from_le_bytes(self.input.array()?);
                    let n = self.size(n, "BYTEARRAY8")?;
                    let made = PyByteArray::new(py, self.input.take(n)?)?;
                    self.push(made.into_object())?;
                }
                SHORT_BINSTRING => {
                    let [n] = self.input.array()?;
                    self.old_string(n as usize)?;
                }
                BINSTRING => {
                    let n = i32::from_le_bytes(self.input.array()?);
                    let Ok(n) = usize::try_from(n) else {
                        return Err(unpickling_error(py, "BINSTRING pickle has negative byte count"));
                    };
                    self.old_string(n)?;
                }
                STRING => {
                    let line = self.input.line()?;
                    let inside = match line.as_slice() {
                        [q @ (b'\'' | b'"'), inside @ .., p] if p == q => inside,
                        _ => {
                            return Err(unpickling_error(py, "the STRING opcode argument must be quoted"));
                        }
                    };
                    let bytes = runtime::codecs::escape::decode(py, inside, "strict")?;
                    let s = self.decoded(bytes)?;
                    self.push(s)?;
                }
                UNICODE => {
                    let line = self.input.line()?;
                    let (s, _) = runtime::codecs::unicode_escape::decode_raw(py, &line, "strict", true)?;
                    self.push(s.into_object())?;
                }
                INT => self.int()?,
                LONG => {
                    let mut line = self.input.full_line()?;
                    if line.last() == Some(&b'L') {
                        line.pop();
                    }
                    let source = PyBytes::new(py, &line)?;
                    self.push(PyInt::from_bytes_literal(py, &line, 10, &source)?.into_object())?;
                }
                FLOAT => {
                    let line = self.input.full_line()?;
                    let Some(v) = runtime::types::float::parse_float(&line) else {
                        return Err(value_error(py, "could not convert string to float"));
                    };
                    self.push(PyFloat::new(py, v)?.into_object())?;
                }
                _ => self.build_op(op)?,
            }
        }
    }

    #[cold]
    pub fn invalid(&self, op: u8) -> Raised {
        let printable = (0x20..0x7f).contains(&op) && op != b'\'' && op != b'\\';
        let text = if printable {
            format!("invalid load key, '{}'.", op as char)
        } else {
            format!("invalid load key, '\\x{op:02x}'.")
        };
        unpickling_error(self.py, text)
    }

    /// A length as a size of memory.
    fn size(&self, n: u64, what: &str) -> PyResult<usize> {
        usize::try_from(n).ok().filter(|&n| n <= isize::MAX as usize).ok_or_else(|| {
            let text = format!("{what} exceeds system's maximum size of {} bytes", isize::MAX);
            raise(self.py, &exceptions::PyExc_OverflowError_Type, text)
        })
    }

    fn unicode(&mut self, n: u64, what: &str) -> PyResult<()> {
        let py = self.py;
        let n = self.size(n, what)?;
        let bytes = self.input.take(n)?;
        let s = if bytes.is_ascii() {
            PyStr::from_ascii(py, bytes)?
        } else {
            match std::str::from_utf8(bytes) {
                Ok(s) => PyStr::new(py, s)?,
                Err(_) => runtime::codecs::utf8::decode(py, bytes, "surrogatepass", true)?.0,
            }
        };
        self.push(s.into_object())
    }

    fn bytes(&mut self, n: u64, what: &str) -> PyResult<()> {
        let n = self.size(n, what)?;
        let made = PyBytes::new(self.py, self.input.take(n)?)?;
        self.push(made.into_object())
    }

    /// A string of Python 2, as the unpickler's encoding says.
    fn decoded(&self, bytes: Py<PyBytes>) -> PyResult {
        let encoding = self.u.encoding.borrow().clone();
        if encoding == "bytes" {
            return Ok(bytes.into_object());
        }
        let errors = self.u.errors.borrow().clone();
        runtime::codecs::registry::decode_text(self.py, &bytes, &encoding, Some(&errors))
    }

    fn old_string(&mut self, n: usize) -> PyResult<()> {
        let bytes = PyBytes::new(self.py, self.input.take(n)?)?;
        let s = self.decoded(bytes)?;
        self.push(s)
    }

    fn int(&mut self) -> PyResult<()> {
        let py = self.py;
        let line = self.input.full_line()?;
        let value = match line.as_slice() {
            b"00" => py_bool(false).as_object().owned(),
            b"01" => py_bool(true).as_object().owned(),
            text => {
                let source = PyBytes::new(py, text)?;
                PyInt::from_bytes_literal(py, text, 10, &source)?.into_object()
            }
        };
        self.push(value)
    }

    fn long(&mut self, n: i64) -> PyResult<()> {
        let Ok(n) = usize::try_from(n) else {
            return Err(unpickling_error(self.py, "LONG pickle has negative byte count"));
        };
        let made = PyInt::from_byte_slice(self.py, self.input.take(n)?, false, true)?;
        self.push(made.into_object())
    }

    /// A number on a line of its own.
    fn line_number(&mut self) -> PyResult<i64> {
        let line = self.input.full_line()?;
        let source = PyBytes::new(self.py, &line)?;
        number::index(self.py, &*PyInt::from_bytes_literal(self.py, &line, 10, &source)?)?.to_i64(self.py)
    }

    fn frame(&mut self) -> PyResult<()> {
        let n = u64::from_le_bytes(self.input.array()?);
        match usize::try_from(n).ok().filter(|&n| n <= isize::MAX as usize) {
            Some(n) => self.input.frame(n),
            None => {
                let text = format!("FRAME length exceeds system's maximum of {} bytes", isize::MAX);
                Err(raise(self.py, &exceptions::PyExc_OverflowError_Type, text))
            }
        }
    }

    fn recall(&mut self, i: usize) -> PyResult<()> {
        let found = self.u.memo.borrow().get(i).cloned();
        match found {
            Some(o) => self.push(o),
            None => Err(unpickling_error(self.py, format!("Memo value not found at index {i}"))),
        }
    }

    fn memoize(&mut self, i: usize) -> PyResult<()> {
        let o = self.top()?.clone();
        let old = self.u.memo.borrow_mut().put(i, o);
        drop(old);
        Ok(())
    }

    fn tuple_of(&mut self, n: usize) -> PyResult<()> {
        let start = self.stack.len().checked_sub(n).filter(|&s| s >= self.fence());
        let Some(start) = start else { return Err(self.underflow()) };
        let made = PyTuple::new(self.py, self.stack.drain(start..))?;
        self.push(made.into_object())
    }

    fn dict(&mut self) -> PyResult<()> {
        let py = self.py;
        let items = self.pop_mark()?;
        if items.len() % 2 != 0 {
            return Err(unpickling_error(py, "odd number of items for DICT"));
        }
        let d = PyDict::new(py)?;
        for pair in items.chunks_exact(2) {
            if let [key, value] = pair {
                d.set_item(py, key, value)?;
            }
        }
        self.push(d.into_object())
    }

    /// Removes what is on top, be it a mark.
    pub fn drop_top(&mut self) -> PyResult<()> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop().map(drop)
    }
}
