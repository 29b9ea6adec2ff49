//! `__new__` of built-in types: a static method around `tp_new`.

use crate::prelude::*;
use crate::types::{PyCFunction, PyDict, PyTuple};
use std::ffi::c_void;

static NEW_METHOD: [PyMethodDef; 1] = [PyMethodDef {
    ml_name: c"__new__".as_ptr(),
    ml_meth: call_new as *const c_void,
    ml_flags: meth::VARARGS | meth::KEYWORDS,
    ml_doc: c"__new__($type, *args, **kwargs)\n--\n\nMakes a new object of the type.".as_ptr(),
}];

/// The `__new__` of `ty`, for its dict (`add_tp_new_wrapper`).
pub fn new_wrapper(py: Python, ty: &PyTypeObject) -> PyResult {
    Ok(PyCFunction::new(py, NEW_METHOD.as_ptr(), Some(ty.object()), None)?.into_object())
}

/// Is the function such a `__new__`?
pub fn is_tp_new_wrapper(f: &PyCFunction) -> bool {
    std::ptr::eq(f.def(), &NEW_METHOD[0])
}

unsafe extern "C" fn call_new(owner: *mut PyObject, args: *mut PyObject, kwargs: *mut PyObject) -> *mut PyObject {
    // SAFETY: a METH_VARARGS|METH_KEYWORDS method called attached.
    unsafe {
        let py = Python::assume_attached();
        let kwargs = kwargs.as_ref().and_then(|k| k.downcast::<PyDict>());
        let r = match ((*owner).downcast::<PyTypeObject>(), (*args).downcast::<PyTuple>()) {
            (Some(t), Some(a)) => run(py, t, a, kwargs),
            _ => Err(bad_internal_call(py)),
        };
        r.map_or(std::ptr::null_mut(), Py::into_raw)
    }
}

fn run(py: Python, ty: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    let name = ty.tp_name().to_string_lossy();
    let Some(first) = args.get(0) else {
        return Err(type_error(py, format!("{name}.__new__(): not enough arguments")));
    };
    let Some(sub) = first.downcast::<PyTypeObject>() else {
        return Err(type_error(py, format!("{name}.__new__(X): X is not a type object ({})", type_name(first))));
    };
    let sub_name = sub.tp_name().to_string_lossy();
    if !sub.is_subtype(ty) {
        return Err(type_error(py, format!("{name}.__new__({sub_name}): {sub_name} is not a subtype of {name}")));
    }
    // The most derived base that is not a Python class must use this very `tp_new`: `object.__new__(dict)` is not safe.
    let mut base = Some(sub);
    while let Some(b) = base {
        if !b.tp_new.get().is_some_and(|f| crate::types::type_::is_slot_new(f)) {
            break;
        }
        // SAFETY: a base is kept alive by its subclass.
        base = unsafe { b.tp_base.get().as_ref() };
    }
    if let Some(b) = base
        && b.tp_new.get().map(|f| f as usize) != ty.tp_new.get().map(|f| f as usize)
    {
        return Err(type_error(
            py,
            format!("{name}.__new__({sub_name}) is not safe, use {}.__new__()", b.tp_name().to_string_lossy()),
        ));
    }
    let rest = PyTuple::new(py, args.items()[1..].iter().map(|a| a.owned()))?;
    match ty.tp_new.get() {
        // SAFETY: the slot of a live type with its arguments.
        Some(f) => unsafe {
            from_c(py, f(sub.as_ptr() as *mut PyTypeObject, rest.as_ptr(), kwargs.map_or(std::ptr::null_mut(), |k| k.as_ptr())))
        },
        None => Err(type_error(py, format!("cannot create '{name}' instances"))),
    }
}
