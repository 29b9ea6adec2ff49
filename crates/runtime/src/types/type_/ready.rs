//! Completing a type object: `PyType_Ready`, for the static types of the runtime and of C extension modules, and as a step of making a
//! class.

use super::slotdefs::{SLOTDEFS, slot_value};
use super::{PyHeapType, TypeExt, cache, inherit, mro, slots, subclasses};
use crate::glue::heap_static;
use crate::prelude::*;
use crate::types::descr::{self, doc};
use crate::types::dict::keys::DictKeys;
use crate::types::object_::{self, PyBaseObject_Type};
use object::typeobj::{PyMemberDef, meth};
use std::ffi::CStr;

/// Where the managed weak reference list is, relative to the object.
pub const MANAGED_WEAKREF_OFFSET: isize = -32;

/// Completes a type: base, metatype, attributes, MRO, inherited slots. Does nothing if that has been done.
///
/// Errors: `SystemError` and `TypeError` for types whose author got something wrong, and `MemoryError`.
pub fn type_ready(py: Python, ty: &PyTypeObject) -> PyResult<()> {
    if ty.has_flag(flags::READY) {
        return Ok(());
    }
    add_flags(ty, flags::READYING);
    let r = ready(py, ty);
    drop_flags(ty, flags::READYING);
    if r.is_ok() {
        add_flags(ty, flags::READY);
    }
    r
}

fn add_flags(ty: &PyTypeObject, bits: u64) {
    ty.tp_flags.set(ty.tp_flags.get() | bits);
}

fn drop_flags(ty: &PyTypeObject, bits: u64) {
    ty.tp_flags.set(ty.tp_flags.get() & !bits);
}

fn ready(py: Python, ty: &PyTypeObject) -> PyResult<()> {
    check_before(py, ty)?;
    set_dict(py, ty)?;
    set_base(py, ty)?;
    set_metatype(ty);
    set_bases(py, ty)?;
    mro::update(py, ty)?;
    check_mro(py, ty)?;
    set_new(py, ty)?;
    fill_dict(py, ty)?;
    inherit_all(py, ty);
    set_preheader(py, ty)?;
    set_hash(py, ty)?;
    subclasses::add_to_bases(ty);
    set_shared_keys(py, ty)?;
    check_after(py, ty)
}

fn named(ty: &PyTypeObject) -> std::borrow::Cow<'_, str> {
    ty.tp_name().to_string_lossy()
}

fn check_before(py: Python, ty: &PyTypeObject) -> PyResult<()> {
    if ty.tp_name.get().is_null() {
        return Err(system_error(py, "Type does not define the tp_name field."));
    }
    if ty.has_flag(flags::METHOD_DESCRIPTOR) && ty.tp_descr_get.get().is_none() {
        return Err(system_error(
            py,
            format!(
                "type {} has the Py_TPFLAGS_METHOD_DESCRIPTOR flag but tp_descr_get is not set",
                named(ty)
            ),
        ));
    }
    Ok(())
}

/// A dict large enough for everything the type defines.
fn set_dict(py: Python, ty: &PyTypeObject) -> PyResult<()> {
    if !ty.tp_dict.get().is_null() {
        return Ok(());
    }
    let filled = SLOTDEFS.iter().filter(|d| !slot_value(ty, d.offset).is_null()).count();
    let n = filled + methods(ty).count() + getset(ty).count() + members(ty).count() + 2;
    ty.tp_dict.set(PyDict::with_capacity(py, n, true)?.into_raw());
    Ok(())
}

fn set_base(py: Python, ty: &PyTypeObject) -> PyResult<()> {
    if ty.base().is_none() && !std::ptr::eq(ty, &PyBaseObject_Type) {
        ty.tp_base.set(PyBaseObject_Type.ptr());
        if ty.has_flag(flags::HEAPTYPE) {
            PyBaseObject_Type.incref();
        }
    }
    match ty.base() {
        Some(b) if b.dict().is_none() => type_ready(py, b),
        _ => Ok(()),
    }
}

