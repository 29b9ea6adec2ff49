//! Iterating, sending and unpacking, out of line.

use super::frame::Frame;
use super::instrument;
use super::stackref::StackRef;
use crate::abstract_::{ObjectExt, is_sequence};
use crate::errors::*;
use crate::state::thread;
use crate::types::exceptions::{PyExc_StopIteration_Type, PyExc_TypeError_Type};
use crate::types::generator::{self, Sent};
use crate::types::{PyCode, PyCoroutine, PyGenerator, PyList};
use bytecode::code::flags;
use object::typeobj::UnaryFunc;
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, Python};

fn next_function(py: Python, it: &PyObject) -> PyResult<UnaryFunc> {
    match it.ty().tp_iternext.get() {
        Some(f) => Ok(f),
        None => Err(type_error(py, format!("'{}' object is not an iterator", type_name(it)))),
    }
}

/// The next value of an iterator; `None` at its end (with or without `StopIteration`).
fn next_silently(py: Python, it: &PyObject) -> PyResult<Option<Py>> {
    let f = next_function(py, it)?;
    // SAFETY: a slot called with a live object; null is the end or an error.
    if let Some(v) = unsafe { Py::from_raw_owned_or_opt(f(it.as_ptr())) } {
        return Ok(Some(v));
    }
    if thread(py).current_exception.is_empty() {
        return Ok(None);
    }
    catch(py, object::Raised::pending(), &PyExc_StopIteration_Type).map(|_| None)
}

/// As [`next_silently`], for `FOR_ITER`: a `StopIteration` is reported to monitoring.
pub fn next(py: Python, it: &PyObject, frame: &Frame) -> PyResult<Option<Py>> {
    let f = next_function(py, it)?;
    // SAFETY: a slot called with a live object; null is the end or an error.
    if let Some(v) = unsafe { Py::from_raw_owned_or_opt(f(it.as_ptr())) } {
        return Ok(Some(v));
    }
    if thread(py).current_exception.is_empty() {
        return Ok(None);
    }
    if matches(py, &PyExc_StopIteration_Type) {
        instrument::raised(py, frame);
    }
    catch(py, object::Raised::pending(), &PyExc_StopIteration_Type).map(|_| None)
}

/// `SEND` to anything: the value, and whether it is what the receiver returned. A `StopIteration` is reported to monitoring.
pub fn send(py: Python, receiver: &PyObject, value: &PyObject, frame: &Frame) -> PyResult<(Py, bool)> {
    let sent = if instrument::reports_raises(py, frame) {
        generator::send_noticing(py, receiver, value, || instrument::raised(py, frame))
    } else {
        generator::send(py, receiver, value)
    };
    match sent? {
        Sent::Yielded(v) => Ok((v, false)),
        Sent::Returned(v) => Ok((v, true)),
    }
}

/// `GET_YIELD_FROM_ITER`: the iterator, or `None` if `o` can be used as it is.
pub fn yield_from_iter(py: Python, o: &PyObject, code: &PyCode) -> PyResult<Option<Py>> {
    if PyCoroutine::check_exact(o) {
        if code.co_flags.get() as u32 & (flags::COROUTINE | flags::ITERABLE_COROUTINE) == 0 {
            return Err(type_error(
                py,
                "cannot 'yield from' a coroutine object in a non-coroutine generator",
            ));
        }
        return Ok(None);
    }
    if PyGenerator::check_exact(o) {
        return Ok(None);
    }
    o.get_iter(py).map(Some)
}

/// Unpacks `o` into `before` entries, a list of the rest if `after` is given, and `after` more, written so that the first is topmost.
///
/// # Safety
/// `out` has room for them.
pub unsafe fn unpack(
    py: Python,
    o: &PyObject,
    before: usize,
    after: Option<usize>,
    out: *mut StackRef,
) -> PyResult<()> {
    let total = before + after.map_or(0, |a| a + 1);
    let it = match o.get_iter(py) {
        Ok(it) => it,
        Err(e) => {
            if matches(py, &PyExc_TypeError_Type) && o.ty().tp_iter.get().is_none() && !is_sequence(o) {
                drop(take(py));
                return Err(type_error(py, format!("cannot unpack non-iterable {} object", type_name(o))));
            }
            return Err(e);
        }
    };
    let mut values: Vec<Py> = Vec::with_capacity(before.min(64));
    for i in 0..before {
        match next_silently(py, &it)? {
            Some(v) => values.push(v),
            None => {
                return Err(match after {
                    None => {
                        value_error(py, format!("not enough values to unpack (expected {before}, got {i})"))
                    }
                    Some(a) => value_error(
                        py,
                        format!("not enough values to unpack (expected at least {}, got {i})", before + a),
                    ),
                });
            }
        }
    }
    // SAFETY: the caller's room; the first value goes on top.
    let put = |i: usize, v: Py| unsafe { *out.add(total - 1 - i) = StackRef::from_owned(v) };
    let Some(after) = after else {
        if next_silently(py, &it)?.is_some() {
            // Only lists, tuples and dicts say how much too many.
            let known = o.downcast_exact::<PyList>().map(PyList::len).or_else(|| {
                (crate::types::PyTuple::check_exact(o) || crate::types::PyDict::check_exact(o))
                    .then(|| o.length(py).map_or(0, |n| n as usize))
            });
            return Err(match known {
                Some(n) if n > before => {
                    value_error(py, format!("too many values to unpack (expected {before}, got {n})"))
                }
                _ => value_error(py, format!("too many values to unpack (expected {before})")),
            });
        }
        for (i, v) in values.into_iter().enumerate() {
            put(i, v);
        }
        return Ok(());
    };
    let mut rest = Vec::new();
    while let Some(v) = next_silently(py, &it)? {
        rest.push(v);
    }
    if rest.len() < after {
        return Err(value_error(
            py,
            format!(
                "not enough values to unpack (expected at least {}, got {})",
                before + after,
                before + rest.len()
            ),
        ));
    }
    let tail = rest.split_off(rest.len() - after);
    let list = PyList::new(py, rest)?;
    for (i, v) in values.into_iter().chain([list.into_object()]).chain(tail).enumerate() {
        put(i, v);
    }
    Ok(())
}
