//! The codec registry: search functions, the cache of found codecs, and registered error handlers.

use super::handlers;
use crate::import;
use crate::prelude::*;
use crate::state::interpreter;
use crate::types::cfunction::PyCFunction;

/// Built-in error handlers as Python functions.
#[pymodule(part)]
mod functions {
    use super::handlers;
    use crate::prelude::*;

    /// Raises the error: the 'strict' handler.
    #[pyfunction]
    fn strict_errors(py: Python, exc: &PyObject) -> PyResult {
        handlers::strict(py, exc)
    }
    /// Goes on behind the faulty part: the 'ignore' handler.
    #[pyfunction]
    fn ignore_errors(py: Python, exc: &PyObject) -> PyResult {
        handlers::ignore(py, exc)
    }
    /// Puts a replacement mark: the 'replace' handler.
    #[pyfunction]
    fn replace_errors(py: Python, exc: &PyObject) -> PyResult {
        handlers::replace(py, exc)
    }
    /// Puts XML character references: the 'xmlcharrefreplace' handler.
    #[pyfunction]
    fn xmlcharrefreplace_errors(py: Python, exc: &PyObject) -> PyResult {
        handlers::xml_char_ref_replace(py, exc)
    }
    /// Puts backslash escapes: the 'backslashreplace' handler.
    #[pyfunction]
    fn backslashreplace_errors(py: Python, exc: &PyObject) -> PyResult {
        handlers::backslash_replace(py, exc)
    }
    /// Puts \N{...} escapes: the 'namereplace' handler.
    #[pyfunction]
    fn namereplace_errors(py: Python, exc: &PyObject) -> PyResult {
        handlers::name_replace(py, exc)
    }
    /// Keeps undecodable bytes as lone surrogates: the 'surrogateescape' handler.
    #[pyfunction]
    fn surrogateescape(py: Python, exc: &PyObject) -> PyResult {
        handlers::surrogate_escape(py, exc)
    }
    /// Lets surrogates through: the 'surrogatepass' handler.
    #[pyfunction]
    fn surrogatepass(py: Python, exc: &PyObject) -> PyResult {
        handlers::surrogate_pass(py, exc)
    }
}

/// Names of the handlers, in the order of their functions.
const BUILTIN: [&str; 8] = [
    "strict",
    "ignore",
    "replace",
    "xmlcharrefreplace",
    "backslashreplace",
    "namereplace",
    "surrogateescape",
    "surrogatepass",
];

static METHODS: [PyMethodDef; BUILTIN.len()] = {
    let mut all = [PyMethodDef::END; BUILTIN.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = functions::PY_METHODS[i];
        i += 1;
    }
    all
};

/// Does a built-in scheme's name stand for something else now?
pub fn builtin_handler_replaced(py: Python) -> bool {
    interpreter(py).codec_error_registry_changed.get()
}

/// The table of error handlers, filled with the built-in ones at first use.
fn error_registry(py: Python) -> PyResult<Py<PyDict>> {
    let interp = interpreter(py);
    if let Some(d) = interp.codec_error_registry.get_owned() {
        return Ok(d);
    }
    let d = PyDict::new(py)?;
    for (name, def) in BUILTIN.iter().zip(&METHODS) {
        let f = PyCFunction::new(py, def, None, None)?;
        d.set_text(py, name, f.as_object())?;
    }
    interp.codec_error_registry.set(Some(d.clone()));
    Ok(d)
}

/// `codecs.lookup_error`. Errors: `LookupError`.
pub fn lookup_error(py: Python, name: &str) -> PyResult {
    let name = if name.is_empty() { "strict" } else { name };
    match error_registry(py)?.get_text(py, name)? {
        Some(h) => Ok(h),
        None => Err(no_such(py, format!("unknown error handler name '{name}'"))),
    }
}

fn no_such(py: Python, text: String) -> Raised {
    crate::errors::lookup_error(py, text)
}

/// `codecs.register_error`.
pub fn register_error(py: Python, name: &str, handler: &PyObject) -> PyResult<()> {
    if !handler.is_callable() {
        return Err(type_error(py, "handler must be callable"));
    }
    if BUILTIN.contains(&name) {
        interpreter(py).codec_error_registry_changed.set(true);
    }
    error_registry(py)?.set_text(py, name, handler)
}

/// `_codecs._unregister_error`: was there one? Built-in handlers stay.
pub fn unregister_error(py: Python, name: &str) -> PyResult<bool> {
    if BUILTIN.contains(&name) {
        return Err(value_error(py, format!("cannot un-register built-in error handler '{name}'")));
    }
    Ok(error_registry(py)?.pop(py, &*PyStr::new(py, name)?)?.is_some())
}

fn search_path(py: Python) -> PyResult<Py<PyList>> {
    let interp = interpreter(py);
    match interp.codec_search_path.get_owned() {
        Some(l) => Ok(l),
        None => {
            let l = PyList::empty(py)?;
            interp.codec_search_path.set(Some(l.clone()));
            Ok(l)
        }
    }
}

fn search_cache(py: Python) -> PyResult<Py<PyDict>> {
    let interp = interpreter(py);
    match interp.codec_search_cache.get_owned() {
        Some(d) => Ok(d),
        None => {
            let d = PyDict::new(py)?;
            interp.codec_search_cache.set(Some(d.clone()));
            Ok(d)
        }
    }
}

