//! `type`: heap type layout, the `TypeExt` methods every type object has.
//!
//! The machinery is split by question: [`ready`] completes static types, [`mro`] linearises, [`cache`] finds attributes,
//! [`inherit`] copies slots from bases, [`slotdefs`] names them, [`dispatch`] calls Python methods from slots, [`new`] makes
//! classes, [`bases`] changes them.

pub mod bases;
mod buffer_slots;
pub mod cache;
mod call;
pub mod dispatch;
mod getset;
pub mod heap;
mod inherit;
mod methods;
pub mod mro;
pub mod new;
pub mod ready;
pub mod slotdefs;
pub mod slots;
pub mod subclasses;
mod update;
pub mod wrappers;

pub use bases::{set_class, solid_base};
pub use buffer_slots::PyBufferWrapper;
pub use cache::clear as clear_cache;
pub use call::type_getattro_slot;
pub use dispatch::{slot_tp_getattr_hook, slot_tp_getattro};
pub use getset::set_flags_recursive;
pub use heap::{PyType_GenericAlloc as generic_alloc_slot, generic_new};
pub use methods::PyType_Type;
pub use new::{calculate_metaclass, new_class};
pub use ready::{ready_static as ready, type_ready};

pub use crate::types::object_::{
    PyObject_GenericGetAttr as generic_getattr_slot, PyObject_GenericSetAttr as generic_setattr_slot,
};

use crate::abstract_::ObjectExt;
use crate::intern;
use crate::types::dict::keys::DictKeys;
use crate::types::{PyDict, PyList, PyNone, PySet, PyStr, PyTuple};
use object::typeobj::{
    PyAsyncMethods, PyBufferProcs, PyMappingMethods, PyMethodDef, PyNumberMethods, PySequenceMethods, flags,
};
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, PyTypeObject, Python, Slot};
use std::cell::Cell;
use std::ffi::{CStr, c_char, c_void};
use std::mem::offset_of;

/// `PyHeapTypeObject`: a type made at run time.
#[repr(C)]
pub struct PyHeapType {
    pub ht_type: PyTypeObject,
    pub as_async: PyAsyncMethods,
    pub as_number: PyNumberMethods,
    pub as_mapping: PyMappingMethods,
    pub as_sequence: PySequenceMethods,
    pub as_buffer: PyBufferProcs,
    pub ht_name: Slot<PyStr>,
    pub ht_slots: Slot<PyTuple>,
    pub ht_qualname: Slot<PyStr>,
    /// Keys shared by the instances' dicts; null when they share none.
    pub ht_cached_keys: Cell<*mut DictKeys>,
    pub ht_module: Slot,
    /// Backs `tp_name` of types made from a specification.
    pub ht_tpname: Cell<*mut c_char>,
    pub ht_token: Cell<*mut c_void>,
    pub spec_cache: SpecCache,
}

/// What specialised instructions remember per class (`_specialization_cache`).
#[repr(C)]
pub struct SpecCache {
    /// Borrowed `__getitem__` function.
    pub getitem: Cell<*mut PyObject>,
    pub getitem_version: Cell<u32>,
    /// Borrowed `__init__` function.
    pub init: Cell<*mut PyObject>,
}

const _: () = {
    assert!(size_of::<PyHeapType>() == 936);
    assert!(offset_of!(PyHeapType, as_async) == 416);
    assert!(offset_of!(PyHeapType, as_number) == 448);
    assert!(offset_of!(PyHeapType, as_mapping) == 736);
    assert!(offset_of!(PyHeapType, as_sequence) == 760);
    assert!(offset_of!(PyHeapType, as_buffer) == 840);
    assert!(offset_of!(PyHeapType, ht_name) == 856);
    assert!(offset_of!(PyHeapType, ht_slots) == 864);
    assert!(offset_of!(PyHeapType, ht_qualname) == 872);
    assert!(offset_of!(PyHeapType, ht_cached_keys) == 880);
    assert!(offset_of!(PyHeapType, ht_module) == 888);
    assert!(offset_of!(PyHeapType, ht_tpname) == 896);
    assert!(offset_of!(PyHeapType, ht_token) == 904);
    assert!(offset_of!(PyHeapType, spec_cache) == 912);
    assert!(offset_of!(SpecCache, getitem_version) == 8);
    assert!(offset_of!(SpecCache, init) == 16);
};

