//! Writing marshalled data.

use super::{FLAG_REF, MAX_DEPTH, code};
use crate::format::{Flags, double_to_string};
use crate::prelude::*;
use crate::types::buffer::Buffer;
use crate::types::exceptions::PyExc_StopIteration_Type;
use crate::types::set_::any_set;
use crate::types::*;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

/// Sort keys of set elements that are containers: each is marshalled by itself once, however deeply sets nest.
type SortKeys = HashMap<usize, (Py, Rc<[u8]>)>;

/// An object that was written with [`FLAG_REF`].
struct Written {
    number: u32,
    /// A code object, frozen set or slice whose parts are being written: a reader has nothing yet to refer to.
    open: bool,
    /// Keeps the address taken.
    _object: Py,
}

struct Writer<'py, 'k> {
    py: Python<'py>,
    out: Vec<u8>,
    version: i32,
    /// By address.
    refs: HashMap<usize, Written>,
    sort_keys: &'k mut SortKeys,
    depth: usize,
    allow_code: bool,
}

/// `marshal.dumps(o, version)`.
///
/// Errors: `ValueError` for what can't be marshalled.
pub fn dumps(py: Python, o: &PyObject, version: i32, allow_code: bool) -> PyResult<Vec<u8>> {
    let mut sort_keys = HashMap::new();
    let mut w = Writer {
        py,
        out: Vec::new(),
        version,
        refs: HashMap::new(),
        sort_keys: &mut sort_keys,
        depth: 0,
        allow_code,
    };
    w.object(o, 0)?;
    Ok(w.out)
}

impl Writer<'_, '_> {
    fn i32(&mut self, n: i32) {
        self.out.extend_from_slice(&n.to_le_bytes());
    }

    fn size(&mut self, n: usize) -> PyResult<()> {
        match i32::try_from(n) {
            Ok(n) => {
                self.i32(n);
                Ok(())
            }
            Err(_) => Err(self.unmarshallable()),
        }
    }

    fn unmarshallable(&self) -> Raised {
        value_error(self.py, "unmarshallable object")
    }

    /// If the object was written before, writes a reference and gives nothing; otherwise gives the flag for its type byte.
    fn reference(&mut self, o: &PyObject, held: isize) -> PyResult<Option<u8>> {
        if self.version < 3 {
            return Ok(Some(0));
        }
        // With one reference it can't be met again. Interned strings are equal wherever they occur, so they always take part.
        let interned = o.downcast_exact::<PyStr>().is_some_and(|s| s.is_interned());
        if !o.is_immortal() && o.refcount() as isize - held == 1 && !interned {
            return Ok(Some(0));
        }
        let number = u32::try_from(self.refs.len()).unwrap_or(u32::MAX);
        if number >= i32::MAX as u32 {
            return Err(value_error(self.py, "too many objects"));
        }
        match self.refs.entry(o.as_ptr() as usize) {
            Entry::Occupied(e) if e.get().open => Err(self.unmarshallable()),
            Entry::Occupied(e) => {
                let n = e.get().number;
                self.out.push(code::REF);
                self.out.extend_from_slice(&n.to_le_bytes());
                Ok(None)
            }
            Entry::Vacant(e) => {
                let open = PyCode::check_exact(o) || PySlice::check_exact(o) || PyFrozenSet::check_exact(o);
                e.insert(Written { number, open, _object: o.owned() });
                Ok(Some(FLAG_REF))
            }
        }
    }

    /// The parts of an object are written: others may refer to it.
    fn close(&mut self, o: &PyObject) {
        if let Some(w) = self.refs.get_mut(&(o.as_ptr() as usize)) {
            w.open = false;
        }
    }

