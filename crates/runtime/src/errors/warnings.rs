//! Issuing warnings from Rust: through the `_warnings` module, which holds filters and registries.

use crate::prelude::*;
use crate::state::interpreter;
use crate::types::exceptions::PyExc_ResourceWarning_Type;
use crate::types::{PyInt, PyStr};

/// A function of the library's `warnings` module, if that is imported.
pub fn library_function(py: Python, name: &str) -> PyResult<Option<Py>> {
    let module = match interpreter(py).modules.get_owned() {
        Some(m) => m.get_str(py, intern!(py, "warnings"))?,
        None => None,
    };
    match module {
        Some(m) => m.getattr_opt(py, &*PyStr::new(py, name)?),
        None => Ok(None),
    }
}

/// Functions of the `_warnings` module, once that was imported: there to the very end, when no module is.
#[derive(Default)]
struct Functions {
    warn: Slot,
    warn_explicit: Slot,
}

fn functions(py: Python) -> PyResult<Option<(Py, Py)>> {
    let st = interpreter(py).module_state::<Functions>();
    if let (Some(a), Some(b)) = (st.warn.get_owned(), st.warn_explicit.get_owned()) {
        return Ok(Some((a, b)));
    }
    let Some(modules) = interpreter(py).modules.get_owned() else { return Ok(None) };
    let Some(m) = modules.get_str(py, intern!(py, "_warnings"))? else { return Ok(None) };
    let found = (m.getattr(py, intern!(py, "warn"))?, m.getattr(py, intern!(py, "warn_explicit"))?);
    st.warn.set(Some(found.0.clone()));
    st.warn_explicit.set(Some(found.1.clone()));
    Ok(Some(found))
}

/// Looks the functions up while there are modules: they are needed when there are none.
pub fn prepare_for_exit(py: Python) {
    if functions(py).is_err() {
        drop(take(py));
    }
}

/// `warnings.warn(message, category, stacklevel)` (`PyErr_WarnEx`). Before the `_warnings` module exists nothing is issued.
///
/// Errors: the warning itself when a filter says so.
#[cold]
pub fn warn(py: Python, category: &PyTypeObject, message: &str, stack_level: isize) -> PyResult<()> {
    let message = PyStr::new(py, message)?;
    warn_object(py, category, &message, stack_level, None)
}

/// As [`warn`] with `source`, the object a `ResourceWarning` is about.
#[cold]
pub fn warn_object(
    py: Python,
    category: &PyTypeObject,
    message: &PyObject,
    stack_level: isize,
    source: Option<&PyObject>,
) -> PyResult<()> {
    let Some((f, _)) = functions(py)? else { return Ok(()) };
    let level = PyInt::from_i64(py, stack_level as i64)?;
    f.call(py, &[message, category.object(), level.as_object(), source.unwrap_or(none())])?;
    Ok(())
}

/// A `ResourceWarning` about `source`; in a finaliser, where an error can only be reported.
#[cold]
pub fn warn_resource(py: Python, source: &PyObject, message: &str) -> PyResult<()> {
    let message = PyStr::new(py, message)?;
    warn_object(py, &PyExc_ResourceWarning_Type, &message, 1, Some(source))
}

/// `warnings.warn_explicit(message, category, filename, line)`.
#[cold]
pub fn warn_explicit(
    py: Python,
    category: &PyTypeObject,
    message: &str,
    filename: &PyObject,
    line: i64,
    module: Option<&PyObject>,
) -> PyResult<()> {
    let Some((_, f)) = functions(py)? else { return Ok(()) };
    let message = PyStr::new(py, message)?;
    let line = PyInt::from_i64(py, line)?;
    // No module is not the same as None, with which nothing is issued.
    let mut args: Vec<&PyObject> = vec![&message, category.object(), filename, &line];
    args.extend(module);
    f.call(py, &args)?;
    Ok(())
}
