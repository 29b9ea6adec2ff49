//! The thread's data stack: chunks of memory on which frames lie one behind the other (`_PyStackChunk`).

use super::frame::Frame;
use crate::state::Thread;
use object::{PyObject, libc};
use std::ffi::c_void;
use std::ptr::null_mut;

/// Smallest chunk, in bytes.
const CHUNK_SIZE: usize = 16 * 1024;
/// Words a new chunk has beyond what was asked for.
const OVERHEAD: usize = 1000;

#[repr(C)]
struct Chunk {
    previous: *mut Chunk,
    size: usize,
    top: usize,
    data: [*mut PyObject; 0],
}

/// Is there room for a frame of `words` in the current chunk?
#[inline(always)]
pub fn has_space(t: &Thread, words: usize) -> bool {
    let top = t.datastack_top.get() as usize;
    // Before the first chunk both are null.
    words * 8 < (t.datastack_limit.get() as usize).wrapping_sub(top)
}

/// Takes `words` without checking.
///
/// # Safety
/// [`has_space`] said yes.
#[inline(always)]
pub unsafe fn push_unchecked(t: &Thread, words: usize) -> *mut Frame {
    let top = t.datastack_top.get();
    // SAFETY: within the chunk.
    t.datastack_top.set(unsafe { top.add(words) });
    top as *mut Frame
}

/// Takes `words`; null when memory is short.
pub fn push(t: &Thread, words: usize) -> *mut Frame {
    if has_space(t, words) {
        // SAFETY: checked just now.
        unsafe { push_unchecked(t, words) }
    } else {
        push_chunk(t, words)
    }
}

#[cold]
#[inline(never)]
fn push_chunk(t: &Thread, words: usize) -> *mut Frame {
    let mut size = CHUNK_SIZE;
    while size < 8 * (words + OVERHEAD) {
        size *= 2;
    }
    // SAFETY: chunks are made here only; `top` of the current one is saved before it is left.
    unsafe {
        let old = t.datastack_chunk.get() as *mut Chunk;
        let cached = t.datastack_cached_chunk.get() as *mut Chunk;
        let new = if !cached.is_null() && (*cached).size >= size {
            t.datastack_cached_chunk.set(null_mut());
            size = (*cached).size;
            cached
        } else {
            libc::malloc(size) as *mut Chunk
        };
        if new.is_null() {
            return null_mut();
        }
        if !old.is_null() {
            (*old).top = t.datastack_top.get().offset_from(data(old)) as usize;
        }
        (*new).previous = old;
        (*new).size = size;
        (*new).top = 0;
        t.datastack_chunk.set(new as *mut c_void);
        t.datastack_limit.set((new as *mut u8).add(size) as *mut *mut PyObject);
        // The first word of the root chunk stays unused, so that no frame lies at its start and popping never frees it.
        let at = data(new).add(old.is_null() as usize);
        t.datastack_top.set(at.add(words));
        at as *mut Frame
    }
}

unsafe fn data(c: *mut Chunk) -> *mut *mut PyObject {
    // SAFETY: the caller has a live chunk.
    unsafe { &raw mut (*c).data as *mut *mut PyObject }
}

/// Is the frame the first of the current chunk? Popping it gives the chunk back.
#[inline(always)]
pub fn begins_chunk(t: &Thread, frame: &Frame) -> bool {
    // SAFETY: a frame is on the stack, so there is a chunk.
    std::ptr::eq(frame as *const Frame as *const *mut PyObject, unsafe {
        data(t.datastack_chunk.get() as *mut Chunk)
    })
}

/// Gives back the memory of the topmost frame of a chunk that holds more.
///
/// # Safety
/// `frame` is the frame pushed last, and does not [begin its chunk](begins_chunk).
#[inline(always)]
pub unsafe fn pop_unchecked(t: &Thread, frame: *mut Frame) {
    t.datastack_top.set(frame as *mut *mut PyObject);
}

/// Gives back the memory of the topmost frame.
///
/// # Safety
/// `frame` is the frame pushed last.
#[inline(always)]
pub unsafe fn pop(t: &Thread, frame: *mut Frame) {
    let base = frame as *mut *mut PyObject;
    // SAFETY: a frame is on the stack, so there is a chunk.
    if base == unsafe { data(t.datastack_chunk.get() as *mut Chunk) } {
        pop_chunk(t);
    } else {
        t.datastack_top.set(base);
    }
}

#[cold]
#[inline(never)]
fn pop_chunk(t: &Thread) {
    // SAFETY: only reached for a chunk that is not the root, so it has a predecessor.
    unsafe {
        let chunk = t.datastack_chunk.get() as *mut Chunk;
        let previous = (*chunk).previous;
        // One chunk is kept: a loop that calls across the boundary must not allocate every time.
        let cached = t.datastack_cached_chunk.replace(chunk as *mut c_void);
        if !cached.is_null() {
            libc::free(cached);
        }
        t.datastack_chunk.set(previous as *mut c_void);
        t.datastack_top.set(data(previous).add((*previous).top));
        t.datastack_limit.set((previous as *mut u8).add((*previous).size) as *mut *mut PyObject);
    }
}

/// Frees all chunks of a thread that has ended.
pub fn clear(t: &Thread) {
    // SAFETY: no frame of the thread is left.
    unsafe {
        libc::free(t.datastack_cached_chunk.replace(null_mut()));
        let mut chunk = t.datastack_chunk.replace(null_mut()) as *mut Chunk;
        t.datastack_top.set(null_mut());
        t.datastack_limit.set(null_mut());
        while !chunk.is_null() {
            let previous = (*chunk).previous;
            libc::free(chunk as *mut c_void);
            chunk = previous;
        }
    }
}
