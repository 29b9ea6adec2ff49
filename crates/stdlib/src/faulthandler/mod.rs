//! `faulthandler`: stacks of all threads when the process crashes, hangs or gets a signal.

mod crash;
mod dump;
mod fatal;
mod later;
mod user;

use dump::Out;
use macros::pymodule;
use runtime::prelude::*;
use runtime::state::{Interpreter, Thread, interpreter, thread, threads};
use std::ffi::c_int;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

/// The interpreter whose threads are shown, for code that runs without a token. Interpreters are never freed.
static INTERPRETER: AtomicPtr<Interpreter> = AtomicPtr::new(null_mut());

fn remember_interpreter(py: Python) {
    INTERPRETER.store(interpreter(py) as *const Interpreter as *mut Interpreter, Ordering::Relaxed);
}

/// The first thread in the list.
fn first_thread() -> *const Thread {
    // SAFETY: null or an interpreter, which is never freed.
    unsafe { INTERPRETER.load(Ordering::Relaxed).as_ref() }.map_or(std::ptr::null(), |i| i.threads.get())
}

/// Writes the stack of the calling thread, or of all threads.
fn dump(out: Out, all: bool, collecting: bool) {
    let current = threads::bound_thread();
    if all || current.is_none() {
        dump::all_threads(out, first_thread(), current, collecting);
    } else if let Some(t) = current {
        dump::stack(out, t);
    }
}

/// The descriptor of a file argument, and the object that keeps it open.
fn descriptor(py: Python, file: Option<&PyObject>) -> PyResult<(c_int, Option<Py>)> {
    let file = match file.filter(|f| !f.is_none()) {
        Some(f) => f.owned(),
        None => match interpreter(py).sys_get(py, "stderr") {
            None => return Err(runtime_error(py, "unable to get sys.stderr")),
            Some(f) if f.is_none() => return Err(runtime_error(py, "sys.stderr is None")),
            Some(f) => f,
        },
    };
    if let Some(n) = file.downcast::<PyInt>() {
        let fd = n.to_i32(py)?;
        if fd < 0 {
            return Err(value_error(py, "file is not a valid file descriptor"));
        }
        return Ok((fd, None));
    }
    let fd = file.call_method0(py, intern!(py, "fileno"))?;
    let fd = fd.downcast::<PyInt>().and_then(|n| n.as_i64()).and_then(|n| c_int::try_from(n).ok());
    let Some(fd) = fd.filter(|&n| n >= 0) else {
        return Err(runtime_error(py, "file.fileno() is not a valid file descriptor"));
    };
    if let Err(e) = file.call_method0(py, intern!(py, "flush")) {
        drop(fetch(py, e));
    }
    Ok((fd, Some(file)))
}

/// Stacks of all threads when the process crashes, hangs or gets a signal.
#[pymodule(name = "faulthandler", parts(fatal::part))]
pub mod faulthandler {
    use super::*;

    #[pyexec]
    fn exec(py: Python, _module: &PyModule) -> PyResult<()> {
        remember_interpreter(py);
        Ok(())
    }

    /// Has the stacks written to a file when the process crashes.
    #[pyfunction(
        sig = "(file=None, all_threads=True, c_stack=True)",
        text = "($module, /, file=sys.stderr, all_threads=True)"
    )]
    pub fn enable(py: Python, file: Option<&PyObject>, all_threads: bool, c_stack: bool) -> PyResult<()> {
        let (fd, file) = descriptor(py, file)?;
        crash::enable(py, fd, file, all_threads, c_stack)
    }

    /// Takes enable() back. Was it enabled?
    #[pyfunction]
    pub fn disable(py: Python) -> bool {
        crash::disable(py)
    }

    /// Are stacks written when the process crashes?
    #[pyfunction]
    pub fn is_enabled(_py: Python) -> bool {
        crash::is_enabled()
    }

    /// Writes the stacks of all threads, or of the calling thread, to a file.
    #[pyfunction(
        sig = "(file=None, all_threads=True)",
        text = "($module, /, file=sys.stderr, all_threads=True)"
    )]
    pub fn dump_traceback(py: Python, file: Option<&PyObject>, all_threads: bool) -> PyResult<()> {
        let (fd, _file) = descriptor(py, file)?;
        let out = Out(fd);
        if all_threads {
            dump::all_threads(out, interpreter(py).threads.get(), Some(thread(py)), false);
        } else {
            dump::stack(out, thread(py));
        }
        Ok(())
    }

    /// Writes the native stack of the calling thread to a file.
    #[pyfunction(sig = "(file=None)", text = "($module, /, file=sys.stderr)")]
    pub fn dump_c_stack(py: Python, file: Option<&PyObject>) -> PyResult<()> {
        let (fd, _file) = descriptor(py, file)?;
        dump::native_stack(Out(fd));
        Ok(())
    }

    /// Has the stacks written to a file after a number of seconds, again and again if repeat is true. With exit the process ends
    /// then.
    #[pyfunction(
        sig = "(timeout, repeat=False, file=None, exit=False)",
        text = "($module, /, timeout, repeat=False, file=sys.stderr, exit=False)"
    )]
    pub fn dump_traceback_later(
        py: Python,
        timeout: &PyObject,
        repeat: bool,
        file: Option<&PyObject>,
        exit: bool,
    ) -> PyResult<()> {
        let us = later::microseconds(py, timeout)?;
        let (fd, file) = descriptor(py, file)?;
        later::start(py, us, repeat, fd, file, exit)
    }

    /// Takes dump_traceback_later() back.
    #[pyfunction]
    pub fn cancel_dump_traceback_later(py: Python) {
        later::cancel(py)
    }

    /// Has the stacks written to a file when a signal arrives. With chain the old handler is called too.
    #[pyfunction(
        sig = "(signum, file=None, all_threads=True, chain=False)",
        text = "($module, /, signum, file=sys.stderr, all_threads=True, chain=False)"
    )]
    pub fn register(
        py: Python,
        signum: c_int,
        file: Option<&PyObject>,
        all_threads: bool,
        chain: bool,
    ) -> PyResult<()> {
        user::check_number(py, signum)?;
        let (fd, file) = descriptor(py, file)?;
        user::register(py, signum, fd, file, all_threads, chain)
    }

    /// Takes register() back. Was it registered?
    #[pyfunction(sig = "(signum, /)")]
    pub fn unregister(py: Python, signum: c_int) -> PyResult<bool> {
        user::check_number(py, signum)?;
        Ok(user::unregister(py, signum))
    }
}
