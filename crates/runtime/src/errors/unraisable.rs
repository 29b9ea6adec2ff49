//! Exceptions that nobody can handle: raised in finalisers, callbacks and at exit (`sys.unraisablehook`).

use super::{fetch, take};
use crate::intern;
use crate::prelude::*;
use crate::state::interpreter;
use crate::types::{PyNamespace, PyStr};

/// Reports the pending exception through `sys.unraisablehook`; `o` is the object it happened in, `message` replaces the default
/// "Exception ignored in". Leaves no exception pending.
#[cold]
pub fn write_unraisable(py: Python, raised: Raised, message: Option<&str>, o: Option<&PyObject>) {
    let exc = fetch(py, raised);
    if report(py, &exc, message, o).is_err() {
        drop(take(py));
    }
}

/// The same, with a message that names what was being done to which object.
pub fn write_unraisable_while(py: Python, raised: Raised, doing: &str, o: &PyObject) {
    let exc = fetch(py, raised);
    let shown = match o.repr(py) {
        Ok(r) => r.to_string_lossy(),
        Err(_) => {
            drop(take(py));
            format!("<object {} at {:#x}>", type_name(o), o.as_ptr() as usize)
        }
    };
    let e = raise_object(py, exc);
    write_unraisable(py, e, Some(&format!("Exception ignored while {doing} {shown}")), None);
}

fn report(
    py: Python,
    exc: &Py<PyBaseException>,
    message: Option<&str>,
    o: Option<&PyObject>,
) -> PyResult<()> {
    let Some(hook) = interpreter(py).sys_get(py, "unraisablehook").filter(|h| !h.is_none()) else {
        return Ok(());
    };
    let args = PyNamespace::new(py)?;
    args.as_object().setattr(py, intern!(py, "exc_type"), exc.ty().object())?;
    args.as_object().setattr(py, intern!(py, "exc_value"), exc.as_object())?;
    let tb = exc.traceback.get_owned().unwrap_or_else(|| none().owned());
    args.as_object().setattr(py, intern!(py, "exc_traceback"), &tb)?;
    // With a message of its own the object is part of it.
    let (text, o) = match (message, o) {
        (Some(m), Some(o)) => match o.repr(py) {
            Ok(shown) => (PyStr::new(py, &format!("{m} {}", shown.to_string_lossy()))?.into_object(), None),
            Err(_) => {
                drop(take(py));
                (PyStr::new(py, &format!("{m} <object repr() failed>"))?.into_object(), None)
            }
        },
        (Some(m), None) => (PyStr::new(py, m)?.into_object(), None),
        (None, o) => (none().owned(), o),
    };
    args.as_object().setattr(py, intern!(py, "err_msg"), &text)?;
    args.as_object().setattr(py, intern!(py, "object"), o.unwrap_or(none()))?;
    hook.call1(py, args.as_object()).map(drop)
}
