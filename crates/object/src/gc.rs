//! The collector's heads and generations (`Include/internal/pycore_gc.h`). The collection itself is in
//! the runtime's `gc` module; here is what allocation and `tp_dealloc` need.
//!
//! A container is preceded by two words: `next` and `prev` of a doubly linked, circular list. `next` is zero while
//! untracked. The low bits of `prev` are flags: bit 0 "finaliser called", bit 1 "being collected".

use crate::alloc;
use crate::header::PyObject;
use crate::hooks;
use std::cell::{Cell, UnsafeCell};

/// `PyGC_Head`.
#[repr(C)]
pub struct GcHead {
    pub next: Cell<usize>,
    pub prev: Cell<usize>,
}

pub const PREV_FINALIZED: usize = 1;
pub const PREV_COLLECTING: usize = 2;
/// Bits of `prev` that are flags; the rest is a pointer, or the working count during a collection.
pub const PREV_SHIFT: u32 = 2;
pub const PREV_MASK: usize = !0 << PREV_SHIFT;

/// One generation: a list head, and how many allocations (generation 0) or younger collections since its last collection.
pub struct Generation {
    pub head: GcHead,
    pub threshold: Cell<i32>,
    pub count: Cell<i32>,
}

/// The generations, youngest first, and the collector's switches.
pub struct GcState {
    pub generations: [Generation; 3],
    pub permanent: Generation,
    pub enabled: Cell<bool>,
    pub collecting: Cell<bool>,
}

const fn generation(threshold: i32) -> Generation {
    Generation {
        head: GcHead { next: Cell::new(0), prev: Cell::new(0) },
        threshold: Cell::new(threshold),
        count: Cell::new(0),
    }
}

struct Shared(UnsafeCell<GcState>);
// SAFETY: only used by the thread that holds the interpreter lock.
unsafe impl Sync for Shared {}

static STATE: Shared = Shared(UnsafeCell::new(GcState {
    generations: [generation(2000), generation(10), generation(10)],
    permanent: generation(0),
    enabled: Cell::new(true),
    collecting: Cell::new(false),
}));

/// The collector's state.
#[inline(always)]
pub fn state() -> &'static GcState {
    // SAFETY: all fields are cells; attached threads only.
    unsafe { &*STATE.0.get() }
}

/// Makes the list heads circular. Called once, before the first object.
pub fn init() {
    let st = state();
    for g in st.generations.iter().chain([&st.permanent]) {
        let at = &g.head as *const GcHead as usize;
        if g.head.next.get() == 0 {
            g.head.next.set(at);
            g.head.prev.set(at);
        }
    }
}

/// The head of a container.
///
/// # Safety
/// `o` is an object of a type with `HAVE_GC`.
#[inline(always)]
pub unsafe fn head<'a>(o: *mut PyObject) -> &'a GcHead {
    // SAFETY: the head precedes the object.
    unsafe { &*(o as *const GcHead).sub(1) }
}

/// The container of a head.
#[inline(always)]
pub fn object_of(head: usize) -> *mut PyObject {
    (head + size_of::<GcHead>()) as *mut PyObject
}

/// Memory for a container of `size` bytes after `pre` bytes of preheader (which includes the GC head); the preheader is zeroed.
/// Returns the object's address or null. May schedule a collection.
///
/// # Safety
/// The thread is attached; `pre` is the type's `preheader_size`.
#[inline]
pub unsafe fn alloc(size: usize, pre: usize) -> *mut u8 {
    // SAFETY: fresh memory of `pre + size` bytes.
    unsafe { prepare(alloc::object_alloc(pre + size), pre) }
}

/// As [`alloc`], for a tuple of `n` items, of `size` bytes.
///
/// # Safety
/// As [`alloc`]; see [`alloc::alloc_tuple`].
#[inline]
pub unsafe fn alloc_tuple(n: usize, size: usize) -> *mut u8 {
    const HEAD: usize = size_of::<GcHead>();
    // SAFETY: the caller's promise.
    unsafe { prepare(alloc::alloc_tuple(n, HEAD + size), HEAD) }
}

