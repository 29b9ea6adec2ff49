//! Running a codec over Python objects: errors and their handlers.

use super::codec::{Codec, Outcome, State};
use runtime::codecs::registry;
use runtime::prelude::*;
use runtime::types::exceptions::{PyExc_UnicodeDecodeError_Type, PyExc_UnicodeEncodeError_Type};

const ILLEGAL: &str = "illegal multibyte sequence";
const INCOMPLETE: &str = "incomplete multibyte sequence";

/// What becomes of errors. The first three are what they are even when a handler is registered under the name.
#[derive(Clone, Copy)]
enum Handling<'a> {
    Strict,
    Ignore,
    Replace,
    Handler(&'a str),
}

impl Handling<'_> {
    fn of(name: &str) -> Handling<'_> {
        match name {
            "strict" => Handling::Strict,
            "ignore" => Handling::Ignore,
            "replace" => Handling::Replace,
            name => Handling::Handler(name),
        }
    }
}

/// The exception of one call, changed for every further error.
struct Failure<'a> {
    py: Python<'a>,
    ty: &'static PyTypeObject,
    encoding: &'static str,
    exception: Option<Py>,
}

impl Failure<'_> {
    /// The exception for an error of the object's items `start..end`.
    fn exception(&mut self, object: &PyObject, start: usize, end: usize, reason: &str) -> PyResult {
        let py = self.py;
        let int = |n: usize| PyInt::from_usize(py, n);
        if let Some(e) = &self.exception {
            e.setattr(py, intern!(py, "start"), int(start)?.as_object())?;
            e.setattr(py, intern!(py, "end"), int(end)?.as_object())?;
            e.setattr(py, intern!(py, "reason"), PyStr::new(py, reason)?.as_object())?;
            return Ok(e.clone());
        }
        let (encoding, reason) = (PyStr::new(py, self.encoding)?, PyStr::new(py, reason)?);
        let (start, end) = (int(start)?, int(end)?);
        let e = self.ty.object().call(
            py,
            &[encoding.as_object(), object, start.as_object(), end.as_object(), reason.as_object()],
        )?;
        self.exception = Some(e.clone());
        Ok(e)
    }

    fn raise(&mut self, object: &PyObject, start: usize, end: usize, reason: &str) -> Raised {
        match self.exception(object, start, end, reason) {
            Ok(e) => match e.downcast_into::<PyBaseException>() {
                Ok(e) => runtime::errors::raise_object(self.py, e),
                Err(_) => type_error(self.py, "codec must pass exception instance"),
            },
            Err(r) => r,
        }
    }

    /// Calls the handler: its replacement, and the position to go on at.
    fn handled(
        &mut self,
        name: &str,
        object: &PyObject,
        range: std::ops::Range<usize>,
        reason: &str,
        wrong: &str,
        accept: fn(&PyObject) -> bool,
    ) -> PyResult<(Py, Py)> {
        let py = self.py;
        let e = self.exception(object, range.start, range.end, reason)?;
        let result = registry::lookup_error(py, name)?.call1(py, &e)?;
        match result.downcast::<PyTuple>().map(|t| t.items()) {
            Some([a, b]) if accept(a) && PyInt::check(b) => Ok((a.owned(), b.owned())),
            _ => Err(type_error(py, wrong)),
        }
    }
}

/// The position a handler returned; negative ones count from the end.
fn position(py: Python, at: &PyObject, len: usize) -> PyResult<usize> {
    let out = |p: isize| Err(index_error(py, format!("position {p} from error handler out of bounds")));
    let Some(n) = at.downcast::<PyInt>() else { return out(-1) };
    let p = match n.to_isize(py) {
        Ok(p) => p,
        Err(e) => {
            drop(fetch(py, e));
            return out(-1);
        }
    };
    let q = if p < 0 { p.saturating_add_unsigned(len) } else { p };
    match usize::try_from(q) {
        Ok(q) if q <= len => Ok(q),
        _ => out(q),
    }
}

