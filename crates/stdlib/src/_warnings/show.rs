//! Showing a warning: by `warnings._showwarnmsg`, or without the Python module on `sys.stderr`.

use super::{Warning, warnings_attr};
use runtime::prelude::*;
use runtime::state::interpreter;
use runtime::sys::hooks::write_stderr;

/// Shows the warning.
///
/// Errors: what the hook raises.
pub(super) fn show(py: Python, w: &Warning, line: &PyObject) -> PyResult<()> {
    // The Python module can tell where `source` was allocated: it is imported for that.
    let Some(hook) = warnings_attr(py, intern!(py, "_showwarnmsg"), w.source.is_some())? else {
        if plain(py, w).is_err() {
            drop(take(py));
        }
        return Ok(());
    };
    if !hook.is_callable() {
        return Err(type_error(py, "warnings._showwarnmsg() must be set to a callable"));
    }
    let Some(class) = warnings_attr(py, intern!(py, "WarningMessage"), false)? else {
        return Err(runtime_error(py, "unable to get warnings.WarningMessage"));
    };
    let source = w.source.unwrap_or(none());
    let message = class.call(py, &[&w.message, &w.category, w.filename, line, none(), none(), source])?;
    hook.call1(py, &message).map(drop)
}

fn plain(py: Python, w: &Warning) -> PyResult<()> {
    let category = w.category.getattr(py, intern!(py, "__name__"))?.str_(py)?;
    if interpreter(py).sys_get(py, "stderr").is_none() {
        eprintln!("lost sys.stderr");
        return Ok(());
    }
    let (file, text) = (w.filename.str_(py)?, w.text.str_(py)?);
    write_stderr(py, &format!("{file}:{}: {category}: {text}\n", w.lineno));
    match &w.source_line {
        Some(l) => {
            let l = l.str_(py)?.to_string_lossy();
            write_stderr(py, &format!("  {}\n", l.trim_start_matches([' ', '\t', '\u{c}'])));
        }
        None => {
            if let Some(l) = line_of_file(py, w.filename, w.lineno) {
                write_stderr(py, &format!("  {}\n", l.trim()));
            }
        }
    }
    Ok(())
}

/// A line of a file, if it can be read.
fn line_of_file(py: Python, filename: &PyObject, lineno: i64) -> Option<String> {
    use std::os::unix::ffi::OsStringExt;
    let Ok(path) = runtime::fs::fs_encode(py, filename) else {
        drop(take(py));
        return None;
    };
    let bytes = std::fs::read(std::ffi::OsString::from_vec(path)).ok()?;
    let n = usize::try_from(lineno.checked_sub(1)?).ok()?;
    let line = bytes.split(|&b| b == b'\n').nth(n)?;
    Some(String::from_utf8_lossy(line).into_owned())
}
