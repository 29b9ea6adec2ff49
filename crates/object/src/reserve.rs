//! Rust's global allocator, with a reserve for the moment when memory runs out.
//!
//! Objects and the tables of containers are allocated fallibly and their failure is a `MemoryError`. What remains are the small vectors
//! and strings of Rust code, whose failure would end the process. They get room from a reserve instead, so that the program
//! comes as far as the next object, whose `MemoryError` it can handle.

use crate::small;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Size of the reserve, in bytes: zero pages that take no memory until the day they are needed.
const SIZE: usize = 16 << 20;
/// Largest request it serves. Larger ones must be made fallibly.
const LARGEST: usize = 2 << 20;
const ALIGN: usize = 64;

#[repr(C, align(64))]
struct Room(UnsafeCell<[u8; SIZE]>);
// SAFETY: handed out in disjoint pieces by an atomic counter.
unsafe impl Sync for Room {}

static ROOM: Room = Room(UnsafeCell::new([0; SIZE]));
/// Bytes handed out since the reserve was last whole.
static USED: AtomicUsize = AtomicUsize::new(0);
/// Pieces handed out and not given back.
static PIECES: AtomicUsize = AtomicUsize::new(0);

/// Free lists for small blocks, the system's allocator, and the reserve behind both.
pub struct WithReserve;

#[cold]
fn from_reserve(layout: Layout) -> *mut u8 {
    if layout.size() > LARGEST || layout.align() > ALIGN {
        return std::ptr::null_mut();
    }
    let size = layout.size().next_multiple_of(ALIGN);
    PIECES.fetch_add(1, Ordering::AcqRel);
    let at = USED.fetch_add(size, Ordering::AcqRel);
    if at.checked_add(size).is_none_or(|end| end > SIZE) {
        USED.fetch_sub(size, Ordering::AcqRel);
        PIECES.fetch_sub(1, Ordering::AcqRel);
        return std::ptr::null_mut();
    }
    // SAFETY: inside the room.
    unsafe { (ROOM.0.get() as *mut u8).add(at) }
}

fn is_reserve(p: *mut u8) -> bool {
    (p as usize).wrapping_sub(ROOM.0.get() as usize) < SIZE
}

#[cold]
fn give_back() {
    // The last piece makes the reserve whole. A piece handed out in between keeps its bytes: the exchange fails then.
    let used = USED.load(Ordering::Acquire);
    if PIECES.fetch_sub(1, Ordering::AcqRel) == 1 {
        let _ = USED.compare_exchange(used, 0, Ordering::AcqRel, Ordering::Relaxed);
    }
}

// SAFETY: pieces of the reserve are disjoint, aligned and live until given back; blocks of `small` are told by their layout; all else is the
// system's.
unsafe impl GlobalAlloc for WithReserve {
    // Not inlined: this is behind every vector and box, and code takes memory too.
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let p = if small::serves(layout) {
            small::alloc(layout.size())
        } else {
            // SAFETY: the caller's promise.
            unsafe { System.alloc(layout) }
        };
        if p.is_null() { from_reserve(layout) } else { p }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe {
            if !small::serves(layout) {
                let p = System.alloc_zeroed(layout);
                if !p.is_null() {
                    return p;
                }
            }
        }
        // SAFETY: the caller's promise.
        let p = unsafe { self.alloc(layout) };
        if !p.is_null() {
            // SAFETY: a block of that size.
            unsafe { p.write_bytes(0, layout.size()) };
        }
        p
    }

    #[inline(never)]
    unsafe fn dealloc(&self, p: *mut u8, layout: Layout) {
        if is_reserve(p) {
            give_back();
        } else if small::serves(layout) {
            // SAFETY: it came from there.
            unsafe { small::free(p, layout.size()) }
        } else {
            // SAFETY: it came from the system's allocator.
            unsafe { System.dealloc(p, layout) }
        }
    }

    #[inline]
    unsafe fn realloc(&self, p: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise; a piece of the reserve is moved, as is what the system can't enlarge.
        unsafe {
            let Ok(wanted) = Layout::from_size_align(size, layout.align()) else {
                return std::ptr::null_mut();
            };
            if !is_reserve(p) {
                match (small::serves(layout), small::serves(wanted)) {
                    (true, true) if small::same_class(layout.size(), size) => return p,
                    (false, false) => {
                        let new = System.realloc(p, layout, size);
                        if !new.is_null() {
                            return new;
                        }
                    }
                    _ => {}
                }
            }
            let new = self.alloc(wanted);
            if !new.is_null() {
                new.copy_from_nonoverlapping(p, layout.size().min(size));
                self.dealloc(p, layout);
            }
            new
        }
    }
}
