//! Pickling by default: `__reduce_ex__`, `__getstate__`.

use crate::prelude::*;
use crate::types::type_::TypeExt;
use crate::types::{PyDict, PyInt, PyList, PyStr, PyTuple};

/// The names of a class's slots, from `copyreg._slotnames`, cached in the class.
fn slot_names(py: Python, cls: &PyTypeObject) -> PyResult<Option<Py<PyList>>> {
    let name = intern!(py, "__slotnames__");
    let own = match cls.dict() {
        Some(d) => d.get_str(py, name)?,
        None => None,
    };
    let names = match own {
        Some(n) => n,
        None => crate::import::import_attr(py, "copyreg", "_slotnames")?.call1(py, cls.object())?,
    };
    if names.is_none() {
        return Ok(None);
    }
    match names.downcast_into::<PyList>() {
        Ok(l) => Ok(Some(l)),
        Err(o) => Err(type_error(
            py,
            format!("{}.__slotnames__ should be a list or None, not {}", cls.display_name(), type_name(&o)),
        )),
    }
}

/// What `object.__getstate__` gives: the dict, or (dict, slots) if slots are set. `required`: it is an error if the
/// state can't be known, because the C layout has fields of its own.
pub(super) fn default_state(py: Python, o: &PyObject, required: bool) -> PyResult {
    let ty = o.ty();
    if required && ty.tp_itemsize.get() != 0 {
        return Err(type_error(py, format!("cannot pickle {} objects", ty.tp_name().to_string_lossy())));
    }
    let state = match super::dict_of_existing(py, o)? {
        Some(d) if d.downcast::<PyDict>().is_none_or(|d| !d.is_empty()) => d,
        _ => none().owned(),
    };
    let names = slot_names(py, ty)?;
    if required {
        let mut size =
            if ty.tp_flags.get() & flags::MANAGED_DICT == 0 && ty.tp_dictoffset.get() > 0 { 8 } else { 0 };
        size += super::type_::type_object().tp_basicsize.get();
        if ty.tp_flags.get() & flags::MANAGED_WEAKREF == 0 && ty.tp_weaklistoffset.get() > 0 {
            size += 8;
        }
        if let Some(n) = &names {
            size += 8 * n.len() as isize;
        }
        if ty.tp_basicsize.get() > size {
            return Err(type_error(py, format!("cannot pickle '{}' object", ty.tp_name().to_string_lossy())));
        }
    }
    let Some(names) = names.filter(|n| !n.is_empty()) else { return Ok(state) };
    let slots = PyDict::new(py)?;
    for n in names.snapshot() {
        if let Some(name) = n.downcast::<PyStr>()
            && let Some(v) = o.getattr_opt(py, name)?
        {
            slots.set_item(py, name, &v)?;
        }
    }
    if slots.is_empty() {
        return Ok(state);
    }
    Ok(PyTuple::new(py, [state, slots.into_object()])?.into_object())
}

/// `o.__getstate__()`, the default one checked strictly.
fn state_of(py: Python, o: &PyObject, required: bool) -> PyResult {
    let f = o.getattr(py, intern!(py, "__getstate__"))?;
    let is_default = f
        .downcast::<crate::types::PyCFunction>()
        .is_some_and(|f| f.m_self.as_ptr() == o.as_ptr() && super::type_::is_default_getstate(f.def()));
    if is_default { default_state(py, o, required) } else { f.call0(py) }
}

/// `object.__reduce_ex__(protocol)` without an overridden `__reduce__`.
pub(super) fn reduce(py: Python, o: &PyObject, protocol: i32) -> PyResult {
    if protocol < 2 {
        let f = crate::import::import_attr(py, "copyreg", "_reduce_ex")?;
        return f.call(py, &[o, PyInt::from_i64(py, protocol as i64)?.as_object()]);
    }
    let cls = o.ty();
    if cls.tp_new.get().is_none() {
        return Err(type_error(py, format!("cannot pickle '{}' object", cls.tp_name().to_string_lossy())));
    }
    let (args, kwargs) = new_arguments(py, o)?;
    let required = args.is_none() && !PyList::check(o) && !PyDict::check(o);
    let has_kwargs = kwargs.as_ref().is_some_and(|k| !k.is_empty());
    let (func, new_args) = if has_kwargs {
        let f = crate::import::import_attr(py, "copyreg", "__newobj_ex__")?;
        let a = match args {
            Some(a) => a,
            None => PyTuple::empty(py),
        };
        let k = kwargs.ok_or_else(|| bad_internal_call(py))?;
        (f, PyTuple::new(py, [cls.owned().into_object(), a.into_object(), k.into_object()])?)
    } else {
        let f = crate::import::import_attr(py, "copyreg", "__newobj__")?;
        let mut v = vec![cls.owned().into_object()];
        if let Some(a) = args {
            v.extend(a.items().iter().map(|i| i.owned()));
        }
        (f, PyTuple::new(py, v)?)
    };
    let state = state_of(py, o, required)?;
    let list_items = if PyList::check(o) { o.get_iter(py)? } else { none().owned() };
    let dict_items = if PyDict::check(o) {
        o.call_method0(py, intern!(py, "items"))?.get_iter(py)?
    } else {
        none().owned()
    };
    Ok(PyTuple::new(py, [func, new_args.into_object(), state, list_items, dict_items])?.into_object())
}

type NewArguments = (Option<Py<PyTuple>>, Option<Py<PyDict>>);

/// Arguments for `__new__` from `__getnewargs_ex__` or `__getnewargs__`.
fn new_arguments(py: Python, o: &PyObject) -> PyResult<NewArguments> {
    if let Some(f) = o.lookup_special(py, intern!(py, "__getnewargs_ex__"))? {
        let r = f.call0(py)?;
        let Some(t) = r.downcast::<PyTuple>() else {
            return Err(type_error(
                py,
                format!("__getnewargs_ex__ should return a tuple, not '{}'", type_name(&r)),
            ));
        };
        let [a, k] = t.items() else {
            return Err(value_error(
                py,
                format!("__getnewargs_ex__ should return a tuple of length 2, not {}", t.len()),
            ));
        };
        let Some(a) = a.downcast::<PyTuple>() else {
            return Err(type_error(
                py,
                format!(
                    "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'",
                    type_name(a)
                ),
            ));
        };
        let Some(k) = k.downcast::<PyDict>() else {
            return Err(type_error(
                py,
                format!(
                    "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'",
                    type_name(k)
                ),
            ));
        };
        return Ok((Some(a.owned()), Some(k.owned())));
    }
    if let Some(f) = o.lookup_special(py, intern!(py, "__getnewargs__"))? {
        let r = f.call0(py)?;
        return match r.downcast_into::<PyTuple>() {
            Ok(t) => Ok((Some(t), None)),
            Err(o) => {
                Err(type_error(py, format!("__getnewargs__ should return a tuple, not '{}'", type_name(&o))))
            }
        };
    }
    Ok((None, None))
}