/// The metatype of a static type is its base's, unless the author set one.
fn set_metatype(ty: &PyTypeObject) {
    let o = ty.as_object();
    if o.ob_type.get().is_null() {
        let meta = match ty.base() {
            Some(b) => b.as_object().ob_type.get(),
            None => std::ptr::null(),
        };
        o.ob_type.set(if meta.is_null() { &raw const super::PyType_Type } else { meta });
    }
}

fn set_bases(py: Python, ty: &PyTypeObject) -> PyResult<()> {
    if !ty.tp_bases.get().is_null() {
        return Ok(());
    }
    let bases = match ty.base() {
        None => PyTuple::empty(py),
        Some(b) => PyTuple::new(py, [b.as_object().owned()])?,
    };
    ty.tp_bases.set(bases.into_raw());
    Ok(())
}

fn check_mro(py: Python, ty: &PyTypeObject) -> PyResult<()> {
    if ty.has_flag(flags::HEAPTYPE) {
        return Ok(());
    }
    let mro = ty.mro();
    for c in mro.iter().flat_map(|m| m.items()) {
        // SAFETY: an MRO holds types.
        let c: &PyTypeObject = unsafe { c.downcast_unchecked() };
        if c.has_flag(flags::HEAPTYPE) {
            return Err(type_error(
                py,
                format!(
                    "type '{}' is not dynamically allocated but its base type '{}' is dynamically allocated",
                    named(ty),
                    named(c)
                ),
            ));
        }
    }
    Ok(())
}

fn set_new(py: Python, ty: &PyTypeObject) -> PyResult<()> {
    let base = ty.base();
    if ty.tp_new.get().is_none()
        && base.is_some_and(|b| std::ptr::eq(b, &PyBaseObject_Type))
        && !ty.has_flag(flags::HEAPTYPE)
    {
        add_flags(ty, flags::DISALLOW_INSTANTIATION);
    }
    if ty.has_flag(flags::DISALLOW_INSTANTIATION) {
        ty.tp_new.set(None);
        return Ok(());
    }
    if ty.tp_new.get().is_none() {
        ty.tp_new.set(base.and_then(|b| b.tp_new.get()));
        return Ok(());
    }
    if ty.has_flag(flags::INHERITED_NEW) {
        return Ok(());
    }
    let (name, Some(dict)) = (intern!(py, "__new__"), ty.dict()) else { return Ok(()) };
    if !dict.contains(py, name.as_object())? {
        dict.set_item(py, name.as_object(), &*slots::new_wrapper(py, ty)?)?;
    }
    Ok(())
}

/// The entries of a table that ends with a null name.
fn entries<'a, T>(first: *const T, is_end: impl Fn(&T) -> bool + 'a) -> impl Iterator<Item = &'a T> + 'a
where
    T: 'a,
{
    let mut p = first;
    std::iter::from_fn(move || {
        // SAFETY: a definition table is null or ends with an entry without name, and lives as long as the type.
        let e = unsafe { p.as_ref() }.filter(|e| !is_end(e))?;
        // SAFETY: at most the end mark is reached.
        p = unsafe { p.add(1) };
        Some(e)
    })
}

/// The method definitions of a type.
pub fn methods(ty: &PyTypeObject) -> impl Iterator<Item = &'static PyMethodDef> + use<> {
    entries(ty.tp_methods.get() as *const PyMethodDef, |m| m.ml_name.is_null())
}

/// The member definitions of a type.
pub fn members(ty: &PyTypeObject) -> impl Iterator<Item = &PyMemberDef> {
    entries(ty.tp_members.get() as *const PyMemberDef, |m| m.name.is_null())
}

/// The computed attributes of a type.
pub fn getset(ty: &PyTypeObject) -> impl Iterator<Item = &PyGetSetDef> {
    entries(ty.tp_getset.get() as *const PyGetSetDef, |g| g.name.is_null())
}

/// An interned string for a name in a definition table.
///
/// # Safety
/// `name` is a C string.
pub(crate) unsafe fn intern_c(py: Python, name: *const std::ffi::c_char) -> PyResult<Py<PyStr>> {
    // SAFETY: the caller's promise.
    let text = unsafe { CStr::from_ptr(name) };
    let s = match text.to_str() {
        Ok(t) => PyStr::new(py, t)?,
        Err(_) => PyStr::new(py, &text.to_string_lossy())?,
    };
    Ok(PyStr::intern(py, s))
}

