//! `str`: the object layouts of PEP 393 and what everybody needs of a string.
//!
//! A compact string is one block: header, then its characters in 1, 2 or 4 bytes each (the smallest that fits the
//! largest character), then a NUL. ASCII strings leave out the two UTF-8 cache fields. Instances of subclasses keep their
//! characters in a block of their own. Strings never change once anybody else has seen them.

mod append;
mod build;
mod case;
mod find;
pub mod format;
mod intern;
pub mod iter;
mod new;
mod pad;
pub mod percent;
mod predicates;
pub mod repr;
pub mod search;
mod split;
pub mod statics;
mod translate;
mod type_;
pub mod unit;

pub use build::StrBuilder;
pub use find::replace;
pub use iter::{PyAsciiIter, PyStrIter};
pub(crate) use new::fill_repeated;
pub use repr::push_escape;
pub use split::{join, rsplit, split};
pub use statics::latin1;
pub use translate::translate;
pub use type_::{PyUnicode_Type, compare, decode_object, order, subtype};
pub use unit::{StrView, Unit};

use crate::errors;
use crate::hash::hash_bytes;
use object::{Py, PyLayout, PyObject, PyResult, Python, alloc};
use std::cell::Cell;
use std::ffi::c_void;
use std::mem::offset_of;
use std::ptr;

/// `PyASCIIObject`: the part all strings share.
#[repr(C)]
pub struct PyStr {
    pub ob_base: PyObject,
    pub length: Cell<isize>,
    /// -1 while unknown.
    pub hash: Cell<isize>,
    /// Bit field; see [`state`].
    pub state: Cell<u32>,
}

/// `PyCompactUnicodeObject`: with the UTF-8 cache.
#[repr(C)]
pub struct PyCompactStr {
    pub base: PyStr,
    pub utf8_length: Cell<isize>,
    pub utf8: Cell<*mut u8>,
}

/// `PyUnicodeObject`: characters in a block of their own (instances of subclasses).
#[repr(C)]
pub struct PyFullStr {
    pub base: PyCompactStr,
    pub data: Cell<*mut c_void>,
}

const _: () = {
    assert!(size_of::<PyStr>() == 40);
    assert!(offset_of!(PyStr, length) == 16);
    assert!(offset_of!(PyStr, hash) == 24);
    assert!(offset_of!(PyStr, state) == 32);
    assert!(size_of::<PyCompactStr>() == 56);
    assert!(offset_of!(PyCompactStr, utf8_length) == 40);
    assert!(offset_of!(PyCompactStr, utf8) == 48);
    assert!(size_of::<PyFullStr>() == 64);
    assert!(offset_of!(PyFullStr, data) == 56);
};

/// The bits of [`PyStr::state`].
pub mod state {
    pub const INTERNED_MASK: u32 = 3;
    pub const NOT_INTERNED: u32 = 0;
    pub const INTERNED_MORTAL: u32 = 1;
    pub const INTERNED_IMMORTAL: u32 = 2;
    pub const INTERNED_IMMORTAL_STATIC: u32 = 3;
    pub const KIND_SHIFT: u32 = 2;
    pub const COMPACT: u32 = 1 << 5;
    pub const ASCII: u32 = 1 << 6;
    pub const STATIC: u32 = 1 << 7;
}

/// The largest code point.
pub const MAX_CHAR: u32 = 0x10ffff;

/// Bytes a character: 1, 2 or 4.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Kind {
    Latin1 = 1,
    Ucs2 = 2,
    Ucs4 = 4,
}

impl Kind {
    /// The smallest kind that holds `c`.
    #[inline]
    pub const fn of(c: u32) -> Kind {
        if c < 0x100 {
            Kind::Latin1
        } else if c < 0x10000 {
            Kind::Ucs2
        } else {
            Kind::Ucs4
        }
    }
}