/// Zeroes the preheader of new memory and counts the container.
#[inline(always)]
unsafe fn prepare(p: *mut u8, pre: usize) -> *mut u8 {
    // SAFETY: null, or fresh memory of more than `pre` bytes.
    unsafe {
        if p.is_null() {
            return p;
        }
        let words = p as *mut usize;
        words.write(0);
        words.add(1).write(0);
        if pre > 16 {
            words.add(2).write(0);
            words.add(3).write(0);
        }
        let g = &state().generations[0];
        let n = g.count.get() + 1;
        g.count.set(n);
        if n > g.threshold.get() && g.threshold.get() != 0 {
            request_collection();
        }
        p.add(pre)
    }
}

#[cold]
fn request_collection() {
    let st = state();
    if st.enabled.get() && !st.collecting.get() {
        hooks::schedule_collection();
    }
}

/// Gives a container's memory back (`PyObject_GC_Del`).
///
/// # Safety
/// `o` is untracked or about to be; its fields are released; `pre` is its type's `preheader_size`.
#[inline]
pub unsafe fn free(o: *mut PyObject, pre: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        if is_tracked(o) {
            untrack(o);
        }
        let c = &state().generations[0].count;
        if c.get() > 0 {
            c.set(c.get() - 1);
        }
        alloc::object_free((o as *mut u8).sub(pre));
    }
}

/// As [`free`], for an untracked container without other preheader than the collector's, made with at least `size` bytes.
///
/// # Safety
/// As [`free`].
#[inline(always)]
pub unsafe fn free_plain(o: *mut PyObject, size: usize) {
    let c = &state().generations[0].count;
    if c.get() > 0 {
        c.set(c.get() - 1);
    }
    // SAFETY: the caller's promise.
    unsafe { alloc::free_of_size((o as *mut u8).sub(size_of::<GcHead>()), size + size_of::<GcHead>()) }
}

/// As [`free`], for an untracked tuple of `n` items made by [`alloc_tuple`].
///
/// # Safety
/// As [`free`].
#[inline(always)]
pub unsafe fn free_tuple(o: *mut PyObject, n: usize) {
    let c = &state().generations[0].count;
    if c.get() > 0 {
        c.set(c.get() - 1);
    }
    // SAFETY: the caller's promise.
    unsafe { alloc::free_tuple(n, (o as *mut u8).sub(size_of::<GcHead>())) }
}

/// Is the object in one of the collector's lists?
///
/// # Safety
/// As [`head`].
#[inline(always)]
pub unsafe fn is_tracked(o: *mut PyObject) -> bool {
    // SAFETY: the caller's promise.
    unsafe { head(o).next.get() != 0 }
}

/// Puts a complete container into the youngest generation (`_PyObject_GC_TRACK`).
///
/// # Safety
/// As [`head`]; the object is untracked and its references are valid.
#[inline(always)]
pub unsafe fn track(o: *mut PyObject) {
    // SAFETY: list heads were made circular by `init`; entries are live containers.
    unsafe {
        let h = head(o);
        let list = &state().generations[0].head;
        let last = list.prev.get() & PREV_MASK;
        let at = h as *const GcHead as usize;
        (*(last as *const GcHead)).next.set(at);
        h.prev.set((h.prev.get() & PREV_FINALIZED) | last);
        h.next.set(list as *const GcHead as usize);
        list.prev.set(at);
    }
}

/// Takes a container out of its list (`_PyObject_GC_UNTRACK`).
///
/// # Safety
/// As [`head`]; the object is tracked.
#[inline(always)]
pub unsafe fn untrack(o: *mut PyObject) {
    // SAFETY: neighbours of a tracked container are live heads.
    unsafe {
        let h = head(o);
        let prev = h.prev.get() & PREV_MASK;
        let next = h.next.get();
        (*(prev as *const GcHead)).next.set(next);
        let n = &(*(next as *const GcHead)).prev;
        n.set((n.get() & !PREV_MASK) | prev);
        h.next.set(0);
        h.prev.set(h.prev.get() & PREV_FINALIZED);
    }
}
