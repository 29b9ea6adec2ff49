//! `_io.StringIO`: a stream of text in memory.

use super::abstract_::PyTextIOBase;
use super::bytesio::restore_dict;
use super::helpers::*;
use super::newline::{LineEnds, PyNewlineDecoder};
use runtime::prelude::*;
use runtime::types::str_::{StrBuilder, StrView, Unit};
use runtime::with_units;
use std::cell::RefCell;
use std::ffi::c_int;

/// Characters, as narrow as they can be.
enum Text {
    Latin1(Vec<u8>),
    Ucs2(Vec<u16>),
    Ucs4(Vec<u32>),
}

fn widened<S: Unit, D: Unit>(s: &[S]) -> Vec<D> {
    s.iter().map(|u| D::from_code(u.code())).collect()
}

impl Text {
    fn view(&self) -> StrView<'_> {
        match self {
            Text::Latin1(v) => StrView::Latin1(v),
            Text::Ucs2(v) => StrView::Ucs2(v),
            Text::Ucs4(v) => StrView::Ucs4(v),
        }
    }

    fn len(&self) -> usize {
        self.view().len()
    }

    fn truncate(&mut self, n: usize) {
        match self {
            Text::Latin1(v) => v.truncate(n),
            Text::Ucs2(v) => v.truncate(n),
            Text::Ucs4(v) => v.truncate(n),
        }
    }

    /// Makes the characters wide enough for those of `text`.
    fn widen_for(&mut self, text: &PyStr) {
        let wide = match (&*self, text.view()) {
            (Text::Latin1(v), StrView::Ucs2(_)) => Text::Ucs2(widened(v)),
            (Text::Latin1(v), StrView::Ucs4(_)) => Text::Ucs4(widened(v)),
            (Text::Ucs2(v), StrView::Ucs4(_)) => Text::Ucs4(widened(v)),
            _ => return,
        };
        *self = wide;
    }

    /// Writes a string at a position; NULs fill what lies between. False when memory is short.
    fn put(&mut self, at: usize, text: &PyStr) -> bool {
        fn put<D: Unit>(v: &mut Vec<D>, at: usize, text: &PyStr) -> bool {
            let Some(end) = at.checked_add(text.len()) else { return false };
            if end > v.len() {
                if v.try_reserve(end - v.len()).is_err() {
                    return false;
                }
                if at > v.len() {
                    v.resize(at, D::from_code(0));
                }
                v.truncate(at);
                with_units!(text.view(), |s| v.extend(s.iter().map(|u| D::from_code(u.code()))));
            } else {
                with_units!(text.view(), |s| {
                    for (to, from) in v[at..end].iter_mut().zip(s) {
                        *to = D::from_code(from.code());
                    }
                });
            }
            true
        }
        self.widen_for(text);
        match self {
            Text::Latin1(v) => put(v, at, text),
            Text::Ucs2(v) => put(v, at, text),
            Text::Ucs4(v) => put(v, at, text),
        }
    }
}

/// A stream of text in memory.
#[repr(C)]
pub struct PyStringIO {
    pub base: PyTextIOBase,
    text: RefCell<Text>,
    pos: Cell<usize>,
    /// The line end asked for.
    newline: Slot<PyStr>,
    /// What `\n` becomes when it is written, if that is something else.
    write_newline: Slot<PyStr>,
    decoder: Slot<PyNewlineDecoder>,
    universal: Cell<bool>,
    translate: Cell<bool>,
    ready: Cell<bool>,
    closed: Cell<bool>,
}

/// A line end as an argument: `None`, or one of the four strings.
pub(super) fn check_newline(py: Python, newline: &PyStr, quoted: bool) -> PyResult<()> {
    if newline.as_ascii().is_some_and(|n| matches!(n, "" | "\n" | "\r" | "\r\n")) {
        return Ok(());
    }
    let shown = if quoted {
        newline.as_object().repr(py)?
    } else {
        newline.as_utf8(py)?;
        newline.owned()
    };
    Err(value_error(py, format!("illegal newline value: {shown}")))
}

