//! A dump: what is written for objects of the basic types, and what decides for the others.

use super::ops::*;
use super::output::Output;
use super::pickler::PyPickler;
use super::{Busy, kind, noted, pickling_error, registry};
use runtime::format::repr_float;
use runtime::prelude::*;
use runtime::state::enter_recursive_call;
use runtime::types::exceptions::{PyExc_KeyError_Type, PyExc_OverflowError_Type};
use runtime::types::function::PyFunction;

/// Containers deeper than this are watched for cycles if there is no memo.
const FAST_NESTING_LIMIT: usize = 50;

/// A dump under way.
pub struct Save<'a> {
    pub py: Python<'a>,
    pub p: &'a PyPickler,
    pub out: Output,
    pub proto: i64,
    pub bin: bool,
    fast: bool,
    persistent_id: Option<Py>,
    reducer_override: Option<Py>,
    dispatch_table: Option<Py>,
    /// The containers being written, if there is no memo.
    nested: Vec<*mut PyObject>,
}

/// Dumps an object: the pickle, unless it went to a file.
pub fn dump(py: Python, p: &PyPickler, o: &PyObject) -> PyResult<Vec<u8>> {
    let _busy = Busy::enter(py, &p.running, "Pickler")?;
    let plain = p.ty().as_ptr() == PyPickler::type_object().as_ptr();
    let own = p.persistent_id.get_owned();
    let persistent_id = match own {
        Some(f) => Some(f),
        None if plain => None,
        None => Some(p.getattr(py, intern!(py, "persistent_id"))?).filter(|f| !is_default(f, p)),
    };
    let reducer_override = if plain { None } else { p.getattr_opt(py, intern!(py, "reducer_override"))? };
    let mut save = Save {
        py,
        p,
        out: Output::new(p.write.get_owned()),
        proto: p.proto.get(),
        bin: p.bin.get() != 0,
        fast: p.fast.get() != 0,
        persistent_id,
        reducer_override,
        dispatch_table: p.dispatch_table.get_owned(),
        nested: Vec::new(),
    };
    if save.proto >= 2 {
        save.out.op(PROTO, &[save.proto as u8]);
        if save.proto >= 4 {
            save.out.start_framing();
        }
    }
    save.object(o, true)?;
    save.out.byte(STOP);
    save.out.finish(py)
}

/// Is it the method of `Pickler` itself, which does nothing?
fn is_default(f: &PyObject, p: &PyPickler) -> bool {
    f.downcast::<PyCFunction>()
        .is_some_and(|c| c.m_self.as_ptr() == p.as_ptr() && c.name() == "persistent_id")
}

