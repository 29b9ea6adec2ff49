//! Error handling of the codecs: the built-in schemes without a detour through Python, registered handlers through the
//! exception object.

use super::{handlers, registry};
use crate::prelude::*;
use crate::types::exceptions::{PyUnicodeDecodeError, PyUnicodeEncodeError, UnicodeErrorFields};
use crate::types::str_::{StrBuilder, unit};
use crate::types::{PyBytes, PyInt};
use std::borrow::Cow;

/// The built-in schemes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    XmlCharRefReplace,
    SurrogateEscape,
    SurrogatePass,
    /// Any other name: a registered handler (`namereplace` too).
    Registered,
}

/// The error handling a codec was called with.
pub struct Errors<'a> {
    py: Python<'a>,
    name: &'a str,
    pub scheme: Scheme,
    /// The registered handler, once it was needed.
    handler: Option<Py>,
    /// The exception shown to the handler, used again for further errors of one call.
    exception: Option<Py>,
}

/// What a decoder reads. A handler can put another object in place of the one being decoded.
pub struct Input<'a> {
    pub bytes: Cow<'a, [u8]>,
    object: Option<Py>,
}

impl<'a> Input<'a> {
    pub fn new(bytes: &'a [u8]) -> Input<'a> {
        Input { bytes: Cow::Borrowed(bytes), object: None }
    }
}

/// What an encoding error handler puts in place.
pub enum Replacement {
    Text(Py<PyStr>),
    Bytes(Py<PyBytes>),
}

impl<'a> Errors<'a> {
    pub fn new(py: Python<'a>, name: &'a str) -> Errors<'a> {
        let scheme = match name {
            _ if registry::builtin_handler_replaced(py) => Scheme::Registered,
            "" | "strict" => Scheme::Strict,
            "ignore" => Scheme::Ignore,
            "replace" => Scheme::Replace,
            "backslashreplace" => Scheme::BackslashReplace,
            "xmlcharrefreplace" => Scheme::XmlCharRefReplace,
            "surrogateescape" => Scheme::SurrogateEscape,
            "surrogatepass" => Scheme::SurrogatePass,
            _ => Scheme::Registered,
        };
        Errors { py, name, scheme, handler: None, exception: None }
    }

    pub fn is_strict(&self) -> bool {
        self.scheme == Scheme::Strict
    }

    fn handler(&mut self) -> PyResult {
        if let Some(h) = &self.handler {
            return Ok(h.clone());
        }
        let h = registry::lookup_error(self.py, self.name)?;
        self.handler = Some(h.clone());
        Ok(h)
    }

    /// Handles the undecodable bytes `start..end`: appends the replacement and returns where to go on.
    ///
    /// Errors: `UnicodeDecodeError`, or what the handler raises.
    #[cold]
    pub fn decode(
        &mut self,
        encoding: &str,
        input: &mut Input<'_>,
        start: usize,
        end: usize,
        reason: &str,
        out: &mut StrBuilder,
    ) -> PyResult<usize> {
        let bytes = &input.bytes;
        match self.scheme {
            Scheme::Ignore => return Ok(end),
            Scheme::Replace => {
                out.push_char(0xfffd);
                return Ok(end);
            }
            Scheme::SurrogateEscape => {
                if let Some((text, at)) = handlers::escape_bytes(bytes, start, end) {
                    for c in text {
                        out.push_char(c);
                    }
                    return Ok(at);
                }
            }
            Scheme::BackslashReplace => {
                for &b in bytes.get(start..end).unwrap_or_default() {
                    crate::types::str_::push_escape(out, b as u32);
                }
                return Ok(end);
            }
            Scheme::SurrogatePass => {
                if let Some((c, n)) = handlers::pass_decode(bytes, start, encoding) {
                    out.push_char(c);
                    return Ok(start + n);
                }
            }
            Scheme::Registered => return self.decode_registered(encoding, input, start, end, reason, out),
            Scheme::Strict | Scheme::XmlCharRefReplace => {}
        }
        if self.scheme == Scheme::XmlCharRefReplace {
            return Err(type_error(self.py, "don't know how to handle UnicodeDecodeError in error callback"));
        }
        Err(match &input.object {
            Some(o) => raise_with_object::<PyUnicodeDecodeError>(self.py, encoding, o, start, end, reason),
            None => super::raise_decode_error(self.py, encoding, bytes, start, end, reason),
        })
    }

