//! The end of an interpreter: exit functions, flushing, and the orderly death of modules.

use crate::prelude::*;
use crate::state::interpreter;
use crate::types::*;

/// Callbacks of the `atexit` module, run by [`call_atexit`].
#[derive(Default)]
struct AtExit {
    run: Cell<Option<fn(Python)>>,
}

/// Sets what runs the `atexit` callbacks; called by that module when it is first imported.
pub fn register_atexit(py: Python, run: fn(Python)) {
    interpreter(py).module_state::<AtExit>().run.set(Some(run));
}

/// Runs the `atexit` callbacks.
pub fn call_atexit(py: Python) {
    if let Some(f) = interpreter(py).module_state::<AtExit>().run.get() {
        f(py)
    }
}

/// Waits for non-daemon threads.
fn wait_for_threads(py: Python) {
    let threading = match crate::import::modules(py) {
        Ok(m) => m.get_text(py, "threading"),
        Err(e) => Err(e),
    };
    match threading {
        Ok(Some(t)) if !t.is_none() => {
            if let Err(e) = t.call_method0(py, intern!(py, "_shutdown")) {
                write_unraisable(py, e, Some("Exception ignored on threading shutdown"), None);
            }
        }
        Ok(_) => {}
        Err(_) => drop(take(py)),
    }
}

/// Flushes `sys.stdout` and `sys.stderr`. `false` if stdout could not be flushed; that error is reported.
pub fn flush_std_files(py: Python) -> bool {
    let mut ok = true;
    for name in ["stdout", "stderr"] {
        let Some(f) = interpreter(py).sys_get(py, name).filter(|f| !f.is_none()) else { continue };
        let closed = match f.getattr_opt(py, intern!(py, "closed")) {
            Ok(Some(c)) => c.is_true(py).unwrap_or_else(|_| {
                drop(take(py));
                false
            }),
            Ok(None) => false,
            Err(_) => {
                drop(take(py));
                false
            }
        };
        if closed {
            continue;
        }
        if let Err(e) = f.call_method0(py, intern!(py, "flush")) {
            if name == "stdout" {
                write_unraisable(py, e, Some("Exception ignored while flushing sys.stdout"), None);
                ok = false;
            } else {
                drop(fetch(py, e));
            }
        }
    }
    ok
}

/// Ends the interpreter: threads, exit functions, streams, modules. Returns `false` when buffered output was lost.
pub fn finalize(py: Python) -> bool {
    wait_for_threads(py);
    call_atexit(py);
    let mut ok = flush_std_files(py);
    crate::errors::warnings::prepare_for_exit(py);
    interpreter(py).finalizing.set(true);
    crate::state::set_finalizing(crate::state::thread(py));
    crate::signals::finalize(py);
    crate::gc::collect(py, 2);
    if finalize_modules(py).is_err() {
        drop(take(py));
    }
    ok &= flush_std_files(py);
    if std::env::var_os("PYTHONMALLOCSTATS").is_some_and(|v| !v.is_empty())
        && !interpreter(py).config.borrow().ignore_environment
    {
        eprint!("{}", object::alloc::statistics());
    }
    crate::interp::trace::print_counts(py);
    ok
}

/// Drops the modules: first those only `sys.modules` holds, then the rest in reverse order of import, emptying
/// their dicts so that finalisers still find what they need.
fn finalize_modules(py: Python) -> PyResult<()> {
    let Some(sys) = interpreter(py).sysdict.get_owned() else { return Ok(()) };
    for name in [
        "path",
        "argv",
        "ps1",
        "ps2",
        "last_exc",
        "last_type",
        "last_value",
        "last_traceback",
        "path_hooks",
        "path_importer_cache",
        "meta_path",
    ] {
        sys.set_text(py, name, none())?;
    }
    for name in ["stdin", "stdout", "stderr"] {
        let old = sys.get_text(py, &format!("__{name}__"))?.unwrap_or_else(|| none().owned());
        sys.set_text(py, name, &old)?;
    }
    if let Some(b) = interpreter(py).builtins.get_owned() {
        b.pop(py, intern!(py, "_"))?;
    }
    let Some(modules) = interpreter(py).modules.get_owned() else { return Ok(()) };
    let mut weak = Vec::new();
    let mut pos = 0;
    let mut names = Vec::new();
    while let Some((k, m)) = modules.next(&mut pos) {
        if let Some(module) = m.downcast::<PyModule>()
            && !k.downcast::<PyStr>().is_some_and(|k| k.eq_str("sys") || k.eq_str("builtins"))
        {
            weak.push(crate::types::weakref::PyWeakRef::new(py, module.as_object(), None)?);
        }
        names.push(k);
    }
    for k in names {
        if k.downcast::<PyStr>().is_some_and(|k| k.eq_str("sys") || k.eq_str("builtins")) {
            continue;
        }
        modules.set_item(py, &k, none())?;
    }
    modules.clear();
    interpreter(py).importlib.set(None);
    interpreter(py).import_func.set(None);
    crate::gc::collect(py, 2);
    for w in weak.iter().rev() {
        if let Some(m) = w.target()
            && let Some(m) = m.downcast::<PyModule>()
        {
            clear_module_dict(py, &m.dict(py))?;
        }
    }
    crate::gc::collect(py, 2);
    Ok(())
}

/// Sets the names in a module's dict to None: private ones first, then the others, `__builtins__` never (`_PyModule_ClearDict`).
fn clear_module_dict(py: Python, d: &PyDict) -> PyResult<()> {
    for private in [true, false] {
        let mut pos = 0;
        let mut names = Vec::new();
        while let Some((k, v)) = d.next(&mut pos) {
            if v.is_none() {
                continue;
            }
            if let Some(name) = k.downcast::<PyStr>() {
                let n = name.to_string_lossy();
                let is_private = n.starts_with('_') && !n.starts_with("__");
                if if private { is_private } else { n != "__builtins__" } {
                    names.push(k);
                }
            }
        }
        for k in names {
            d.set_item(py, &k, none())?;
        }
    }
    Ok(())
}
