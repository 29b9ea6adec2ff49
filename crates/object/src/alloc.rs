//! The object allocator: size classes for small objects, the system's allocator for the rest.
//!
//! Memory comes in chunks of whole arenas of 1 MiB, cut into 16 KiB pools; a pool serves one size class and keeps its own free
//! list. Whether a pointer is ours is one bit in a map of all arenas; its pool is a mask away. In front of the pools each class
//! has a short list of blocks ready to be used, filled several at a time: most allocations only take its head.
//! All calls happen under the interpreter lock, which makes the one static state sound.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr::null_mut;

const ALIGN_SHIFT: usize = 4;
/// Largest size served from pools, in bytes.
const SMALL: usize = 512;
const CLASSES: usize = SMALL >> ALIGN_SHIFT;
const POOL: usize = 16 * 1024;
const POOL_HEADER: usize = 64;
const ARENA_SHIFT: usize = 20;
const ARENA: usize = 1 << ARENA_SHIFT;
/// The first chunk asked of the system, and the largest; each is twice the one before.
const FIRST_CHUNK: usize = ARENA;
const LARGEST_CHUNK: usize = 32 * ARENA;
/// Addresses of user space have this many bits.
const ADDRESS_BITS: usize = 47;

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

/// Blocks of one class taken from pools (which count them as used) but not handed out.
#[derive(Clone, Copy)]
struct Front {
    head: *mut Block,
    /// How many more blocks may be kept.
    room: usize,
}

/// Bytes with which a front list is filled at a time; it holds at most twice as many.
const BATCH: usize = 2048;

const fn batch(class: usize) -> usize {
    BATCH / ((class + 1) << ALIGN_SHIFT)
}

/// Tuples of fewer items than this have lists of their own: what a loop makes and drops is the same memory each time,
/// whatever else it allocates.
const TUPLE_LISTS: usize = 21;
/// How many dead tuples of one length are kept.
const TUPLES_KEPT: usize = 2000;

struct State {
    front: [Front; CLASSES],
    tuples: [Front; TUPLE_LISTS],
    /// What is left of the current chunk.
    chunk: usize,
    chunk_end: usize,
    next_chunk: usize,
    /// Pools with room, by class; the head is the current one.
    partial: [*mut Pool; CLASSES],
    empty: *mut Pool,
    /// Pools of each class.
    pools: [u32; CLASSES],
    /// Bytes asked of the system.
    reserved: usize,
    blocks: isize,
}

struct Shared(UnsafeCell<State>);
// SAFETY: only used by the thread that holds the interpreter lock.
unsafe impl Sync for Shared {}

static STATE: Shared = Shared(UnsafeCell::new(State {
    front: {
        let mut front = [Front { head: null_mut(), room: 0 }; CLASSES];
        let mut class = 0;
        while class < CLASSES {
            front[class].room = 2 * batch(class);
            class += 1;
        }
        front
    },
    tuples: [Front { head: null_mut(), room: TUPLES_KEPT }; TUPLE_LISTS],
    chunk: 0,
    chunk_end: 0,
    next_chunk: FIRST_CHUNK,
    partial: [null_mut(); CLASSES],
    empty: null_mut(),
    pools: [0; CLASSES],
    reserved: 0,
    blocks: 0,
}));

/// One bit for each possible arena: is it ours? Zero pages until touched.
struct Map(UnsafeCell<[u8; 1 << (ADDRESS_BITS - ARENA_SHIFT - 3)]>);
// SAFETY: only used by the thread that holds the interpreter lock.
unsafe impl Sync for Map {}

static MAP: Map = Map(UnsafeCell::new([0; 1 << (ADDRESS_BITS - ARENA_SHIFT - 3)]));

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
    // SAFETY: attached thread.
    unsafe {
        let p = take_front(class);
        if p.is_null() { alloc_slow(class) } else { p }
    }
}

/// Memory for an object of `SIZE` bytes if some is ready at once, else null: for callers that have a slow path of their own.
///
/// # Safety
/// As [`object_alloc`].
#[inline(always)]
pub unsafe fn alloc_ready<const SIZE: usize>() -> *mut u8 {
    const { assert!(SIZE > 0 && SIZE <= SMALL) };
    // SAFETY: the caller's promise.
    unsafe { take_front((SIZE - 1) >> ALIGN_SHIFT) }
}

#[inline(always)]
unsafe fn take_front(class: usize) -> *mut u8 {
    // SAFETY: attached thread; blocks of front lists are free memory.
    unsafe {
        let st = &mut *STATE.0.get();
        let front = &mut st.front[class];
        let block = front.head;
        if !block.is_null() {
            front.head = (*block).next;
            front.room += 1;
            st.blocks += 1;
        }
        block as *mut u8
    }
}

unsafe fn large_alloc(size: usize) -> *mut u8 {
    // SAFETY: plain malloc; the block count is guarded by the lock.
    unsafe {
        (*STATE.0.get()).blocks += 1;
        libc::malloc(size.max(1)) as *mut u8
    }
}

