//! The `pyexpat` module: a parser of XML that calls a function for everything it meets.
//!
//! The parser is our own and behaves as expat does. `input` decodes documents, `scan` is the lexical level, `dtd` the declarations,
//! `parser` turns text into events (`event`), `object` and `handlers` are the Python type.

mod dtd;
mod event;
mod handlers;
mod input;
mod object;
mod parser;
mod scan;

use crate::system::{add_constants, cached_exception, module_state};
use object::PyXmlParser;
use runtime::prelude::*;
use runtime::types::exceptions::*;

#[derive(Default)]
struct State {
    error: Slot<PyTypeObject>,
}

/// `ExpatError`.
fn expat_error(py: Python) -> PyResult<Py<PyTypeObject>> {
    cached_exception(
        py,
        &module_state::<State>(py).error,
        "xml.parsers.expat.ExpatError",
        &PyExc_Exception_Type,
    )
}

/// The errors: name and message; the code is the place in the list, from 1 on.
const ERRORS: [(&str, &str); 44] = [
    ("NO_MEMORY", "out of memory"),
    ("SYNTAX", "syntax error"),
    ("NO_ELEMENTS", "no element found"),
    ("INVALID_TOKEN", "not well-formed (invalid token)"),
    ("UNCLOSED_TOKEN", "unclosed token"),
    ("PARTIAL_CHAR", "partial character"),
    ("TAG_MISMATCH", "mismatched tag"),
    ("DUPLICATE_ATTRIBUTE", "duplicate attribute"),
    ("JUNK_AFTER_DOC_ELEMENT", "junk after document element"),
    ("PARAM_ENTITY_REF", "illegal parameter entity reference"),
    ("UNDEFINED_ENTITY", "undefined entity"),
    ("RECURSIVE_ENTITY_REF", "recursive entity reference"),
    ("ASYNC_ENTITY", "asynchronous entity"),
    ("BAD_CHAR_REF", "reference to invalid character number"),
    ("BINARY_ENTITY_REF", "reference to binary entity"),
    ("ATTRIBUTE_EXTERNAL_ENTITY_REF", "reference to external entity in attribute"),
    ("MISPLACED_XML_PI", "XML or text declaration not at start of entity"),
    ("UNKNOWN_ENCODING", "unknown encoding"),
    ("INCORRECT_ENCODING", "encoding specified in XML declaration is incorrect"),
    ("UNCLOSED_CDATA_SECTION", "unclosed CDATA section"),
    ("EXTERNAL_ENTITY_HANDLING", "error in processing external entity reference"),
    ("NOT_STANDALONE", "document is not standalone"),
    ("UNEXPECTED_STATE", "unexpected parser state - please send a bug report"),
    ("ENTITY_DECLARED_IN_PE", "entity declared in parameter entity"),
    ("FEATURE_REQUIRES_XML_DTD", "requested feature requires XML_DTD support in Expat"),
    ("CANT_CHANGE_FEATURE_ONCE_PARSING", "cannot change setting once parsing has begun"),
    ("UNBOUND_PREFIX", "unbound prefix"),
    ("UNDECLARING_PREFIX", "must not undeclare prefix"),
    ("INCOMPLETE_PE", "incomplete markup in parameter entity"),
    ("XML_DECL", "XML declaration not well-formed"),
    ("TEXT_DECL", "text declaration not well-formed"),
    ("PUBLICID", "illegal character(s) in public id"),
    ("SUSPENDED", "parser suspended"),
    ("NOT_SUSPENDED", "parser not suspended"),
    ("ABORTED", "parsing aborted"),
    ("FINISHED", "parsing finished"),
    ("SUSPEND_PE", "cannot suspend in external parameter entity"),
    (
        "RESERVED_PREFIX_XML",
        "reserved prefix (xml) must not be undeclared or bound to another namespace name",
    ),
    ("RESERVED_PREFIX_XMLNS", "reserved prefix (xmlns) must not be declared or undeclared"),
    ("RESERVED_NAMESPACE_URI", "prefix must not be bound to one of the reserved namespace names"),
    ("INVALID_ARGUMENT", "invalid argument"),
    ("NO_BUFFER", "a successful prior call to function XML_GetBuffer is required"),
    ("AMPLIFICATION_LIMIT_BREACH", "limit on input amplification factor (from DTD and entities) breached"),
    ("NOT_STARTED", "parser not started"),
];

/// The message of an error's code.
fn message(code: u8) -> Option<&'static str> {
    ERRORS.get(usize::from(code).checked_sub(1)?).map(|e| e.1)
}

/// A module that is an attribute of this one.
fn submodule(py: Python, parent: &PyModule, name: &str, doc: &str) -> PyResult<Py<PyModule>> {
    let full = format!("pyexpat.{name}");
    let m = PyModule::new(py, PyStr::new(py, &full)?.as_object())?;
    m.as_object().setattr_str(py, "__doc__", PyStr::new(py, doc)?.as_object())?;
    parent.as_object().setattr_str(py, name, m.as_object())?;
    let modules = runtime::import::modules(py)?;
    modules.set_item(py, PyStr::new(py, &full)?.as_object(), m.as_object())?;
    Ok(m)
}

