//! `fork`, and the functions Python wants called around it.

use crate::system::*;
use object::libc;
use runtime::prelude::*;
use runtime::sys::hooks::audit;
use runtime::types::exceptions::*;
use std::cell::RefCell;

/// The functions given to `register_at_fork`.
#[derive(Default)]
struct Hooks {
    before: RefCell<Vec<Py>>,
    in_parent: RefCell<Vec<Py>>,
    in_child: RefCell<Vec<Py>>,
}

fn run(py: Python, functions: &[Py]) {
    for f in functions {
        if let Err(e) = f.call0(py) {
            write_unraisable(py, e, None, Some(f));
        }
    }
}

/// What must happen in front of a fork; the import lock is taken, so that no import is caught in the middle.
pub fn before(py: Python) -> PyResult<()> {
    let mut functions = module_state::<Hooks>(py).before.borrow().clone();
    functions.reverse();
    run(py, &functions);
    runtime::import::lock::acquire(py)
}

/// What must happen in the parent.
pub fn after_in_parent(py: Python) {
    runtime::import::lock::release(py);
    let functions = module_state::<Hooks>(py).in_parent.borrow().clone();
    run(py, &functions);
}

/// What must happen in the child.
///
/// # Safety
/// Called right after the fork, in the child, by the thread that forked.
pub unsafe fn after_in_child(py: Python) {
    // SAFETY: the caller's promise.
    unsafe { runtime::state::after_fork_in_child(py) };
    runtime::import::lock::release(py);
    let functions = module_state::<Hooks>(py).in_child.borrow().clone();
    run(py, &functions);
}

/// The number of threads of the process, as the system counts them.
fn thread_count() -> Option<u32> {
    let stat = std::fs::read("/proc/self/stat").ok()?;
    // The command's name, in parentheses, may contain anything.
    let end = stat.iter().rposition(|&c| c == b')')?;
    let rest = std::str::from_utf8(&stat[end + 1..]).ok()?;
    rest.split_ascii_whitespace().nth(17)?.parse().ok()
}

/// Warns in the parent that other threads existed: what they held stays held in the child for ever.
pub fn warn_about_threads(py: Python, name: &str) -> PyResult<()> {
    if thread_count().is_some_and(|n| n > 1) {
        let message = format!(
            "This process (pid={}) is multi-threaded, use of {name}() may lead to deadlocks in the child.",
            std::process::id()
        );
        warn(py, &PyExc_DeprecationWarning_Type, &message, 1)?;
    }
    Ok(())
}

/// Errors: `PythonFinalizationError` when the interpreter is being shut down.
pub fn check_not_finalizing(py: Python) -> PyResult<()> {
    if runtime::state::interpreter(py).finalizing.get() {
        let class = &runtime::types::exceptions::PyExc_PythonFinalizationError_Type;
        return Err(raise(py, class, "can't fork at interpreter shutdown"));
    }
    Ok(())
}

/// Forks by the given call; 0 in the child.
pub fn fork_with(py: Python, name: &str, f: impl FnOnce() -> libc::pid_t) -> PyResult<libc::pid_t> {
    check_not_finalizing(py)?;
    audit(py, &format!("os.{name}"), &[])?;
    before(py)?;
    let pid = f();
    if pid == 0 {
        // SAFETY: this is the child.
        unsafe { after_in_child(py) };
        return Ok(0);
    }
    let failed = errno();
    after_in_parent(py);
    if pid == -1 {
        return Err(raise_errno_with(py, failed, None, None));
    }
    warn_about_threads(py, name)?;
    Ok(pid)
}

/// Part of `posix`.
#[pymodule(part)]
pub mod part {
    use super::*;

    /// Makes a child process; 0 in the child, its id in the parent.
    #[pyfunction]
    pub fn fork(py: Python) -> PyResult<i32> {
        // SAFETY: the child goes on in `fork_with`.
        fork_with(py, "fork", || unsafe { libc::fork() })
    }

    /// Registers functions to be called around a fork: in front of it, in the child, in the parent.
    #[pyfunction(
        sig = "(*, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)",
        text = "($module, /, *, before=<unrepresentable>,\n                 after_in_child=<unrepresentable>,\n                 after_in_parent=<unrepresentable>)"
    )]
    pub fn register_at_fork(
        py: Python,
        before: Option<&PyObject>,
        after_in_child: Option<&PyObject>,
        after_in_parent: Option<&PyObject>,
    ) -> PyResult<()> {
        let given =
            [("before", before), ("after_in_child", after_in_child), ("after_in_parent", after_in_parent)];
        if given.iter().all(|(_, f)| f.is_none()) {
            return Err(type_error(py, "At least one argument is required."));
        }
        for (name, f) in given {
            if let Some(f) = f.filter(|f| !f.is_callable()) {
                return Err(type_error(py, format!("'{name}' must be callable, not {}", tp_name(f))));
            }
        }
        let hooks = module_state::<Hooks>(py);
        for (list, f) in
            [(&hooks.before, before), (&hooks.in_child, after_in_child), (&hooks.in_parent, after_in_parent)]
        {
            if let Some(f) = f {
                list.borrow_mut().push(f.owned());
            }
        }
        Ok(())
    }
}