    fn decode_registered(
        &mut self,
        encoding: &str,
        input: &mut Input<'_>,
        start: usize,
        end: usize,
        reason: &str,
        out: &mut StrBuilder,
    ) -> PyResult<usize> {
        let py = self.py;
        let handler = self.handler()?;
        let object = match &input.object {
            Some(o) => o.clone(),
            None => {
                let o = PyBytes::new(py, &input.bytes)?.into_object();
                input.object = Some(o.clone());
                o
            }
        };
        let ty = PyUnicodeDecodeError::type_object();
        let exc = self.exception(ty, encoding, &object, start, end, reason)?;
        let (text, at) = call(py, &handler, &exc, "decoding error handler must return (str, int) tuple")?;
        let Some(text) = text.downcast::<PyStr>() else {
            return Err(type_error(py, "decoding error handler must return (str, int) tuple"));
        };
        // The handler may have changed what is being decoded.
        // SAFETY: made above as a UnicodeDecodeError, whose layout begins with these fields.
        let fields = unsafe { exc.downcast_unchecked::<ErrorObject>() };
        let now = fields.0.object.get_owned();
        let Some(now) = now.and_then(|o| o.downcast_into::<PyBytes>().ok()) else {
            return Err(type_error(py, "exception attribute object must be bytes"));
        };
        if !now.is(&object) {
            input.bytes = Cow::Owned(now.as_bytes().to_vec());
            input.object = Some(now.into_object());
        }
        let at = position(py, &at, input.bytes.len())?;
        out.push_pystr(text);
        Ok(at)
    }

    /// Handles the characters `start..end` that the encoding lacks: what stands for them, and where to go on.
    ///
    /// Errors: `UnicodeEncodeError`, or what the handler raises.
    #[cold]
    pub fn encode(
        &mut self,
        encoding: &str,
        text: &PyStr,
        start: usize,
        end: usize,
        reason: &str,
    ) -> PyResult<(Replacement, usize)> {
        let py = self.py;
        let view = text.view().slice(start, end);
        let mut b = StrBuilder::new();
        match self.scheme {
            Scheme::Ignore => {}
            Scheme::Replace => b.push_repeated('?' as u32, end - start),
            Scheme::BackslashReplace => {
                view.chars().for_each(|c| crate::types::str_::push_escape(&mut b, c));
            }
            Scheme::XmlCharRefReplace => view.chars().for_each(|c| b.push_str(&format!("&#{c};"))),
            Scheme::SurrogateEscape => {
                let bytes = handlers::unescape_start(view);
                if bytes.is_empty() {
                    return Err(self.encode_error(encoding, text, start, end, reason));
                }
                let at = start + bytes.len();
                return Ok((Replacement::Bytes(PyBytes::new(py, &bytes)?), at));
            }
            Scheme::SurrogatePass => {
                if let Some(bytes) = handlers::pass_encode(view, encoding) {
                    return Ok((Replacement::Bytes(PyBytes::new(py, &bytes)?), end));
                }
                return Err(self.encode_error(encoding, text, start, end, reason));
            }
            Scheme::Registered => return self.encode_registered(encoding, text, start, end, reason),
            Scheme::Strict => return Err(self.encode_error(encoding, text, start, end, reason)),
        }
        Ok((Replacement::Text(b.finish(py)?), end))
    }

