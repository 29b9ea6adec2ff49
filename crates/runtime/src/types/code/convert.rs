//! Between code objects and the compiler's plain data.

use super::new::looks_like_name;
use super::{CodeParts, PyCode};
use crate::errors::*;
use crate::state::enter_recursive_call;
use crate::types::{PyBool, PyBytes, PyComplex, PyFloat, PyFrozenSet, PyInt, PySet, PySlice, PyStr, PyTuple};
use bytecode::code::flags;
use bytecode::{BigInt, Code, Const, Text};
use compiler::names::{FastHasher, FastMap};
use hashbrown::HashTable;
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, Python};
use std::collections::HashSet;
use std::hash::Hasher;
use std::sync::Arc;

/// Objects made so far, so that equal constants of all code objects of one compilation are one object.
#[derive(Default)]
struct Made {
    texts: FastMap<Text, Py<PyStr>>,
    /// Names, which are always interned; a constant of the same text is so only if it looks like a name.
    names: FastMap<Text, Py<PyStr>>,
    /// Constants in whose place code objects get a string that was interned before.
    replaced: HashSet<Text>,
    /// Strings that so far occur in slices only, whose members are not interned.
    in_slices: FastMap<Text, Py<PyStr>>,
    bytes: HashTable<Py<PyBytes>>,
    others: FastMap<Key, Py>,
    /// By the identity of their items.
    tuples: HashTable<Py<PyTuple>>,
    /// What keys tell apart by identity.
    kept: Vec<Py<PyTuple>>,
}

/// What makes constants the same: value and type, of their members too.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Int(bool, Vec<u32>),
    /// By the bits, as zeros have signs.
    Float(u64),
    Complex(u64, u64),
    /// Members by identity: they are made already, and the container keeps them alive.
    FrozenSet(Vec<usize>),
}

fn hash_of_items(items: impl Iterator<Item = usize>) -> u64 {
    let mut hasher = FastHasher::default();
    items.for_each(|item| hasher.write_usize(item));
    hasher.finish()
}

