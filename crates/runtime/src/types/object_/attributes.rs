//! Generic attribute access: data descriptor, instance, other class attribute.

use super::storage::{Stored, instance_get, instance_set};
use crate::prelude::*;
use crate::types::type_::TypeExt;
use crate::types::{PyDict, PyStr};
use object::typeobj::TernaryFunc;
use std::ffi::c_void;

/// `attribute name must be string, not 'int'`.
#[cold]
pub fn bad_attribute_name(py: Python, name: &PyObject) -> Raised {
    type_error(py, format!("attribute name must be string, not '{}'", type_name(name)))
}

/// Is the object an iterator? (`PyIter_Check`)
pub fn is_iterator(o: &PyObject) -> bool {
    match o.ty().tp_iternext.get() {
        Some(f) => f as usize != _PyObject_NextNotImplemented as *const () as usize,
        None => false,
    }
}

/// `tp_iternext` of classes that set `__next__ = None` (`_PyObject_NextNotImplemented`).
///
/// # Safety
/// A slot: called attached, with live objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyObject_NextNotImplemented(o: *mut PyObject) -> *mut PyObject {
    // SAFETY: a slot called attached with a live object.
    unsafe {
        let py = Python::assume_attached();
        let _ = type_error(py, format!("'{}' object is not iterable", type_name(&*o)));
    }
    std::ptr::null_mut()
}

/// Binds a class attribute.
///
/// # Safety
/// `f` is the `tp_descr_get` of `d`.
unsafe fn bind(py: Python, f: TernaryFunc, d: &PyObject, o: &PyObject) -> PyResult {
    // SAFETY: a slot called with live objects; `d` is held by the caller.
    unsafe { from_c(py, f(d.as_ptr(), o.as_ptr(), o.ty().as_ptr())) }
}

fn is_data(d: &PyObject) -> bool {
    d.ty().tp_descr_set.get().is_some()
}

/// The lookup itself; `None` where there is no such attribute.
fn find(py: Python, o: &PyObject, name: &PyStr) -> PyResult<Option<Py>> {
    let ty = o.ty();
    let descr = ty.lookup(py, name).map(|d| d.owned());
    let get = descr.as_ref().and_then(|d| d.ty().tp_descr_get.get());
    if let (Some(d), Some(f)) = (&descr, get)
        && is_data(d)
    {
        // SAFETY: the slot of `d`'s type.
        return unsafe { bind(py, f, d, o).map(Some) };
    }
    if let Some(v) = instance_get(py, o, name)? {
        return Ok(Some(v));
    }
    match (descr, get) {
        // SAFETY: as above.
        (Some(d), Some(f)) => unsafe { bind(py, f, &d, o).map(Some) },
        (d, _) => Ok(d),
    }
}

/// `object.__getattribute__` (`PyObject_GenericGetAttr`).
pub fn generic_getattr(py: Python, o: &PyObject, name: &PyStr) -> PyResult {
    match find(py, o, name)? {
        Some(v) => Ok(v),
        None => Err(crate::abstract_::no_attribute(py, o, name)),
    }
}

/// The attribute of an object whose type has the generic `tp_getattro`, without raising for a missing one. `None` if the type
/// does something else.
#[inline]
pub fn generic_getattr_opt(py: Python, o: &PyObject, name: &PyStr) -> Option<PyResult<Option<Py>>> {
    let f = o.ty().tp_getattro.get()?;
    if f as usize != super::type_::getattro as *const () as usize {
        return None;
    }
    Some(match find(py, o, name) {
        // A property may raise it as well.
        Err(e) => match catch(py, e, &crate::types::exceptions::PyExc_AttributeError_Type) {
            Ok(_) => Ok(None),
            Err(e) => Err(e),
        },
        found => found,
    })
}

/// [`generic_getattr`] that gives `None` for a missing attribute, and when a descriptor raises `AttributeError`.
pub fn generic_getattr_suppress(py: Python, o: &PyObject, name: &PyStr) -> PyResult<Option<Py>> {
    match find(py, o, name) {
        Err(e) => {
            drop(catch(py, e, &crate::types::exceptions::PyExc_AttributeError_Type)?);
            Ok(None)
        }
        found => found,
    }
}

/// `object.__setattr__` and `object.__delattr__` (`PyObject_GenericSetAttr`).
pub fn generic_setattr(py: Python, o: &PyObject, name: &PyStr, value: Option<&PyObject>) -> PyResult<()> {
    let ty = o.ty();
    let descr = ty.lookup(py, name).map(|d| d.owned());
    if let Some(d) = &descr
        && let Some(f) = d.ty().tp_descr_set.get()
    {
        // SAFETY: a slot called with live objects.
        let r = unsafe { f(d.as_ptr(), o.as_ptr(), value.map_or(std::ptr::null_mut(), |v| v.as_ptr())) };
        return status(py, r).map(drop);
    }
    match instance_set(py, o, name, value)? {
        Stored::Done => Ok(()),
        Stored::Missing => Err(crate::abstract_::no_attribute(py, o, name)),
        Stored::NoPlace => {
            let (kind, n) = (type_name(o), name.to_string_lossy());
            let text = match (&descr, value) {
                (Some(_), _) => format!("'{kind}' object attribute '{n}' is read-only"),
                (None, _) if has_setattr(ty) => {
                    format!(
                        "'{kind}' object has no attribute '{n}' and no __dict__ for setting new attributes"
                    )
                }
                _ => format!("'{kind}' object has no attribute '{n}'"),
            };
            Err(attribute_error_for(py, o, name, text))
        }
    }
}

