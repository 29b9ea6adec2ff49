//! What specialisation asks types: versions, attributes found on the MRO, and what kind of attribute that is.

use crate::interp::dict_access::keys;
use crate::types::descr::{PyClassMethodDescr, PyGetSetDescr, PyMemberDescr};
use crate::types::dict::keys::{DictKeys, KIND_UNICODE};
use crate::types::object_;
use crate::types::type_::{PyHeapType, TypeExt, cache, dispatch};
use crate::types::{PyClassMethod, PyDict, PyFunction, PyProperty, PyStr};
use object::typeobj::{flags, member};
use object::{PyObject, PyTypeInfo, PyTypeObject, Python};

/// The type's version tag, assigned now if it has none; `None` when tags have run out.
pub fn version(py: Python, ty: &PyTypeObject) -> Option<u32> {
    Some(cache::assign_version(py, ty)).filter(|&v| v != 0)
}

/// The keys that instances of a class share.
pub fn shared_keys(ty: &PyTypeObject) -> Option<&DictKeys> {
    if !ty.has_flag(flags::INLINE_VALUES) {
        return None;
    }
    // SAFETY: the flag is only given to heap types; the keys live as long as the class.
    unsafe { ty.downcast_unchecked::<PyHeapType>().ht_cached_keys.get().as_ref() }
}

/// A dict whose keys are all strings and whose values are in the same table.
pub fn plain_unicode_keys(d: &PyDict) -> Option<&DictKeys> {
    let k = keys(d);
    if k.dk_kind.get() == KIND_UNICODE && d.ma_values.get().is_null() { Some(k) } else { None }
}

/// What the type says about an attribute's name (`DescriptorClassification`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A data descriptor.
    Overriding,
    Method,
    Property,
    /// A `__slots__` member of objects.
    ObjectSlot,
    OtherSlot,
    NonOverriding,
    BuiltinClassMethod,
    PythonClassMethod,
    NonDescriptor,
    /// Its own type can still change.
    Mutable,
    Absent,
    DunderClass,
    /// The type does not look attributes up in the normal way.
    Overridden,
    /// `__getattribute__` written in Python, and no `__getattr__`.
    PythonGetattribute,
}

/// The attribute and what it is.
pub struct Attribute<'a> {
    pub kind: Kind,
    pub descr: Option<&'a PyObject>,
    /// The type's version, 0 if it could not have one.
    pub version: u32,
}

/// Classifies what was found on the type.
pub fn classify(py: Python, descr: Option<&PyObject>, name: &PyStr, has_getattr: bool) -> Kind {
    let Some(d) = descr else { return Kind::Absent };
    let ty = d.ty();
    if !ty.has_flag(flags::IMMUTABLETYPE) {
        return Kind::Mutable;
    }
    if ty.tp_descr_set.get().is_some() {
        if let Some(m) = d.downcast_exact::<PyMemberDescr>() {
            return if m.def().type_ == member::OBJECT_EX { Kind::ObjectSlot } else { Kind::OtherSlot };
        }
        if PyProperty::check_exact(d) {
            return if has_getattr { Kind::Overridden } else { Kind::Property };
        }
        if PyGetSetDescr::check_exact(d) && name.eq_str("__class__") {
            let own = object_::type_object().lookup(py, name);
            if own.is_some_and(|o| o.is(d)) {
                return Kind::DunderClass;
            }
        }
        return Kind::Overriding;
    }
    if ty.tp_descr_get.get().is_some() {
        if ty.has_flag(flags::METHOD_DESCRIPTOR) {
            return Kind::Method;
        }
        if PyClassMethodDescr::check_exact(d) {
            return Kind::BuiltinClassMethod;
        }
        if PyClassMethod::check_exact(d) {
            return Kind::PythonClassMethod;
        }
        return Kind::NonOverriding;
    }
    Kind::NonDescriptor
}

/// For loading an attribute of instances of `ty`.
pub fn analyze_load<'a>(py: Python, ty: &'a PyTypeObject, name: &PyStr) -> Attribute<'a> {
    let overridden = Attribute { kind: Kind::Overridden, descr: None, version: 0 };
    let mut has_getattr = false;
    let getattro = ty.tp_getattro.get().map(|f| f as usize);
    if getattro != Some(object_::PyObject_GenericGetAttr as *const () as usize) {
        let hook = Some(dispatch::GETATTR_HOOK.function as usize);
        let plain = Some(dispatch::GETATTRO.function as usize);
        if getattro != hook && getattro != plain {
            return overridden;
        }
        let getattribute = ty.lookup(py, crate::intern!(py, "__getattribute__"));
        has_getattr = ty.lookup(py, crate::intern!(py, "__getattr__")).is_some();
        let own = object_::type_object().lookup(py, crate::intern!(py, "__getattribute__"));
        let custom = getattribute.filter(|g| !own.is_some_and(|o| o.is(g)));
        if let Some(g) = custom {
            if getattro == plain && !has_getattr && PyFunction::check_exact(g) {
                let version = version(py, ty).unwrap_or(0);
                return Attribute { kind: Kind::PythonGetattribute, descr: Some(g), version };
            }
            return overridden;
        }
    }
    let descr = ty.lookup(py, name);
    Attribute { kind: classify(py, descr, name, has_getattr), descr, version: version(py, ty).unwrap_or(0) }
}

/// For storing an attribute of instances of `ty`.
pub fn analyze_store<'a>(py: Python, ty: &'a PyTypeObject, name: &PyStr) -> Attribute<'a> {
    if ty.tp_setattro.get().map(|f| f as usize)
        != Some(object_::PyObject_GenericSetAttr as *const () as usize)
    {
        return Attribute { kind: Kind::Overridden, descr: None, version: 0 };
    }
    let descr = ty.lookup(py, name);
    Attribute { kind: classify(py, descr, name, false), descr, version: version(py, ty).unwrap_or(0) }
}