impl PyStringIO {
    fn check(&self, py: Python) -> PyResult<()> {
        if !self.ready.get() {
            return Err(value_error(py, "I/O operation on uninitialized object"));
        }
        if self.closed.get() { Err(value_error(py, "I/O operation on closed file")) } else { Ok(()) }
    }

    /// Writes at the position.
    fn put(&self, py: Python, text: &PyStr) -> PyResult<()> {
        let mut text = match self.decoder.get_owned() {
            Some(d) => d.translate(py, text.owned(), true)?,
            None => text.owned(),
        };
        if let Some(nl) = self.write_newline.get_owned() {
            text = replace_newlines(py, &text, &nl)?;
        }
        let at = self.pos.get();
        if text.is_empty() {
            return Ok(());
        }
        if at > isize::MAX as usize - text.len() {
            return Err(overflow_error(py, "new position too large"));
        }
        if !self.text.borrow_mut().put(at, &text) {
            return Err(memory_error(py));
        }
        self.pos.set(at + text.len());
        Ok(())
    }

    /// Characters `start..end`.
    fn slice(&self, py: Python, start: usize, end: usize) -> PyResult<Py<PyStr>> {
        let text = self.text.borrow();
        let end = end.min(text.len());
        if start >= end {
            return Ok(PyStr::empty().owned());
        }
        PyStr::from_view(py, text.view().slice(start, end))
    }

    fn next_line(&self, py: Python, limit: isize) -> PyResult<Py<PyStr>> {
        let start = self.pos.get();
        let end = {
            let text = self.text.borrow();
            let n = text.len();
            if start >= n {
                return Ok(PyStr::empty().owned());
            }
            let most = usize::try_from(limit).map_or(n, |l| start.saturating_add(l).min(n));
            let newline = self.newline.get_owned();
            let ends = LineEnds {
                translated: self.translate.get(),
                universal: self.universal.get(),
                own: newline.as_deref(),
            };
            match ends.find(text.view().slice(start, most)) {
                Ok(len) => start + len,
                Err(_) => most,
            }
        };
        self.pos.set(end);
        self.slice(py, start, end)
    }

    fn set_up(&self, py: Python, value: Option<&PyObject>, newline: Option<&PyObject>) -> PyResult<()> {
        let newline = match newline {
            None => Some(PyStr::new(py, "\n")?),
            Some(n) if n.is_none() => None,
            Some(n) => match n.downcast::<PyStr>() {
                Some(s) => Some(s.owned()),
                None => {
                    let text = format!("newline must be str or None, not {}", tp_name(n));
                    return Err(type_error(py, text));
                }
            },
        };
        if let Some(n) = &newline {
            check_newline(py, n, true)?;
        }
        let value = match value.filter(|v| !v.is_none()) {
            None => None,
            Some(v) => match v.downcast::<PyStr>() {
                Some(s) => Some(s),
                None => {
                    let text = format!("initial_value must be str or None, not {}", tp_name(v));
                    return Err(type_error(py, text));
                }
            },
        };
        self.ready.set(false);
        let universal = newline.as_ref().is_none_or(|n| n.is_empty());
        self.universal.set(universal);
        self.translate.set(newline.is_none());
        let writes = newline.as_ref().filter(|n| !n.is_empty() && n.char_at(0) == 13).cloned();
        self.write_newline.set(writes);
        self.decoder.set(if universal {
            Some(PyNewlineDecoder::for_text(py, newline.is_none())?)
        } else {
            None
        });
        self.newline.set(newline);
        self.text.replace(Text::Latin1(Vec::new()));
        self.pos.set(0);
        if let Some(v) = value {
            self.put(py, v)?;
        }
        self.pos.set(0);
        self.closed.set(false);
        self.ready.set(true);
        Ok(())
    }
}

/// A text with another line end in place of `\n`.
pub(super) fn replace_newlines(py: Python, text: &PyStr, newline: &PyStr) -> PyResult<Py<PyStr>> {
    let has = with_units!(text.view(), |s| s.iter().any(|u| u.code() == 10));
    if !has {
        return text.exact(py);
    }
    let mut out = StrBuilder::with_capacity(text.len() + 16);
    with_units!(text.view(), |s| {
        for (i, part) in s.split(|u| u.code() == 10).enumerate() {
            if i > 0 {
                out.push_pystr(newline);
            }
            out.push_units(part);
        }
    });
    out.finish(py)
}

