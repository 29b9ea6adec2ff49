//! The types of `_multibytecodec`.

use super::codec::{Codec, State};
use super::convert::{self, Decoding};
use crate::system::Bytes;
use runtime::prelude::*;
use runtime::types::exceptions::{PyExc_UnicodeError_Type, raise_decode_error};
use std::cell::RefCell;

/// The longest beginning of a character a decoder keeps.
const MAX_DECODER_PENDING: usize = 8;
/// The longest one an encoder keeps, in characters.
const MAX_ENCODER_PENDING: usize = 2;

/// A codec as an object.
#[repr(C)]
pub struct PyMultibyteCodec {
    pub ob_base: PyObject,
    codec: &'static Codec,
}

impl PyMultibyteCodec {
    pub fn make(py: Python, codec: &'static Codec) -> PyResult<Py<PyMultibyteCodec>> {
        let ty = PyMultibyteCodec::type_object();
        new_object(py, ty, PyMultibyteCodec { ob_base: PyObject::header(ty), codec })
    }
}

/// A text argument; other objects are converted with `str()`.
fn text_of(py: Python, input: &PyObject) -> PyResult<Py<PyStr>> {
    match input.downcast::<PyStr>() {
        Some(s) => Ok(s.owned()),
        None => input.str_(py),
    }
}

#[pytype(
    name = "MultibyteCodec",
    module = "_multibytecodec",
    flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE),
    nosig
)]
impl PyMultibyteCodec {
    /// Encodes input: the bytes and the number of characters.
    ///
    /// errors names what is done with characters the encoding lacks: 'strict', the default, raises UnicodeEncodeError,
    /// 'ignore', 'replace', 'xmlcharrefreplace' and whatever codecs.register_error() knows for encoding.
    #[pymethod(sig = "(input, errors=None)")]
    fn encode(&self, py: Python, input: &PyObject, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        let text = text_of(py, input)?;
        let mut state = State::default();
        self.codec.start_encoder(&mut state);
        let errors = errors.unwrap_or("strict");
        let out = if text.is_empty() {
            let mut out = Vec::new();
            self.codec.reset_encoder(&mut state, &mut out);
            out
        } else {
            convert::encode(py, self.codec, &mut state, &text, errors, true)?.0
        };
        PyTuple::new(
            py,
            [PyBytes::new(py, &out)?.into_object(), PyInt::from_usize(py, text.len())?.into_object()],
        )
    }

    /// Decodes input: the text and the number of bytes.
    ///
    /// errors names what is done with bytes that have no meaning: 'strict', the default, raises UnicodeDecodeError,
    /// 'ignore', 'replace' and whatever codecs.register_error() knows for decoding.
    #[pymethod(sig = "(input, errors=None)")]
    fn decode(&self, py: Python, input: Bytes, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        let mut state = State::default();
        self.codec.start_decoder(&mut state);
        let errors = errors.unwrap_or("strict");
        let mut d = Decoding::new(py, self.codec, &input);
        // After a handled error at the end a handler may have gone back.
        while d.at < d.input.len() {
            d.run(&mut state, errors)?;
            d.finish(errors)?;
        }
        PyTuple::new(py, [d.text()?.into_object(), PyInt::from_usize(py, input.len())?.into_object()])
    }
}

/// What the stateful objects have in common.
struct Context {
    codec: &'static Codec,
    state: Cell<State>,
    errors: RefCell<String>,
}

impl Context {
    fn new(py: Python, cls: &PyTypeObject, errors: &str, encoder: bool) -> PyResult<Context> {
        let found = cls.object().getattr(py, intern!(py, "codec"))?;
        let Some(codec) = found.downcast_exact::<PyMultibyteCodec>().map(|c| c.codec) else {
            return Err(type_error(py, "codec is unexpected type"));
        };
        let mut state = State::default();
        if encoder {
            codec.start_encoder(&mut state);
        } else {
            codec.start_decoder(&mut state);
        }
        Ok(Context { codec, state: Cell::new(state), errors: RefCell::new(errors.to_owned()) })
    }

