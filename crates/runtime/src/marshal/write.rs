//! Writing marshalled data.

use super::{FLAG_REF, MAX_DEPTH, code};
use crate::prelude::*;
use crate::types::buffer::Buffer;
use crate::types::exceptions::PyExc_StopIteration_Type;
use crate::types::*;
use std::collections::HashMap;

struct Writer<'py> {
    py: Python<'py>,
    out: Vec<u8>,
    version: i32,
    /// Number of each object that was written with [`FLAG_REF`], by address; the objects are alive while their container is.
    refs: HashMap<usize, u32>,
    /// Temporaries whose address is in `refs`.
    keep: Vec<Py>,
    depth: usize,
    allow_code: bool,
}

/// `marshal.dumps(o, version)`.
///
/// Errors: `ValueError` for what can't be marshalled.
pub fn dumps(py: Python, o: &PyObject, version: i32, allow_code: bool) -> PyResult<Vec<u8>> {
    let mut w =
        Writer { py, out: Vec::new(), version, refs: HashMap::new(), keep: Vec::new(), depth: 0, allow_code };
    w.object(o)?;
    Ok(w.out)
}

impl Writer<'_> {
    fn i32(&mut self, n: i32) {
        self.out.extend_from_slice(&n.to_le_bytes());
    }

    fn size(&mut self, n: usize) -> PyResult<()> {
        match i32::try_from(n) {
            Ok(n) => {
                self.i32(n);
                Ok(())
            }
            Err(_) => Err(value_error(self.py, "unmarshallable object")),
        }
    }

    /// If the object was written before, writes a reference and returns true; otherwise gives the flag for its type byte.
    fn reference(&mut self, o: &PyObject) -> Result<u8, ()> {
        if self.version < 3 {
            return Ok(0);
        }
        // With one reference it can't be met again. Interned strings are equal wherever they occur, so they always take part.
        let interned = o.downcast_exact::<PyStr>().is_some_and(|s| s.is_interned());
        if o.refcount() == 1 && !interned {
            return Ok(0);
        }
        let next = self.refs.len() as u32;
        match self.refs.entry(o.as_ptr() as usize) {
            std::collections::hash_map::Entry::Occupied(e) => {
                let n = *e.get();
                self.out.push(code::REF);
                self.out.extend_from_slice(&n.to_le_bytes());
                Err(())
            }
            std::collections::hash_map::Entry::Vacant(e) => {
                e.insert(next);
                Ok(FLAG_REF)
            }
        }
    }

    fn object(&mut self, o: &PyObject) -> PyResult<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.depth -= 1;
            return Err(value_error(self.py, "object too deeply nested to marshal"));
        }
        let r = self.nested(o);
        self.depth -= 1;
        r
    }

    fn nested(&mut self, o: &PyObject) -> PyResult<()> {
        let simple = if o.is_none() {
            Some(code::NONE)
        } else if o.is(PyExc_StopIteration_Type.object()) {
            Some(code::STOP_ITERATION)
        } else if o.is(ellipsis()) {
            Some(code::ELLIPSIS)
        } else if o.is(py_bool(false)) {
            Some(code::FALSE)
        } else if o.is(py_bool(true)) {
            Some(code::TRUE)
        } else {
            None
        };
        if let Some(c) = simple {
            self.out.push(c);
            return Ok(());
        }
        match self.reference(o) {
            Ok(flag) => self.complex(o, flag),
            Err(()) => Ok(()),
        }
    }

    fn complex(&mut self, o: &PyObject, flag: u8) -> PyResult<()> {
        let py = self.py;
        if let Some(i) = o.downcast_exact::<PyInt>() {
            match i.as_i64().and_then(|n| i32::try_from(n).ok()) {
                Some(n) => {
                    self.out.push(code::INT | flag);
                    self.i32(n);
                }
                None => self.long(i, flag)?,
            }
        } else if let Some(f) = o.downcast_exact::<PyFloat>() {
            if self.version > 1 {
                self.out.push(code::FLOAT | flag);
                self.out.extend_from_slice(&f.value().to_le_bytes());
            } else {
                self.out.push(code::FLOAT_TEXT | flag);
                self.text_float(f.value());
            }
        } else if let Some(c) = o.downcast_exact::<PyComplex>() {
            let (re, im) = (c.real, c.imag);
            if self.version > 1 {
                self.out.push(code::COMPLEX | flag);
                self.out.extend_from_slice(&re.to_le_bytes());
                self.out.extend_from_slice(&im.to_le_bytes());
            } else {
                self.out.push(code::COMPLEX_TEXT | flag);
                self.text_float(re);
                self.text_float(im);
            }
        } else if let Some(b) = o.downcast_exact::<PyBytes>() {
            self.out.push(code::BYTES | flag);
            self.size(b.as_bytes().len())?;
            self.out.extend_from_slice(b.as_bytes());
        } else if let Some(s) = o.downcast_exact::<PyStr>() {
            self.string(s, flag)?;
        } else if let Some(t) = o.downcast_exact::<PyTuple>() {
            match u8::try_from(t.len()) {
                Ok(n) if self.version >= 4 => {
                    self.out.push(code::SMALL_TUPLE | flag);
                    self.out.push(n);
                }
                _ => {
                    self.out.push(code::TUPLE | flag);
                    self.size(t.len())?;
                }
            }
            for i in t.items() {
                self.object(i)?;
            }
        } else if let Some(l) = o.downcast_exact::<PyList>() {
            self.out.push(code::LIST | flag);
            let items = l.snapshot();
            self.size(items.len())?;
            // The snapshot adds a reference to each item; give the list's own count back before looking at it.
            drop(items);
            let mut i = 0;
            while let Some(v) = l.get(i) {
                let p = v.as_ptr();
                drop(v);
                // SAFETY: the list still holds the item, and writing runs no Python code that could change it.
                self.object(unsafe { &*p })?;
                i += 1;
            }
        } else if let Some(d) = o.downcast_exact::<PyDict>() {
            self.out.push(code::DICT | flag);
            let mut pos = 0;
            while let Some((k, v)) = d.next(&mut pos) {
                let (kp, vp) = (k.as_ptr(), v.as_ptr());
                drop((k, v));
                // SAFETY: as for lists.
                unsafe {
                    self.object(&*kp)?;
                    self.object(&*vp)?;
                }
            }
            self.out.push(code::NULL);
        } else if PySet::check_exact(o) || PyFrozenSet::check_exact(o) {
            self.set(o, flag)?;
        } else if let Some(c) = o.downcast_exact::<PyCode>() {
            self.code(c, flag)?;
        } else if let Some(s) = o.downcast_exact::<PySlice>() {
            if self.version < 5 {
                self.out.push(code::UNKNOWN);
                return Err(value_error(py, "unmarshallable object"));
            }
            self.out.push(code::SLICE | flag);
            for part in [&s.start, &s.stop, &s.step] {
                self.object(part)?;
            }
        } else if o.ty().as_buffer().is_some_and(|b| b.bf_getbuffer.get().is_some()) {
            let Ok(view) = Buffer::get_simple(py, o) else {
                drop(take(py));
                self.out.push(code::UNKNOWN);
                return Err(value_error(py, "unmarshallable object"));
            };
            self.out.push(code::BYTES | flag);
            self.size(view.as_slice().len())?;
            self.out.extend_from_slice(view.as_slice());
        } else {
            self.out.push(code::UNKNOWN);
            return Err(value_error(py, "unmarshallable object"));
        }
        Ok(())
    }

    fn text_float(&mut self, v: f64) {
        let s = crate::format::repr_float(v);
        self.out.push(s.len() as u8);
        self.out.extend_from_slice(s.as_bytes());
    }

    fn long(&mut self, i: &PyInt, flag: u8) -> PyResult<()> {
        self.out.push(code::LONG | flag);
        let digits = i.digits();
        let mut shorts: Vec<u16> = Vec::with_capacity(digits.len() * 2);
        for d in digits {
            shorts.push((d & 0x7fff) as u16);
            shorts.push((d >> 15) as u16);
        }
        while shorts.last() == Some(&0) {
            shorts.pop();
        }
        let n = i32::try_from(shorts.len()).map_err(|_| value_error(self.py, "unmarshallable object"))?;
        self.i32(if i.is_negative() { -n } else { n });
        for s in shorts {
            self.out.extend_from_slice(&s.to_le_bytes());
        }
        Ok(())
    }

    fn string(&mut self, s: &PyStr, flag: u8) -> PyResult<()> {
        let interned = s.is_interned();
        if self.version >= 4
            && let Some(a) = s.as_ascii()
        {
            match u8::try_from(a.len()) {
                Ok(n) => {
                    let c = if interned { code::SHORT_ASCII_INTERNED } else { code::SHORT_ASCII };
                    self.out.push(c | flag);
                    self.out.push(n);
                }
                Err(_) => {
                    let c = if interned { code::ASCII_INTERNED } else { code::ASCII };
                    self.out.push(c | flag);
                    self.size(a.len())?;
                }
            }
            self.out.extend_from_slice(a.as_bytes());
            return Ok(());
        }
        let c = if self.version >= 3 && interned { code::INTERNED } else { code::UNICODE };
        self.out.push(c | flag);
        let bytes = s.to_wtf8();
        self.size(bytes.len())?;
        self.out.extend_from_slice(&bytes);
        Ok(())
    }

    /// Elements are ordered by their own marshalled form, so that equal sets give equal bytes.
    fn set(&mut self, o: &PyObject, flag: u8) -> PyResult<()> {
        self.out.push(if PySet::check_exact(o) { code::SET } else { code::FROZENSET } | flag);
        let items = o.to_list(self.py)?;
        self.size(items.len())?;
        let mut keyed = Vec::new();
        for v in items.snapshot() {
            keyed.push((dumps(self.py, &v, self.version, self.allow_code)?, v));
        }
        drop(items);
        keyed.sort_by(|a, b| a.0.cmp(&b.0));
        for (_, v) in keyed {
            let p = v.as_ptr();
            drop(v);
            // SAFETY: the set still holds the element.
            self.object(unsafe { &*p })?;
        }
        Ok(())
    }

    fn code(&mut self, c: &PyCode, flag: u8) -> PyResult<()> {
        if !self.allow_code {
            return Err(value_error(self.py, "marshalling code objects is disallowed"));
        }
        self.out.push(code::CODE | flag);
        let p = c.to_parts(self.py)?;
        for n in [p.argcount, p.posonlyargcount, p.kwonlyargcount, p.stacksize, p.flags] {
            self.i32(n);
        }
        // The bytes of the code are made for the purpose: keep them, their address may have entered the table.
        self.object(&p.code)?;
        for o in [
            p.consts.as_object(),
            p.names.as_object(),
            p.localsplusnames.as_object(),
            p.localspluskinds.as_object(),
            p.filename.as_object(),
            p.name.as_object(),
            p.qualname.as_object(),
        ] {
            self.object_shared(o)?;
        }
        self.i32(p.firstlineno);
        self.object_shared(p.linetable.as_object())?;
        self.object_shared(p.exceptiontable.as_object())?;
        self.keep.push(p.code.into_object());
        Ok(())
    }

    /// Writes an object to which this function's caller holds one reference more than the code object does.
    fn object_shared(&mut self, o: &PyObject) -> PyResult<()> {
        let p = o.as_ptr();
        // SAFETY: the code object holds another reference, so the count can be lowered for the time of the look.
        unsafe {
            let own = !o.is_immortal() && o.refcount() > 1;
            if own {
                (*p).set_refcount(o.refcount() - 1);
            }
            let r = self.object(&*p);
            if own {
                (*p).set_refcount((*p).refcount() + 1);
            }
            r
        }
    }
}
