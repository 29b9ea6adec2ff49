//! Line ends: finding them, and `_io.IncrementalNewlineDecoder`, which translates them.

use runtime::prelude::*;
use runtime::types::str_::{StrBuilder, StrView, Unit};
use runtime::with_units;

const CR: u32 = 13;
const LF: u32 = 10;

/// Which line ends have been seen.
mod seen {
    pub const CR: u8 = 1;
    pub const LF: u8 = 2;
    pub const CRLF: u8 = 4;
    pub const ALL: u8 = 7;
}

fn position<U: Unit>(s: &[U], c: u32) -> Option<usize> {
    if U::KIND as usize == 1 {
        // SAFETY: units of one byte.
        let bytes = unsafe { std::slice::from_raw_parts(s.as_ptr() as *const u8, s.len()) };
        return memchr::memchr(c as u8, bytes);
    }
    s.iter().position(|u| u.code() == c)
}

/// How a stream tells lines apart.
pub(super) struct LineEnds<'a> {
    /// Every end is `\n` already.
    pub translated: bool,
    /// `\n`, `\r` and `\r\n` end a line.
    pub universal: bool,
    /// The end otherwise; `\n` if not given.
    pub own: Option<&'a PyStr>,
}

impl LineEnds<'_> {
    /// Length of the first line including its end; or, as an error, how much of the text can't belong to an end that is
    /// still incomplete.
    pub fn find(&self, text: StrView<'_>) -> Result<usize, usize> {
        with_units!(text, |s| self.find_units(s))
    }

    fn find_units<U: Unit>(&self, s: &[U]) -> Result<usize, usize> {
        if self.translated {
            return position(s, LF).map(|i| i + 1).ok_or(s.len());
        }
        if self.universal {
            let lf = position(s, LF);
            let cr = position(&s[..lf.unwrap_or(s.len())], CR);
            return match (cr, lf) {
                (Some(c), _) => match s.get(c + 1) {
                    Some(u) if u.code() == LF => Ok(c + 2),
                    _ => Ok(c + 1),
                },
                (None, Some(l)) => Ok(l + 1),
                (None, None) => Err(s.len()),
            };
        }
        let own: Vec<u32> = self.own.map_or(vec![LF], |o| o.chars().collect());
        let Some((&first, rest)) = own.split_first() else { return Err(s.len()) };
        let mut at = 0;
        while let Some(i) = position(&s[at..], first) {
            let start = at + i;
            let after = &s[start + 1..];
            let n = rest.len().min(after.len());
            if after[..n].iter().map(|u| u.code()).eq(rest[..n].iter().copied()) {
                return if n == rest.len() { Ok(start + own.len()) } else { Err(start) };
            }
            at = start + 1;
        }
        Err(s.len())
    }
}

/// Translates line ends and remembers which there were.
#[repr(C)]
#[derive(Traverse)]
pub struct PyNewlineDecoder {
    pub ob_base: PyObject,
    /// The decoder below; `None` if the input is text. Empty before `__init__`.
    decoder: Slot,
    errors: Slot,
    /// A `\r` at the end of the last input has not been given out: it may be half of `\r\n`.
    pending_cr: Cell<bool>,
    translate: Cell<bool>,
    seen: Cell<u8>,
}

impl PyNewlineDecoder {
    /// A decoder for text.
    pub(super) fn for_text(py: Python, translate: bool) -> PyResult<Py<PyNewlineDecoder>> {
        let d = PyNewlineDecoder::empty(py, PyNewlineDecoder::type_object())?;
        d.decoder.set(Some(none().owned()));
        d.translate.set(translate);
        Ok(d)
    }

    fn empty(py: Python, cls: &PyTypeObject) -> PyResult<Py<PyNewlineDecoder>> {
        new_object(
            py,
            cls,
            PyNewlineDecoder {
                ob_base: PyObject::header(cls),
                decoder: Slot::empty(),
                errors: Slot::empty(),
                pending_cr: Cell::new(false),
                translate: Cell::new(false),
                seen: Cell::new(0),
            },
        )
    }

    fn inner(&self, py: Python) -> PyResult {
        self.decoder
            .get_owned()
            .ok_or_else(|| value_error(py, "IncrementalNewlineDecoder.__init__() not called"))
    }

    /// Notes and translates the line ends of a text.
    pub(super) fn translate(&self, py: Python, text: Py<PyStr>, last: bool) -> PyResult<Py<PyStr>> {
        let mut text = text;
        if self.pending_cr.get() && (last || !text.is_empty()) {
            let mut b = StrBuilder::with_capacity(text.len() + 1);
            b.push_char(CR);
            b.push_pystr(&text);
            text = b.finish(py)?;
            self.pending_cr.set(false);
        }
        let n = text.len();
        if !last && n > 0 && text.char_at(n - 1) == CR {
            text = text.substring(py, 0, n - 1)?;
            self.pending_cr.set(true);
        }
        if text.is_empty() {
            return Ok(text);
        }
        let (seen, has_cr) = with_units!(text.view(), |s| self.scan(s));
        self.seen.set(self.seen.get() | seen);
        if !has_cr || !self.translate.get() {
            return Ok(text);
        }
        let mut out = StrBuilder::with_capacity(text.len());
        with_units!(text.view(), |s| normalise(s, &mut out));
        out.finish(py)
    }