    fn errors(&self) -> String {
        self.errors.borrow().clone()
    }

    fn set_errors(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(attribute_error(py, "cannot delete attribute"));
        };
        let Some(s) = value.downcast::<PyStr>() else {
            return Err(type_error(py, "errors must be a string"));
        };
        let name = s.as_utf8(py)?.to_owned();
        self.errors.replace(name);
        Ok(())
    }

    /// Encodes what is pending and the input, and keeps what is unfinished.
    fn encode(&self, py: Python, pending: &Slot<PyStr>, input: &PyObject, last: bool) -> PyResult<Vec<u8>> {
        let mut text = text_of(py, input)?;
        let before = pending.take();
        if let Some(p) = &before {
            text = match PyStr::concat(py, p, &text) {
                Ok(t) => t,
                Err(e) => {
                    pending.set(before);
                    return Err(e);
                }
            };
        }
        let mut state = self.state.get();
        let result = if text.is_empty() && !last {
            Ok((Vec::new(), 0))
        } else {
            convert::encode(py, self.codec, &mut state, &text, &self.errors(), last)
        };
        self.state.set(state);
        let (out, used) = match result {
            Ok(r) => r,
            Err(e) => {
                pending.set(before);
                return Err(e);
            }
        };
        if used < text.len() {
            if text.len() - used > MAX_ENCODER_PENDING {
                return Err(raise(py, &PyExc_UnicodeError_Type, "pending buffer overflow"));
            }
            let rest: Vec<u32> = text.chars().skip(used).collect();
            pending.set(Some(PyStr::from_ucs4(py, &rest)?));
        }
        Ok(out)
    }

    /// Decodes what is pending and the input, and keeps what is unfinished.
    fn decode(&self, py: Python, pending: &RefCell<Vec<u8>>, input: &[u8], last: bool) -> PyResult<Vec<u32>> {
        let before = pending.take();
        let mut all = before.clone();
        all.extend_from_slice(input);
        let errors = self.errors();
        let mut state = self.state.get();
        let mut d = Decoding::new(py, self.codec, &all);
        let run = d.run(&mut state, &errors);
        self.state.set(state);
        run?;
        if last && let Err(e) = d.finish(&errors) {
            pending.replace(before);
            return Err(e);
        }
        let rest = all.get(d.at..).unwrap_or_default();
        if rest.len() > MAX_DECODER_PENDING {
            let reason = "pending buffer overflow";
            return Err(raise_decode_error(py, self.codec.name, &all, 0, all.len(), reason));
        }
        pending.replace(rest.to_vec());
        Ok(std::mem::take(&mut d.out))
    }
}

/// Encodes text that comes in parts.
#[repr(C)]
#[derive(Traverse)]
pub struct PyMultibyteIncrementalEncoder {
    pub ob_base: PyObject,
    #[traverse(skip)]
    context: Context,
    pending: Slot<PyStr>,
}

#[pytype(
    name = "MultibyteIncrementalEncoder",
    module = "_multibytecodec",
    flags(GC, BASETYPE, IMMUTABLETYPE),
    nosig,
    doc = ""
)]
impl PyMultibyteIncrementalEncoder {
    #[slot(tp_new, sig = "(errors='strict')", function = "IncrementalEncoder")]
    fn new(py: Python, cls: &PyTypeObject, errors: &str) -> PyResult<Py<PyMultibyteIncrementalEncoder>> {
        let context = Context::new(py, cls, errors, true)?;
        let ob_base = PyObject::header(cls);
        new_object(py, cls, PyMultibyteIncrementalEncoder { ob_base, context, pending: Slot::default() })
    }

