//! `Dialect`: how rows are written.

use super::find_dialect;
use crate::system::as_int;
use runtime::prelude::*;
use runtime::types::type_::TypeExt;

/// When fields are quoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quoting {
    Minimal,
    All,
    NonNumeric,
    None,
    Strings,
    NotNull,
}

const QUOTINGS: [Quoting; 6] =
    [Quoting::Minimal, Quoting::All, Quoting::NonNumeric, Quoting::None, Quoting::Strings, Quoting::NotNull];

/// A checked dialect; it never changes.
#[repr(C)]
#[derive(Traverse)]
pub struct PyDialect {
    pub ob_base: PyObject,
    #[traverse(skip)]
    pub delimiter: u32,
    #[traverse(skip)]
    pub quotechar: Option<u32>,
    #[traverse(skip)]
    pub escapechar: Option<u32>,
    pub lineterminator: Py<PyStr>,
    #[traverse(skip)]
    pub quoting: Quoting,
    #[traverse(skip)]
    pub doublequote: Cell<bool>,
    #[traverse(skip)]
    pub skipinitialspace: Cell<bool>,
    #[traverse(skip)]
    pub strict: Cell<bool>,
}

/// The parameters, in order; all but the first are attributes too.
const NAMES: [&str; 9] = [
    "dialect",
    "delimiter",
    "doublequote",
    "escapechar",
    "lineterminator",
    "quotechar",
    "quoting",
    "skipinitialspace",
    "strict",
];

type Values = [Option<Py>; NAMES.len()];

fn arguments(py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Values> {
    let mut out = Values::default();
    let given = args.len() + kwargs.map_or(0, |k| k.len());
    if given > NAMES.len() {
        let text = format!("function takes at most {} arguments ({given} given)", NAMES.len());
        return Err(type_error(py, text));
    }
    for (slot, o) in out.iter_mut().zip(args.items()) {
        *slot = Some(o.owned());
    }
    let mut at = 0;
    while let Some((name, value)) = kwargs.and_then(|k| k.next(&mut at)) {
        let shown = name.str_(py)?.to_string_lossy();
        match NAMES.iter().position(|n| *n == shown) {
            Some(i) if i < args.len() => {
                let text =
                    format!("argument for function given by name ('{shown}') and position ({})", i + 1);
                return Err(type_error(py, text));
            }
            Some(i) => {
                if let Some(slot) = out.get_mut(i) {
                    *slot = Some(value);
                }
            }
            None => {
                let text = format!("this function got an unexpected keyword argument '{shown}'");
                return Err(type_error(py, text));
            }
        }
    }
    Ok(out)
}

/// A parameter of one character.
fn character(py: Python, name: &str, o: &PyObject, or_none: &str) -> PyResult<u32> {
    match o.downcast::<PyStr>() {
        Some(s) if s.len() == 1 => Ok(s.char_at(0)),
        other => {
            let got = match other {
                Some(s) => format!("a string of length {}", s.len()),
                None => o.ty().full_name(py)?,
            };
            let text = format!("\"{name}\" must be a unicode character{or_none}, not {got}");
            Err(type_error(py, text))
        }
    }
}

fn optional_character(py: Python, name: &str, o: Option<&Py>, default: Option<u32>) -> PyResult<Option<u32>> {
    match o {
        None => Ok(default),
        Some(o) if o.is_none() => Ok(None),
        Some(o) => character(py, name, o, " or None").map(Some),
    }
}

fn flag(py: Python, o: Option<&Py>, default: bool) -> PyResult<bool> {
    o.map_or(Ok(default), |o| o.is_true(py))
}

/// CSV dialect
///
/// The parameters of reading and writing.
#[pytype(
    name = "Dialect",
    module = "_csv",
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE),
    nosig,
    members(
        skipinitialspace: bool readonly,
        doublequote: bool readonly,
        strict: bool readonly
    )
)]
impl PyDialect {
    #[slot(tp_new)]
    fn tp_new(py: Python, cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let mut values = arguments(py, args, kwargs)?;
        let mut base = values.first_mut().and_then(Option::take);
        if let Some(name) = base.as_ref().filter(|o| PyStr::check(o)) {
            base = Some(find_dialect(py, name)?);
        }
        if let Some(o) = base {
            if PyDialect::check(&o) && values.iter().all(Option::is_none) {
                return Ok(o);
            }
            for (slot, name) in values.iter_mut().zip(NAMES).skip(1).filter(|(v, _)| v.is_none()) {
                match o.getattr_str(py, name) {
                    Ok(v) => *slot = Some(v),
                    Err(e) => drop(fetch(py, e)),
                }
            }
        }
        Ok(PyDialect::from_values(py, cls, &values)?.into_object())
    }

