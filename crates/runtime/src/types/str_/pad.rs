//! `str` methods that pad: `center`, `ljust`, `rjust`, `zfill`, `expandtabs`.

use super::unit::{self, Unit};
use super::{PyStr, find};
use crate::args::{At, FromArg};
use crate::prelude::*;
use crate::with_units;

/// The fill character of a padding method: a string of one character.
struct Fill(u32);

impl<'a> FromArg<'a> for Fill {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<Fill> {
        let Some(s) = o.downcast::<PyStr>() else {
            return Err(type_error(
                py,
                format!("The fill character must be a unicode character, not {}", tp_name(o)),
            ));
        };
        if s.len() != 1 {
            return Err(type_error(py, "The fill character must be exactly one character long"));
        }
        Ok(Fill(s.char_at(0)))
    }
}

impl PyStr {
    /// The text with `left` and `right` fill characters around it.
    pub fn padded(&self, py: Python, left: usize, right: usize, fill: u32) -> PyResult<Py<PyStr>> {
        if left == 0 && right == 0 {
            return self.exact(py);
        }
        let Some(total) = left
            .checked_add(self.len())
            .and_then(|n| n.checked_add(right))
            .filter(|&n| n <= isize::MAX as usize)
        else {
            return Err(overflow_error(py, "padded string is too long"));
        };
        let out = PyStr::alloc(py, total, self.max_char_bound().max(unit::class_of(fill)))?;
        let (data, kind) = (out.data_ptr(), out.kind());
        // SAFETY: the parts' lengths add up to the result's; its kind holds the text and the fill character.
        unsafe {
            fill_units(data, kind, 0, left, fill);
            unit::copy_view(self.view(), data, kind, left);
            fill_units(data, kind, left + self.len(), right, fill);
        }
        Ok(out)
    }

    fn room(&self, width: isize) -> usize {
        usize::try_from(width).map_or(0, |w| w.saturating_sub(self.len()))
    }
}

/// # Safety
/// The block has `at + n` units of `kind`, which holds `c`.
unsafe fn fill_units(data: *mut u8, kind: super::Kind, at: usize, n: usize, c: u32) {
    // SAFETY: the caller's promise.
    unsafe {
        if kind == super::Kind::Latin1 {
            data.add(at).write_bytes(c as u8, n);
            return;
        }
        for i in at..at + n {
            unit::write_unit(data, kind, i, c);
        }
    }
}

fn fill_or_space(fill: Option<Fill>) -> u32 {
    fill.map_or(' ' as u32, |f| f.0)
}

#[pymethods(pad)]
impl PyStr {
    /// The text in the middle of a string of the given width.
    #[pymethod(sig = "(width, fillchar=<unrepresentable>, /)", text = "($self, width, fillchar=' ', /)")]
    fn center(&self, py: Python, width: isize, fillchar: Option<Fill>) -> PyResult<Py<PyStr>> {
        let room = self.room(width);
        // An odd rest goes to the left where the width is odd.
        let left = room / 2 + (room & width as usize & 1);
        self.padded(py, left, room - left, fill_or_space(fillchar))
    }

    /// The text at the left of a string of the given width.
    #[pymethod(sig = "(width, fillchar=<unrepresentable>, /)", text = "($self, width, fillchar=' ', /)")]
    fn ljust(&self, py: Python, width: isize, fillchar: Option<Fill>) -> PyResult<Py<PyStr>> {
        self.padded(py, 0, self.room(width), fill_or_space(fillchar))
    }

    /// The text at the right of a string of the given width.
    #[pymethod(sig = "(width, fillchar=<unrepresentable>, /)", text = "($self, width, fillchar=' ', /)")]
    fn rjust(&self, py: Python, width: isize, fillchar: Option<Fill>) -> PyResult<Py<PyStr>> {
        self.padded(py, self.room(width), 0, fill_or_space(fillchar))
    }

    /// The text with zeros before it, up to the given width; a sign stays in front.
    #[pymethod]
    fn zfill(&self, py: Python, width: isize) -> PyResult<Py<PyStr>> {
        let room = self.room(width);
        let out = self.padded(py, room, 0, '0' as u32)?;
        let sign = self.char_at(0);
        if room > 0 && (sign == '+' as u32 || sign == '-' as u32) {
            let (data, kind) = (out.data_ptr(), out.kind());
            // SAFETY: the result is new, and longer than `room`.
            unsafe {
                unit::write_unit(data, kind, 0, sign);
                unit::write_unit(data, kind, room, '0' as u32);
            }
        }
        Ok(out)
    }

    /// The text with tabs expanded to spaces, up to the next column that tabsize divides.
    #[pymethod(sig = "(tabsize=8)")]
    fn expandtabs(&self, py: Python, tabsize: i32) -> PyResult<Py<PyStr>> {
        if self.find_in(&super::statics::latin1(b'\t').owned_str(), 0..self.len(), false).is_none() {
            return self.exact(py);
        }
        let tab = usize::try_from(tabsize).unwrap_or(0);
        let too_long = || overflow_error(py, "new string is too long");
        let (mut total, mut column) = (0usize, 0usize);
        for c in self.chars() {
            if c == 9 {
                if tab > 0 {
                    let n = tab - column % tab;
                    total =
                        total.checked_add(n).filter(|&t| t <= isize::MAX as usize).ok_or_else(too_long)?;
                    column += n;
                }
            } else {
                total = total.checked_add(1).filter(|&t| t <= isize::MAX as usize).ok_or_else(too_long)?;
                column = if c == 10 || c == 13 { 0 } else { column + 1 };
            }
        }
        let out = PyStr::alloc(py, total, self.max_char_bound())?;
        let (data, kind) = (out.data_ptr(), out.kind());
        let (mut at, mut column) = (0, 0);
        with_units!(self.view(), |u| for &c in u {
            let c = c.code();
            // SAFETY: positions run up to the length computed above.
            unsafe {
                if c == 9 {
                    if tab > 0 {
                        let n = tab - column % tab;
                        fill_units(data, kind, at, n, ' ' as u32);
                        at += n;
                        column += n;
                    }
                } else {
                    unit::write_unit(data, kind, at, c);
                    at += 1;
                    column = if c == 10 || c == 13 { 0 } else { column + 1 };
                }
            }
        });
        find::narrowed(py, out)
    }
}
