//! Attributes.

use super::caches;
use crate::abstract_::ObjectExt;
use crate::interp::call::push_frame_unchecked;
use crate::interp::dict_access::{
    inline_values, keys, keys_version, managed_dict, managed_dict_slot, unicode_entries, unicode_value,
};
use crate::interp::regs::{Flow, Regs};
use crate::interp::specialize;
use crate::interp::stackref::StackRef;
use crate::interp::{attributes, datastack};
use crate::types::{PyFunction, PyModule};
use bytecode::op;
use object::{Py, PyLayout, PyObject, PyTypeInfo, PyTypeObject};

#[inline(always)]
pub fn load_attr(r: &mut Regs) -> Flow {
    let name = r.name((r.oparg >> 1) as usize);
    if r.adaptive() {
        specialize::load_attr(r.py(), r.obj(0), r.ip, name, r.oparg);
        return r.again();
    }
    r.spill();
    if r.oparg & 1 != 0 {
        // For a call: a method and its object, or an attribute and null.
        let (attr, is_method) = attributes::get_method(r.py(), r.obj(0), name)?;
        let owner = r.pop();
        r.push_owned(attr);
        if is_method {
            r.push(owner);
        } else {
            r.push(StackRef::NULL);
            r.close(owner);
        }
    } else {
        let attr = r.obj(0).getattr(r.py(), name)?;
        r.replace1(StackRef::from_owned(attr));
    }
    r.next(caches::LOAD_ATTR)
}

/// Replaces the owner by the attribute, and for a call a null.
#[inline(always)]
fn finish(r: &mut Regs, attr: StackRef) -> Flow {
    let owner = r.peek(0);
    r.set(0, attr);
    if r.oparg & 1 != 0 {
        r.push(StackRef::NULL);
    }
    r.close_next(owner, caches::LOAD_ATTR)
}

/// Does the owner's type have the cached version?
#[inline(always)]
fn type_fits(r: &Regs, at: usize) -> bool {
    r.obj(0).ty().tp_version_tag.get() == r.cache_u32(at)
}

#[inline(always)]
pub fn load_attr_instance_value(r: &mut Regs) -> Flow {
    if !type_fits(r, 1) {
        return r.deopt(op::LOAD_ATTR);
    }
    let owner = r.obj(0);
    if inline_values(owner).valid.get() == 0 {
        return r.deopt(op::LOAD_ATTR);
    }
    // SAFETY: the cached offset is that of an inline value of instances of this type.
    let value = unsafe {
        *((owner as *const PyObject as *const u8).add(r.cache_u16(3) as usize) as *const *mut PyObject)
    };
    if value.is_null() {
        return r.deopt(op::LOAD_ATTR);
    }
    // SAFETY: a live value of the instance.
    let value = StackRef::from_new(unsafe { &*value });
    finish(r, value)
}

#[inline(always)]
pub fn load_attr_module(r: &mut Regs) -> Flow {
    let Some(m) = r.obj(0).downcast_exact::<PyModule>() else { return r.deopt(op::LOAD_ATTR) };
    // SAFETY: nothing runs while the dict is borrowed.
    let Some(dict) = (unsafe { m.md_dict.get() }) else { return r.deopt(op::LOAD_ATTR) };
    if keys_version(dict) != r.cache_u32(1) {
        return r.deopt(op::LOAD_ATTR);
    }
    let value = unicode_value(dict, r.cache_u16(3) as usize);
    if value.is_null() {
        return r.deopt(op::LOAD_ATTR);
    }
    // SAFETY: an entry of a live dict.
    let value = StackRef::from_new(unsafe { &*value });
    finish(r, value)
}

#[inline(always)]
pub fn load_attr_with_hint(r: &mut Regs) -> Flow {
    if !type_fits(r, 1) {
        return r.deopt(op::LOAD_ATTR);
    }
    let Some(dict) = managed_dict(r.obj(0)) else { return r.deopt(op::LOAD_ATTR) };
    let name = r.name((r.oparg >> 1) as usize);
    let Some(entry) = hinted_entry(dict, r.cache_u16(3) as usize, name.as_object()) else {
        return r.deopt(op::LOAD_ATTR);
    };
    let value = entry.me_value.get();
    if value.is_null() {
        return r.deopt(op::LOAD_ATTR);
    }
    // SAFETY: an entry of a live dict.
    let value = StackRef::from_new(unsafe { &*value });
    finish(r, value)
}

/// The entry at the hinted place of a combined dict with string keys, if it has this very key.
#[inline(always)]
fn hinted_entry<'a>(
    dict: &'a crate::types::PyDict,
    hint: usize,
    name: &PyObject,
) -> Option<&'a crate::types::dict::keys::UnicodeEntry> {
    let k = keys(dict);
    if hint >= k.dk_nentries.get() as usize
        || k.dk_kind.get() != crate::types::dict::keys::KIND_UNICODE
        || !dict.ma_values.get().is_null()
    {
        return None;
    }
    // SAFETY: within the entries.
    let entry = unsafe { &*unicode_entries(k).add(hint) };
    if std::ptr::eq(entry.me_key.get(), name) { Some(entry) } else { None }
}

