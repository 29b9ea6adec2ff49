//! Growing a string in place: `s += t` where nobody else refers to `s`.

use super::{Kind, PyCompactStr, PyStr, PyUnicode_Type, StrView, state, unit};
use crate::errors;
use object::{Py, PyLayout, PyResult, Python, alloc};
use std::ptr;

impl PyStr {
    /// May the string be changed because nobody but the caller has seen it?
    fn is_private(&self) -> bool {
        self.refcount() == 1
            && self.hash.get() == -1
            && !self.is_interned()
            && ptr::eq(self.ty(), &PyUnicode_Type)
            && self.is_compact()
    }

    /// `left + right`, reusing the memory of `left` if it is private (`PyUnicode_Append`).
    ///
    /// Errors: `MemoryError`, `OverflowError`.
    pub fn append(py: Python, left: Py<PyStr>, right: &PyStr) -> PyResult<Py<PyStr>> {
        if left.is_empty() {
            return Ok(right.owned());
        }
        if right.is_empty() {
            return Ok(left);
        }
        let fits = right.kind() <= left.kind() && (!left.is_ascii() || right.is_ascii());
        if !fits || !left.is_private() {
            return PyStr::concat(py, &left, right);
        }
        let (n, m) = (left.len(), right.len());
        let kind = left.kind();
        let Some(total) = n.checked_add(m).filter(|&t| t < isize::MAX as usize / 4 - 64) else {
            return Err(errors::overflow_error(py, "strings are too large to concat"));
        };
        let head = if left.is_ascii() { size_of::<PyStr>() } else { size_of::<PyCompactStr>() };
        // SAFETY: nobody else refers to the string, so it may move; the right one is another string, or the reference count of the
        // left one would not be 1. The cached UTF-8 form, a block of its own, is dropped.
        unsafe {
            let at = left.into_raw();
            if (*(at as *const PyStr)).state.get() & state::ASCII == 0 {
                let c = &*(at as *const PyCompactStr);
                let cache = c.utf8.replace(ptr::null_mut());
                if !cache.is_null() {
                    alloc::object_free(cache);
                }
            }
            let new = alloc::object_realloc(at as *mut u8, head + (total + 1) * kind as usize);
            if new.is_null() {
                drop(Py::<PyStr>::from_raw_owned(at));
                return Err(errors::memory_error(py));
            }
            let s: Py<PyStr> = Py::from_raw_owned(new as *mut object::PyObject);
            s.length.set(total as isize);
            let to = new.add(head + n * kind as usize);
            match (kind, right.view()) {
                (Kind::Latin1, StrView::Latin1(b)) => ptr::copy_nonoverlapping(b.as_ptr(), to, m),
                (Kind::Ucs2, StrView::Ucs2(b)) => ptr::copy_nonoverlapping(b.as_ptr(), to as *mut u16, m),
                (Kind::Ucs4, StrView::Ucs4(b)) => ptr::copy_nonoverlapping(b.as_ptr(), to as *mut u32, m),
                (_, view) => {
                    for (i, c) in view.chars().enumerate() {
                        unit::write_unit(to, kind, i, c);
                    }
                }
            }
            unit::write_unit(to, kind, m, 0);
            Ok(s)
        }
    }
}
