//! `type`: heap type layout, the `TypeExt` methods every type object has.
//!
//! The machinery is split by question: [`ready`] completes static types, [`mro`] linearises, [`cache`] finds attributes,
//! [`inherit`] copies slots from bases, [`slotdefs`] names them, [`dispatch`] calls Python methods from slots, [`new`] makes
//! classes, [`bases`] changes them.

pub mod bases;
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
pub mod spec;
pub mod subclasses;
mod update;
pub mod wrappers;

pub use bases::solid_base;
pub use heap::{generic_alloc, generic_new};
pub use methods::PyType_Type;
pub use new::{calculate_metaclass, new_class};
pub use ready::type_ready;

use crate::types::dict::keys::DictKeys;
use crate::types::{PyDict, PyStr, PyTuple};
use object::typeobj::{
    PyAsyncMethods, PyBufferProcs, PyMappingMethods, PyNumberMethods, PySequenceMethods, flags,
};
use object::{Py, PyLayout, PyObject, PyResult, PyTypeObject, Python, Slot};
use std::cell::Cell;
use std::ffi::{c_char, c_void};
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
        self.has_flag(flags::HEAPTYPE).then(|| unsafe { &*(self as *const PyTypeObject as *const PyHeapType) })
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
            Some(m) if !m.eq_str("builtins") && !m.eq_str("__main__") => format!("{}.{qualname}", m.to_string_lossy()),
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

/// The builtin type with this C static.
///
/// # Safety
/// `p` is a live type.
#[inline(always)]
pub(crate) unsafe fn type_ref<'a>(p: *const PyTypeObject) -> Option<&'a PyTypeObject> {
    // SAFETY: the caller's promise.
    unsafe { p.as_ref() }
}
