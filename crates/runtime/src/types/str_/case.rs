//! Case mappings: `lower`, `upper`, `title`, `capitalize`, `swapcase`, `casefold`.

use super::unit::StrView;
use super::{PyStr, StrBuilder};
use crate::prelude::*;
use crate::unicode::{self, Mapped};

const FINAL_SIGMA: u32 = 0x3c2;
const SIGMA: u32 = 0x3a3;

fn push(b: &mut StrBuilder, m: Mapped) {
    for &c in m.as_slice() {
        b.push_char(c);
    }
}

/// The lower case of the character at `i`, which for a sigma depends on its neighbours.
fn push_lower(b: &mut StrBuilder, s: StrView<'_>, i: usize, c: u32) {
    if c == SIGMA {
        b.push_char(if is_final_sigma(s, i) { FINAL_SIGMA } else { 0x3c3 });
    } else {
        push(b, unicode::to_lower_full(c));
    }
}

/// A sigma is final when a cased letter comes before it and none after, ignorable characters aside.
fn is_final_sigma(s: StrView<'_>, i: usize) -> bool {
    let cased = |c: Option<u32>| c.is_some_and(unicode::is_cased);
    let before = s.slice(0, i).chars().rev().find(|&c| !unicode::is_case_ignorable(c));
    let after = s.slice(i + 1, s.len()).chars().find(|&c| !unicode::is_case_ignorable(c));
    cased(before) && !cased(after)
}

/// Maps an ASCII string byte by byte.
fn map_ascii(py: Python, s: &PyStr, f: impl Fn(usize, u8) -> u8) -> PyResult<Py<PyStr>> {
    if s.len() <= 1 {
        return PyStr::from_ascii(py, &s.raw_bytes().iter().map(|&b| f(0, b)).collect::<Vec<_>>());
    }
    let out = PyStr::alloc(py, s.len(), 0x7f)?;
    let p = out.data_ptr();
    for (i, &b) in s.raw_bytes().iter().enumerate() {
        // SAFETY: the new string has the same length.
        unsafe { p.add(i).write(f(i, b)) };
    }
    Ok(out)
}

/// Maps any string through a builder.
fn map_wide(py: Python, s: &PyStr, mut f: impl FnMut(&mut StrBuilder, usize, u32)) -> PyResult<Py<PyStr>> {
    let mut b = StrBuilder::with_capacity(s.len());
    for (i, c) in s.chars().enumerate() {
        f(&mut b, i, c);
    }
    b.finish(py)
}

#[pymethods(case)]
impl PyStr {
    /// The text in lower case.
    #[pymethod]
    pub fn lower(&self, py: Python) -> PyResult<Py<PyStr>> {
        if self.is_ascii() {
            return map_ascii(py, self, |_, b| b.to_ascii_lowercase());
        }
        map_wide(py, self, |b, i, c| push_lower(b, self.view(), i, c))
    }

    /// The text in upper case.
    #[pymethod]
    pub fn upper(&self, py: Python) -> PyResult<Py<PyStr>> {
        if self.is_ascii() {
            return map_ascii(py, self, |_, b| b.to_ascii_uppercase());
        }
        map_wide(py, self, |b, _, c| push(b, unicode::to_upper_full(c)))
    }

    /// The text folded for comparison without regard to case.
    #[pymethod]
    fn casefold(&self, py: Python) -> PyResult<Py<PyStr>> {
        if self.is_ascii() {
            return map_ascii(py, self, |_, b| b.to_ascii_lowercase());
        }
        map_wide(py, self, |b, _, c| push(b, unicode::to_fold_full(c)))
    }

    /// The text with its first character in title case and the rest in lower case.
    #[pymethod]
    fn capitalize(&self, py: Python) -> PyResult<Py<PyStr>> {
        if self.is_empty() {
            return self.exact(py);
        }
        if self.is_ascii() {
            return map_ascii(
                py,
                self,
                |i, b| {
                    if i == 0 { b.to_ascii_uppercase() } else { b.to_ascii_lowercase() }
                },
            );
        }
        map_wide(py, self, |b, i, c| {
            if i == 0 { push(b, unicode::to_title_full(c)) } else { push_lower(b, self.view(), i, c) }
        })
    }

    /// The text with each word in title case: its first cased character upper, the rest lower.
    #[pymethod]
    fn title(&self, py: Python) -> PyResult<Py<PyStr>> {
        let mut inside = false;
        map_wide(py, self, |b, i, c| {
            if inside {
                push_lower(b, self.view(), i, c)
            } else {
                push(b, unicode::to_title_full(c))
            }
            inside = unicode::is_cased(c);
        })
    }

    /// The text with upper case in lower and lower case in upper.
    #[pymethod]
    fn swapcase(&self, py: Python) -> PyResult<Py<PyStr>> {
        if self.is_ascii() {
            return map_ascii(py, self, |_, b| if b.is_ascii_alphabetic() { b ^ 0x20 } else { b });
        }
        map_wide(py, self, |b, i, c| {
            if unicode::is_upper(c) {
                push_lower(b, self.view(), i, c)
            } else if unicode::is_lower(c) {
                push(b, unicode::to_upper_full(c))
            } else {
                b.push_char(c)
            }
        })
    }
}
