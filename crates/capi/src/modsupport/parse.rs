//! `PyArg_ParseTuple`: a tuple of arguments against a format.

use super::convert::{Cleanup, Failed, Letters, convert};
use crate::convert::*;
use crate::variadic::VaList;
use runtime::prelude::*;
use runtime::types::exceptions::{PyExc_SystemError_Type, PyExc_TypeError_Type};
use std::borrow::Cow;
use std::ffi::c_char;

/// A format taken apart: the units, and what stands behind them.
pub(super) struct Format<'a> {
    /// The units, up to `:` or `;`.
    pub units: &'a [u8],
    pub name: Option<Cow<'a, str>>,
    pub message: Option<Cow<'a, str>>,
}

impl<'a> Format<'a> {
    /// # Safety
    /// A C string that stays for `'a`.
    pub unsafe fn new(format: *const c_char) -> Format<'a> {
        // SAFETY: the caller's promise.
        let all = unsafe { bytes_of::<'a>(format) };
        let end = all.iter().position(|&b| b == b':' || b == b';').unwrap_or(all.len());
        let rest = all.get(end + 1..).map(String::from_utf8_lossy);
        let (name, message) = match all.get(end) {
            Some(b':') => (rest, None),
            Some(b';') => (None, rest),
            _ => (None, None),
        };
        Format { units: &all[..end], name, message }
    }

    /// `f()`, or `function` where the format gives no name.
    pub fn shown(&self) -> String {
        match &self.name {
            Some(n) => format!("{n}()"),
            None => "function".to_owned(),
        }
    }
}

/// Counts the top-level units: (required, all).
fn count_units(py: Python, units: &[u8]) -> PyResult<(usize, usize)> {
    let (mut level, mut max, mut min) = (0usize, 0usize, None);
    for &c in units {
        match c {
            b'(' => {
                if level == 0 {
                    max += 1;
                }
                level += 1;
                if level >= 30 {
                    return Err(system_error(py, "too many tuple nesting levels in argument format string"));
                }
            }
            b')' => {
                if level == 0 {
                    return Err(system_error(py, "excess ')' in getargs format"));
                }
                level -= 1;
            }
            b'|' if level == 0 => min = Some(max),
            c if c.is_ascii_alphabetic() && level == 0 && c != b'e' => max += 1,
            _ => {}
        }
    }
    if level != 0 {
        return Err(system_error(py, "missing ')' in getargs format"));
    }
    Ok((min.unwrap_or(max), max))
}

/// Turns a failed conversion into the pending exception.
pub(super) fn report(py: Python, f: &Format, index: usize, failed: Failed) -> Raised {
    let Failed::Message { text, levels } = failed else { return Raised::pending() };
    if pending(py) {
        return Raised::pending();
    }
    let message = match &f.message {
        Some(m) => m.to_string(),
        None => {
            let mut m = String::new();
            if let Some(n) = &f.name {
                m += &format!("{n}() ");
            }
            m += "argument";
            if index > 0 {
                m += &format!(" {index}");
                for l in levels {
                    m += &format!(", item {l}");
                }
            }
            m + " " + &text
        }
    };
    let ty = if text.starts_with('(') { &PyExc_SystemError_Type } else { &PyExc_TypeError_Type };
    raise(py, ty, message)
}

/// Converts all arguments (`PyArg_ParseTuple`).
///
/// # Safety
/// The list holds what the format asks for.
pub(super) unsafe fn all(
    py: Python,
    args: &[&PyObject],
    format: *const c_char,
    va: &mut VaList,
) -> PyResult<()> {
    // SAFETY: the caller's promise.
    unsafe {
        let f = Format::new(format);
        let (min, max) = count_units(py, f.units)?;
        if args.len() < min || args.len() > max {
            return Err(wrong_count(py, &f, args.len(), min, max));
        }
        let mut letters = Letters::new(f.units);
        let mut cleanup = Cleanup::default();
        for (i, a) in args.iter().enumerate() {
            letters.skip_marker();
            if let Err(failed) = convert(py, a, &mut letters, va, &mut cleanup) {
                cleanup.run(py);
                return Err(report(py, &f, i + 1, failed));
            }
        }
        Ok(())
    }
}

fn wrong_count(py: Python, f: &Format, given: usize, min: usize, max: usize) -> Raised {
    if let Some(m) = &f.message {
        return type_error(py, m.as_ref());
    }
    let shown = f.shown();
    if max == 0 {
        return type_error(py, format!("{shown} takes no arguments"));
    }
    let n = if given < min { min } else { max };
    let how = match () {
        _ if min == max => "exactly",
        _ if given < min => "at least",
        _ => "at most",
    };
    let s = if n == 1 { "" } else { "s" };
    type_error(py, format!("{shown} takes {how} {n} argument{s} ({given} given)"))
}

/// # Safety
/// As [`all`].
pub(super) unsafe fn tuple(py: Python, args: O, format: *const c_char, va: &mut VaList) -> PyResult<()> {
    // SAFETY: the caller's promise.
    unsafe {
        match opt(args).and_then(|a| a.downcast::<PyTuple>()) {
            Some(t) => {
                let t = t.owned();
                all(py, t.items(), format, va)
            }
            None => Err(system_error(py, "new style getargs format but argument is not a tuple")),
        }
    }
}

/// `PyArg_Parse`: one object against a format of one unit.
///
/// # Safety
/// As [`all`].
pub(super) unsafe fn single(py: Python, arg: O, format: *const c_char, va: &mut VaList) -> PyResult<()> {
    // SAFETY: the caller's promise.
    unsafe {
        let f = Format::new(format);
        let (_, max) = count_units(py, f.units)?;
        match (opt(arg), max) {
            (None, 0) => Ok(()),
            (Some(_), 0) => Err(type_error(py, format!("{} takes no arguments", f.shown()))),
            (None, _) => Err(type_error(py, format!("{} takes at least one argument", f.shown()))),
            (Some(a), 1) => {
                let mut cleanup = Cleanup::default();
                convert(py, a, &mut Letters::new(f.units), va, &mut cleanup).map_err(|e| {
                    cleanup.run(py);
                    report(py, &f, 0, e)
                })
            }
            _ => Err(system_error(py, "old style getargs format uses new features")),
        }
    }
}
