//! Calls: vectorcall first (PEP 590), `tp_call` where a type has none.

use crate::abstract_::ObjectExt;
use crate::errors::*;
use crate::state::{enter_recursive_call, thread};
use crate::types::object_::get_method;
use crate::types::{PyDict, PyModule, PyStr, PyTuple};
use object::typeobj::{VectorcallFunc, flags};
use object::{Py, PyLayout, PyObject, PyResult, Python};
use std::ptr::null_mut;

/// Set in `nargsf` when the callee may overwrite `args[-1]` for the time of the call.
pub const ARGUMENTS_OFFSET: usize = 1 << (usize::BITS - 1);

/// The number of positional arguments in `nargsf`.
#[inline(always)]
pub const fn nargs(nargsf: usize) -> usize {
    nargsf & !ARGUMENTS_OFFSET
}

/// The object's vectorcall function, if it has one.
#[inline(always)]
pub fn vectorcall_function(callable: &PyObject) -> Option<VectorcallFunc> {
    let ty = callable.ty();
    if !ty.has_flag(flags::HAVE_VECTORCALL) {
        return None;
    }
    // SAFETY: with the flag set, the offset names a field holding a vectorcall function or null.
    unsafe {
        let at = (callable.as_ptr() as *const u8).offset(ty.tp_vectorcall_offset.get());
        *(at as *const Option<VectorcallFunc>)
    }
}

/// `PyObject_Vectorcall`.
///
/// # Safety
/// `args` points to `nargs(nargsf)` borrowed references, followed by the values of `kwnames`; with
/// [`ARGUMENTS_OFFSET`] set, `args[-1]` is writable.
#[inline]
pub unsafe fn vectorcall(
    py: Python,
    callable: &PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: Option<&PyTuple>,
) -> PyResult {
    let names = kwnames.map_or(null_mut(), |k| k.as_ptr());
    // SAFETY: the caller's promise.
    unsafe {
        match vectorcall_function(callable) {
            Some(f) => check_result(py, callable, f(callable.as_ptr(), args, nargsf, names)),
            None => {
                let n = nargs(nargsf);
                let all =
                    std::slice::from_raw_parts(args as *const &PyObject, n + kwnames.map_or(0, |k| k.len()));
                make_tp_call(py, callable, &all[..n], kwnames, &all[n..])
            }
        }
    }
}

/// Checks "null if and only if raised", which C functions may get wrong (`_Py_CheckFunctionResult`).
///
/// # Safety
/// `result` is an owned reference or null.
#[inline(always)]
pub unsafe fn check_result(py: Python, callable: &PyObject, result: *mut PyObject) -> PyResult {
    let pending = !crate::state::thread(py).current_exception.is_empty();
    if result.is_null() != pending {
        // SAFETY: the caller's promise.
        return Err(bad_result(py, callable, unsafe { Py::from_raw_owned_or_opt(result) }));
    }
    // SAFETY: the caller's promise.
    unsafe { from_c(py, result) }
}

#[cold]
fn bad_result(py: Python, callable: &PyObject, result: Option<Py>) -> object::Raised {
    let cause = take(py);
    let name = match callable.repr(py) {
        Ok(s) => s.to_string_lossy(),
        Err(e) => return e,
    };
    if result.is_none() {
        return system_error(py, format!("{name} returned NULL without setting an exception"));
    }
    let r = system_error(py, format!("{name} returned a result with an exception set"));
    let new = fetch(py, r);
    new.cause.set(cause.clone());
    new.context.set(cause);
    raise_object(py, new)
}

/// Calls with positional and, named by `kwnames`, keyword arguments at the end of `args`.
pub fn call(py: Python, callable: &PyObject, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
    let positional = args.len().saturating_sub(kwnames.map_or(0, |k| k.len()));
    // SAFETY: `&PyObject` and `*mut PyObject` have the same representation, and the callee takes the arguments borrowed.
    unsafe { vectorcall(py, callable, args.as_ptr() as *const *mut PyObject, positional, kwnames) }
}

#[inline(never)]
fn make_tp_call(
    py: Python,
    callable: &PyObject,
    args: &[&PyObject],
    kwnames: Option<&PyTuple>,
    values: &[&PyObject],
) -> PyResult {
    if callable.ty().tp_call.get().is_none() {
        return Err(not_callable(py, callable));
    }
    let args = PyTuple::new(py, args.iter().map(|a| a.owned()))?;
    let kwargs = match kwnames {
        Some(names) if !names.is_empty() => {
            let d = PyDict::new(py)?;
            for (name, value) in names.items().iter().zip(values) {
                d.set_item(py, name, value)?;
            }
            Some(d)
        }
        _ => None,
    };
    tp_call(py, callable, &args, kwargs.as_deref())
}

fn tp_call(py: Python, callable: &PyObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    let Some(f) = callable.ty().tp_call.get() else { return Err(not_callable(py, callable)) };
    enter_recursive_call(py, " while calling a Python object")?;
    // SAFETY: a slot called with live objects.
    unsafe {
        check_result(
            py,
            callable,
            f(callable.as_ptr(), args.as_ptr(), kwargs.map_or(null_mut(), |k| k.as_ptr())),
        )
    }
}