fn fill_dict(py: Python, ty: &PyTypeObject) -> PyResult<()> {
    let Some(dict) = ty.dict() else { return Err(bad_internal_call(py)) };
    for def in &SLOTDEFS {
        let f = slot_value(ty, def.offset);
        if def.wrapper.is_none() || f.is_null() {
            continue;
        }
        let name = def.name_object(py).as_object();
        if dict.contains(py, name)? {
            continue;
        }
        if f == object_::HASH_NOT_IMPLEMENTED.function {
            dict.set_item(py, name, none())?;
        } else {
            dict.set_item(py, name, &*descr::new_wrapper(py, ty, def, f)?)?;
        }
    }
    for m in methods(ty) {
        add_method(py, ty, dict, m)?;
    }
    for m in members(ty) {
        if m.flags & object::typeobj::member::RELATIVE_OFFSET != 0 {
            return Err(system_error(py, "PyDescr_NewMember used with Py_RELATIVE_OFFSET"));
        }
        let d = descr::new_member(py, ty, m)?;
        dict.set_default(py, &d.d_common.name(), &d)?;
    }
    for g in getset(ty) {
        let d = descr::new_getset(py, ty, g)?;
        dict.set_default(py, &d.d_common.name(), &d)?;
    }
    let name = intern!(py, "__doc__").as_object();
    if !dict.contains(py, name)? {
        let text = if ty.tp_doc.get().is_null() {
            None
        } else {
            doc::without_signature(ty.tp_name(), ty.tp_doc.get())
        };
        match text {
            Some(t) => dict.set_item(py, name, &*PyStr::new(py, &t)?)?,
            None => dict.set_item(py, name, none())?,
        }
    }
    Ok(())
}

/// Adds one method, class method or static method (`type_add_method`).
pub(super) fn add_method(
    py: Python,
    ty: &PyTypeObject,
    dict: &PyDict,
    def: &'static PyMethodDef,
) -> PyResult<()> {
    // SAFETY: an entry of a method table.
    let name = unsafe { intern_c(py, def.ml_name)? };
    if def.ml_flags & meth::COEXIST == 0 && dict.contains(py, &name)? {
        return Ok(());
    }
    let value: Py = if def.ml_flags & meth::CLASS != 0 {
        if def.ml_flags & meth::STATIC != 0 {
            return Err(value_error(py, "method cannot be both class and static"));
        }
        descr::new_class_method(py, ty, def)?.into_object()
    } else if def.ml_flags & meth::STATIC != 0 {
        let f = crate::types::PyCFunction::new(py, def, Some(ty.as_object()), None)?;
        crate::types::PyStaticMethod::new(py, &f)?.into_object()
    } else {
        descr::new_method(py, ty, def)?.into_object()
    };
    dict.set_item(py, &name, &value)
}

fn inherit_all(py: Python, ty: &PyTypeObject) {
    if let Some(base) = ty.base() {
        inherit::inherit_layout(ty, base);
    }
    let mro = ty.mro();
    for c in mro.iter().flat_map(|m| m.items()).skip(1) {
        // SAFETY: an MRO holds types.
        let c: &PyTypeObject = unsafe { c.downcast_unchecked() };
        inherit::inherit_slots(py, ty, c);
        inherit::inherit_pattern_flags(ty, c);
    }
    if let Some(base) = ty.base() {
        inherit::inherit_tables(ty, base);
    }
}

fn set_preheader(py: Python, ty: &PyTypeObject) -> PyResult<()> {
    let wrong = |flag: &str, field: &str| {
        Err(type_error(
            py,
            format!("type {} has the {flag} flag but {field} is set to incompatible value", named(ty)),
        ))
    };
    if ty.has_flag(flags::MANAGED_DICT) {
        if ty.tp_dictoffset.get() > 0 || ty.tp_dictoffset.get() < -1 {
            return wrong("Py_TPFLAGS_MANAGED_DICT", "tp_dictoffset");
        }
        ty.tp_dictoffset.set(-1);
    }
    if ty.has_flag(flags::MANAGED_WEAKREF) {
        let at = ty.tp_weaklistoffset.get();
        if at != 0 && at != MANAGED_WEAKREF_OFFSET {
            return wrong("Py_TPFLAGS_MANAGED_WEAKREF", "tp_weaklistoffset");
        }
        ty.tp_weaklistoffset.set(MANAGED_WEAKREF_OFFSET);
    }
    Ok(())
}