/// Fills the class's front list from its current pool and hands out the first block.
#[inline(never)]
unsafe fn alloc_slow(class: usize) -> *mut u8 {
    let size = (class + 1) << ALIGN_SHIFT;
    // SAFETY: pool pointers come from this module and point into its chunks; pools in the partial list have room.
    unsafe {
        let st = &mut *STATE.0.get();
        let mut pool = st.partial[class];
        if pool.is_null() {
            pool = new_pool(st, class);
            if pool.is_null() {
                return large_alloc(size);
            }
        }
        let mut head: *mut Block = null_mut();
        let mut link: *mut *mut Block = &mut head;
        let mut count = 0;
        while count < batch(class) {
            let block = if !(*pool).free.is_null() {
                let b = (*pool).free;
                (*pool).free = (*b).next;
                b
            } else if (*pool).bump < (*pool).end {
                let b = (*pool).bump;
                (*pool).bump = b.add(size);
                b as *mut Block
            } else {
                break;
            };
            *link = block;
            link = &raw mut (*block).next;
            count += 1;
        }
        *link = null_mut();
        (*pool).used += count as u32;
        if (*pool).free.is_null() && (*pool).bump >= (*pool).end {
            unlink(st, pool);
        }
        st.blocks += 1;
        let front = &mut st.front[class];
        front.head = (*head).next;
        front.room -= count - 1;
        head as *mut u8
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
            if st.chunk == st.chunk_end && !new_chunk(st) {
                return null_mut();
            }
            let p = st.chunk as *mut Pool;
            st.chunk += POOL;
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
        st.pools[class] += 1;
        link(st, pool);
        pool
    }
}