/// `codecs.register`.
pub fn register(py: Python, search: &PyObject) -> PyResult<()> {
    if !search.is_callable() {
        return Err(type_error(py, "argument must be callable"));
    }
    search_path(py)?.append(py, search.owned())
}

/// `codecs.unregister`.
pub fn unregister(py: Python, search: &PyObject) -> PyResult<()> {
    let path = search_path(py)?;
    for i in 0..path.len() {
        if path.get(i).is_some_and(|f| f.is(search)) {
            // What it found may be in the cache.
            search_cache(py)?.clear();
            let index = crate::types::PyInt::from_i64(py, i as i64)?;
            return path.as_object().del_item(py, &index);
        }
    }
    Ok(())
}

/// The name codecs are found by: ASCII letters in lower case, digits and points; one underscore for what is between.
fn normalised(encoding: &str) -> String {
    let mut out = String::with_capacity(encoding.len());
    let mut gap = false;
    for c in encoding.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

/// `codecs.lookup`: the codec's tuple `(encoder, decoder, stream_reader, stream_writer)`.
///
/// Errors: `LookupError`, and what search functions raise.
pub fn lookup(py: Python, encoding: &str) -> PyResult<Py<PyTuple>> {
    let name = PyStr::intern(py, PyStr::new(py, &normalised(encoding))?);
    let cache = search_cache(py)?;
    if let Some(found) = cache.get_str(py, &name)?
        && let Ok(t) = found.downcast_into::<PyTuple>()
    {
        return Ok(t);
    }
    let path = search_path(py)?;
    if path.is_empty() {
        // The standard encodings register themselves.
        import::import_module(py, "encodings")?;
        if path.is_empty() {
            return Err(no_such(py, "no codec search functions registered: can't find encoding".to_owned()));
        }
    }
    let mut i = 0;
    while let Some(search) = path.get(i) {
        let found = search.call1(py, &name)?;
        if !found.is_none() {
            let ok = found.downcast_into::<PyTuple>().ok().filter(|t| t.len() == 4);
            let Some(t) = ok else {
                return Err(type_error(py, "codec search functions must return 4-tuples"));
            };
            cache.set_item(py, &name, &t)?;
            return Ok(t);
        }
        i += 1;
    }
    Err(no_such(py, format!("unknown encoding: {encoding}")))
}

/// As [`lookup`], but refuses codecs that are not between text and bytes. `alternate` is what to use for those, if anything.
pub fn lookup_text(py: Python, encoding: &str, alternate: Option<&str>) -> PyResult<Py<PyTuple>> {
    let codec = lookup(py, encoding)?;
    if !PyTuple::check_exact(&codec)
        && let Some(flag) = codec.as_object().getattr_opt(py, intern!(py, "_is_text_encoding"))?
        && !flag.is_true(py)?
    {
        let mut text = format!("'{encoding}' is not a text encoding");
        if let Some(a) = alternate {
            text.push_str(&format!("; use {a} to handle arbitrary codecs"));
        }
        return Err(no_such(py, text));
    }
    Ok(codec)
}

fn part(py: Python, codec: &PyTuple, i: usize) -> PyResult {
    match codec.get(i) {
        Some(f) => Ok(f.owned()),
        None => Err(bad_internal_call(py)),
    }
}

fn run(
    py: Python,
    codec: &PyTuple,
    i: usize,
    object: &PyObject,
    encoding: &str,
    errors: Option<&str>,
) -> PyResult {
    let f = part(py, codec, i)?;
    let called = match errors {
        Some(e) => f.call(py, &[object, PyStr::new(py, e)?.as_object()]),
        None => f.call1(py, object),
    };
    let (verb, who) = if i == 0 { ("encoding", "encoder") } else { ("decoding", "decoder") };
    let result = called.map_err(|e| add_codec_note(py, e, verb, encoding))?;
    match result.downcast::<PyTuple>().map(|t| t.items()) {
        Some([value, _]) => Ok(value.owned()),
        _ => Err(type_error(py, format!("{who} must return a tuple (object, integer)"))),
    }
}

/// Notes on the pending exception which codec it came from.
fn add_codec_note(py: Python, e: Raised, verb: &str, encoding: &str) -> Raised {
    add_note(py, e, &format!("{verb} with '{encoding}' codec failed"))
}

/// `codecs.encode`: any object to any object.
pub fn encode(py: Python, object: &PyObject, encoding: &str, errors: Option<&str>) -> PyResult {
    let codec = lookup(py, encoding)?;
    run(py, &codec, 0, object, encoding, errors)
}

/// `codecs.decode`: any object to any object.
pub fn decode(py: Python, object: &PyObject, encoding: &str, errors: Option<&str>) -> PyResult {
    let codec = lookup(py, encoding)?;
    run(py, &codec, 1, object, encoding, errors)
}

/// Encodes through a codec that must be a text encoding.
pub fn encode_text(py: Python, text: &PyObject, encoding: &str, errors: Option<&str>) -> PyResult {
    let codec = lookup_text(py, encoding, Some("codecs.encode()"))?;
    run(py, &codec, 0, text, encoding, errors)
}

/// Decodes through a codec that must be a text encoding.
pub fn decode_text(py: Python, object: &PyObject, encoding: &str, errors: Option<&str>) -> PyResult {
    let codec = lookup_text(py, encoding, Some("codecs.decode()"))?;
    run(py, &codec, 1, object, encoding, errors)
}