fn add_errors(py: Python, parent: &PyModule) -> PyResult<()> {
    let m = submodule(py, parent, "errors", "Constants used to describe error conditions.")?;
    let (codes, messages) = (PyDict::new(py)?, PyDict::new(py)?);
    for (code, (name, text)) in (1..).zip(ERRORS) {
        let (number, text) = (PyInt::from_i64(py, code)?, PyStr::new(py, text)?);
        m.as_object().setattr_str(py, &format!("XML_ERROR_{name}"), text.as_object())?;
        codes.set_item(py, text.as_object(), number.as_object())?;
        messages.set_item(py, number.as_object(), text.as_object())?;
    }
    m.as_object().setattr_str(py, "codes", codes.as_object())?;
    m.as_object().setattr_str(py, "messages", messages.as_object())
}

fn add_model(py: Python, parent: &PyModule) -> PyResult<()> {
    let m = submodule(py, parent, "model", "Constants used to interpret content model information.")?;
    add_constants(
        py,
        &m,
        &[
            ("XML_CTYPE_EMPTY", 1),
            ("XML_CTYPE_ANY", 2),
            ("XML_CTYPE_MIXED", 3),
            ("XML_CTYPE_NAME", 4),
            ("XML_CTYPE_CHOICE", 5),
            ("XML_CTYPE_SEQ", 6),
            ("XML_CQUANT_NONE", 0),
            ("XML_CQUANT_OPT", 1),
            ("XML_CQUANT_REP", 2),
            ("XML_CQUANT_PLUS", 3),
        ],
    )
}

/// The version of expat this parser behaves as.
const VERSION: [i64; 3] = [2, 9, 0];

/// Event-driven XML parsing.
#[pymodule(name = "pyexpat", hidden_types(PyXmlParser))]
pub mod pyexpat {
    use super::*;

    /// Makes a parser.
    #[pyfunction(
        name = "ParserCreate",
        sig = "(encoding=None, namespace_separator=None, intern=<unrepresentable>)"
    )]
    fn parser_create(
        py: Python,
        encoding: Option<&str>,
        namespace_separator: Option<&str>,
        intern: Option<&PyObject>,
    ) -> PyResult<Py<PyXmlParser>> {
        let namespaces = match namespace_separator {
            None => None,
            Some(s) => {
                let mut chars = s.chars();
                let first = chars.next();
                if chars.next().is_some() {
                    return Err(value_error(
                        py,
                        "namespace_separator must be at most one character, omitted, or None",
                    ));
                }
                Some(first)
            }
        };
        // Without the argument every parser has a dict of its own, with None it has none.
        let fresh;
        let intern = match intern {
            None => {
                fresh = PyDict::new(py)?;
                Some(fresh.as_object())
            }
            Some(o) if o.is_none() => None,
            Some(o) if PyDict::check(o) => Some(o),
            Some(_) => return Err(type_error(py, "intern must be a dictionary")),
        };
        PyXmlParser::make(py, encoding, namespaces, intern)
    }

    /// The message of an error's code.
    #[pyfunction(name = "ErrorString")]
    fn error_string(code: i64) -> Option<&'static str> {
        u8::try_from(code).ok().and_then(message)
    }

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let m = module.as_object();
        let error = expat_error(py)?;
        m.setattr_str(py, "error", error.object())?;
        m.setattr_str(py, "ExpatError", error.object())?;
        m.setattr_str(py, "XMLParserType", PyXmlParser::type_object().object())?;
        m.setattr_str(py, "native_encoding", PyStr::new(py, "UTF-8")?.as_object())?;
        let [a, b, c] = VERSION;
        m.setattr_str(py, "EXPAT_VERSION", PyStr::new(py, &format!("expat_{a}.{b}.{c}"))?.as_object())?;
        m.setattr_str(py, "version_info", crate::system::int_tuple(py, VERSION)?.as_object())?;
        let mut features = Vec::new();
        let list =
            [("sizeof(XML_Char)", 1), ("sizeof(XML_LChar)", 1), ("XML_DTD", 0), ("XML_NS", 0), ("XML_GE", 0)];
        for (name, value) in list {
            let pair = [PyStr::new(py, name)?.into_object(), PyInt::from_i64(py, value)?.into_object()];
            features.push(PyTuple::new(py, pair)?.into_object());
        }
        m.setattr_str(py, "features", PyList::new(py, features)?.as_object())?;
        add_constants(
            py,
            module,
            &[
                ("XML_PARAM_ENTITY_PARSING_NEVER", 0),
                ("XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE", 1),
                ("XML_PARAM_ENTITY_PARSING_ALWAYS", 2),
            ],
        )?;
        add_model(py, module)?;
        add_errors(py, module)
    }
}