    /// Which line ends there are, as far as that is news, and is there a `\r`?
    fn scan<U: Unit>(&self, s: &[U]) -> (u8, bool) {
        let known = self.seen.get();
        let Some(mut at) = position(s, CR) else {
            let lf = known & seen::LF != 0 || position(s, LF).is_some();
            return (if lf { seen::LF } else { 0 }, false);
        };
        if known == seen::ALL {
            return (known, true);
        }
        let mut found = if position(&s[..at], LF).is_some() { seen::LF } else { 0 };
        loop {
            let rest = if s.get(at + 1).is_some_and(|u| u.code() == LF) {
                found |= seen::CRLF;
                at + 2
            } else {
                found |= seen::CR;
                at + 1
            };
            match position(&s[rest..], CR) {
                Some(i) => {
                    if found & seen::LF == 0 && position(&s[rest..rest + i], LF).is_some() {
                        found |= seen::LF;
                    }
                    at = rest + i;
                }
                None => {
                    if found & seen::LF == 0 && position(&s[rest..], LF).is_some() {
                        found |= seen::LF;
                    }
                    return (found, true);
                }
            }
        }
    }
}

/// Makes `\n` of every line end.
fn normalise<U: Unit>(s: &[U], out: &mut StrBuilder) {
    let mut rest = s;
    while let Some(i) = position(rest, CR) {
        out.push_units(&rest[..i]);
        out.push_char(LF);
        let skip = if rest.get(i + 1).is_some_and(|u| u.code() == LF) { 2 } else { 1 };
        rest = &rest[i + skip..];
    }
    out.push_units(rest);
}

/// Decodes with another decoder and translates line ends: \r\n and \r become \n if translate is true. The ends seen are
/// remembered. The decoder may be None for input that is text.
#[pytype(
    name = "IncrementalNewlineDecoder",
    module = "_io",
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, INHERITED_NEW)
)]
impl PyNewlineDecoder {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyNewlineDecoder>> {
        PyNewlineDecoder::empty(py, cls)
    }

    #[slot(tp_init, sig = "(decoder, translate, errors='strict')")]
    fn init(
        &self,
        py: Python,
        decoder: &PyObject,
        translate: bool,
        errors: Option<&PyObject>,
    ) -> PyResult<()> {
        let errors = match errors {
            Some(e) => e.owned(),
            None => PyStr::new(py, "strict")?.into_object(),
        };
        self.decoder.set(Some(decoder.owned()));
        self.errors.set(Some(errors));
        self.translate.set(translate);
        self.seen.set(0);
        self.pending_cr.set(false);
        Ok(())
    }

    #[pymethod(sig = "(input, final=False)", nodoc)]
    pub(super) fn decode(&self, py: Python, input: &PyObject, final_: bool) -> PyResult<Py<PyStr>> {
        let inner = self.inner(py)?;
        let output = if inner.is_none() {
            input.owned()
        } else {
            inner.call_method(py, intern!(py, "decode"), &[input, py_bool(final_).as_object()])?
        };
        match output.downcast_into::<PyStr>() {
            Ok(s) => self.translate(py, s, final_),
            Err(o) => {
                let text = format!("decoder should return a string result, not '{}'", tp_name(&o));
                Err(type_error(py, text))
            }
        }
    }

    #[pymethod(nodoc)]
    fn getstate(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let inner = self.inner(py)?;
        let (buffer, flag) = if inner.is_none() {
            (PyBytes::empty().owned().into_object(), 0)
        } else {
            let wrong = |py| type_error(py, "illegal decoder state");
            let state = inner.call_method0(py, intern!(py, "getstate"))?;
            let Some(t) = state.downcast::<PyTuple>() else { return Err(wrong(py)) };
            let &[buffer, flag] = t.items() else { return Err(wrong(py)) };
            let Some(flag) = flag.downcast::<PyInt>() else { return Err(wrong(py)) };
            (buffer.owned(), flag.low_u64())
        };
        let flag = flag << 1 | u64::from(self.pending_cr.get());
        PyTuple::new(py, [buffer, PyInt::from_u64(py, flag)?.into_object()])
    }

    #[pymethod(sig = "(state, /)", nodoc)]
    fn setstate(&self, py: Python, state: &PyObject) -> PyResult {
        let inner = self.inner(py)?;
        let Some(t) = state.downcast::<PyTuple>() else {
            return Err(type_error(py, "state argument must be a tuple"));
        };
        let wrong = |py| type_error(py, "setstate(): illegal state argument");
        let &[buffer, flag] = t.items() else { return Err(wrong(py)) };
        let Some(flag) = flag.downcast::<PyInt>() else { return Err(wrong(py)) };
        let flag = flag.low_u64();
        self.pending_cr.set(flag & 1 != 0);
        if inner.is_none() {
            return Ok(none().owned());
        }
        let state = PyTuple::new(py, [buffer.owned(), PyInt::from_u64(py, flag >> 1)?.into_object()])?;
        inner.call_method1(py, intern!(py, "setstate"), state.as_object())
    }

    #[pymethod(nodoc)]
    fn reset(&self, py: Python) -> PyResult {
        let inner = self.inner(py)?;
        self.seen.set(0);
        self.pending_cr.set(false);
        if inner.is_none() { Ok(none().owned()) } else { inner.call_method0(py, intern!(py, "reset")) }
    }

    #[getter(newlines)]
    pub(super) fn newlines(&self, py: Python) -> PyResult {
        self.inner(py)?;
        let seen = self.seen.get();
        let mut found = Vec::new();
        for (bit, text) in [(seen::CR, "\r"), (seen::LF, "\n"), (seen::CRLF, "\r\n")] {
            if seen & bit != 0 {
                found.push(PyStr::new(py, text)?.into_object());
            }
        }
        match found.len() {
            0 => Ok(none().owned()),
            1 => found.pop().ok_or_else(|| bad_internal_call(py)),
            _ => Ok(PyTuple::new(py, found)?.into_object()),
        }
    }
}
