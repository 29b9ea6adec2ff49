//! Instances of classes made at run time: allocation, deallocation, and what the collector needs.

use super::TypeExt;
use super::new::slot_members;
use crate::prelude::*;
use crate::types::dict::values;
use crate::types::weakref;
use object::dealloc::finalize_from_dealloc;
use object::typeobj::{Destructor, Inquiry, TraverseProc, member};
use object::visit::VisitProc;
use object::{alloc, gc};
use std::ffi::{c_int, c_void};

/// `tp_free` of objects without a collector's head.
///
/// # Safety
/// `p` came from the object allocator, or is null, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyObject_Free(p: *mut c_void) {
    // SAFETY: the caller's promise.
    unsafe { alloc::object_free(p as *mut u8) }
}

/// `tp_free` of containers.
///
/// # Safety
/// `p` is a container whose fields have been released; its type is still there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyObject_GC_Del(p: *mut c_void) {
    let o = p as *mut PyObject;
    // SAFETY: the caller's promise.
    unsafe { gc::free(o, (*o).ty().preheader_size()) }
}

/// `tp_alloc` of nearly all types: a zeroed instance with `nitems` items, tracked.
///
/// # Safety
/// `ty` is a ready type; the thread is attached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyType_GenericAlloc(ty: *mut PyTypeObject, nitems: isize) -> *mut PyObject {
    // SAFETY: the caller's promise.
    let (py, ty) = unsafe { (Python::assume_attached(), &*ty) };
    generic_alloc(py, ty, nitems).map_or(std::ptr::null_mut(), Py::into_raw)
}

/// [`PyType_GenericAlloc`] for Rust.
///
/// Errors: `MemoryError`.
#[inline]
pub fn generic_alloc(py: Python, ty: &PyTypeObject, nitems: isize) -> PyResult {
    let o = alloc_untracked(py, ty, nitems)?;
    if ty.has_flag(flags::HAVE_GC) {
        // SAFETY: a zeroed container: all its references are null.
        unsafe { gc::track(o.as_ptr()) };
    }
    Ok(o)
}

/// The same, leaving it to the caller to tell the collector (`_PyType_AllocNoTrack`).
pub fn alloc_untracked(py: Python, ty: &PyTypeObject, nitems: isize) -> PyResult {
    let itemsize = ty.tp_itemsize.get();
    let basic = ty.tp_basicsize.get();
    // One item more than asked for, as a sentinel.
    let size = nitems.checked_add(1).and_then(|n| n.checked_mul(itemsize)).and_then(|s| s.checked_add(basic));
    let size = size.and_then(|s| usize::try_from(s).ok()).filter(|&s| s <= isize::MAX as usize - 64);
    let Some(mut size) = size.map(|s| s.next_multiple_of(8)) else { return Err(memory_error(py)) };
    let inline = ty.has_flag(flags::INLINE_VALUES);
    // SAFETY: fresh memory of that size is zeroed and given a header; with the flag, the type is a heap type with shared keys.
    unsafe {
        if inline {
            size += values::inline_size(ty);
        }
        let pre = ty.preheader_size();
        let p = if pre == 0 { alloc::object_alloc(size) } else { gc::alloc(size, pre) };
        if p.is_null() {
            return Err(memory_error(py));
        }
        zero_fields(p, if inline { basic as usize } else { size });
        let o = p as *mut PyObject;
        if itemsize == 0 {
            o.write(PyObject::header(ty));
        } else {
            (p as *mut PyVarObject).write(PyVarObject::header(ty, nitems));
        }
        if ty.has_flag(flags::HEAPTYPE) {
            ty.incref();
        }
        if inline {
            values::init_inline(o);
        }
        Ok(Py::from_raw_owned(o))
    }
}

