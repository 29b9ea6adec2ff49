//! `make_scanner`: JSON documents to Python objects.

use super::text;
use super::{decode_error, string_argument};
use runtime::prelude::*;
use runtime::state::enter_recursive_call;
use runtime::types::str_::Unit;
use runtime::with_units;

/// What a decoder is set to; calling it reads one value of a document.
#[repr(C)]
#[derive(Traverse)]
pub struct PyScanner {
    pub ob_base: PyObject,
    #[traverse(skip)]
    strict: Cell<bool>,
    object_hook: Slot,
    object_pairs_hook: Slot,
    parse_float: Slot,
    parse_int: Slot,
    parse_constant: Slot,
}

/// JSON scanner object
#[pytype(
    name = "Scanner",
    module = "_json",
    flags(GC, HEAPTYPE),
    nosig,
    members(
        strict: bool readonly,
        object_hook: object readonly,
        object_pairs_hook: object readonly,
        parse_float: object readonly,
        parse_int: object readonly,
        parse_constant: object readonly
    )
)]
impl PyScanner {
    #[slot(tp_new, sig = "(context)", function = "make_scanner")]
    fn new(py: Python, cls: &PyTypeObject, context: &PyObject) -> PyResult<Py<PyScanner>> {
        let strict = context.getattr_str(py, "strict")?.is_true(py)?;
        let field = |name: &str| context.getattr_str(py, name).map(|v| Slot::new(Some(v)));
        let value = PyScanner {
            ob_base: PyObject::header(cls),
            strict: Cell::new(strict),
            object_hook: field("object_hook")?,
            object_pairs_hook: field("object_pairs_hook")?,
            parse_float: field("parse_float")?,
            parse_int: field("parse_int")?,
            parse_constant: field("parse_constant")?,
        };
        new_object(py, cls, value)
    }

    #[slot(tp_call, sig = "(string, idx)", function = "scan_once")]
    fn call(&self, py: Python, string: &PyObject, idx: isize) -> PyResult<Py<PyTuple>> {
        let document = string_argument(py, string)?.owned();
        let Ok(at) = usize::try_from(idx) else {
            return Err(value_error(py, "idx cannot be negative"));
        };
        with_units!(document.view(), |s| {
            let mut reader = Reader::new(py, self, &document, s, at);
            let value = reader.value()?;
            PyTuple::new(py, [value, PyInt::from_usize(py, reader.at)?.into_object()])
        })
    }
}

/// Keys of one document, so that equal ones are one object.
struct Keys {
    table: Vec<(u32, Option<Py<PyStr>>)>,
    used: usize,
}

impl Keys {
    fn new() -> Keys {
        Keys { table: Vec::new(), used: 0 }
    }

    fn hash<U: Unit>(units: &[U]) -> u32 {
        let mix = |h: u32, c: &U| (h.rotate_left(5) ^ c.code()).wrapping_mul(0x9e37_79b9);
        units.iter().fold(units.len() as u32, mix)
    }

    /// The place of the key, or the free one for it; the table has a free one.
    fn place<U: Unit>(&self, hash: u32, units: &[U]) -> usize {
        let mask = self.table.len() - 1;
        let mut i = hash as usize & mask;
        loop {
            match self.table.get(i) {
                Some((h, Some(s))) if *h != hash || !text::same(s, units) => i = (i + 1) & mask,
                _ => return i,
            }
        }
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(32);
        let old = std::mem::replace(&mut self.table, (0..size).map(|_| (0, None)).collect());
        let mask = size - 1;
        for entry in old.into_iter().filter(|e| e.1.is_some()) {
            let mut i = entry.0 as usize & mask;
            while self.table.get(i).is_some_and(|e| e.1.is_some()) {
                i = (i + 1) & mask;
            }
            if let Some(e) = self.table.get_mut(i) {
                *e = entry;
            }
        }
    }

    /// The string of these characters, made by `make` unless it is known.
    fn get<U: Unit>(
        &mut self,
        units: &[U],
        make: impl FnOnce() -> PyResult<Py<PyStr>>,
    ) -> PyResult<Py<PyStr>> {
        if self.used * 2 >= self.table.len() {
            self.grow();
        }
        let hash = Keys::hash(units);
        let i = self.place(hash, units);
        let Some(entry) = self.table.get_mut(i) else { return make() };
        if let (_, Some(s)) = entry {
            return Ok(s.clone());
        }
        let s = make()?;
        *entry = (hash, Some(s.clone()));
        self.used += 1;
        Ok(s)
    }
}

