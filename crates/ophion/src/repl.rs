//! The interactive prompt: the library's `_pyrepl` on a terminal, `code` otherwise.

use object::{PyResult, Python};
use runtime::prelude::*;

/// Runs the prompt until end of input. Returns the exit status.
pub fn interact(py: Python) -> PyResult<i32> {
    // SAFETY: queries on descriptor numbers.
    let terminal = unsafe { libc::isatty(0) == 1 && libc::isatty(1) == 1 };
    let basic = !terminal || std::env::var_os("PYTHON_BASIC_REPL").is_some_and(|v| !v.is_empty());
    if !basic {
        let main = runtime::import::import_attr(py, "_pyrepl.main", "interactive_console")?;
        main.call0(py)?;
        return Ok(0);
    }
    plain(py)
}

/// Reads, compiles and runs statement by statement, with prompts on standard error as `python3 -i` does.
fn plain(py: Python) -> PyResult<i32> {
    let code = runtime::import::import_module(py, "code")?;
    let main = runtime::import::import_module(py, "__main__")?;
    let Some(m) = main.downcast::<PyModule>() else {
        return Err(runtime_error(py, "__main__ is not a module"));
    };
    let console = code.getattr_str(py, "InteractiveConsole")?.call1(py, m.dict(py).as_object())?;
    let read_line = runtime::import::import_attr(py, "_ophion", "read_line")?;
    console.setattr(py, intern!(py, "raw_input"), &read_line)?;
    let empty = PyStr::new(py, "")?;
    console.call_method(py, intern!(py, "interact"), &[empty.as_object(), empty.as_object()])?;
    Ok(0)
}
