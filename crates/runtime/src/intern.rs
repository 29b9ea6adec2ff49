//! Interned strings for names the runtime itself uses.

use crate::types::PyStr;
use object::Python;
use std::cell::Cell;
use std::ptr;

/// One name, interned and immortal from its first use on. Made by [`intern!`](crate::intern!).
pub struct InternedName {
    text: &'static str,
    object: Cell<*const PyStr>,
}

// SAFETY: the cell is only touched under the interpreter lock.
unsafe impl Sync for InternedName {}

impl InternedName {
    pub const fn new(text: &'static str) -> InternedName {
        InternedName { text, object: Cell::new(ptr::null()) }
    }

    /// The text itself.
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// The interned string.
    #[inline(always)]
    pub fn get(&self, py: Python) -> &'static PyStr {
        let p = self.object.get();
        // SAFETY: once set it points to an immortal string.
        if p.is_null() { self.init(py) } else { unsafe { &*p } }
    }

    #[cold]
    fn init(&self, py: Python) -> &'static PyStr {
        let s = PyStr::intern_static(py, self.text);
        self.object.set(s);
        s
    }
}

/// `intern!(py, "name")`: the interned `&'static PyStr` of a literal.
#[macro_export]
macro_rules! intern {
    ($py:expr, $text:literal) => {{
        static NAME: $crate::intern::InternedName = $crate::intern::InternedName::new($text);
        NAME.get($py)
    }};
}