    /// Writes an object. `held` references to it are not its containers': without them, one with a single reference is not shared.
    fn object(&mut self, o: &PyObject, held: isize) -> PyResult<()> {
        crate::state::enter_recursive_call(self.py, " while marshalling")?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.depth -= 1;
            return Err(value_error(self.py, "object too deeply nested to marshal"));
        }
        let r = self.nested(o, held);
        self.depth -= 1;
        r
    }

    fn nested(&mut self, o: &PyObject, held: isize) -> PyResult<()> {
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
        match self.reference(o, held)? {
            Some(flag) => self.complex(o, flag),
            None => Ok(()),
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
                self.object(i, 0)?;
            }
        } else if let Some(l) = o.downcast_exact::<PyList>() {
            self.out.push(code::LIST | flag);
            let n = l.len();
            self.size(n)?;
            // Exporters of buffers may be written in Python: the list may change meanwhile.
            for i in 0..n {
                let Some(v) = l.get(i) else { return Err(runtime_error(py, "list changed size")) };
                self.object(&v, 1)?;
            }
        } else if let Some(d) = o.downcast_exact::<PyDict>() {
            self.out.push(code::DICT | flag);
            let mut pos = 0;
            while let Some((k, v)) = d.next(&mut pos) {
                self.object(&k, 1)?;
                self.object(&v, 1)?;
            }
            self.out.push(code::NULL);
        } else if PySet::check_exact(o) || PyFrozenSet::check_exact(o) {
            self.set(o, flag)?;
            self.close(o);
        } else if let Some(c) = o.downcast_exact::<PyCode>() {
            self.code(c, flag)?;
            self.close(o);
        } else if let Some(s) = o.downcast_exact::<PySlice>() {
            if self.version < 5 {
                self.out.push(code::UNKNOWN);
                return Err(self.unmarshallable());
            }
            self.out.push(code::SLICE | flag);
            for part in [&s.start, &s.stop, &s.step] {
                self.object(part, 0)?;
            }
            self.close(o);
        } else if o.ty().as_buffer().is_some_and(|b| b.bf_getbuffer.get().is_some()) {
            let Ok(view) = Buffer::get_simple(py, o) else {
                drop(take(py));
                self.out.push(code::UNKNOWN);
                return Err(self.unmarshallable());
            };
            self.out.push(code::BYTES | flag);
            self.size(view.as_slice().len())?;
            self.out.extend_from_slice(view.as_slice());
        } else {
            self.out.push(code::UNKNOWN);
            return Err(self.unmarshallable());
        }
        Ok(())
    }

    fn text_float(&mut self, v: f64) {
        let s = double_to_string(v, b'g', 17, Flags::default());
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
        let n = i32::try_from(shorts.len()).map_err(|_| self.unmarshallable())?;
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
        let Some(set) = any_set(o) else { return Err(self.unmarshallable()) };
        self.out.push(if PySet::check_exact(o) { code::SET } else { code::FROZENSET } | flag);
        let items = set.snapshot();
        self.size(items.len())?;
        let mut keyed = Vec::new();
        for v in &items {
            // A single element needs no order.
            let key = if items.len() == 1 { Rc::from([]) } else { self.sort_key(v)? };
            keyed.push((key, v));
            if set.len() != items.len() {
                return Err(runtime_error(self.py, "set changed size during iteration"));
            }
        }
        keyed.sort_by(|a, b| a.0.cmp(&b.0));
        for (_, v) in keyed {
            self.object(v, 0)?;
        }
        Ok(())
    }

    /// What the element is marshalled to by itself.
    fn sort_key(&mut self, v: &Py) -> PyResult<Rc<[u8]>> {
        let at = v.as_ptr() as usize;
        if let Some((_, key)) = self.sort_keys.get(&at) {
            return Ok(key.clone());
        }
        let mut w = Writer {
            py: self.py,
            out: Vec::new(),
            version: self.version,
            refs: HashMap::new(),
            sort_keys: &mut *self.sort_keys,
            depth: self.depth,
            allow_code: self.allow_code,
        };
        w.object(v, 0)?;
        let key: Rc<[u8]> = w.out.into();
        if PyFrozenSet::check_exact(v) || PyTuple::check_exact(v) {
            self.sort_keys.insert(at, (v.clone(), key.clone()));
        }
        Ok(key)
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
        self.object(p.code.as_object(), 0)?;
        // The parts hold one reference more than the code object does.
        for o in [
            p.consts.as_object(),
            p.names.as_object(),
            p.localsplusnames.as_object(),
            p.localspluskinds.as_object(),
            p.filename.as_object(),
            p.name.as_object(),
            p.qualname.as_object(),
        ] {
            self.object(o, 1)?;
        }
        self.i32(p.firstlineno);
        self.object(p.linetable.as_object(), 1)?;
        self.object(p.exceptiontable.as_object(), 1)
    }
}
