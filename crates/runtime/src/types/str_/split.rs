//! `str` methods that take a string apart and put strings together.

use super::search::{self, CharSet};
use super::unit::{self, StrView, Unit};
use super::{PyStr, statics};
use crate::prelude::*;
use crate::unicode;
use crate::with_units;
use std::ops::Range;

/// Collects pieces of one string.
struct Pieces<'a, 'py> {
    py: Python<'py>,
    of: &'a PyStr,
    list: Vec<Py>,
}

impl<'a, 'py> Pieces<'a, 'py> {
    fn new(py: Python<'py>, of: &'a PyStr) -> Self {
        Pieces { py, of, list: Vec::with_capacity(12) }
    }

    #[inline]
    fn add(&mut self, r: Range<usize>) -> PyResult<()> {
        let s = self.of.substring(self.py, r.start, r.end)?;
        if self.list.try_reserve(1).is_err() {
            return Err(memory_error(self.py));
        }
        self.list.push(s.into_object());
        Ok(())
    }

    fn finish(self) -> PyResult<Py<PyList>> {
        PyList::new(self.py, self.list)
    }

    fn finish_reversed(mut self) -> PyResult<Py<PyList>> {
        self.list.reverse();
        self.finish()
    }
}

/// A separator argument: None, or a string that is not empty.
fn separator<'a>(py: Python, sep: Option<&'a PyObject>) -> PyResult<Option<&'a PyStr>> {
    match sep {
        Some(o) if !o.is_none() => match o.downcast::<PyStr>() {
            Some(s) if s.is_empty() => Err(value_error(py, "empty separator")),
            Some(s) => Ok(Some(s)),
            None => Err(type_error(py, format!("must be str or None, not {}", tp_name(o)))),
        },
        _ => Ok(None),
    }
}

fn limit(maxsplit: isize) -> usize {
    usize::try_from(maxsplit).unwrap_or(usize::MAX)
}

#[inline(always)]
fn is_space<U: Unit>(c: U) -> bool {
    unicode::is_space(c.code())
}

/// `PyUnicode_Split`.
pub fn split(py: Python, s: &PyStr, sep: Option<&PyStr>, maxsplit: isize) -> PyResult<Py<PyList>> {
    let mut pieces = Pieces::new(py, s);
    let max = limit(maxsplit);
    match sep {
        None => with_units!(s.view(), |u| search::split_whitespace(u, max, is_space, |r| pieces.add(r)))?,
        Some(sep) if sep.len() > s.len() || sep.kind() > s.kind() => pieces.add(0..s.len())?,
        Some(sep) => with_units!(s.view(), |u| search::split(u, &sep.units_as(), max, |r| pieces.add(r)))?,
    }
    pieces.finish()
}

/// `PyUnicode_RSplit`.
pub fn rsplit(py: Python, s: &PyStr, sep: Option<&PyStr>, maxsplit: isize) -> PyResult<Py<PyList>> {
    let mut pieces = Pieces::new(py, s);
    let max = limit(maxsplit);
    match sep {
        None => with_units!(s.view(), |u| search::rsplit_whitespace(u, max, is_space, |r| pieces.add(r)))?,
        Some(sep) if sep.len() > s.len() || sep.kind() > s.kind() => pieces.add(0..s.len())?,
        Some(sep) => with_units!(s.view(), |u| search::rsplit(u, &sep.units_as(), max, |r| pieces.add(r)))?,
    }
    pieces.finish_reversed()
}

fn need_separator<'a>(py: Python, sep: &'a PyObject) -> PyResult<&'a PyStr> {
    match sep.downcast::<PyStr>() {
        Some(s) if s.is_empty() => Err(value_error(py, "empty separator")),
        Some(s) => Ok(s),
        None => Err(type_error(py, format!("must be str, not {}", tp_name(sep)))),
    }
}

/// `(before, sep, after)` of a separator at `at`.
fn three(py: Python, s: &PyStr, sep: &PyStr, at: usize) -> PyResult<Py<PyTuple>> {
    let before = s.substring(py, 0, at)?;
    let after = s.substring(py, at + sep.len(), s.len())?;
    PyTuple::new(py, [before.into_object(), sep.as_object().owned(), after.into_object()])
}