fn hash_of_bytes(bytes: &[u8]) -> u64 {
    let mut hasher = FastHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

fn identities(items: &[Py]) -> Vec<usize> {
    items.iter().map(|o| o.as_ptr() as usize).collect()
}

fn new_text(py: Python, t: &Text) -> PyResult<Py<PyStr>> {
    match t.to_str() {
        Some(s) => PyStr::new(py, s),
        None => PyStr::from_wtf8(py, t.as_bytes()),
    }
}

impl Made {
    fn text(&mut self, py: Python, t: &Text) -> PyResult<Py<PyStr>> {
        if let Some(s) = self.texts.get(t) {
            return Ok(s.clone());
        }
        let s = match self.in_slices.get(t) {
            Some(s) => s.clone(),
            None => new_text(py, t)?,
        };
        // Now, and not only by the code object: then equal tuples are found to be equal.
        let s = if looks_like_name(&s) {
            let interned = PyStr::intern_immortal(py, s.clone());
            if !interned.is(&s) {
                self.replaced.insert(t.clone());
            }
            interned
        } else {
            s
        };
        self.texts.insert(t.clone(), s.clone());
        Ok(s)
    }

    fn part_of_slice(&mut self, py: Python, c: &Const) -> PyResult {
        match c {
            Const::Str(t) if !self.texts.contains_key(t) => {
                if let Some(s) = self.in_slices.get(t) {
                    return Ok(s.clone().into_object());
                }
                let s = new_text(py, t)?;
                self.in_slices.insert(t.clone(), s.clone());
                Ok(s.into_object())
            }
            _ => self.constant(py, c),
        }
    }

    fn name(&mut self, py: Python, t: &Text) -> PyResult<Py<PyStr>> {
        if let Some(s) = self.names.get(t) {
            return Ok(s.clone());
        }
        let s = PyStr::intern_immortal(py, new_text(py, t)?);
        self.names.insert(t.clone(), s.clone());
        Ok(s)
    }

    /// Names are interned when a program is parsed, before any constant.
    fn intern_names(&mut self, py: Python, code: &Code) -> PyResult<()> {
        enter_recursive_call(py, " while interning names")?;
        for t in code.names.iter().chain(code.localsplusnames.iter()).chain([&code.name]) {
            self.name(py, t)?;
        }
        for c in code.consts.iter() {
            if let Const::Code(inner) = c {
                self.intern_names(py, inner)?;
            }
        }
        Ok(())
    }

    fn name_items(&mut self, py: Python, ts: &[Text]) -> PyResult<Vec<Py>> {
        ts.iter().map(|t| Ok(self.name(py, t)?.into_object())).collect()
    }

    fn names(&mut self, py: Python, ts: &[Text]) -> PyResult<Py<PyTuple>> {
        let items = self.name_items(py, ts)?;
        self.tuple(py, items)
    }

    fn tuple(&mut self, py: Python, items: Vec<Py>) -> PyResult<Py<PyTuple>> {
        let hash = hash_of_items(items.iter().map(|o| o.as_ptr() as usize));
        let same = |t: &Py<PyTuple>| {
            t.len() == items.len() && t.items().iter().zip(&items).all(|(a, b)| a.as_ptr() == b.as_ptr())
        };
        if let Some(t) = self.tuples.find(hash, same) {
            return Ok(t.clone());
        }
        let t = PyTuple::new(py, items)?;
        self.tuples
            .insert_unique(hash, t.clone(), |t| hash_of_items(t.items().iter().map(|o| o.as_ptr() as usize)));
        Ok(t)
    }

    fn bytes(&mut self, py: Python, bytes: &[u8]) -> PyResult<Py<PyBytes>> {
        let hash = hash_of_bytes(bytes);
        if let Some(b) = self.bytes.find(hash, |b| b.as_bytes() == bytes) {
            return Ok(b.clone());
        }
        let b = PyBytes::new(py, bytes)?;
        self.bytes.insert_unique(hash, b.clone(), |b| hash_of_bytes(b.as_bytes()));
        Ok(b)
    }

    fn other(&mut self, key: Key, make: impl FnOnce() -> PyResult) -> PyResult {
        if let Some(o) = self.others.get(&key) {
            return Ok(o.clone());
        }
        let o = make()?;
        self.others.insert(key, o.clone());
        Ok(o)
    }

    fn items(&mut self, py: Python, cs: &[Const]) -> PyResult<Vec<Py>> {
        cs.iter().map(|c| self.constant(py, c)).collect()
    }

    fn constant(&mut self, py: Python, c: &Const) -> PyResult {
        Ok(match c {
            Const::None => crate::singletons::none_owned(),
            Const::Ellipsis => crate::singletons::ellipsis().owned(),
            Const::Bool(b) => crate::singletons::py_bool(*b).as_object().owned(),
            Const::Int(i) if PyInt::small(*i).is_some() => PyInt::from_i64(py, *i)?.into_object(),
            Const::Int(i) => {
                let magnitude = i.unsigned_abs();
                let key = Key::Int(*i < 0, vec![magnitude as u32, (magnitude >> 32) as u32]);
                self.other(key, || Ok(PyInt::from_i64(py, *i)?.into_object()))?
            }
            Const::BigInt(b) => self.other(Key::Int(b.negative, b.digits.to_vec()), || {
                Ok(PyInt::from_digits(py, b.negative, &b.digits)?.into_object())
            })?,
            // Two results that are not a number are not equal.
            Const::Float(f) if f.is_nan() => PyFloat::new(py, *f)?.into_object(),
            Const::Complex(re, im) if re.is_nan() || im.is_nan() => {
                PyComplex::new(py, *re, *im)?.into_object()
            }
            Const::Float(f) => {
                self.other(Key::Float(f.to_bits()), || Ok(PyFloat::new(py, *f)?.into_object()))?
            }
            Const::Complex(re, im) => self.other(Key::Complex(re.to_bits(), im.to_bits()), || {
                Ok(PyComplex::new(py, *re, *im)?.into_object())
            })?,
            Const::Str(t) => self.text(py, t)?.into_object(),
            Const::Bytes(b) => self.bytes(py, b)?.into_object(),
            Const::Tuple(items) => {
                enter_recursive_call(py, " while making constants")?;
                let items = self.items(py, items)?;
                self.tuple(py, items)?.into_object()
            }
            Const::FrozenSet(members) => {
                enter_recursive_call(py, " while making constants")?;
                let items = self.items(py, members)?;
                let key = Key::FrozenSet(identities(&items));
                let t = PyTuple::new(py, items)?;
                // A set in which strings are replaced is made anew for each code object.
                if members.iter().any(|m| matches!(m, Const::Str(t) if self.replaced.contains(t))) {
                    return Ok(PyFrozenSet::from_iterable(py, t.as_object())?.into_object());
                }
                let made =
                    self.other(key, || Ok(PyFrozenSet::from_iterable(py, t.as_object())?.into_object()));
                self.kept.push(t);
                made?
            }
            Const::Slice(parts) => {
                let [start, stop, step] = &**parts;
                let (start, stop, step) = (
                    self.part_of_slice(py, start)?,
                    self.part_of_slice(py, stop)?,
                    self.part_of_slice(py, step)?,
                );
                PySlice::new(py, start, stop, step)?.into_object()
            }
            Const::Code(code) => self.code(py, code)?.into_object(),
        })
    }

    fn code(&mut self, py: Python, code: &Code) -> PyResult<Py<PyCode>> {
        enter_recursive_call(py, " while making a code object")?;
        let int = |n: u32| i32::try_from(n).map_err(|_| overflow_error(py, "code object too large"));
        // In a class body the constant and the attribute are one object.
        if code.flags & (flags::OPTIMIZED | flags::NEWLOCALS) == 0 {
            let qualname = self.name(py, &code.qualname)?;
            self.texts.entry(code.qualname.clone()).or_insert(qualname);
        }
        let consts = self.items(py, &code.consts)?;
        let locals = self.name_items(py, &code.localsplusnames)?;
        // The parameter of these functions gets its name last, in a tuple of its own.
        let renamed = code.name.to_str() == Some("__annotate__") && code.argcount == 1;
        CodeParts {
            filename: self.name(py, &code.filename)?,
            name: self.name(py, &code.name)?,
            qualname: self.name(py, &code.qualname)?,
            flags: int(code.flags)?,
            code: PyBytes::new(py, &code.code)?,
            firstlineno: code.firstlineno,
            linetable: self.bytes(py, &code.linetable)?,
            consts: self.tuple(py, consts)?,
            names: self.names(py, &code.names)?,
            localsplusnames: if renamed { PyTuple::new(py, locals)? } else { self.tuple(py, locals)? },
            localspluskinds: PyBytes::new_distinct(py, &code.localspluskinds)?,
            argcount: int(code.argcount)?,
            posonlyargcount: int(code.posonlyargcount)?,
            kwonlyargcount: int(code.kwonlyargcount)?,
            stacksize: int(code.stacksize)?,
            exceptiontable: self.bytes(py, &code.exceptiontable)?,
        }
        .build(py)
    }
}

impl PyCode {
    /// A code object from the compiler's output. Nested code objects are made too.
    pub fn from_data(py: Python, code: &Code) -> PyResult<Py<PyCode>> {
        Made::default().code(py, code)
    }

    /// As [`from_data`](Self::from_data); code that names the same file gets this object for it.
    pub fn from_data_of_file(py: Python, code: &Code, filename: &PyStr) -> PyResult<Py<PyCode>> {
        let mut made = Made::default();
        let filename = PyStr::intern_immortal(py, filename.owned());
        if code.filename.as_bytes() == &*filename.to_wtf8() {
            made.names.insert(code.filename.clone(), filename);
        }
        made.intern_names(py, code)?;
        made.code(py, code)
    }

    /// The code object as plain data, for `marshal` and the compiled tier.
    ///
    /// Errors: `ValueError` when a constant has no plain form.
    pub fn to_data(&self, py: Python) -> PyResult<Code> {
        enter_recursive_call(py, " while reading a code object")?;
        let texts = |t: &PyTuple| -> Box<[Text]> { t.items().iter().map(|o| text_of(o)).collect() };
        let consts: Vec<Const> =
            self.co_consts.items().iter().map(|o| constant_of(py, o)).collect::<PyResult<_>>()?;
        Ok(Code {
            argcount: self.co_argcount.get() as u32,
            posonlyargcount: self.co_posonlyargcount.get() as u32,
            kwonlyargcount: self.co_kwonlyargcount.get() as u32,
            stacksize: self.co_stacksize.get() as u32,
            flags: self.co_flags.get() as u32,
            firstlineno: self.co_firstlineno.get(),
            code: self.deoptimized().into(),
            consts: consts.into(),
            names: texts(&self.co_names),
            localsplusnames: texts(&self.co_localsplusnames),
            localspluskinds: self.co_localspluskinds.as_bytes().into(),
            filename: self.co_filename.get_owned().map_or_else(|| "".into(), |f| text_of(f.as_object())),
            name: text_of(self.co_name.as_object()),
            qualname: text_of(self.co_qualname.as_object()),
            linetable: self.co_linetable.as_bytes().into(),
            exceptiontable: self.co_exceptiontable.as_bytes().into(),
        })
    }
}

fn text_of(o: &PyObject) -> Text {
    o.downcast::<PyStr>().map_or_else(|| "".into(), |s| Text::from_wtf8_trusted(s.to_wtf8()))
}

fn constant_of(py: Python, o: &PyObject) -> PyResult<Const> {
    enter_recursive_call(py, " while reading constants")?;
    let all =
        |items: &[&PyObject]| -> PyResult<Vec<Const>> { items.iter().map(|o| constant_of(py, o)).collect() };
    if o.is(crate::singletons::none()) {
        return Ok(Const::None);
    }
    if o.is(crate::singletons::ellipsis()) {
        return Ok(Const::Ellipsis);
    }
    if PyBool::check_exact(o) {
        return Ok(Const::Bool(o.is(crate::singletons::py_bool(true).as_object())));
    }
    if let Some(i) = o.downcast_exact::<PyInt>() {
        return Ok(match i.as_i64() {
            Some(v) => Const::Int(v),
            None => Const::BigInt(Arc::new(BigInt { negative: i.is_negative(), digits: i.digits().into() })),
        });
    }
    if let Some(f) = o.downcast_exact::<PyFloat>() {
        return Ok(Const::Float(f.value()));
    }
    if let Some(c) = o.downcast_exact::<PyComplex>() {
        return Ok(Const::Complex(c.real, c.imag));
    }
    if PyStr::check_exact(o) {
        return Ok(Const::Str(text_of(o)));
    }
    if let Some(b) = o.downcast_exact::<PyBytes>() {
        return Ok(Const::Bytes(b.as_bytes().into()));
    }
    if let Some(t) = o.downcast_exact::<PyTuple>() {
        return Ok(Const::Tuple(all(t.items())?.into()));
    }
    if PyFrozenSet::check_exact(o) {
        // SAFETY: frozen sets have the layout of sets.
        let items = unsafe { o.downcast_unchecked::<PySet>() }.snapshot();
        let items: Vec<Const> = items.iter().map(|o| constant_of(py, o)).collect::<PyResult<_>>()?;
        return Ok(Const::FrozenSet(items.into()));
    }
    if let Some(s) = o.downcast_exact::<PySlice>() {
        let parts = [constant_of(py, &s.start)?, constant_of(py, &s.stop)?, constant_of(py, &s.step)?];
        return Ok(Const::Slice(Arc::new(parts)));
    }
    if let Some(c) = o.downcast_exact::<PyCode>() {
        return Ok(Const::Code(Arc::new(c.to_data(py)?)));
    }
    Err(value_error(py, "unmarshallable object"))
}
