//! The computed attributes of classes, and `__dict__` and `__weakref__` of their instances.

use super::{TypeExt, bases, cache, subclasses};
use crate::prelude::*;
use crate::types::descr::{self, PyMappingProxy};
use crate::types::object_::{generic_get_dict, generic_set_dict};
use crate::types::weakref;
use object::typeobj::Setter;
use std::ffi::{CStr, c_int, c_void};
use std::ptr::null_mut;

/// Refuses to change builtin types, and to delete what every class has (`check_set_special_type_attr`).
fn value_for<'a>(
    py: Python,
    ty: &PyTypeObject,
    value: Option<&'a PyObject>,
    name: &str,
) -> PyResult<&'a PyObject> {
    check_mutable(py, ty, name)?;
    match value {
        Some(v) => Ok(v),
        None => Err(type_error(
            py,
            format!(
                "cannot delete '{name}' attribute of immutable type '{}'",
                ty.tp_name().to_string_lossy()
            ),
        )),
    }
}

fn check_mutable(py: Python, ty: &PyTypeObject, name: &str) -> PyResult<()> {
    if ty.has_flag(flags::IMMUTABLETYPE) {
        return Err(type_error(
            py,
            format!("cannot set '{name}' attribute of immutable type '{}'", ty.tp_name().to_string_lossy()),
        ));
    }
    Ok(())
}

/// An attribute of the class's dict, bound to the class if it is a descriptor.
fn own_bound(py: Python, ty: &PyTypeObject, name: &PyStr) -> PyResult<Option<Py>> {
    let Some(v) = ty.own_dict(py)?.get_str(py, name)? else { return Ok(None) };
    match v.ty().tp_descr_get.get() {
        // SAFETY: a slot called with live objects.
        Some(f) => unsafe { from_c(py, f(v.as_ptr(), null_mut(), ty.as_ptr())).map(Some) },
        None => Ok(Some(v)),
    }
}

/// `__module__`.
pub(super) fn module(py: Python, ty: &PyTypeObject) -> PyResult {
    if ty.has_flag(flags::HEAPTYPE) {
        let name = intern!(py, "__module__");
        return match ty.own_dict(py)?.get_str(py, name)? {
            Some(m) => Ok(m),
            None => Err(raise_with(
                py,
                crate::types::exceptions::PyAttributeError::type_object(),
                name.as_object(),
            )),
        };
    }
    let name = ty.tp_name().to_string_lossy();
    match name.rsplit_once('.') {
        Some((module, _)) => Ok(PyStr::intern(py, PyStr::new(py, module)?).into_object()),
        None => Ok(intern!(py, "builtins").as_object().owned()),
    }
}

/// The name that is being assigned, with its C form.
fn new_name<'a>(py: Python, ty: &PyTypeObject, value: &'a PyObject, attr: &str) -> PyResult<&'a PyStr> {
    match value.downcast::<PyStr>() {
        Some(s) => Ok(s),
        None => Err(type_error(
            py,
            format!(
                "can only assign string to {}.{attr}, not '{}'",
                ty.tp_name().to_string_lossy(),
                value.ty().tp_name().to_string_lossy()
            ),
        )),
    }
}

#[pymethods(attributes, foreign = TypeAttributes, type_name = "type")]
impl PyTypeObject {
    #[getter]
    fn __name__(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.name(py)
    }

    #[setter(__name__)]
    fn set_name(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let value = value_for(py, self, value, "__name__")?;
        let name = new_name(py, self, value, "__name__")?;
        if name.as_utf8(py)?.contains('\0') {
            return Err(value_error(py, "type name must not contain null characters"));
        }
        let Some(heap) = self.heap() else { return Err(bad_internal_call(py)) };
        let text = super::new::c_name(py, name)?;
        let old = heap.ht_name.replace(Some(name.owned()));
        self.tp_name.set(text);
        drop(old);
        Ok(())
    }

    #[getter]
    fn __qualname__(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.qualname(py)
    }

    #[setter(__qualname__)]
    fn set_qualname(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let value = value_for(py, self, value, "__qualname__")?;
        let name = new_name(py, self, value, "__qualname__")?;
        if let Some(heap) = self.heap() {
            heap.ht_qualname.set(Some(name.owned()));
        }
        Ok(())
    }

