//! Intrusive lists of collector's heads.

use object::PyObject;
use object::gc::{GcHead, PREV_MASK, object_of};
use std::cell::Cell;

/// A list, by the address of its head. The entries are live containers; the upper bits of `prev` are links, except during
/// the phases that use them for counts, where only `next` may be followed.
#[derive(Clone, Copy)]
pub struct List(usize);

/// An entry of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entry(usize);

impl Entry {
    /// The entry of a container.
    ///
    /// # Safety
    /// `o` is a live container.
    pub unsafe fn of(o: *mut PyObject) -> Entry {
        Entry(o as usize - size_of::<GcHead>())
    }

    pub fn head<'a>(self) -> &'a GcHead {
        // SAFETY: entries are heads of live containers or list heads that outlive the collection.
        unsafe { &*(self.0 as *const GcHead) }
    }

    pub fn object(self) -> *mut PyObject {
        object_of(self.0)
    }

    /// The next entry; the low bit of a link may carry a mark.
    pub fn next(self) -> Entry {
        Entry(self.head().next.get() & !1)
    }
}

impl List {
    /// A head for a temporary list; [`List::of`] makes it circular.
    pub fn new_head() -> GcHead {
        GcHead { next: Cell::new(0), prev: Cell::new(0) }
    }

    /// The list with this head, made empty if it was never used.
    pub fn of(head: &GcHead) -> List {
        let at = head as *const GcHead as usize;
        if head.next.get() == 0 {
            head.next.set(at);
            head.prev.set(at);
        }
        List(at)
    }

    fn head<'a>(self) -> &'a GcHead {
        Entry(self.0).head()
    }

    pub fn is_empty(self) -> bool {
        self.head().next.get() == self.0
    }

    pub fn first(self) -> Option<Entry> {
        let e = Entry(self.0).next();
        (e.0 != self.0).then_some(e)
    }

    /// The entry after `e`, if any.
    pub fn after(self, e: Entry) -> Option<Entry> {
        let n = e.next();
        (n.0 != self.0).then_some(n)
    }

    pub fn len(self) -> usize {
        let mut n = 0;
        let mut at = self.first();
        while let Some(e) = at {
            n += 1;
            at = self.after(e);
        }
        n
    }

    /// Calls `f` with every container. `f` must not change the list.
    pub fn for_each(self, mut f: impl FnMut(*mut PyObject)) {
        let mut at = self.first();
        while let Some(e) = at {
            at = self.after(e);
            f(e.object());
        }
    }

    /// Adds an entry that is in no list at the end.
    pub fn push(self, e: Entry) {
        let last = self.head().prev.get() & PREV_MASK;
        Entry(last).head().next.set(e.0);
        let h = e.head();
        h.prev.set((h.prev.get() & !PREV_MASK) | last);
        h.next.set(self.0);
        self.head().prev.set(e.0);
    }

    /// Takes an entry out of whatever list it is in. Its links stay as they were.
    pub fn remove(e: Entry) {
        let h = e.head();
        let prev = h.prev.get() & PREV_MASK;
        let next = h.next.get() & !1;
        let p = &Entry(prev).head().next;
        p.set(next | (p.get() & 1));
        let n = &Entry(next).head().prev;
        n.set((n.get() & !PREV_MASK) | prev);
    }

    /// Moves an entry to the end of this list.
    pub fn take(self, e: Entry) {
        List::remove(e);
        self.push(e);
    }

    /// Moves all entries of `other` to the end of this list.
    pub fn append_all(self, other: List) {
        if other.is_empty() || other.0 == self.0 {
            return;
        }
        let (first, last) = (other.head().next.get(), other.head().prev.get() & PREV_MASK);
        let tail = self.head().prev.get() & PREV_MASK;
        Entry(tail).head().next.set(first);
        let fp = &Entry(first).head().prev;
        fp.set((fp.get() & !PREV_MASK) | tail);
        Entry(last).head().next.set(self.0);
        self.head().prev.set(last);
        other.head().next.set(other.0);
        other.head().prev.set(other.0);
    }
}

/// Raw access for the phase in which `prev` words hold counts (see `phases`).
impl Entry {
    pub fn at(address: usize) -> Entry {
        Entry(address)
    }

    pub fn address(e: Entry) -> usize {
        e.0
    }

    /// The entry after the one at `prev`, if the list does not end there.
    pub fn after_raw(prev: usize, list: List) -> Option<Entry> {
        list.after(Entry(prev))
    }
}

impl List {
    /// The head's address.
    pub fn raw(self) -> usize {
        self.0
    }

    pub fn raw_last(self) -> usize {
        self.head().prev.get() & PREV_MASK
    }

    pub fn set_raw_last(self, address: usize) {
        self.head().prev.set(address);
    }

    /// Takes the marks off the links of a list.
    pub fn clear_marks(self) {
        let mut at = Entry(self.0);
        loop {
            let next = &at.head().next;
            next.set(next.get() & !1);
            at = Entry(next.get());
            if at.0 == self.0 {
                return;
            }
        }
    }
}