/// Encodes a text: the bytes, and how many characters were used. Without `last` more may follow; with it the encoder returns
/// to its first state.
pub fn encode(
    py: Python,
    codec: &'static Codec,
    state: &mut State,
    text: &PyStr,
    errors: &str,
    last: bool,
) -> PyResult<(Vec<u8>, usize)> {
    let chars: Vec<u32> = text.chars().collect();
    let mut out = Vec::with_capacity(chars.len() * 2);
    let mut at = 0;
    let mut failure =
        Failure { py, ty: &PyExc_UnicodeEncodeError_Type, encoding: codec.name, exception: None };
    while at < chars.len() {
        let (end, reason) = match codec.encode(state, &chars, &mut at, &mut out, last) {
            Outcome::Done => break,
            Outcome::TooFew if !last => break,
            Outcome::TooFew => (chars.len(), INCOMPLETE),
            Outcome::Illegal(n) => ((at + n).min(chars.len()), ILLEGAL),
        };
        match Handling::of(errors) {
            Handling::Strict => return Err(failure.raise(text.as_object(), at, end, reason)),
            Handling::Ignore => at = end,
            Handling::Replace => {
                let mut n = 0;
                if codec.encode(state, &[u32::from(b'?')], &mut n, &mut out, true) != Outcome::Done {
                    out.push(b'?');
                }
                at = end;
            }
            Handling::Handler(name) => {
                let wrong = "encoding error handler must return (str, int) tuple";
                let accept = |o: &PyObject| PyStr::check(o) || PyBytes::check(o);
                let (value, next) =
                    failure.handled(name, text.as_object(), at..end, reason, wrong, accept)?;
                if let Some(s) = value.downcast::<PyStr>() {
                    // A replacement that cannot be encoded itself is an error.
                    let (bytes, _) = encode_strict(py, codec, state, s)?;
                    out.extend_from_slice(&bytes);
                } else if let Some(b) = value.downcast::<PyBytes>() {
                    out.extend_from_slice(b.as_bytes());
                }
                at = position(py, &next, chars.len())?;
            }
        }
    }
    if last {
        codec.reset_encoder(state, &mut out);
    }
    Ok((out, at))
}

/// Encodes a handler's replacement in the state the encoder is in, and leaves it there.
fn encode_strict(
    py: Python,
    codec: &'static Codec,
    state: &mut State,
    text: &PyStr,
) -> PyResult<(Vec<u8>, usize)> {
    let chars: Vec<u32> = text.chars().collect();
    let (mut out, mut at) = (Vec::new(), 0);
    let (end, reason) = match codec.encode(state, &chars, &mut at, &mut out, true) {
        Outcome::Done => return Ok((out, at)),
        Outcome::TooFew => (chars.len(), INCOMPLETE),
        Outcome::Illegal(n) => ((at + n).min(chars.len()), ILLEGAL),
    };
    let mut failure =
        Failure { py, ty: &PyExc_UnicodeEncodeError_Type, encoding: codec.name, exception: None };
    Err(failure.raise(text.as_object(), at, end, reason))
}

/// A decoding under way.
pub struct Decoding<'a> {
    pub input: &'a [u8],
    pub at: usize,
    pub out: Vec<u32>,
    failure: Failure<'a>,
    codec: &'static Codec,
}

impl<'a> Decoding<'a> {
    pub fn new(py: Python<'a>, codec: &'static Codec, input: &'a [u8]) -> Decoding<'a> {
        let failure =
            Failure { py, ty: &PyExc_UnicodeDecodeError_Type, encoding: codec.name, exception: None };
        Decoding { input, at: 0, out: Vec::with_capacity(input.len()), failure, codec }
    }

    /// Decodes until the end of the input, or until what is left is the beginning of something.
    pub fn run(&mut self, state: &mut State, errors: &str) -> PyResult<()> {
        while self.at < self.input.len() {
            match self.codec.decode(state, self.input, &mut self.at, &mut self.out) {
                Outcome::Done | Outcome::TooFew => break,
                Outcome::Illegal(n) => {
                    let end = (self.at + n).min(self.input.len());
                    self.error(errors, end, ILLEGAL)?;
                }
            }
        }
        Ok(())
    }

    /// The input has ended: what is left is an error.
    pub fn finish(&mut self, errors: &str) -> PyResult<()> {
        if self.at < self.input.len() {
            self.error(errors, self.input.len(), INCOMPLETE)?;
        }
        Ok(())
    }

    fn error(&mut self, errors: &str, end: usize, reason: &str) -> PyResult<()> {
        let py = self.failure.py;
        match Handling::of(errors) {
            Handling::Strict => {
                let object = PyBytes::new(py, self.input)?;
                return Err(self.failure.raise(object.as_object(), self.at, end, reason));
            }
            Handling::Ignore => self.at = end,
            Handling::Replace => {
                self.out.push(0xfffd);
                self.at = end;
            }
            Handling::Handler(name) => {
                let wrong = "decoding error handler must return (str, int) tuple";
                let object = PyBytes::new(py, self.input)?;
                let (value, next) =
                    self.failure.handled(name, object.as_object(), self.at..end, reason, wrong, |o| {
                        PyStr::check(o)
                    })?;
                if let Some(s) = value.downcast::<PyStr>() {
                    self.out.extend(s.chars());
                }
                self.at = position(py, &next, self.input.len())?;
            }
        }
        Ok(())
    }

    pub fn text(&self) -> PyResult<Py<PyStr>> {
        PyStr::from_ucs4(self.failure.py, &self.out)
    }
}
