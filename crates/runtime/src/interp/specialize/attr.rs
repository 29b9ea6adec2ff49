//! `LOAD_ATTR`, `STORE_ATTR`, `LOAD_SUPER_ATTR`.

use super::facts::{
    Attribute, Kind, analyze_load, analyze_store, classify, plain_unicode_keys, shared_keys, version,
};
use super::{Cache, is_simple, settle};
use crate::abstract_::ObjectExt;
use crate::errors::from_c;
use crate::interp::dict_access::{inline_values, managed_dict};
use crate::types::code::CodeUnit;
use crate::types::descr::PyMemberDescr;
use crate::types::super_::{self, PySuper};
use crate::types::type_::TypeExt;
use crate::types::{PyDict, PyFunction, PyModule, PyProperty, PyStr};
use bytecode::{Opcode, op};
use object::typeobj::{flags, member};
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, PyTypeObject, Python};

pub fn load_attr(py: Python, owner: &PyObject, ip: *const CodeUnit, name: &PyStr, oparg: u32) {
    let form = if let Some(m) = owner.downcast_exact::<PyModule>() {
        of_module(py, m, ip, name)
    } else if let Some(t) = owner.downcast::<PyTypeObject>() {
        of_class(py, t, ip, name)
    } else {
        of_instance(py, owner, ip, name, oparg & 1 != 0)
    };
    settle(ip, form);
}

fn of_module(py: Python, m: &PyModule, ip: *const CodeUnit, name: &PyStr) -> Option<Opcode> {
    if !PyModule::check_exact(m.as_object()) {
        return None;
    }
    let dict = m.dict(py);
    let dict = &*dict;
    plain_unicode_keys(dict)?;
    if dict.keys_index(crate::intern!(py, "__getattr__")).is_some() {
        return None;
    }
    let index = u16::try_from(dict.keys_index(name)?).ok()?;
    let keys_version = Some(dict.keys_version(py)).filter(|&v| v != 0)?;
    let cache = Cache::of(ip);
    cache.u32(1, keys_version);
    cache.u16(3, index);
    Some(op::LOAD_ATTR_MODULE)
}

fn of_class(py: Python, class: &PyTypeObject, ip: *const CodeUnit, name: &PyStr) -> Option<Opcode> {
    let meta = class.object().ty();
    if meta.tp_getattro.get().map(|f| f as usize)
        != PyTypeObject::type_object().tp_getattro.get().map(|f| f as usize)
    {
        return None;
    }
    let check_metaclass = !meta.has_flag(flags::IMMUTABLETYPE);
    let meta_version = if check_metaclass { version(py, meta)? } else { 0 };
    match classify(py, meta.lookup(py, name), name, false) {
        // Only a data descriptor of the metaclass comes before the class's own attribute.
        Kind::Absent | Kind::Method | Kind::NonDescriptor | Kind::NonOverriding => {}
        _ => return None,
    }
    let descr = class.lookup(py, name);
    let class_version = version(py, class)?;
    if !matches!(classify(py, descr, name, false), Kind::Method | Kind::NonDescriptor) {
        return None;
    }
    let cache = Cache::of(ip);
    cache.u32(1, class_version);
    cache.ptr(5, descr?.as_ptr());
    if check_metaclass {
        cache.u32(3, meta_version);
        Some(op::LOAD_ATTR_CLASS_WITH_METACLASS_CHECK)
    } else {
        Some(op::LOAD_ATTR_CLASS)
    }
}

/// Could the instance itself have the attribute? And the version of the keys it shares with others.
fn instance_has(py: Python, o: &PyObject, name: &PyStr) -> (bool, u32) {
    let ty = o.ty();
    if !ty.has_flag(flags::MANAGED_DICT) {
        return (false, 0);
    }
    if let Some(keys) = shared_keys(ty) {
        return (keys.index_of(name).is_some(), keys.version(py));
    }
    match managed_dict(o).filter(|d| PyDict::check_exact(d.as_object()) && d.ma_values.get().is_null()) {
        Some(d) => (d.keys_index(name).is_some(), 0),
        None => (false, 0),
    }
}

