//! Hooks of `sys`: display, exceptions, unraisable errors, breakpoints, audit events.

use crate::prelude::*;
use crate::state::interpreter;
use crate::types::structseq::{self, Desc};

#[derive(Default)]
struct HookState {
    asyncgen_hooks: Slot<PyTypeObject>,
    unraisable_args: Slot<PyTypeObject>,
    audit: std::cell::RefCell<Vec<Py>>,
}

static ASYNCGEN_HOOKS: Desc = Desc {
    name: "asyncgen_hooks",
    doc: "The hooks of asynchronous generators.",
    fields: &[Some("firstiter"), Some("finalizer")],
    visible: 2,
};

static UNRAISABLE_ARGS: Desc = Desc {
    name: "UnraisableHookArgs",
    doc: "UnraisableHookArgs\n\nWhat sys.unraisablehook is told about an exception.",
    fields: &[Some("exc_type"), Some("exc_value"), Some("exc_traceback"), Some("err_msg"), Some("object")],
    visible: 5,
};

/// The type of `sys.unraisablehook`'s argument.
pub fn unraisable_args_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    let st = interpreter(py).module_state::<HookState>();
    if let Some(t) = st.unraisable_args.get_owned() {
        return Ok(t);
    }
    let t = structseq::new_type(py, &UNRAISABLE_ARGS)?.owned();
    st.unraisable_args.set(Some(t.clone()));
    Ok(t)
}

/// The type of `sys.get_asyncgen_hooks()`.
pub fn asyncgen_hooks_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    let st = interpreter(py).module_state::<HookState>();
    if let Some(t) = st.asyncgen_hooks.get_owned() {
        return Ok(t);
    }
    let t = structseq::new_static_type(py, &ASYNCGEN_HOOKS)?.owned();
    st.asyncgen_hooks.set(Some(t.clone()));
    Ok(t)
}

/// Adds an audit hook. The hooks that are there already are told first, and may refuse.
pub fn add_audit_hook(py: Python, hook: &PyObject) -> PyResult<()> {
    if let Err(e) = audit(py, "sys.addaudithook", &[]) {
        // A refusal that is an Exception is silent.
        drop(catch(py, e, &exceptions::PyExc_RuntimeError_Type)?);
        return Ok(());
    }
    interpreter(py).module_state::<HookState>().audit.borrow_mut().push(hook.owned());
    Ok(())
}

/// Does anybody listen to events? Saves making their arguments.
pub fn is_audited(py: Python) -> bool {
    !interpreter(py).module_state::<HookState>().audit.borrow().is_empty()
}

/// Tells the hooks about an event (`PySys_Audit`).
///
/// Errors: what a hook raises; the event must not happen then.
pub fn audit(py: Python, event: &str, args: &[&PyObject]) -> PyResult<()> {
    if !is_audited(py) {
        return Ok(());
    }
    audit_objects(py, &*PyStr::new(py, event)?, args)
}

/// As [`audit`], with the name as an object.
pub fn audit_objects(py: Python, event: &PyStr, args: &[&PyObject]) -> PyResult<()> {
    let hooks: Vec<Py> = interpreter(py).module_state::<HookState>().audit.borrow().clone();
    if hooks.is_empty() {
        return Ok(());
    }
    let args = PyTuple::new(py, args.iter().map(|a| a.owned()))?;
    for h in hooks {
        h.call(py, &[event, args.as_object()])?;
    }
    Ok(())
}

/// Writes to a stream of `sys`, or to the descriptor when there is none that works.
pub fn write_stderr(py: Python, text: &str) {
    let write = |py: Python| -> PyResult<bool> {
        match interpreter(py).sys_get(py, "stderr").filter(|s| !s.is_none()) {
            Some(s) => {
                s.call_method1(py, intern!(py, "write"), PyStr::new(py, text)?.as_object()).map(|_| true)
            }
            None => Ok(false),
        }
    };
    match write(py) {
        Ok(true) => {}
        Ok(false) => eprint_raw(text),
        Err(_) => {
            drop(take(py));
            eprint_raw(text);
        }
    }
}

/// Writes an object's `str()` to `sys.stderr`, which may escape what its encoding lacks.
pub fn write_stderr_object(py: Python, o: &PyObject) {
    let write = || -> PyResult<bool> {
        let text = o.str_(py)?;
        match interpreter(py).sys_get(py, "stderr").filter(|s| !s.is_none()) {
            Some(s) => s.call_method1(py, intern!(py, "write"), &text).map(|_| true),
            None => {
                eprint_raw(&text.to_string_lossy());
                Ok(true)
            }
        }
    };
    if write().is_err() {
        drop(take(py));
    }
}