/// The field at an offset of the owner.
#[inline(always)]
fn field(owner: &PyObject, offset: u16) -> *mut *mut PyObject {
    // SAFETY: the cached offset is that of an object field of instances of this type.
    unsafe { (owner as *const PyObject as *mut u8).add(offset as usize) as *mut *mut PyObject }
}

#[inline(always)]
pub fn load_attr_slot(r: &mut Regs) -> Flow {
    if !type_fits(r, 1) {
        return r.deopt(op::LOAD_ATTR);
    }
    // SAFETY: an object field.
    let value = unsafe { *field(r.obj(0), r.cache_u16(3)) };
    if value.is_null() {
        return r.deopt(op::LOAD_ATTR);
    }
    // SAFETY: a live value of the instance.
    let value = StackRef::from_new(unsafe { &*value });
    finish(r, value)
}

/// The cached object: kept alive by the type whose version was compared.
#[inline(always)]
fn cached(r: &Regs) -> &'static PyObject {
    // SAFETY: the version guard implies that the type still holds it.
    unsafe { &*r.cache_ptr(5) }
}

#[inline(always)]
fn is_type_of_version(o: &PyObject, version: u32) -> bool {
    // SAFETY: checked to be a type.
    PyTypeObject::check(o)
        && unsafe { o.downcast_unchecked::<PyTypeObject>() }.tp_version_tag.get() == version
}

#[inline(always)]
pub fn load_attr_class(r: &mut Regs) -> Flow {
    if !is_type_of_version(r.obj(0), r.cache_u32(1)) {
        return r.deopt(op::LOAD_ATTR);
    }
    let value = StackRef::from_new(cached(r));
    finish(r, value)
}

#[inline(always)]
pub fn load_attr_class_with_metaclass_check(r: &mut Regs) -> Flow {
    // The class's version lies first, the metaclass's second.
    if !is_type_of_version(r.obj(0), r.cache_u32(1)) || !type_fits(r, 3) {
        return r.deopt(op::LOAD_ATTR);
    }
    let value = StackRef::from_new(cached(r));
    finish(r, value)
}

/// Pushes a frame for a one- or two-argument Python function; the owner is its first argument.
#[inline(always)]
fn enter_accessor(r: &mut Regs, func: &'static PyFunction, second: Option<&'static PyObject>) -> Flow {
    let code = func.code();
    let n = 1 + second.is_some() as usize;
    let owner = r.pop();
    // SAFETY: the caller checked the room and the signature; references move into the frame.
    let frame = unsafe {
        let frame = push_frame_unchecked(r.thread, StackRef::from_new(func.as_object()), code, n, r.frame);
        let locals = (*frame).localsplus();
        *locals = owner;
        if let Some(o) = second {
            *locals.add(1) = StackRef::from_new(o);
        }
        frame
    };
    r.push_python_frame(frame, caches::LOAD_ATTR)
}

#[inline(always)]
pub fn load_attr_property(r: &mut Regs) -> Flow {
    if !type_fits(r, 1) {
        return r.deopt(op::LOAD_ATTR);
    }
    // SAFETY: only functions are cached here.
    let getter: &'static PyFunction = unsafe { cached(r).downcast_unchecked() };
    // Assigning `__code__` or defaults changes the version the getter had when this was specialised.
    if !datastack::has_space(r.thread, getter.code().co_framesize.get() as usize)
        || !specialize::is_simple(getter.code(), 1)
    {
        return r.deopt(op::LOAD_ATTR);
    }
    enter_accessor(r, getter, None)
}

#[inline(always)]
pub fn load_attr_getattribute_overridden(r: &mut Regs) -> Flow {
    if !type_fits(r, 1) || r.oparg & 1 != 0 {
        return r.deopt(op::LOAD_ATTR);
    }
    // SAFETY: only functions are cached here.
    let f: &'static PyFunction = unsafe { cached(r).downcast_unchecked() };
    if f.func_version.get() != r.cache_u32(3)
        || !datastack::has_space(r.thread, f.code().co_framesize.get() as usize)
    {
        return r.deopt(op::LOAD_ATTR);
    }
    let name = r.name((r.oparg >> 1) as usize);
    enter_accessor(r, f, Some(name.as_object()))
}

/// Pushes a method of the owner's type in front of the owner.
#[inline(always)]
fn finish_method(r: &mut Regs) -> Flow {
    let method = StackRef::from_new(cached(r));
    let owner = r.peek(0);
    r.set(0, method);
    r.push(owner);
    r.next(caches::LOAD_ATTR)
}

#[inline(always)]
pub fn load_attr_method_no_dict(r: &mut Regs) -> Flow {
    if !type_fits(r, 1) {
        return r.deopt(op::LOAD_ATTR);
    }
    finish_method(r)
}

/// Instances keep their attributes inline, and the keys their type shares do not include the name.
#[inline(always)]
fn instance_lacks_name(r: &Regs) -> bool {
    let owner = r.obj(0);
    inline_values(owner).valid.get() != 0 && specialize::cached_keys_version(owner.ty()) == r.cache_u32(3)
}

