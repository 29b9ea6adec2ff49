//! `make_encoder`: Python objects to JSON documents.

use super::{State, text};
use crate::system::module_state;
use runtime::abstract_::number;
use runtime::format::repr_float;
use runtime::prelude::*;
use runtime::state::enter_recursive_call;
use runtime::types::str_::StrBuilder;
use std::rc::Rc;

/// How strings are quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    Ascii,
    Plain,
    /// By calling the encoder's function.
    Custom,
}

/// What an encoder is set to; calling it writes one object.
#[repr(C)]
#[derive(Traverse)]
pub struct PyEncoder {
    pub ob_base: PyObject,
    markers: Slot,
    default: Slot,
    encoder: Slot,
    indent: Slot,
    key_separator: Slot,
    item_separator: Slot,
    #[traverse(skip)]
    sort_keys: Cell<bool>,
    #[traverse(skip)]
    skipkeys: Cell<bool>,
    #[traverse(skip)]
    allow_nan: bool,
    #[traverse(skip)]
    quoting: Quoting,
}

/// Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)
#[pytype(
    name = "Encoder",
    module = "_json",
    flags(GC, HEAPTYPE),
    nosig,
    members(
        markers: object readonly,
        default: object readonly,
        encoder: object readonly,
        indent: object readonly,
        key_separator: object readonly,
        item_separator: object readonly,
        sort_keys: bool readonly,
        skipkeys: bool readonly
    )
)]
impl PyEncoder {
    #[slot(
        tp_new,
        sig = "(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
        function = "make_encoder"
    )]
    fn new(
        py: Python,
        cls: &PyTypeObject,
        markers: &PyObject,
        default: &PyObject,
        encoder: &PyObject,
        indent: &PyObject,
        key_separator: &PyObject,
        item_separator: &PyObject,
        sort_keys: bool,
        skipkeys: bool,
        allow_nan: bool,
    ) -> PyResult<Py<PyEncoder>> {
        for (position, o) in [(5, key_separator), (6, item_separator)] {
            if !PyStr::check(o) {
                let text = format!("make_encoder() argument {position} must be str, not {}", type_name(o));
                return Err(type_error(py, text));
            }
        }
        if !markers.is_none() && !PyDict::check(markers) {
            let text = format!("make_encoder() argument 1 must be dict or None, not {}", tp_name(markers));
            return Err(type_error(py, text));
        }
        let st = module_state::<State>(py);
        let quoting = if encoder.as_ptr() == st.quote_ascii.as_ptr() {
            Quoting::Ascii
        } else if encoder.as_ptr() == st.quote.as_ptr() {
            Quoting::Plain
        } else {
            Quoting::Custom
        };
        let slot = |o: &PyObject| Slot::new(Some(o.owned()));
        let value = PyEncoder {
            ob_base: PyObject::header(cls),
            markers: slot(markers),
            default: slot(default),
            encoder: slot(encoder),
            indent: slot(indent),
            key_separator: slot(key_separator),
            item_separator: slot(item_separator),
            sort_keys: Cell::new(sort_keys),
            skipkeys: Cell::new(skipkeys),
            allow_nan,
            quoting,
        };
        new_object(py, cls, value)
    }

    #[slot(tp_call, sig = "(obj, _current_indent_level)", function = "_iterencode")]
    fn call(&self, py: Python, obj: &PyObject, _current_indent_level: isize) -> PyResult<Py<PyTuple>> {
        let mut w = Writer::new(py, self, _current_indent_level)?;
        w.value(obj, 0)?;
        PyTuple::new(py, [w.out.finish(py)?.into_object()])
    }
}

/// The text between the items of one depth.
struct Layout {
    /// Line break and indentation.
    line: Py<PyStr>,
    /// The separator with them.
    separator: Py<PyStr>,
}

/// One document being written. `default` and custom quoting run Python code.
struct Writer<'a> {
    py: Python<'a>,
    out: StrBuilder,
    default: Py,
    encoder: Py,
    indent: Option<Py>,
    key_separator: Py<PyStr>,
    item_separator: Py<PyStr>,
    sort_keys: bool,
    skipkeys: bool,
    allow_nan: bool,
    quoting: Quoting,
    /// The containers around the place being written, if cycles are looked for.
    around: Option<Vec<*mut PyObject>>,
    first_level: isize,
    layouts: Vec<Rc<Layout>>,
}

fn field(py: Python, slot: &Slot) -> PyResult {
    slot.get_owned().ok_or_else(|| bad_internal_call(py))
}

fn separator(py: Python, slot: &Slot) -> PyResult<Py<PyStr>> {
    field(py, slot)?.downcast_into().map_err(|_| bad_internal_call(py))
}