/// Zeroes what follows the header of a new object of `size` bytes.
///
/// # Safety
/// `p` is memory of that size.
#[inline(always)]
unsafe fn zero_fields(p: *mut u8, size: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        if size > 96 {
            p.write_bytes(0, size);
            return;
        }
        // Volatile, or else it becomes a call of `memset`, which is much for a few words.
        for i in 2..size / 8 {
            (p as *mut usize).add(i).write_volatile(0);
        }
    }
}

/// `PyType_GenericNew`: `tp_alloc` without looking at the arguments.
///
/// # Safety
/// As a `tp_new`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyType_GenericNew(
    ty: *mut PyTypeObject,
    _: *mut PyObject,
    _: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the caller's promise.
    let (py, ty) = unsafe { (Python::assume_attached(), &*ty) };
    generic_new(py, ty).map_or(std::ptr::null_mut(), Py::into_raw)
}

/// A new instance through `tp_alloc`.
#[inline]
pub fn generic_new(py: Python, ty: &PyTypeObject) -> PyResult {
    match ty.tp_alloc.get() {
        Some(f) if !std::ptr::fn_addr_eq(f, PyType_GenericAlloc as object::typeobj::AllocFunc) => {
            // SAFETY: a slot called with its type.
            unsafe { from_c(py, f(ty.ptr(), 0)) }
        }
        Some(_) => generic_alloc(py, ty, 0),
        None => Err(bad_internal_call(py)),
    }
}

/// The nearest base whose slot is not this one, and that slot.
macro_rules! native_base {
    ($ty:expr, $slot:ident, $own:expr, $each:expr) => {{
        let mut base: &PyTypeObject = $ty;
        loop {
            let f = base.$slot.get();
            if !f.is_some_and(|f| std::ptr::fn_addr_eq(f, $own)) {
                break (base, f);
            }
            $each(base);
            match base.base() {
                Some(b) => base = b,
                None => break (base, None),
            }
        }
    }};
}

/// Calls `f` with each `__slots__` field of an instance that `class` itself adds.
fn each_slot(o: *mut PyObject, class: &PyTypeObject, mut f: impl FnMut(&Cell<*mut PyObject>)) {
    for m in slot_members(class) {
        if m.type_ == member::OBJECT_EX && m.flags & member::READONLY == 0 {
            // SAFETY: the member is an object field of every instance of the class.
            f(unsafe { &*((o as *const u8).offset(m.offset) as *const Cell<*mut PyObject>) });
        }
    }
}

/// Releases the `__slots__` fields that `class` itself adds.
fn clear_slots(o: *mut PyObject, class: &PyTypeObject) {
    each_slot(o, class, |cell| {
        // SAFETY: the field owned its reference.
        let old: Option<Py> = unsafe { Py::from_raw_owned_or_opt(cell.replace(std::ptr::null_mut())) };
        drop(old);
    });
}

/// The dict field of an instance whose type places it itself (`_PyObject_ComputedDictPointer`).
///
/// # Safety
/// `o` is a live instance of a type without a managed dict.
pub unsafe fn computed_dict<'a>(o: *mut PyObject) -> Option<&'a Slot<PyDict>> {
    // SAFETY: the offset is that of a dict field; a negative one counts from the end of a variable-sized object.
    unsafe {
        let ty = (*o).ty();
        let mut at = ty.tp_dictoffset.get();
        if at == 0 {
            return None;
        }
        if at < 0 {
            let n = (*(o as *const PyVarObject)).ob_size.get().unsigned_abs() as isize;
            let size = (ty.tp_basicsize.get() + n * ty.tp_itemsize.get() + 7) & !7;
            at += size;
        }
        Some(&*((o as *const u8).offset(at) as *const Slot<PyDict>))
    }
}

