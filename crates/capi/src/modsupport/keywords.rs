//! `PyArg_ParseTupleAndKeywords`.

use super::convert::{Cleanup, Failed, Letters, convert, skip};
use super::parse::{Format, report};
use crate::convert::*;
use crate::variadic::VaList;
use runtime::prelude::*;
use std::ffi::c_char;

/// # Safety
/// The C API's contract: `names` ends with null, the list holds what the format asks for.
pub(super) unsafe fn parse(
    py: Python,
    args: O,
    kwargs: O,
    format: *const c_char,
    names: *const *const c_char,
    va: &mut VaList,
) -> PyResult<()> {
    // SAFETY: the caller's promise.
    unsafe {
        let args = cast::<PyTuple>(py, args)?.owned();
        if format.is_null() || names.is_null() {
            return Err(bad_internal_call(py));
        }
        let kwargs = match opt(kwargs) {
            Some(k) => match k.downcast::<PyDict>() {
                Some(d) => Some(d.owned()),
                None => return Err(bad_internal_call(py)),
            },
            None => None,
        };
        let mut list = Vec::new();
        while !(*names.add(list.len())).is_null() {
            list.push(bytes_of(*names.add(list.len())));
        }
        let f = Format::new(format);
        run(py, &args, kwargs.as_deref(), &f, &list, va)
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

unsafe fn run(
    py: Python,
    args: &PyTuple,
    kwargs: Option<&PyDict>,
    f: &Format,
    names: &[&[u8]],
    va: &mut VaList,
) -> PyResult<()> {
    let shown = f.shown();
    let nargs = args.len();
    let nkw = kwargs.map_or(0, |k| k.len());
    let positional_only = names.iter().take_while(|n| n.is_empty()).count();
    if nargs + nkw > names.len() {
        let what = if nargs == 0 { "keyword " } else { "" };
        let n = names.len();
        let text = format!("{shown} takes at most {n} {what}argument{} ({} given)", plural(n), nargs + nkw);
        return Err(type_error(py, text));
    }
    let mut letters = Letters::new(f.units);
    let mut cleanup = Cleanup::default();
    let (mut required, mut keyword_only) = (None, false);
    if names.iter().skip(positional_only).any(|n| n.is_empty()) {
        return Err(system_error(py, "Empty keyword parameter name"));
    }
    let mut keywords_left = nkw;
    for (i, name) in names.iter().enumerate() {
        if letters.peek() == Some(b'|') {
            letters.take();
            if required.is_some() {
                return Err(system_error(py, "Invalid format string (| specified twice)"));
            }
            if keyword_only {
                return Err(system_error(py, "Invalid format string ($ before |)"));
            }
            required = Some(i);
        }
        if letters.peek() == Some(b'$') {
            letters.take();
            if keyword_only {
                return Err(system_error(py, "Invalid format string ($ specified twice)"));
            }
            keyword_only = true;
            if i < positional_only {
                return Err(system_error(py, "Empty parameter name after $"));
            }
            if nargs > i {
                // SAFETY: what was converted so far belongs to this call.
                unsafe { cleanup.run(py) };
                return Err(too_many(py, &shown, nargs, i, required));
            }
        }
        if letters.peek().is_none() {
            // SAFETY: as above.
            unsafe { cleanup.run(py) };
            return Err(system_error(
                py,
                format!("more keyword list entries ({}) than format specifiers ({i})", names.len()),
            ));
        }
        // The dict keeps the value: it is borrowed from there as C expects.
        let given = if i < nargs {
            args.get(i).map(|a| a.owned())
        } else if keywords_left > 0 && i >= positional_only {
            let name = utf8(py, name)?;
            let v = match kwargs {
                Some(k) => k.get_item(py, &name)?,
                None => None,
            };
            keywords_left -= v.is_some() as usize;
            v
        } else {
            None
        };
        if let Some(v) = given {
            // SAFETY: the caller's promise.
            if let Err(e) = unsafe { convert(py, &v, &mut letters, va, &mut cleanup) } {
                // SAFETY: as above.
                unsafe { cleanup.run(py) };
                return Err(report(py, f, i + 1, e));
            }
            continue;
        }
        if required.is_none_or(|r| i < r) {
            if i < positional_only {
                let min = count_required(f.units, positional_only);
                let how =
                    if min < positional_units(f.units).min(names.len()) { "at least" } else { "exactly" };
                // SAFETY: as above.
                unsafe { cleanup.run(py) };
                return Err(type_error(
                    py,
                    format!("{shown} takes {how} {min} positional argument{} ({nargs} given)", plural(min)),
                ));
            }
            let name = String::from_utf8_lossy(name);
            // SAFETY: as above.
            unsafe { cleanup.run(py) };
            return Err(type_error(
                py,
                format!("{shown} missing required argument '{name}' (pos {})", i + 1),
            ));
        }
        // All given keywords have been used, and the rest is optional.
        if keywords_left == 0 {
            return Ok(());
        }
        let rest = letters.rest();
        // SAFETY: the caller's promise.
        if let Err(e) = unsafe { skip(&mut letters, va) } {
            // SAFETY: as above.
            unsafe { cleanup.run(py) };
            let text = match e {
                Failed::Message { text, .. } => text,
                Failed::Raised => return Err(Raised::pending()),
            };
            return Err(system_error(py, format!("{text}: '{rest}'")));
        }
    }
    if !matches!(letters.peek(), None | Some(b'|' | b'$')) {
        // SAFETY: as above.
        unsafe { cleanup.run(py) };
        return Err(system_error(
            py,
            format!(
                "more argument specifiers than keyword list entries (remaining format:'{}')",
                letters.rest()
            ),
        ));
    }
    if keywords_left > 0 {
        // SAFETY: as above.
        unsafe { cleanup.run(py) };
        return Err(unexpected(py, args, kwargs, names, positional_only, &shown, f));
    }
    Ok(())
}

/// How many units stand before `$`.
fn positional_units(units: &[u8]) -> usize {
    let end = units.iter().position(|&c| c == b'$').unwrap_or(units.len());
    units[..end].iter().filter(|c| c.is_ascii_alphabetic() && **c != b'e').count()
}

fn count_required(units: &[u8], most: usize) -> usize {
    let end = units.iter().position(|&c| c == b'|' || c == b'$').unwrap_or(units.len());
    units[..end].iter().filter(|c| c.is_ascii_alphabetic()).count().min(most)
}

fn too_many(py: Python, shown: &str, given: usize, most: usize, required: Option<usize>) -> Raised {
    let text = if most == 0 {
        format!("{shown} takes no positional arguments")
    } else {
        let how = if required.is_some() { "at most" } else { "exactly" };
        format!("{shown} takes {how} {most} positional argument{} ({given} given)", plural(most))
    };
    type_error(py, text)
}

/// A keyword is left over: given twice, unknown, or no string.
fn unexpected(
    py: Python,
    args: &PyTuple,
    kwargs: Option<&PyDict>,
    names: &[&[u8]],
    positional_only: usize,
    shown: &str,
    f: &Format,
) -> Raised {
    let find = || -> PyResult<Raised> {
        let Some(kwargs) = kwargs else { return Ok(bad_internal_call(py)) };
        for (i, name) in names.iter().enumerate().take(args.len()).skip(positional_only) {
            let name = String::from_utf8_lossy(name);
            if kwargs.get_text(py, &name)?.is_some() {
                let text = format!("argument for {shown} given by name ('{name}') and position ({})", i + 1);
                return Ok(type_error(py, text));
            }
        }
        let mut pos = 0;
        while let Some((key, _)) = kwargs.next(&mut pos) {
            let Some(k) = key.downcast::<PyStr>() else {
                return Ok(type_error(py, "keywords must be strings"));
            };
            let wtf8 = k.to_wtf8();
            if !names[positional_only..].contains(&wtf8.as_slice()) {
                let shown = if f.name.is_some() { shown } else { "this function" };
                let text = PyStr::new(py, &format!("{shown} got an unexpected keyword argument '"))?;
                // The name may hold what is no text.
                let text = PyStr::concat(py, &*PyStr::concat(py, &text, k)?, &*PyStr::new(py, "'")?)?;
                return Ok(raise_with(py, &runtime::types::exceptions::PyExc_TypeError_Type, &text));
            }
        }
        let shown = if f.name.is_some() { shown } else { "this function" };
        Ok(type_error(py, format!("invalid keyword argument for {shown}")))
    };
    match find() {
        Ok(r) | Err(r) => r,
    }
}
