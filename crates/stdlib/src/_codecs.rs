//! `_codecs`: the codec registry and the built-in encodings as functions.

use runtime::codecs::utf16::Order;
use runtime::codecs::{charmap, escape, registry, single, unicode_escape, utf7, utf8, utf16, utf32};
use runtime::prelude::*;
use runtime::types::PyInt;
use runtime::types::buffer::Buffer;

/// `(result, how much was used)`, as all these functions return.
fn pair(py: Python, value: Py, n: usize) -> PyResult<Py<PyTuple>> {
    PyTuple::new(py, [value, PyInt::from_i64(py, n as i64)?.into_object()])
}

fn encoded(py: Python, text: &PyStr, bytes: PyResult<Py<PyBytes>>) -> PyResult<Py<PyTuple>> {
    pair(py, bytes?.into_object(), text.len())
}

fn decoded(py: Python, r: PyResult<(Py<PyStr>, usize)>) -> PyResult<Py<PyTuple>> {
    let (s, n) = r?;
    pair(py, s.into_object(), n)
}

/// The same where an error handler may have put other data in place: all of the argument is used up at the end.
fn decoded_escapes(
    py: Python,
    r: PyResult<(Py<PyStr>, usize)>,
    data: &Source<'_>,
    last: bool,
) -> PyResult<Py<PyTuple>> {
    let (s, n) = r?;
    pair(py, s.into_object(), if last { data.as_slice().len() } else { n })
}

fn strict(errors: Option<&str>) -> &str {
    errors.unwrap_or("strict")
}

/// Text or bytes to decode: the escapes take both.
enum Source<'a> {
    Text(&'a PyStr),
    Bytes(Buffer),
}

impl<'a> runtime::args::FromArg<'a> for Source<'a> {
    fn from_arg(py: Python, o: &'a PyObject, _: runtime::args::At) -> PyResult<Source<'a>> {
        match o.downcast::<PyStr>() {
            Some(s) => {
                s.as_utf8(py)?;
                Ok(Source::Text(s))
            }
            None => Buffer::get_simple(py, o).map(Source::Bytes),
        }
    }
}

impl Source<'_> {
    fn as_slice(&self) -> &[u8] {
        match self {
            Source::Text(s) => s.as_str().unwrap_or_default().as_bytes(),
            Source::Bytes(b) => b.as_slice(),
        }
    }
}

#[pymodule(name = "_codecs")]
pub mod _codecs {
    use super::*;

    /// Adds a function that finds codecs: called with a name in lower case, it returns a codec's tuple or None.
    #[pyfunction]
    fn register(py: Python, search_function: &PyObject) -> PyResult<()> {
        registry::register(py, search_function)
    }

    /// Takes a search function out, and forgets what it found.
    #[pyfunction]
    fn unregister(py: Python, search_function: &PyObject) -> PyResult<()> {
        registry::unregister(py, search_function)
    }

    /// The codec of a name: a tuple of encoder, decoder, stream reader and stream writer.
    #[pyfunction]
    fn lookup(py: Python, encoding: &str) -> PyResult<Py<PyTuple>> {
        registry::lookup(py, encoding)
    }

