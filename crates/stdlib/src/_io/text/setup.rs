//! Making a `TextIOWrapper`, and changing how it works.

use super::super::buffered::{PyBufferedRandom, PyBufferedReader, PyBufferedWriter};
use super::super::fileio::PyFileIO;
use super::super::helpers::*;
use super::super::newline::PyNewlineDecoder;
use super::super::stringio::check_newline;
use super::codec::Codec;
use super::type_::PyTextIOWrapper;
use runtime::prelude::*;
use runtime::state::interpreter;

/// A `str` argument that may be `None`.
pub(super) fn optional_str<'a>(
    py: Python,
    function: &str,
    name: &str,
    o: Option<&'a PyObject>,
) -> PyResult<Option<&'a PyStr>> {
    match o.filter(|o| !o.is_none()) {
        None => Ok(None),
        Some(o) => match o.downcast::<PyStr>() {
            Some(s) => Ok(Some(s)),
            None => {
                let got = type_name(o);
                Err(type_error(py, format!("{function}() argument '{name}' must be str or None, not {got}")))
            }
        },
    }
}

fn no_nul(py: Python, s: &PyStr) -> PyResult<()> {
    if s.chars().any(|c| c == 0) { Err(value_error(py, "embedded null character")) } else { Ok(()) }
}

/// The encoding of the locale, as `nl_langinfo(CODESET)` tells.
pub(in super::super) fn locale_encoding(py: Python) -> PyResult<Py<PyStr>> {
    if interpreter(py).config.borrow().utf8_mode {
        return PyStr::new(py, "utf-8");
    }
    // SAFETY: a string of the C library, copied at once.
    let name = unsafe {
        let p = libc::nl_langinfo(libc::CODESET);
        if p.is_null() { String::new() } else { std::ffi::CStr::from_ptr(p).to_string_lossy().into_owned() }
    };
    // The C locale knows nothing of encodings: its files are taken for what all others are.
    PyStr::new(
        py,
        match name.as_str() {
            "" | "ANSI_X3.4-1968" => "UTF-8",
            n => n,
        },
    )
}

/// Errors: `LookupError` in development mode for an unknown error handler.
fn check_errors(py: Python, errors: &PyStr) -> PyResult<()> {
    errors.as_utf8(py)?;
    if interpreter(py).config.borrow().dev_mode && !interpreter(py).finalizing.get() {
        runtime::codecs::registry::lookup_error(py, errors.as_utf8(py)?)?;
    }
    Ok(())
}

/// What `TextIOWrapper()` was given.
pub(super) struct Arguments<'a> {
    pub buffer: &'a PyObject,
    pub encoding: Option<&'a PyStr>,
    pub errors: Option<&'a PyStr>,
    pub newline: Option<&'a PyStr>,
    pub line_buffering: bool,
    pub write_through: bool,
}

impl PyTextIOWrapper {
    pub(super) fn set_up(&self, py: Python, a: Arguments<'_>) -> PyResult<()> {
        self.ok.set(false);
        self.detached.set(false);
        if a.encoding.is_none() && interpreter(py).config.borrow().warn_default_encoding {
            warn(py, &exceptions::PyExc_EncodingWarning_Type, "'encoding' argument not specified", 1)?;
        }
        for s in [a.encoding, a.errors].into_iter().flatten() {
            s.as_utf8(py)?;
            no_nul(py, s)?;
        }
        if let Some(n) = a.newline {
            no_nul(py, n)?;
            check_newline(py, n, false)?;
        }
        let encoding = match a.encoding {
            Some(e) if !e.eq_str("locale") => e.owned(),
            Some(_) | None => locale_encoding(py)?,
        };
        let errors = match a.errors {
            Some(e) => e.owned(),
            None => PyStr::new(py, "strict")?,
        };
        let codec = Codec::lookup(py, encoding.as_utf8(py)?)?;
        check_errors(py, &errors)?;
        self.chunk_size.set(8192);
        self.line_buffering.set(a.line_buffering);
        self.write_through.set(a.write_through);
        self.set_newline(a.newline);
        self.buffer.set(Some(a.buffer.owned()));
        self.encoding.set(Some(encoding));
        self.forget_chunk();
        self.pending.borrow_mut().clear();
        self.make_decoder(py, &codec, &errors)?;
        self.make_encoder(py, &codec, &errors)?;
        self.errors.set(Some(errors));
        self.raw.set(None);
        let ours = PyBufferedReader::check_exact(a.buffer)
            || PyBufferedWriter::check_exact(a.buffer)
            || PyBufferedRandom::check_exact(a.buffer);
        if ours && let Some(raw) = a.buffer.getattr_opt(py, intern!(py, "raw"))? {
            self.raw.set(raw.downcast_into::<PyFileIO>().ok().filter(|r| PyFileIO::check_exact(r)));
        }
        let seekable = a.buffer.call_method0(py, intern!(py, "seekable"))?.is_true(py)?;
        self.seekable.set(seekable);
        self.telling.set(seekable);
        self.has_read1.set(a.buffer.hasattr(py, intern!(py, "read1"))?);
        self.fix_encoder_state(py)?;
        self.ok.set(true);
        Ok(())
    }