    #[getter]
    fn __bases__(&self, py: Python) -> Py<PyTuple> {
        self.bases().unwrap_or_else(|| PyTuple::empty(py))
    }

    #[setter(__bases__)]
    fn set_bases(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let value = value_for(py, self, value, "__bases__")?;
        bases::set_bases(py, self, value)
    }

    #[getter]
    fn __mro__(&self) -> Py {
        self.mro().map_or_else(|| none().owned(), Py::into_object)
    }

    #[getter]
    fn __module__(&self, py: Python) -> PyResult {
        module(py, self)
    }

    #[setter(__module__)]
    fn set_module(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let value = value_for(py, self, value, "__module__")?;
        self.modified(py);
        let dict = self.own_dict(py)?;
        // The line number is of no use without the right module.
        dict.pop(py, intern!(py, "__firstlineno__"))?;
        dict.set_item(py, intern!(py, "__module__"), value)
    }

    #[getter]
    fn __abstractmethods__(&self, py: Python) -> PyResult {
        let name = intern!(py, "__abstractmethods__");
        // `type` itself has the descriptor under that name.
        let found = if std::ptr::eq(self, &super::PyType_Type) {
            None
        } else {
            self.own_dict(py)?.get_str(py, name)?
        };
        found.ok_or_else(|| missing(py, name))
    }

    #[setter(__abstractmethods__)]
    fn set_abstractmethods(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let (name, dict) = (intern!(py, "__abstractmethods__"), self.own_dict(py)?);
        let is_abstract = match value {
            Some(v) => {
                let truth = v.is_true(py)?;
                dict.set_item(py, name, v)?;
                truth
            }
            None => {
                if dict.pop(py, name)?.is_none() {
                    return Err(missing(py, name));
                }
                false
            }
        };
        self.modified(py);
        let rest = self.tp_flags.get() & !flags::IS_ABSTRACT;
        self.tp_flags.set(if is_abstract { rest | flags::IS_ABSTRACT } else { rest });
        Ok(())
    }

    #[getter]
    fn __dict__(&self, py: Python) -> PyResult<Py<PyMappingProxy>> {
        PyMappingProxy::new(py, self.own_dict(py)?)
    }

    #[getter]
    fn __doc__(&self, py: Python) -> PyResult {
        if !self.has_flag(flags::HEAPTYPE) && !self.tp_doc.get().is_null() {
            return descr::doc_of(py, &self.tp_name().to_string_lossy(), self.tp_doc.get());
        }
        Ok(own_bound(py, self, intern!(py, "__doc__"))?.unwrap_or_else(|| none().owned()))
    }

    #[setter(__doc__)]
    fn set_doc(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let value = value_for(py, self, value, "__doc__")?;
        self.modified(py);
        self.own_dict(py)?.set_item(py, intern!(py, "__doc__"), value)
    }

    #[getter]
    fn __text_signature__(&self, py: Python) -> PyResult {
        descr::signature_of(py, &self.tp_name().to_string_lossy(), self.tp_doc.get())
    }

    #[getter]
    fn __annotations__(&self, py: Python) -> PyResult {
        let dict = heap_dict(py, self, "__annotations__")?;
        let cache = intern!(py, "__annotations_cache__");
        for key in [intern!(py, "__annotations__"), cache] {
            if let Some(v) = own_bound(py, self, key)? {
                return Ok(v);
            }
        }
        let annotate = self.as_object().getattr(py, intern!(py, "__annotate__"))?;
        let made = if annotate.is_callable() {
            let made = annotate.call1(py, &*PyInt::from_i64(py, 1)?)?;
            if !PyDict::check(&made) {
                return Err(type_error(
                    py,
                    format!("__annotate__ returned non-dict of type '{}'", type_name(&made)),
                ));
            }
            made
        } else {
            PyDict::new(py)?.into_object()
        };
        dict.set_item(py, cache, &made)?;
        self.modified(py);
        Ok(made)
    }

