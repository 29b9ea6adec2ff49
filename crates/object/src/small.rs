//! Small blocks for Rust's global allocator: free lists of each thread, in front of a stock that all threads share.
//!
//! Blocks come in classes of 16 bytes. A thread takes and gives them without a lock; lists travel between threads in batches, so that blocks
//! made by one thread and given up by another come back, and what a thread had when it ends goes to the stock. A batch links its
//! blocks by their first word; batches in the stock are linked by the second word of their first block.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, TryLockError};

/// Difference between the sizes of two classes, and every block's alignment.
const STEP: usize = 16;
const CLASSES: usize = 32;
/// The largest block.
pub(crate) const LARGEST: usize = STEP * CLASSES;
/// Blocks a list holds before it becomes a batch.
const BATCH: usize = 64;
/// What is asked of the system at a time.
const CHUNK: usize = 32 << 10;

/// What a free block begins with.
struct Free {
    next: *mut Free,
    /// In the first block of a batch in the stock, the next batch; in a rest of a chunk, where it ends.
    other: *mut Free,
}

#[derive(Clone, Copy)]
struct Lists {
    /// Taken from and given to.
    current: *mut Free,
    /// About how many blocks that are: what counts is that it grows.
    count: usize,
    /// A whole batch or none.
    full: *mut Free,
}

const NO_LISTS: Lists = Lists { current: null_mut(), count: 0, full: null_mut() };

struct Thread {
    lists: [Cell<Lists>; CLASSES],
    /// The rest of the chunk that new blocks are cut from.
    at: Cell<usize>,
    end: Cell<usize>,
}

thread_local! {
    static THREAD: Thread = const {
        Thread { lists: [const { Cell::new(NO_LISTS) }; CLASSES], at: Cell::new(0), end: Cell::new(0) }
    };
}

/// What belongs to no thread.
struct Stock {
    batches: [*mut Free; CLASSES],
    /// Rests of chunks of threads that ended.
    rests: *mut Free,
}
// SAFETY: free memory that nobody else knows of, behind a lock.
unsafe impl Send for Stock {}

static STOCK: Mutex<Stock> = Mutex::new(Stock { batches: [null_mut(); CLASSES], rests: null_mut() });

/// Works on the stock, or not: a child of `fork` may find the lock taken by a thread it does not have.
fn with_stock<R>(work: impl FnOnce(&mut Stock) -> R) -> Option<R> {
    match STOCK.try_lock() {
        Ok(mut stock) => Some(work(&mut stock)),
        Err(TryLockError::Poisoned(stock)) => Some(work(&mut stock.into_inner())),
        Err(TryLockError::WouldBlock) => None,
    }
}

#[inline(always)]
fn class_of(size: usize) -> usize {
    (size.wrapping_sub(1) / STEP) % CLASSES
}

/// Does a block of this layout come from here?
#[inline(always)]
pub(crate) fn serves(layout: Layout) -> bool {
    layout.size() <= LARGEST && layout.align() <= STEP
}

/// Is a block of one size good for the other too?
#[inline(always)]
pub(crate) fn same_class(one: usize, other: usize) -> bool {
    class_of(one) == class_of(other)
}

/// A block of at least `size` bytes, which is neither 0 nor more than [`LARGEST`]; null when the system has no memory.
#[inline(always)]
pub(crate) fn alloc(size: usize) -> *mut u8 {
    THREAD.with(|t| {
        let class = class_of(size);
        let mut lists = t.lists[class].get();
        if lists.current.is_null() {
            return refill(t, class);
        }
        let block = lists.current;
        // SAFETY: a block of the list is free memory that begins with a `Free`.
        lists.current = unsafe { (*block).next };
        lists.count = lists.count.saturating_sub(1);
        t.lists[class].set(lists);
        block.cast()
    })
}

/// Takes a block back.
///
/// # Safety
/// It came from [`alloc`] with a size of the same class, on any thread, and nobody uses it.
#[inline(always)]
pub(crate) unsafe fn free(block: *mut u8, size: usize) {
    THREAD.with(|t| {
        let class = class_of(size);
        let block = block.cast::<Free>();
        let mut lists = t.lists[class].get();
        if lists.count == BATCH {
            lists = put_aside(lists, class);
        }
        // SAFETY: at least `STEP` bytes that are free now.
        unsafe { (*block).next = lists.current };
        lists.current = block;
        lists.count += 1;
        t.lists[class].set(lists);
    })
}

