//! `_csv`: reading and writing of comma separated values.

mod dialect;
mod reader;
mod writer;

use crate::system::{add_constants, cached_exception, module_state};
use dialect::PyDialect;
use reader::PyReader;
use runtime::prelude::*;
use runtime::types::exceptions::PyExc_Exception_Type;
use writer::PyWriter;

/// The module's exception, the dialects that have names, and the length of the longest field.
struct State {
    error: Slot<PyTypeObject>,
    dialects: Slot<PyDict>,
    field_limit: Cell<isize>,
}

impl Default for State {
    fn default() -> State {
        State { error: Slot::empty(), dialects: Slot::empty(), field_limit: Cell::new(128 * 1024) }
    }
}

fn error_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    cached_exception(py, &module_state::<State>(py).error, "_csv.Error", &PyExc_Exception_Type)
}

/// Raises `csv.Error`.
#[cold]
fn error(py: Python, text: &str) -> Raised {
    match error_type(py) {
        Ok(ty) => raise(py, &ty, text),
        Err(e) => e,
    }
}

/// The names' dialects.
fn dialects(py: Python) -> PyResult<Py<PyDict>> {
    let st = module_state::<State>(py);
    match st.dialects.get_owned() {
        Some(d) => Ok(d),
        None => {
            let d = PyDict::new(py)?;
            st.dialects.set(Some(d.clone()));
            Ok(d)
        }
    }
}

/// The dialect of a name. Errors: `csv.Error`.
fn find_dialect(py: Python, name: &PyObject) -> PyResult {
    dialects(py)?.get_item(py, name)?.ok_or_else(|| error(py, "unknown dialect"))
}

/// A dialect made of another and of keyword arguments; the values of `names` are the last of `args`, whose first `skip` are not
/// for it.
fn make_dialect(
    py: Python,
    args: &[&PyObject],
    skip: usize,
    names: Option<&PyTuple>,
) -> PyResult<Py<PyDialect>> {
    let rest = args.get(skip..).unwrap_or_default();
    let made = PyDialect::type_object().as_object().call_kw(py, rest, names)?;
    made.downcast_into().map_err(|_| bad_internal_call(py))
}

/// CSV parsing and writing.
///
/// reader and writer make objects that convert between lines of text and rows of fields. How a row is
/// written, its dialect, is described by a class or by keyword arguments:
///
/// delimiter separates fields; quotechar surrounds fields that contain special characters, as quoting demands; escapechar
/// takes a special character's meaning away; doublequote says whether a quote character in a field is doubled;
/// lineterminator ends the rows written; skipinitialspace drops blanks behind delimiters; strict refuses malformed
/// input.
#[pymodule(name = "_csv", types(PyDialect), hidden_types(PyReader, PyWriter))]
pub mod _csv {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        add_constants(
            py,
            module,
            &[
                ("QUOTE_MINIMAL", 0),
                ("QUOTE_ALL", 1),
                ("QUOTE_NONNUMERIC", 2),
                ("QUOTE_NONE", 3),
                ("QUOTE_STRINGS", 4),
                ("QUOTE_NOTNULL", 5),
            ],
        )?;
        let m = module.as_object();
        m.setattr_str(py, "Reader", PyReader::type_object().as_object())?;
        m.setattr_str(py, "Writer", PyWriter::type_object().as_object())?;
        m.setattr_str(py, "_dialects", &*dialects(py)?)?;
        m.setattr_str(py, "Error", error_type(py)?.as_object())
    }

    /// An iterator over the rows of an iterable of lines, each a list of strings.
    #[pyfunction(raw, text = "($module, iterable, /, dialect='excel', **fmtparams)")]
    fn reader(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult<Py<PyReader>> {
        let n = args.len() - kwnames.map_or(0, |k| k.len());
        runtime::args::check_positional(py, "reader", n, 1, 2)?;
        let Some(lines) = args.first() else { return Err(bad_internal_call(py)) };
        PyReader::make(py, lines.get_iter(py)?, || make_dialect(py, args, 1, kwnames))
    }

    /// An object that writes rows to a file, with the methods writerow and writerows.
    #[pyfunction(raw, text = "($module, fileobj, /, dialect='excel', **fmtparams)")]
    fn writer(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult<Py<PyWriter>> {
        let n = args.len() - kwnames.map_or(0, |k| k.len());
        runtime::args::check_positional(py, "writer", n, 1, 2)?;
        let Some(file) = args.first() else { return Err(bad_internal_call(py)) };
        let write = file.getattr_opt(py, intern!(py, "write"))?.filter(|w| w.is_callable());
        let Some(write) = write else {
            return Err(type_error(py, "argument 1 must have a \"write\" method"));
        };
        PyWriter::make(py, write, make_dialect(py, args, 1, kwnames)?)
    }

    /// The names of all dialects.
    #[pyfunction(text = "($module, /)")]
    fn list_dialects(py: Python) -> PyResult<Py<PyList>> {
        dialects(py)?.keys(py)
    }

    /// Gives a dialect a name.
    #[pyfunction(raw, text = "($module, name, /, dialect='excel', **fmtparams)")]
    fn register_dialect(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult<()> {
        let n = args.len() - kwnames.map_or(0, |k| k.len());
        runtime::args::check_positional(py, "register_dialect", n, 1, 2)?;
        let Some(name) = args.first().filter(|n| PyStr::check(n)) else {
            return Err(type_error(py, "dialect name must be a string"));
        };
        let dialect = make_dialect(py, args, 1, kwnames)?;
        dialects(py)?.set_item(py, name, &dialect)
    }

    /// Forgets a dialect's name.
    #[pyfunction(sig = "(name)")]
    fn unregister_dialect(py: Python, name: &PyObject) -> PyResult<()> {
        match dialects(py)?.pop(py, name)? {
            Some(_) => Ok(()),
            None => Err(error(py, "unknown dialect")),
        }
    }

    /// The dialect of a name.
    #[pyfunction(sig = "(name)")]
    fn get_dialect(py: Python, name: &PyObject) -> PyResult {
        find_dialect(py, name)
    }

    /// The length of the longest field that readers accept; a new one can be set.
    #[pyfunction(sig = "(new_limit=<unrepresentable>)")]
    fn field_size_limit(py: Python, new_limit: Option<&PyObject>) -> PyResult<isize> {
        let st = module_state::<State>(py);
        let old = st.field_limit.get();
        if let Some(o) = new_limit {
            let Some(n) = o.downcast_exact::<PyInt>() else {
                return Err(type_error(py, "limit must be an integer"));
            };
            let n = n
                .as_i64()
                .ok_or_else(|| overflow_error(py, "Python int too large to convert to C ssize_t"))?;
            st.field_limit.set(n as isize);
        }
        Ok(old)
    }
}