impl PyStr {
    /// The string without white space at its ends.
    pub fn trimmed(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.strip_ends(py, None, true, true, "strip")
    }

    fn strip_ends(
        &self,
        py: Python,
        chars: Option<&PyObject>,
        left: bool,
        right: bool,
        name: &str,
    ) -> PyResult<Py<PyStr>> {
        let range = match chars {
            Some(o) if !o.is_none() => {
                let Some(set) = o.downcast::<PyStr>() else {
                    return Err(type_error(py, format!("{name} arg must be None or str")));
                };
                match (set.len(), set.char_at(0)) {
                    (0, _) => 0..self.len(),
                    (1, one) => {
                        with_units!(self.view(), |u| search::strip(u, left, right, |c| c.code() == one))
                    }
                    _ => {
                        let set = CharSet::new(set.chars());
                        with_units!(self.view(), |u| search::strip(u, left, right, |c| set
                            .contains(c.code())))
                    }
                }
            }
            _ => with_units!(self.view(), |u| search::strip(u, left, right, is_space)),
        };
        self.substring(py, range.start, range.end)
    }
}

#[pymethods(split)]
impl PyStr {
    /// List of the parts between occurrences of sep, found from the left.
    ///
    /// Without sep, runs of white space separate, and there are no empty parts.
    /// After maxsplit separators the rest is one part; -1 means no limit.
    #[pymethod(name = "split", sig = "(sep=None, maxsplit=-1)")]
    fn py_split(&self, py: Python, sep: Option<&PyObject>, maxsplit: isize) -> PyResult<Py<PyList>> {
        split(py, self, separator(py, sep)?, maxsplit)
    }

    /// List of the parts between occurrences of sep, found from the right.
    ///
    /// Without sep, runs of white space separate, and there are no empty parts.
    /// After maxsplit separators the rest is one part; -1 means no limit.
    #[pymethod(name = "rsplit", sig = "(sep=None, maxsplit=-1)")]
    fn py_rsplit(&self, py: Python, sep: Option<&PyObject>, maxsplit: isize) -> PyResult<Py<PyList>> {
        rsplit(py, self, separator(py, sep)?, maxsplit)
    }

    /// List of the lines, without their ends unless keepends is true.
    #[pymethod(sig = "(keepends=False)")]
    fn splitlines(&self, py: Python, keepends: bool) -> PyResult<Py<PyList>> {
        let mut pieces = Pieces::new(py, self);
        with_units!(self.view(), |u| {
            search::split_lines(u, keepends, |c| unicode::is_linebreak(c.code()), |r| pieces.add(r))
        })?;
        pieces.finish()
    }

    /// The text before the first occurrence of sep, sep, and the text after it.
    ///
    /// Without an occurrence: the whole text and two empty strings.
    #[pymethod]
    fn partition(&self, py: Python, sep: &PyObject) -> PyResult<Py<PyTuple>> {
        let sep = need_separator(py, sep)?;
        match self.find_in(sep, 0..self.len(), false) {
            Some(at) => three(py, self, sep, at),
            None => {
                let e = || statics::empty().owned_str().into_object();
                PyTuple::new(py, [self.exact(py)?.into_object(), e(), e()])
            }
        }
    }

    /// The text before the last occurrence of sep, sep, and the text after it.
    ///
    /// Without an occurrence: two empty strings and the whole text.
    #[pymethod]
    fn rpartition(&self, py: Python, sep: &PyObject) -> PyResult<Py<PyTuple>> {
        let sep = need_separator(py, sep)?;
        match self.find_in(sep, 0..self.len(), true) {
            Some(at) => three(py, self, sep, at),
            None => {
                let e = || statics::empty().owned_str().into_object();
                PyTuple::new(py, [e(), e(), self.exact(py)?.into_object()])
            }
        }
    }

