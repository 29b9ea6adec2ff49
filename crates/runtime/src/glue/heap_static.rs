//! Heap types whose definition is a static: what `flags(HEAPTYPE)` in `#[pytype]` makes.
//!
//! CPython's modules make their types at run time, from a specification. Here the type object has a fixed address all the same, so
//! that `T::type_object()` stays a constant; but it is a whole `PyHeapTypeObject` behind a collector's head, so that it can be asked and
//! changed like any class: it has names, a module and tables of its own, instances own a reference to it, the collector sees
//! it. The static itself owns one reference, which is never given up.

use crate::prelude::*;
use crate::types::type_::{PyHeapType, TypeExt};
use object::gc::{self, GcHead};
use std::ptr::copy_nonoverlapping;

/// Room for a heap type, with the collector's head before it.
#[repr(C)]
pub struct HeapStatic {
    head: GcHead,
    /// The type.
    pub heap: PyHeapType,
}

// SAFETY: changed only under the interpreter lock.
unsafe impl Sync for HeapStatic {}

const _: () = assert!(std::mem::offset_of!(HeapStatic, heap) == size_of::<GcHead>());

impl HeapStatic {
    /// The definition of a type, not yet readied.
    pub const fn new(definition: PyTypeObject) -> HeapStatic {
        HeapStatic {
            head: GcHead { next: Cell::new(0), prev: Cell::new(0) },
            heap: PyHeapType::of_definition(definition),
        }
    }
}

/// Moves the slots of one table into the type's own.
///
/// # Safety
/// The place holds null or a table; `own` is the table of the same kind inside the type.
unsafe fn adopt<T>(place: &Cell<*mut T>, own: &T) {
    let own = own as *const T as *mut T;
    let defined = place.replace(own);
    if !defined.is_null() && defined != own {
        // SAFETY: two tables of the same kind, all of whose fields are cells.
        unsafe { copy_nonoverlapping(defined as *const T, own, 1) };
    }
}

/// What a heap type has before `type_ready`: a count, tables, names, a reference to its base.
///
/// Errors: `MemoryError`.
pub(crate) fn prepare(py: Python, ty: &'static PyTypeObject) -> PyResult<()> {
    let Some(heap) = ty.heap() else { return Err(bad_internal_call(py)) };
    ty.as_object().ob_refcnt.set(1);
    if let Some(b) = ty.base() {
        b.as_object().incref();
    }
    // SAFETY: the tables are those of the type itself.
    unsafe {
        adopt(&ty.tp_as_async, &heap.as_async);
        adopt(&ty.tp_as_number, &heap.as_number);
        adopt(&ty.tp_as_sequence, &heap.as_sequence);
        adopt(&ty.tp_as_mapping, &heap.as_mapping);
        adopt(&ty.tp_as_buffer, &heap.as_buffer);
    }
    let name = PyStr::intern(py, PyStr::new(py, ty.short_name())?);
    heap.ht_name.set(Some(name.clone()));
    heap.ht_qualname.set(Some(name));
    Ok(())
}

/// What follows `type_ready`: `__module__`, and the collector's attention.
///
/// Errors: `MemoryError`.
pub(crate) fn finish(py: Python, ty: &'static PyTypeObject) -> PyResult<()> {
    let full = ty.display_name();
    if let (Some((module, _)), Some(dict)) = (full.rsplit_once('.'), ty.dict()) {
        dict.set_item(py, intern!(py, "__module__"), &PyStr::intern(py, PyStr::new(py, module)?))?;
    }
    // SAFETY: the definition has a collector's head before it and is complete.
    unsafe { gc::track(ty.as_ptr()) };
    Ok(())
}

/// Says which module a type belongs to (`PyType_GetModule`); the first one keeps it.
pub(crate) fn set_module(ty: &PyTypeObject, module: &PyObject) {
    if let Some(heap) = ty.heap()
        && heap.ht_module.get_owned().is_none()
    {
        heap.ht_module.set(Some(module.owned()));
    }
}
