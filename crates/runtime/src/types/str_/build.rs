//! [`StrBuilder`]: a growing text that widens its characters only when it must.

use super::unit::{self, StrView, Unit};
use super::{Kind, PyStr};
use crate::errors;
use crate::with_units;
use object::{Py, PyLayout, PyResult, PyTypeInfo, Python};

enum Buf {
    Latin1(Vec<u8>),
    Ucs2(Vec<u16>),
    Ucs4(Vec<u32>),
}

/// Collects text and makes a string of it. Running out of memory on the way is told by [`finish`](Self::finish).
pub struct StrBuilder {
    buf: Buf,
    failed: bool,
    /// The string that was appended first. It is the result if nothing else comes.
    first: Option<Py<PyStr>>,
}

impl Default for StrBuilder {
    fn default() -> Self {
        Self::new()
    }
}

fn reserve<U>(v: &mut Vec<U>, n: usize) -> bool {
    v.capacity() - v.len() >= n || v.try_reserve(n).is_ok()
}

fn widened<S: Unit, D: Unit>(s: &[S], extra: usize) -> Option<Vec<D>> {
    let mut v = Vec::new();
    v.try_reserve(s.len().checked_add(extra)?.checked_next_power_of_two()?).ok()?;
    v.extend(s.iter().map(|c| D::from_code(c.code())));
    Some(v)
}

impl StrBuilder {
    #[inline]
    pub fn new() -> StrBuilder {
        StrBuilder { buf: Buf::Latin1(Vec::new()), failed: false, first: None }
    }

    /// With room for `n` narrow characters.
    pub fn with_capacity(n: usize) -> StrBuilder {
        let mut v = Vec::new();
        let failed = v.try_reserve(n).is_err();
        StrBuilder { buf: Buf::Latin1(v), failed, first: None }
    }

    /// Characters so far.
    pub fn len(&self) -> usize {
        match &self.buf {
            Buf::Latin1(v) => v.len(),
            Buf::Ucs2(v) => v.len(),
            Buf::Ucs4(v) => v.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What has been collected.
    pub fn view(&self) -> StrView<'_> {
        match &self.buf {
            Buf::Latin1(v) => StrView::Latin1(v),
            Buf::Ucs2(v) => StrView::Ucs2(v),
            Buf::Ucs4(v) => StrView::Ucs4(v),
        }
    }

    /// Cuts back to the first `n` characters.
    pub fn truncate(&mut self, n: usize) {
        self.first = None;
        match &mut self.buf {
            Buf::Latin1(v) => v.truncate(n),
            Buf::Ucs2(v) => v.truncate(n),
            Buf::Ucs4(v) => v.truncate(n),
        }
    }

    #[cold]
    #[inline(never)]
    fn widen(&mut self, kind: Kind, extra: usize) {
        let new = match (&self.buf, kind) {
            (Buf::Latin1(v), Kind::Ucs2) => widened(v, extra).map(Buf::Ucs2),
            (Buf::Latin1(v), Kind::Ucs4) => widened(v, extra).map(Buf::Ucs4),
            (Buf::Ucs2(v), Kind::Ucs4) => widened(v, extra).map(Buf::Ucs4),
            _ => return,
        };
        match new {
            Some(b) => self.buf = b,
            None => self.failed = true,
        }
    }

    /// Appends one code point (a surrogate too). Values above 0x10ffff become U+FFFD.
    #[inline]
    pub fn push_char(&mut self, c: u32) {
        match &mut self.buf {
            Buf::Latin1(v) if c < 0x100 => {
                if reserve(v, 1) {
                    v.push(c as u8)
                } else {
                    self.failed = true
                }
            }
            Buf::Ucs2(v) if c < 0x10000 => {
                if reserve(v, 1) {
                    v.push(c as u16)
                } else {
                    self.failed = true
                }
            }
            Buf::Ucs4(v) => {
                let c = if c > super::MAX_CHAR { 0xfffd } else { c };
                if reserve(v, 1) { v.push(c) } else { self.failed = true }
            }
            _ => self.push_wide(c),
        }
    }

    #[cold]
    fn push_wide(&mut self, c: u32) {
        let c = if c > super::MAX_CHAR { 0xfffd } else { c };
        self.widen(Kind::of(c), 1);
        if !self.failed {
            self.push_char(c);
        }
    }

    /// Appends `c` `n` times.
    pub fn push_repeated(&mut self, c: u32, n: usize) {
        self.widen(Kind::of(c), n);
        let ok = match &mut self.buf {
            Buf::Latin1(v) => extend_n(v, c, n),
            Buf::Ucs2(v) => extend_n(v, c, n),
            Buf::Ucs4(v) => extend_n(v, c, n),
        };
        self.failed |= !ok;
    }

    /// Appends UTF-8 text.
    #[inline]
    pub fn push_str(&mut self, s: &str) {
        if s.is_ascii() {
            self.push_latin1(s.as_bytes());
        } else {
            for c in s.chars() {
                self.push_char(c as u32);
            }
        }
    }

    /// Appends Latin-1 (or ASCII) bytes.
    #[inline]
    pub fn push_latin1(&mut self, s: &[u8]) {
        if let Buf::Latin1(v) = &mut self.buf {
            if reserve(v, s.len()) { v.extend_from_slice(s) } else { self.failed = true }
        } else {
            self.push_units(s);
        }
    }

    /// Appends characters of any width.
    pub fn push_units<U: Unit>(&mut self, s: &[U]) {
        if U::KIND != Kind::Latin1 {
            self.widen(Kind::of(unit::or_all(s)), s.len());
        }
        let ok = match &mut self.buf {
            Buf::Latin1(v) => extend(v, s),
            Buf::Ucs2(v) => extend(v, s),
            Buf::Ucs4(v) => extend(v, s),
        };
        self.failed |= !ok;
    }

    /// Appends part of a string.
    #[inline]
    pub fn push_view(&mut self, view: StrView<'_>) {
        match view {
            StrView::Latin1(s) => self.push_latin1(s),
            StrView::Ucs2(s) => self.push_units(s),
            StrView::Ucs4(s) => self.push_units(s),
        }
    }

    /// Appends a string.
    #[inline]
    pub fn push_pystr(&mut self, s: &PyStr) {
        if self.is_empty() && PyStr::check_exact(s) {
            self.first = Some(s.owned());
        }
        self.push_view(s.view());
    }

    /// The string. Errors: `MemoryError`, also for an append that failed earlier.
    pub fn finish(self, py: Python) -> PyResult<Py<PyStr>> {
        if self.failed {
            return Err(errors::memory_error(py));
        }
        match self.first.as_ref().filter(|f| f.len() == self.len()) {
            Some(f) => Ok(f.clone()),
            None => with_units!(self.view(), |s| PyStr::from_units(py, s)),
        }
    }
}

fn extend<S: Unit, D: Unit>(v: &mut Vec<D>, s: &[S]) -> bool {
    if !reserve(v, s.len()) {
        return false;
    }
    v.extend(s.iter().map(|c| D::from_code(c.code())));
    true
}

fn extend_n<D: Unit>(v: &mut Vec<D>, c: u32, n: usize) -> bool {
    if !reserve(v, n) {
        return false;
    }
    v.resize(v.len() + n, D::from_code(c));
    true
}

impl std::fmt::Write for StrBuilder {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.push_str(s);
        Ok(())
    }
}