impl PyHeapType {
    /// A heap type with this definition and nothing else yet.
    pub const fn of_definition(definition: PyTypeObject) -> PyHeapType {
        PyHeapType {
            ht_type: definition,
            as_async: PyAsyncMethods::EMPTY,
            as_number: PyNumberMethods::EMPTY,
            as_mapping: PyMappingMethods::EMPTY,
            as_sequence: PySequenceMethods::EMPTY,
            as_buffer: PyBufferProcs::EMPTY,
            ht_name: Slot::empty(),
            ht_slots: Slot::empty(),
            ht_qualname: Slot::empty(),
            ht_cached_keys: Cell::new(std::ptr::null_mut()),
            ht_module: Slot::empty(),
            ht_tpname: Cell::new(std::ptr::null_mut()),
            ht_token: Cell::new(std::ptr::null_mut()),
            spec_cache: SpecCache {
                getitem: Cell::new(std::ptr::null_mut()),
                getitem_version: Cell::new(0),
                init: Cell::new(std::ptr::null_mut()),
            },
        }
    }

    /// The pointer to the type object at its head.
    #[inline(always)]
    pub fn as_type(&self) -> &PyTypeObject {
        &self.ht_type
    }
}

// SAFETY: `repr(C)`, begins with `PyTypeObject`.
unsafe impl PyLayout for PyHeapType {}

/// What every type object can be asked.
pub trait TypeExt {
    /// Finds an attribute along the MRO without binding it (`_PyType_Lookup`). Borrowed from a class's dict: take a reference before any
    /// other code can run.
    fn lookup<'a>(&'a self, py: Python, name: &PyStr) -> Option<&'a PyObject>;
    /// The MRO; `None` before the type is ready and after the collector cleared it.
    fn mro(&self) -> Option<Py<PyTuple>>;
    /// The type's own attributes.
    fn dict(&self) -> Option<&PyDict>;
    /// The type's own attributes. Errors: `SystemError` for a type that is not ready.
    fn own_dict(&self, py: Python) -> PyResult<&PyDict>;
    /// An attribute of the type's own dict.
    fn own(&self, py: Python, name: &PyStr) -> PyResult<Option<Py>>;
    /// The definition of a method of this name in the type's static table.
    fn method_def(&self, name: &str) -> Option<&PyMethodDef>;
    /// `__bases__`.
    fn bases(&self) -> Option<Py<PyTuple>>;
    /// `__base__`.
    fn base(&self) -> Option<&PyTypeObject>;
    /// The layout with the heap fields, if it has them.
    fn heap(&self) -> Option<&PyHeapType>;
    /// `__name__`.
    fn name(&self, py: Python) -> PyResult<Py<PyStr>>;
    /// `__qualname__`.
    fn qualname(&self, py: Python) -> PyResult<Py<PyStr>>;
    /// `__module__`.
    fn module_name(&self, py: Python) -> PyResult<Py>;
    /// `module.qualname`, without the module for builtins and `__main__` (`_PyType_GetFullyQualifiedName`).
    fn full_name(&self, py: Python) -> PyResult<String>;
    /// The type as the pointer that C fields hold.
    fn ptr(&self) -> *mut PyTypeObject;
    /// Drops what has been cached about the type and its subclasses (`PyType_Modified`).
    fn modified(&self, py: Python);
}