/// One reading of a document. Hooks run Python code; the document is held by the caller and does not change.
struct Reader<'a, U> {
    py: Python<'a>,
    document: &'a PyStr,
    s: &'a [U],
    at: usize,
    strict: bool,
    object_hook: Option<Py>,
    pairs_hook: Option<Py>,
    /// Set if it is not `float` itself.
    parse_float: Option<Py>,
    /// Set if it is not `int` itself.
    parse_int: Option<Py>,
    parse_constant: Option<Py>,
    keys: Keys,
}

/// No character.
const END: u32 = u32::MAX;

impl<'a, U: Unit> Reader<'a, U> {
    fn new(py: Python<'a>, scanner: &PyScanner, document: &'a PyStr, s: &'a [U], at: usize) -> Reader<'a, U> {
        let hook = |slot: &Slot| slot.get_owned().filter(|h| !h.is_none());
        let number = |slot: &Slot, ty: &PyTypeObject| slot.get_owned().filter(|f| !f.is(ty.as_object()));
        Reader {
            py,
            document,
            s,
            at,
            strict: scanner.strict.get(),
            object_hook: hook(&scanner.object_hook),
            pairs_hook: hook(&scanner.object_pairs_hook),
            parse_float: number(&scanner.parse_float, PyFloat::type_object()),
            parse_int: number(&scanner.parse_int, PyInt::type_object()),
            parse_constant: scanner.parse_constant.get_owned(),
            keys: Keys::new(),
        }
    }

    #[inline(always)]
    fn peek(&self, i: usize) -> u32 {
        self.s.get(i).map_or(END, |c| c.code())
    }

    #[inline(always)]
    fn skip_blanks(&mut self) -> u32 {
        loop {
            match self.peek(self.at) {
                0x20 | 0x09 | 0x0a | 0x0d => self.at += 1,
                c => return c,
            }
        }
    }

    #[cold]
    fn fail(&self, message: &str, at: usize) -> Raised {
        decode_error(self.py, message, self.document, at)
    }

    /// `StopIteration(index)`: there is no value here.
    #[cold]
    fn nothing(&self, at: usize) -> Raised {
        match PyInt::from_usize(self.py, at) {
            Ok(i) => stop_iteration(self.py, &i),
            Err(e) => e,
        }
    }

    fn starts_with(&self, word: &[u8]) -> bool {
        self.s
            .get(self.at..self.at.saturating_add(word.len()))
            .is_some_and(|s| s.iter().zip(word).all(|(c, &b)| c.code() == b as u32))
    }

    fn word(&mut self, word: &[u8], value: &PyObject) -> PyResult {
        if !self.starts_with(word) {
            return Err(self.nothing(self.at));
        }
        self.at += word.len();
        Ok(value.owned())
    }

    fn constant(&mut self, word: &str) -> PyResult {
        if !self.starts_with(word.as_bytes()) {
            return self.number();
        }
        self.at += word.len();
        let name = PyStr::new(self.py, word)?;
        match self.parse_constant.clone() {
            Some(f) => f.call1(self.py, &name),
            None => Err(bad_internal_call(self.py)),
        }
    }

    /// The value that starts at `at`, which moves behind it.
    fn value(&mut self) -> PyResult {
        match self.peek(self.at) {
            0x22 => {
                self.at += 1;
                Ok(self.string()?.into_object())
            }
            0x7b => {
                enter_recursive_call(self.py, " while decoding a JSON object from a unicode string")?;
                self.at += 1;
                self.object()
            }
            0x5b => {
                enter_recursive_call(self.py, " while decoding a JSON array from a unicode string")?;
                self.at += 1;
                self.array()
            }
            0x6e => self.word(b"null", none()),
            0x74 => self.word(b"true", py_bool(true)),
            0x66 => self.word(b"false", py_bool(false)),
            0x4e => self.constant("NaN"),
            0x49 => self.constant("Infinity"),
            0x2d => self.constant("-Infinity"),
            _ => self.number(),
        }
    }

    /// The string whose inside begins here.
    fn string(&mut self) -> PyResult<Py<PyStr>> {
        let (value, next) = text::unquote_units(self.py, self.document, self.s, self.at, self.strict)?;
        self.at = next;
        Ok(value)
    }

    /// As [`string`](Self::string), for a key.
    fn key(&mut self) -> PyResult<Py<PyStr>> {
        let rest = self.s.get(self.at..).unwrap_or_default();
        let (run, tail) = rest.split_at(text::run_length(rest, self.strict));
        if tail.first().is_some_and(|c| c.code() == 0x22) {
            self.at += run.len() + 1;
            let py = self.py;
            return self.keys.get(run, || PyStr::from_units(py, run));
        }
        let made = self.string()?;
        with_units!(made.view(), |units| self.keys.get(units, || Ok(made.clone())))
    }

    fn object(&mut self) -> PyResult {
        let py = self.py;
        let pairs = match self.pairs_hook {
            Some(_) => Some(PyList::empty(py)?),
            None => None,
        };
        let dict = match pairs {
            Some(_) => None,
            None => Some(PyDict::new(py)?),
        };
        let mut c = self.skip_blanks();
        while c != 0x7d {
            if c != 0x22 {
                return Err(self.fail("Expecting property name enclosed in double quotes", self.at));
            }
            self.at += 1;
            let key = self.key()?;
            if self.skip_blanks() != 0x3a {
                return Err(self.fail("Expecting ':' delimiter", self.at));
            }
            self.at += 1;
            self.skip_blanks();
            let value = self.value()?;
            if let Some(d) = &dict {
                d.set_item_owned(py, key.into_object(), value)?;
            } else if let Some(l) = &pairs {
                l.append(py, PyTuple::new(py, [key.into_object(), value])?.into_object())?;
            }
            c = self.skip_blanks();
            if c == 0x7d {
                break;
            }
            if c != 0x2c {
                return Err(self.fail("Expecting ',' delimiter", self.at));
            }
            let comma = self.at;
            self.at += 1;
            c = self.skip_blanks();
            if c == 0x7d {
                return Err(self.fail("Illegal trailing comma before end of object", comma));
            }
        }
        self.at += 1;
        if let (Some(hook), Some(l)) = (self.pairs_hook.clone(), pairs) {
            return hook.call1(py, &l);
        }
        let made = dict.map_or_else(|| none().owned(), Py::into_object);
        match self.object_hook.clone() {
            Some(hook) => hook.call1(py, &made),
            None => Ok(made),
        }
    }

    fn array(&mut self) -> PyResult {
        let py = self.py;
        let list = PyList::empty(py)?;
        if self.skip_blanks() != 0x5d {
            loop {
                let value = self.value()?;
                list.append(py, value)?;
                let c = self.skip_blanks();
                if c == 0x5d {
                    break;
                }
                if c != 0x2c {
                    return Err(self.fail("Expecting ',' delimiter", self.at));
                }
                let comma = self.at;
                self.at += 1;
                if self.skip_blanks() == 0x5d {
                    return Err(self.fail("Illegal trailing comma before end of array", comma));
                }
            }
        }
        self.at += 1;
        Ok(list.into_object())
    }

    fn digits(&self, mut i: usize) -> usize {
        while (0x30..0x3a).contains(&self.peek(i)) {
            i += 1;
        }
        i
    }

    fn number(&mut self) -> PyResult {
        let py = self.py;
        let start = self.at;
        let negative = self.peek(start) == 0x2d;
        let first = start + negative as usize;
        let mut end = match self.peek(first) {
            0x31..=0x39 => self.digits(first + 1),
            0x30 => first + 1,
            _ => return Err(self.nothing(start)),
        };
        let integer_end = end;
        if self.peek(end) == 0x2e {
            let e = self.digits(end + 1);
            if e > end + 1 {
                end = e;
            }
        }
        if matches!(self.peek(end), 0x65 | 0x45) {
            let sign = matches!(self.peek(end + 1), 0x2b | 0x2d) as usize;
            let from = end + 1 + sign;
            let e = self.digits(from);
            if e > from {
                end = e;
            }
        }
        self.at = end;
        let text = self.s.get(start..end).unwrap_or_default();
        let is_float = end > integer_end;
        let custom = if is_float { self.parse_float.clone() } else { self.parse_int.clone() };
        if let Some(f) = custom {
            return f.call1(py, &*PyStr::from_units(py, text)?);
        }
        if is_float {
            let ascii: String = text.iter().map(|c| c.code() as u8 as char).collect();
            return match ascii.parse::<f64>() {
                Ok(v) => Ok(PyFloat::new(py, v)?.into_object()),
                Err(_) => Err(self.nothing(start)),
            };
        }
        if end - first <= 18 {
            let magnitude = self.s.get(first..end).unwrap_or_default();
            let v = magnitude.iter().fold(0i64, |n, c| n * 10 + (c.code() as i64 - 0x30));
            return Ok(PyInt::from_i64(py, if negative { -v } else { v })?.into_object());
        }
        Ok(PyInt::from_str_object(py, &*PyStr::from_units(py, text)?, 10)?.into_object())
    }
}