    /// Encodes obj with a codec, whatever it encodes.
    #[pyfunction(
        sig = "(obj, encoding=<unrepresentable>, errors=<unrepresentable>)",
        text = "($module, /, obj, encoding='utf-8', errors='strict')"
    )]
    fn encode(py: Python, obj: &PyObject, encoding: Option<&str>, errors: Option<&str>) -> PyResult {
        registry::encode(py, obj, encoding.unwrap_or("utf-8"), errors)
    }

    /// Decodes obj with a codec, whatever it decodes.
    #[pyfunction(
        sig = "(obj, encoding=<unrepresentable>, errors=<unrepresentable>)",
        text = "($module, /, obj, encoding='utf-8', errors='strict')"
    )]
    fn decode(py: Python, obj: &PyObject, encoding: Option<&str>, errors: Option<&str>) -> PyResult {
        registry::decode(py, obj, encoding.unwrap_or("utf-8"), errors)
    }

    #[pyfunction(sig = "(data, errors=None, /)", nodoc)]
    fn escape_encode(py: Python, data: &PyBytes, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        let _ = errors;
        pair(py, escape::encode(py, data.as_bytes())?.into_object(), data.len())
    }

    #[pyfunction(sig = "(data, errors=None, /)", nodoc)]
    fn escape_decode(py: Python, data: Source<'_>, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        let bytes = data.as_slice();
        pair(py, escape::decode(py, bytes, strict(errors))?.into_object(), bytes.len())
    }

    #[pyfunction(name = "utf_8_encode", sig = "(str, errors=None, /)", nodoc)]
    fn utf_8_encode(py: Python, str: &PyStr, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        encoded(py, str, utf8::encode(py, str, strict(errors)))
    }

    #[pyfunction(sig = "(data, errors=None, final=False, /)", nodoc)]
    fn utf_8_decode(py: Python, data: Buffer, errors: Option<&str>, final_: bool) -> PyResult<Py<PyTuple>> {
        decoded(py, utf8::decode(py, data.as_slice(), strict(errors), final_))
    }

    #[pyfunction(sig = "(str, errors=None, /)", nodoc)]
    fn utf_7_encode(py: Python, str: &PyStr, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        let _ = errors;
        encoded(py, str, utf7::encode(py, str))
    }

    #[pyfunction(sig = "(data, errors=None, final=False, /)", nodoc)]
    fn utf_7_decode(py: Python, data: Buffer, errors: Option<&str>, final_: bool) -> PyResult<Py<PyTuple>> {
        decoded(py, utf7::decode(py, data.as_slice(), strict(errors), final_))
    }

    #[pyfunction(sig = "(str, errors=None, byteorder=0, /)", nodoc)]
    fn utf_16_encode(py: Python, str: &PyStr, errors: Option<&str>, byteorder: i32) -> PyResult<Py<PyTuple>> {
        encoded(py, str, utf16::encode(py, str, strict(errors), Order::from_raw(byteorder)))
    }

    #[pyfunction(sig = "(str, errors=None, /)", nodoc)]
    fn utf_16_le_encode(py: Python, str: &PyStr, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        encoded(py, str, utf16::encode(py, str, strict(errors), Order::Little))
    }

    #[pyfunction(sig = "(str, errors=None, /)", nodoc)]
    fn utf_16_be_encode(py: Python, str: &PyStr, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        encoded(py, str, utf16::encode(py, str, strict(errors), Order::Big))
    }

    fn decode16(
        py: Python,
        data: &Buffer,
        errors: Option<&str>,
        order: Order,
        last: bool,
    ) -> PyResult<Py<PyTuple>> {
        let (s, n, _) = utf16::decode(py, data.as_slice(), strict(errors), order, last)?;
        pair(py, s.into_object(), n)
    }

    #[pyfunction(sig = "(data, errors=None, final=False, /)", nodoc)]
    fn utf_16_decode(py: Python, data: Buffer, errors: Option<&str>, final_: bool) -> PyResult<Py<PyTuple>> {
        decode16(py, &data, errors, Order::Detect, final_)
    }

    #[pyfunction(sig = "(data, errors=None, final=False, /)", nodoc)]
    fn utf_16_le_decode(
        py: Python,
        data: Buffer,
        errors: Option<&str>,
        final_: bool,
    ) -> PyResult<Py<PyTuple>> {
        decode16(py, &data, errors, Order::Little, final_)
    }

    #[pyfunction(sig = "(data, errors=None, final=False, /)", nodoc)]
    fn utf_16_be_decode(
        py: Python,
        data: Buffer,
        errors: Option<&str>,
        final_: bool,
    ) -> PyResult<Py<PyTuple>> {
        decode16(py, &data, errors, Order::Big, final_)
    }

    /// Also tells the byte order: -1 little, 1 big, 0 without a mark.
    #[pyfunction(sig = "(data, errors=None, byteorder=0, final=False, /)")]
    fn utf_16_ex_decode(
        py: Python,
        data: Buffer,
        errors: Option<&str>,
        byteorder: i32,
        final_: bool,
    ) -> PyResult<Py<PyTuple>> {
        let order = Order::from_raw(byteorder);
        let (s, n, found) = utf16::decode(py, data.as_slice(), strict(errors), order, final_)?;
        triple(py, s, n, found)
    }

    fn triple(py: Python, s: Py<PyStr>, n: usize, order: Order) -> PyResult<Py<PyTuple>> {
        let n = PyInt::from_i64(py, n as i64)?.into_object();
        let order = PyInt::from_i64(py, order.to_raw() as i64)?.into_object();
        PyTuple::new(py, [s.into_object(), n, order])
    }

    #[pyfunction(sig = "(str, errors=None, byteorder=0, /)", nodoc)]
    fn utf_32_encode(py: Python, str: &PyStr, errors: Option<&str>, byteorder: i32) -> PyResult<Py<PyTuple>> {
        encoded(py, str, utf32::encode(py, str, strict(errors), Order::from_raw(byteorder)))
    }

    #[pyfunction(sig = "(str, errors=None, /)", nodoc)]
    fn utf_32_le_encode(py: Python, str: &PyStr, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        encoded(py, str, utf32::encode(py, str, strict(errors), Order::Little))
    }

    #[pyfunction(sig = "(str, errors=None, /)", nodoc)]
    fn utf_32_be_encode(py: Python, str: &PyStr, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        encoded(py, str, utf32::encode(py, str, strict(errors), Order::Big))
    }

    fn decode32(
        py: Python,
        data: &Buffer,
        errors: Option<&str>,
        order: Order,
        last: bool,
    ) -> PyResult<Py<PyTuple>> {
        let (s, n, _) = utf32::decode(py, data.as_slice(), strict(errors), order, last)?;
        pair(py, s.into_object(), n)
    }

    #[pyfunction(sig = "(data, errors=None, final=False, /)", nodoc)]
    fn utf_32_decode(py: Python, data: Buffer, errors: Option<&str>, final_: bool) -> PyResult<Py<PyTuple>> {
        decode32(py, &data, errors, Order::Detect, final_)
    }

    #[pyfunction(sig = "(data, errors=None, final=False, /)", nodoc)]
    fn utf_32_le_decode(
        py: Python,
        data: Buffer,
        errors: Option<&str>,
        final_: bool,
    ) -> PyResult<Py<PyTuple>> {
        decode32(py, &data, errors, Order::Little, final_)
    }

    #[pyfunction(sig = "(data, errors=None, final=False, /)", nodoc)]
    fn utf_32_be_decode(
        py: Python,
        data: Buffer,
        errors: Option<&str>,
        final_: bool,
    ) -> PyResult<Py<PyTuple>> {
        decode32(py, &data, errors, Order::Big, final_)
    }

    /// Also tells the byte order: -1 little, 1 big, 0 without a mark.
    #[pyfunction(sig = "(data, errors=None, byteorder=0, final=False, /)")]
    fn utf_32_ex_decode(
        py: Python,
        data: Buffer,
        errors: Option<&str>,
        byteorder: i32,
        final_: bool,
    ) -> PyResult<Py<PyTuple>> {
        let order = Order::from_raw(byteorder);
        let (s, n, found) = utf32::decode(py, data.as_slice(), strict(errors), order, final_)?;
        triple(py, s, n, found)
    }

    #[pyfunction(sig = "(str, errors=None, /)", nodoc)]
    fn unicode_escape_encode(py: Python, str: &PyStr, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        let _ = errors;
        encoded(py, str, unicode_escape::encode(py, str))
    }

    #[pyfunction(sig = "(data, errors=None, final=True, /)", nodoc)]
    fn unicode_escape_decode(
        py: Python,
        data: Source<'_>,
        errors: Option<&str>,
        final_: bool,
    ) -> PyResult<Py<PyTuple>> {
        decoded_escapes(
            py,
            unicode_escape::decode(py, data.as_slice(), strict(errors), final_),
            &data,
            final_,
        )
    }

    #[pyfunction(sig = "(str, errors=None, /)", nodoc)]
    fn raw_unicode_escape_encode(py: Python, str: &PyStr, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        let _ = errors;
        encoded(py, str, unicode_escape::encode_raw(py, str))
    }

    #[pyfunction(sig = "(data, errors=None, final=True, /)", nodoc)]
    fn raw_unicode_escape_decode(
        py: Python,
        data: Source<'_>,
        errors: Option<&str>,
        final_: bool,
    ) -> PyResult<Py<PyTuple>> {
        decoded_escapes(
            py,
            unicode_escape::decode_raw(py, data.as_slice(), strict(errors), final_),
            &data,
            final_,
        )
    }

    #[pyfunction(sig = "(str, errors=None, /)", nodoc)]
    fn latin_1_encode(py: Python, str: &PyStr, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        encoded(py, str, single::encode_latin1(py, str, strict(errors)))
    }

    #[pyfunction(sig = "(data, errors=None, /)", nodoc)]
    fn latin_1_decode(py: Python, data: Buffer, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        let _ = errors;
        pair(py, PyStr::from_latin1(py, data.as_slice())?.into_object(), data.len())
    }

    #[pyfunction(sig = "(str, errors=None, /)", nodoc)]
    fn ascii_encode(py: Python, str: &PyStr, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        encoded(py, str, single::encode_ascii(py, str, strict(errors)))
    }

    #[pyfunction(sig = "(data, errors=None, /)", nodoc)]
    fn ascii_decode(py: Python, data: Buffer, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        pair(py, single::decode_ascii(py, data.as_slice(), strict(errors))?.into_object(), data.len())
    }

    #[pyfunction(sig = "(str, errors=None, mapping=None, /)", nodoc)]
    fn charmap_encode(
        py: Python,
        str: &PyStr,
        errors: Option<&str>,
        mapping: &PyObject,
    ) -> PyResult<Py<PyTuple>> {
        if mapping.is_none() {
            return encoded(py, str, single::encode_latin1(py, str, strict(errors)));
        }
        encoded(py, str, charmap::encode(py, str, strict(errors), mapping))
    }

    #[pyfunction(sig = "(data, errors=None, mapping=None, /)", nodoc)]
    fn charmap_decode(
        py: Python,
        data: Buffer,
        errors: Option<&str>,
        mapping: &PyObject,
    ) -> PyResult<Py<PyTuple>> {
        let text = if mapping.is_none() {
            PyStr::from_latin1(py, data.as_slice())?
        } else {
            charmap::decode(py, data.as_slice(), strict(errors), mapping)?
        };
        pair(py, text.into_object(), data.len())
    }

    /// The table for charmap_encode() that belongs to a table for charmap_decode().
    #[pyfunction]
    fn charmap_build(py: Python, map: &PyStr) -> PyResult {
        charmap::build(py, map)
    }

    #[pyfunction(sig = "(data, errors=None, /)", nodoc)]
    fn readbuffer_encode(py: Python, data: Source<'_>, errors: Option<&str>) -> PyResult<Py<PyTuple>> {
        let _ = errors;
        let bytes = data.as_slice();
        pair(py, PyBytes::new(py, bytes)?.into_object(), bytes.len())
    }

    /// Registers an error handler: called with the exception, it returns a replacement and where to go on.
    #[pyfunction]
    fn register_error(py: Python, errors: &str, handler: &PyObject) -> PyResult<()> {
        registry::register_error(py, errors, handler)
    }

    /// Takes an error handler out; was there one?
    #[pyfunction(name = "_unregister_error")]
    fn unregister_error(py: Python, errors: &str) -> PyResult<bool> {
        registry::unregister_error(py, errors)
    }

    /// The error handler of a name. LookupError if there is none.
    #[pyfunction]
    fn lookup_error(py: Python, name: &str) -> PyResult {
        registry::lookup_error(py, name)
    }
}
