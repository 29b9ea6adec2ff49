//! Printing exceptions to `sys.stderr`, through the library's `traceback` where it can, plainly where it can't.

use crate::prelude::*;
use crate::state::interpreter;
use crate::sys::hooks::write_stderr;
use crate::types::exceptions::*;
use crate::types::type_::TypeExt;
use crate::types::*;

/// Prints an exception and its chain (`sys.excepthook`'s work).
///
/// Errors: none are left pending.
pub fn print_exception(py: Python, value: &PyObject, tb: &PyObject) -> PyResult<()> {
    let Some(exc) = value.downcast::<PyBaseException>() else {
        write_stderr(
            py,
            &format!(
                "TypeError: print_exception(): Exception expected for value, {} found\n",
                type_name(value)
            ),
        );
        return Ok(());
    };
    match interpreter(py).sys_get(py, "stderr") {
        None => {
            eprintln!("lost sys.stderr");
            return Ok(());
        }
        Some(s) if s.is_none() => return Ok(()),
        Some(_) => {}
    }
    if exc.traceback.is_empty() && tb.downcast::<PyTraceback>().is_some() {
        exc.traceback.set(Some(tb.owned()));
    }
    if through_library(py, value).is_err() {
        drop(take(py));
        plain(py, exc, 0);
    }
    flush_stderr(py);
    Ok(())
}

fn flush_stderr(py: Python) {
    if let Some(f) = interpreter(py).sys_get(py, "stderr").filter(|f| !f.is_none())
        && f.call_method0(py, intern!(py, "flush")).is_err()
    {
        drop(take(py));
    }
}

fn through_library(py: Python, value: &PyObject) -> PyResult<()> {
    let f = crate::import::import_attr(py, "traceback", "_print_exception_bltin")?;
    f.call1(py, value).map(drop)
}

/// Without the library: frames as file and line, then type and message.
pub fn plain(py: Python, exc: &PyBaseException, depth: usize) {
    if depth < 20 {
        if let Some(c) = exc.cause.get_owned() {
            plain(py, &c, depth + 1);
            write_stderr(py, "\nThe above exception was the direct cause of the following exception:\n\n");
        } else if let Some(c) = exc.context.get_owned()
            && exc.suppress_context.get() == 0
        {
            plain(py, &c, depth + 1);
            write_stderr(py, "\nDuring handling of the above exception, another exception occurred:\n\n");
        }
    }
    let mut tb = exc.traceback.get_owned().and_then(|t| t.downcast_into::<PyTraceback>().ok());
    if tb.is_some() {
        write_stderr(py, "Traceback (most recent call last):\n");
    }
    while let Some(t) = tb {
        let (file, line, name) = t.location(py);
        write_stderr(py, &format!("  File \"{file}\", line {line}, in {name}\n"));
        tb = t.next();
    }
    let text = match exc.as_object().str_(py) {
        Ok(s) => s.to_string_lossy(),
        Err(_) => {
            drop(take(py));
            "<exception str() failed>".to_owned()
        }
    };
    let name = exc.ty().short_name();
    if text.is_empty() {
        write_stderr(py, &format!("{name}\n"));
    } else {
        write_stderr(py, &format!("{name}: {text}\n"));
    }
}

/// An exception that could not be raised, for `sys.unraisablehook`: frames with their source lines, type and message, nothing else.
pub fn print_unraisable(py: Python, ty: &PyObject, value: &PyObject, tb: &PyObject) {
    if let Some(tb) = tb.downcast::<PyTraceback>() {
        write_stderr(py, "Traceback (most recent call last):\n");
        print_frames(py, tb);
    }
    let Some(ty) = ty.downcast::<PyTypeObject>() else { return };
    let name = ty.full_name(py).unwrap_or_else(|_| {
        drop(take(py));
        "<unknown>".to_owned()
    });
    if value.is_none() {
        write_stderr(py, &format!("{name}\n"));
        return;
    }
    let text = match value.str_(py) {
        Ok(s) => s.to_string_lossy(),
        Err(_) => {
            drop(take(py));
            "<exception str() failed>".to_owned()
        }
    };
    write_stderr(py, &format!("{name}: {text}\n"));
    flush_stderr(py);
}

