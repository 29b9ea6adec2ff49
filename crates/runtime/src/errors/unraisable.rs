//! Exceptions that nobody can handle: raised in finalisers, callbacks and at exit (`sys.unraisablehook`).

use super::{fetch, take};
use crate::interp::frame::Frame;
use crate::prelude::*;
use crate::state::{interpreter, thread};
use crate::types::{PyStr, PyTraceback, frame, structseq};

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

/// A traceback of the frame that is running, or `None`: for an exception that no Python code raised.
fn current_place(py: Python) -> Py {
    // SAFETY: the chain of a running thread consists of live frames.
    let frame = unsafe { Frame::first_complete(thread(py).current_frame.get()) };
    if frame.is_null() {
        return none().owned();
    }
    // SAFETY: a complete frame of this thread.
    let made = unsafe { frame::object_of(py, frame) }.and_then(|f| {
        let lasti = f.lasti();
        PyTraceback::new(py, None, f, lasti, -1)
    });
    match made {
        Ok(tb) => tb.into_object(),
        Err(_) => {
            drop(take(py));
            none().owned()
        }
    }
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
    let tb = match exc.traceback.get_owned() {
        Some(tb) => tb,
        None => current_place(py),
    };
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
    let ty = crate::sys::hooks::unraisable_args_type(py)?;
    let values =
        vec![exc.ty().object().owned(), exc.clone().into_object(), tb, text, o.unwrap_or(none()).owned()];
    let args = structseq::new_instance(py, &ty, values)?;
    hook.call1(py, args.as_object()).map(drop)
}