#[cold]
pub(crate) fn not_callable(py: Python, o: &PyObject) -> object::Raised {
    let mut text = format!("'{}' object is not callable", type_name(o));
    // A module called in place of what it is named after.
    if let Some(m) = o.downcast::<PyModule>()
        && let Ok(Some(name)) = m.dict(py).get_str(py, crate::intern!(py, "__name__"))
        && let Some(name) = name.downcast::<PyStr>()
        && let Ok(Some(f)) = m.as_object().getattr_opt(py, name)
        && f.is_callable()
    {
        let name = name.to_string_lossy();
        text.push_str(&format!(". Did you mean: '{name}.{name}(...)'?"));
    }
    drop(thread(py).current_exception.take());
    type_error(py, text)
}

/// `callable(*args, **kwargs)` (`PyObject_Call`).
pub fn call_tuple_dict(py: Python, callable: &PyObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    let Some(f) = vectorcall_function(callable) else { return tp_call(py, callable, args, kwargs) };
    let kwargs = kwargs.filter(|k| !k.is_empty());
    let Some(kwargs) = kwargs else {
        // SAFETY: the tuple is kept alive by the caller.
        return unsafe {
            check_result(
                py,
                callable,
                f(callable.as_ptr(), args.items().as_ptr() as *const _, args.len(), null_mut()),
            )
        };
    };
    let (names, values) = split_kwargs(py, kwargs)?;
    let mut all: Vec<*mut PyObject> = Vec::with_capacity(args.len() + values.len());
    all.extend(args.items().iter().map(|a| a.as_ptr()));
    all.extend(values.iter().map(|v| v.as_ptr()));
    // SAFETY: tuple and values are alive during the call.
    unsafe { check_result(py, callable, f(callable.as_ptr(), all.as_ptr(), args.len(), names.as_ptr())) }
}

/// A keyword dict as names and values. Errors: `TypeError` for names that are not strings.
pub fn split_kwargs(py: Python, kwargs: &PyDict) -> PyResult<(Py<PyTuple>, Vec<Py>)> {
    let mut names = Vec::with_capacity(kwargs.len());
    let mut values = Vec::with_capacity(kwargs.len());
    let mut pos = 0;
    while let Some((k, v)) = kwargs.next(&mut pos) {
        if k.downcast::<PyStr>().is_none() {
            return Err(type_error(py, "keywords must be strings"));
        }
        names.push(k);
        values.push(v);
    }
    Ok((PyTuple::new(py, names)?, values))
}

/// `o.name(*args)`, without making a bound method where the attribute is a plain function of the type.
pub fn call_method(py: Python, o: &PyObject, name: &PyStr, args: &[&PyObject]) -> PyResult {
    let (func, unbound) = get_method(py, o, name)?;
    if !unbound {
        return call(py, &func, args, None);
    }
    if args.len() < 8 {
        let mut all = [o; 9];
        all[1..=args.len()].copy_from_slice(args);
        return call(py, &func, &all[..=args.len()], None);
    }
    let all: Vec<&PyObject> = std::iter::once(o).chain(args.iter().copied()).collect();
    call(py, &func, &all, None)
}

/// As [`call_method`], where `kwnames` name the last arguments.
pub fn call_method_kw(
    py: Python,
    o: &PyObject,
    name: &PyStr,
    args: &[&PyObject],
    kwnames: &PyTuple,
) -> PyResult {
    let (func, unbound) = get_method(py, o, name)?;
    if !unbound {
        return call(py, &func, args, Some(kwnames));
    }
    let all: Vec<&PyObject>;
    let mut few = [o; 9];
    let all = match few.get_mut(1..=args.len()) {
        Some(room) => {
            room.copy_from_slice(args);
            &few[..=args.len()]
        }
        None => {
            all = std::iter::once(o).chain(args.iter().copied()).collect();
            &all
        }
    };
    call(py, &func, all, Some(kwnames))
}

/// How messages name a callable: `module.qualname()` without `builtins` (`_PyObject_FunctionStr`).
#[cold]
pub fn function_str(py: Python, f: &PyObject) -> String {
    let named = || -> PyResult<Option<String>> {
        let Some(q) = f.getattr_opt(py, crate::intern!(py, "__qualname__"))? else { return Ok(None) };
        let q = q.str_(py)?.to_string_lossy();
        let module = f.getattr_opt(py, crate::intern!(py, "__module__"))?.filter(|m| !m.is_none());
        Ok(Some(match module {
            Some(m) if !m.downcast::<PyStr>().is_some_and(|m| m.eq_str("builtins")) => {
                format!("{}.{q}()", m.str_(py)?.to_string_lossy())
            }
            _ => format!("{q}()"),
        }))
    };
    match named() {
        Ok(Some(s)) => s,
        Ok(None) => f.str_(py).map_or_else(
            |_| {
                drop(take(py));
                "function".into()
            },
            |s| s.to_string_lossy(),
        ),
        Err(_) => {
            drop(take(py));
            "function".into()
        }
    }
}
