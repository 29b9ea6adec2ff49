//! Giving objects' memory back.

use object::{PyObject, gc};

/// Frees an object through its type's `tp_free`, at the end of `tp_dealloc`.
///
/// # Safety
/// The object's fields are released and it is not used again.
#[inline]
pub(crate) unsafe fn free_object(o: *mut PyObject) {
    // SAFETY: the caller's promise.
    unsafe {
        let ty = (*o).ty();
        match ty.tp_free.get() {
            Some(f) => f(o as *mut std::ffi::c_void),
            None => gc::free(o, ty.preheader_size()),
        }
    }
}
