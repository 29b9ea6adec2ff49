//! `pymem.h` and the memory half of `objimpl.h`: the three allocation domains.
//!
//! The mem and object domains share the object allocator, which needs the interpreter lock; the raw domain is the system's.

use crate::convert::*;
use object::alloc::{object_alloc, object_free, object_realloc};
use object::libc;
use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

/// `n * size`, or `None` when the product is no size.
fn product(n: usize, size: usize) -> Option<usize> {
    n.checked_mul(size).filter(|&t| t <= isize::MAX as usize)
}

unsafe fn zeroed(n: usize, size: usize) -> *mut c_void {
    // SAFETY: called attached.
    unsafe {
        let Some(total) = product(n, size) else { return null_mut() };
        let p = object_alloc(total);
        if !p.is_null() {
            p.write_bytes(0, total);
        }
        p as *mut c_void
    }
}

unsafe fn sized(n: usize) -> *mut c_void {
    // SAFETY: called attached.
    if n > isize::MAX as usize { null_mut() } else { unsafe { object_alloc(n) as *mut c_void } }
}

unsafe fn resized(p: *mut c_void, n: usize) -> *mut c_void {
    if n > isize::MAX as usize {
        null_mut()
    } else {
        // SAFETY: called attached with memory of the domain.
        unsafe { object_realloc(p as *mut u8, n) as *mut c_void }
    }
}

/// `PyObjectArenaAllocator`.
#[repr(C)]
pub struct Arenas {
    ctx: *mut c_void,
    alloc: unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void,
    free: unsafe extern "C" fn(*mut c_void, *mut c_void, usize),
}

unsafe extern "C" fn arena_alloc(_ctx: *mut c_void, n: usize) -> *mut c_void {
    // SAFETY: plain malloc.
    unsafe { libc::malloc(n) }
}

unsafe extern "C" fn arena_free(_ctx: *mut c_void, p: *mut c_void, _n: usize) {
    // SAFETY: memory of `arena_alloc`, or a chunk of a thread's data stack, which comes from there too.
    unsafe { libc::free(p) }
}

plain! {
    /// What allocates the chunks of the data stack.
    fn PyObject_GetArenaAllocator(out: *mut Arenas) {
        *out = Arenas { ctx: null_mut(), alloc: arena_alloc, free: arena_free };
    }
    fn PyMem_Malloc(n: usize) -> *mut c_void { sized(n) }
    fn PyMem_Calloc(n: usize, size: usize) -> *mut c_void { zeroed(n, size) }
    fn PyMem_Realloc(p: *mut c_void, n: usize) -> *mut c_void { resized(p, n) }
    fn PyMem_Free(p: *mut c_void) { object_free(p as *mut u8) }
    fn PyObject_Malloc(n: usize) -> *mut c_void { sized(n) }
    fn PyObject_Calloc(n: usize, size: usize) -> *mut c_void { zeroed(n, size) }
    fn PyObject_Realloc(p: *mut c_void, n: usize) -> *mut c_void { resized(p, n) }
    fn PyMem_RawMalloc(n: usize) -> *mut c_void {
        if n > isize::MAX as usize { null_mut() } else { libc::malloc(n.max(1)) }
    }
    fn PyMem_RawCalloc(n: usize, size: usize) -> *mut c_void {
        if product(n, size).is_none() { null_mut() } else { libc::calloc(n.max(1), size.max(1)) }
    }
    fn PyMem_RawRealloc(p: *mut c_void, n: usize) -> *mut c_void {
        if n > isize::MAX as usize { null_mut() } else { libc::realloc(p, n.max(1)) }
    }
    fn PyMem_RawFree(p: *mut c_void) { libc::free(p) }
    fn _PyMem_Strdup(text: *const c_char) -> *mut c_char {
        let bytes = bytes_of(text);
        let p = object_alloc(bytes.len() + 1);
        if !p.is_null() {
            p.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            *p.add(bytes.len()) = 0;
        }
        p as *mut c_char
    }
    fn PyTraceMalloc_Track(_domain: u32, _at: usize, _size: usize) -> c_int { -2 }
    fn PyTraceMalloc_Untrack(_domain: u32, _at: usize) -> c_int { -2 }
}