fn of_instance(
    py: Python,
    owner: &PyObject,
    ip: *const CodeUnit,
    name: &PyStr,
    is_call: bool,
) -> Option<Opcode> {
    let ty = owner.ty();
    let (shadowed, keys_version) = instance_has(py, owner, name);
    let a = analyze_load(py, ty, name);
    if a.version == 0 {
        return None;
    }
    let cache = Cache::of(ip);
    match a.kind {
        Kind::Method if !shadowed => {
            if is_call {
                class_attribute(owner, ip, &a, keys_version, true)
            } else {
                None
            }
        }
        Kind::NonDescriptor if !shadowed => {
            if is_call {
                None
            } else {
                class_attribute(owner, ip, &a, keys_version, false)
            }
        }
        Kind::Property => {
            let getter = a.descr?.downcast_exact::<PyProperty>()?.prop_get.get_owned()?;
            let f = getter.downcast_exact::<PyFunction>()?;
            if is_call || !is_simple(f.code(), 1) {
                return None;
            }
            cache.u32(1, a.version);
            cache.ptr(5, f.as_ptr());
            Some(op::LOAD_ATTR_PROPERTY)
        }
        Kind::ObjectSlot => {
            let m = a.descr?.downcast_exact::<PyMemberDescr>()?.def();
            if m.flags & member::AUDIT_READ != 0 {
                return None;
            }
            cache.u32(1, a.version);
            cache.u16(3, u16::try_from(m.offset).ok()?);
            Some(op::LOAD_ATTR_SLOT)
        }
        Kind::DunderClass => {
            cache.u32(1, a.version);
            cache.u16(3, std::mem::offset_of!(PyObject, ob_type) as u16);
            Some(op::LOAD_ATTR_SLOT)
        }
        Kind::PythonGetattribute => {
            let f = a.descr?.downcast_exact::<PyFunction>()?;
            if is_call || !is_simple(f.code(), 2) {
                return None;
            }
            cache.u32(3, f.version_for_cache(py)?);
            cache.ptr(5, f.as_ptr());
            cache.u32(1, a.version);
            Some(op::LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN)
        }
        Kind::Method
        | Kind::NonDescriptor
        | Kind::BuiltinClassMethod
        | Kind::PythonClassMethod
        | Kind::NonOverriding
        | Kind::Absent
            if shadowed =>
        {
            in_dict(owner, ip, a.version, name, op::LOAD_ATTR_INSTANCE_VALUE, op::LOAD_ATTR_WITH_HINT)
        }
        _ => None,
    }
}

/// An attribute of the type which instances do not shadow.
fn class_attribute(
    owner: &PyObject,
    ip: *const CodeUnit,
    a: &Attribute,
    keys_version: u32,
    is_method: bool,
) -> Option<Opcode> {
    let ty = owner.ty();
    let cache = Cache::of(ip);
    let form = if ty.has_flag(flags::INLINE_VALUES) {
        if keys_version == 0 {
            return None;
        }
        cache.u32(3, keys_version);
        if is_method { op::LOAD_ATTR_METHOD_WITH_VALUES } else { op::LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES }
    } else {
        // Where the instance's dict is: three words before it, or where the type says.
        let offset = if ty.has_flag(flags::MANAGED_DICT) { -24 } else { ty.tp_dictoffset.get() };
        if offset == 0 {
            if is_method { op::LOAD_ATTR_METHOD_NO_DICT } else { op::LOAD_ATTR_NONDESCRIPTOR_NO_DICT }
        } else if is_method && (-24..=i16::MAX as isize).contains(&offset) {
            // SAFETY: the offset of the dict's word.
            let dict = unsafe { *((owner.as_ptr() as *const u8).offset(offset) as *const *mut PyObject) };
            if !dict.is_null() {
                return None;
            }
            cache.u16(3, offset as i16 as u16);
            op::LOAD_ATTR_METHOD_LAZY_DICT
        } else {
            return None;
        }
    };
    cache.u32(1, a.version);
    cache.ptr(5, a.descr?.as_ptr());
    Some(form)
}

