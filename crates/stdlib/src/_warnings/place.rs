//! Where a warning occurred: which frame it is about, and what that says about file, line and module.

use runtime::interp::frame::Frame;
use runtime::prelude::*;
use runtime::state::{interpreter, thread};

/// A place in the program.
pub(super) struct Place {
    pub filename: Py,
    pub lineno: i64,
    pub module: Py,
    /// The module's `__warningregistry__`.
    pub registry: Py<PyDict>,
}

/// Is it a frame of the import system, which is no caller anybody wants to hear of?
fn is_internal(f: &Frame) -> bool {
    f.code_owned().is_some_and(|c| {
        let name = c.filename().to_string_lossy();
        name.contains("importlib") && name.contains("_bootstrap")
    })
}

fn is_skipped(f: &Frame, prefixes: &[&PyStr]) -> bool {
    if prefixes.is_empty() {
        return false;
    }
    f.code_owned().is_some_and(|c| {
        let name = c.filename().to_wtf8();
        prefixes.iter().any(|p| name.starts_with(&p.to_wtf8()))
    })
}

/// The caller that a warning is about: `level` frames up, not counting those of the import system and of files with one of the
/// prefixes.
pub(super) fn caller(py: Python, level: isize, prefixes: &[&PyStr]) -> PyResult<Place> {
    let up = |f: &Frame| {
        // SAFETY: the chain of a running thread consists of live frames, and no code runs meanwhile.
        unsafe { Frame::first_complete(f.previous.get()).as_ref() }
    };
    // SAFETY: as above.
    let mut frame = unsafe { Frame::first_complete(thread(py).current_frame.get()).as_ref() };
    let plain = level <= 0 || frame.is_some_and(is_internal);
    let mut left = level;
    while left > 1 {
        let Some(f) = frame else { break };
        frame = up(f);
        if !plain {
            while let Some(f) = frame.filter(|f| is_internal(f) || is_skipped(f, prefixes)) {
                frame = up(f);
            }
        }
        left -= 1;
    }
    let (filename, lineno, globals) = match frame.and_then(|f| Some((f, f.code_owned()?))) {
        None => {
            let Some(sys) = interpreter(py).sysdict.get_owned() else { return Err(bad_internal_call(py)) };
            (PyStr::new(py, "<sys>")?.into_object(), 0, sys)
        }
        Some((f, code)) => {
            // SAFETY: the globals of a live frame.
            let globals: Py = unsafe { Py::from_raw_borrowed(f.f_globals.get()) };
            let Ok(globals) = globals.downcast_into::<PyDict>() else { return Err(bad_internal_call(py)) };
            // SAFETY: the frame has code.
            let line = code.line_of(unsafe { f.lasti() as i32 } * 2);
            (code.filename().into_object(), i64::from(line), globals)
        }
    };
    let name = intern!(py, "__warningregistry__");
    let registry = match globals.get_str(py, name)?.map(Py::downcast_into::<PyDict>) {
        Some(Ok(d)) => d,
        Some(Err(_)) => return Err(type_error(py, "'registry' must be a dict or None")),
        None => {
            let d = PyDict::new(py)?;
            globals.set_item(py, name.as_object(), d.as_object())?;
            d
        }
    };
    let module = match globals.get_str(py, intern!(py, "__name__"))? {
        Some(m) if m.is_none() || PyStr::check(&m) => m,
        _ => PyStr::new(py, "<string>")?.into_object(),
    };
    Ok(Place { filename, lineno, module, registry })
}

/// The name of the module a file holds, as good as can be guessed.
pub(super) fn module_of_file(py: Python, filename: &PyObject) -> PyResult {
    let Some(name) = filename.downcast::<PyStr>() else { return Err(bad_internal_call(py)) };
    let n = name.len();
    if n == 0 {
        return Ok(PyStr::new(py, "<unknown>")?.into_object());
    }
    let ends = n >= 3 && (n - 3..n).map(|i| name.char_at(i)).eq(".py".chars().map(u32::from));
    if ends { Ok(name.substring(py, 0, n - 3)?.into_object()) } else { Ok(name.owned().into_object()) }
}

/// A line of a module's source, if its loader gives the source.
pub(super) fn source_line(py: Python, globals: &PyDict, lineno: i32) -> PyResult<Option<Py>> {
    let Some(loader) = globals.get_str(py, intern!(py, "__loader__"))? else { return Ok(None) };
    let Some(name) = globals.get_str(py, intern!(py, "__name__"))? else { return Ok(None) };
    let Some(get_source) = loader.getattr_opt(py, intern!(py, "get_source"))? else { return Ok(None) };
    let source = get_source.call1(py, &name)?;
    if source.is_none() {
        return Ok(None);
    }
    let lines = source.call_method0(py, intern!(py, "splitlines"))?;
    let Some(lines) = lines.downcast::<PyList>() else { return Ok(None) };
    match usize::try_from(i64::from(lineno) - 1).ok().and_then(|i| lines.get(i)) {
        Some(l) => Ok(Some(l)),
        None => Err(index_error(py, "list index out of range")),
    }
}
