//! `raise`, `except` and the exception being handled.

use super::stackref::StackRef;
use crate::abstract_::ObjectExt;
use crate::errors::*;
use crate::state::thread;
use crate::types::exceptions::{self as exc, PyBaseException};
use crate::types::{PyInt, PyStr, PyTraceback, PyTuple};
use object::typeobj::flags;
use object::{Py, PyLayout, PyObject, PyResult, PyTypeObject, Python};

/// Is it an exception class?
pub fn is_exception_class(o: &PyObject) -> bool {
    o.downcast::<PyTypeObject>().is_some_and(|t| t.has_flag(flags::BASE_EXC_SUBCLASS))
}

/// Sets the pending exception without touching its context.
pub fn set_raised(py: Python, e: Py) {
    match e.downcast_into::<PyBaseException>() {
        Ok(e) => thread(py).current_exception.set(Some(e)),
        // Only code that was tampered with reraises something else.
        Err(_) => drop(system_error(py, "exception stack holds no exception")),
    }
}

/// Calls an exception class without arguments.
fn instantiate(py: Python, class: &PyObject) -> PyResult<Py<PyBaseException>> {
    class.call0(py)?.downcast_into::<PyBaseException>().map_err(|o| {
        let class = class.repr(py).map_or_else(|_| String::new(), |r| r.to_string_lossy());
        let ty = o.ty().object().repr(py).map_or_else(|_| String::new(), |r| r.to_string_lossy());
        type_error(py, format!("calling {class} should have returned an instance of BaseException, not {ty}"))
    })
}

/// `raise exc from cause`. An exception is pending afterwards; true if it was re-raised by a bare `raise`.
pub fn raise(py: Python, exc: Option<Py>, cause: Option<Py>) -> bool {
    let Some(exc) = exc else {
        let Some(handled) = thread(py).handled_exception() else {
            drop(runtime_error(py, "No active exception to reraise"));
            return false;
        };
        thread(py).current_exception.set(Some(handled));
        return true;
    };
    // Both ways end with an exception pending.
    let _ = raise_new(py, exc, cause);
    false
}

fn raise_new(py: Python, exc: Py, cause: Option<Py>) -> PyResult<()> {
    let value = if is_exception_class(&exc) {
        instantiate(py, &exc)?
    } else {
        exc.downcast_into::<PyBaseException>()
            .map_err(|_| type_error(py, "exceptions must derive from BaseException"))?
    };
    if let Some(cause) = cause {
        let cause = if is_exception_class(&cause) {
            Some(instantiate(py, &cause)?)
        } else if cause.is_none() {
            None
        } else {
            Some(
                cause
                    .downcast_into::<PyBaseException>()
                    .map_err(|_| type_error(py, "exception causes must derive from BaseException"))?,
            )
        };
        value.cause.set(cause);
        value.suppress_context.set(true.into());
    }
    let ty = value.ty().owned();
    let _ = raise_with(py, &ty, value.as_object());
    Ok(())
}

/// The instruction index on the exception stack.
pub fn lasti(py: Python, word: StackRef) -> PyResult<isize> {
    if word.is_int() {
        return Ok(word.untag_int());
    }
    match word.obj().downcast::<PyInt>().and_then(|i| i.as_i64()) {
        Some(i) => Ok(i as isize),
        None => Err(system_error(py, "lasti is not an int")),
    }
}

/// Checks what stands after `except`.
fn check_catchable(py: Python, kind: &PyObject) -> PyResult<()> {
    let fine = match kind.downcast::<PyTuple>() {
        Some(t) => t.items().iter().all(|k| is_exception_class(k)),
        None => is_exception_class(kind),
    };
    if fine {
        return Ok(());
    }
    Err(type_error(py, "catching classes that do not inherit from BaseException is not allowed"))
}

/// Is an exception of the class, or one of a tuple of classes?
pub fn matches_type(e: &PyObject, kind: &PyObject) -> bool {
    match kind.downcast::<PyTuple>() {
        Some(t) => t.items().iter().any(|k| matches_type(e, k)),
        // The MRO decides: `__subclasscheck__` is not asked.
        None => kind.downcast::<PyTypeObject>().is_some_and(|t| e.ty().is_subtype(t)),
    }
}