/// An attribute of the instance itself: in its inline values, or in its dict.
fn in_dict(
    owner: &PyObject,
    ip: *const CodeUnit,
    type_version: u32,
    name: &PyStr,
    values_form: Opcode,
    hint_form: Opcode,
) -> Option<Opcode> {
    let ty = owner.ty();
    let cache = Cache::of(ip);
    if !ty.has_flag(flags::MANAGED_DICT) {
        return None;
    }
    if let Some(keys) = shared_keys(ty)
        && inline_values(owner).valid.get() != 0
    {
        let index = keys.index_of(name)?;
        // SAFETY: within the values.
        let at = unsafe { inline_values(owner).values_ptr().add(index) } as usize;
        cache.u16(3, u16::try_from(at - owner.as_ptr() as usize).ok()?);
        cache.u32(1, type_version);
        return Some(values_form);
    }
    let dict = managed_dict(owner).filter(|d| PyDict::check_exact(d.as_object()))?;
    plain_unicode_keys(dict)?;
    cache.u16(3, u16::try_from(dict.keys_index(name)?).ok()?);
    cache.u32(1, type_version);
    Some(hint_form)
}

pub fn store_attr(py: Python, owner: &PyObject, ip: *const CodeUnit, name: &PyStr) {
    settle(ip, store_form(py, owner, ip, name));
}

fn store_form(py: Python, owner: &PyObject, ip: *const CodeUnit, name: &PyStr) -> Option<Opcode> {
    if PyModule::check_exact(owner) {
        return None;
    }
    let a = analyze_store(py, owner.ty(), name);
    if a.version == 0 {
        return None;
    }
    match a.kind {
        Kind::ObjectSlot => {
            let m = a.descr?.downcast_exact::<PyMemberDescr>()?.def();
            if m.flags & member::READONLY != 0 {
                return None;
            }
            let cache = Cache::of(ip);
            cache.u16(3, u16::try_from(m.offset).ok()?);
            cache.u32(1, a.version);
            Some(op::STORE_ATTR_SLOT)
        }
        Kind::Absent => {
            in_dict(owner, ip, a.version, name, op::STORE_ATTR_INSTANCE_VALUE, op::STORE_ATTR_WITH_HINT)
        }
        _ => None,
    }
}

pub fn load_super_attr(global: &PyObject, class: &PyObject, ip: *const CodeUnit, is_call: bool) {
    let plain = std::ptr::eq(global, PySuper::type_object().as_object()) && PyTypeObject::check(class);
    settle(ip, plain.then_some(if is_call { op::LOAD_SUPER_ATTR_METHOD } else { op::LOAD_SUPER_ATTR_ATTR }));
}

/// `super(class, this).name` without making the `super` object: the attribute and, with `unbound`, whether it is still to be given
/// `this` as its first argument.
pub fn super_lookup(
    py: Python,
    class: &PyTypeObject,
    this: &PyObject,
    name: &PyStr,
    unbound: bool,
) -> PyResult<(Py, bool)> {
    let start = super_::check(py, class, this)?;
    if !name.eq_str("__class__")
        && let Some(found) = super_::lookup_unbound(py, class, &start, name)?
    {
        let ty = found.ty();
        let for_class = std::ptr::eq(this, start.object());
        if unbound && !for_class && ty.has_flag(flags::METHOD_DESCRIPTOR) {
            return Ok((found, true));
        }
        return match ty.tp_descr_get.get() {
            None => Ok((found, false)),
            Some(f) => {
                let o = if for_class { std::ptr::null_mut() } else { this.as_ptr() };
                // SAFETY: a slot called with live objects.
                unsafe { from_c(py, f(found.as_ptr(), o, start.as_ptr())) }.map(|v| (v, false))
            }
        };
    }
    // What is not found behind the class is an attribute of the `super` object itself.
    let made = PySuper::type_object().object().call(py, &[class.object(), this])?;
    made.getattr(py, name).map(|v| (v, false))
}
