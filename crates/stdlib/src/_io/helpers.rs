//! What the stream types share: errors, sizes, views of memory, calls of other streams' methods.

use super::state;
use runtime::prelude::*;
use runtime::signals;
use runtime::types::memoryview::PyMemoryView;

/// Raises `io.UnsupportedOperation(message)`.
#[cold]
pub(super) fn unsupported(py: Python, message: &str) -> Raised {
    match state(py).unsupported_operation.get_owned() {
        Some(t) => raise(py, &t, message),
        None => raise(py, &exceptions::PyExc_OSError_Type, message),
    }
}

/// A size argument: `None` and absence mean -1.
pub(super) fn size_or_none(py: Python, size: Option<&PyObject>) -> PyResult<isize> {
    match size.filter(|s| !s.is_none()) {
        None => Ok(-1),
        Some(s) if runtime::abstract_::number::has_index(s) => {
            s.index_isize(py, Some(&exceptions::PyExc_OverflowError_Type))
        }
        Some(s) => Err(type_error(py, format!("argument should be integer or None, not '{}'", tp_name(s)))),
    }
}

/// A file position (`PyNumber_AsOff_t`); an int that does not fit raises `overflow`.
pub(super) fn offset_of(py: Python, o: &PyObject, overflow: &PyTypeObject) -> PyResult<i64> {
    match runtime::abstract_::number::index(py, o)?.as_i64() {
        Some(n) => Ok(n),
        None => {
            let text = format!("cannot fit '{}' into an offset-sized integer", tp_name(o));
            Err(raise(py, overflow, text))
        }
    }
}

/// `stream.closed`.
pub(super) fn is_closed(py: Python, stream: &PyObject) -> PyResult<bool> {
    stream.getattr(py, intern!(py, "closed"))?.is_true(py)
}

/// If the pending exception says that a signal interrupted a call, takes it; a handler has run then.
pub(super) fn interrupted(py: Python, raised: Raised) -> PyResult<()> {
    let exc = catch(py, raised, &exceptions::PyExc_InterruptedError_Type)?;
    drop(exc);
    signals::check(py)
}

/// Part of a bytes-like object, as bytes one by one, for a stream's `write`.
pub(super) fn view_of(py: Python, owner: &PyObject, start: usize, end: usize) -> PyResult {
    let view = PyMemoryView::of(py, owner)?.into_object();
    let plain = {
        let v: &PyMemoryView = view.downcast().ok_or_else(|| bad_internal_call(py))?;
        v.ndim() == 1 && v.format() == b"B"
    };
    let view = if plain {
        view
    } else {
        view.call_method1(py, intern!(py, "cast"), PyStr::new(py, "B")?.as_object())?
    };
    if start == 0 && view.length(py)? == end as isize {
        return Ok(view);
    }
    let (start, end) = (PyInt::from_usize(py, start)?, PyInt::from_usize(py, end)?);
    let slice = PySlice::type_object().object().call(py, &[start.as_object(), end.as_object()])?;
    view.get_item(py, &slice)
}

/// Remembers the pending exception while something else must be done that may fail itself. Whatever is pending at the end
/// gets the first one as its context.
pub(super) fn chain(py: Python, first: Option<Raised>, then: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
    let first = first.map(|r| fetch(py, r));
    let second = then();
    match (first, second) {
        (None, r) => r,
        (Some(f), Ok(())) => Err(raise_object(py, f)),
        (Some(f), Err(r)) => {
            let e = fetch(py, r);
            if !e.is(&f) {
                // Only what was raised for its own sake keeps its context.
                if e.context.is_empty() {
                    e.context.set(Some(f));
                }
            }
            Err(raise_object(py, e))
        }
    }
}

/// `TypeError: cannot pickle 'X' instances`.
#[cold]
pub(super) fn no_pickle(py: Python, o: &PyObject) -> Raised {
    type_error(py, format!("cannot pickle '{}' instances", o.ty().short_name()))
}

/// Runs a finaliser's work with no exception pending, and puts the pending one back.
pub(super) fn with_exception_aside(py: Python, f: impl FnOnce()) {
    let pending = take(py);
    f();
    if let Some(e) = pending {
        let _ = raise_object(py, e);
    }
}

/// Positions of the lines in a text or byte string: where the first one ends, behind its `\n`.
pub(super) fn line_end(bytes: &[u8]) -> Option<usize> {
    memchr::memchr(b'\n', bytes).map(|i| i + 1)
}
