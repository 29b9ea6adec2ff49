//! The interning table: one object for each text of a name.
//!
//! The table owns no references: a mortal interned string takes itself out when it dies.

use super::{PyStr, state, statics};
use hashbrown::HashTable;
use object::{Py, PyLayout, PyTypeInfo, Python};
use std::cell::UnsafeCell;

/// Interned strings by text.
pub struct Table {
    strings: HashTable<*const PyStr>,
    ready: bool,
}

struct Shared(UnsafeCell<Table>);
// SAFETY: only used by the thread that holds the interpreter lock.
unsafe impl Sync for Shared {}

static TABLE: Shared = Shared(UnsafeCell::new(Table { strings: HashTable::new(), ready: false }));

impl Table {
    fn find(&self, s: &PyStr) -> Option<*const PyStr> {
        // SAFETY: entries are live strings.
        self.strings.find(s.hash() as u64, |&e| unsafe { &*e }.equals(s)).copied()
    }

    /// Adds a string that is not there; false when there is no memory for it.
    pub(super) fn insert(&mut self, s: &PyStr) -> bool {
        // SAFETY: entries are live strings.
        let hash = |e: &*const PyStr| unsafe { &**e }.hash() as u64;
        if self.strings.try_reserve(1, hash).is_err() {
            return false;
        }
        self.strings.insert_unique(s.hash() as u64, s, hash);
        true
    }

    fn remove(&mut self, s: &PyStr) {
        if let Ok(e) = self.strings.find_entry(s.hash() as u64, |&e| std::ptr::eq(e, s)) {
            e.remove();
        }
    }
}

/// Runs `f` on the table; `f` does not run Python code and does not come back here.
fn with_table<R>(_py: Python, f: impl FnOnce(&mut Table) -> R) -> R {
    // SAFETY: attached thread; `f` does not re-enter.
    let table = unsafe { &mut *TABLE.0.get() };
    if !table.ready {
        table.ready = true;
        statics::intern_all(table);
    }
    f(table)
}

fn set_state(s: &PyStr, value: u32) {
    s.state.set(s.state.get() & !state::INTERNED_MASK | value);
}

impl PyStr {
    /// The number of interned strings, or of those that are immortal.
    pub fn interned_count(py: Python, only_immortal: bool) -> usize {
        with_table(py, |t| {
            // SAFETY: entries are live strings.
            t.strings.iter().filter(|&&e| !only_immortal || unsafe { &*e }.is_immortal()).count()
        })
    }

    /// `PyUnicode_InternInPlace`: the one object for this text, from now on this one if there was none. Instances
    /// of subclasses are returned as they are.
    #[inline]
    pub fn intern(py: Python, s: Py<PyStr>) -> Py<PyStr> {
        if s.is_interned() || !PyStr::check_exact(s.as_object()) { s } else { intern_new(py, s) }
    }

    /// As [`intern`](Self::intern), and the result never dies.
    pub fn intern_immortal(py: Python, s: Py<PyStr>) -> Py<PyStr> {
        let s = PyStr::intern(py, s);
        if s.interned_state() == state::INTERNED_MORTAL {
            set_state(&s, state::INTERNED_IMMORTAL);
            s.make_immortal();
        }
        s
    }

    /// The immortal interned string of a literal of the runtime. Without memory for it the process ends.
    pub fn intern_static(py: Python, text: &'static str) -> &'static PyStr {
        match PyStr::new(py, text) {
            Ok(s) => {
                let s = PyStr::intern_immortal(py, s);
                // SAFETY: immortal.
                unsafe { &*(s.as_ptr() as *const PyStr) }
            }
            // A handful of bytes at first use of a name: there is nobody to report it to.
            Err(_) => std::process::abort(),
        }
    }
}

#[inline(never)]
fn intern_new(py: Python, s: Py<PyStr>) -> Py<PyStr> {
    with_table(py, |t| match t.find(&s) {
        // SAFETY: entries are live.
        Some(e) => unsafe { &*e }.owned(),
        None => {
            if !t.insert(&s) {
                return s;
            }
            if s.is_immortal() {
                set_state(&s, state::INTERNED_IMMORTAL);
            } else {
                set_state(&s, state::INTERNED_MORTAL);
            }
            s
        }
    })
}

/// A mortal interned string dies: forget it.
pub(super) fn forget(py: Python, s: &PyStr) {
    with_table(py, |t| t.remove(s));
    set_state(s, state::NOT_INTERNED);
}
