//! Subscription, containment and length: the sequence and mapping protocols.

use crate::abstract_::{ObjectExt, number};
use crate::errors::*;
use crate::intern;
use crate::singletons::not_implemented;
use crate::types::exceptions::{PyExc_IndexError_Type, PyExc_TypeError_Type};
use crate::types::{PyDict, PyInt};
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, PyTypeObject, Python, Raised};
use std::ptr::null_mut;

/// `PySequence_Check`.
pub fn is_sequence(o: &PyObject) -> bool {
    !PyDict::check(o) && o.ty().as_sequence().is_some_and(|s| s.sq_item.get().is_some())
}

/// `o[key]`.
pub fn get_item(py: Python, o: &PyObject, key: &PyObject) -> PyResult {
    let ty = o.ty();
    if let Some(f) = ty.as_mapping().and_then(|m| m.mp_subscript.get()) {
        // SAFETY: a slot called with live objects.
        return unsafe { from_c(py, f(o.as_ptr(), key.as_ptr())) };
    }
    if let Some(f) = ty.as_sequence().and_then(|s| s.sq_item.get()) {
        let i = sequence_index(py, o, key)?;
        // SAFETY: as above.
        return unsafe { from_c(py, f(o.as_ptr(), i)) };
    }
    if let Some(t) = o.downcast::<PyTypeObject>() {
        // `type[...]` is subscriptable for annotations; other classes through __class_getitem__.
        if std::ptr::eq(t, PyTypeObject::type_object()) {
            return crate::types::generic_alias::new(py, o, key);
        }
        if let Some(f) = o.getattr_opt(py, intern!(py, "__class_getitem__"))?
            && !f.is_none()
        {
            return f.call1(py, key);
        }
        return Err(type_error(py, format!("type '{}' is not subscriptable", t.display_name())));
    }
    Err(type_error(py, format!("'{}' object is not subscriptable", type_name(o))))
}

/// A subscript of a sequence as an offset, negative ones counted from the end (`PySequence_GetItem`).
fn sequence_index(py: Python, o: &PyObject, key: &PyObject) -> PyResult<isize> {
    if !number::has_index(key) {
        return Err(type_error(py, format!("sequence index must be integer, not '{}'", type_name(key))));
    }
    let i = key.index_isize(py, Some(&PyExc_IndexError_Type))?;
    if i < 0
        && let Some(f) = o.ty().as_sequence().and_then(|s| s.sq_length.get())
    {
        // SAFETY: a slot called with a live object.
        let n = unsafe { f(o.as_ptr()) };
        if n < 0 {
            return Err(Raised::pending());
        }
        return Ok(i.saturating_add(n));
    }
    Ok(i)
}

/// `o[key] = value`, or `del o[key]`.
pub fn ass_item(py: Python, o: &PyObject, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
    let v = value.map_or(null_mut(), |v| v.as_ptr());
    let ty = o.ty();
    if let Some(f) = ty.as_mapping().and_then(|m| m.mp_ass_subscript.get()) {
        // SAFETY: a slot called with live objects.
        status(py, unsafe { f(o.as_ptr(), key.as_ptr(), v) })?;
        return Ok(());
    }
    if let Some(s) = ty.as_sequence() {
        if number::has_index(key) {
            if let Some(f) = s.sq_ass_item.get() {
                let i = sequence_index(py, o, key)?;
                // SAFETY: as above.
                status(py, unsafe { f(o.as_ptr(), i, v) })?;
                return Ok(());
            }
            if value.is_none() {
                let text = format!("'{}' object doesn't support item deletion", type_name(o));
                return Err(type_error(py, text));
            }
        } else if s.sq_ass_item.get().is_some() {
            return Err(type_error(py, format!("sequence index must be integer, not '{}'", type_name(key))));
        }
    }
    let what = if value.is_some() { "assignment" } else { "deletion" };
    Err(type_error(py, format!("'{}' object does not support item {what}", type_name(o))))
}

/// `value in o`.
pub fn contains(py: Python, o: &PyObject, value: &PyObject) -> PyResult<bool> {
    if let Some(f) = o.ty().as_sequence().and_then(|s| s.sq_contains.get()) {
        // SAFETY: a slot called with live objects.
        return Ok(status(py, unsafe { f(o.as_ptr(), value.as_ptr()) })? != 0);
    }
    contains_by_iteration(py, o, value)
}

/// `value in o`, by going through the items.
pub fn contains_by_iteration(py: Python, o: &PyObject, value: &PyObject) -> PyResult<bool> {
    let it = match o.get_iter(py) {
        Ok(it) => it,
        Err(e) => {
            drop(catch(py, e, &PyExc_TypeError_Type)?);
            return Err(type_error(
                py,
                format!("argument of type '{}' is not a container or iterable", type_name(o)),
            ));
        }
    };
    while let Some(v) = it.iter_next(py)? {
        if v.eq(py, value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `len(o)`.
#[inline]
pub fn length(py: Python, o: &PyObject) -> PyResult<isize> {
    let ty = o.ty();
    let f =
        ty.as_sequence().and_then(|s| s.sq_length.get()).or(ty.as_mapping().and_then(|m| m.mp_length.get()));
    match f {
        // SAFETY: a slot called with a live object.
        Some(f) => match unsafe { f(o.as_ptr()) } {
            n if n < 0 => Err(Raised::pending()),
            n => Ok(n),
        },
        None => Err(type_error(py, format!("object of type '{}' has no len()", type_name(o)))),
    }
}

/// `operator.length_hint(o, default)`.
pub fn length_hint(py: Python, o: &PyObject, default: isize) -> PyResult<isize> {
    let ty = o.ty();
    let has_len = ty.as_sequence().is_some_and(|s| s.sq_length.get().is_some())
        || ty.as_mapping().is_some_and(|m| m.mp_length.get().is_some());
    if has_len {
        match length(py, o) {
            Ok(n) => return Ok(n),
            Err(e) => drop(catch(py, e, &PyExc_TypeError_Type)?),
        }
    }
    let Some(f) = o.lookup_special(py, intern!(py, "__length_hint__"))? else { return Ok(default) };
    let r: Py = match f.call0(py) {
        Ok(r) => r,
        Err(e) => {
            drop(catch(py, e, &PyExc_TypeError_Type)?);
            return Ok(default);
        }
    };
    if r.is(not_implemented()) {
        return Ok(default);
    }
    let Some(n) = r.downcast::<PyInt>() else {
        return Err(type_error(py, format!("__length_hint__ must be an integer, not {}", type_name(&r))));
    };
    let n = n.to_isize(py)?;
    if n < 0 { Err(value_error(py, "__length_hint__() should return >= 0")) } else { Ok(n) }
}

/// `PyMapping_Check`.
pub fn is_mapping(o: &PyObject) -> bool {
    o.ty().as_mapping().is_some_and(|m| m.mp_subscript.get().is_some())
}