/// A type without hash says so in its dict.
fn set_hash(py: Python, ty: &PyTypeObject) -> PyResult<()> {
    if ty.tp_hash.get().is_some() {
        return Ok(());
    }
    let (name, Some(dict)) = (intern!(py, "__hash__").as_object(), ty.dict()) else { return Ok(()) };
    if !dict.contains(py, name)? {
        dict.set_item(py, name, none())?;
        ty.tp_hash.set(Some(object_::PyObject_HashNotImplemented));
    }
    Ok(())
}

/// Instances of a heap type with a managed dict share their keys, and keep the values inline where no items follow.
fn set_shared_keys(py: Python, ty: &PyTypeObject) -> PyResult<()> {
    if !ty.has_flag(flags::MANAGED_DICT) {
        return Ok(());
    }
    let Some(PyHeapType { ht_cached_keys, .. }) = ty.heap() else {
        return Err(system_error(
            py,
            format!(
                "type {} has the Py_TPFLAGS_MANAGED_DICT flag but not Py_TPFLAGS_HEAPTYPE flag",
                named(ty)
            ),
        ));
    };
    if ht_cached_keys.get().is_null() {
        let attributes = match ty.dict() {
            Some(d) => d.get_str(py, intern!(py, "__static_attributes__"))?,
            None => None,
        };
        ht_cached_keys
            .set(DictKeys::new_for_class(py, attributes.as_ref().and_then(|a| a.downcast::<PyTuple>()))?);
    }
    if ty.tp_itemsize.get() == 0 {
        add_flags(ty, flags::INLINE_VALUES);
    }
    Ok(())
}

fn check_after(py: Python, ty: &PyTypeObject) -> PyResult<()> {
    if ty.has_flag(flags::HAVE_GC) && ty.tp_traverse.get().is_none() {
        return Err(system_error(
            py,
            format!("type {} has the Py_TPFLAGS_HAVE_GC flag but has no traverse function", named(ty)),
        ));
    }
    Ok(())
}

/// Completes one of the runtime's own types: a static one is immutable and known as builtin to `type.__flags__`, a heap
/// type of a module is what its definition says.
pub fn ready_static(py: Python, ty: &'static PyTypeObject) -> PyResult<()> {
    if ty.has_flag(flags::READY) {
        return Ok(());
    }
    let heap = ty.has_flag(flags::HEAPTYPE);
    if !heap {
        add_flags(ty, flags::STATIC_BUILTIN | flags::IMMUTABLETYPE);
    }
    if let Some(b) = ty.base() {
        // SAFETY: a static type's base is static.
        let b: &'static PyTypeObject = unsafe { &*b.ptr() };
        ready_static(py, b)?;
    }
    if ty.tp_free.get().is_none() && ty.has_flag(flags::HAVE_GC) {
        ty.tp_free.set(Some(super::heap::PyObject_GC_Del));
    }
    if heap {
        heap_static::prepare(py, ty)?;
        // `object.__new__` would make an instance without its Rust fields.
        let plain = ty.base().is_none_or(|b| std::ptr::eq(b, &PyBaseObject_Type));
        if plain && ty.tp_new.get().is_none() {
            add_flags(ty, flags::DISALLOW_INSTANTIATION);
        }
    }
    if ty.has_flag(flags::OWN_GETATTRO) {
        ty.tp_getattro.set(Some(super::generic_getattr_slot));
    }
    if ty.has_flag(flags::OWN_SETATTRO) {
        ty.tp_setattro.set(Some(super::generic_setattr_slot));
    }
    type_ready(py, ty)?;
    drop_flags(ty, flags::DEFINITION);
    if heap {
        heap_static::finish(py, ty)?;
    }
    cache::assign_version(py, ty);
    Ok(())
}
