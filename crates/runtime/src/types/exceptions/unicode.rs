//! `UnicodeDecodeError`, `UnicodeEncodeError`, `UnicodeTranslateError`.

use super::PyExc_UnicodeError_Type;
use super::base::{PyBaseException, no_keywords};
use crate::prelude::*;
use crate::types::buffer::Buffer;
use crate::types::{PyBytes, PyDict, PyInt, PyStr, PyTuple};

/// The fields all three share (`PyUnicodeErrorObject`).
#[repr(C)]
#[derive(Traverse)]
pub struct UnicodeErrorFields {
    pub base: PyBaseException,
    pub encoding: Slot,
    pub object: Slot,
    pub start: Cell<isize>,
    pub end: Cell<isize>,
    pub reason: Slot,
}

macro_rules! layouts {
    ($($t:ident)*) => { $(
        /// See [`UnicodeErrorFields`].
        #[repr(C)]
        #[derive(Traverse)]
        pub struct $t {
            pub fields: UnicodeErrorFields,
        }
    )* };
}
layouts!(PyUnicodeDecodeError PyUnicodeEncodeError PyUnicodeTranslateError);

impl UnicodeErrorFields {
    /// The offending range, clamped to an object of length `len` as the C accessors do.
    pub fn range(&self, len: isize) -> (isize, isize) {
        let start = self.start.get().clamp(0, (len - 1).max(0));
        let end = self.end.get().clamp(1.min(len), len);
        (start, end.max(start))
    }

    fn fill(
        &self,
        py: Python,
        encoding: Option<&PyObject>,
        object: Py,
        start: &PyObject,
        end: &PyObject,
        reason: &PyObject,
    ) -> PyResult<()> {
        if let Some(e) = encoding {
            self.encoding.set(Some(e.owned()));
        }
        self.object.set(Some(object));
        self.start.set(start.index_isize(py, Some(&super::PyExc_OverflowError_Type))?);
        self.end.set(end.index_isize(py, Some(&super::PyExc_OverflowError_Type))?);
        self.reason.set(Some(reason.owned()));
        Ok(())
    }

    /// The object, which must be one of `T`s; asked for after `str()` of the other fields has run, as that may change it.
    fn object_as<T: PyTypeInfo>(&self, py: Python, what: &str) -> PyResult<Py<T>> {
        let Some(o) = self.object.get_owned() else {
            return Err(type_error(py, "UnicodeError 'object' attribute is not set"));
        };
        o.downcast_into::<T>()
            .map_err(|_| type_error(py, format!("UnicodeError 'object' attribute must be a {what}")))
    }

    fn text(&self, py: Python, s: &Slot) -> PyResult<String> {
        match s.get_owned() {
            Some(o) => Ok(o.str_(py)?.to_string_lossy()),
            None => Ok("None".into()),
        }
    }
}

fn arguments<'a>(
    py: Python,
    args: &'a PyTuple,
    kwargs: Option<&PyDict>,
    o: &PyObject,
    n: usize,
) -> PyResult<&'a [&'a PyObject]> {
    no_keywords(py, o, kwargs)?;
    if args.len() != n {
        return Err(type_error(py, format!("function takes exactly {n} arguments ({} given)", args.len())));
    }
    Ok(args.items())
}

fn must_be(py: Python, i: usize, what: &str, o: &PyObject) -> Raised {
    type_error(py, format!("argument {i} must be {what}, not {}", type_name(o)))
}

fn need_str(py: Python, i: usize, o: &PyObject) -> PyResult<()> {
    if PyStr::check(o) { Ok(()) } else { Err(must_be(py, i, "str", o)) }
}

fn char_text(c: u32) -> String {
    match c {
        0..=0xff => format!("\\x{c:02x}"),
        0x100..=0xffff => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    }
}

/// Bytes could not be decoded.
#[pytype(name = "UnicodeDecodeError", symbol = "PyExc_UnicodeDecodeError_Type", base = PyBaseException, base_type = PyExc_UnicodeError_Type, flags(BASETYPE, GC), dictoffset = 16, members(fields.encoding: object "name of the encoding", fields.object: object "the whole input", fields.start: isize "where the bad part starts", fields.end: isize "where the bad part ends", fields.reason: object "what is wrong"))]
impl PyUnicodeDecodeError {
    /// As for all exceptions.
    ///
    /// # Safety
    /// The C contract of `tp_new`.
    #[slot(tp_new, raw)]
    unsafe extern "C" fn new(
        cls: *mut PyTypeObject,
        args: *mut PyObject,
        kwargs: *mut PyObject,
    ) -> *mut PyObject {
        // SAFETY: the caller's promise.
        unsafe { PyBaseException::new(cls, args, kwargs) }
    }

    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        no_keywords(py, self.as_object(), kwargs)?;
        self.args.set(Some(args.owned()));
        let a = arguments(py, args, None, self.as_object(), 5)?;
        need_str(py, 1, a[0])?;
        need_str(py, 5, a[4])?;
        let object = if PyBytes::check(a[1]) {
            a[1].owned()
        } else {
            let view = Buffer::get_simple(py, a[1])?;
            PyBytes::new(py, view.as_slice())?.into_object()
        };
        self.fields.fill(py, Some(a[0]), object, a[2], a[3], a[4])
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        let f = &self.fields;
        if f.object.is_empty() {
            return PyStr::new(py, "");
        }
        let reason = f.text(py, &f.reason)?;
        let encoding = f.text(py, &f.encoding)?;
        let object = f.object_as::<PyBytes>(py, "bytes")?;
        let (start, end) = (f.start.get(), f.end.get());
        let byte = usize::try_from(start).ok().and_then(|i| object.as_bytes().get(i).copied());
        PyStr::new(
            py,
            &match byte {
                Some(b) if end == start.wrapping_add(1) => {
                    format!("'{encoding}' codec can't decode byte 0x{b:02x} in position {start}: {reason}")
                }
                _ => {
                    format!(
                        "'{encoding}' codec can't decode bytes in position {start}-{}: {reason}",
                        end.wrapping_sub(1)
                    )
                }
            },
        )
    }
}