/// The entries of a traceback; of one repeated often only the first three.
fn print_frames(py: Python, tb: &PyTraceback) {
    let mut last = None;
    let mut repeated = 0;
    let end = |n: usize| {
        if n > SHOWN_REPEATS {
            let more = n - SHOWN_REPEATS;
            let s = if more == 1 { "" } else { "s" };
            write_stderr(py, &format!("  [Previous line repeated {more} more time{s}]\n"));
        }
    };
    let mut next = Some(tb.owned());
    while let Some(t) = next {
        next = t.next();
        let here = t.location(py);
        if last.as_ref() == Some(&here) {
            repeated += 1;
        } else {
            end(repeated);
            repeated = 1;
        }
        if repeated <= SHOWN_REPEATS {
            let (file, line, name) = &here;
            write_stderr(py, &format!("  File \"{file}\", line {line}, in {name}\n"));
            if let Ok(source) = source_line(py, file, i64::from(*line)) {
                if !source.is_empty() {
                    write_stderr(py, &format!("    {source}\n"));
                }
            } else {
                drop(take(py));
            }
        }
        last = Some(here);
    }
    end(repeated);
}

/// Equal traceback entries shown in a row.
const SHOWN_REPEATS: usize = 3;

fn source_line(py: Python, file: &str, line: i64) -> PyResult<String> {
    let f = crate::import::import_attr(py, "linecache", "getline")?;
    let text = f.call(py, &[PyStr::new(py, file)?.as_object(), PyInt::from_i64(py, line)?.as_object()])?;
    Ok(text.str_(py)?.to_string_lossy().trim().to_owned())
}

/// Handles an exception nobody caught in the main program (`PyErr_PrintEx`): `SystemExit` gives its status, anything else goes
/// to `sys.excepthook` and gives 1. Sets `sys.last_exc` and its relatives.
pub fn print_uncaught(py: Python, raised: Raised) -> i32 {
    let exc = fetch(py, raised);
    if exc.ty().is_subtype(&PyExc_KeyboardInterrupt_Type) {
        crate::signals::set_interrupted();
    }
    if exc.as_object().downcast::<PySystemExit>().is_some() && interpreter(py).config.borrow().inspect == 0 {
        return exit_status(py, exc.as_object());
    }
    let tb = exc.traceback.get_owned().unwrap_or_else(|| none().owned());
    if let Some(sys) = interpreter(py).sysdict.get_owned() {
        let set = |name: &str, v: &PyObject| {
            if sys.set_text(py, name, v).is_err() {
                drop(take(py));
            }
        };
        set("last_exc", exc.as_object());
        set("last_type", exc.ty().object());
        set("last_value", exc.as_object());
        set("last_traceback", &tb);
    }
    let hook = interpreter(py).sys_get(py, "excepthook");
    let result = match &hook {
        Some(h) => h.call(py, &[exc.ty().object(), exc.as_object(), &tb]).map(drop),
        None => {
            write_stderr(py, "sys.excepthook is missing\n");
            print_exception(py, exc.as_object(), &tb)
        }
    };
    if let Err(e) = result {
        let second = fetch(py, e);
        if second.as_object().downcast::<PySystemExit>().is_some() {
            return exit_status(py, second.as_object());
        }
        write_stderr(py, "Error in sys.excepthook:\n");
        let tb2 = second.traceback.get_owned().unwrap_or_else(|| none().owned());
        let shown = print_exception(py, second.as_object(), &tb2);
        write_stderr(py, "\nOriginal exception was:\n");
        if shown.and_then(|()| print_exception(py, exc.as_object(), &tb)).is_err() {
            drop(take(py));
        }
    }
    1
}

/// The process status of a `SystemExit`; a code that is no number is printed.
fn exit_status(py: Python, e: &PyObject) -> i32 {
    // The attribute, not the field: a subclass may define it. Without it, the exception itself is shown.
    let code = match e.getattr(py, intern!(py, "code")) {
        Ok(code) => code,
        Err(_) => {
            drop(take(py));
            e.owned()
        }
    };
    if code.is_none() {
        return 0;
    }
    if let Some(n) = code.downcast::<PyInt>() {
        return n.as_i64().unwrap_or(-1) as i32;
    }
    crate::sys::hooks::write_stderr_object(py, &code);
    write_stderr(py, "\n");
    1
}
