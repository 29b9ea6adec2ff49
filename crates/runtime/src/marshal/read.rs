//! Reading marshalled data. The data may be hostile: lengths are checked against what is left before anything is allocated.

use super::{FLAG_REF, MAX_DEPTH, code};
use crate::prelude::*;
use crate::types::code::CodeParts;
use crate::types::exceptions::{PyExc_EOFError_Type, PyExc_StopIteration_Type, PyExc_ValueError_Type};
use crate::types::tuple::TupleBuilder;
use crate::types::*;

/// Where the bytes come from.
enum Input<'a> {
    Bytes {
        data: &'a [u8],
        at: usize,
    },
    /// A file object with `readinto`.
    File(&'a PyObject),
}

/// Reads objects one after the other.
pub struct Reader<'a, 'py> {
    py: Python<'py>,
    input: Input<'a>,
    /// Objects that may be referred to; `None` while one is still being read.
    refs: Vec<Option<Py>>,
    depth: usize,
    allow_code: bool,
    /// Replaces the file name of every code object.
    filename: Option<Py<PyStr>>,
}

/// Exactly `n` bytes from a file, asked for in one call.
fn read_into(py: Python, file: &PyObject, n: usize) -> PyResult<Py<PyByteArray>> {
    let buffer = PyByteArray::zeroed(py, n)?;
    let view = PyMemoryView::of(py, buffer.as_object())?;
    let got = file.call_method1(py, intern!(py, "readinto"), view.as_object())?;
    let got = got.index_isize(py, Some(&PyExc_ValueError_Type))?;
    match usize::try_from(got) {
        Ok(got) if got == n => Ok(buffer),
        Ok(got) if got > n => Err(value_error(
            py,
            format!("read() returned too much data: {n} bytes requested, {got} returned"),
        )),
        _ => Err(raise(py, &PyExc_EOFError_Type, "EOF read where not expected")),
    }
}

/// Reads one object.
///
/// Errors: `EOFError`, `ValueError`, `TypeError`, `MemoryError`.
pub fn loads(py: Python, data: &[u8]) -> PyResult {
    Reader::new(py, data, true).object()
}

/// As [`loads`], giving every code object another file name.
pub fn loads_as_file(py: Python, data: &[u8], filename: &PyStr) -> PyResult {
    let mut r = Reader::new(py, data, true);
    r.filename = Some(filename.owned());
    r.object()
}

impl<'a, 'py> Reader<'a, 'py> {
    pub fn new(py: Python<'py>, data: &'a [u8], allow_code: bool) -> Self {
        Reader::from_input(py, Input::Bytes { data, at: 0 }, allow_code)
    }

    /// Reads from a binary file, no further than the object goes.
    pub fn from_file(py: Python<'py>, file: &'a PyObject, allow_code: bool) -> Self {
        Reader::from_input(py, Input::File(file), allow_code)
    }

    fn from_input(py: Python<'py>, input: Input<'a>, allow_code: bool) -> Self {
        Reader { py, input, refs: Vec::new(), depth: 0, allow_code, filename: None }
    }

    /// Reads the next object.
    pub fn object(&mut self) -> PyResult {
        match self.opt_object()? {
            Some(o) => Ok(o),
            None => Err(type_error(self.py, "NULL object in marshal data for object")),
        }
    }

    fn short(&self) -> Raised {
        raise(self.py, &PyExc_EOFError_Type, "marshal data too short")
    }

    fn bad(&self, what: &str) -> Raised {
        value_error(self.py, format!("bad marshal data ({what})"))
    }

    fn with_bytes<R>(&mut self, n: usize, f: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
        match &mut self.input {
            Input::Bytes { data, at } => match data.get(*at..).and_then(|rest| rest.get(..n)) {
                Some(b) => {
                    *at += n;
                    Ok(f(b))
                }
                None => Err(self.short()),
            },
            Input::File(file) => {
                let file = *file;
                let buffer = read_into(self.py, file, n)?;
                Ok(buffer.hold_for(f))
            }
        }
    }

