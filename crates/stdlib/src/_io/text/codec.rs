//! The codecs of a `TextIOWrapper`: looking them up, and the usual ones without a detour through Python.

use super::super::newline::PyNewlineDecoder;
use runtime::codecs;
use runtime::codecs::utf16::Order;
use runtime::prelude::*;
use std::cell::RefCell;

/// Codecs that are encoded natively, by the names their `CodecInfo` has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fast {
    Ascii,
    Latin1,
    Utf8,
    Utf16,
    Utf16Le,
    Utf16Be,
    Utf32,
    Utf32Le,
    Utf32Be,
}

impl Fast {
    fn named(name: &str) -> Option<Fast> {
        Some(match name {
            "ascii" => Fast::Ascii,
            "iso8859-1" => Fast::Latin1,
            "utf-8" => Fast::Utf8,
            "utf-16" => Fast::Utf16,
            "utf-16-le" => Fast::Utf16Le,
            "utf-16-be" => Fast::Utf16Be,
            "utf-32" => Fast::Utf32,
            "utf-32-le" => Fast::Utf32Le,
            "utf-32-be" => Fast::Utf32Be,
            _ => return None,
        })
    }

    /// Are ASCII characters encoded as themselves?
    pub fn keeps_ascii(self) -> bool {
        matches!(self, Fast::Ascii | Fast::Latin1 | Fast::Utf8)
    }

    /// Encodes; at the start of a stream with a byte order mark where the codec has one.
    pub fn encode(self, py: Python, text: &PyStr, errors: &str, start: bool) -> PyResult<Py<PyBytes>> {
        // After the start the order is this machine's.
        let native = if cfg!(target_endian = "big") { Order::Big } else { Order::Little };
        let order = |o: Order| if start { Order::Detect } else { o };
        match self {
            Fast::Ascii => codecs::single::encode_ascii(py, text, errors),
            Fast::Latin1 => codecs::single::encode_latin1(py, text, errors),
            Fast::Utf8 => codecs::utf8::encode(py, text, errors),
            Fast::Utf16 => codecs::utf16::encode(py, text, errors, order(native)),
            Fast::Utf16Le => codecs::utf16::encode(py, text, errors, Order::Little),
            Fast::Utf16Be => codecs::utf16::encode(py, text, errors, Order::Big),
            Fast::Utf32 => codecs::utf32::encode(py, text, errors, order(native)),
            Fast::Utf32Le => codecs::utf32::encode(py, text, errors, Order::Little),
            Fast::Utf32Be => codecs::utf32::encode(py, text, errors, Order::Big),
        }
    }
}

/// A codec, looked up.
pub(super) struct Codec {
    info: Py<PyTuple>,
    /// Set if the codec is the library's own of that name.
    pub fast: Option<Fast>,
}

impl Codec {
    /// Errors: `LookupError` for an unknown encoding and for one that is not between text and bytes.
    pub fn lookup(py: Python, encoding: &str) -> PyResult<Codec> {
        let info = codecs::registry::lookup_text(py, encoding, None)?;
        let name = info.as_object().getattr_opt(py, intern!(py, "name"))?;
        let fast =
            name.and_then(|n| n.downcast_into::<PyStr>().ok()).and_then(|n| Fast::named(n.as_ascii()?));
        Ok(Codec { info, fast })
    }

    fn make(&self, py: Python, attribute: &PyStr, errors: &PyStr) -> PyResult {
        self.info.as_object().getattr(py, attribute)?.call1(py, errors)
    }

    /// An incremental encoder.
    pub fn encoder(&self, py: Python, errors: &PyStr) -> PyResult {
        self.make(py, intern!(py, "incrementalencoder"), errors)
    }

    /// An incremental decoder.
    pub fn decoder(&self, py: Python, errors: &PyStr) -> PyResult {
        let class = self.info.as_object().getattr(py, intern!(py, "incrementaldecoder"))?;
        let own = match self.fast {
            Some(Fast::Utf8) => Some((Decoding::Utf8, "encodings.utf_8")),
            Some(Fast::Ascii) => Some((Decoding::Ascii, "encodings.ascii")),
            Some(Fast::Latin1) => Some((Decoding::Latin1, "encodings.latin_1")),
            _ => None,
        };
        if let Some((decoding, module)) = own
            && is_library_class(py, module, &class)?
        {
            return Ok(PyTextDecoder::new(py, decoding, errors)?.into_object());
        }
        class.call1(py, errors)
    }
}

/// Is the class the `IncrementalDecoder` of a module of the library?
fn is_library_class(py: Python, module: &str, class: &PyObject) -> PyResult<bool> {
    match runtime::import::modules(py)?.get_text(py, module)? {
        Some(m) => {
            let own = m.getattr_opt(py, intern!(py, "IncrementalDecoder"))?;
            Ok(own.is_some_and(|c| c.is(class)))
        }
        None => Ok(false),
    }
}

/// What a [`PyTextDecoder`] decodes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decoding {
    Utf8,
    Ascii,
    Latin1,
}

