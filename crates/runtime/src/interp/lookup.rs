//! Names: globals, builtins, the namespaces of class and module bodies.

use super::frame::Frame;
use super::unbound;
use crate::abstract_::ObjectExt;
use crate::errors::*;
use crate::types::exceptions as exc;
use crate::types::{PyCell, PyDict, PyStr};
use bytecode::code::flags;
use object::{Py, PyLayout, PyObject, PyResult, Python, Raised};

/// `o[key]`, `None` where there is no such key (`PyMapping_GetOptionalItem`).
pub fn optional_item(py: Python, o: &PyObject, key: &PyObject) -> PyResult<Option<Py>> {
    if let Some(d) = o.downcast_exact::<PyDict>() {
        return d.get_item(py, key);
    }
    match o.get_item(py, key) {
        Ok(v) => Ok(Some(v)),
        Err(e) => catch(py, e, &exc::PyExc_KeyError_Type).map(|_| None),
    }
}

/// `LOAD_GLOBAL`.
pub fn global(py: Python, globals: &PyObject, builtins: &PyObject, name: &PyStr) -> PyResult {
    if let Some(v) = optional_item(py, globals, name.as_object())? {
        return Ok(v);
    }
    match optional_item(py, builtins, name.as_object())? {
        Some(v) => Ok(v),
        None => Err(unbound::global(py, name)),
    }
}

fn no_locals(py: Python, verb: &str, name: &PyStr) -> Raised {
    let name = name.as_object().repr(py).map_or_else(|_| String::new(), |r| r.to_string_lossy());
    system_error(py, format!("no locals {verb} {name}"))
}

/// `LOAD_NAME`.
pub fn name(py: Python, frame: &Frame, name: &PyStr) -> PyResult {
    let Some(locals) = frame.f_locals.get_owned() else { return Err(no_locals(py, "when loading", name)) };
    if let Some(v) = optional_item(py, &locals, name.as_object())? {
        return Ok(v);
    }
    // SAFETY: a running function keeps both alive.
    let (globals, builtins) = unsafe { (&*frame.f_globals.get(), &*frame.f_builtins.get()) };
    global(py, globals, builtins, name)
}

/// `STORE_NAME`.
pub fn store_name(py: Python, frame: &Frame, name: &PyStr, value: &PyObject) -> PyResult<()> {
    let Some(locals) = frame.f_locals.get_owned() else {
        return Err(no_locals(py, "found when storing", name));
    };
    store(py, &locals, name, value)
}

/// Stores in a namespace.
pub fn store(py: Python, namespace: &PyObject, name: &PyStr, value: &PyObject) -> PyResult<()> {
    match namespace.downcast_exact::<PyDict>() {
        Some(d) => d.set_item(py, name.as_object(), value),
        None => namespace.set_item(py, name.as_object(), value),
    }
}

/// `DELETE_NAME`.
pub fn delete_name(py: Python, frame: &Frame, name: &PyStr) -> PyResult<()> {
    let Some(locals) = frame.f_locals.get_owned() else { return Err(no_locals(py, "when deleting", name)) };
    match locals.del_item(py, name.as_object()) {
        Err(e) => match catch(py, e, &exc::PyExc_KeyError_Type) {
            Ok(_) => Err(unbound::global(py, name)),
            Err(e) => Err(e),
        },
        ok => ok,
    }
}

/// `DELETE_GLOBAL`.
pub fn delete_global(py: Python, globals: &PyObject, name: &PyStr) -> PyResult<()> {
    // SAFETY: globals are a dict.
    let globals: &PyDict = unsafe { globals.downcast_unchecked() };
    match globals.pop(py, name.as_object())? {
        Some(_) => Ok(()),
        None => Err(unbound::global(py, name)),
    }
}

/// `LOAD_LOCALS`.
pub fn locals(py: Python, frame: &Frame) -> PyResult {
    frame.f_locals.get_owned().ok_or_else(|| system_error(py, "no locals"))
}

/// `LOAD_FROM_DICT_OR_GLOBALS`.
pub fn dict_or_globals(
    py: Python,
    namespace: &PyObject,
    globals: &PyObject,
    builtins: &PyObject,
    name: &PyStr,
) -> PyResult {
    match optional_item(py, namespace, name.as_object())? {
        Some(v) => Ok(v),
        None => global(py, globals, builtins, name),
    }
}

/// `LOAD_FROM_DICT_OR_DEREF`.
pub fn dict_or_deref(py: Python, namespace: &PyObject, frame: &Frame, i: usize) -> PyResult {
    // SAFETY: called for a running frame with an index of a free variable.
    let (code, cell) = unsafe { (frame.code(), frame.local(i).get().cast::<PyCell>()) };
    let name = code.local_name(i);
    if let Some(v) = optional_item(py, namespace, name.as_object())? {
        return Ok(v);
    }
    cell.ob_ref.get_owned().ok_or_else(|| unbound::deref(py, code, i as u32))
}

/// `LOAD_BUILD_CLASS`.
pub fn build_class(py: Python, builtins: &PyObject) -> PyResult {
    let name = crate::intern!(py, "__build_class__");
    optional_item(py, builtins, name.as_object())?.ok_or_else(|| name_error(py, "__build_class__ not found"))
}

/// `SETUP_ANNOTATIONS`: makes sure that there is an `__annotations__` dict in the namespace.
pub fn setup_annotations(py: Python, frame: &Frame) -> PyResult<()> {
    let Some(locals) = frame.f_locals.get_owned() else {
        return Err(system_error(py, "no locals found when setting up annotations"));
    };
    let name = crate::intern!(py, "__annotations__");
    if optional_item(py, &locals, name.as_object())?.is_none() {
        locals.set_item(py, name.as_object(), PyDict::new(py)?.as_object())?;
    }
    Ok(())
}

/// `__init__` returned something.
#[cold]
pub fn init_returned(py: Python, o: &PyObject) -> Raised {
    type_error(py, format!("__init__() should return None, not '{}'", type_name(o)))
}

/// The future features switched on in the code of a frame.
pub fn future_flags(frame: &Frame) -> u32 {
    const FUTURE: u32 = 0x01fe_0000;
    const _: () = assert!(FUTURE & flags::FUTURE_ANNOTATIONS != 0 && FUTURE & flags::FUTURE_DIVISION != 0);
    frame.code_owned().map_or(0, |c| c.co_flags.get() as u32 & FUTURE)
}