impl<'a> Writer<'a> {
    fn new(py: Python<'a>, e: &PyEncoder, first_level: isize) -> PyResult<Writer<'a>> {
        let markers = field(py, &e.markers)?;
        Ok(Writer {
            py,
            out: StrBuilder::new(),
            default: field(py, &e.default)?,
            encoder: field(py, &e.encoder)?,
            indent: e.indent.get_owned().filter(|i| !i.is_none()),
            key_separator: separator(py, &e.key_separator)?,
            item_separator: separator(py, &e.item_separator)?,
            sort_keys: e.sort_keys.get(),
            skipkeys: e.skipkeys.get(),
            allow_nan: e.allow_nan,
            quoting: e.quoting,
            around: (!markers.is_none()).then(Vec::new),
            first_level: first_level.max(0),
            layouts: Vec::new(),
        })
    }

    /// Line breaks at `depth` containers below the first; `None` without indentation.
    fn layout(&mut self, depth: usize) -> PyResult<Option<Rc<Layout>>> {
        let py = self.py;
        let Some(indent) = self.indent.clone() else { return Ok(None) };
        while self.layouts.len() <= depth {
            let level = self.first_level.saturating_add(self.layouts.len() as isize);
            let blanks = number::multiply(py, &indent, &*PyInt::from_isize(py, level)?)?;
            let line = number::add(py, &*PyStr::new(py, "\n")?, &blanks)?;
            let Ok(line) = line.downcast_into::<PyStr>() else { return Err(bad_internal_call(py)) };
            let separator = PyStr::concat(py, &self.item_separator, &line)?;
            self.layouts.push(Rc::new(Layout { line, separator }));
        }
        Ok(self.layouts.get(depth).cloned())
    }

    fn string(&mut self, s: &PyObject) -> PyResult<()> {
        match (self.quoting, s.downcast::<PyStr>()) {
            (Quoting::Custom, _) | (_, None) => {}
            (q, Some(s)) => {
                text::quote(&mut self.out, s, q == Quoting::Ascii);
                return Ok(());
            }
        }
        let made = self.encoder.call1(self.py, s)?;
        match made.downcast::<PyStr>() {
            Some(t) => {
                self.out.push_pystr(t);
                Ok(())
            }
            None => {
                let text = format!("encoder() must return a string, not {}", tp_name(&made));
                Err(type_error(self.py, text))
            }
        }
    }

    fn float(&self, f: &PyFloat) -> PyResult<String> {
        let v = f.value();
        if v.is_finite() {
            return Ok(repr_float(v));
        }
        if !self.allow_nan {
            let shown = f.repr(self.py)?.to_string_lossy();
            let text = format!("Out of range float values are not JSON compliant: {shown}");
            return Err(value_error(self.py, text));
        }
        let name = if v.is_nan() {
            "NaN"
        } else if v > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        Ok(name.to_owned())
    }

    fn int(&mut self, i: &PyInt) -> PyResult<()> {
        let Some(v) = i.as_i64() else {
            let digits = i.to_decimal(self.py)?;
            self.out.push_latin1(digits.as_bytes());
            return Ok(());
        };
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        let mut rest = v.unsigned_abs();
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if v < 0 {
            self.out.push_latin1(b"-");
        }
        self.out.push_latin1(digits.get(at..).unwrap_or_default());
        Ok(())
    }

    fn value(&mut self, o: &PyObject, depth: usize) -> PyResult<()> {
        if let Some(s) = o.downcast::<PyStr>() {
            return self.string(s);
        }
        if o.is_none() {
            self.out.push_latin1(b"null");
        } else if o.is(py_bool(true)) {
            self.out.push_latin1(b"true");
        } else if o.is(py_bool(false)) {
            self.out.push_latin1(b"false");
        } else if let Some(i) = o.downcast::<PyInt>() {
            return self.int(i);
        } else if let Some(f) = o.downcast::<PyFloat>() {
            let text = self.float(f)?;
            self.out.push_latin1(text.as_bytes());
        } else if let Some(l) = o.downcast::<PyList>() {
            enter_recursive_call(self.py, " while encoding a JSON object")?;
            return self.sequence(o, depth, l.len(), |i| l.get(i));
        } else if let Some(t) = o.downcast::<PyTuple>() {
            enter_recursive_call(self.py, " while encoding a JSON object")?;
            return self.sequence(o, depth, t.len(), |i| t.get(i).map(|o| o.owned()));
        } else if let Some(d) = o.downcast::<PyDict>() {
            enter_recursive_call(self.py, " while encoding a JSON object")?;
            return self.dict(d, depth);
        } else {
            return self.other(o, depth);
        }
        Ok(())
    }

    /// Notes that the writing is inside a container now.
    fn enter(&mut self, o: &PyObject) -> PyResult<()> {
        let Some(around) = &mut self.around else { return Ok(()) };
        let p = o.as_ptr();
        if around.contains(&p) {
            return Err(value_error(self.py, "Circular reference detected"));
        }
        around.push(p);
        Ok(())
    }

    fn leave(&mut self) {
        if let Some(around) = &mut self.around {
            around.pop();
        }
    }

    fn type_name(&self, o: &PyObject) -> String {
        type_::fully_qualified_name(self.py, o.ty()).unwrap_or_else(|e| {
            drop(fetch(self.py, e));
            o.ty().short_name().to_owned()
        })
    }

    fn other(&mut self, o: &PyObject, depth: usize) -> PyResult<()> {
        self.enter(o)?;
        let made = self.default.call1(self.py, o)?;
        enter_recursive_call(self.py, " while encoding a JSON object")?;
        if let Err(e) = self.value(&made, depth) {
            let exc = fetch(self.py, e);
            let note = format!("when serializing {} object", self.type_name(o));
            return Err(add_note(self.py, raise_object(self.py, exc), &note));
        }
        self.leave();
        Ok(())
    }

    fn sequence(
        &mut self,
        o: &PyObject,
        depth: usize,
        len: usize,
        item: impl Fn(usize) -> Option<Py>,
    ) -> PyResult<()> {
        if len == 0 {
            self.out.push_latin1(b"[]");
            return Ok(());
        }
        self.enter(o)?;
        self.out.push_latin1(b"[");
        let layout = self.layout(depth + 1)?;
        if let Some(l) = &layout {
            self.out.push_pystr(&l.line);
        }
        let mut i = 0;
        while let Some(value) = item(i) {
            if i > 0 {
                self.separate(layout.as_deref());
            }
            if let Err(e) = self.value(&value, depth + 1) {
                let exc = fetch(self.py, e);
                let note = format!("when serializing {} item {i}", self.type_name(o));
                return Err(add_note(self.py, raise_object(self.py, exc), &note));
            }
            i += 1;
        }
        self.leave();
        if let Some(l) = self.layout(depth)? {
            self.out.push_pystr(&l.line);
        }
        self.out.push_latin1(b"]");
        Ok(())
    }

    fn separate(&mut self, layout: Option<&Layout>) {
        match layout {
            Some(l) => self.out.push_pystr(&l.separator),
            None => self.out.push_pystr(&self.item_separator),
        }
    }

    fn dict(&mut self, d: &PyDict, depth: usize) -> PyResult<()> {
        if d.is_empty() {
            self.out.push_latin1(b"{}");
            return Ok(());
        }
        let py = self.py;
        self.enter(d)?;
        self.out.push_latin1(b"{");
        let layout = self.layout(depth + 1)?;
        let mut first = true;
        if self.sort_keys || !PyDict::check_exact(d) {
            let items = if PyDict::check_exact(d) {
                d.items(py)?
            } else {
                d.call_method0(py, intern!(py, "items"))?.to_list(py)?
            };
            if self.sort_keys {
                items.sort(py, None, false)?;
            }
            let mut i = 0;
            while let Some(item) = items.get(i) {
                let pair = item.downcast::<PyTuple>().map(|t| t.items());
                let Some([key, value]) = pair else {
                    return Err(value_error(py, "items must return 2-tuples"));
                };
                self.pair(d, key, value, depth + 1, layout.as_deref(), &mut first)?;
                i += 1;
            }
        } else {
            let mut at = 0;
            while let Some((key, value)) = d.next(&mut at) {
                self.pair(d, &key, &value, depth + 1, layout.as_deref(), &mut first)?;
            }
        }
        self.leave();
        if !first && let Some(l) = self.layout(depth)? {
            self.out.push_pystr(&l.line);
        }
        self.out.push_latin1(b"}");
        Ok(())
    }

    fn pair(
        &mut self,
        d: &PyDict,
        key: &PyObject,
        value: &PyObject,
        depth: usize,
        layout: Option<&Layout>,
        first: &mut bool,
    ) -> PyResult<()> {
        let py = self.py;
        let name = if PyStr::check(key) {
            key.owned()
        } else if let Some(f) = key.downcast::<PyFloat>() {
            PyStr::new(py, &self.float(f)?)?.into_object()
        } else if key.is(py_bool(true)) {
            intern!(py, "true").owned().into_object()
        } else if key.is(py_bool(false)) {
            intern!(py, "false").owned().into_object()
        } else if key.is_none() {
            intern!(py, "null").owned().into_object()
        } else if let Some(i) = key.downcast::<PyInt>() {
            PyStr::new(py, &i.to_decimal(py)?)?.into_object()
        } else if self.skipkeys {
            return Ok(());
        } else {
            let text = format!("keys must be str, int, float, bool or None, not {}", tp_name(key));
            return Err(type_error(py, text));
        };
        if std::mem::take(first) {
            if let Some(l) = layout {
                self.out.push_pystr(&l.line);
            }
        } else {
            self.separate(layout);
        }
        self.string(&name)?;
        self.out.push_pystr(&self.key_separator);
        self.value(value, depth).map_err(|e| self.pair_note(e, d, key))
    }

    #[cold]
    fn pair_note(&self, e: Raised, d: &PyDict, key: &PyObject) -> Raised {
        let exc = fetch(self.py, e);
        let shown = match key.repr(self.py) {
            Ok(s) => s.to_string_lossy(),
            Err(e) => {
                drop(fetch(self.py, e));
                return raise_object(self.py, exc);
            }
        };
        let note = format!("when serializing {} item {shown}", self.type_name(d));
        add_note(self.py, raise_object(self.py, exc), &note)
    }
}
