//! The object allocator: size classes for small objects, the system's allocator for the rest.
//!
//! One large address range is reserved at first use and cut into 16 KiB pools; a pool serves one size
//! class and keeps its own free list. Whether a pointer is ours is one subtraction and compare; its pool is a mask away.
//! All calls happen under the interpreter lock, which makes the one static state sound.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr::null_mut;

const ALIGN_SHIFT: usize = 4;
/// Largest size served from pools, in bytes.
const SMALL: usize = 512;
const CLASSES: usize = SMALL >> ALIGN_SHIFT;
const POOL: usize = 16 * 1024;
/// Address space reserved (not memory used), in bytes.
const RESERVE: usize = 1 << 38;
const POOL_HEADER: usize = 64;

#[repr(C)]
struct Pool {
    free: *mut Block,
    /// First byte never handed out yet.
    bump: *mut u8,
    end: *mut u8,
    next: *mut Pool,
    prev: *mut Pool,
    used: u32,
    class: u32,
}

struct Block {
    next: *mut Block,
}

struct State {
    base: usize,
    /// Bytes of the range in use as pools.
    used: usize,
    reserved: usize,
    /// Pools with room, by class; the head is the current one.
    partial: [*mut Pool; CLASSES],
    empty: *mut Pool,
    started: bool,
    blocks: isize,
}

struct Shared(UnsafeCell<State>);
// SAFETY: only used by the thread that holds the interpreter lock.
unsafe impl Sync for Shared {}

static STATE: Shared = Shared(UnsafeCell::new(State {
    base: 0,
    used: 0,
    reserved: 0,
    partial: [null_mut(); CLASSES],
    empty: null_mut(),
    started: false,
    blocks: 0,
}));

/// `PyObject_Malloc`: at least `size` bytes, 16-byte aligned, or null.
///
/// # Safety
/// The thread is attached.
#[inline]
pub unsafe fn object_alloc(size: usize) -> *mut u8 {
    if size > SMALL || size == 0 {
        // SAFETY: malloc.
        return unsafe { large_alloc(size) };
    }
    let class = (size - 1) >> ALIGN_SHIFT;
    // SAFETY: attached thread; pools in the partial list have room.
    unsafe {
        let st = &mut *STATE.0.get();
        let pool = st.partial[class];
        if !pool.is_null() {
            let block = (*pool).free;
            if !block.is_null() {
                (*pool).free = (*block).next;
                (*pool).used += 1;
                st.blocks += 1;
                if (*pool).free.is_null() && (*pool).bump >= (*pool).end {
                    unlink(st, pool);
                }
                return block as *mut u8;
            }
        }
        alloc_slow(st, class)
    }
}

unsafe fn large_alloc(size: usize) -> *mut u8 {
    // SAFETY: plain malloc; the block count is guarded by the lock.
    unsafe {
        (*STATE.0.get()).blocks += 1;
        libc::malloc(size.max(1)) as *mut u8
    }
}

#[inline(never)]
unsafe fn alloc_slow(st: &mut State, class: usize) -> *mut u8 {
    let size = (class + 1) << ALIGN_SHIFT;
    // SAFETY: pool pointers come from this module and point into the reserved range.
    unsafe {
        let mut pool = st.partial[class];
        if pool.is_null() {
            pool = new_pool(st, class);
            if pool.is_null() {
                return large_alloc(size);
            }
        }
        let p = (*pool).bump;
        (*pool).bump = p.add(size);
        (*pool).used += 1;
        st.blocks += 1;
        if (*pool).bump >= (*pool).end {
            unlink(st, pool);
        }
        p
    }
}

unsafe fn new_pool(st: &mut State, class: usize) -> *mut Pool {
    // SAFETY: as above; the mapping is ours.
    unsafe {
        let pool = if !st.empty.is_null() {
            let p = st.empty;
            st.empty = (*p).next;
            p
        } else {
            if !st.started {
                start(st);
            }
            if st.used + POOL > st.reserved {
                return null_mut();
            }
            let p = (st.base + st.used) as *mut Pool;
            st.used += POOL;
            p
        };
        let size = (class + 1) << ALIGN_SHIFT;
        let first = (pool as *mut u8).add(POOL_HEADER);
        let count = (POOL - POOL_HEADER) / size;
        pool.write(Pool {
            free: null_mut(),
            bump: first,
            end: first.add(count * size),
            next: null_mut(),
            prev: null_mut(),
            used: 0,
            class: class as u32,
        });
        link(st, pool);
        pool
    }
}