/// Would assignment work if there were a place? It does with the generic `tp_setattro`.
fn has_setattr(ty: &PyTypeObject) -> bool {
    ty.tp_setattro.get().is_some_and(|f| f as usize == super::type_::setattro as *const () as usize)
}

/// [`generic_getattr`] with a dict that stands for the instance's (`_PyObject_GenericGetAttrWithDict`).
pub fn generic_getattr_with_dict(py: Python, o: &PyObject, name: &PyObject, dict: &PyDict) -> PyResult {
    let Some(name) = name.downcast::<PyStr>() else { return Err(bad_attribute_name(py, name)) };
    let descr = o.ty().lookup(py, name).map(|d| d.owned());
    let get = descr.as_ref().and_then(|d| d.ty().tp_descr_get.get());
    if let (Some(d), Some(f)) = (&descr, get)
        && is_data(d)
    {
        // SAFETY: the slot of `d`'s type.
        return unsafe { bind(py, f, d, o) };
    }
    if let Some(v) = dict.get_str(py, name)? {
        return Ok(v);
    }
    match (descr, get) {
        // SAFETY: as above.
        (Some(d), Some(f)) => unsafe { bind(py, f, &d, o) },
        (Some(d), None) => Ok(d),
        (None, _) => Err(crate::abstract_::no_attribute(py, o, name)),
    }
}

/// [`generic_setattr`] with a dict that stands for the instance's (`_PyObject_GenericSetAttrWithDict`).
pub fn generic_setattr_with_dict(
    py: Python,
    o: &PyObject,
    name: &PyObject,
    value: Option<&PyObject>,
    dict: &PyDict,
) -> PyResult<()> {
    let Some(name) = name.downcast::<PyStr>() else { return Err(bad_attribute_name(py, name)) };
    let descr = o.ty().lookup(py, name).map(|d| d.owned());
    if let Some(d) = &descr
        && let Some(f) = d.ty().tp_descr_set.get()
    {
        // SAFETY: a slot called with live objects.
        let r = unsafe { f(d.as_ptr(), o.as_ptr(), value.map_or(std::ptr::null_mut(), |v| v.as_ptr())) };
        return status(py, r).map(drop);
    }
    match value {
        Some(v) => dict.set_item(py, name, v),
        None => match dict.pop(py, name)? {
            Some(_) => Ok(()),
            None => Err(crate::abstract_::no_attribute(py, o, name)),
        },
    }
}

/// A method for an immediate call (`_PyObject_GetMethod`): the function and `true` if it takes the object as its first
/// argument, or the bound attribute and `false`.
pub fn get_method(py: Python, o: &PyObject, name: &PyStr) -> PyResult<(Py, bool)> {
    let ty = o.ty();
    let generic =
        ty.tp_getattro.get().is_some_and(|f| f as usize == super::type_::getattro as *const () as usize);
    if !generic {
        return Ok((o.getattr(py, name)?, false));
    }
    let Some(descr) = ty.lookup(py, name).map(|d| d.owned()) else {
        return match instance_get(py, o, name)? {
            Some(v) => Ok((v, false)),
            None => Err(crate::abstract_::no_attribute(py, o, name)),
        };
    };
    let plain = descr.ty().has_flag(flags::METHOD_DESCRIPTOR);
    let get = descr.ty().tp_descr_get.get();
    if !plain
        && let Some(f) = get
        && is_data(&descr)
    {
        // SAFETY: the slot of the descriptor's type.
        return Ok((unsafe { bind(py, f, &descr, o)? }, false));
    }
    if let Some(v) = instance_get(py, o, name)? {
        return Ok((v, false));
    }
    match get {
        _ if plain => Ok((descr, true)),
        // SAFETY: as above.
        Some(f) => Ok((unsafe { bind(py, f, &descr, o)? }, false)),
        None => Ok((descr, false)),
    }
}

/// `tp_hash` of classes without hash.
///
/// # Safety
/// A slot: called attached, with live objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyObject_HashNotImplemented(o: *mut PyObject) -> isize {
    // SAFETY: a slot called attached with a live object.
    let _ = unsafe { crate::types::type_::slots::unhashable(Python::assume_attached(), &*o) };
    -1
}

/// A slot function as an untyped pointer, for tables.
pub struct SlotFunction {
    pub function: *const c_void,
}
// SAFETY: a constant pointer to code.
unsafe impl Sync for SlotFunction {}

/// What `__hash__ = None` puts into `tp_hash`.
pub static HASH_NOT_IMPLEMENTED: SlotFunction =
    SlotFunction { function: PyObject_HashNotImplemented as *const c_void };
/// What `__next__ = None` puts into `tp_iternext`.
pub static NEXT_NOT_IMPLEMENTED: SlotFunction =
    SlotFunction { function: _PyObject_NextNotImplemented as *const c_void };