/// `tp_dealloc` of classes.
///
/// # Safety
/// `o` is an instance whose count is zero.
pub unsafe extern "C" fn subtype_dealloc(o: *mut PyObject) {
    // SAFETY: the object is intact until the base's `tp_dealloc` has run; after that only the saved type is used.
    unsafe {
        let py = Python::assume_attached();
        let ty = (*o).ty();
        let (base, base_dealloc) = native_base!(ty, tp_dealloc, subtype_dealloc as Destructor, |_| ());
        let Some(base_dealloc) = base_dealloc else { return };
        let is_gc = ty.has_flag(flags::HAVE_GC);
        if ty.tp_finalize.get().is_some() && finalize_from_dealloc(o) {
            return;
        }
        if is_gc && gc::is_tracked(o) {
            gc::untrack(o);
        }
        let adds_weakrefs = ty.tp_weaklistoffset.get() != 0 && base.tp_weaklistoffset.get() == 0;
        if adds_weakrefs {
            weakref::clear_weakrefs(py, &*o);
        }
        if let Some(del) = ty.tp_del.get() {
            del(o);
            if (*o).refcount() > 0 {
                if is_gc && !gc::is_tracked(o) {
                    gc::track(o);
                }
                return;
            }
        }
        if adds_weakrefs && (ty.tp_finalize.get().is_some() || ty.tp_del.get().is_some()) {
            weakref::clear_weakrefs_without_callbacks(py, &*o);
        }
        let mut class = ty;
        while !std::ptr::eq(class, base) {
            clear_slots(o, class);
            match class.base() {
                Some(b) => class = b,
                None => break,
            }
        }
        if ty.has_flag(flags::MANAGED_DICT) {
            values::clear_managed_dict(py, &*o);
        } else if ty.tp_dictoffset.get() != 0
            && base.tp_dictoffset.get() == 0
            && let Some(d) = computed_dict(o)
        {
            drop(d.take());
        }
        // Code run by now may have given the object another class.
        let ty = (*o).ty();
        if base.has_flag(flags::HAVE_GC) && !gc::is_tracked(o) {
            gc::track(o);
        }
        let release_type = ty.has_flag(flags::HEAPTYPE) && !base.has_flag(flags::HEAPTYPE);
        base_dealloc(o);
        if release_type {
            PyObject::decref(ty.as_ptr());
        }
    }
}

/// `tp_traverse` of classes.
///
/// # Safety
/// `o` is a live instance; `visit` takes `arg`.
pub unsafe extern "C" fn subtype_traverse(o: *mut PyObject, visit: VisitProc, arg: *mut c_void) -> c_int {
    let mut v = Visitor::new(visit, arg);
    // SAFETY: the caller's promise.
    unsafe {
        let ty = (*o).ty();
        let (base, base_traverse) =
            native_base!(ty, tp_traverse, subtype_traverse as TraverseProc, |class: &PyTypeObject| {
                each_slot(o, class, |c| v.visit_ptr(c.get()))
            });
        if ty.has_flag(flags::MANAGED_DICT) {
            values::visit_managed_dict(&*o, &mut v);
        } else if ty.tp_dictoffset.get() != base.tp_dictoffset.get()
            && let Some(d) = computed_dict(o)
        {
            v.visit_ptr(d.as_ptr());
        }
        if ty.has_flag(flags::HEAPTYPE) && (base_traverse.is_none() || !base.has_flag(flags::HEAPTYPE)) {
            v.visit(ty);
        }
        if let Some(f) = base_traverse {
            v.delegate(f, o);
        }
    }
    v.finish()
}

/// `tp_clear` of classes.
///
/// # Safety
/// `o` is a live instance.
pub unsafe extern "C" fn subtype_clear(o: *mut PyObject) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let ty = (*o).ty();
        let (base, base_clear) =
            native_base!(ty, tp_clear, subtype_clear as Inquiry, |class| clear_slots(o, class));
        if ty.has_flag(flags::MANAGED_DICT) {
            values::clear_managed_dict(Python::assume_attached(), &*o);
        } else if ty.tp_dictoffset.get() != base.tp_dictoffset.get()
            && let Some(d) = computed_dict(o)
        {
            drop(d.take());
        }
        match base_clear {
            Some(f) => f(o),
            None => 0,
        }
    }
}