    #[slot(tp_init)]
    fn init(&self, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<()> {
        Ok(())
    }

    #[pymethod(sig = "(input, final=False)", nodoc)]
    fn encode(&self, py: Python, input: &PyObject, final_: bool) -> PyResult<Py<PyBytes>> {
        PyBytes::new(py, &self.context.encode(py, &self.pending, input, final_)?)
    }

    #[pymethod(nodoc)]
    fn getstate(&self, py: Python) -> PyResult<Py<PyInt>> {
        let mut bytes = vec![0];
        if let Some(p) = self.pending.get_owned() {
            bytes.extend_from_slice(p.as_utf8(py)?.as_bytes());
            bytes[0] = (bytes.len() - 1) as u8;
        }
        bytes.extend(self.context.state.get());
        PyInt::from_byte_slice(py, &bytes, false, false)
    }

    #[pymethod(nodoc)]
    fn setstate(&self, py: Python, state: &PyInt) -> PyResult<()> {
        let mut bytes = [0; 1 + MAX_ENCODER_PENDING * 4 + size_of::<State>()];
        state.write_bytes(py, &mut bytes, false, false)?;
        let n = usize::from(bytes[0]);
        if n > MAX_ENCODER_PENDING * 4 {
            return Err(raise(py, &PyExc_UnicodeError_Type, "pending buffer too large"));
        }
        let text = bytes.get(1..1 + n).unwrap_or_default();
        let pending = runtime::codecs::utf8::decode(py, text, "strict", true)?.0;
        self.pending.set(Some(pending));
        if let Some(s) = bytes.get(1 + n..).and_then(|b| b.first_chunk()) {
            self.context.state.set(*s);
        }
        Ok(())
    }

    #[pymethod(nodoc)]
    fn reset(&self) {
        let mut state = self.context.state.get();
        self.context.codec.reset_encoder(&mut state, &mut Vec::new());
        self.context.state.set(state);
        self.pending.set(None);
    }

    #[getter(name = "errors", doc = "how to treat errors")]
    fn errors(&self, _py: Python) -> String {
        self.context.errors()
    }

    #[setter(errors)]
    fn set_errors(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.context.set_errors(py, value)
    }
}

/// Decodes bytes that come in parts.
#[repr(C)]
#[derive(Traverse)]
pub struct PyMultibyteIncrementalDecoder {
    pub ob_base: PyObject,
    #[traverse(skip)]
    context: Context,
    #[traverse(skip)]
    pending: RefCell<Vec<u8>>,
}

#[pytype(
    name = "MultibyteIncrementalDecoder",
    module = "_multibytecodec",
    flags(GC, BASETYPE, IMMUTABLETYPE),
    nosig,
    doc = ""
)]
impl PyMultibyteIncrementalDecoder {
    #[slot(tp_new, sig = "(errors='strict')", function = "IncrementalDecoder")]
    fn new(py: Python, cls: &PyTypeObject, errors: &str) -> PyResult<Py<PyMultibyteIncrementalDecoder>> {
        let context = Context::new(py, cls, errors, false)?;
        let ob_base = PyObject::header(cls);
        new_object(py, cls, PyMultibyteIncrementalDecoder { ob_base, context, pending: RefCell::default() })
    }

