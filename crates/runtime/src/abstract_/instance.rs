//! `isinstance` and `issubclass`.

use crate::abstract_::ObjectExt;
use crate::errors::*;
use crate::intern;
use crate::state::enter_recursive_call;
use crate::types::{PyTuple, PyUnion};
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, PyTypeObject, Python};

/// `isinstance(o, class)`.
pub fn is_instance(py: Python, o: &PyObject, class: &PyObject) -> PyResult<bool> {
    if std::ptr::eq(o.ob_type.get() as *const PyObject, class) {
        return Ok(true);
    }
    if PyTypeObject::check_exact(class) {
        return plain_is_instance(py, o, class);
    }
    if let Some(t) = union_args(class) {
        return any(py, &t, " in __instancecheck__", |c| is_instance(py, o, c));
    }
    if let Some(f) = class.lookup_special(py, intern!(py, "__instancecheck__"))? {
        enter_recursive_call(py, " in __instancecheck__")?;
        return f.call1(py, o)?.is_true(py);
    }
    plain_is_instance(py, o, class)
}

/// `issubclass(class, of)`.
pub fn is_subclass(py: Python, class: &PyObject, of: &PyObject) -> PyResult<bool> {
    if PyTypeObject::check_exact(of) {
        if class.is(of) {
            return Ok(true);
        }
        return plain_is_subclass(py, class, of);
    }
    if let Some(t) = union_args(of) {
        return any(py, &t, " in __subclasscheck__", |c| is_subclass(py, class, c));
    }
    if let Some(f) = of.lookup_special(py, intern!(py, "__subclasscheck__"))? {
        enter_recursive_call(py, " in __subclasscheck__")?;
        return f.call1(py, class)?.is_true(py);
    }
    plain_is_subclass(py, class, of)
}

fn union_args(class: &PyObject) -> Option<Py<PyTuple>> {
    if let Some(t) = class.downcast::<PyTuple>() {
        return Some(t.owned());
    }
    class.downcast_exact::<PyUnion>().map(|u| u.args())
}

fn any(py: Python, t: &PyTuple, place: &str, f: impl Fn(&PyObject) -> PyResult<bool>) -> PyResult<bool> {
    enter_recursive_call(py, place)?;
    for c in t.items() {
        if f(c)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What `type.__instancecheck__` does.
pub fn plain_is_instance(py: Python, o: &PyObject, class: &PyObject) -> PyResult<bool> {
    if let Some(t) = class.downcast::<PyTypeObject>() {
        if o.ty().is_subtype(t) {
            return Ok(true);
        }
        // A proxy may claim another class.
        return Ok(match o.getattr_opt(py, intern!(py, "__class__"))? {
            Some(c) if !std::ptr::eq(c.as_ptr() as *const PyTypeObject, o.ty()) => {
                c.downcast::<PyTypeObject>().is_some_and(|c| c.is_subtype(t))
            }
            _ => false,
        });
    }
    if !check_class(py, class)? {
        return Err(type_error(py, "isinstance() arg 2 must be a type, a tuple of types, or a union"));
    }
    match o.getattr_opt(py, intern!(py, "__class__"))? {
        Some(c) => abstract_is_subclass(py, &c, class),
        None => Ok(false),
    }
}

/// What `type.__subclasscheck__` does.
pub fn plain_is_subclass(py: Python, class: &PyObject, of: &PyObject) -> PyResult<bool> {
    if let (Some(a), Some(b)) = (class.downcast::<PyTypeObject>(), of.downcast::<PyTypeObject>()) {
        return Ok(a.is_subtype(b));
    }
    if !check_class(py, class)? {
        return Err(type_error(py, "issubclass() arg 1 must be a class"));
    }
    if !check_class(py, of)? {
        return Err(type_error(py, "issubclass() arg 2 must be a class, a tuple of classes, or a union"));
    }
    abstract_is_subclass(py, class, of)
}

/// Anything with a tuple of `__bases__` passes for a class.
fn check_class(py: Python, o: &PyObject) -> PyResult<bool> {
    Ok(o.downcast::<PyTypeObject>().is_some() || bases(py, o)?.is_some())
}

fn bases(py: Python, o: &PyObject) -> PyResult<Option<Py<PyTuple>>> {
    Ok(o.getattr_opt(py, intern!(py, "__bases__"))?.and_then(|b| b.downcast_into::<PyTuple>().ok()))
}

fn abstract_is_subclass(py: Python, derived: &PyObject, class: &PyObject) -> PyResult<bool> {
    let mut derived = derived.owned();
    loop {
        if derived.is(class) {
            return Ok(true);
        }
        let Some(b) = bases(py, &derived)? else { return Ok(false) };
        // One base is followed in the loop: long single-inheritance chains need no stack.
        match b.items() {
            [] => return Ok(false),
            [only] => derived = only.owned(),
            several => {
                enter_recursive_call(py, " in __issubclass__")?;
                for base in several {
                    if abstract_is_subclass(py, base, class)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
        }
    }
}