    #[setter(__annotations__)]
    fn set_annotations(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        check_mutable(py, self, "__annotations__")?;
        let dict = self.own_dict(py)?;
        let (own, cache) = (intern!(py, "__annotations__"), intern!(py, "__annotations_cache__"));
        match value {
            Some(v) => {
                let key = if dict.contains(py, own)? { own } else { cache };
                dict.set_item(py, key, v)?;
            }
            None => {
                if dict.pop(py, own)?.is_none() && dict.pop(py, cache)?.is_none() {
                    return Err(missing(py, own));
                }
            }
        }
        // What computed the old annotations no longer applies.
        dict.pop(py, intern!(py, "__annotate_func__"))?;
        dict.pop(py, intern!(py, "__annotate__"))?;
        self.modified(py);
        Ok(())
    }

    #[getter]
    fn __annotate__(&self, py: Python) -> PyResult {
        let dict = heap_dict(py, self, "__annotate__")?;
        let func = intern!(py, "__annotate_func__");
        for key in [intern!(py, "__annotate__"), func] {
            if let Some(v) = own_bound(py, self, key)? {
                return Ok(v);
            }
        }
        dict.set_item(py, func, none())?;
        self.modified(py);
        Ok(none().owned())
    }

    #[setter(__annotate__)]
    fn set_annotate(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(v) = value else { return Err(type_error(py, "cannot delete __annotate__ attribute")) };
        check_mutable(py, self, "__annotate__")?;
        if !v.is_none() && !v.is_callable() {
            return Err(type_error(py, "__annotate__ must be callable or None"));
        }
        let dict = self.own_dict(py)?;
        dict.set_item(py, intern!(py, "__annotate_func__"), v)?;
        if !v.is_none() {
            dict.pop(py, intern!(py, "__annotations__"))?;
            dict.pop(py, intern!(py, "__annotations_cache__"))?;
        }
        self.modified(py);
        Ok(())
    }

    #[getter]
    fn __type_params__(&self, py: Python) -> PyResult {
        let name = intern!(py, "__type_params__");
        // `type` itself has the descriptor under that name.
        let found = if std::ptr::eq(self, &super::PyType_Type) {
            None
        } else {
            self.own_dict(py)?.get_str(py, name)?
        };
        Ok(found.unwrap_or_else(|| PyTuple::empty(py).into_object()))
    }

    #[setter(__type_params__)]
    fn set_type_params(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let value = value_for(py, self, value, "__type_params__")?;
        self.own_dict(py)?.set_item(py, intern!(py, "__type_params__"), value)?;
        self.modified(py);
        Ok(())
    }
}

#[cold]
fn missing(py: Python, name: &PyStr) -> Raised {
    raise_with(py, crate::types::exceptions::PyAttributeError::type_object(), name.as_object())
}

/// The dict of a class that can have annotations.
fn heap_dict<'a>(py: Python, ty: &'a PyTypeObject, name: &str) -> PyResult<&'a PyDict> {
    if !ty.has_flag(flags::HEAPTYPE) {
        return Err(attribute_error(
            py,
            format!("type object '{}' has no attribute '{name}'", ty.tp_name().to_string_lossy()),
        ));
    }
    ty.own_dict(py)
}

/// Sets or clears flags of a class and of its subclasses that can be changed (`_PyType_SetFlagsRecursive`).
pub fn set_flags_recursive(py: Python, ty: &PyTypeObject, mask: u64, bits: u64) {
    if ty.has_flag(flags::IMMUTABLETYPE) || ty.tp_flags.get() & mask == bits {
        return;
    }
    cache::modified(py, ty);
    ty.tp_flags.set(ty.tp_flags.get() & !mask | bits);
    subclasses::for_each(py, ty, &mut |sub| set_flags_recursive(py, sub, mask, bits));
}

// `__dict__` and `__weakref__` of instances.

/// The nearest builtin base whose instances have a dict: its own `__dict__` descriptor knows how to reach it.
fn base_with_dict(ty: &PyTypeObject) -> Option<&PyTypeObject> {
    let mut at = ty;
    while let Some(base) = at.base() {
        if at.tp_dictoffset.get() != 0 && !at.has_flag(flags::HEAPTYPE) {
            return Some(at);
        }
        at = base;
    }
    None
}

