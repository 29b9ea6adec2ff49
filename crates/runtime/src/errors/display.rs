//! Printing exceptions to `sys.stderr`, through the library's `traceback` where it can, plainly where it can't.

use crate::prelude::*;
use crate::state::interpreter;
use crate::sys::hooks::write_stderr;
use crate::types::exceptions::*;
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
    if exc.traceback.is_empty() && tb.downcast::<PyTraceback>().is_some() {
        exc.traceback.set(Some(tb.owned()));
    }
    if through_library(py, value).is_err() {
        drop(take(py));
        plain(py, exc, 0);
    }
    if let Some(f) = interpreter(py).sys_get(py, "stderr").filter(|f| !f.is_none())
        && f.call_method0(py, intern!(py, "flush")).is_err()
    {
        drop(take(py));
    }
    Ok(())
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

/// One exception with its frames and their source lines, without marks and chain: what `sys.unraisablehook` prints.
///
/// Errors: none are left pending.
pub fn print_single(py: Python, exc: &PyBaseException, tb: &PyObject) {
    let mut at = tb.downcast::<PyTraceback>().map(|t| t.owned());
    if at.is_some() {
        write_stderr(py, "Traceback (most recent call last):\n");
    }
    while let Some(t) = at {
        let (file, line, name) = t.location(py);
        write_stderr(py, &format!("  File \"{file}\", line {line}, in {name}\n"));
        match source_line(py, &file, line) {
            Ok(text) if !text.trim().is_empty() => write_stderr(py, &format!("    {}\n", text.trim())),
            Ok(_) => {}
            Err(_) => drop(take(py)),
        }
        at = t.next();
    }
    let ty = exc.ty();
    let text_of = |o: PyResult| -> Option<String> {
        match o.and_then(|o| o.str_(py)) {
            Ok(s) => Some(s.to_string_lossy()),
            Err(_) => {
                drop(take(py));
                None
            }
        }
    };
    let module =
        text_of(ty.object().getattr(py, intern!(py, "__module__"))).unwrap_or_else(|| "<unknown>".to_owned());
    let name = text_of(ty.object().getattr(py, intern!(py, "__qualname__")))
        .unwrap_or_else(|| "<unknown>".to_owned());
    let prefix =
        if matches!(module.as_str(), "builtins" | "__main__") { String::new() } else { format!("{module}.") };
    match text_of(Ok(exc.as_object().owned())) {
        Some(t) if t.is_empty() => write_stderr(py, &format!("{prefix}{name}\n")),
        Some(t) => write_stderr(py, &format!("{prefix}{name}: {t}\n")),
        None => write_stderr(py, &format!("{prefix}{name}: <exception str() failed>\n")),
    }
}

fn source_line(py: Python, file: &str, line: i32) -> PyResult<String> {
    let f = crate::import::import_attr(py, "linecache", "getline")?;
    let (file, line) = (PyStr::new(py, file)?, PyInt::from_i64(py, i64::from(line))?);
    Ok(f.call(py, &[file.as_object(), line.as_object()])?.str_(py)?.to_string_lossy())
}

/// Handles an exception nobody caught in the main program (`PyErr_PrintEx`): `SystemExit` gives its status, anything else goes
/// to `sys.excepthook` and gives 1. Sets `sys.last_exc` and its relatives.
pub fn print_uncaught(py: Python, raised: Raised) -> i32 {
    let exc = fetch(py, raised);
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
    match code.str_(py) {
        Ok(s) => write_stderr(py, &format!("{}\n", s.to_string_lossy())),
        Err(_) => drop(take(py)),
    }
    1
}