    /// Raises `UnicodeEncodeError` as `strict` does; also when a replacement cannot be encoded itself.
    #[cold]
    pub fn encode_error(
        &self,
        encoding: &str,
        text: &PyStr,
        start: usize,
        end: usize,
        reason: &str,
    ) -> Raised {
        super::raise_encode_error(self.py, encoding, text, start, end, reason)
    }

    fn encode_registered(
        &mut self,
        encoding: &str,
        text: &PyStr,
        start: usize,
        end: usize,
        reason: &str,
    ) -> PyResult<(Replacement, usize)> {
        const WRONG: &str = "encoding error handler must return (str/bytes, int) tuple";
        let py = self.py;
        let handler = self.handler()?;
        let ty = PyUnicodeEncodeError::type_object();
        let exc = self.exception(ty, encoding, text.as_object(), start, end, reason)?;
        let (value, at) = call(py, &handler, &exc, WRONG)?;
        let value = match value.downcast_into::<PyStr>() {
            Ok(s) => Replacement::Text(s),
            Err(o) => match o.downcast_into::<PyBytes>() {
                Ok(b) => Replacement::Bytes(b),
                Err(_) => return Err(type_error(py, WRONG)),
            },
        };
        Ok((value, position(py, &at, text.len())?))
    }

    /// The exception for the handler, made at the first error and changed for the next ones.
    fn exception(
        &mut self,
        ty: &PyTypeObject,
        encoding: &str,
        object: &PyObject,
        start: usize,
        end: usize,
        reason: &str,
    ) -> PyResult {
        let py = self.py;
        if let Some(e) = &self.exception {
            // SAFETY: made below as a unicode error, whose layout begins with these fields.
            let fields = unsafe { &e.downcast_unchecked::<ErrorObject>().0 };
            fields.start.set(start as isize);
            fields.end.set(end as isize);
            fields.reason.set(Some(PyStr::new(py, reason)?.into_object()));
            return Ok(e.clone());
        }
        let args = super::raise::error_args(py, Some(encoding), object, start, end, reason)?;
        let e = ty.object().call(py, args.items())?;
        if !e.ty().is_subtype(ty) {
            return Err(type_error(py, "exception expected"));
        }
        self.exception = Some(e.clone());
        Ok(e)
    }
}

/// The fields of a unicode error as an object layout.
#[repr(transparent)]
pub(super) struct ErrorObject(pub(super) UnicodeErrorFields);
// SAFETY: begins with the object header.
unsafe impl PyLayout for ErrorObject {}

/// Calls a handler; its result taken apart.
fn call(py: Python, handler: &PyObject, exc: &PyObject, wrong: &str) -> PyResult<(Py, Py)> {
    let result = handler.call1(py, exc)?;
    match result.downcast::<PyTuple>().map(|t| t.items()) {
        Some([a, b]) if PyInt::check(b) => Ok((a.owned(), b.owned())),
        _ => Err(type_error(py, wrong)),
    }
}

/// The position a handler returned; negative ones count from the end.
fn position(py: Python, at: &PyObject, len: usize) -> PyResult<usize> {
    let p = at.index_isize(py, Some(&exceptions::PyExc_IndexError_Type))?;
    let q = if p < 0 { p.saturating_add(len as isize) } else { p };
    if q < 0 || q as usize > len {
        return Err(index_error(py, format!("position {p} from error handler out of bounds")));
    }
    Ok(q as usize)
}

fn raise_with_object<T: PyTypeInfo>(
    py: Python,
    encoding: &str,
    object: &PyObject,
    start: usize,
    end: usize,
    reason: &str,
) -> Raised {
    match super::raise::error_args(py, Some(encoding), object, start, end, reason) {
        Ok(args) => raise_with(py, T::type_object(), &args),
        Err(e) => e,
    }
}

/// The first run of surrogates from `at` on, for codecs that refuse them.
pub fn surrogate_run(text: &PyStr, at: usize) -> usize {
    at + text.view().slice(at, text.len()).chars().take_while(|&c| unit::is_surrogate(c)).count()
}