/// Text could not be encoded.
#[pytype(name = "UnicodeEncodeError", symbol = "PyExc_UnicodeEncodeError_Type", base = PyBaseException, base_type = PyExc_UnicodeError_Type, flags(BASETYPE, GC), dictoffset = 16, members(fields.encoding: object "name of the encoding", fields.object: object "the whole input", fields.start: isize "where the bad part starts", fields.end: isize "where the bad part ends", fields.reason: object "what is wrong"))]
impl PyUnicodeEncodeError {
    /// As for all exceptions.
    ///
    /// # Safety
    /// The C contract of `tp_new`.
    #[slot(tp_new, raw)]
    unsafe extern "C" fn new(
        cls: *mut PyTypeObject,
        args: *mut PyObject,
        kwargs: *mut PyObject,
    ) -> *mut PyObject {
        // SAFETY: the caller's promise.
        unsafe { PyBaseException::new(cls, args, kwargs) }
    }

    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        no_keywords(py, self.as_object(), kwargs)?;
        self.args.set(Some(args.owned()));
        let a = arguments(py, args, None, self.as_object(), 5)?;
        for i in [0, 1, 4] {
            need_str(py, i + 1, a[i])?;
        }
        self.fields.fill(py, Some(a[0]), a[1].owned(), a[2], a[3], a[4])
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        let f = &self.fields;
        if f.object.is_empty() {
            return PyStr::new(py, "");
        }
        let reason = f.text(py, &f.reason)?;
        let encoding = f.text(py, &f.encoding)?;
        let object = f.object_as::<PyStr>(py, "string")?;
        PyStr::new(py, &format!("'{encoding}' codec can't encode {}: {reason}", place(f, &object)))
    }
}

/// `character '\\u…' in position N`, or the plural.
fn place(f: &UnicodeErrorFields, object: &PyStr) -> String {
    let (start, end) = (f.start.get(), f.end.get());
    let c = usize::try_from(start).ok().filter(|&i| i < object.len()).map(|i| object.char_at(i));
    match c {
        Some(c) if end == start.wrapping_add(1) => {
            format!("character '{}' in position {start}", char_text(c))
        }
        _ => format!("characters in position {start}-{}", end.wrapping_sub(1)),
    }
}

/// Text could not be translated.
#[pytype(name = "UnicodeTranslateError", symbol = "PyExc_UnicodeTranslateError_Type", base = PyBaseException, base_type = PyExc_UnicodeError_Type, flags(BASETYPE, GC), dictoffset = 16, members(fields.encoding: object "name of the encoding", fields.object: object "the whole input", fields.start: isize "where the bad part starts", fields.end: isize "where the bad part ends", fields.reason: object "what is wrong"))]
impl PyUnicodeTranslateError {
    /// As for all exceptions.
    ///
    /// # Safety
    /// The C contract of `tp_new`.
    #[slot(tp_new, raw)]
    unsafe extern "C" fn new(
        cls: *mut PyTypeObject,
        args: *mut PyObject,
        kwargs: *mut PyObject,
    ) -> *mut PyObject {
        // SAFETY: the caller's promise.
        unsafe { PyBaseException::new(cls, args, kwargs) }
    }

    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        no_keywords(py, self.as_object(), kwargs)?;
        self.args.set(Some(args.owned()));
        let a = arguments(py, args, None, self.as_object(), 4)?;
        for i in [0, 3] {
            need_str(py, i + 1, a[i])?;
        }
        self.fields.fill(py, None, a[0].owned(), a[1], a[2], a[3])
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        let f = &self.fields;
        if f.object.is_empty() {
            return PyStr::new(py, "");
        }
        let reason = f.text(py, &f.reason)?;
        let object = f.object_as::<PyStr>(py, "string")?;
        PyStr::new(py, &format!("can't translate {}: {reason}", place(f, &object)))
    }
}

fn raise_coding(
    py: Python,
    ty: &PyTypeObject,
    encoding: &str,
    object: Py,
    start: usize,
    end: usize,
    reason: &str,
) -> Raised {
    let args = || -> PyResult<Py<PyTuple>> {
        PyTuple::new(
            py,
            [
                PyStr::new(py, encoding)?.into_object(),
                object,
                PyInt::from_i64(py, start as i64)?.into_object(),
                PyInt::from_i64(py, end as i64)?.into_object(),
                PyStr::new(py, reason)?.into_object(),
            ],
        )
    };
    match args() {
        Ok(a) => raise_with(py, ty, &a),
        Err(e) => e,
    }
}

/// Raises `UnicodeDecodeError(encoding, bytes, start, end, reason)`.
#[cold]
pub fn raise_decode_error(
    py: Python,
    encoding: &str,
    bytes: &[u8],
    start: usize,
    end: usize,
    reason: &str,
) -> Raised {
    match PyBytes::new(py, bytes) {
        Ok(b) => {
            raise_coding(py, &PyExc_UnicodeDecodeError_Type, encoding, b.into_object(), start, end, reason)
        }
        Err(e) => e,
    }
}

/// Raises `UnicodeEncodeError(encoding, text, start, end, reason)`.
#[cold]
pub fn raise_encode_error(
    py: Python,
    encoding: &str,
    text: &PyStr,
    start: usize,
    end: usize,
    reason: &str,
) -> Raised {
    raise_coding(py, &PyExc_UnicodeEncodeError_Type, encoding, text.as_object().owned(), start, end, reason)
}