/// A stream of text in memory.
///
/// newline is as for TextIOWrapper, except that line ends are not translated to the platform's when newline is None.
#[pytype(name = "StringIO", order = "close getvalue read readline tell truncate seek write seekable closed newlines", module = "_io", base = PyTextIOBase, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE))]
impl PyStringIO {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyStringIO>> {
        new_object(
            py,
            cls,
            PyStringIO {
                base: PyTextIOBase::new(cls),
                text: RefCell::new(Text::Latin1(Vec::new())),
                pos: Cell::new(0),
                newline: Slot::empty(),
                write_newline: Slot::empty(),
                decoder: Slot::empty(),
                universal: Cell::new(false),
                translate: Cell::new(false),
                ready: Cell::new(false),
                closed: Cell::new(false),
            },
        )
    }

    #[slot(tp_init, sig = "(initial_value='', newline='\\n')")]
    fn init(&self, py: Python, initial_value: Option<&PyObject>, newline: Option<&PyObject>) -> PyResult<()> {
        self.set_up(py, initial_value, newline)
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visit: &mut Visitor) {
        self.base.base.dict.traverse(visit);
        self.decoder.traverse(visit);
    }

    #[slot(tp_clear)]
    fn clear(&self) {
        self.base.base.dict.set(None);
        self.decoder.set(None);
    }

    /// All text of the stream.
    #[pymethod]
    fn getvalue(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.check(py)?;
        let n = self.text.borrow().len();
        self.slice(py, 0, n)
    }

    /// The position.
    #[pymethod]
    fn tell(&self, py: Python) -> PyResult<usize> {
        self.check(py)?;
        Ok(self.pos.get())
    }

    /// Reads up to size characters, all that are left if size is negative.
    #[pymethod(sig = "(size=-1, /)")]
    fn read(&self, py: Python, size: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        let n = size_or_none(py, size)?;
        self.check(py)?;
        let (start, len) = (self.pos.get(), self.text.borrow().len());
        let end = usize::try_from(n).map_or(len, |n| start.saturating_add(n).min(len));
        let r = self.slice(py, start, end)?;
        self.pos.set(start + r.len());
        Ok(r)
    }

    /// Reads a line, at most size characters of it.
    #[pymethod(sig = "(size=-1, /)")]
    fn readline(&self, py: Python, size: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        let n = size_or_none(py, size)?;
        self.check(py)?;
        self.next_line(py, n)
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        self.check(py)?;
        let line = if std::ptr::eq(self.ty(), PyStringIO::type_object()) {
            self.next_line(py, -1)?.into_object()
        } else {
            let line = self.as_object().call_method0(py, intern!(py, "readline"))?;
            if !PyStr::check(&line) {
                let text = format!("readline() should have returned a str object, not '{}'", tp_name(&line));
                return Err(raise(py, &exceptions::PyExc_OSError_Type, text));
            }
            line
        };
        if line.length(py)? == 0 { Ok(None) } else { Ok(Some(line)) }
    }

    /// Cuts the text at a position, the current one by default. Returns the size.
    #[pymethod(sig = "(pos=None, /)")]
    fn truncate(&self, py: Python, pos: Option<&PyObject>) -> PyResult<usize> {
        self.check(py)?;
        let n = match pos.filter(|p| !p.is_none()) {
            None => self.pos.get() as isize,
            Some(p) => size_or_none(py, Some(p))?,
        };
        let Ok(size) = usize::try_from(n) else {
            return Err(value_error(py, format!("Negative size value {n}")));
        };
        self.text.borrow_mut().truncate(size);
        Ok(size)
    }