/// Makes room in a list that is full.
#[cold]
#[inline(never)]
fn put_aside(lists: Lists, class: usize) -> Lists {
    if !lists.full.is_null() {
        let given = with_stock(|stock| {
            // SAFETY: the first block of a batch, which goes over to the stock.
            unsafe { (*lists.full).other = stock.batches[class] };
            stock.batches[class] = lists.full;
        });
        if given.is_none() {
            // The list grows beyond a batch, then.
            return Lists { count: 0, ..lists };
        }
    }
    Lists { current: null_mut(), count: 0, full: lists.current }
}

/// A block when the thread's list is empty: from its other list, the stock or the chunk.
#[cold]
#[inline(never)]
fn refill(t: &Thread, class: usize) -> *mut u8 {
    let lists = t.lists[class].get();
    let mut batch = lists.full;
    if batch.is_null() {
        batch = with_stock(|stock| {
            let batch = stock.batches[class];
            if !batch.is_null() {
                // SAFETY: the first block of a batch.
                stock.batches[class] = unsafe { (*batch).other };
            }
            batch
        })
        .unwrap_or(null_mut());
    }
    if !batch.is_null() {
        // SAFETY: as in `alloc`.
        let current = unsafe { (*batch).next };
        t.lists[class].set(Lists { current, count: BATCH - 1, full: null_mut() });
        return batch.cast();
    }
    t.lists[class].set(NO_LISTS);
    let size = (class + 1) * STEP;
    if t.end.get() - t.at.get() < size && !new_chunk(t, size) {
        return null_mut();
    }
    let block = t.at.get();
    t.at.set(block + size);
    block as *mut u8
}

/// A chunk with room for a block of `size`. What is left of the one before becomes a free block.
fn new_chunk(t: &Thread, size: usize) -> bool {
    let (at, left) = (t.at.get(), t.end.get() - t.at.get());
    if left >= STEP {
        // Chunks and blocks are multiples of `STEP`, so the rest is a block of some class.
        let class = class_of(left.min(LARGEST));
        let block = at as *mut Free;
        let mut lists = t.lists[class].get();
        // SAFETY: memory of the chunk that is no longer in use for cutting.
        unsafe { (*block).next = lists.current };
        lists.current = block;
        lists.count = (lists.count + 1).min(BATCH);
        t.lists[class].set(lists);
        t.at.set(t.end.get());
    }
    at_thread_exit();
    let rest = with_stock(|stock| {
        let rest = stock.rests;
        // SAFETY: a rest begins with a `Free`.
        if let Some(free) = unsafe { rest.as_ref() }
            && free.other as usize - rest as usize >= size
        {
            stock.rests = free.next;
            return Some((rest as usize, free.other as usize));
        }
        None
    });
    if let Some((at, end)) = rest.flatten() {
        t.at.set(at);
        t.end.set(end);
        return true;
    }
    let Ok(layout) = Layout::from_size_align(CHUNK, STEP) else { return false };
    // SAFETY: a size that is not 0.
    let chunk = unsafe { System.alloc(layout) } as usize;
    if chunk == 0 {
        return false;
    }
    t.at.set(chunk);
    t.end.set(chunk + CHUNK);
    true
}

/// Sees to it that the calling thread's blocks go to the stock when it ends.
fn at_thread_exit() {
    /// The key whose value the threads set, plus 1; 0 before it is made.
    static KEY: AtomicUsize = AtomicUsize::new(0);
    // SAFETY: plain calls; the value only has to differ from null.
    unsafe {
        if KEY.load(Ordering::Acquire) == 0 {
            let mut key = 0;
            if libc::pthread_key_create(&mut key, Some(thread_ends)) != 0 {
                return;
            }
            if KEY.compare_exchange(0, key as usize + 1, Ordering::AcqRel, Ordering::Acquire).is_err() {
                libc::pthread_key_delete(key);
            }
        }
        let key = (KEY.load(Ordering::Acquire) - 1) as libc::pthread_key_t;
        if libc::pthread_getspecific(key).is_null() {
            libc::pthread_setspecific(key, std::ptr::dangling::<libc::c_void>());
        }
    }
}

unsafe extern "C" fn thread_ends(_: *mut libc::c_void) {
    THREAD.with(|t| {
        with_stock(|stock| {
            for (cell, batches) in t.lists.iter().zip(&mut stock.batches) {
                let lists = cell.replace(NO_LISTS);
                for batch in [lists.current, lists.full] {
                    if !batch.is_null() {
                        // SAFETY: the first block of a list that nobody uses any more.
                        unsafe { (*batch).other = *batches };
                        *batches = batch;
                    }
                }
            }
            let (at, end) = (t.at.replace(0), t.end.replace(0));
            if end - at >= STEP {
                let rest = at as *mut Free;
                // SAFETY: the rest of the thread's chunk.
                unsafe { rest.write(Free { next: stock.rests, other: end as *mut Free }) };
                stock.rests = rest;
            }
        });
    });
}
