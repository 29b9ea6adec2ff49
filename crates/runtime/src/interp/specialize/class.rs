//! What specialised instructions remember in a class (`_specialization_cache`): its Python `__getitem__` and `__init__`.

use super::facts::{shared_keys, version};
use super::is_simple;
use crate::types::PyFunction;
use crate::types::object_;
use crate::types::type_::heap::PyType_GenericAlloc;
use crate::types::type_::{PyHeapType, TypeExt, heap};
use object::typeobj::flags;
use object::{Py, PyLayout, PyObject, PyResult, PyTypeObject, Python};

fn heap_type(ty: &PyTypeObject) -> Option<&PyHeapType> {
    if !ty.has_flag(flags::HEAPTYPE) {
        return None;
    }
    // SAFETY: heap types have this layout.
    Some(unsafe { ty.downcast_unchecked() })
}

/// Remembers a plain Python `__getitem__`.
pub(super) fn cache_getitem(py: Python, ty: &PyTypeObject) -> bool {
    let Some(h) = heap_type(ty) else { return false };
    let Some(f) =
        ty.lookup(py, crate::intern!(py, "__getitem__")).and_then(|g| g.downcast_exact::<PyFunction>())
    else {
        return false;
    };
    if !is_simple(f.code(), 2) || version(py, ty).is_none() {
        return false;
    }
    let Some(v) = f.version_for_cache(py) else { return false };
    h.spec_cache.getitem.set(f.as_ptr());
    h.spec_cache.getitem_version.set(v);
    true
}

/// The remembered `__getitem__` and the version it had. Modifying the class forgets it.
#[inline(always)]
pub fn cached_getitem(ty: &'static PyTypeObject) -> Option<(&'static PyObject, u32)> {
    let h = heap_type(ty)?;
    // SAFETY: cleared when the class changes, so the class still holds it.
    let f = unsafe { h.spec_cache.getitem.get().as_ref() }?;
    Some((f, h.spec_cache.getitem_version.get()))
}

/// Remembers a plain Python `__init__` of a class whose instances are made in the default way; gives the class's version.
pub(super) fn cache_init(py: Python, ty: &PyTypeObject) -> Option<u32> {
    let h = heap_type(ty)?;
    if !ty.has_flag(flags::INLINE_VALUES)
        || ty.tp_new.get().map(|f| f as usize) != object_::type_object().tp_new.get().map(|f| f as usize)
        || ty.tp_alloc.get().map(|f| f as usize) != Some(PyType_GenericAlloc as *const () as usize)
    {
        return None;
    }
    let f = ty.lookup(py, crate::intern!(py, "__init__"))?.downcast_exact::<PyFunction>()?;
    if !super::is_simple_code(f.code()) {
        return None;
    }
    let v = version(py, ty)?;
    h.spec_cache.init.set(f.as_ptr());
    Some(v)
}

/// The remembered `__init__`, valid if the class's version is.
#[inline(always)]
pub fn cached_init(ty: &'static PyTypeObject) -> Option<&'static PyObject> {
    let h = heap_type(ty)?;
    // SAFETY: the caller compared the class's version: the class still holds it.
    unsafe { h.spec_cache.init.get().as_ref() }
}

/// A new instance, without calling `__new__`.
pub fn generic_alloc(py: Python, ty: &PyTypeObject) -> PyResult<Py> {
    heap::generic_alloc(py, ty, 0)
}

/// The version of the keys the instances share, 0 if they share none.
#[inline(always)]
pub fn cached_keys_version(ty: &PyTypeObject) -> u32 {
    shared_keys(ty).map_or(0, |k| k.dk_version.get())
}
