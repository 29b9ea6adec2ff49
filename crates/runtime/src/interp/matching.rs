//! `match`: mapping and class patterns.

use crate::abstract_::ObjectExt;
use crate::errors::*;
use crate::types::{PyList, PySet, PyStr, PyTuple};
use object::typeobj::flags;
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, PyTypeObject, Python};

/// The values of all keys of a mapping pattern, or `None` if one is missing.
pub fn keys(py: Python, subject: &PyObject, keys: &PyTuple) -> PyResult {
    if keys.is_empty() {
        return Ok(PyTuple::empty(py).into_object());
    }
    // `get` with a marker: looking up must not make entries (`defaultdict`), and values may be anything.
    let get = crate::types::object_::get_method(py, subject, crate::intern!(py, "get"))?;
    let seen = PySet::new(py)?;
    let marker = PyList::empty(py)?.into_object();
    let mut values = Vec::with_capacity(keys.len());
    for key in keys.items() {
        if seen.contains(py, key)? {
            return Err(value_error(
                py,
                format!("mapping pattern checks duplicate key ({})", key.repr(py)?.to_string_lossy()),
            ));
        }
        seen.add(py, key)?;
        let value = match get.1 {
            true => get.0.call(py, &[subject, key, &marker])?,
            false => get.0.call(py, &[key, &marker])?,
        };
        if value.is(&marker) {
            return Ok(crate::singletons::none_owned());
        }
        values.push(value);
    }
    Ok(PyTuple::new(py, values)?.into_object())
}

/// Gets one attribute of a class pattern; `None` if the subject has it not.
fn attribute(
    py: Python,
    subject: &PyObject,
    class: &PyTypeObject,
    name: &PyObject,
    seen: &PySet,
) -> PyResult<Option<Py>> {
    if seen.contains(py, name)? {
        return Err(type_error(
            py,
            format!(
                "{}() got multiple sub-patterns for attribute {}",
                class.display_name(),
                name.repr(py)?.to_string_lossy()
            ),
        ));
    }
    seen.add(py, name)?;
    match name.downcast::<PyStr>() {
        Some(n) => subject.getattr_opt(py, n),
        None => Ok(None),
    }
}

/// A class pattern with `positional` sub-patterns and keyword ones named by `names`: the tuple of attributes, or `None`.
pub fn class(
    py: Python,
    subject: &PyObject,
    class: &PyObject,
    positional: usize,
    names: &PyTuple,
) -> PyResult {
    let Some(ty) = class.downcast::<PyTypeObject>() else {
        return Err(type_error(py, "called match pattern must be a class"));
    };
    if !subject.is_instance(py, class)? {
        return Ok(crate::singletons::none_owned());
    }
    let seen = PySet::new(py)?;
    let mut attributes = Vec::with_capacity(positional + names.len());
    if positional > 0 {
        let mut match_self = false;
        let match_args = match class.getattr_opt(py, crate::intern!(py, "__match_args__"))? {
            Some(m) => match m.downcast_into::<PyTuple>() {
                Ok(t) if PyTuple::check_exact(t.as_object()) => t,
                other => {
                    let o: Py = match other {
                        Ok(t) => t.into_object(),
                        Err(o) => o,
                    };
                    return Err(type_error(
                        py,
                        format!(
                            "{}.__match_args__ must be a tuple (got {})",
                            ty.display_name(),
                            type_name(&o)
                        ),
                    ));
                }
            },
            None => {
                match_self = ty.has_flag(flags::MATCH_SELF);
                PyTuple::empty(py)
            }
        };
        let allowed = if match_self { 1 } else { match_args.len() };
        if allowed < positional {
            return Err(type_error(
                py,
                format!(
                    "{}() accepts {allowed} positional sub-pattern{} ({positional} given)",
                    ty.display_name(),
                    if allowed == 1 { "" } else { "s" }
                ),
            ));
        }
        if match_self {
            attributes.push(subject.owned());
        } else {
            for name in match_args.items().iter().take(positional) {
                if name.downcast_exact::<PyStr>().is_none() {
                    return Err(type_error(
                        py,
                        format!("__match_args__ elements must be strings (got {})", type_name(name)),
                    ));
                }
                match attribute(py, subject, ty, name, &seen)? {
                    Some(v) => attributes.push(v),
                    None => return Ok(crate::singletons::none_owned()),
                }
            }
        }
    }
    for name in names.items() {
        match attribute(py, subject, ty, name, &seen)? {
            Some(v) => attributes.push(v),
            None => return Ok(crate::singletons::none_owned()),
        }
    }
    Ok(PyTuple::new(py, attributes)?.into_object())
}
