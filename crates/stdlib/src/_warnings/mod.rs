//! `_warnings`: issuing warnings. The Python module `warnings` replaces filters and hooks; what it has set there counts.

mod filters;
mod place;
mod show;

use crate::_contextvars::PyContextVar;
use filters::{Filtered, already_warned};
use macros::pymodule;
use runtime::prelude::*;
use runtime::state::interpreter;
use runtime::sync::OwnedLock;
use std::rc::Rc;

/// What an interpreter knows about warnings.
#[derive(Default)]
pub(crate) struct State {
    filters: Slot,
    once_registry: Slot<PyDict>,
    default_action: Slot<PyStr>,
    context: Slot<PyContextVar>,
    filters_version: Cell<i64>,
    lock: OwnedLock,
}

fn state(py: Python) -> Rc<State> {
    interpreter(py).module_state::<State>()
}

impl State {
    /// Gives the fields their first values.
    fn init(&self, py: Python) -> PyResult<()> {
        if self.filters.is_empty() {
            self.filters.set(Some(filters::initial(py)?.into_object()));
        }
        if self.once_registry.is_empty() {
            self.once_registry.set(Some(PyDict::new(py)?));
        }
        if self.default_action.is_empty() {
            self.default_action.set(Some(PyStr::new(py, "default")?));
        }
        if self.context.is_empty() {
            self.context.set(Some(PyContextVar::new(py, &*PyStr::new(py, "_warnings_context")?, None)?));
        }
        Ok(())
    }
}

/// An attribute of the module `warnings`, which is imported for it only when asked to.
fn warnings_attr(py: Python, name: &PyStr, import: bool) -> PyResult<Option<Py>> {
    let module = if import && !interpreter(py).finalizing.get() {
        match runtime::import::import_module(py, "warnings") {
            Ok(m) => m,
            Err(e) => {
                drop(catch(py, e, &exceptions::PyExc_ImportError_Type)?);
                return Ok(None);
            }
        }
    } else {
        let Some(modules) = interpreter(py).modules.get_owned() else { return Ok(None) };
        match modules.get_str(py, intern!(py, "warnings"))? {
            Some(m) => m,
            None => return Ok(None),
        }
    };
    module.getattr_opt(py, name)
}

/// A warning on its way.
struct Warning<'a> {
    category: Py,
    message: Py,
    text: Py,
    filename: &'a PyObject,
    lineno: i64,
    source_line: Option<Py>,
    source: Option<&'a PyObject>,
}

/// Issues a warning that occurred at a certain place.
fn warn_at(
    py: Python,
    message: &PyObject,
    category: &PyObject,
    filename: &PyObject,
    lineno: i64,
    module: Option<&PyObject>,
    registry: Option<&PyObject>,
    source_line: Option<Py>,
    source: Option<&PyObject>,
) -> PyResult<()> {
    // Late at shutdown the filters are gone: better say nothing.
    if module.is_some_and(|m| m.is_none()) {
        return Ok(());
    }
    let registry = match registry.filter(|r| !r.is_none()) {
        None => None,
        Some(r) => match r.downcast::<PyDict>() {
            Some(d) => Some(d),
            None => return Err(type_error(py, "'registry' must be a dict or None")),
        },
    };
    let module = match module {
        Some(m) => m.owned(),
        None => place::module_of_file(py, filename)?,
    };
    let is_warning = message.is_instance(py, exceptions::PyExc_Warning_Type.object())?;
    let w = if is_warning {
        Warning {
            category: message.ty().owned().into_object(),
            message: message.owned(),
            text: message.str_(py)?.into_object(),
            filename,
            lineno,
            source_line,
            source: source.filter(|s| !s.is_none()),
        }
    } else {
        Warning {
            category: category.owned(),
            message: category.call1(py, message)?,
            text: message.owned(),
            filename,
            lineno,
            source_line,
            source: source.filter(|s| !s.is_none()),
        }
    };
    let line = PyInt::from_i64(py, lineno)?;
    let key = PyTuple::new(py, [w.text.clone(), w.category.clone(), line.clone().into_object()])?;
    let st = state(py);
    if let Some(r) = registry
        && already_warned(py, &st, r, key.as_object(), false)?
    {
        return Ok(());
    }
    let Filtered { action, item } = filters::find(py, &st, &w, &module)?;
    let known = |s: &str| action.eq_str(s);
    if known("error") {
        let Some(ty) = w.category.downcast::<PyTypeObject>() else { return Err(bad_internal_call(py)) };
        return Err(raise_with(py, ty, &w.message));
    }
    if known("ignore") {
        return Ok(());
    }
    if !known("always") && !known("all") {
        if let Some(r) = registry {
            r.set_item(py, key.as_object(), py_bool(true).as_object())?;
        }
        let seen = if known("once") {
            let once;
            let r = match registry {
                Some(r) => r,
                None => {
                    once = filters::once_registry(py, &st)?;
                    &once
                }
            };
            let short = PyTuple::new(py, [w.text.clone(), w.category.clone()])?;
            already_warned(py, &st, r, short.as_object(), true)?
        } else if known("module") {
            match registry {
                Some(r) => {
                    let short = PyTuple::new(py, [w.text.clone(), w.category.clone()])?;
                    already_warned(py, &st, r, short.as_object(), true)?
                }
                None => false,
            }
        } else if known("default") {
            false
        } else {
            let (a, i) = (action.repr(py)?.to_string_lossy(), item.repr(py)?.to_string_lossy());
            return Err(runtime_error(py, format!("Unrecognized action ({a}) in warnings.filters:\n {i}")));
        };
        if seen {
            return Ok(());
        }
    }
    show::show(py, &w, line.as_object())
}