fn eprint_raw(text: &str) {
    use std::io::Write;
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Part of `sys`.
#[pymodule(part)]
pub mod part {
    use super::write_stderr;
    use crate::prelude::*;
    use crate::state::interpreter;
    use crate::types::exceptions::*;

    /// Prints an object to sys.stdout and keeps it in builtins._.
    #[pyfunction(sig = "(object, /)")]
    pub fn displayhook(py: Python, object: &PyObject) -> PyResult<()> {
        let builtins = crate::import::builtins_dict(py)?;
        if object.is_none() {
            return Ok(());
        }
        let name = intern!(py, "_");
        builtins.set_item(py, name, none())?;
        let Some(out) = interpreter(py).sys_get(py, "stdout").filter(|s| !s.is_none()) else {
            return Err(runtime_error(py, "lost sys.stdout"));
        };
        let text = object.repr(py)?;
        let write = intern!(py, "write");
        if let Err(e) = out.call_method1(py, write, &text) {
            // What the stream's encoding lacks is shown escaped.
            drop(catch(py, e, &PyExc_UnicodeEncodeError_Type)?);
            let encoding = out.getattr(py, intern!(py, "encoding"))?.str_(py)?.to_string_lossy();
            let bytes = crate::codecs::encode(py, &text, &encoding, "backslashreplace")?;
            let shown = crate::codecs::decode(py, &bytes, &encoding, "strict")?;
            out.call_method1(py, write, &shown)?;
        }
        out.call_method1(py, write, intern!(py, "\n"))?;
        builtins.set_item(py, name, object)
    }

    /// Prints an exception with its traceback to sys.stderr.
    #[pyfunction(sig = "(exctype, value, traceback, /)")]
    pub fn excepthook(
        py: Python,
        exctype: &PyObject,
        value: &PyObject,
        traceback: &PyObject,
    ) -> PyResult<()> {
        let _ = exctype;
        crate::errors::display::print_exception(py, value, traceback)
    }

    /// Reports an exception that could not be raised.
    #[pyfunction(sig = "(unraisable, /)")]
    pub fn unraisablehook(py: Python, unraisable: &PyObject) -> PyResult<()> {
        if !std::ptr::eq(unraisable.ty(), &*super::unraisable_args_type(py)?) {
            return Err(type_error(py, "sys.unraisablehook argument type must be UnraisableHookArgs"));
        }
        let value = unraisable.getattr(py, intern!(py, "exc_value"))?;
        let tb = unraisable.getattr(py, intern!(py, "exc_traceback"))?;
        let msg = unraisable.getattr(py, intern!(py, "err_msg"))?;
        let object = unraisable.getattr(py, intern!(py, "object"))?;
        let msg = if msg.is_none() { None } else { Some(msg.str_(py)?.to_string_lossy()) };
        if object.is_none() {
            if let Some(m) = msg {
                write_stderr(py, &format!("{m}:\n"));
            }
        } else {
            let shown = match object.repr(py) {
                Ok(r) => r.to_string_lossy(),
                Err(_) => {
                    drop(take(py));
                    "<object repr() failed>".to_owned()
                }
            };
            write_stderr(py, &format!("{}: {shown}\n", msg.as_deref().unwrap_or("Exception ignored in")));
        }
        let ty = unraisable.getattr(py, intern!(py, "exc_type"))?;
        crate::errors::display::print_unraisable(py, &ty, &value, &tb);
        Ok(())
    }

    /// Starts the debugger that PYTHONBREAKPOINT names.
    #[pyfunction(raw, text = "($module, /, *args, **kwargs)")]
    pub fn breakpointhook(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        let ignore = interpreter(py).config.borrow().ignore_environment;
        let name = if ignore { None } else { std::env::var("PYTHONBREAKPOINT").ok() };
        let name = name.filter(|n| !n.is_empty()).unwrap_or_else(|| "pdb.set_trace".to_owned());
        if name == "0" {
            return Ok(none().owned());
        }
        let (module, attr) = name.rsplit_once('.').unwrap_or(("builtins", &name));
        let f = if module.is_empty() {
            Err(import_error(py, "no module is named"))
        } else {
            crate::import::import_module(py, module).and_then(|m| m.getattr_str(py, attr))
        };
        match f {
            Ok(f) => f.call_kw(py, args, kwnames),
            Err(e) => {
                if !matches(py, &PyExc_ImportError_Type) && !matches(py, &PyExc_AttributeError_Type) {
                    return Err(e);
                }
                drop(fetch(py, e));
                warn(
                    py,
                    &PyExc_RuntimeWarning_Type,
                    &format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{name}\""),
                    0,
                )?;
                Ok(none().owned())
            }
        }
    }
}