    fn byte(&mut self) -> PyResult<u8> {
        self.with_bytes(1, |b| b[0])
    }

    fn array<const N: usize>(&mut self) -> PyResult<[u8; N]> {
        self.with_bytes(N, |b| {
            let mut a = [0; N];
            a.copy_from_slice(b);
            a
        })
    }

    fn i32(&mut self) -> PyResult<i32> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    fn f64(&mut self) -> PyResult<f64> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    /// A length; negative ones are refused.
    fn size(&mut self, what: &str) -> PyResult<usize> {
        let n = self.i32()?;
        usize::try_from(n).map_err(|_| self.bad(&format!("{what} size out of range")))
    }

    fn text_float(&mut self) -> PyResult<f64> {
        let n = self.byte()? as usize;
        let text = self.with_bytes(n, <[u8]>::to_vec)?;
        // Rust's parser accepts what Python's does, without spaces around and underscores.
        match std::str::from_utf8(&text).ok().and_then(|s| s.parse().ok()) {
            Some(v) => Ok(v),
            None => {
                let shown = String::from_utf8_lossy(&text);
                Err(value_error(self.py, format!("could not convert string to float: '{shown:.200}'")))
            }
        }
    }

    /// Notes an object that may be referred to.
    fn add_ref(&mut self, flag: bool, o: Py) -> Py {
        if flag {
            self.refs.push(Some(o.clone()));
        }
        o
    }

    /// Reserves the place of an object whose parts come first.
    fn reserve(&mut self, flag: bool) -> Option<usize> {
        flag.then(|| {
            self.refs.push(None);
            self.refs.len() - 1
        })
    }

    fn fill(&mut self, place: Option<usize>, o: &Py) {
        if let Some(i) = place {
            self.refs[i] = Some(o.clone());
        }
    }