    fn set_newline(&self, newline: Option<&PyStr>) {
        let universal = newline.is_none_or(|n| n.is_empty());
        self.universal.set(universal);
        self.translate_reading.set(newline.is_none());
        self.translate_writing.set(newline.is_none_or(|n| !n.is_empty()));
        self.read_newline.set(newline.map(|n| n.owned()));
        // On this platform a line ends with `\n`.
        let other = newline.filter(|n| !universal && !n.eq_str("\n"));
        self.write_newline.set(other.map(|n| n.owned()));
    }

    fn make_decoder(&self, py: Python, codec: &Codec, errors: &PyStr) -> PyResult<()> {
        let buffer = self.buffer(py)?;
        self.decoder.set(None);
        if !buffer.call_method0(py, intern!(py, "readable"))?.is_true(py)? {
            return Ok(());
        }
        let mut decoder = codec.decoder(py, errors)?;
        if self.universal.get() {
            let translate = py_bool(self.translate_reading.get());
            let class = PyNewlineDecoder::type_object().object();
            decoder = class.call(py, &[&decoder, translate.as_object()])?;
        }
        self.decoder.set(Some(decoder));
        Ok(())
    }

    fn make_encoder(&self, py: Python, codec: &Codec, errors: &PyStr) -> PyResult<()> {
        let buffer = self.buffer(py)?;
        self.encoder.set(None);
        self.fast.set(None);
        if !buffer.call_method0(py, intern!(py, "writable"))?.is_true(py)? {
            return Ok(());
        }
        self.encoder.set(Some(codec.encoder(py, errors)?));
        self.fast.set(codec.fast);
        Ok(())
    }

    /// Tells the encoder whether it is at the start of the stream: only there a byte order mark is written.
    fn fix_encoder_state(&self, py: Python) -> PyResult<()> {
        let Some(encoder) = self.encoder.get_owned().filter(|_| self.seekable.get()) else { return Ok(()) };
        self.at_start.set(true);
        let at = self.buffer(py)?.call_method0(py, intern!(py, "tell"))?;
        let zero = PyInt::from_i64(py, 0)?;
        if !at.eq(py, zero.as_object())? {
            self.at_start.set(false);
            encoder.call_method1(py, intern!(py, "setstate"), zero.as_object())?;
        }
        Ok(())
    }

    /// `reconfigure`.
    pub(super) fn change(
        &self,
        py: Python,
        encoding: Option<&PyStr>,
        errors: Option<&PyStr>,
        newline: Option<Option<&PyStr>>,
        line_buffering: Option<&PyObject>,
        write_through: Option<&PyObject>,
    ) -> PyResult<()> {
        if !self.decoded.is_empty() && (encoding.is_some() || errors.is_some() || newline.is_some()) {
            return Err(unsupported(
                py,
                "It is not possible to set the encoding or newline of stream after the first read",
            ));
        }
        if let Some(Some(n)) = newline {
            check_newline(py, n, false)?;
        }
        let flag = |o: Option<&PyObject>, old: bool| match o.filter(|o| !o.is_none()) {
            None => Ok(old),
            Some(o) => Ok(runtime::abstract_::number::index(py, o)?.to_i32(py)? != 0),
        };
        let line_buffering = flag(line_buffering, self.line_buffering.get())?;
        let write_through = flag(write_through, self.write_through.get())?;
        self.as_object().call_method0(py, intern!(py, "flush"))?;
        self.bytes_per_char.set(0.0);
        if let Some(n) = newline {
            self.set_newline(n);
        }
        self.change_encoding(py, encoding, errors, newline.is_some())?;
        self.line_buffering.set(line_buffering);
        self.write_through.set(write_through);
        Ok(())
    }

    fn change_encoding(
        &self,
        py: Python,
        encoding: Option<&PyStr>,
        errors: Option<&PyStr>,
        newline: bool,
    ) -> PyResult<()> {
        if encoding.is_none() && errors.is_none() && !newline {
            return Ok(());
        }
        let strict = || PyStr::new(py, "strict");
        let (encoding, errors) = match (encoding, errors) {
            (None, None) => (self.encoding.get_owned(), self.errors.get_owned()),
            (None, Some(e)) => (self.encoding.get_owned(), Some(e.owned())),
            (Some(enc), errors) => {
                let enc = if enc.eq_str("locale") { locale_encoding(py)? } else { enc.owned() };
                (Some(enc), Some(errors.map_or_else(strict, |e| Ok(e.owned()))?))
            }
        };
        let (Some(encoding), Some(errors)) = (encoding, errors) else { return Err(bad_internal_call(py)) };
        let codec = Codec::lookup(py, encoding.as_utf8(py)?)?;
        check_errors(py, &errors)?;
        self.make_decoder(py, &codec, &errors)?;
        self.make_encoder(py, &codec, &errors)?;
        self.encoding.set(Some(encoding));
        self.errors.set(Some(errors));
        self.fix_encoder_state(py)
    }
}
