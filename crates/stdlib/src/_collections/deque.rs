//! `deque`: layout and the operations on its ends.
//!
//! Items live in a ring buffer. Borrows of it never last over code of others: what is removed is released after the borrow, and
//! loops that compare items fetch them one by one and watch `state`, which counts changes of length.

use runtime::prelude::*;
use std::cell::RefCell;
use std::collections::VecDeque;

/// Items in a block of CPython's deque; only `__sizeof__` still speaks of blocks.
pub(super) const BLOCK_LEN: usize = 64;

/// `dequeobject`.
#[repr(C)]
pub struct Deque {
    pub ob_base: PyObject,
    pub(super) items: RefCell<VecDeque<Py>>,
    /// Counts insertions and removals.
    pub(super) state: Cell<usize>,
    /// -1: not bounded.
    pub(super) maxlen: Cell<isize>,
    /// Where the first item would stand in its block.
    pub(super) left: Cell<usize>,
    pub(super) weakreflist: Cell<*mut PyObject>,
}

impl Deque {
    pub(super) fn make(py: Python, cls: &PyTypeObject, maxlen: isize) -> PyResult<Py<Deque>> {
        let value = Deque {
            ob_base: PyObject::header(cls),
            items: RefCell::new(VecDeque::new()),
            state: Cell::new(0),
            maxlen: Cell::new(maxlen),
            left: Cell::new(BLOCK_LEN / 2 - 1),
            weakreflist: Cell::new(std::ptr::null_mut()),
        };
        new_object(py, cls, value)
    }

    pub(super) fn len(&self) -> usize {
        self.items.borrow().len()
    }

    /// A new reference to item `i`.
    pub(super) fn item(&self, i: usize) -> Option<Py> {
        self.items.borrow().get(i).cloned()
    }

    pub(super) fn snapshot(&self) -> Vec<Py> {
        self.items.borrow().iter().cloned().collect()
    }

    pub(super) fn changed(&self) {
        self.state.set(self.state.get().wrapping_add(1));
    }

    fn overfull(&self) -> bool {
        self.maxlen.get() >= 0 && self.len() > self.maxlen.get() as usize
    }

    fn recentre(&self, empty: bool) {
        if empty {
            self.left.set(BLOCK_LEN / 2 - 1);
        }
    }

    /// Removes the first item.
    pub(super) fn take_left(&self) -> Option<Py> {
        let item = self.items.borrow_mut().pop_front()?;
        self.left.set((self.left.get() + 1) % BLOCK_LEN);
        self.recentre(self.len() == 0);
        self.changed();
        Some(item)
    }

    /// Removes the last item.
    pub(super) fn take_right(&self) -> Option<Py> {
        let item = self.items.borrow_mut().pop_back()?;
        self.recentre(self.len() == 0);
        self.changed();
        Some(item)
    }

    pub(super) fn put_right(&self, item: Py) {
        self.items.borrow_mut().push_back(item);
        self.changed();
        if self.overfull() {
            drop(self.take_left());
        }
    }

    pub(super) fn put_left(&self, item: Py) {
        self.items.borrow_mut().push_front(item);
        self.left.set((self.left.get() + BLOCK_LEN - 1) % BLOCK_LEN);
        self.changed();
        if self.overfull() {
            drop(self.take_right());
        }
    }

    /// Empties it; the items are released when it is empty already.
    pub(super) fn empty(&self) {
        let old = std::mem::take(&mut *self.items.borrow_mut());
        self.left.set(BLOCK_LEN / 2 - 1);
        self.changed();
        drop(old);
    }

    /// Appends all items of an iterable, each by `put`.
    pub(super) fn extend_with(&self, py: Python, iterable: &PyObject, put: fn(&Deque, Py)) -> PyResult<()> {
        if iterable.is(self.as_object()) {
            for item in self.snapshot() {
                put(self, item);
            }
            return Ok(());
        }
        let it = iterable.get_iter(py)?;
        while let Some(item) = it.iter_next(py)? {
            put(self, item);
        }
        Ok(())
    }

    /// The first position in `range` that equals `value`. A change of length meanwhile raises `change`.
    pub(super) fn position(
        &self,
        py: Python,
        value: &PyObject,
        range: std::ops::Range<usize>,
        change: fn(Python) -> Raised,
    ) -> PyResult<Option<usize>> {
        let state = self.state.get();
        for i in range {
            let Some(item) = self.item(i) else { break };
            let equal = item.compare_bool(py, value, CompareOp::Eq)?;
            if self.state.get() != state {
                return Err(change(py));
            }
            if equal {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }

    /// Rotates to the right by `n`.
    pub(super) fn rotate_by(&self, n: isize) {
        let len = self.len();
        if len <= 1 {
            return;
        }
        let steps = n.rem_euclid(len as isize) as usize;
        self.items.borrow_mut().rotate_right(steps);
        self.left.set((self.left.get() + BLOCK_LEN - steps % BLOCK_LEN) % BLOCK_LEN);
        self.changed();
    }

    /// Removes item `i`.
    pub(super) fn remove_at(&self, i: usize) {
        let removed = self.items.borrow_mut().remove(i);
        self.recentre(self.len() == 0);
        self.changed();
        drop(removed);
    }

    /// Repeats the items in place.
    pub(super) fn repeat(&self, py: Python, n: isize) -> PyResult<()> {
        let len = self.len();
        if len == 0 || n == 1 {
            return Ok(());
        }
        if n <= 0 {
            self.empty();
            return Ok(());
        }
        let mut total = len.checked_mul(n as usize).filter(|&t| t <= isize::MAX as usize / 8);
        if self.maxlen.get() >= 0 {
            // What would fall out again at the left is not made.
            let max = self.maxlen.get() as usize;
            let rounds = max.div_ceil(len).max(1).min(n as usize);
            total = len.checked_mul(rounds);
        }
        let Some(total) = total else { return Err(memory_error(py)) };
        let once = self.snapshot();
        {
            let mut items = self.items.borrow_mut();
            if items.try_reserve(total - len).is_err() {
                return Err(memory_error(py));
            }
            for item in once.iter().cycle().take(total - len) {
                items.push_back(item.clone());
            }
        }
        self.changed();
        while self.overfull() {
            drop(self.take_left());
        }
        Ok(())
    }
}

pub(super) fn mutated_iteration(py: Python) -> Raised {
    runtime_error(py, "deque mutated during iteration")
}