impl TypeExt for PyTypeObject {
    #[inline(always)]
    fn lookup<'a>(&'a self, py: Python, name: &PyStr) -> Option<&'a PyObject> {
        cache::lookup(py, self, name)
    }

    #[inline]
    fn mro(&self) -> Option<Py<PyTuple>> {
        // SAFETY: null or a tuple owned by the type.
        unsafe { (self.tp_mro.get() as *const PyTuple).as_ref() }.map(|t| t.owned())
    }

    #[inline(always)]
    fn dict(&self) -> Option<&PyDict> {
        // SAFETY: null or a dict that belongs to the type for as long as it lives.
        unsafe { (self.tp_dict.get() as *const PyDict).as_ref() }
    }

    fn own_dict(&self, py: Python) -> PyResult<&PyDict> {
        match self.dict() {
            Some(d) => Ok(d),
            None => Err(crate::errors::bad_internal_call(py)),
        }
    }

    fn own(&self, py: Python, name: &PyStr) -> PyResult<Option<Py>> {
        match self.dict() {
            Some(d) => d.get_str(py, name),
            None => Ok(None),
        }
    }

    fn method_def(&self, name: &str) -> Option<&PyMethodDef> {
        // SAFETY: names in definition tables are C strings.
        ready::methods(self).find(|m| unsafe { CStr::from_ptr(m.ml_name) }.to_bytes() == name.as_bytes())
    }

    fn bases(&self) -> Option<Py<PyTuple>> {
        // SAFETY: null or a tuple owned by the type.
        unsafe { (self.tp_bases.get() as *const PyTuple).as_ref() }.map(|t| t.owned())
    }

    #[inline(always)]
    fn base(&self) -> Option<&PyTypeObject> {
        // SAFETY: null or a type that this one keeps alive.
        unsafe { self.tp_base.get().as_ref() }
    }

    #[inline(always)]
    fn heap(&self) -> Option<&PyHeapType> {
        // SAFETY: types with the flag are `PyHeapType`s.
        self.has_flag(flags::HEAPTYPE)
            .then(|| unsafe { &*(self as *const PyTypeObject as *const PyHeapType) })
    }

    fn name(&self, py: Python) -> PyResult<Py<PyStr>> {
        match self.heap().and_then(|h| h.ht_name.get_owned()) {
            Some(n) => Ok(n),
            None => Ok(PyStr::intern(py, PyStr::new(py, self.short_name())?)),
        }
    }

    fn qualname(&self, py: Python) -> PyResult<Py<PyStr>> {
        match self.heap().and_then(|h| h.ht_qualname.get_owned()) {
            Some(n) => Ok(n),
            None => self.name(py),
        }
    }

    fn module_name(&self, py: Python) -> PyResult<Py> {
        getset::module(py, self)
    }

    fn full_name(&self, py: Python) -> PyResult<String> {
        if !self.has_flag(flags::HEAPTYPE) {
            return Ok(self.tp_name().to_string_lossy().into_owned());
        }
        let qualname = self.qualname(py)?.to_string_lossy();
        let module = self.module_name(py)?;
        Ok(match module.downcast::<PyStr>() {
            Some(m) if !m.eq_str("builtins") && !m.eq_str("__main__") => {
                format!("{}.{qualname}", m.to_string_lossy())
            }
            _ => qualname,
        })
    }

    #[inline(always)]
    fn ptr(&self) -> *mut PyTypeObject {
        self as *const PyTypeObject as *mut PyTypeObject
    }

    fn modified(&self, py: Python) {
        cache::modified(py, self)
    }
}

/// Lets `type` and `object` use the exported functions themselves as slots: they are compared with by address. Called before the
/// first type is readied.
pub fn use_exported_slots() {
    PyType_Type.tp_getattro.set(Some(type_getattro_slot));
    let object = base_object_type();
    object.tp_alloc.set(Some(heap::PyType_GenericAlloc));
    object.tp_free.set(Some(heap::PyObject_Free));
    // These name their lack of a hash themselves, as the order of their attributes shows.
    for ty in [PyList::type_object(), PyDict::type_object(), PySet::type_object()] {
        ty.tp_hash.set(Some(crate::types::object_::PyObject_HashNotImplemented));
    }
    // `None` has a hash of its own, but compares like any object.
    PyNone::type_object().tp_richcompare.set(object.tp_richcompare.get());
}

/// The static of `type`.
pub fn static_type() -> &'static PyTypeObject {
    &PyType_Type
}

/// `type`.
pub fn type_object() -> &'static PyTypeObject {
    &PyType_Type
}

/// `object`.
pub fn base_object_type() -> &'static PyTypeObject {
    crate::types::object_::type_object()
}

/// See [`TypeExt::full_name`].
pub fn fully_qualified_name(py: Python, ty: &PyTypeObject) -> PyResult<String> {
    ty.full_name(py)
}

/// A new instance as `tp_alloc` of most types makes it.
#[inline]
pub fn generic_alloc(py: Python, ty: &PyTypeObject) -> PyResult {
    heap::generic_alloc(py, ty, 0)
}

/// Is it the `tp_new` of classes that define `__new__` in Python?
pub fn is_slot_new(f: object::typeobj::NewFunc) -> bool {
    f as *const c_void == dispatch::NEW.function
}

/// Gives a type a version tag if it has none. False if it cannot have one.
pub fn assign_version_tag(py: Python, ty: &PyTypeObject) -> bool {
    cache::assign_version(py, ty) != 0
}

/// Copies the attributes of a class and of its bases, for `dir()`.
pub fn merge_class_dict(py: Python, into: &PyDict, class: &PyObject) -> PyResult<()> {
    crate::state::enter_recursive_call(py, " in __dir__")?;
    if let Some(d) = class.getattr_opt(py, intern!(py, "__dict__"))? {
        into.merge(py, &d, true)?;
    }
    let bases = class.getattr_opt(py, intern!(py, "__bases__"))?;
    for b in bases.iter().filter_map(|b| b.downcast::<PyTuple>()).flat_map(|t| t.items()) {
        merge_class_dict(py, into, b)?;
    }
    Ok(())
}