    #[slot(tp_init)]
    fn init(&self, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<()> {
        Ok(())
    }

    #[pymethod(sig = "(input, final=False)", nodoc)]
    fn decode(&self, py: Python, input: Bytes, final_: bool) -> PyResult<Py<PyStr>> {
        PyStr::from_ucs4(py, &self.context.decode(py, &self.pending, &input, final_)?)
    }

    #[pymethod(nodoc)]
    fn getstate(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let pending = PyBytes::new(py, &self.pending.borrow())?;
        let state = PyInt::from_byte_slice(py, &self.context.state.get(), false, false)?;
        PyTuple::new(py, [pending.into_object(), state.into_object()])
    }

    #[pymethod(nodoc)]
    fn setstate(&self, py: Python, state: &PyTuple) -> PyResult<()> {
        let wrong = || type_error(py, "setstate(): illegal state argument");
        let &[pending, number] = state.items() else { return Err(wrong()) };
        let (Some(pending), Some(number)) = (pending.downcast::<PyBytes>(), number.downcast::<PyInt>())
        else {
            return Err(wrong());
        };
        let mut bytes = State::default();
        number.write_bytes(py, &mut bytes, false, false)?;
        let kept = pending.as_bytes();
        if kept.len() > MAX_DECODER_PENDING {
            let reason = "pending buffer too large";
            return Err(raise_decode_error(py, self.context.codec.name, kept, 0, kept.len(), reason));
        }
        self.pending.replace(kept.to_vec());
        self.context.state.set(bytes);
        Ok(())
    }

    #[pymethod(nodoc)]
    fn reset(&self) {
        let mut state = self.context.state.get();
        self.context.codec.reset_decoder(&mut state);
        self.context.state.set(state);
        self.pending.take();
    }

    #[getter(name = "errors", doc = "how to treat errors")]
    fn errors(&self, _py: Python) -> String {
        self.context.errors()
    }

    #[setter(errors)]
    fn set_errors(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.context.set_errors(py, value)
    }
}

/// Decodes what a stream's methods return.
#[repr(C)]
#[derive(Traverse)]
pub struct PyMultibyteStreamReader {
    pub ob_base: PyObject,
    #[traverse(skip)]
    context: Context,
    #[traverse(skip)]
    pending: RefCell<Vec<u8>>,
    stream: Slot,
}

impl PyMultibyteStreamReader {
    fn read_with(&self, py: Python, method: &PyStr, size: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        let mut size = match size.filter(|o| !o.is_none()) {
            None => -1,
            Some(o) => match o.downcast::<PyInt>() {
                Some(n) => n.to_isize(py)?,
                None => return Err(type_error(py, "arg 1 must be an integer")),
            },
        };
        if size == 0 {
            return Ok(PyStr::empty().owned());
        }
        let Some(stream) = self.stream.get_owned() else {
            return Err(value_error(py, "the reader has no stream"));
        };
        loop {
            let data = if size < 0 {
                stream.call_method0(py, method)?
            } else {
                stream.call_method1(py, method, PyInt::from_isize(py, size)?.as_object())?
            };
            let Some(bytes) = data.downcast::<PyBytes>() else {
                let name = tp_name(&data);
                return Err(type_error(
                    py,
                    format!("stream function returned a non-bytes object ({name:.100})"),
                ));
            };
            let ended = bytes.as_bytes().is_empty();
            let nothing = ended && self.pending.borrow().is_empty();
            let text = self.context.decode(py, &self.pending, bytes.as_bytes(), ended || size < 0)?;
            if size < 0 || !text.is_empty() || nothing {
                return PyStr::from_ucs4(py, &text);
            }
            // One more byte may make a character.
            size = 1;
        }
    }
}

#[pytype(
    name = "MultibyteStreamReader",
    module = "_multibytecodec",
    flags(GC, BASETYPE, IMMUTABLETYPE),
    members(stream: object readonly),
    nosig,
    doc = ""
)]
impl PyMultibyteStreamReader {
    #[slot(tp_new, sig = "(stream, errors='strict')", function = "StreamReader")]
    fn new(
        py: Python,
        cls: &PyTypeObject,
        stream: &PyObject,
        errors: &str,
    ) -> PyResult<Py<PyMultibyteStreamReader>> {
        let context = Context::new(py, cls, errors, false)?;
        let (ob_base, stream) = (PyObject::header(cls), Slot::new(Some(stream.owned())));
        new_object(py, cls, PyMultibyteStreamReader { ob_base, context, pending: RefCell::default(), stream })
    }