#[cold]
unsafe fn start(st: &mut State) {
    st.started = true;
    let mut want = RESERVE;
    while want >= 1 << 24 {
        // SAFETY: an anonymous private mapping without a fixed address.
        let p = unsafe {
            libc::mmap(
                null_mut(),
                want,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if p != libc::MAP_FAILED {
            st.base = (p as usize).next_multiple_of(POOL);
            st.reserved = want - POOL;
            return;
        }
        want >>= 2;
    }
}

unsafe fn link(st: &mut State, pool: *mut Pool) {
    // SAFETY: a live pool that is in no list.
    unsafe {
        let head = &mut st.partial[(*pool).class as usize];
        (*pool).prev = null_mut();
        (*pool).next = *head;
        if !(*head).is_null() {
            (**head).prev = pool;
        }
        *head = pool;
    }
}

unsafe fn unlink(st: &mut State, pool: *mut Pool) {
    // SAFETY: the pool is in its class's partial list.
    unsafe {
        let (next, prev) = ((*pool).next, (*pool).prev);
        if prev.is_null() {
            st.partial[(*pool).class as usize] = next;
        } else {
            (*prev).next = next;
        }
        if !next.is_null() {
            (*next).prev = prev;
        }
    }
}

#[inline(always)]
fn is_pooled(st: &State, p: usize) -> bool {
    p.wrapping_sub(st.base) < st.used
}

/// `PyObject_Free`. Null is allowed.
///
/// # Safety
/// `p` came from this allocator and is not used again; the thread is attached.
#[inline]
pub unsafe fn object_free(p: *mut u8) {
    // SAFETY: the caller's promise; the pool header is at the masked address.
    unsafe {
        let st = &mut *STATE.0.get();
        if !is_pooled(st, p as usize) {
            if !p.is_null() {
                st.blocks -= 1;
                libc::free(p as *mut c_void);
            }
            return;
        }
        let pool = ((p as usize) & !(POOL - 1)) as *mut Pool;
        let was_full = (*pool).free.is_null() && (*pool).bump >= (*pool).end;
        let block = p as *mut Block;
        (*block).next = (*pool).free;
        (*pool).free = block;
        (*pool).used -= 1;
        st.blocks -= 1;
        if was_full {
            link(st, pool);
        } else if (*pool).used == 0 && !(*pool).next.is_null() {
            // An empty pool that is not the class's only one serves other classes.
            unlink(st, pool);
            (*pool).next = st.empty;
            st.empty = pool;
        }
    }
}

/// `PyObject_Realloc`: resizes, keeping the contents; null (and `p` untouched) when memory is short.
///
/// # Safety
/// As [`object_free`] when it succeeds.
pub unsafe fn object_realloc(p: *mut u8, size: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe {
        if p.is_null() {
            return object_alloc(size);
        }
        let st = &mut *STATE.0.get();
        if !is_pooled(st, p as usize) {
            return libc::realloc(p as *mut c_void, size.max(1)) as *mut u8;
        }
        let pool = ((p as usize) & !(POOL - 1)) as *mut Pool;
        let old = ((*pool).class as usize + 1) << ALIGN_SHIFT;
        if size <= old && size * 4 >= old * 3 {
            return p;
        }
        let new = object_alloc(size);
        if !new.is_null() {
            new.copy_from_nonoverlapping(p, old.min(size));
            object_free(p);
        }
        new
    }
}

/// Blocks handed out and not freed (`sys.getallocatedblocks`).
pub fn allocated_blocks() -> isize {
    // SAFETY: attached threads only.
    unsafe { (*STATE.0.get()).blocks }
}