#[inline(always)]
pub fn load_attr_method_with_values(r: &mut Regs) -> Flow {
    if !type_fits(r, 1) || !instance_lacks_name(r) {
        return r.deopt(op::LOAD_ATTR);
    }
    finish_method(r)
}

#[inline(always)]
pub fn load_attr_method_lazy_dict(r: &mut Regs) -> Flow {
    if !type_fits(r, 1) {
        return r.deopt(op::LOAD_ATTR);
    }
    // SAFETY: the cached (signed) offset is that of the instance's dict.
    let dict = unsafe {
        let at = (r.obj(0) as *const PyObject as *const u8).offset(r.cache_u16(3) as i16 as isize);
        *(at as *const *mut PyObject)
    };
    if !dict.is_null() {
        return r.deopt(op::LOAD_ATTR);
    }
    finish_method(r)
}

#[inline(always)]
pub fn load_attr_nondescriptor_no_dict(r: &mut Regs) -> Flow {
    if !type_fits(r, 1) {
        return r.deopt(op::LOAD_ATTR);
    }
    let value = StackRef::from_new(cached(r));
    finish(r, value)
}

#[inline(always)]
pub fn load_attr_nondescriptor_with_values(r: &mut Regs) -> Flow {
    if !type_fits(r, 1) || !instance_lacks_name(r) {
        return r.deopt(op::LOAD_ATTR);
    }
    let value = StackRef::from_new(cached(r));
    finish(r, value)
}

#[inline(always)]
pub fn store_attr(r: &mut Regs) -> Flow {
    // value, owner
    let name = r.name(r.oparg as usize);
    if r.adaptive() {
        specialize::store_attr(r.py(), r.obj(0), r.ip, name);
        return r.again();
    }
    store_attr_any(r)
}

/// Storing an attribute, whatever it is.
#[inline(always)]
pub fn store_attr_any(r: &mut Regs) -> Flow {
    r.spill();
    let name = r.name(r.oparg as usize);
    r.obj(0).setattr(r.py(), name, r.obj(1))?;
    r.drop_next(2, caches::STORE_ATTR)
}

#[inline(always)]
pub fn store_attr_instance_value(r: &mut Regs) -> Flow {
    if !type_fits(r, 1) {
        return r.deopt(op::STORE_ATTR);
    }
    let owner = r.obj(0);
    // SAFETY: the type has the preheader.
    if unsafe { !(*managed_dict_slot(owner)).is_null() } || inline_values(owner).valid.get() == 0 {
        return r.deopt(op::STORE_ATTR);
    }
    let values = inline_values(owner);
    let at = field(owner, r.cache_u16(3));
    // SAFETY: the value's reference moves into the instance, the old one's out; a value new to the instance is entered in the order.
    let old = unsafe {
        let index = at.offset_from(values.values_ptr());
        values.set(index as usize, r.peek(1).into_owned())
    };
    finish_store(r, old)
}

/// The value was moved into the instance: the old one takes its place on the stack, and both entries go.
#[inline(always)]
fn finish_store(r: &mut Regs, old: Option<Py>) -> Flow {
    r.set(1, old.map_or(StackRef::NULL, StackRef::from_owned));
    r.drop_next(2, caches::STORE_ATTR)
}

#[inline(always)]
pub fn store_attr_slot(r: &mut Regs) -> Flow {
    if !type_fits(r, 1) {
        return r.deopt(op::STORE_ATTR);
    }
    // SAFETY: an object field; the value's reference moves in, the old one's out.
    let old = unsafe {
        let old = field(r.obj(0), r.cache_u16(3)).replace(r.peek(1).into_owned().into_raw());
        Py::from_raw_owned_or_opt(old)
    };
    finish_store(r, old)
}

#[inline(always)]
pub fn store_attr_with_hint(r: &mut Regs) -> Flow {
    if !type_fits(r, 1) {
        return r.deopt(op::STORE_ATTR);
    }
    let Some(dict) = managed_dict(r.obj(0)) else { return r.deopt(op::STORE_ATTR) };
    let name = r.name(r.oparg as usize);
    let Some(entry) = hinted_entry(dict, r.cache_u16(3) as usize, name.as_object()) else {
        return r.deopt(op::STORE_ATTR);
    };
    if entry.me_value.get().is_null() || dict.ma_watcher_tag.get() & 0xff != 0 {
        return r.deopt(op::STORE_ATTR);
    }
    // SAFETY: the value's reference moves in, the old one's out.
    let old = unsafe {
        let old = entry.me_value.replace(r.peek(1).into_owned().into_raw());
        Py::from_raw_owned_or_opt(old)
    };
    finish_store(r, old)
}

#[inline(always)]
pub fn delete_attr(r: &mut Regs) -> Flow {
    r.spill();
    r.obj(0).delattr(r.py(), r.name(r.oparg as usize))?;
    r.drop_top();
    r.next(0)
}
