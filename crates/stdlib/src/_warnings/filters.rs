//! What filters say about a warning.

use super::{State, Warning, warnings_attr};
use crate::_contextvars::PyContextVar;
use runtime::prelude::*;

/// What is to be done, and the filter that says so (`None` for the default).
pub(super) struct Filtered {
    pub action: Py<PyStr>,
    pub item: Py,
}

/// The filters of an interpreter at its start.
pub(super) fn initial(py: Python) -> PyResult<Py<PyList>> {
    use exceptions::*;
    let zero = PyInt::from_i64(py, 0)?.into_object();
    let main = PyStr::new(py, "__main__")?.into_object();
    let entries: [(&str, &PyTypeObject, Option<&Py>); 5] = [
        ("default", &PyExc_DeprecationWarning_Type, Some(&main)),
        ("ignore", &PyExc_DeprecationWarning_Type, None),
        ("ignore", &PyExc_PendingDeprecationWarning_Type, None),
        ("ignore", &PyExc_ImportWarning_Type, None),
        ("ignore", &PyExc_ResourceWarning_Type, None),
    ];
    let mut list = Vec::new();
    for (action, category, module) in entries {
        let module = module.cloned().unwrap_or_else(|| none().owned());
        let action = PyStr::new(py, action)?.into_object();
        let item =
            PyTuple::new(py, [action, none().owned(), category.object().owned(), module, zero.clone()])?;
        list.push(item.into_object());
    }
    PyList::new(py, list)
}

/// `warnings.onceregistry` as it is now.
pub(super) fn once_registry(py: Python, st: &State) -> PyResult<Py<PyDict>> {
    if let Some(r) = warnings_attr(py, intern!(py, "onceregistry"), false)? {
        match r.downcast_into::<PyDict>() {
            Ok(d) => st.once_registry.set(Some(d)),
            Err(r) => {
                return Err(type_error(
                    py,
                    format!("_warnings.onceregistry must be a dict, not '{}'", tp_name(&r)),
                ));
            }
        }
    }
    st.once_registry.get_owned().ok_or_else(|| bad_internal_call(py))
}

/// `warnings.defaultaction` as it is now.
fn default_action(py: Python, st: &State) -> PyResult<Py<PyStr>> {
    if let Some(a) = warnings_attr(py, intern!(py, "defaultaction"), false)? {
        match a.downcast_into::<PyStr>() {
            Ok(s) => st.default_action.set(Some(s)),
            Err(a) => {
                let name = tp_name(&a);
                return Err(type_error(
                    py,
                    format!("_warnings.defaultaction must be a string, not '{name}'"),
                ));
            }
        }
    }
    st.default_action.get_owned().ok_or_else(|| bad_internal_call(py))
}

/// Does a filter's pattern fit? `None` always does, plain text must be equal, anything else is asked by its `match()`.
fn fits(py: Python, pattern: &PyObject, text: &PyObject) -> PyResult<bool> {
    if pattern.is_none() {
        return Ok(true);
    }
    if let Some(p) = pattern.downcast_exact::<PyStr>() {
        return match text.downcast::<PyStr>() {
            Some(t) => Ok(p.equals(t)),
            None => Err(type_error(py, format!("Can't compare {} and {}", type_name(p), type_name(text)))),
        };
    }
    pattern.call_method1(py, intern!(py, "match"), text)?.is_true(py)
}

/// The first filter in the list that fits. `name` is the list's in messages.
fn search(
    py: Python,
    filters: &PyList,
    name: &str,
    w: &Warning,
    module: &PyObject,
) -> PyResult<Option<Filtered>> {
    // The list may change while patterns are matched.
    let mut i = 0;
    while let Some(item) = filters.get(i) {
        let fields = match item.downcast::<PyTuple>().map(|t| t.items()) {
            Some(&[action, message, category, module, line]) => (action, message, category, module, line),
            _ => return Err(value_error(py, format!("warnings.{name} item {i} isn't a 5-tuple"))),
        };
        let (action, f_message, f_category, f_module, f_line) = fields;
        let Some(action) = action.downcast::<PyStr>() else {
            return Err(type_error(py, format!("action must be a string, not '{}'", tp_name(action))));
        };
        let good = fits(py, f_message, &w.text)?;
        let good = fits(py, f_module, module)? && good;
        let good = w.category.is_subclass(py, f_category)? && good;
        let line = f_line.index_isize(py, Some(&exceptions::PyExc_OverflowError_Type))?;
        if good && (line == 0 || line as i64 == w.lineno) {
            let action = action.owned();
            return Ok(Some(Filtered { action, item }));
        }
        i += 1;
    }
    Ok(None)
}

/// The filters that `catch_warnings` set for the current context, if it works by context.
fn context_filters(py: Python, var: &PyContextVar) -> PyResult<Option<Py<PyList>>> {
    let Some(context) = var.value(py)?.filter(|c| !c.is_none()) else { return Ok(None) };
    let filters = context.getattr(py, intern!(py, "_filters"))?;
    filters
        .downcast_into::<PyList>()
        .map(Some)
        .map_err(|_| value_error(py, "_filters of warnings._warnings_context must be a list"))
}

/// What is to be done with the warning.
pub(super) fn find(py: Python, st: &State, w: &Warning, module: &PyObject) -> PyResult<Filtered> {
    if let Some(var) = st.context.get_owned()
        && let Some(filters) = context_filters(py, &var)?
        && let Some(found) = search(py, &filters, "_warnings_context _filters", w, module)?
    {
        return Ok(found);
    }
    if let Some(f) = warnings_attr(py, intern!(py, "filters"), false)? {
        st.filters.set(Some(f));
    }
    let filters = st.filters.get_owned();
    let Some(filters) = filters.as_ref().and_then(|f| f.downcast::<PyList>()) else {
        return Err(value_error(py, "_warnings.filters must be a list"));
    };
    if let Some(found) = search(py, filters, "filters", w, module)? {
        return Ok(found);
    }
    Ok(Filtered { action: default_action(py, st)?, item: none().owned() })
}

/// Is the key in a module's registry? A registry older than the last change of filters is emptied first. Enters the key if asked to.
pub(super) fn already_warned(
    py: Python,
    st: &State,
    registry: &PyDict,
    key: &PyObject,
    set: bool,
) -> PyResult<bool> {
    let name = intern!(py, "version");
    let version = registry.get_str(py, name)?;
    let current = version.and_then(|v| v.downcast_exact::<PyInt>().and_then(|v| v.as_i64()));
    if current == Some(st.filters_version.get()) {
        if let Some(seen) = registry.get_item(py, key)?
            && seen.is_true(py)?
        {
            return Ok(true);
        }
    } else {
        registry.clear();
        registry.set_item(
            py,
            name.as_object(),
            PyInt::from_i64(py, st.filters_version.get())?.as_object(),
        )?;
    }
    if set {
        registry.set_item(py, key, py_bool(true).as_object())?;
    }
    Ok(false)
}