    fn opt_object(&mut self) -> PyResult<Option<Py>> {
        let first = match &self.input {
            Input::Bytes { data, at } if *at >= data.len() => {
                return Err(raise(self.py, &PyExc_EOFError_Type, "EOF read where object expected"));
            }
            _ => match self.byte() {
                Ok(b) => b,
                Err(raised) if matches(self.py, &PyExc_EOFError_Type) => {
                    drop(fetch(self.py, raised));
                    return Err(raise(self.py, &PyExc_EOFError_Type, "EOF read where object expected"));
                }
                Err(raised) => return Err(raised),
            },
        };
        crate::state::enter_recursive_call(self.py, " while unmarshalling")?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.depth -= 1;
            return Err(value_error(self.py, "recursion limit exceeded"));
        }
        let r = self.typed(first & !FLAG_REF, first & FLAG_REF != 0);
        self.depth -= 1;
        r
    }

    fn typed(&mut self, ty: u8, flag: bool) -> PyResult<Option<Py>> {
        let py = self.py;
        Ok(Some(match ty {
            code::NULL => return Ok(None),
            code::NONE => none().owned(),
            code::STOP_ITERATION => PyExc_StopIteration_Type.owned().into_object(),
            code::ELLIPSIS => ellipsis().owned(),
            code::FALSE => py_bool(false).owned().into_object(),
            code::TRUE => py_bool(true).owned().into_object(),
            code::INT => {
                let n = self.i32()?;
                let o = PyInt::from_i64(py, n as i64)?.into_object();
                self.add_ref(flag, o)
            }
            code::INT64 => {
                let n = i64::from_le_bytes(self.array()?);
                let o = PyInt::from_i64(py, n)?.into_object();
                self.add_ref(flag, o)
            }
            code::LONG => {
                let o = self.long()?;
                self.add_ref(flag, o)
            }
            code::FLOAT_TEXT => {
                let v = self.text_float()?;
                let o = PyFloat::new(py, v)?.into_object();
                self.add_ref(flag, o)
            }
            code::FLOAT => {
                let v = self.f64()?;
                let o = PyFloat::new(py, v)?.into_object();
                self.add_ref(flag, o)
            }
            code::COMPLEX_TEXT | code::COMPLEX => {
                let (re, im) = if ty == code::COMPLEX {
                    (self.f64()?, self.f64()?)
                } else {
                    (self.text_float()?, self.text_float()?)
                };
                let o = PyComplex::new(py, re, im)?.into_object();
                self.add_ref(flag, o)
            }
            code::BYTES => {
                let n = self.size("bytes object")?;
                let o = self.with_bytes(n, |b| PyBytes::new(py, b))??.into_object();
                self.add_ref(flag, o)
            }
            code::ASCII | code::ASCII_INTERNED | code::SHORT_ASCII | code::SHORT_ASCII_INTERNED => {
                let n = match ty {
                    code::ASCII | code::ASCII_INTERNED => self.size("string")?,
                    _ => self.byte()? as usize,
                };
                let s = self.with_bytes(n, |b| PyStr::from_latin1(py, b))??;
                let s = match ty {
                    code::ASCII_INTERNED | code::SHORT_ASCII_INTERNED => PyStr::intern(py, s),
                    _ => s,
                };
                self.add_ref(flag, s.into_object())
            }
            code::UNICODE | code::INTERNED => {
                let n = self.size("string")?;
                let s = self.with_bytes(n, |b| match std::str::from_utf8(b) {
                    Ok(s) => PyStr::new(py, s),
                    Err(_) => crate::codecs::utf8::decode(py, b, "surrogatepass", true).map(|d| d.0),
                })??;
                let s = if ty == code::INTERNED { PyStr::intern(py, s) } else { s };
                self.add_ref(flag, s.into_object())
            }
            code::TUPLE | code::SMALL_TUPLE => {
                let n = if ty == code::TUPLE { self.size("tuple")? } else { self.byte()? as usize };
                self.tuple(n, flag)?
            }
            code::LIST => {
                let n = self.size("list")?;
                let list = PyList::empty(py)?;
                self.add_ref(flag, list.clone().into_object());
                for _ in 0..n {
                    let v = self.part("list")?;
                    list.append(py, v)?;
                }
                list.into_object()
            }
            code::DICT => {
                let d = PyDict::new(py)?;
                self.add_ref(flag, d.clone().into_object());
                while let Some(k) = self.opt_object()? {
                    let Some(v) = self.opt_object()? else { break };
                    d.set_item(py, &k, &v)?;
                }
                d.into_object()
            }
            code::SET => {
                let n = self.size("set")?;
                let s = PySet::new(py)?;
                self.add_ref(flag, s.clone().into_object());
                for _ in 0..n {
                    let v = self.part("set")?;
                    s.add(py, &v)?;
                }
                s.into_object()
            }
            code::FROZENSET => {
                let n = self.size("set")?;
                let place = self.reserve(flag);
                let items = self.items(n, "set")?;
                let o = PyFrozenSet::from_iter(py, items.into_iter().map(Ok))?.into_object();
                self.fill(place, &o);
                o
            }
            code::SLICE => {
                let place = self.reserve(flag);
                let (a, b, c) = (self.object()?, self.object()?, self.object()?);
                let o = PySlice::new(py, a, b, c)?.into_object();
                self.fill(place, &o);
                o
            }
            code::CODE => {
                if !self.allow_code {
                    return Err(value_error(py, "unmarshalling code objects is disallowed"));
                }
                let place = self.reserve(flag);
                let o = self.code()?;
                self.fill(place, &o);
                o
            }
            code::REF => {
                let n = self.i32()?;
                match usize::try_from(n).ok().and_then(|i| self.refs.get(i)) {
                    Some(Some(o)) => o.clone(),
                    _ => return Err(self.bad("invalid reference")),
                }
            }
            _ => return Err(self.bad("unknown type code")),
        }))
    }

    /// An element of a container, which must not be NULL.
    fn part(&mut self, what: &str) -> PyResult {
        match self.opt_object()? {
            Some(v) => Ok(v),
            None => Err(type_error(self.py, format!("NULL object in marshal data for {what}"))),
        }
    }

    fn items(&mut self, n: usize, what: &str) -> PyResult<Vec<Py>> {
        let mut v = Vec::with_capacity(n.min(4096));
        for _ in 0..n {
            v.push(self.part(what)?);
        }
        Ok(v)
    }

    /// A tuple of `n` items. One that may be referred to is known from the start: lists and dicts inside may contain it.
    fn tuple(&mut self, n: usize, flag: bool) -> PyResult {
        let py = self.py;
        // A length that the data can't hold is not allocated.
        let plausible = match &self.input {
            Input::Bytes { data, at } => n <= data.len().saturating_sub(*at),
            Input::File(_) => n <= 1 << 16,
        };
        if !flag || n == 0 || !plausible {
            let place = self.reserve(flag);
            let items = self.items(n, "tuple")?;
            let o = PyTuple::new(py, items)?.into_object();
            self.fill(place, &o);
            return Ok(o);
        }
        let mut tuple = TupleBuilder::new(py, n)?;
        self.refs.push(Some(tuple.share().into_object()));
        for _ in 0..n {
            tuple.push(self.part("tuple")?);
        }
        Ok(tuple.finish().into_object())
    }

    /// An integer in 15-bit digits.
    fn long(&mut self) -> PyResult {
        let n = self.i32()?;
        if n == i32::MIN {
            return Err(self.bad("long size out of range"));
        }
        let count = n.unsigned_abs() as usize;
        let mut digits: Vec<u32> = Vec::with_capacity((count / 2 + 1).min(4096));
        for i in 0..count {
            let d = u16::from_le_bytes(self.array()?);
            if d > 0x7fff {
                return Err(self.bad("digit out of range in long"));
            }
            if i + 1 == count && d == 0 {
                return Err(self.bad("unnormalized long data"));
            }
            if i % 2 == 0 {
                digits.push(d as u32);
            } else if let Some(last) = digits.last_mut() {
                *last |= (d as u32) << 15;
            }
        }
        Ok(PyInt::from_digits(self.py, n < 0, &digits)?.into_object())
    }

    fn code(&mut self) -> PyResult {
        let py = self.py;
        let argcount = self.i32()?;
        let posonlyargcount = self.i32()?;
        let kwonlyargcount = self.i32()?;
        let stacksize = self.i32()?;
        let flags = self.i32()?;
        let code = self.object()?;
        let consts = self.object()?;
        let names = self.object()?;
        let localsplusnames = self.object()?;
        let localspluskinds = self.object()?;
        let filename = self.object()?;
        let name = self.object()?;
        let qualname = self.object()?;
        let firstlineno = self.i32()?;
        let linetable = self.object()?;
        let exceptiontable = self.object()?;
        let parts = CodeParts {
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize,
            flags,
            firstlineno,
            code: self.part_of(code)?,
            consts: self.part_of(consts)?,
            names: self.part_of(names)?,
            localsplusnames: self.part_of(localsplusnames)?,
            localspluskinds: self.part_of(localspluskinds)?,
            filename: match &self.filename {
                Some(f) => f.clone(),
                None => self.part_of(filename)?,
            },
            name: self.part_of(name)?,
            qualname: self.part_of(qualname)?,
            linetable: self.part_of(linetable)?,
            exceptiontable: self.part_of(exceptiontable)?,
        };
        parts.validate(py)?;
        Ok(parts.build(py)?.into_object())
    }

    /// A part of a code object as the type it must have.
    fn part_of<T: PyTypeInfo>(&self, part: Py) -> PyResult<Py<T>> {
        part.downcast_into::<T>().map_err(|_| bad_internal_call(self.py))
    }
}
