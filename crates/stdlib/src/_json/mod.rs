//! `_json`: the fast paths of the `json` package.
//!
//! `text` quotes and unquotes strings, `scanner` reads documents, `encoder` writes them.

mod encoder;
mod scanner;
mod text;

use crate::system::module_state;
use runtime::import::import_attr;
use runtime::prelude::*;

/// The module's own quoting functions: an encoder that is given one of them quotes without a call.
#[derive(Default)]
struct State {
    quote: Slot,
    quote_ascii: Slot,
}

/// Raises `json.JSONDecodeError(message, document, position)`.
#[cold]
fn decode_error(py: Python, message: &str, document: &PyStr, at: usize) -> Raised {
    let made = import_attr(py, "json.decoder", "JSONDecodeError").and_then(|ty| {
        let message = PyStr::new(py, message)?;
        let at = PyInt::from_usize(py, at)?;
        ty.call(py, &[&message, document.as_object(), &at])
    });
    match made.map(|e| e.downcast_into::<PyBaseException>()) {
        Ok(Ok(e)) => raise_with(py, e.ty(), &e),
        Ok(Err(_)) => type_error(py, "exceptions must derive from BaseException"),
        Err(e) => e,
    }
}

/// The argument as a `str`.
fn string_argument<'a>(py: Python, o: &'a PyObject) -> PyResult<&'a PyStr> {
    o.downcast::<PyStr>()
        .ok_or_else(|| type_error(py, format!("first argument must be a string, not {}", tp_name(o))))
}

/// Fast paths of the json package.
#[pymodule(name = "_json", hidden_types(scanner::PyScanner, encoder::PyEncoder))]
pub mod _json {
    use super::*;
    use runtime::types::str_::StrBuilder;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let m = module.as_object();
        m.setattr_str(py, "make_scanner", scanner::PyScanner::type_object().as_object())?;
        m.setattr_str(py, "make_encoder", encoder::PyEncoder::type_object().as_object())?;
        let st = module_state::<State>(py);
        st.quote.set(Some(m.getattr_str(py, "encode_basestring")?));
        st.quote_ascii.set(Some(m.getattr_str(py, "encode_basestring_ascii")?));
        Ok(())
    }

    /// The JSON form of a string.
    #[pyfunction(text = "($self, object, /)")]
    fn encode_basestring(py: Python, object: &PyObject) -> PyResult<Py<PyStr>> {
        let mut out = StrBuilder::new();
        text::quote(&mut out, string_argument(py, object)?, false);
        out.finish(py)
    }

    /// The JSON form of a string, with nothing but ASCII in it.
    #[pyfunction(text = "($self, object, /)")]
    fn encode_basestring_ascii(py: Python, object: &PyObject) -> PyResult<Py<PyStr>> {
        let mut out = StrBuilder::new();
        text::quote(&mut out, string_argument(py, object)?, true);
        out.finish(py)
    }

    /// scanstring(string, end, strict=True) -> (string, end)
    ///
    /// Reads the JSON string whose opening quote is just before index end. The result is its value and the index behind its
    /// closing quote. Unless strict is false, control characters must be escaped.
    #[pyfunction(raw, nosig)]
    fn scanstring(py: Python, args: &[&PyObject]) -> PyResult<Py<PyTuple>> {
        let (document, end, strict) = match args {
            [s, end] => (s, end, true),
            [s, end, strict] => (s, end, strict.is_true(py)?),
            _ => {
                let bound = if args.len() < 2 { "at least 2" } else { "at most 3" };
                return Err(type_error(
                    py,
                    format!("scanstring() takes {bound} arguments ({} given)", args.len()),
                ));
            }
        };
        let end = end.index_isize(py, Some(&exceptions::PyExc_OverflowError_Type))?;
        let document = string_argument(py, document)?;
        let start = usize::try_from(end).ok().filter(|&n| n <= document.len());
        let Some(start) = start else { return Err(value_error(py, "end is out of bounds")) };
        let (value, next) = text::unquote(py, document, start, strict)?;
        PyTuple::new(py, [value.into_object(), PyInt::from_usize(py, next)?.into_object()])
    }
}
