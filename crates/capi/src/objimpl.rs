//! `objimpl.h`: making objects, and the collector.

use crate::convert::*;
use object::{alloc, gc};
use runtime::prelude::*;
use runtime::types::type_::heap;
use std::ffi::{c_int, c_void};
use std::mem::size_of;
use std::ptr::null_mut;

/// The header of an object in memory of the caller's.
unsafe fn init(o: O, ty: *mut PyTypeObject) -> O {
    // SAFETY: the C API's contract.
    unsafe {
        o.write(PyObject::header(ty));
        if (*ty).has_flag(flags::HEAPTYPE) {
            (*ty).incref();
        }
    }
    o
}

/// The size of an instance with `n` items (`_PyObject_VAR_SIZE`).
unsafe fn var_size(py: Python, ty: *mut PyTypeObject, n: isize, extra: usize) -> PyResult<usize> {
    // SAFETY: a live type.
    let (basic, item) = unsafe { ((*ty).tp_basicsize.get() as usize, (*ty).tp_itemsize.get() as usize) };
    let size = usize::try_from(n)
        .ok()
        .and_then(|n| n.checked_mul(item))
        .and_then(|s| s.checked_add(basic))
        .and_then(|s| s.checked_add(extra))
        .and_then(|s| s.checked_next_multiple_of(8))
        .filter(|&s| s <= isize::MAX as usize - 64);
    size.ok_or_else(|| memory_error(py))
}

unsafe fn gc_new(py: Python, ty: *mut PyTypeObject, size: usize) -> PyResult<O> {
    // SAFETY: a container type; its preheader comes before the object.
    unsafe {
        let t = &*ty;
        let pre = t.preheader_size().max(size_of::<gc::GcHead>());
        let inline =
            if t.has_flag(flags::INLINE_VALUES) { runtime::types::dict::values::inline_size(t) } else { 0 };
        let p = gc::alloc(size + inline, pre) as O;
        if p.is_null() {
            return Err(memory_error(py));
        }
        init(p, ty);
        if inline > 0 {
            runtime::types::dict::values::init_inline(p);
        }
        Ok(p)
    }
}

capi! {
    fn _PyObject_New(py, ty: *mut PyTypeObject) -> O {
        let p = alloc::object_alloc((*ty).tp_basicsize.get() as usize) as O;
        if p.is_null() {
            return Err(memory_error(py));
        }
        Ok(init(p, ty))
    }
    fn _PyObject_NewVar(py, ty: *mut PyTypeObject, n: isize) -> O {
        let p = alloc::object_alloc(var_size(py, ty, n, 0)?) as O;
        if p.is_null() {
            return Err(memory_error(py));
        }
        init(p, ty);
        (*(p as *mut PyVarObject)).ob_size.set(n);
        Ok(p)
    }
    fn _PyObject_GC_New(py, ty: *mut PyTypeObject) -> O { gc_new(py, ty, var_size(py, ty, 0, 0)?) }
    fn _PyObject_GC_NewVar(py, ty: *mut PyTypeObject, n: isize) -> O {
        if n < 0 {
            return Err(bad_internal_call(py));
        }
        let p = gc_new(py, ty, var_size(py, ty, n, 0)?)?;
        (*(p as *mut PyVarObject)).ob_size.set(n);
        Ok(p)
    }
    fn PyUnstable_Object_GC_NewWithExtraData(py, ty: *mut PyTypeObject, extra: usize) -> O {
        let size = var_size(py, ty, 0, extra)?;
        let p = gc_new(py, ty, size)?;
        (p as *mut u8).add(size_of::<PyObject>()).write_bytes(0, size - size_of::<PyObject>());
        Ok(p)
    }
    fn _PyObject_GC_Resize(py, o: *mut PyVarObject, n: isize) -> *mut PyVarObject {
        let ty = (*o).ob_base.ob_type.get() as *mut PyTypeObject;
        let size = var_size(py, ty, n, 0)?;
        let pre = (*ty).preheader_size();
        let p = alloc::object_realloc((o as *mut u8).sub(pre), size + pre);
        if p.is_null() {
            return Err(memory_error(py));
        }
        let o = p.add(pre) as *mut PyVarObject;
        (*o).ob_size.set(n);
        Ok(o)
    }
    fn PyGC_Collect(py) -> isize {
        // Not while another exception is pending: finalisers would clear it.
        let saved = take(py);
        let n = if gc::state().enabled.get() && !gc::state().collecting.get() { runtime::gc::collect(py, 2) } else { 0 };
        if let Some(e) = saved {
            let _ = raise_object(py, e);
        }
        Ok(n)
    }
}

plain! {
    fn PyObject_Init(o: O, ty: *mut PyTypeObject) -> O {
        if o.is_null() {
            return crate::pyerrors::PyErr_NoMemory();
        }
        init(o, ty)
    }
    fn PyObject_InitVar(o: *mut PyVarObject, ty: *mut PyTypeObject, n: isize) -> *mut PyVarObject {
        if o.is_null() {
            return crate::pyerrors::PyErr_NoMemory() as *mut PyVarObject;
        }
        init(o as O, ty);
        (*o).ob_size.set(n);
        o
    }
    fn PyObject_GC_Track(o: *mut c_void) {
        let o = o as O;
        if !gc::is_tracked(o) {
            gc::track(o)
        }
    }
    fn PyObject_GC_UnTrack(o: *mut c_void) {
        let o = o as O;
        if gc::is_tracked(o) {
            gc::untrack(o)
        }
    }
    fn PyObject_IS_GC(o: O) -> c_int { runtime::gc::is_container(&*o) as c_int }
    fn PyObject_GC_IsTracked(o: O) -> c_int { runtime::gc::is_tracked(&*o) as c_int }
    fn PyObject_GC_IsFinalized(o: O) -> c_int {
        (runtime::gc::is_container(&*o) && gc::head(o).prev.get() & gc::PREV_FINALIZED != 0) as c_int
    }
    fn PyGC_Enable() -> c_int { gc::state().enabled.replace(true) as c_int }
    fn PyGC_Disable() -> c_int { gc::state().enabled.replace(false) as c_int }
    fn PyGC_IsEnabled() -> c_int { gc::state().enabled.get() as c_int }
    fn PyUnstable_GC_VisitObjects(callback: unsafe extern "C" fn(O, *mut c_void) -> c_int, arg: *mut c_void) {
        let enabled = gc::state().enabled.replace(false);
        for o in runtime::gc::tracked_objects(0..3) {
            if callback(o.as_ptr(), arg) == 0 {
                break;
            }
        }
        gc::state().enabled.set(enabled);
    }
    fn _PyType_AllocNoTrack(ty: *mut PyTypeObject, n: isize) -> O {
        heap::alloc_untracked(token(), &*ty, n).map_or(null_mut(), Py::into_raw)
    }
}