/// Holds the lock of the module; every change of filters happens under it.
fn locked<R>(py: Python, f: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
    let st = state(py);
    st.lock.acquire(py, -1)?;
    let r = f();
    // The exception on its way stays: releasing what is held can't fail.
    let _ = st.lock.release(py);
    r
}

/// Issuing warnings, and the filters that decide about them.
#[pymodule(name = "_warnings")]
pub mod _warnings {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let st = state(py);
        st.init(py)?;
        if let Some(f) = st.filters.get_owned() {
            module.add(py, "filters", &f)?;
        }
        if let Some(r) = st.once_registry.get_owned() {
            module.add(py, "_onceregistry", r.as_object())?;
        }
        if let Some(a) = st.default_action.get_owned() {
            module.add(py, "_defaultaction", a.as_object())?;
        }
        if let Some(c) = st.context.get_owned() {
            module.add(py, "_warnings_context", c.as_object())?;
        }
        Ok(())
    }

    /// Issues a warning, unless a filter says otherwise; a filter can also make an exception of it.
    ///
    ///   message
    ///     Text of the warning, or the warning itself.
    ///   category
    ///     Class of the warning, UserWarning by default.
    ///   stacklevel
    ///     How far up the stack the warning is about.
    ///   source
    ///     The object a ResourceWarning is about.
    ///   skip_file_prefixes
    ///     Frames of files that begin with one of these are not counted as callers.
    #[pyfunction(sig = "(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())")]
    pub fn warn(
        py: Python,
        message: &PyObject,
        category: Option<&PyObject>,
        stacklevel: isize,
        source: Option<&PyObject>,
        skip_file_prefixes: Option<&PyTuple>,
    ) -> PyResult<()> {
        let category = category_of(py, message, category)?;
        let mut level = stacklevel;
        let mut prefixes = Vec::new();
        for p in skip_file_prefixes.map_or(&[][..], |t| t.items()) {
            match p.downcast::<PyStr>() {
                Some(s) => prefixes.push(s),
                None => {
                    return Err(type_error(
                        py,
                        format!("Found non-str '{}' in skip_file_prefixes.", type_name(p)),
                    ));
                }
            }
        }
        if !prefixes.is_empty() && level < 2 {
            level = 2;
        }
        let at = place::caller(py, level, &prefixes)?;
        locked(py, || {
            warn_at(
                py,
                message,
                &category,
                &at.filename,
                at.lineno,
                Some(&at.module),
                Some(at.registry.as_object()),
                None,
                source,
            )
        })
    }

    fn category_of(py: Python, message: &PyObject, category: Option<&PyObject>) -> PyResult {
        let warning = exceptions::PyExc_Warning_Type.object();
        let category = if message.is_instance(py, warning)? {
            message.ty().object().owned()
        } else {
            match category.filter(|c| !c.is_none()) {
                Some(c) => c.owned(),
                None => exceptions::PyExc_UserWarning_Type.object().owned(),
            }
        };
        let good = category.downcast::<PyTypeObject>().is_some()
            && category.is_subclass(py, warning).unwrap_or_else(|e| {
                drop(fetch(py, e));
                false
            });
        if good {
            return Ok(category);
        }
        let name = type_name(&category);
        Err(type_error(py, format!("category must be a Warning subclass, not '{name}'")))
    }

    /// Issues a warning about a given place.
    #[pyfunction(
        sig = "(message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)"
    )]
    pub fn warn_explicit(
        py: Python,
        message: &PyObject,
        category: &PyObject,
        filename: &PyStr,
        lineno: i32,
        module: Option<&PyObject>,
        registry: Option<&PyObject>,
        module_globals: Option<&PyObject>,
        source: Option<&PyObject>,
    ) -> PyResult<()> {
        let line = match module_globals.filter(|g| !g.is_none()) {
            None => None,
            Some(g) => match g.downcast::<PyDict>() {
                Some(d) => place::source_line(py, d, lineno)?,
                None => {
                    return Err(type_error(
                        py,
                        format!("module_globals must be a dict, not '{}'", tp_name(g)),
                    ));
                }
            },
        };
        locked(py, || {
            warn_at(
                py,
                message,
                category,
                filename.as_object(),
                i64::from(lineno),
                module,
                registry,
                line,
                source,
            )
        })
    }

    #[pyfunction(nodoc)]
    pub fn _filters_mutated_lock_held(py: Python) -> PyResult<()> {
        let st = state(py);
        if !st.lock.is_owned() {
            return Err(runtime_error(py, "warnings lock is not held"));
        }
        st.filters_version.set(st.filters_version.get().wrapping_add(1));
        Ok(())
    }

    #[pyfunction(nodoc)]
    pub fn _acquire_lock(py: Python) -> PyResult<()> {
        state(py).lock.acquire(py, -1).map(drop)
    }

    #[pyfunction(nodoc)]
    pub fn _release_lock(py: Python) -> PyResult<()> {
        state(py).lock.release(py)
    }
}