impl PyStr {
    /// Number of code points.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.length.get() == 0
    }

    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.state.get() & state::ASCII != 0
    }

    #[inline(always)]
    pub fn is_compact(&self) -> bool {
        self.state.get() & state::COMPACT != 0
    }

    #[inline(always)]
    pub fn kind(&self) -> Kind {
        match (self.state.get() >> state::KIND_SHIFT) & 7 {
            1 => Kind::Latin1,
            2 => Kind::Ucs2,
            _ => Kind::Ucs4,
        }
    }

    /// `SSTATE_*`.
    #[inline(always)]
    pub fn interned_state(&self) -> u32 {
        self.state.get() & state::INTERNED_MASK
    }

    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.interned_state() != state::NOT_INTERNED
    }

    /// The characters' address.
    #[inline(always)]
    pub fn data_ptr(&self) -> *mut u8 {
        let s = self.state.get();
        let this = self as *const PyStr as *mut u8;
        // SAFETY: compact strings have their characters right behind the header their flags say they have; the
        // others have a `PyFullStr` header.
        unsafe {
            if s & (state::COMPACT | state::ASCII) == state::COMPACT | state::ASCII {
                this.add(size_of::<PyStr>())
            } else if s & state::COMPACT != 0 {
                this.add(size_of::<PyCompactStr>())
            } else {
                (*(this as *const PyFullStr)).data.get() as *mut u8
            }
        }
    }

    /// The characters as a slice of their own kind.
    #[inline(always)]
    pub fn view(&self) -> StrView<'_> {
        let (p, n) = (self.data_ptr(), self.len());
        // SAFETY: a string's characters are `n` units of its kind and never change.
        unsafe {
            match self.kind() {
                Kind::Latin1 => StrView::Latin1(std::slice::from_raw_parts(p, n)),
                Kind::Ucs2 => StrView::Ucs2(std::slice::from_raw_parts(p as *const u16, n)),
                Kind::Ucs4 => StrView::Ucs4(std::slice::from_raw_parts(p as *const u32, n)),
            }
        }
    }

    /// The characters' memory.
    #[inline(always)]
    pub fn raw_bytes(&self) -> &[u8] {
        // SAFETY: as in `view`.
        unsafe { std::slice::from_raw_parts(self.data_ptr(), self.len() * self.kind() as usize) }
    }

    /// The text of an ASCII string.
    #[inline(always)]
    pub fn as_ascii(&self) -> Option<&str> {
        if self.is_ascii() {
            // SAFETY: ASCII is UTF-8.
            Some(unsafe { std::str::from_utf8_unchecked(self.raw_bytes()) })
        } else {
            None
        }
    }

    /// The code point at `i`; 0 past the end.
    #[inline(always)]
    pub fn char_at(&self, i: usize) -> u32 {
        self.view().get(i).unwrap_or(0)
    }

    /// The code points in order.
    #[inline]
    pub fn chars(&self) -> unit::Chars<'_> {
        self.view().chars()
    }

    /// `PyUnicode_MAX_CHAR_VALUE`: an upper bound of the characters by flags and kind.
    #[inline]
    pub fn max_char_bound(&self) -> u32 {
        if self.is_ascii() {
            return 0x7f;
        }
        match self.kind() {
            Kind::Latin1 => 0xff,
            Kind::Ucs2 => 0xffff,
            Kind::Ucs4 => MAX_CHAR,
        }
    }

    #[inline]
    fn compact(&self) -> Option<&PyCompactStr> {
        if self.state.get() & (state::COMPACT | state::ASCII) == state::COMPACT | state::ASCII {
            None
        } else {
            // SAFETY: only compact ASCII strings lack the fields.
            Some(unsafe { &*(self as *const PyStr as *const PyCompactStr) })
        }
    }

    /// The text as UTF-8, cached in the object. None if it has surrogates (or memory is out).
    #[inline]
    pub fn as_str(&self) -> Option<&str> {
        if self.is_ascii() {
            // SAFETY: ASCII is UTF-8.
            return Some(unsafe { std::str::from_utf8_unchecked(self.raw_bytes()) });
        }
        self.as_str_slow()
    }

    fn as_str_slow(&self) -> Option<&str> {
        let c = self.compact()?;
        if c.utf8.get().is_null() {
            let n = unit::utf8_len(self.view())?;
            // SAFETY: fresh memory of n + 1 bytes is filled with n bytes of UTF-8 and a NUL; it belongs to the
            // string until it is freed.
            unsafe {
                let p = alloc::object_alloc(n + 1);
                if p.is_null() {
                    return None;
                }
                unit::write_utf8(self.view(), p);
                p.add(n).write(0);
                c.utf8.set(p);
                c.utf8_length.set(n as isize);
            }
        }
        // SAFETY: the cache holds valid UTF-8 of that length.
        unsafe {
            let bytes = std::slice::from_raw_parts(c.utf8.get(), c.utf8_length.get() as usize);
            Some(std::str::from_utf8_unchecked(bytes))
        }
    }

    /// The text as UTF-8 (`PyUnicode_AsUTF8AndSize`). Errors: `UnicodeEncodeError` for surrogates.
    #[inline]
    pub fn as_utf8(&self, py: Python) -> PyResult<&str> {
        match self.as_str() {
            Some(s) => Ok(s),
            None => Err(self.utf8_error(py)),
        }
    }

    #[cold]
    fn utf8_error(&self, py: Python) -> object::Raised {
        match self.chars().position(unit::is_surrogate) {
            None => errors::memory_error(py),
            Some(at) => {
                let run = self.chars().skip(at).take_while(|&c| unit::is_surrogate(c)).count();
                crate::codecs::raise_encode_error(py, "utf-8", self, at, at + run, "surrogates not allowed")
            }
        }
    }

    /// The text for messages: surrogates become U+FFFD.
    pub fn to_string_lossy(&self) -> String {
        match self.as_ascii() {
            Some(s) => s.to_owned(),
            None => self.chars().map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER)).collect(),
        }
    }

    /// UTF-8 with surrogates encoded like other characters (`surrogatepass`).
    pub fn to_wtf8(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.len() + self.len() / 2);
        for c in self.chars() {
            unit::push_wtf8(&mut out, c);
        }
        out
    }

    /// The hash, computed once.
    #[inline(always)]
    pub fn hash(&self) -> isize {
        match self.hash.get() {
            -1 => self.compute_hash(),
            h => h,
        }
    }

    #[inline(never)]
    fn compute_hash(&self) -> isize {
        let h = hash_bytes(self.raw_bytes());
        self.hash.set(h);
        h
    }

    /// Same text?
    #[inline]
    pub fn equals(&self, other: &PyStr) -> bool {
        ptr::eq(self, other)
            || (self.len() == other.len()
                && self.kind() == other.kind()
                && self.raw_bytes() == other.raw_bytes())
    }

    /// Same text as `s`?
    #[inline]
    pub fn eq_str(&self, s: &str) -> bool {
        match self.as_ascii() {
            Some(a) => a == s,
            None => self.len() <= s.len() && s.chars().map(u32::from).eq(self.chars()),
        }
    }

    /// A new reference that is exactly a `str`: itself, or a copy of a subclass instance's text.
    pub fn exact(&self, py: Python) -> PyResult<Py<PyStr>> {
        if <PyStr as object::PyTypeInfo>::check_exact(self.as_object()) {
            Ok(self.owned())
        } else {
            self.copy_text(py)
        }
    }

    /// Gives back what the string holds besides its own block. Part of deallocation.
    ///
    /// # Safety
    /// Nobody uses the string any more.
    pub(crate) unsafe fn release_parts(&self) {
        if let Some(c) = self.compact() {
            let data = if self.is_compact() { ptr::null_mut() } else { self.data_ptr() };
            let utf8 = c.utf8.replace(ptr::null_mut());
            // SAFETY: both blocks, where they exist, belong to this string only.
            unsafe {
                if !utf8.is_null() && utf8 != data {
                    alloc::object_free(utf8);
                }
                if !data.is_null() {
                    alloc::object_free(data);
                }
            }
        }
    }

    /// Bytes used, as `str.__sizeof__` tells.
    pub fn size_of(&self) -> usize {
        let units = (self.len() + 1) * self.kind() as usize;
        let head = if self.is_compact() && self.is_ascii() {
            return size_of::<PyStr>() + units;
        } else if self.is_compact() {
            size_of::<PyCompactStr>() + units
        } else {
            size_of::<PyFullStr>() + units
        };
        let cache = match self.compact() {
            Some(c) if !c.utf8.get().is_null() && c.utf8.get() != self.data_ptr() => {
                c.utf8_length.get() as usize + 1
            }
            _ => 0,
        };
        head + cache
    }
}

impl std::fmt::Display for PyStr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.as_ascii() {
            Some(s) => f.write_str(s),
            None => f.write_str(&self.to_string_lossy()),
        }
    }
}