/// Asks the system for the next chunk, a smaller one if it must; false when there is no memory.
#[cold]
unsafe fn new_chunk(st: &mut State) -> bool {
    let mut want = st.next_chunk;
    while want >= ARENA {
        // SAFETY: an anonymous private mapping without a fixed address; what is beside the aligned part is given back.
        unsafe {
            let p = libc::mmap(
                null_mut(),
                want + ARENA,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            );
            if p != libc::MAP_FAILED {
                let (low, base) = (p as usize, (p as usize).next_multiple_of(ARENA));
                if base > low {
                    libc::munmap(p, base - low);
                }
                if base - low < ARENA {
                    libc::munmap((base + want) as *mut c_void, ARENA - (base - low));
                }
                if (base + want) >> ADDRESS_BITS != 0 {
                    libc::munmap(base as *mut c_void, want);
                    return false;
                }
                for arena in (base >> ARENA_SHIFT)..((base + want) >> ARENA_SHIFT) {
                    (*MAP.0.get())[arena >> 3] |= 1 << (arena & 7);
                }
                st.reserved += want;
                st.chunk = base;
                st.chunk_end = base + want;
                st.next_chunk = (want * 2).min(LARGEST_CHUNK);
                return true;
            }
        }
        want /= 2;
    }
    false
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
fn is_pooled(p: usize) -> bool {
    let arena = p >> ARENA_SHIFT;
    // SAFETY: guarded by the interpreter lock; user addresses have no more than `ADDRESS_BITS` bits, others are never ours.
    unsafe { (*MAP.0.get()).get(arena >> 3).is_some_and(|&bits| bits & (1 << (arena & 7)) != 0) }
}

/// `PyObject_Free`. Null is allowed.
///
/// # Safety
/// `p` came from this allocator and is not used again; the thread is attached.
#[inline]
pub unsafe fn object_free(p: *mut u8) {
    // SAFETY: the caller's promise; the pool header is at the masked address.
    unsafe {
        if !is_pooled(p as usize) {
            if !p.is_null() {
                (*STATE.0.get()).blocks -= 1;
                libc::free(p as *mut c_void);
            }
            return;
        }
        let pool = ((p as usize) & !(POOL - 1)) as *mut Pool;
        if !put_front((*pool).class as usize, p) {
            free_pooled(pool, p);
        }
    }
}

/// Frees the memory of an object of `SIZE` bytes.
///
/// # Safety
/// As [`object_free`]; `p` was allocated with a size of the same class.
#[inline(always)]
pub unsafe fn free_sized<const SIZE: usize>(p: *mut u8) {
    const { assert!(SIZE > 0 && SIZE <= SMALL) };
    // SAFETY: the caller's promise. (A block that came from the system when memory was short may go into a front list too.)
    unsafe {
        if !put_front((SIZE - 1) >> ALIGN_SHIFT, p) {
            object_free(p);
        }
    }
}

/// Memory of `size` bytes for a tuple of `n` items: that of one that died, or new.
///
/// # Safety
/// As [`object_alloc`]; tuples of `n` items always have this size.
#[inline(always)]
pub unsafe fn alloc_tuple(n: usize, size: usize) -> *mut u8 {
    // SAFETY: attached thread; the lists hold free blocks of tuples of that length.
    unsafe {
        if n < TUPLE_LISTS {
            let st = &mut *STATE.0.get();
            let front = &mut st.tuples[n];
            let block = front.head;
            if !block.is_null() {
                front.head = (*block).next;
                front.room += 1;
                st.blocks += 1;
                return block as *mut u8;
            }
        }
        object_alloc(size)
    }
}

/// Frees the memory of a tuple of `n` items.
///
/// # Safety
/// As [`object_free`]; `p` is from [`alloc_tuple`] with the same or a larger `n`.
#[inline(always)]
pub unsafe fn free_tuple(n: usize, p: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe {
        if n < TUPLE_LISTS {
            let st = &mut *STATE.0.get();
            let front = &mut st.tuples[n];
            if front.room > 0 {
                let block = p as *mut Block;
                (*block).next = front.head;
                front.head = block;
                front.room -= 1;
                st.blocks -= 1;
                return;
            }
        }
        object_free(p);
    }
}

/// Gives back the memory kept for tuples, as a full collection does.
pub fn clear_tuple_lists() {
    // SAFETY: attached thread; the blocks are free and in no other list.
    unsafe {
        for n in 0..TUPLE_LISTS {
            loop {
                let st = &mut *STATE.0.get();
                let block = st.tuples[n].head;
                if block.is_null() {
                    break;
                }
                st.tuples[n].head = (*block).next;
                st.tuples[n].room += 1;
                st.blocks += 1;
                object_free(block as *mut u8);
            }
        }
    }
}

/// Frees memory that was allocated with at least `size` bytes.
///
/// # Safety
/// As [`object_free`]; `p` is not null.
#[inline(always)]
pub unsafe fn free_of_size(p: *mut u8, size: usize) {
    // SAFETY: the caller's promise. (A block of a larger class serves a smaller one as well.)
    unsafe {
        if size == 0 || size > SMALL || !put_front((size - 1) >> ALIGN_SHIFT, p) {
            object_free(p);
        }
    }
}

/// Keeps a freed block ready; false if there are enough.
#[inline(always)]
unsafe fn put_front(class: usize, p: *mut u8) -> bool {
    // SAFETY: attached thread; the block is free.
    unsafe {
        let st = &mut *STATE.0.get();
        let front = &mut st.front[class];
        if front.room == 0 {
            return false;
        }
        let block = p as *mut Block;
        (*block).next = front.head;
        front.head = block;
        front.room -= 1;
        st.blocks -= 1;
        true
    }
}

/// Gives a block back to its pool.
#[inline(never)]
unsafe fn free_pooled(pool: *mut Pool, p: *mut u8) {
    // SAFETY: a block of this pool that nobody uses.
    unsafe {
        let st = &mut *STATE.0.get();
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
            st.pools[(*pool).class as usize] -= 1;
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
        if !is_pooled(p as usize) {
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

/// A table of the size classes in use and sums of all memory (`sys._debugmallocstats`).
pub fn statistics() -> String {
    use std::fmt::Write;
    // SAFETY: attached thread; pools in the partial lists are live.
    let st = unsafe { &*STATE.0.get() };
    let mut out = format!("Small block threshold = {SMALL}, in {CLASSES} size classes.\n\n");
    out.push_str("class   size   num pools   blocks in use  avail blocks\n");
    out.push_str("-----   ----   ---------   -------------  ------------\n");
    let (mut pools, mut in_use, mut available) = (0usize, 0usize, 0usize);
    for class in 0..CLASSES {
        let count = st.pools[class] as usize;
        if count == 0 {
            continue;
        }
        let size = (class + 1) << ALIGN_SHIFT;
        let room = (POOL - POOL_HEADER) / size;
        // Blocks no pool has handed out, and those kept ready.
        let mut free = 2 * batch(class) - st.front[class].room;
        let mut pool = st.partial[class];
        while !pool.is_null() {
            // SAFETY: as above.
            unsafe {
                free += room - (*pool).used as usize;
                pool = (*pool).next;
            }
        }
        let used = (count * room).saturating_sub(free);
        let _ = writeln!(out, "{class:5} {size:6} {count:11} {used:15} {free:13}");
        pools += count;
        in_use += used * size;
        available += free * size;
    }
    let rows = [
        ("# times object malloc called back for pools", pools),
        ("bytes in allocated blocks", in_use),
        ("bytes in available blocks", available),
        ("bytes asked of the system", st.reserved),
    ];
    out.push('\n');
    for (name, n) in rows {
        let _ = writeln!(out, "{name:<45} = {n:>20}");
    }
    out
}

/// Blocks handed out and not freed (`sys.getallocatedblocks`).
pub fn allocated_blocks() -> isize {
    // SAFETY: attached threads only.
    unsafe { (*STATE.0.get()).blocks }
}
