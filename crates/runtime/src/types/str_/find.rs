//! `str` methods that look for text: `find`, `count`, `startswith` and theirs, and those that change what they find.

use super::search::{self, Finder};
use super::unit::{self, StrView, Unit};
use super::{PyStr, PyUnicode_Type, statics};
use crate::prelude::*;
use crate::types::bounds::{SliceIndex, range_of};
use crate::with_units;
use std::ptr;

fn locate(
    s: &PyStr,
    sub: &PyStr,
    start: Option<SliceIndex>,
    end: Option<SliceIndex>,
    reverse: bool,
) -> Option<usize> {
    s.find_in(sub, range_of(start, end, s.len())?, reverse)
}

fn found(at: Option<usize>) -> isize {
    at.map_or(-1, |i| i as isize)
}

fn must_find(py: Python, at: Option<usize>) -> PyResult<usize> {
    at.ok_or_else(|| value_error(py, "substring not found"))
}

#[pymethods(find)]
impl PyStr {
    /// Position of the first occurrence of sub in self[start:end], or -1.
    #[pymethod(sig = "(sub, start=None, end=None, /)", text = "($self, sub[, start[, end]], /)")]
    fn find(&self, sub: &PyStr, start: Option<SliceIndex>, end: Option<SliceIndex>) -> isize {
        found(locate(self, sub, start, end, false))
    }

    /// Position of the last occurrence of sub in self[start:end], or -1.
    #[pymethod(sig = "(sub, start=None, end=None, /)", text = "($self, sub[, start[, end]], /)")]
    fn rfind(&self, sub: &PyStr, start: Option<SliceIndex>, end: Option<SliceIndex>) -> isize {
        found(locate(self, sub, start, end, true))
    }

    /// Position of the first occurrence of sub in self[start:end].
    ///
    /// ValueError if there is none.
    #[pymethod(sig = "(sub, start=None, end=None, /)", text = "($self, sub[, start[, end]], /)")]
    fn index(
        &self,
        py: Python,
        sub: &PyStr,
        start: Option<SliceIndex>,
        end: Option<SliceIndex>,
    ) -> PyResult<usize> {
        must_find(py, locate(self, sub, start, end, false))
    }

    /// Position of the last occurrence of sub in self[start:end].
    ///
    /// ValueError if there is none.
    #[pymethod(sig = "(sub, start=None, end=None, /)", text = "($self, sub[, start[, end]], /)")]
    fn rindex(
        &self,
        py: Python,
        sub: &PyStr,
        start: Option<SliceIndex>,
        end: Option<SliceIndex>,
    ) -> PyResult<usize> {
        must_find(py, locate(self, sub, start, end, true))
    }

    /// How often sub occurs in self[start:end], without overlaps.
    #[pymethod(sig = "(sub, start=None, end=None, /)", text = "($self, sub[, start[, end]], /)")]
    fn count(&self, sub: &PyStr, start: Option<SliceIndex>, end: Option<SliceIndex>) -> usize {
        range_of(start, end, self.len()).map_or(0, |r| self.count_in(sub, r))
    }

    /// Does self[start:end] begin with prefix?
    ///
    /// A tuple of strings may be given: then one of them must fit.
    #[pymethod(sig = "(prefix, start=None, end=None, /)", text = "($self, prefix[, start[, end]], /)")]
    fn startswith(
        &self,
        py: Python,
        prefix: &PyObject,
        start: Option<SliceIndex>,
        end: Option<SliceIndex>,
    ) -> PyResult<bool> {
        self.affixed(py, prefix, start, end, "startswith", false)
    }

    /// Does self[start:end] end with suffix?
    ///
    /// A tuple of strings may be given: then one of them must fit.
    #[pymethod(sig = "(suffix, start=None, end=None, /)", text = "($self, suffix[, start[, end]], /)")]
    fn endswith(
        &self,
        py: Python,
        suffix: &PyObject,
        start: Option<SliceIndex>,
        end: Option<SliceIndex>,
    ) -> PyResult<bool> {
        self.affixed(py, suffix, start, end, "endswith", true)
    }

