//! Calling a class, and getting and setting its attributes.

use super::{PyType_Type, TypeExt, cache, update};
use crate::abstract_::call::check_result;
use crate::prelude::*;
use crate::types::object_;
use std::ptr::null_mut;

/// `type(...)` without making a tuple for the one-argument form.
pub(super) fn type_vectorcall(
    py: Python,
    cls: &PyTypeObject,
    args: &[&PyObject],
    kwnames: Option<&PyTuple>,
) -> PyResult {
    let named = kwnames.map_or(0, |k| k.len());
    if let [o] = args
        && named == 0
        && std::ptr::eq(cls, &PyType_Type)
    {
        return Ok(o.ty().as_object().owned());
    }
    let n = args.len() - named.min(args.len());
    let positional = PyTuple::new(py, args[..n].iter().map(|a| a.owned()))?;
    let kwargs = match kwnames.filter(|k| !k.is_empty()) {
        None => None,
        Some(names) => {
            let d = PyDict::new(py)?;
            for (k, v) in names.items().iter().zip(&args[n..]) {
                d.set_item(py, k, v)?;
            }
            Some(d)
        }
    };
    // A subclass of `type` may have a `tp_call` of its own.
    match cls.as_object().ty().tp_call.get() {
        // SAFETY: a slot called with live objects.
        Some(f) => unsafe {
            check_result(
                py,
                cls,
                f(cls.as_ptr(), positional.as_ptr(), kwargs.as_ref().map_or(null_mut(), |k| k.as_ptr())),
            )
        },
        None => type_call(py, cls, &positional, kwargs.as_deref()),
    }
}

/// `cls(*args, **kwargs)`: `__new__`, then `__init__` if that made an instance of the class.
pub fn type_call(py: Python, cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    if std::ptr::eq(cls, &PyType_Type) {
        match args.items() {
            [o] if kwargs.is_none_or(|k| k.is_empty()) => return Ok(o.ty().as_object().owned()),
            [_] => return Err(type_error(py, "type() takes no keyword arguments")),
            a if a.len() != 3 => return Err(type_error(py, "type() takes 1 or 3 arguments")),
            _ => {}
        }
    }
    let Some(tp_new) = cls.tp_new.get() else {
        return Err(type_error(py, format!("cannot create '{}' instances", cls.tp_name().to_string_lossy())));
    };
    let kw = kwargs.map_or(null_mut(), |k| k.as_ptr());
    // SAFETY: slots called with live objects.
    unsafe {
        let o = check_result(py, cls, tp_new(cls.ptr(), args.as_ptr(), kw))?;
        let ty = o.ty();
        if ty.is_subtype(cls)
            && let Some(init) = ty.tp_init.get()
            && init(o.as_ptr(), args.as_ptr(), kw) < 0
        {
            return Err(Raised::pending());
        }
        Ok(o)
    }
}

/// `tp_getattro` of classes: a data descriptor of the metaclass, then the class's own MRO, then the metaclass's rest.
pub fn type_getattro(py: Python, ty: &PyTypeObject, name: &PyObject) -> PyResult {
    let Some(name) = name.downcast::<PyStr>() else { return Err(object_::bad_attribute_name(py, name)) };
    match getattr_opt(py, ty, name)? {
        Some(v) => Ok(v),
        None => Err(attribute_error_for(
            py,
            ty,
            name,
            format!(
                "type object '{}' has no attribute '{}'",
                ty.tp_name().to_string_lossy(),
                name.to_string_lossy()
            ),
        )),
    }
}

/// [`type_getattro`] as a slot, compared with by address.
///
/// # Safety
/// A slot, called attached with a class and a name.
pub unsafe extern "C" fn type_getattro_slot(o: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    // SAFETY: the caller's promise.
    unsafe {
        type_getattro(Python::assume_attached(), (*o).downcast_unchecked(), &*name)
            .map_or(null_mut(), Py::into_raw)
    }
}

/// The same, `None` for a missing attribute. For types whose metatype has `type`'s `tp_getattro`.
pub fn getattr_opt(py: Python, ty: &PyTypeObject, name: &PyStr) -> PyResult<Option<Py>> {
    let meta = ty.as_object().ty();
    if !ty.has_flag(flags::READY) && ty.dict().is_none() {
        super::type_ready(py, ty)?;
    }
    let of_meta = meta.lookup(py, name).map(|v| v.owned());
    let meta_get = of_meta.as_ref().and_then(|v| v.ty().tp_descr_get.get());
    if let (Some(v), Some(get)) = (&of_meta, meta_get)
        && v.ty().tp_descr_set.get().is_some()
    {
        // SAFETY: the slot is called with live objects.
        return unsafe { from_c(py, get(v.as_ptr(), ty.as_ptr(), meta.as_ptr())).map(Some) };
    }
    if let Some(v) = ty.lookup(py, name) {
        let v = v.owned();
        return match v.ty().tp_descr_get.get() {
            // SAFETY: see above.
            Some(get) => unsafe { from_c(py, get(v.as_ptr(), null_mut(), ty.as_ptr())).map(Some) },
            None => Ok(Some(v)),
        };
    }
    match (of_meta, meta_get) {
        // SAFETY: see above.
        (Some(v), Some(get)) => unsafe { from_c(py, get(v.as_ptr(), ty.as_ptr(), meta.as_ptr())).map(Some) },
        (v, _) => Ok(v),
    }
}

/// Is it `__like_this__`?
fn is_dunder(name: &PyStr) -> bool {
    let n = name.len();
    n > 4 && [0, 1, n - 2, n - 1].iter().all(|&i| name.char_at(i) == u32::from(b'_'))
}

/// `tp_setattro` of classes.
pub fn type_setattro(
    py: Python,
    ty: &PyTypeObject,
    name: &PyObject,
    value: Option<&PyObject>,
) -> PyResult<()> {
    if ty.has_flag(flags::IMMUTABLETYPE) {
        return Err(type_error(
            py,
            format!(
                "cannot set {} attribute of immutable type '{}'",
                name.repr(py)?.to_string_lossy(),
                ty.tp_name().to_string_lossy()
            ),
        ));
    }
    let Some(name) = name.downcast::<PyStr>() else { return Err(object_::bad_attribute_name(py, name)) };
    let name = PyStr::intern(py, name.exact(py)?);
    let meta = ty.as_object().ty();
    if let Some(d) = meta.lookup(py, &name)
        && let Some(set) = d.ty().tp_descr_set.get()
    {
        let d = d.owned();
        // SAFETY: a slot called with live objects.
        status(py, unsafe { set(d.as_ptr(), ty.as_ptr(), value.map_or(null_mut(), |v| v.as_ptr())) })?;
        return Ok(());
    }
    let Some(dict) = ty.dict() else { return Err(bad_internal_call(py)) };
    // The tag goes before the value does: nothing may find the old one under the old tag.
    cache::modified(py, ty);
    let old = match value {
        Some(v) => {
            let old = dict.get_str(py, &name)?;
            dict.set_item(py, &name, v)?;
            old
        }
        None => match dict.pop(py, &name)? {
            Some(old) => Some(old),
            None => {
                return Err(attribute_error_for(
                    py,
                    ty,
                    &name,
                    format!(
                        "type object '{}' has no attribute '{}'",
                        ty.tp_name().to_string_lossy(),
                        name.to_string_lossy()
                    ),
                ));
            }
        },
    };
    if is_dunder(&name) {
        update::update_slot(py, ty, &name);
    }
    cache::modified(py, ty);
    drop(old);
    Ok(())
}
