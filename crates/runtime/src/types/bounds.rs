//! Slice bounds: of `find(sub, start, end)` and its like, and of `x[start:stop:step]`.

use crate::abstract_::{ObjectExt, number};
use crate::args::{At, FromArg};
use crate::errors;
use crate::types::PySlice;
use object::{PyObject, PyResult, Python};
use std::ops::Range;

/// An argument that is a slice bound: anything with `__index__`, cut to the range of `isize`.
#[derive(Clone, Copy)]
pub struct SliceIndex(pub isize);

impl<'a> FromArg<'a> for SliceIndex {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<SliceIndex> {
        if !number::has_index(o) {
            return Err(errors::type_error(
                py,
                "slice indices must be integers or None or have an __index__ method",
            ));
        }
        o.index_isize(py, None).map(SliceIndex)
    }
}

/// The same where None stands for nothing: `sequence.index(value, start, stop)`.
pub struct Bound(pub isize);

impl<'a> FromArg<'a> for Bound {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<Bound> {
        if !number::has_index(o) {
            let text = "slice indices must be integers or have an __index__ method";
            return Err(errors::type_error(py, text));
        }
        o.index_isize(py, None).map(Bound)
    }
}

/// The range that `start` and `end` mean in a sequence of `len` items; None if it is before its own start.
pub fn range_of(start: Option<SliceIndex>, end: Option<SliceIndex>, len: usize) -> Option<Range<usize>> {
    super::str_::search::clamp_range(start.map_or(0, |s| s.0), end.map_or(isize::MAX, |s| s.0), len)
}

/// The items a slice selects: `count` of them from `start` on, `step` apart.
#[derive(Clone, Copy, Debug)]
pub struct Selection {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
    pub count: usize,
}

impl Selection {
    /// The positions in order.
    pub fn positions(self) -> impl ExactSizeIterator<Item = usize> {
        (0..self.count).map(move |i| self.start.wrapping_add((i as isize).wrapping_mul(self.step)) as usize)
    }
}

fn bound(py: Python, o: &PyObject, default: isize) -> PyResult<isize> {
    if o.is_none() {
        return Ok(default);
    }
    if !number::has_index(o) {
        return Err(errors::type_error(
            py,
            "slice indices must be integers or None or have an __index__ method",
        ));
    }
    o.index_isize(py, None)
}

/// A slice's bounds before the length is known (`PySlice_Unpack`); may run Python code.
pub fn unpack(py: Python, slice: &PySlice) -> PyResult<(isize, isize, isize)> {
    let step = match bound(py, &slice.step, 1)? {
        0 => return Err(errors::value_error(py, "slice step cannot be zero")),
        s => s.max(-isize::MAX),
    };
    let start = bound(py, &slice.start, if step < 0 { isize::MAX } else { 0 })?;
    let stop = bound(py, &slice.stop, if step < 0 { isize::MIN } else { isize::MAX })?;
    Ok((start, stop, step))
}

/// Fits unpacked bounds to a length (`PySlice_AdjustIndices`).
pub fn adjust((start, stop, step): (isize, isize, isize), len: usize) -> Selection {
    let n = len as isize;
    let fit = |i: isize| {
        let i = if i < 0 { i.saturating_add(n) } else { i };
        if i < 0 {
            if step < 0 { -1 } else { 0 }
        } else if i >= n {
            if step < 0 { n - 1 } else { n }
        } else {
            i
        }
    };
    let (start, stop) = (fit(start), fit(stop));
    let count = if step < 0 {
        if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    Selection { start, stop, step, count: count as usize }
}

/// What a slice selects of a sequence whose length is asked after Python code has run.
pub fn select(py: Python, slice: &PySlice, len: impl FnOnce() -> usize) -> PyResult<Selection> {
    let bounds = unpack(py, slice)?;
    Ok(adjust(bounds, len()))
}

/// A subscript as a position in a sequence of `len()` items: negative ones count from the end. `what` is for the
/// message: `"string"` → "string index out of range".
pub fn position(py: Python, key: &PyObject, len: impl FnOnce() -> usize, what: &str) -> PyResult<usize> {
    let i = key.index_isize(py, Some(&crate::types::exceptions::PyExc_IndexError_Type))?;
    let n = len() as isize;
    let i = if i < 0 { i + n } else { i };
    if i < 0 || i >= n {
        return Err(errors::index_error(py, format!("{what} index out of range")));
    }
    Ok(i as usize)
}
