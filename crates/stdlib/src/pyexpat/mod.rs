//! `pyexpat`: an XML parser with expat's interface, events and errors.
//!
//! `input` decodes, `scan` reads single tokens, `engine` turns a document into events, `dtd` does so for its declarations,
//! `parser` is the Python object that hands them to functions.

mod codes;
mod dtd;
mod engine;
mod input;
mod parser;
mod scan;

use crate::system::{cached_exception, module_state};
use engine::Options;
use parser::PyXmlParser;
use runtime::prelude::*;
use runtime::types::exceptions::PyExc_Exception_Type;

/// The module's exception.
struct State {
    error: Slot<PyTypeObject>,
}

impl Default for State {
    fn default() -> State {
        State { error: Slot::empty() }
    }
}

fn error_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    cached_exception(
        py,
        &module_state::<State>(py).error,
        "xml.parsers.expat.ExpatError",
        &PyExc_Exception_Type,
    )
}

/// Raises `ExpatError` for an error at a place in the document.
#[cold]
fn raise_expat(py: Python, code: i32, line: u64, column: u64) -> Raised {
    let text = format!("{}: line {line}, column {column}", codes::text(code).unwrap_or("unknown error"));
    raise_at(py, code, &text, Some((line, column)))
}

/// Raises `ExpatError` for a wrong argument.
#[cold]
fn raise_text(py: Python, code: i32, text: &str) -> Raised {
    let text = format!("{}: {text}", codes::text(code).unwrap_or("unknown error"));
    raise_at(py, code, &text, None)
}

fn raise_at(py: Python, code: i32, text: &str, place: Option<(u64, u64)>) -> Raised {
    let made = || {
        let e = error_type(py)?.as_object().call1(py, PyStr::new(py, text)?.as_object())?;
        e.setattr_str(py, "code", PyInt::from_i64(py, i64::from(code))?.as_object())?;
        if let Some((line, column)) = place {
            e.setattr_str(py, "offset", PyInt::from_u64(py, column)?.as_object())?;
            e.setattr_str(py, "lineno", PyInt::from_u64(py, line)?.as_object())?;
        }
        Ok(e)
    };
    match made() {
        Ok(e) => match e.downcast_into::<PyBaseException>() {
            Ok(e) => raise_object(py, e),
            Err(_) => bad_internal_call(py),
        },
        Err(e) => e,
    }
}

/// A module inside this one, also known to `sys.modules`.
fn submodule(py: Python, module: &PyModule, name: &str, doc: &str) -> PyResult<Py<PyModule>> {
    let full = PyStr::new(py, &format!("pyexpat.{name}"))?;
    let m = PyModule::new(py, &full)?;
    m.as_object().setattr_str(py, "__doc__", PyStr::new(py, doc)?.as_object())?;
    runtime::import::modules(py)?.set_item(py, &full, m.as_object())?;
    module.as_object().setattr_str(py, name, m.as_object())?;
    Ok(m)
}

/// Python wrapper for Expat parser.
#[pymodule(name = "pyexpat", hidden_types(PyXmlParser))]
pub mod pyexpat {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let m = module.as_object();
        let error = error_type(py)?;
        m.setattr_str(py, "ExpatError", error.as_object())?;
        m.setattr_str(py, "error", error.as_object())?;
        m.setattr_str(py, "XMLParserType", PyXmlParser::type_object().as_object())?;
        m.setattr_str(py, "EXPAT_VERSION", PyStr::new(py, "expat_2.9.0")?.as_object())?;
        m.setattr_str(py, "native_encoding", PyStr::new(py, "UTF-8")?.as_object())?;
        let int = |n: i64| Ok(PyInt::from_i64(py, n)?.into_object());
        let version = PyTuple::new(py, [int(2)?, int(9)?, int(0)?])?;
        m.setattr_str(py, "version_info", version.as_object())?;
        let features = [
            ("sizeof(XML_Char)", 1),
            ("sizeof(XML_LChar)", 1),
            ("XML_DTD", 0),
            ("XML_CONTEXT_BYTES", 1024),
            ("XML_NS", 0),
            ("XML_BLAP_MAX_AMP", 100),
            ("XML_BLAP_ACT_THRES", 8 << 20),
            ("XML_GE", 0),
            ("XML_AT_MAX_AMP", 100),
            ("XML_AT_ACT_THRES", 64 << 20),
        ];
        let mut list = Vec::new();
        for (name, value) in features {
            let pair = [PyStr::new(py, name)?.into_object(), int(value)?];
            list.push(PyTuple::new(py, pair)?.into_object());
        }
        m.setattr_str(py, "features", PyList::new(py, list)?.as_object())?;
        for (i, name) in ["NEVER", "UNLESS_STANDALONE", "ALWAYS"].into_iter().enumerate() {
            m.setattr_str(py, &format!("XML_PARAM_ENTITY_PARSING_{name}"), &*int(i as i64)?)?;
        }
        let errors = submodule(py, module, "errors", "Constants used to describe error conditions.")?;
        let (numbers, texts) = (PyDict::new(py)?, PyDict::new(py)?);
        for (code, name, text) in codes::CODES {
            let (number, text) = (int(i64::from(*code))?, PyStr::new(py, text)?);
            numbers.set_item(py, &text, &number)?;
            texts.set_item(py, &number, &text)?;
            errors.as_object().setattr_str(py, &format!("XML_ERROR_{name}"), text.as_object())?;
        }
        errors.as_object().setattr_str(py, "codes", numbers.as_object())?;
        errors.as_object().setattr_str(py, "messages", texts.as_object())?;
        let model = submodule(py, module, "model", "Constants used to interpret content model information.")?;
        let types = ["EMPTY", "ANY", "MIXED", "NAME", "CHOICE", "SEQ"];
        for (i, name) in types.into_iter().enumerate() {
            model.as_object().setattr_str(py, &format!("XML_CTYPE_{name}"), &*int(i as i64 + 1)?)?;
        }
        for (i, name) in ["NONE", "OPT", "REP", "PLUS"].into_iter().enumerate() {
            model.as_object().setattr_str(py, &format!("XML_CQUANT_{name}"), &*int(i as i64)?)?;
        }
        Ok(())
    }

    /// Return a new XML parser object.
    #[pyfunction(sig = "(encoding=None, namespace_separator=None, intern=<unrepresentable>)")]
    pub fn ParserCreate(
        py: Python,
        encoding: Option<&str>,
        namespace_separator: Option<&str>,
        intern: Option<&PyObject>,
    ) -> PyResult<Py<PyXmlParser>> {
        if namespace_separator.is_some_and(|s| s.chars().count() > 1) {
            return Err(value_error(
                py,
                "namespace_separator must be at most one character, omitted, or None",
            ));
        }
        let intern = match intern {
            None => Some(PyDict::new(py)?),
            Some(o) if o.is_none() => None,
            Some(o) => match o.downcast::<PyDict>() {
                Some(d) => Some(d.owned()),
                None => return Err(type_error(py, "intern must be a dictionary")),
            },
        };
        let options = Options {
            namespaces: namespace_separator.map(str::to_owned),
            maximum_amplification: 100.0,
            amplification_threshold: 8 << 20,
            ..Options::default()
        };
        PyXmlParser::make(py, options, encoding, intern)
    }

    /// The text of an error number, None if there is none.
    #[pyfunction(sig = "(code, /)")]
    pub fn ErrorString(py: Python, code: i64) -> PyResult {
        match i32::try_from(code).ok().and_then(codes::text) {
            Some(t) => Ok(PyStr::new(py, t)?.into_object()),
            None => Ok(none().owned()),
        }
    }
}