    #[slot(tp_init)]
    fn init(&self, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<()> {
        Ok(())
    }

    #[pymethod(sig = "(sizeobj=None, /)", nodoc)]
    fn read(&self, py: Python, sizeobj: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        self.read_with(py, intern!(py, "read"), sizeobj)
    }

    #[pymethod(sig = "(sizeobj=None, /)", nodoc)]
    fn readline(&self, py: Python, sizeobj: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        self.read_with(py, intern!(py, "readline"), sizeobj)
    }

    #[pymethod(sig = "(sizehintobj=None, /)", nodoc)]
    fn readlines(&self, py: Python, sizehintobj: Option<&PyObject>) -> PyResult {
        let text = self.read_with(py, intern!(py, "read"), sizehintobj)?;
        text.as_object().call_method1(py, intern!(py, "splitlines"), py_bool(true).as_object())
    }

    #[pymethod(nodoc)]
    fn reset(&self) {
        let mut state = self.context.state.get();
        self.context.codec.reset_decoder(&mut state);
        self.context.state.set(state);
        self.pending.take();
    }

    #[getter(name = "errors", doc = "how to treat errors")]
    fn errors(&self, _py: Python) -> String {
        self.context.errors()
    }

    #[setter(errors)]
    fn set_errors(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.context.set_errors(py, value)
    }
}

/// Encodes text into a stream.
#[repr(C)]
#[derive(Traverse)]
pub struct PyMultibyteStreamWriter {
    pub ob_base: PyObject,
    #[traverse(skip)]
    context: Context,
    pending: Slot<PyStr>,
    stream: Slot,
}

impl PyMultibyteStreamWriter {
    fn put(&self, py: Python, bytes: &[u8]) -> PyResult<()> {
        let Some(stream) = self.stream.get_owned() else {
            return Err(value_error(py, "the writer has no stream"));
        };
        stream.call_method1(py, intern!(py, "write"), PyBytes::new(py, bytes)?.as_object()).map(drop)
    }

    fn write_one(&self, py: Python, text: &PyObject) -> PyResult<()> {
        let bytes = self.context.encode(py, &self.pending, text, false)?;
        self.put(py, &bytes)
    }
}

#[pytype(
    name = "MultibyteStreamWriter",
    module = "_multibytecodec",
    flags(GC, BASETYPE, IMMUTABLETYPE),
    members(stream: object readonly),
    nosig,
    doc = ""
)]
impl PyMultibyteStreamWriter {
    #[slot(tp_new, sig = "(stream, errors='strict')", function = "StreamWriter")]
    fn new(
        py: Python,
        cls: &PyTypeObject,
        stream: &PyObject,
        errors: &str,
    ) -> PyResult<Py<PyMultibyteStreamWriter>> {
        let context = Context::new(py, cls, errors, true)?;
        let (ob_base, stream) = (PyObject::header(cls), Slot::new(Some(stream.owned())));
        new_object(py, cls, PyMultibyteStreamWriter { ob_base, context, pending: Slot::default(), stream })
    }

    #[slot(tp_init)]
    fn init(&self, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<()> {
        Ok(())
    }

    #[pymethod(nodoc)]
    fn write(&self, py: Python, strobj: &PyObject) -> PyResult<()> {
        self.write_one(py, strobj)
    }

    #[pymethod(nodoc)]
    fn writelines(&self, py: Python, lines: &PyObject) -> PyResult<()> {
        if !runtime::abstract_::is_sequence(lines) {
            return Err(type_error(py, "arg must be a sequence object"));
        }
        let mut i = 0;
        // The length may change on the way.
        while i < lines.length(py)? {
            let line = lines.get_item(py, PyInt::from_isize(py, i)?.as_object())?;
            self.write_one(py, &line)?;
            i += 1;
        }
        Ok(())
    }

    #[pymethod(nodoc)]
    fn reset(&self, py: Python) -> PyResult<()> {
        let Some(pending) = self.pending.take() else { return Ok(()) };
        let mut state = self.context.state.get();
        let errors = self.context.errors();
        let result = convert::encode(py, self.context.codec, &mut state, &pending, &errors, true);
        self.context.state.set(state);
        let (bytes, _) = result?;
        if bytes.is_empty() { Ok(()) } else { self.put(py, &bytes) }
    }

    #[getter(name = "errors", doc = "how to treat errors")]
    fn errors(&self, _py: Python) -> String {
        self.context.errors()
    }

    #[setter(errors)]
    fn set_errors(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.context.set_errors(py, value)
    }
}
