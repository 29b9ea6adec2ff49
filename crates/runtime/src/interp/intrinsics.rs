//! `CALL_INTRINSIC_1` and `CALL_INTRINSIC_2`.

use super::frame::Frame;
use super::imports;
use crate::abstract_::{ObjectExt, number};
use crate::errors::*;
use crate::state::interpreter;
use crate::types::exceptions::{self as exc, PyBaseException, PyBaseExceptionGroup};
use crate::types::generator::async_gen;
use crate::types::{PyFunction, PyList, typevar};
use bytecode::args::intrinsic;
use bytecode::code::flags;
use object::{Py, PyLayout, PyObject, PyResult, Python};

/// One argument.
pub fn call_1(py: Python, which: u32, arg: &PyObject, frame: &Frame) -> PyResult {
    match which {
        intrinsic::PRINT => print_expression(py, arg),
        intrinsic::IMPORT_STAR => {
            imports::import_star(py, frame, arg)?;
            Ok(crate::singletons::none_owned())
        }
        intrinsic::STOPITERATION_ERROR => stop_iteration_error(py, arg, frame),
        intrinsic::ASYNC_GEN_WRAP => async_gen::wrap_value(py, arg),
        intrinsic::UNARY_POSITIVE => number::positive(py, arg),
        intrinsic::LIST_TO_TUPLE => match arg.downcast::<PyList>() {
            Some(l) => Ok(l.to_tuple(py)?.into_object()),
            None => Err(bad_internal_call(py)),
        },
        intrinsic::TYPEVAR => typevar::make_typevar(py, arg),
        intrinsic::PARAMSPEC => typevar::make_paramspec(py, arg),
        intrinsic::TYPEVARTUPLE => typevar::make_typevartuple(py, arg),
        intrinsic::SUBSCRIPT_GENERIC => typevar::subscript_generic(py, arg),
        intrinsic::TYPEALIAS => typevar::make_typealias(py, arg),
        _ => Err(system_error(py, "invalid intrinsic function")),
    }
}

/// Two arguments.
pub fn call_2(py: Python, which: u32, a: &PyObject, b: &PyObject) -> PyResult {
    match which {
        intrinsic::PREP_RERAISE_STAR => prep_reraise_star(py, a, b),
        intrinsic::TYPEVAR_WITH_BOUND => typevar::make_typevar_with_bound(py, a, b),
        intrinsic::TYPEVAR_WITH_CONSTRAINTS => typevar::make_typevar_with_constraints(py, a, b),
        intrinsic::SET_FUNCTION_TYPE_PARAMS => match a.downcast_exact::<PyFunction>() {
            Some(f) => {
                f.func_typeparams.set(Some(b.owned()));
                Ok(a.owned())
            }
            None => Err(bad_internal_call(py)),
        },
        intrinsic::SET_TYPEPARAM_DEFAULT => typevar::set_default(py, a, b),
        _ => Err(system_error(py, "invalid intrinsic function")),
    }
}

/// An expression statement at the prompt.
fn print_expression(py: Python, value: &PyObject) -> PyResult {
    let Some(hook) = interpreter(py).sys_get(py, "displayhook") else {
        return Err(runtime_error(py, "lost sys.displayhook"));
    };
    hook.call1(py, value)
}

/// A `StopIteration` that leaves a generator becomes a `RuntimeError` (PEP 479).
fn stop_iteration_error(py: Python, e: &PyObject, frame: &Frame) -> PyResult {
    // SAFETY: a running frame.
    let code_flags = unsafe { frame.code() }.co_flags.get() as u32;
    let kind = if code_flags & flags::ASYNC_GENERATOR != 0 {
        "async generator"
    } else if code_flags & flags::COROUTINE != 0 {
        "coroutine"
    } else {
        "generator"
    };
    let what = if e.ty().is_subtype(&exc::PyExc_StopIteration_Type) {
        "StopIteration"
    } else if code_flags & flags::ASYNC_GENERATOR != 0
        && e.ty().is_subtype(&exc::PyExc_StopAsyncIteration_Type)
    {
        "StopAsyncIteration"
    } else {
        return Ok(e.owned());
    };
    let raised = runtime_error(py, format!("{kind} raised {what}"));
    let new = fetch(py, raised);
    let old = e.downcast::<PyBaseException>().map(PyLayout::owned);
    new.cause.set(old.clone());
    new.context.set(old);
    new.suppress_context.set(true.into());
    Ok(new.into_object())
}

/// Did the group come from `orig` by splitting, unchanged otherwise?
fn is_same_metadata(e: &PyBaseException, orig: &PyBaseException) -> bool {
    fn same(a: *mut PyObject, b: *mut PyObject) -> bool {
        a == b
    }
    same(e.notes.as_ptr(), orig.notes.as_ptr())
        && same(e.traceback.as_ptr(), orig.traceback.as_ptr())
        && same(e.cause.as_ptr(), orig.cause.as_ptr())
        && same(e.context.as_ptr(), orig.context.as_ptr())
}

/// What is raised after all `except*` clauses: new exceptions, and the part of the original nobody caught.
fn prep_reraise_star(py: Python, orig: &PyObject, excs: &PyObject) -> PyResult {
    let Some(list) = excs.downcast::<PyList>() else { return Err(bad_internal_call(py)) };
    let items = list.snapshot();
    let Some(orig_exc) = orig.downcast::<PyBaseException>() else { return Err(bad_internal_call(py)) };
    if items.is_empty() {
        return Ok(crate::singletons::none_owned());
    }
    if orig.downcast::<PyBaseExceptionGroup>().is_none() {
        // A single bare exception was wrapped, so one clause at most ran.
        return Ok(items[0].clone());
    }
    let mut raised: Vec<Py> = Vec::new();
    let mut reraised: Vec<Py> = Vec::new();
    for e in items {
        if e.is_none() {
            continue;
        }
        let is_reraised = match e.downcast::<PyBaseException>() {
            Some(b) => is_same_metadata(b, orig_exc),
            None => false,
        };
        if is_reraised { reraised.push(e) } else { raised.push(e) }
    }
    let kept = if reraised.is_empty() { None } else { projection(py, orig, &reraised)? };
    if raised.is_empty() {
        return Ok(kept.unwrap_or_else(crate::singletons::none_owned));
    }
    if let Some(k) = kept {
        raised.push(k);
    }
    if let [one] = raised.as_slice() {
        return Ok(one.clone());
    }
    super::raise::new_group(py, "", &raised)
}

/// The part of the original group whose leaves are in what was re-raised.
fn projection(py: Python, orig: &PyObject, kept: &[Py]) -> PyResult<Option<Py>> {
    let Some(group) = orig.downcast::<PyBaseExceptionGroup>() else { return Err(bad_internal_call(py)) };
    let mut ids = Vec::new();
    for e in kept {
        match e.downcast::<PyBaseExceptionGroup>() {
            Some(g) => g.leaf_ids(py, &mut ids)?,
            None => ids.push(e.as_ptr()),
        }
    }
    group.project(py, &ids)
}
