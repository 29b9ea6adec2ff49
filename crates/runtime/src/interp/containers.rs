//! Containers made from stack entries, and `*` and `**` in displays and calls.

use super::stackref::StackRef;
use crate::abstract_::{ObjectExt, is_sequence};
use crate::errors::*;
use crate::types::dict::Merge;
use crate::types::exceptions::{PyExc_AttributeError_Type, PyExc_KeyError_Type, PyExc_TypeError_Type};
use crate::types::{PyDict, PyList, PyStr, PyTuple, StrBuilder};
use object::{Py, PyObject, PyResult, Python, Raised};

/// A tuple of the `n` words at `args`, whose references it takes over.
///
/// # Safety
/// The words hold objects.
#[inline(never)]
pub unsafe fn tuple_from_stack(py: Python, args: *const StackRef, n: usize) -> PyResult<Py<PyTuple>> {
    // SAFETY: the caller's promise.
    PyTuple::new(py, (0..n).map(|i| unsafe { (*args.add(i)).into_owned() }))
}

/// A list of the `n` words at `args`, whose references it takes over.
///
/// # Safety
/// The words hold objects.
#[inline(never)]
pub unsafe fn list_from_stack(py: Python, args: *const StackRef, n: usize) -> PyResult<Py<PyList>> {
    // SAFETY: the caller's promise.
    PyList::from_owned(py, n, (0..n).map(|i| unsafe { (*args.add(i)).into_owned() }))
}

/// The strings at `args`, one after the other.
///
/// # Safety
/// The words hold strings.
pub unsafe fn join_strings(py: Python, args: *const StackRef, n: usize) -> PyResult<Py<PyStr>> {
    // SAFETY: the caller's promise.
    let at = |i: usize| unsafe { (*args.add(i)).cast::<PyStr>() };
    let mut length = 0usize;
    for i in 0..n {
        length = length
            .checked_add(at(i).len())
            .ok_or_else(|| overflow_error(py, "join() result is too long for a Python string"))?;
    }
    if length > 1 && (0..n).all(|i| at(i).is_ascii()) {
        let s = PyStr::alloc(py, length, 0x7f)?;
        let mut to = s.data_ptr();
        for i in 0..n {
            let part = at(i).raw_bytes();
            // SAFETY: a fresh string as long as all parts together.
            unsafe {
                to.copy_from_nonoverlapping(part.as_ptr(), part.len());
                to = to.add(part.len());
            }
        }
        return Ok(s);
    }
    let mut b = StrBuilder::with_capacity(length);
    for i in 0..n {
        b.push_pystr(at(i));
    }
    b.finish(py)
}

/// `[*o]`.
pub fn list_extend(py: Python, list: &PyList, o: &PyObject) -> PyResult<()> {
    let Err(e) = list.extend(py, o) else { return Ok(()) };
    if matches(py, &PyExc_TypeError_Type) && o.ty().tp_iter.get().is_none() && !is_sequence(o) {
        drop(take(py));
        return Err(type_error(py, format!("Value after * must be an iterable, not {}", type_name(o))));
    }
    Err(e)
}

/// `{**o}`.
pub fn dict_update(py: Python, dict: &PyDict, o: &PyObject) -> PyResult<()> {
    let Err(e) = dict.merge(py, o, true) else { return Ok(()) };
    if matches(py, &PyExc_AttributeError_Type) {
        drop(take(py));
        return Err(type_error(py, format!("'{}' object is not a mapping", type_name(o))));
    }
    Err(e)
}

/// `f(**o)`: as [`dict_update`], but a key twice is an error.
pub fn dict_merge(py: Python, dict: &PyDict, o: &PyObject, callable: &PyObject) -> PyResult<()> {
    match dict.merge_with(py, o, Merge::Refuse) {
        Ok(()) => Ok(()),
        Err(e) => Err(kwargs_error(py, e, o, callable)),
    }
}

#[cold]
fn kwargs_error(py: Python, e: Raised, o: &PyObject, callable: &PyObject) -> Raised {
    if matches(py, &PyExc_AttributeError_Type) {
        drop(take(py));
        return match function_str(py, callable) {
            Ok(f) => type_error(py, format!("{f} argument after ** must be a mapping, not {}", type_name(o))),
            Err(e) => e,
        };
    }
    if matches(py, &PyExc_KeyError_Type)
        && let Some(exc) = take(py)
    {
        let args = match exc.args_tuple(py) {
            Ok(a) => a,
            Err(e) => return e,
        };
        let [key] = args.items() else { return raise_object(py, exc) };
        return match (function_str(py, callable), key.str_(py)) {
            (Ok(f), Ok(k)) => type_error(
                py,
                format!("{f} got multiple values for keyword argument '{}'", k.to_string_lossy()),
            ),
            (Err(e), _) | (_, Err(e)) => e,
        };
    }
    e
}

/// `f(*o)`: the positional arguments as a tuple.
pub fn args_tuple(py: Python, callable: &PyObject, o: &PyObject) -> PyResult<Py<PyTuple>> {
    if o.ty().tp_iter.get().is_none() && !is_sequence(o) {
        let f = function_str(py, callable)?;
        return Err(type_error(
            py,
            format!("{f} argument after * must be an iterable, not {}", type_name(o)),
        ));
    }
    o.to_tuple(py)
}

/// How error messages name what is called: `module.qualname()`, or its `str` (`_PyObject_FunctionStr`).
pub fn function_str(py: Python, f: &PyObject) -> PyResult<String> {
    let Some(qualname) = f.getattr_opt(py, crate::intern!(py, "__qualname__"))? else {
        return Ok(f.str_(py)?.to_string_lossy());
    };
    let qualname = qualname.str_(py)?.to_string_lossy();
    if let Some(module) = f.getattr_opt(py, crate::intern!(py, "__module__"))?
        && let Some(m) = module.downcast::<PyStr>()
        && !m.eq_str("builtins")
    {
        return Ok(format!("{}.{qualname}()", m.to_string_lossy()));
    }
    Ok(format!("{qualname}()"))
}