fn dict_descriptor(py: Python, o: &PyObject) -> PyResult<Option<Py>> {
    let Some(base) = base_with_dict(o.ty()) else { return Ok(None) };
    match base.lookup(py, intern!(py, "__dict__")).filter(|d| d.ty().tp_descr_set.get().is_some()) {
        Some(d) => Ok(Some(d.owned())),
        None => Err(type_error(
            py,
            format!(
                "this __dict__ descriptor does not support '{}' objects",
                o.ty().tp_name().to_string_lossy()
            ),
        )),
    }
}

fn get_dict(py: Python, o: &PyObject) -> PyResult {
    match dict_descriptor(py, o)? {
        None => generic_get_dict(py, o),
        Some(d) => match d.ty().tp_descr_get.get() {
            // SAFETY: a slot called with live objects.
            Some(f) => unsafe { from_c(py, f(d.as_ptr(), o.as_ptr(), o.ty().as_ptr())) },
            None => Ok(d),
        },
    }
}

fn set_dict(py: Python, o: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
    match dict_descriptor(py, o)? {
        None => match value {
            // Deletion leaves an instance whose dict will be made anew.
            None => crate::types::object_::set_dict(py, o, None),
            Some(_) => generic_set_dict(py, o, value),
        },
        Some(d) => match d.ty().tp_descr_set.get() {
            // SAFETY: a slot called with live objects.
            Some(f) => unsafe {
                status(py, f(d.as_ptr(), o.as_ptr(), value.map_or(null_mut(), |v| v.as_ptr()))).map(drop)
            },
            None => Err(bad_internal_call(py)),
        },
    }
}

fn get_weakref(py: Python, o: &PyObject) -> PyResult {
    match weakref::anchor(o) {
        None => Err(attribute_error(py, "This object has no __weakref__")),
        // SAFETY: null or the first reference of the object's list, which is alive.
        Some(a) => Ok(unsafe { a.get().as_ref() }.map_or_else(|| none().owned(), |r| r.as_object().owned())),
    }
}

unsafe extern "C" fn dict_getter(o: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    // SAFETY: a getter called attached with an instance.
    unsafe { get_dict(Python::assume_attached(), &*o).map_or(null_mut(), Py::into_raw) }
}

unsafe extern "C" fn dict_setter(o: *mut PyObject, value: *mut PyObject, _: *mut c_void) -> c_int {
    // SAFETY: a setter called attached with an instance; null deletes.
    unsafe { if set_dict(Python::assume_attached(), &*o, value.as_ref()).is_ok() { 0 } else { -1 } }
}

unsafe extern "C" fn weakref_getter(o: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    // SAFETY: a getter called attached with an instance.
    unsafe { get_weakref(Python::assume_attached(), &*o).map_or(null_mut(), Py::into_raw) }
}

const fn entry(
    name: &'static CStr,
    get: unsafe extern "C" fn(*mut PyObject, *mut c_void) -> *mut PyObject,
    set: Option<Setter>,
    doc: &'static CStr,
) -> PyGetSetDef {
    PyGetSetDef { name: name.as_ptr(), get: Some(get), set, doc: doc.as_ptr(), closure: null_mut() }
}

const DICT: PyGetSetDef = entry(c"__dict__", dict_getter, Some(dict_setter), c"the instance's variables");
const WEAKREF: PyGetSetDef =
    entry(c"__weakref__", weakref_getter, None, c"the first weak reference to the object");
static BOTH: [PyGetSetDef; 3] = [DICT, WEAKREF, PyGetSetDef::END];
static ONLY_DICT: [PyGetSetDef; 2] = [DICT, PyGetSetDef::END];
static ONLY_WEAKREF: [PyGetSetDef; 2] = [WEAKREF, PyGetSetDef::END];

/// The definitions for a class that adds a dict, weak references, both or neither.
pub(super) fn for_instances(dict: bool, weakref: bool) -> *mut PyGetSetDef {
    let table: &[PyGetSetDef] = match (dict, weakref) {
        (true, true) => &BOTH,
        (true, false) => &ONLY_DICT,
        (false, true) => &ONLY_WEAKREF,
        (false, false) => return null_mut(),
    };
    table.as_ptr() as *mut PyGetSetDef
}
