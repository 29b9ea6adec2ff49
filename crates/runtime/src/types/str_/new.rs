//! Making strings.

use super::unit::{self, StrView, Unit, class_of, or_all};
use super::{Kind, MAX_CHAR, PyCompactStr, PyStr, PyUnicode_Type, state, statics};
use crate::errors;
use crate::with_units;
use object::{Py, PyObject, PyResult, Python, alloc};
use std::cell::Cell;
use std::ptr;

impl PyStr {
    /// The empty string.
    #[inline]
    pub fn empty() -> &'static PyStr {
        statics::empty()
    }

    /// `PyUnicode_New`: a string of `len` characters, none larger than `max_char`, whose characters the caller writes at
    /// [`data_ptr`](Self::data_ptr) before anybody sees it. The terminating NUL is there.
    ///
    /// Errors: `MemoryError`; `SystemError` for a `max_char` that is no code point.
    pub fn alloc(py: Python, len: usize, max_char: u32) -> PyResult<Py<PyStr>> {
        let (head, kind, flags) = if max_char < 0x80 {
            (size_of::<PyStr>(), Kind::Latin1, state::COMPACT | state::ASCII)
        } else if max_char <= MAX_CHAR {
            (size_of::<PyCompactStr>(), Kind::of(max_char), state::COMPACT)
        } else {
            return Err(errors::system_error(py, "invalid maximum character passed to PyUnicode_New"));
        };
        let unit = kind as usize;
        if len > (isize::MAX as usize - head) / unit - 1 {
            return Err(errors::memory_error(py));
        }
        // SAFETY: fresh memory of that size; header, cache fields and terminator are written.
        unsafe {
            let p = alloc::object_alloc(head + (len + 1) * unit);
            if p.is_null() {
                return Err(errors::memory_error(py));
            }
            (p as *mut PyStr).write(PyStr {
                ob_base: PyObject::header(&PyUnicode_Type),
                length: Cell::new(len as isize),
                hash: Cell::new(-1),
                state: Cell::new(flags | (unit as u32) << state::KIND_SHIFT),
            });
            if flags & state::ASCII == 0 {
                let c = &*(p as *const PyCompactStr);
                c.utf8_length.set(0);
                c.utf8.set(ptr::null_mut());
            }
            unit::write_unit(p.add(head), kind, len, 0);
            Ok(Py::from_raw_owned(p as *mut PyObject))
        }
    }

    /// From UTF-8 text.
    #[inline]
    pub fn new(py: Python, text: &str) -> PyResult<Py<PyStr>> {
        if text.is_ascii() { Self::from_ascii(py, text.as_bytes()) } else { Self::from_utf8_wide(py, text) }
    }

    /// From bytes known to be ASCII.
    #[inline]
    pub fn from_ascii(py: Python, bytes: &[u8]) -> PyResult<Py<PyStr>> {
        if bytes.len() <= 1 {
            return Ok(match bytes.first() {
                None => statics::empty().owned_str(),
                Some(&b) => statics::latin1(b).owned_str(),
            });
        }
        let s = Self::alloc(py, bytes.len(), 0x7f)?;
        // SAFETY: fresh string of that length.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), s.data_ptr(), bytes.len()) };
        Ok(s)
    }

    fn from_utf8_wide(py: Python, text: &str) -> PyResult<Py<PyStr>> {
        let (mut n, mut or) = (0, 0);
        for c in text.chars() {
            n += 1;
            or |= c as u32;
        }
        Self::fill(py, n, class_of(or), text.chars().map(u32::from))
    }

    /// A string of `n` characters from an iterator that yields as many, none above `max`.
    fn fill(py: Python, n: usize, max: u32, chars: impl Iterator<Item = u32>) -> PyResult<Py<PyStr>> {
        let mut chars = chars.take(n);
        if n == 1 && max < 0x100 {
            return Ok(statics::latin1(chars.next().unwrap_or(0) as u8).owned_str());
        }
        let s = Self::alloc(py, n, max)?;
        let (data, kind) = (s.data_ptr(), s.kind());
        let mut at = 0;
        for c in chars {
            // SAFETY: at most n characters, each within max.
            unsafe { unit::write_unit(data, kind, at, c) };
            at += 1;
        }
        debug_assert_eq!(at, n);
        Ok(s)
    }

    /// From Latin-1 bytes.
    pub fn from_latin1(py: Python, bytes: &[u8]) -> PyResult<Py<PyStr>> {
        if bytes.len() <= 1 || bytes.is_ascii() {
            if let [b] = bytes {
                return Ok(statics::latin1(*b).owned_str());
            }
            return Self::from_ascii(py, bytes);
        }
        let s = Self::alloc(py, bytes.len(), 0xff)?;
        // SAFETY: fresh string of that length.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), s.data_ptr(), bytes.len()) };
        Ok(s)
    }

    /// From 16-bit characters (surrogates stay as they are).
    pub fn from_ucs2(py: Python, chars: &[u16]) -> PyResult<Py<PyStr>> {
        Self::from_units(py, chars)
    }

    /// From code points. Errors: `SystemError` if one is above 0x10ffff.
    pub fn from_ucs4(py: Python, chars: &[u32]) -> PyResult<Py<PyStr>> {
        Self::from_units(py, chars)
    }

    /// From code points in order.
    pub fn from_chars(py: Python, chars: impl IntoIterator<Item = u32>) -> PyResult<Py<PyStr>> {
        let mut b = super::StrBuilder::new();
        for c in chars {
            b.push_char(c);
        }
        b.finish(py)
    }

    /// The one-character string.
    #[inline]
    pub fn from_char(py: Python, c: u32) -> PyResult<Py<PyStr>> {
        if c < 0x100 { Ok(statics::latin1(c as u8).owned_str()) } else { Self::from_units(py, &[c]) }
    }

    /// From characters of any width, in the smallest that holds them.
    #[inline]
    pub fn from_units<U: Unit>(py: Python, chars: &[U]) -> PyResult<Py<PyStr>> {
        match chars {
            [] => return Ok(statics::empty().owned_str()),
            [c] if c.code() < 0x100 => return Ok(statics::latin1(c.code() as u8).owned_str()),
            _ => {}
        }
        let or = or_all(chars);
        if or > MAX_CHAR && chars.iter().any(|c| c.code() > MAX_CHAR) {
            return Err(errors::system_error(py, "invalid maximum character passed to PyUnicode_New"));
        }
        let s = Self::alloc(py, chars.len(), class_of(or))?;
        // SAFETY: fresh string of that length whose kind holds every character.
        unsafe {
            match s.kind() {
                Kind::Latin1 => unit::copy_units(chars, s.data_ptr()),
                Kind::Ucs2 => unit::copy_units(chars, s.data_ptr() as *mut u16),
                Kind::Ucs4 => unit::copy_units(chars, s.data_ptr() as *mut u32),
            }
        }
        Ok(s)
    }

    /// From a view, in the smallest width that holds it.
    #[inline]
    pub fn from_view(py: Python, view: StrView<'_>) -> PyResult<Py<PyStr>> {
        match view {
            StrView::Latin1(s) => Self::from_latin1(py, s),
            StrView::Ucs2(s) => Self::from_units(py, s),
            StrView::Ucs4(s) => Self::from_units(py, s),
        }
    }

    /// From UTF-8 in which surrogates may stand as three bytes. Errors: `ValueError` for anything else malformed.
    pub fn from_wtf8(py: Python, bytes: &[u8]) -> PyResult<Py<PyStr>> {
        if let Ok(s) = std::str::from_utf8(bytes) {
            return Self::new(py, s);
        }
        let mut b = super::StrBuilder::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(s) => {
                    b.push_str(s);
                    break;
                }
                Err(e) => {
                    let (good, bad) = rest.split_at(e.valid_up_to());
                    b.push_str(std::str::from_utf8(good).unwrap_or_default());
                    match bad {
                        [0xed, x @ 0xa0..=0xbf, y @ 0x80..=0xbf, tail @ ..] => {
                            b.push_char(0xd000 | ((*x as u32 & 0x3f) << 6) | (*y as u32 & 0x3f));
                            rest = tail;
                        }
                        _ => return Err(errors::value_error(py, "malformed text constant")),
                    }
                }
            }
        }
        b.finish(py)
    }

    /// The characters `start..end` (cut to the length) as a string; the whole of an exact string is itself.
    pub fn substring(&self, py: Python, start: usize, end: usize) -> PyResult<Py<PyStr>> {
        let end = end.min(self.len());
        if start == 0 && end == self.len() {
            return self.exact(py);
        }
        if start >= end {
            return Ok(statics::empty().owned_str());
        }
        if self.is_ascii() {
            return Self::from_ascii(py, &self.raw_bytes()[start..end]);
        }
        Self::from_view(py, self.view().slice(start, end))
    }

    /// A compact copy of the text (`_PyUnicode_Copy`).
    pub fn copy_text(&self, py: Python) -> PyResult<Py<PyStr>> {
        let s = Self::alloc(py, self.len(), self.max_char_bound())?;
        // SAFETY: same length and kind.
        unsafe { ptr::copy_nonoverlapping(self.data_ptr(), s.data_ptr(), self.raw_bytes().len()) };
        Ok(s)
    }

    /// `a + b`.
    pub fn concat(py: Python, a: &PyStr, b: &PyStr) -> PyResult<Py<PyStr>> {
        if a.is_empty() {
            return b.exact(py);
        }
        if b.is_empty() {
            return a.exact(py);
        }
        let Some(n) = a.length.get().checked_add(b.length.get()) else {
            return Err(errors::overflow_error(py, "strings are too large to concat"));
        };
        let s = Self::alloc(py, n as usize, a.max_char_bound().max(b.max_char_bound()))?;
        // SAFETY: fresh string of the joint length, as wide as the wider of both.
        unsafe {
            unit::copy_view(a.view(), s.data_ptr(), s.kind(), 0);
            unit::copy_view(b.view(), s.data_ptr(), s.kind(), a.len());
        }
        Ok(s)
    }

    /// `self * n`.
    pub fn repeat(&self, py: Python, n: isize) -> PyResult<Py<PyStr>> {
        if n < 1 || self.is_empty() {
            return Ok(statics::empty().owned_str());
        }
        if n == 1 {
            return self.exact(py);
        }
        let Some(total) = self.len().checked_mul(n as usize).filter(|&t| t <= isize::MAX as usize) else {
            return Err(errors::overflow_error(py, "repeated string is too long"));
        };
        let s = Self::alloc(py, total, self.max_char_bound())?;
        // SAFETY: the string has n copies' room; the copied part doubles until it is full.
        unsafe { fill_repeated(s.data_ptr(), self.raw_bytes(), n as usize) };
        Ok(s)
    }

    /// The same text in characters of exactly `kind`, for algorithms over two strings.
    pub fn units_as<U: Unit>(&self) -> std::borrow::Cow<'_, [U]> {
        with_units!(self.view(), |s| widen(s))
    }
}

