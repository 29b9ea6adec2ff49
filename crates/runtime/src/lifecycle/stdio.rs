//! `sys.stdin`, `sys.stdout` and `sys.stderr`.

use crate::prelude::*;
use crate::state::Config;
use crate::types::*;

/// Opens the three streams and puts them, and their `__…__` copies, into `sys`. A closed descriptor gives `None`.
///
/// Errors: what opening raises.
pub fn init(py: Python, config: &Config) -> PyResult<()> {
    let io = crate::import::import_module(py, "_io")?;
    let builtins = crate::import::builtins_dict(py)?;
    let open = io.getattr(py, intern!(py, "open"))?;
    builtins.set_text(py, "open", &open)?;
    let Some(sys) = crate::state::interpreter(py).sysdict.get_owned() else {
        return Err(bad_internal_call(py));
    };
    let errors = config.stdio_errors.clone().unwrap_or_else(|| default_errors().to_owned());
    for (fd, name) in [(0, "stdin"), (1, "stdout"), (2, "stderr")] {
        let errors = if fd == 2 { "backslashreplace" } else { errors.as_str() };
        let stream = create(py, &io, config, fd, name, errors)?;
        sys.set_text(py, name, &stream)?;
        sys.set_text(py, &format!("__{name}__"), &stream)?;
    }
    Ok(())
}

/// A `sys.stderr` for the time until [`init`]: `-v` and errors of start-up write to it.
pub fn set_preliminary_stderr(py: Python) -> PyResult<()> {
    let Some(sys) = crate::state::interpreter(py).sysdict.get_owned() else {
        return Err(bad_internal_call(py));
    };
    let printer = crate::types::stdprinter::PyStdPrinter::new(py, 2)?;
    sys.set_text(py, "stderr", printer.as_object())?;
    sys.set_text(py, "__stderr__", printer.as_object())
}

/// The C and POSIX locales say nothing about the encoding: undecodable bytes pass through.
fn default_errors() -> &'static str {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|v| std::env::var(v).ok().filter(|s| !s.is_empty()))
        .unwrap_or_default();
    match locale.as_str() {
        "" | "C" | "POSIX" | "C.UTF-8" | "C.utf8" => "surrogateescape",
        _ => "strict",
    }
}

fn is_open(fd: i32) -> bool {
    // SAFETY: a query on a descriptor number.
    unsafe { object::libc::fcntl(fd, object::libc::F_GETFD) != -1 }
}

fn create(py: Python, io: &PyObject, config: &Config, fd: i32, name: &str, errors: &str) -> PyResult {
    if !is_open(fd) {
        return Ok(none().owned());
    }
    let write = fd != 0;
    let unbuffered = config.unbuffered && write;
    let text = |s: &str| -> PyResult { Ok(PyStr::new(py, s)?.into_object()) };
    let int = |n: i64| -> PyResult { Ok(PyInt::from_i64(py, n)?.into_object()) };
    let no = py_bool(false);
    let open = io.getattr(py, intern!(py, "open"))?;
    let buffer = open.call(
        py,
        &[
            &*int(fd as i64)?,
            &*text(if write { "wb" } else { "rb" })?,
            &*int(if unbuffered { 0 } else { -1 })?,
            none(),
            none(),
            none(),
            no.as_object(),
        ],
    )?;
    let raw = if unbuffered { buffer.clone() } else { buffer.getattr(py, intern!(py, "raw"))? };
    raw.setattr(py, intern!(py, "name"), &*text(&format!("<{name}>"))?)?;
    let tty = raw.call_method0(py, intern!(py, "isatty"))?.is_true(py)?;
    let write_through = unbuffered;
    let line_buffering = !unbuffered && (fd == 2 || config.interactive != 0 || tty);
    let encoding = config.stdio_encoding.as_deref().unwrap_or("utf-8");
    let wrapper = io.getattr_str(py, "TextIOWrapper")?;
    let stream = wrapper.call(
        py,
        &[
            &buffer,
            &*text(encoding)?,
            &*text(errors)?,
            &*text("\n")?,
            py_bool(line_buffering).as_object(),
            py_bool(write_through).as_object(),
        ],
    )?;
    stream.setattr(py, intern!(py, "mode"), &*text(if write { "w" } else { "r" })?)?;
    Ok(stream)
}
