//! Making objects.

use crate::alloc;
use crate::gc;
use crate::header::{PyObject, PyVarObject};
use crate::hooks;
use crate::layout::{PyLayout, PyTypeInfo};
use crate::refs::Py;
use crate::token::{PyResult, Python};
use crate::typeobj::{PyTypeObject, flags};

/// Makes an instance of `ty` (`T`'s own type or a subtype of it) from the Rust value of its fields, whose header should be
/// `PyObject::header(ty)`. Tracks it if the type takes part in garbage collection.
///
/// Errors: `MemoryError`, or what the subtype's `tp_alloc` raises.
#[inline]
pub fn new_object<T: PyTypeInfo>(py: Python, ty: &PyTypeObject, value: T) -> PyResult<Py<T>> {
    // Attributes kept inside the object are `tp_alloc`'s business.
    if std::ptr::eq(ty, T::type_object()) && !ty.has_flag(flags::INLINE_VALUES) {
        // SAFETY: the memory is fresh and large enough for `T`.
        unsafe {
            let is_gc = ty.tp_flags.get() & flags::HAVE_GC != 0;
            let pre = ty.preheader_size();
            let p =
                if pre == 0 { alloc::object_alloc(size_of::<T>()) } else { gc::alloc(size_of::<T>(), pre) };
            if p.is_null() {
                drop_fields(value);
                return Err(hooks::no_memory());
            }
            (p as *mut T).write(value);
            if ty.has_flag(flags::HEAPTYPE) {
                ty.as_object().incref();
            }
            if is_gc {
                gc::track(p as *mut PyObject);
            }
            Ok(Py::from_raw_owned(p as *mut PyObject))
        }
    } else {
        new_subtype(py, ty, value)
    }
}

#[cold]
fn drop_fields<T>(value: T) {
    drop(value)
}

#[inline(never)]
fn new_subtype<T: PyTypeInfo>(_py: Python, ty: &PyTypeObject, value: T) -> PyResult<Py<T>> {
    let Some(tp_alloc) = ty.tp_alloc.get() else { return Err(hooks::no_memory()) };
    // SAFETY: `tp_alloc` returns an instance of `ty`, whose layout extends `T`; its fields are zero, so writing over them
    // releases nothing. The header it made is put back.
    unsafe {
        let p = tp_alloc(ty as *const PyTypeObject as *mut PyTypeObject, 0);
        if p.is_null() {
            drop_fields(value);
            return Err(crate::Raised::pending());
        }
        let count = (*p).ob_refcnt.get();
        (p as *mut T).write(value);
        (*p).ob_refcnt.set(count);
        (*p).ob_type.set(ty);
        Ok(Py::from_raw_owned(p))
    }
}

/// Makes an instance of `ty` with `n` items of `ty.tp_itemsize` bytes behind it, all zero; `ob_size` is `n`. The caller fills
/// it in. Not tracked: the caller calls [`gc::track`] when it is complete.
///
/// Errors: `MemoryError` when the size overflows or memory is short.
pub fn new_var_object<T: PyLayout>(_py: Python, ty: &PyTypeObject, n: usize) -> PyResult<Py<T>> {
    let item = ty.tp_itemsize.get() as usize;
    let base = ty.tp_basicsize.get() as usize;
    let size = n
        .checked_mul(item)
        .and_then(|s| s.checked_add(base))
        .and_then(|s| s.checked_next_multiple_of(8))
        .filter(|&s| s <= isize::MAX as usize - 64);
    let Some(size) = size else { return Err(hooks::no_memory()) };
    // SAFETY: fresh memory of that size, zeroed, then given a header.
    unsafe {
        let pre = ty.preheader_size();
        let p = if pre == 0 { alloc::object_alloc(size) } else { gc::alloc(size, pre) };
        if p.is_null() {
            return Err(hooks::no_memory());
        }
        p.write_bytes(0, size);
        (p as *mut PyVarObject).write(PyVarObject::header(ty, n as isize));
        if ty.tp_flags.get() & flags::HEAPTYPE != 0 {
            ty.as_object().incref();
        }
        Ok(Py::from_raw_owned(p as *mut PyObject))
    }
}