    fn affixed(
        &self,
        py: Python,
        affix: &PyObject,
        start: Option<SliceIndex>,
        end: Option<SliceIndex>,
        name: &str,
        at_end: bool,
    ) -> PyResult<bool> {
        let range = range_of(start, end, self.len());
        let matches = |s: &PyStr| match &range {
            Some(r) if s.len() <= r.len() => {
                self.matches_at(if at_end { r.end - s.len() } else { r.start }, s)
            }
            _ => false,
        };
        if let Some(s) = affix.downcast::<PyStr>() {
            return Ok(matches(s));
        }
        let Some(options) = affix.downcast::<PyTuple>() else {
            return Err(type_error(
                py,
                format!("{name} first arg must be str or a tuple of str, not {}", tp_name(affix)),
            ));
        };
        for o in options.items() {
            let Some(s) = o.downcast::<PyStr>() else {
                return Err(type_error(
                    py,
                    format!("tuple for {name} must only contain str, not {}", tp_name(o)),
                ));
            };
            if matches(s) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The text without the given prefix, or all of it where it begins otherwise.
    #[pymethod]
    fn removeprefix(&self, py: Python, prefix: &PyStr) -> PyResult<Py<PyStr>> {
        if self.matches_at(0, prefix) {
            return self.substring(py, prefix.len(), self.len());
        }
        self.exact(py)
    }

    /// The text without the given suffix, or all of it where it ends otherwise.
    #[pymethod]
    fn removesuffix(&self, py: Python, suffix: &PyStr) -> PyResult<Py<PyStr>> {
        if !suffix.is_empty()
            && suffix.len() <= self.len()
            && self.matches_at(self.len() - suffix.len(), suffix)
        {
            return self.substring(py, 0, self.len() - suffix.len());
        }
        self.exact(py)
    }

    /// The text with each occurrence of old replaced by new.
    ///
    /// At most count replacements are made, from the left; -1 means all.
    #[pymethod(sig = "(old, new, /, count=-1)")]
    fn replace(&self, py: Python, old: &PyStr, new: &PyStr, count: isize) -> PyResult<Py<PyStr>> {
        replace(py, self, old, new, usize::try_from(count).unwrap_or(usize::MAX))
    }
}

/// `PyUnicode_Replace`: the first `max` occurrences of `old` become `new`.
pub fn replace(py: Python, s: &PyStr, old: &PyStr, new: &PyStr, max: usize) -> PyResult<Py<PyStr>> {
    if max == 0 || old.len() > s.len() || old.kind() > s.kind() || (old.is_empty() && new.is_empty()) {
        return s.exact(py);
    }
    if old.equals(new) {
        return s.exact(py);
    }
    let n = s.count_limited(old, max);
    if n == 0 {
        return s.exact(py);
    }
    // (len - n·|old|) + n·|new|; n·|old| never exceeds len.
    let kept = s.len() - n * old.len();
    let Some(total) =
        new.len().checked_mul(n).and_then(|m| m.checked_add(kept)).filter(|&t| t <= isize::MAX as usize)
    else {
        return Err(overflow_error(py, "replace string is too long"));
    };
    if total == 0 {
        return Ok(statics::empty().owned_str());
    }
    let bound = s.max_char_bound().max(new.max_char_bound());
    let out = PyStr::alloc(py, total, bound)?;
    // SAFETY: the result has room for every kept and every inserted character, and is as wide as the wider source.
    unsafe {
        with_units!(s.view(), |hay| fill(hay, &old.units_as(), new.view(), n, &out));
    }
    if bound > 0x7f && s.max_char_bound() > 0x7f && n * old.len() > 0 {
        return narrowed(py, out);
    }
    Ok(out)
}

/// The same text in the smallest representation, when removing characters may have made it too wide.
pub(super) fn narrowed(py: Python, s: Py<PyStr>) -> PyResult<Py<PyStr>> {
    let need = s.view().max_char();
    if need == s.max_char_bound() { Ok(s) } else { PyStr::from_view(py, s.view()) }
}

/// Writes `hay` with its first `n` occurrences of `old` replaced.
///
/// # Safety
/// `out` has exactly the resulting length, and its kind holds all characters.
unsafe fn fill<U: Unit>(hay: &[U], old: &[U], new: StrView<'_>, n: usize, out: &PyStr) {
    let (data, kind) = (out.data_ptr(), out.kind());
    let mut to = 0;
    // SAFETY: the caller's promise; positions add up to the result's length.
    unsafe {
        let mut put = |part: StrView<'_>| {
            unit::copy_view(part, data, kind, to);
            to += part.len();
        };
        if old.is_empty() {
            // Between characters: before each of the first n, and at the end if n says so.
            for i in 0..n {
                put(new);
                put(view_of(hay.get(i..i + 1).unwrap_or_default()));
            }
            put(view_of(hay.get(n..).unwrap_or_default()));
            return;
        }
        if let ([a], StrView::Latin1([b])) = (old, new)
            && U::KIND == kind
            && n > 8
        {
            // Same length: copy and patch.
            let (a, b) = (*a, U::from_code(*b as u32));
            ptr::copy_nonoverlapping(hay.as_ptr(), data as *mut U, hay.len());
            let mut left = n;
            for (i, &c) in hay.iter().enumerate() {
                if c == a {
                    (data as *mut U).add(i).write(b);
                    left -= 1;
                    if left == 0 {
                        break;
                    }
                }
            }
            return;
        }
        let f = Finder::new(old);
        let mut at = 0;
        for _ in 0..n {
            let Some(i) = f.find(hay, at) else { break };
            put(view_of(&hay[at..i]));
            put(new);
            at = i + old.len();
        }
        put(view_of(&hay[at..]));
    }
}

/// A slice of units as a view.
pub(super) fn view_of<U: Unit>(s: &[U]) -> StrView<'_> {
    let (p, n) = (s.as_ptr(), s.len());
    // SAFETY: the unit type belonging to each kind is the slice's own.
    unsafe {
        match U::KIND {
            super::Kind::Latin1 => StrView::Latin1(std::slice::from_raw_parts(p as *const u8, n)),
            super::Kind::Ucs2 => StrView::Ucs2(std::slice::from_raw_parts(p as *const u16, n)),
            super::Kind::Ucs4 => StrView::Ucs4(std::slice::from_raw_parts(p as *const u32, n)),
        }
    }
}

impl PyStr {
    fn count_limited(&self, sub: &PyStr, max: usize) -> usize {
        with_units!(self.view(), |hay| search::count(hay, &sub.units_as(), max))
    }

    /// The type object, for those who compare addresses.
    pub fn type_ptr() -> *const PyTypeObject {
        &PyUnicode_Type
    }
}