/// An incremental decoder that does what the library's classes for UTF-8, ASCII and Latin-1 do.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTextDecoder {
    pub ob_base: PyObject,
    errors: Py<PyStr>,
    /// The beginning of a character whose rest has not come yet.
    #[traverse(skip)]
    pending: RefCell<Vec<u8>>,
    #[traverse(skip)]
    decoding: Decoding,
}

impl PyTextDecoder {
    fn new(py: Python, decoding: Decoding, errors: &PyStr) -> PyResult<Py<PyTextDecoder>> {
        let ty = PyTextDecoder::type_object();
        new_object(
            py,
            ty,
            PyTextDecoder {
                ob_base: PyObject::header(ty),
                errors: errors.owned(),
                pending: RefCell::new(Vec::new()),
                decoding,
            },
        )
    }

    /// Decodes more input.
    pub fn feed(&self, py: Python, bytes: &[u8], last: bool) -> PyResult<Py<PyStr>> {
        let errors = self.errors.as_utf8(py)?;
        match self.decoding {
            Decoding::Latin1 => return PyStr::from_latin1(py, bytes),
            Decoding::Ascii => return codecs::single::decode_ascii(py, bytes, errors),
            Decoding::Utf8 => {}
        }
        // Error handlers run Python code: nothing stays borrowed meanwhile.
        let pending = self.pending.take();
        if pending.is_empty() {
            let (text, used) = codecs::utf8::decode(py, bytes, errors, last)?;
            self.pending.replace(bytes.get(used..).unwrap_or_default().to_vec());
            return Ok(text);
        }
        let mut all = pending.clone();
        all.extend_from_slice(bytes);
        match codecs::utf8::decode(py, &all, errors, last) {
            Ok((text, used)) => {
                self.pending.replace(all.get(used..).unwrap_or_default().to_vec());
                Ok(text)
            }
            Err(e) => {
                self.pending.replace(pending);
                Err(e)
            }
        }
    }

    /// Bytes that wait for the rest of their character.
    pub fn pending(&self) -> Vec<u8> {
        self.pending.borrow().clone()
    }
}

/// Decodes UTF-8, ASCII or Latin-1 piece by piece.
#[pytype(name = "_TextDecoder", module = "_io", flags(GC, DISALLOW_INSTANTIATION))]
impl PyTextDecoder {
    #[pymethod(sig = "(input, final=False)", nodoc)]
    fn decode(&self, py: Python, input: &PyObject, final_: bool) -> PyResult<Py<PyStr>> {
        let view = runtime::types::buffer::Buffer::get_simple(py, input)?;
        self.feed(py, view.as_slice(), final_)
    }

    #[pymethod(nodoc)]
    fn reset(&self) {
        self.pending.replace(Vec::new());
    }

    #[pymethod(nodoc)]
    fn getstate(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let pending = PyBytes::new(py, &self.pending())?.into_object();
        PyTuple::new(py, [pending, PyInt::from_i64(py, 0)?.into_object()])
    }

    #[pymethod(sig = "(state, /)", nodoc)]
    fn setstate(&self, py: Python, state: &PyObject) -> PyResult<()> {
        let state = state.to_tuple(py)?;
        let Some(bytes) = state.get(0) else { return Err(index_error(py, "tuple index out of range")) };
        let view = runtime::types::buffer::Buffer::get_simple(py, bytes)?;
        if self.decoding == Decoding::Utf8 {
            self.pending.replace(view.as_slice().to_vec());
        }
        Ok(())
    }
}

/// Feeds a decoder, whatever kind it is of; the text.
pub(super) fn decode(py: Python, decoder: &PyObject, input: &PyObject, last: bool) -> PyResult<Py<PyStr>> {
    if let Some(n) = decoder.downcast_exact::<PyNewlineDecoder>() {
        return n.decode(py, input, last);
    }
    if let Some(d) = decoder.downcast_exact::<PyTextDecoder>() {
        return d.decode(py, input, last);
    }
    let r = decoder.call_method(py, intern!(py, "decode"), &[input, py_bool(last).as_object()])?;
    r.downcast_into::<PyStr>()
        .map_err(|r| type_error(py, format!("decoder should return a string result, not '{}'", tp_name(&r))))
}

/// A decoder's state: the bytes it holds back, and its flags.
pub(super) fn decoder_state(py: Python, decoder: &PyObject) -> PyResult<(Py<PyBytes>, i64)> {
    let state = decoder.call_method0(py, intern!(py, "getstate"))?;
    let parts = state.downcast::<PyTuple>().map_or(&[][..], |t| t.items());
    let &[buffer, flags] = parts else { return Err(type_error(py, "illegal decoder state")) };
    let Some(buffer) = buffer.downcast::<PyBytes>() else {
        let got = tp_name(buffer);
        let text = format!("illegal decoder state: the first item should be a bytes object, not '{got}'");
        return Err(type_error(py, text));
    };
    let Some(flags) = flags.downcast::<PyInt>() else { return Err(type_error(py, "illegal decoder state")) };
    Ok((buffer.owned(), i64::from(flags.to_i32(py)?)))
}