impl Save<'_> {
    /// Writes an object, by its persistent id if it has one and `persistent` is set.
    pub fn object(&mut self, o: &PyObject, persistent: bool) -> PyResult<()> {
        let py = self.py;
        self.out.boundary(py)?;
        if persistent && let Some(f) = &self.persistent_id {
            let id = f.clone().call1(py, o)?;
            if !id.is_none() {
                return self.persistent(&id);
            }
        }
        if o.is_none() {
            self.out.byte(NONE);
            return Ok(());
        }
        if let Some(i) = o.downcast_exact::<PyInt>() {
            return self.int(i);
        }
        if let Some(f) = o.downcast_exact::<PyFloat>() {
            self.float(f.value());
            return Ok(());
        }
        if PyBool::check(o) {
            self.bool(o.is(py_bool(true)));
            return Ok(());
        }
        let known = self.p.memo.borrow().get(o);
        if let Some(number) = known {
            self.recall(number);
            return Ok(());
        }
        if let Some(s) = o.downcast_exact::<PyStr>() {
            return self.str(s);
        }
        if let Some(b) = o.downcast_exact::<PyBytes>() {
            return self.bytes(b);
        }
        enter_recursive_call(py, " while pickling an object")?;
        if let Some(d) = o.downcast_exact::<PyDict>() {
            self.dict(d)
        } else if let Some(l) = o.downcast_exact::<PyList>() {
            self.list(l)
        } else if let Some(t) = o.downcast_exact::<PyTuple>() {
            self.tuple(t)
        } else if let Some(s) = o.downcast_exact::<PySet>() {
            self.set(s)
        } else if let Some(s) = o.downcast_exact::<PyFrozenSet>() {
            self.frozenset(s)
        } else if let Some(b) = o.downcast_exact::<PyByteArray>() {
            self.bytearray(b)
        } else if let Some(b) = o.downcast_exact::<PyPickleBuffer>() {
            self.picklebuffer(b)
        } else {
            self.other(o)
        }
    }

    /// An object of any other type: what its reducer says.
    fn other(&mut self, o: &PyObject) -> PyResult<()> {
        let py = self.py;
        let ty = o.ty();
        let mut reduced = None;
        if let Some(f) = self.reducer_override.clone() {
            reduced = Some(f.call1(py, o)?).filter(|r| !r.is(not_implemented()));
        }
        if reduced.is_none() {
            if ty.as_ptr() == type_::type_object().as_ptr() {
                return self.type_(o);
            }
            if PyFunction::check_exact(o) {
                return self.global(o, None);
            }
            reduced = match self.reducer_of(ty)? {
                Some(f) => Some(f.call1(py, o)?),
                None if ty.is_subtype(type_::type_object()) => return self.global(o, None),
                None => None,
            };
        }
        let value = match reduced {
            Some(r) => r,
            None => match o.getattr_opt(py, intern!(py, "__reduce_ex__"))? {
                Some(f) => f.call1(py, &*PyInt::from_i64(py, self.proto)?)?,
                None => match o.getattr_opt(py, intern!(py, "__reduce__"))? {
                    Some(f) => f.call0(py)?,
                    None => return Err(pickling_error(py, format!("Can't pickle {} object", kind(py, o)))),
                },
            },
        };
        if let Some(name) = value.downcast::<PyStr>() {
            return self.global(o, Some(name));
        }
        let done = match value.downcast::<PyTuple>() {
            Some(t) => self.reduce(t, Some(o)),
            None => {
                let text = format!("__reduce__ must return a string or tuple, not {}", kind(py, &value));
                Err(pickling_error(py, text))
            }
        };
        done.map_err(|e| noted(py, e, || format!("when serializing {} object", kind(py, o))))
    }

    /// The reducer registered for a type.
    fn reducer_of(&self, ty: &PyTypeObject) -> PyResult<Option<Py>> {
        let py = self.py;
        let Some(table) = &self.dispatch_table else {
            return registry(py, |s| &s.dispatch_table)?.get_item(py, ty.as_object());
        };
        match table.get_item(py, ty.as_object()) {
            Ok(f) => Ok(Some(f)),
            Err(e) => {
                drop(catch(py, e, &PyExc_KeyError_Type)?);
                Ok(None)
            }
        }
    }

    fn persistent(&mut self, id: &PyObject) -> PyResult<()> {
        let py = self.py;
        if self.bin {
            self.object(id, false)?;
            self.out.byte(BINPERSID);
            return Ok(());
        }
        let text = id.str_(py)?;
        let Some(ascii) = text.as_ascii() else {
            return Err(pickling_error(py, "persistent IDs in protocol 0 must be ASCII strings"));
        };
        self.out.op(PERSID, ascii.as_bytes());
        self.out.byte(b'\n');
        Ok(())
    }

    /// Refers to an object written before.
    pub fn recall(&mut self, number: usize) {
        if !self.bin {
            self.out.op(GET, format!("{number}\n").as_bytes());
        } else if number < 256 {
            self.out.op(BINGET, &[number as u8]);
        } else {
            self.out.op(LONG_BINGET, &(number as u32).to_le_bytes());
        }
    }

    /// Remembers the object written last.
    pub fn memoize(&mut self, o: &PyObject) -> PyResult<()> {
        if self.fast {
            return Ok(());
        }
        let number = {
            let mut memo = self.p.memo.borrow_mut();
            let n = memo.len();
            memo.put(o, n);
            n
        };
        if self.proto >= 4 {
            self.out.byte(MEMOIZE);
        } else if !self.bin {
            self.out.op(PUT, format!("{number}\n").as_bytes());
        } else if number < 256 {
            self.out.op(BINPUT, &[number as u8]);
        } else {
            let Ok(n) = u32::try_from(number) else {
                return Err(pickling_error(self.py, "memo id too large for LONG_BINPUT"));
            };
            self.out.op(LONG_BINPUT, &n.to_le_bytes());
        }
        Ok(())
    }

    /// The number of an object that has been written.
    pub fn known(&self, o: &PyObject) -> Option<usize> {
        self.p.memo.borrow().get(o)
    }

    /// Begins a container; without memo, deep ones are watched for cycles.
    pub fn enter(&mut self, o: &PyObject) -> PyResult<()> {
        if !self.fast {
            return Ok(());
        }
        let at = o.as_ptr();
        if self.nested.len() >= FAST_NESTING_LIMIT && self.nested.contains(&at) {
            let text = format!(
                "fast mode: can't pickle cyclic objects including object type {} at {:#x}",
                tp_name(o),
                at as usize
            );
            return Err(value_error(self.py, text));
        }
        self.nested.push(at);
        Ok(())
    }

    pub fn leave(&mut self) {
        if self.fast {
            self.nested.pop();
        }
    }

    fn bool(&mut self, value: bool) {
        if self.proto >= 2 {
            self.out.byte(if value { NEWTRUE } else { NEWFALSE });
        } else {
            self.out.op(INT, if value { b"01\n" } else { b"00\n" });
        }
    }

    fn int(&mut self, i: &PyInt) -> PyResult<()> {
        let py = self.py;
        if let Some(v) = i.as_i64().filter(|v| i32::try_from(*v).is_ok()) {
            if !self.bin {
                self.out.op(INT, format!("{v}\n").as_bytes());
            } else if let Ok(b) = u8::try_from(v) {
                self.out.op(BININT1, &[b]);
            } else if let Ok(h) = u16::try_from(v) {
                self.out.op(BININT2, &h.to_le_bytes());
            } else {
                self.out.op(BININT, &(v as i32).to_le_bytes());
            }
            return Ok(());
        }
        if self.proto < 2 {
            let text = i.to_decimal(py)?;
            self.out.op(LONG, text.as_bytes());
            self.out.bytes(b"L\n");
            return Ok(());
        }
        let size = i.bit_length() / 8 + 1;
        if size > i32::MAX as usize {
            return Err(overflow_error(py, "int too large to pickle"));
        }
        let mut bytes = vec![0; size];
        i.write_bytes(py, &mut bytes, false, true)?;
        // A negative number may do without its last byte.
        if i.is_negative() && matches!(bytes.as_slice(), [.., b, 0xff] if b & 0x80 != 0) {
            bytes.pop();
        }
        match u8::try_from(bytes.len()) {
            Ok(n) => self.out.op(LONG1, &[n]),
            Err(_) => self.out.op(LONG4, &(bytes.len() as u32).to_le_bytes()),
        }
        self.out.bytes(&bytes);
        Ok(())
    }

    fn float(&mut self, v: f64) {
        if self.bin {
            self.out.op(BINFLOAT, &v.to_be_bytes());
        } else {
            self.out.op(FLOAT, repr_float(v).as_bytes());
            self.out.byte(b'\n');
        }
    }

    /// The instruction for data with its length: the short, the usual and the long one.
    fn sized(&self, n: usize, short: Option<u8>, usual: u8, long: u8, what: &str) -> PyResult<Vec<u8>> {
        if let (Ok(b), Some(op)) = (u8::try_from(n), short) {
            return Ok(vec![op, b]);
        }
        let mut header = Vec::with_capacity(9);
        if let Ok(w) = u32::try_from(n) {
            header.push(usual);
            header.extend_from_slice(&w.to_le_bytes());
        } else if self.proto >= 4 {
            header.push(long);
            header.extend_from_slice(&(n as u64).to_le_bytes());
        } else {
            let text = format!("serializing a {what} larger than 4 GiB requires pickle protocol 4 or higher");
            return Err(raise(self.py, &PyExc_OverflowError_Type, text));
        }
        Ok(header)
    }

    fn str(&mut self, s: &PyStr) -> PyResult<()> {
        let py = self.py;
        if !self.bin {
            self.out.byte(UNICODE);
            let mut text = String::with_capacity(s.len());
            let mut raw = Vec::with_capacity(s.len());
            for c in s.chars() {
                match c {
                    0x10000.. => text.push_str(&format!("\\U{c:08x}")),
                    0 | 10 | 13 | 0x1a | 0x5c | 0x100.. => text.push_str(&format!("\\u{c:04x}")),
                    _ => {
                        raw.push(c as u8);
                        continue;
                    }
                }
                raw.extend_from_slice(text.as_bytes());
                text.clear();
            }
            self.out.bytes(&raw);
            self.out.byte(b'\n');
            return self.memoize(s);
        }
        let wtf8;
        let bytes = match s.as_str() {
            Some(t) => t.as_bytes(),
            None => {
                wtf8 = s.to_wtf8();
                &wtf8
            }
        };
        match u8::try_from(bytes.len()) {
            Ok(n) if self.proto >= 4 => {
                self.out.op(SHORT_BINUNICODE, &[n]);
                self.out.bytes(bytes);
            }
            _ => {
                let header = self.sized(bytes.len(), None, BINUNICODE, BINUNICODE8, "string")?;
                self.out.large(py, &header, bytes, None)?;
            }
        }
        self.memoize(s)
    }

    /// The instruction for bytes, without remembering them.
    pub fn bytes_data(&mut self, data: &[u8], object: Option<&PyObject>) -> PyResult<()> {
        let header = self.sized(data.len(), Some(SHORT_BINBYTES), BINBYTES, BINBYTES8, "bytes object")?;
        self.out.large(self.py, &header, data, object)
    }

    fn bytes(&mut self, b: &PyBytes) -> PyResult<()> {
        let py = self.py;
        if self.proto >= 3 {
            self.bytes_data(b.as_bytes(), Some(b))?;
            return self.memoize(b);
        }
        let (f, args) = if b.as_bytes().is_empty() {
            (PyBytes::type_object().as_object().owned(), PyTuple::empty(py))
        } else {
            let text = PyStr::from_latin1(py, b.as_bytes())?.into_object();
            let codec = PyStr::new(py, "latin1")?.into_object();
            (runtime::import::import_attr(py, "codecs", "encode")?, PyTuple::new(py, [text, codec])?)
        };
        self.reduce(&*PyTuple::new(py, [f, args.into_object()])?, Some(b))
    }

    /// The instruction for a byte array, without remembering it.
    pub fn bytearray_data(&mut self, data: &[u8], object: Option<&PyObject>) -> PyResult<()> {
        let mut header = vec![BYTEARRAY8];
        header.extend_from_slice(&(data.len() as u64).to_le_bytes());
        self.out.large(self.py, &header, data, object)
    }

    fn bytearray(&mut self, b: &PyByteArray) -> PyResult<()> {
        let py = self.py;
        let data = b.to_vec();
        if self.proto >= 5 {
            self.bytearray_data(&data, Some(b))?;
            return self.memoize(b);
        }
        let args = if data.is_empty() {
            PyTuple::empty(py)
        } else {
            PyTuple::new(py, [PyBytes::new(py, &data)?.into_object()])?
        };
        let f = PyByteArray::type_object().as_object().owned();
        self.reduce(&*PyTuple::new(py, [f, args.into_object()])?, Some(b))
    }

    fn picklebuffer(&mut self, b: &PyPickleBuffer) -> PyResult<()> {
        let py = self.py;
        if self.proto < 5 {
            return Err(pickling_error(py, "PickleBuffer can only be pickled with protocol >= 5"));
        }
        let view = buffer::Buffer::get(py, b, buffer::request::FULL_RO)?;
        if !buffer::is_contiguous(view.raw(), b'A') {
            return Err(pickling_error(
                py,
                "PickleBuffer can not be pickled when pointing to a non-contiguous buffer",
            ));
        }
        let in_band = match self.p.buffer_callback.get_owned() {
            None => true,
            Some(f) => f.call1(py, b)?.is_true(py)?,
        };
        if !in_band {
            self.out.byte(NEXT_BUFFER);
            if view.is_readonly() {
                self.out.byte(READONLY_BUFFER);
            }
            return Ok(());
        }
        if view.is_readonly() {
            self.bytes_data(view.as_slice(), None)?;
        } else {
            self.bytearray_data(view.as_slice(), None)?;
        }
        self.memoize(b)
    }

    fn type_(&mut self, o: &PyObject) -> PyResult<()> {
        let py = self.py;
        for single in [none(), not_implemented(), ellipsis()] {
            if o.is(single.ty().as_object()) {
                let args = PyTuple::new(py, [single.owned()])?.into_object();
                let make = type_::type_object().as_object().owned();
                return self.reduce(&*PyTuple::new(py, [make, args])?, Some(o));
            }
        }
        self.global(o, None)
    }
}