    /// Changes the position: to pos (0), or without a change of pos to the current position (1) or the end (2).
    #[pymethod(sig = "(pos, whence=0, /)")]
    fn seek(&self, py: Python, pos: isize, whence: c_int) -> PyResult<usize> {
        self.check(py)?;
        if !(0..=2).contains(&whence) {
            return Err(value_error(py, format!("Invalid whence ({whence}, should be 0, 1 or 2)")));
        }
        if pos < 0 && whence == 0 {
            return Err(value_error(py, format!("Negative seek position {pos}")));
        }
        if whence != 0 && pos != 0 {
            return Err(raise(py, &exceptions::PyExc_OSError_Type, "Can't do nonzero cur-relative seeks"));
        }
        match whence {
            1 => {}
            2 => self.pos.set(self.text.borrow().len()),
            _ => self.pos.set(pos as usize),
        }
        Ok(self.pos.get())
    }

    /// Writes text; returns the number of characters.
    #[pymethod(sig = "(s, /)")]
    fn write(&self, py: Python, s: &PyObject) -> PyResult<usize> {
        self.check(py)?;
        let Some(s) = s.downcast::<PyStr>() else {
            return Err(type_error(py, format!("string argument expected, got '{}'", tp_name(s))));
        };
        self.put(py, s)?;
        Ok(s.len())
    }

    /// Closes the stream and gives up its text.
    #[pymethod]
    fn close(&self) {
        self.closed.set(true);
        self.text.replace(Text::Latin1(Vec::new()));
    }

    /// True: the stream can be read.
    #[pymethod]
    fn readable(&self, py: Python) -> PyResult<bool> {
        self.check(py).map(|()| true)
    }

    /// True: the stream can be written to.
    #[pymethod]
    fn writable(&self, py: Python) -> PyResult<bool> {
        self.check(py).map(|()| true)
    }

    /// True: the position can be changed.
    #[pymethod]
    fn seekable(&self, py: Python) -> PyResult<bool> {
        self.check(py).map(|()| true)
    }

    #[getter]
    fn closed(&self, py: Python) -> PyResult<bool> {
        if self.ready.get() {
            Ok(self.closed.get())
        } else {
            Err(value_error(py, "I/O operation on uninitialized object"))
        }
    }

    #[getter]
    fn line_buffering(&self, py: Python) -> PyResult<bool> {
        self.check(py).map(|()| false)
    }

    #[getter]
    fn newlines(&self, py: Python) -> PyResult {
        self.check(py)?;
        match self.decoder.get_owned() {
            Some(d) => d.newlines(py),
            None => Ok(none().owned()),
        }
    }

    #[pymethod(nodoc)]
    fn __getstate__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let value = self.getvalue(py)?.into_object();
        let newline = self.newline.get_owned().map_or_else(|| none().owned(), Py::into_object);
        let dict = match self.base.base.dict.get_owned() {
            Some(d) => d.copy(py)?.into_object(),
            None => none().owned(),
        };
        PyTuple::new(py, [value, newline, PyInt::from_usize(py, self.pos.get())?.into_object(), dict])
    }

    #[pymethod(sig = "(state, /)", nodoc)]
    fn __setstate__(&self, py: Python, state: &PyObject) -> PyResult<()> {
        let parts = state.downcast::<PyTuple>().map_or(&[][..], |t| t.items());
        let &[value, newline, pos, dict, ..] = parts else {
            let text =
                format!("{}.__setstate__ argument should be 4-tuple, got {}", tp_name(self), tp_name(state));
            return Err(type_error(py, text));
        };
        if self.closed.get() {
            return Err(value_error(py, "I/O operation on closed file"));
        }
        self.set_up(py, Some(value), Some(newline))?;
        // The text was translated before it was pickled.
        if let Some(v) = value.downcast::<PyStr>() {
            let mut text = Text::Latin1(Vec::new());
            if !text.put(0, v) {
                return Err(memory_error(py));
            }
            self.text.replace(text);
        }
        if !PyInt::check(pos) {
            let text = format!("third item of state must be an integer, got {}", tp_name(pos));
            return Err(type_error(py, text));
        }
        let pos = pos.index_isize(py, Some(&exceptions::PyExc_OverflowError_Type))?;
        let Ok(pos) = usize::try_from(pos) else {
            return Err(value_error(py, "position value cannot be negative"));
        };
        self.pos.set(pos);
        restore_dict(py, &self.base.base, dict, "fourth")
    }
}
