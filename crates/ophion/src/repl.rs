//! The interactive prompt: the library's `_pyrepl` on a terminal, the plain loop otherwise.

use crate::run;
use object::{PyResult, Python};
use runtime::errors::display::print_uncaught;
use runtime::prelude::*;
use runtime::state::interpreter;

/// Would statements come from somebody who waits for answers?
pub fn stdin_is_interactive(py: Python) -> bool {
    // SAFETY: a query on a descriptor number.
    interpreter(py).config.borrow().interactive != 0 || unsafe { libc::isatty(0) == 1 }
}

fn variable(py: Python, name: &str) -> Option<std::ffi::OsString> {
    if interpreter(py).config.borrow().ignore_environment {
        return None;
    }
    std::env::var_os(name).filter(|v| !v.is_empty())
}

/// Whether `-i` or `PYTHONINSPECT`, which the program may have set meanwhile, asks for a prompt after the program.
pub fn wanted_after_program(py: Python) -> bool {
    let asked = interpreter(py).config.borrow().inspect != 0 || variable(py, "PYTHONINSPECT").is_some();
    asked && stdin_is_interactive(py)
}

/// Runs the prompt until the end of input. `at_start`: no program ran before, so `PYTHONSTARTUP` does.
///
/// Errors: `SystemExit`, which ends the process.
pub fn interact(py: Python, at_start: bool) -> PyResult<()> {
    interpreter(py).config.borrow_mut().inspect = 0;
    if at_start {
        run_startup(py)?;
    }
    run_hook(py)?;
    // SAFETY: a query on a descriptor number.
    if unsafe { libc::isatty(0) } == 0 || variable(py, "PYTHON_BASIC_REPL").is_some() {
        return runtime::interactive::run(py);
    }
    let console = match runtime::import::import_attr(py, "_pyrepl.main", "interactive_console") {
        Ok(c) => c,
        Err(e) => {
            eprintln!("Could not import _pyrepl.main");
            return Err(e);
        }
    };
    let main = runtime::import::import_module(py, "__main__")?;
    let keyword = PyTuple::new(
        py,
        [PyStr::new(py, "mainmodule")?.into_object(), PyStr::new(py, "pythonstartup")?.into_object()],
    )?;
    // The startup file has been run already.
    console.call_kw(py, &[&main, py_bool(false).as_object()], Some(&keyword)).map(drop)
}

/// Prints an error and goes on, unless it asks for the end.
fn survive(py: Python, r: PyResult<()>, message: &str) -> PyResult<()> {
    match r {
        Err(e) if matches(py, &exceptions::PyExc_SystemExit_Type) => Err(e),
        Err(e) => {
            let exc = fetch(py, e);
            runtime::sys::hooks::write_stderr(py, message);
            print_uncaught(py, raise_object(py, exc));
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Runs the file that `PYTHONSTARTUP` names.
fn run_startup(py: Python) -> PyResult<()> {
    use std::os::unix::ffi::OsStrExt;
    let Some(path) = variable(py, "PYTHONSTARTUP") else { return Ok(()) };
    let name = runtime::fs::fs_decode(py, path.as_bytes())?;
    runtime::sys::audit(py, "cpython.run_startup", &[name.as_object()])?;
    match std::fs::read(&path) {
        Ok(text) => survive(py, run::run_in_main(py, &text, &name), ""),
        Err(e) => {
            let errno = PyInt::from_i64(py, e.raw_os_error().unwrap_or(0).into())?;
            let text = PyStr::new(py, &exceptions::error_text(e.raw_os_error().unwrap_or(0)))?;
            let made = exceptions::PyExc_OSError_Type
                .object()
                .call(py, &[errno.as_object(), text.as_object(), name.as_object()])?;
            let raised = raise_with(py, made.ty(), &made);
            survive(py, Err(raised), "Could not open PYTHONSTARTUP\n")
        }
    }
}

/// Calls `sys.__interactivehook__`.
fn run_hook(py: Python) -> PyResult<()> {
    let Some(hook) = interpreter(py).sys_get(py, "__interactivehook__") else { return Ok(()) };
    runtime::sys::audit(py, "cpython.run_interactivehook", &[&hook])?;
    let called = hook.call0(py).map(drop);
    survive(py, called, "Failed calling sys.__interactivehook__\n")
}