/// The characters as units of another width, borrowed where it is the same.
pub fn widen<S: Unit, U: Unit>(s: &[S]) -> std::borrow::Cow<'_, [U]> {
    if S::KIND == U::KIND {
        // SAFETY: equal kinds are the same type.
        std::borrow::Cow::Borrowed(unsafe { std::slice::from_raw_parts(s.as_ptr() as *const U, s.len()) })
    } else {
        std::borrow::Cow::Owned(s.iter().map(|c| U::from_code(c.code())).collect())
    }
}

/// Fills memory with `n` copies of a pattern.
///
/// # Safety
/// `to` has room for `n * pattern.len()` bytes and does not overlap the pattern.
pub unsafe fn fill_repeated(to: *mut u8, pattern: &[u8], n: usize) {
    let total = pattern.len() * n;
    if total == 0 {
        return;
    }
    // SAFETY: the caller's promise; each step copies finished bytes behind themselves.
    unsafe {
        if pattern.len() == 1 {
            to.write_bytes(pattern[0], n);
            return;
        }
        ptr::copy_nonoverlapping(pattern.as_ptr(), to, pattern.len());
        let mut done = pattern.len();
        while done < total {
            let step = done.min(total - done);
            ptr::copy_nonoverlapping(to, to.add(done), step);
            done += step;
        }
    }
}