    /// The text without white space, or characters in chars, at both ends.
    #[pymethod(sig = "(chars=None, /)")]
    fn strip(&self, py: Python, chars: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        self.strip_ends(py, chars, true, true, "strip")
    }

    /// The text without white space, or characters in chars, at its start.
    #[pymethod(sig = "(chars=None, /)")]
    fn lstrip(&self, py: Python, chars: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        self.strip_ends(py, chars, true, false, "lstrip")
    }

    /// The text without white space, or characters in chars, at its end.
    #[pymethod(sig = "(chars=None, /)")]
    fn rstrip(&self, py: Python, chars: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        self.strip_ends(py, chars, false, true, "rstrip")
    }

    /// All strings of iterable in one, with this string between them.
    ///
    /// '-'.join(['a', 'b', 'c']) gives 'a-b-c'.
    #[pymethod]
    fn join(&self, py: Python, iterable: &PyObject) -> PyResult<Py<PyStr>> {
        if let Some(t) = iterable.downcast_exact::<PyTuple>() {
            return join(py, self, t.items());
        }
        // A snapshot: a list could change while its items are looked at.
        let items = if let Some(l) = iterable.downcast_exact::<PyList>() {
            l.snapshot()
        } else {
            let list = match iterable.to_list(py) {
                Ok(l) => l,
                Err(e) => {
                    // Only "not iterable" is reworded.
                    if iterable.ty().tp_iter.get().is_none()
                        && !crate::abstract_::is_sequence(iterable)
                        && matches(py, &exceptions::PyExc_TypeError_Type)
                    {
                        drop(fetch(py, e));
                        return Err(type_error(py, "can only join an iterable"));
                    }
                    return Err(e);
                }
            };
            list.snapshot()
        };
        let refs: Vec<&PyObject> = items.iter().map(|o| &**o).collect();
        join(py, self, &refs)
    }
}

/// `_PyUnicode_JoinArray`: the items with `sep` in between. Errors: `TypeError` if one is not a string.
pub fn join(py: Python, sep: &PyStr, items: &[&PyObject]) -> PyResult<Py<PyStr>> {
    match items {
        [] => return Ok(statics::empty().owned_str()),
        [one] => {
            if let Some(s) = one.downcast_exact::<PyStr>() {
                return Ok(s.owned());
            }
        }
        _ => {}
    }
    let mut total = sep.len().checked_mul(items.len() - 1);
    let mut max = if items.len() > 1 { sep.max_char_bound() } else { 0 };
    for (i, o) in items.iter().enumerate() {
        let Some(s) = o.downcast::<PyStr>() else {
            return Err(type_error(
                py,
                format!("sequence item {i}: expected str instance, {} found", tp_name(o)),
            ));
        };
        total = total.and_then(|t| t.checked_add(s.len()));
        max = max.max(s.max_char_bound());
    }
    let Some(total) = total.filter(|&t| t <= isize::MAX as usize) else {
        return Err(overflow_error(py, "join() result is too long for a Python string"));
    };
    if total == 0 {
        return Ok(statics::empty().owned_str());
    }
    if total == 1 {
        let strings = items.iter().filter_map(|o| o.downcast::<PyStr>());
        let c = strings.chain([sep]).find_map(|s| s.view().get(0)).unwrap_or(0);
        return PyStr::from_char(py, c);
    }
    let out = PyStr::alloc(py, total, max)?;
    let (data, kind) = (out.data_ptr(), out.kind());
    let mut at = 0;
    for (i, o) in items.iter().enumerate() {
        // SAFETY: checked above; the lengths add up to `total`, and the kind holds every part.
        unsafe {
            let s = o.downcast_unchecked::<PyStr>();
            if i > 0 {
                put(sep.view(), data, kind, &mut at);
            }
            put(s.view(), data, kind, &mut at);
        }
    }
    Ok(out)
}

/// # Safety
/// As [`unit::copy_view`].
#[inline(always)]
unsafe fn put(view: StrView<'_>, data: *mut u8, kind: super::Kind, at: &mut usize) {
    // SAFETY: the caller's promise.
    unsafe { unit::copy_view(view, data, kind, *at) };
    *at += view.len();
}