/// `except kind`.
pub fn exception_matches(py: Python, e: &PyObject, kind: &PyObject) -> PyResult<bool> {
    check_catchable(py, kind)?;
    Ok(matches_type(e, kind))
}

/// `except* kind`: the part that does not match and the part that does, either may be `None`.
pub fn group_matches(py: Python, e: &PyObject, kind: &PyObject) -> PyResult<(Py, Py)> {
    check_catchable(py, kind)?;
    let is_group = |k: &PyObject| {
        k.downcast::<PyTypeObject>().is_some_and(|t| t.is_subtype(&exc::PyExc_BaseExceptionGroup_Type))
    };
    let has_group = match kind.downcast::<PyTuple>() {
        Some(t) => t.items().iter().any(|k| is_group(k)),
        None => is_group(kind),
    };
    if has_group {
        return Err(type_error(
            py,
            "catching ExceptionGroup with except* is not allowed. Use except instead.",
        ));
    }
    let none = crate::singletons::none();
    let eg = e.downcast::<exc::PyBaseExceptionGroup>();
    if matches_type(e, kind) {
        if eg.is_some() {
            return Ok((none.owned(), e.owned()));
        }
        return wrap_in_group(py, e).map(|g| (none.owned(), g));
    }
    if eg.is_some() {
        let pair = e.call_method1(py, crate::intern!(py, "split"), kind)?;
        let Some(pair) = pair.downcast::<PyTuple>() else {
            return Err(type_error(
                py,
                format!("{}.split must return a tuple, not {}", type_name(e), type_name(&pair)),
            ));
        };
        let [matched, rest, ..] = pair.items() else {
            return Err(type_error(
                py,
                format!("{}.split must return a 2-tuple, got tuple of size {}", type_name(e), pair.len()),
            ));
        };
        return Ok((rest.owned(), matched.owned()));
    }
    Ok((e.owned(), none.owned()))
}

/// A bare exception caught by `except*` as a group, with a traceback entry for here.
fn wrap_in_group(py: Python, e: &PyObject) -> PyResult {
    let group = new_group(py, "", &[e.owned()])?;
    if let Some(g) = group.downcast::<PyBaseException>()
        && let Some(f) = crate::types::frame::current(py)?
    {
        let lasti = f.lasti();
        g.set_traceback_object(Some(PyTraceback::new(py, None, f, lasti, -1)?));
    }
    Ok(group)
}

/// `ExceptionGroup(message, excs)`, or a `BaseExceptionGroup` if an exception calls for it.
pub fn new_group(py: Python, message: &str, excs: &[Py]) -> PyResult {
    let message = PyStr::new(py, message)?;
    let excs = PyTuple::new(py, excs.to_vec())?;
    exc::PyExc_BaseExceptionGroup_Type.object().call(py, &[message.as_object(), excs.as_object()])
}

/// Makes `e` the exception being handled (`sys.exception()`).
pub fn set_handled(py: Python, e: Py) {
    // SAFETY: the top of the exception stack is never null while a thread runs.
    let info = unsafe { &*thread(py).exc_info.get() };
    info.exc_value.set(Some(e));
}

/// The value a `StopIteration` carries; `None` for another exception.
pub fn stop_iteration_value(e: &PyObject) -> Option<Py> {
    if !e.ty().is_subtype(&exc::PyExc_StopIteration_Type) {
        return None;
    }
    // SAFETY: `StopIteration` and its subclasses have this layout.
    let e: &exc::PyStopIteration = unsafe { e.downcast_unchecked() };
    Some(e.value.get_owned().unwrap_or_else(crate::singletons::none_owned))
}

/// Ends an `async for`.
pub fn is_stop_async_iteration(e: &PyObject) -> bool {
    e.ty().is_subtype(&exc::PyExc_StopAsyncIteration_Type)
}