    fn from_values(py: Python, cls: &PyTypeObject, values: &Values) -> PyResult<Py<PyDialect>> {
        let [_, delimiter, doublequote, escapechar, lineterminator, quotechar, quoting, skip, strict] =
            values;
        let delimiter = match delimiter {
            None => b',' as u32,
            Some(o) => character(py, "delimiter", o, "")?,
        };
        let doublequote = flag(py, doublequote.as_ref(), true)?;
        let escape = optional_character(py, "escapechar", escapechar.as_ref(), None)?;
        let terminator = match lineterminator {
            None => PyStr::new(py, "\r\n")?,
            Some(o) => match o.downcast::<PyStr>() {
                Some(s) => s.owned(),
                None => {
                    let got = o.ty().full_name(py)?;
                    return Err(type_error(py, format!("\"lineterminator\" must be a string, not {got}")));
                }
            },
        };
        let quote = optional_character(py, "quotechar", quotechar.as_ref(), Some(b'"' as u32))?;
        let number = match quoting {
            None => 0,
            Some(o) if PyInt::check_exact(o) => as_int(py, o)?,
            Some(o) => {
                let got = o.ty().full_name(py)?;
                return Err(type_error(py, format!("\"quoting\" must be an integer, not {got}")));
            }
        };
        let skip = flag(py, skip.as_ref(), false)?;
        let strict = flag(py, strict.as_ref(), false)?;
        let known = usize::try_from(number).ok().and_then(|n| QUOTINGS.get(n).copied());
        let Some(mut style) = known else { return Err(type_error(py, "bad \"quoting\" value")) };
        if quotechar.as_ref().is_some_and(|o| o.is_none()) && quoting.is_none() {
            style = Quoting::None;
        }
        if style != Quoting::None && quote.is_none() {
            return Err(type_error(py, "quotechar must be set if quoting enabled"));
        }
        let single = [
            ("delimiter", Some(delimiter), true),
            ("escapechar", escape, !skip),
            ("quotechar", quote, !skip),
        ];
        for (name, c, blank_allowed) in single {
            let Some(c) = c else { continue };
            if c == 10 || c == 13 || (c == 32 && !blank_allowed) {
                return Err(value_error(py, format!("bad {name} value")));
            }
            if terminator.chars().any(|t| t == c) {
                return Err(value_error(py, format!("bad {name} or lineterminator value")));
            }
        }
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            let ((a, c, _), (b, d, _)) = (single[i], single[j]);
            if c.is_some() && c == d {
                return Err(value_error(py, format!("bad {a} or {b} value")));
            }
        }
        new_object(
            py,
            cls,
            PyDialect {
                ob_base: PyObject::header(cls),
                delimiter,
                quotechar: quote,
                escapechar: escape,
                lineterminator: terminator,
                quoting: style,
                doublequote: Cell::new(doublequote),
                skipinitialspace: Cell::new(skip),
                strict: Cell::new(strict),
            },
        )
    }

    #[getter(name = "delimiter")]
    fn get_delimiter(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::from_char(py, self.delimiter)
    }

    #[getter(name = "escapechar")]
    fn get_escapechar(&self, py: Python) -> PyResult<Option<Py<PyStr>>> {
        self.escapechar.map(|c| PyStr::from_char(py, c)).transpose()
    }

    #[getter(name = "lineterminator")]
    fn get_lineterminator(&self) -> Py<PyStr> {
        self.lineterminator.clone()
    }

    #[getter(name = "quotechar")]
    fn get_quotechar(&self, py: Python) -> PyResult<Option<Py<PyStr>>> {
        self.quotechar.map(|c| PyStr::from_char(py, c)).transpose()
    }

    #[getter(name = "quoting")]
    fn get_quoting(&self) -> i32 {
        self.quoting as i32
    }

    /// Raises TypeError: dialects have no pickles.
    #[pymethod(raw, nosig)]
    fn __reduce__(&self, py: Python, args: &[&PyObject]) -> PyResult {
        let _ = args;
        Err(type_error(py, format!("cannot pickle '{}' instances", self.ty().short_name())))
    }

    /// Raises TypeError: dialects have no pickles.
    #[pymethod(raw, nosig)]
    fn __reduce_ex__(&self, py: Python, args: &[&PyObject]) -> PyResult {
        self.__reduce__(py, args)
    }
}
