//! `type`: heap type layout, the `TypeExt` methods every type object has.
//!
//! The machinery is split by question: [`ready`] completes static types, [`mro`] linearises, [`cache`] finds attributes,
//! [`inherit`] copies slots from bases, [`slotdefs`] names them, [`dispatch`] calls Python methods from slots, [`new`] makes
//! classes, [`bases`] changes them.

use object::typeobj::{
    PyAsyncMethods, PyBufferProcs, PyMappingMethods, PyNumberMethods, PySequenceMethods, flags,
};
use object::{Py, PyLayout, PyObject, PyTypeInfo, PyTypeObject, Slot};
use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::mem::offset_of;

use crate::types::dict::keys::DictKeys;
use crate::types::{PyStr, PyTuple};

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
