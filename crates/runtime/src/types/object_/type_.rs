//! The type `object`.

use super::{attributes, reduce};
use crate::prelude::*;
use crate::types::exceptions::PyExc_TypeError_Type;
use crate::types::type_::TypeExt;
use crate::types::{PyDict, PyInt, PyList, PyStr, PyTuple};

/// `object`'s type object.
pub fn type_object() -> &'static PyTypeObject {
    &PyBaseObject_Type
}

/// `tp_getattro` of `object`: exported for C, and compared with to recognise generic attribute access.
///
/// # Safety
/// A slot: called attached, with live objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyObject_GenericGetAttr(o: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    // SAFETY: a slot called attached with live objects.
    unsafe {
        let py = Python::assume_attached();
        let r = match (*name).downcast::<PyStr>() {
            Some(n) => attributes::generic_getattr(py, &*o, n),
            None => Err(attributes::bad_attribute_name(py, &*name)),
        };
        r.map_or(std::ptr::null_mut(), Py::into_raw)
    }
}

/// `tp_setattro` of `object`.
///
/// # Safety
/// A slot: called attached, with live objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyObject_GenericSetAttr(
    o: *mut PyObject,
    name: *mut PyObject,
    value: *mut PyObject,
) -> i32 {
    // SAFETY: a slot called attached with live objects; a null value deletes.
    unsafe {
        let py = Python::assume_attached();
        let r = match (*name).downcast::<PyStr>() {
            Some(n) => attributes::generic_setattr(py, &*o, n, value.as_ref()),
            None => Err(attributes::bad_attribute_name(py, &*name)),
        };
        if r.is_ok() { 0 } else { -1 }
    }
}

pub use PyObject_GenericGetAttr as getattro;
pub use PyObject_GenericSetAttr as setattro;

/// Is the definition that of `object.__getstate__`?
pub(super) fn is_default_getstate(d: &PyMethodDef) -> bool {
    PyBaseObject_Type.method_def("__getstate__").is_some_and(|own| own.ml_meth == d.ml_meth)
}

fn excess(args: &PyTuple, kwargs: Option<&PyDict>) -> bool {
    !args.is_empty() || kwargs.is_some_and(|k| !k.is_empty())
}

fn overrides_new(ty: &PyTypeObject) -> bool {
    ty.tp_new.get().map(|f| f as usize) != PyBaseObject_Type.tp_new.get().map(|f| f as usize)
}

fn overrides_init(ty: &PyTypeObject) -> bool {
    ty.tp_init.get().map(|f| f as usize) != PyBaseObject_Type.tp_init.get().map(|f| f as usize)
}

/// The base class of the class hierarchy. An instance has no attributes of its own.
#[pytype(name = "object", symbol = "PyBaseObject_Type", flags(BASETYPE), text = "()", foreign = ObjectMethods)]
impl PyObject {
    #[slot(tp_new)]
    fn tp_new(py: Python, cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if excess(args, kwargs) {
            if overrides_new(cls) {
                return Err(type_error(
                    py,
                    "object.__new__() takes exactly one argument (the type to instantiate)",
                ));
            }
            if !overrides_init(cls) {
                return Err(type_error(py, format!("{}() takes no arguments", cls.display_name())));
            }
        }
        if cls.has_flag(flags::IS_ABSTRACT) {
            return Err(abstract_error(py, cls));
        }
        let Some(alloc) = cls.tp_alloc.get() else { return Err(bad_internal_call(py)) };
        // SAFETY: the class's allocator.
        unsafe { from_c(py, alloc(cls as *const PyTypeObject as *mut PyTypeObject, 0)) }
    }

    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        if excess(args, kwargs) {
            let ty = self.ty();
            if overrides_init(ty) {
                return Err(type_error(
                    py,
                    "object.__init__() takes exactly one argument (the instance to initialize)",
                ));
            }
            if !overrides_new(ty) {
                return Err(type_error(
                    py,
                    format!(
                        "{}.__init__() takes exactly one argument (the instance to initialize)",
                        ty.display_name()
                    ),
                ));
            }
        }
        Ok(())
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: a plain instance owns nothing.
        unsafe {
            if let Some(free) = (*o).ty().tp_free.get() {
                free(o as *mut std::ffi::c_void);
            }
        }
    }

    #[slot(tp_getattro, raw)]
    unsafe extern "C" fn getattro_slot(o: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
        // SAFETY: the slot's own contract.
        unsafe { PyObject_GenericGetAttr(o, name) }
    }

    #[slot(tp_setattro, raw)]
    unsafe extern "C" fn setattro_slot(o: *mut PyObject, name: *mut PyObject, value: *mut PyObject) -> i32 {
        // SAFETY: the slot's own contract.
        unsafe { PyObject_GenericSetAttr(o, name, value) }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let ty = self.ty();
        let module = ty.module_name(py)?;
        let qualname = ty.qualname(py)?;
        let head = match module.downcast::<PyStr>() {
            Some(m) if !m.eq_str("builtins") => PyStr::concat3(py, "<", m, ".")?,
            _ => PyStr::new(py, "<")?,
        };
        PyStr::concat(
            py,
            &head,
            &*PyStr::concat3(py, "", &qualname, &format!(" object at {:p}>", self.as_ptr()))?,
        )
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        ObjectExt::repr(self, py)
    }

    #[slot(tp_hash)]
    fn hash(&self) -> isize {
        let h = (self.as_ptr() as usize).rotate_right(4) as isize;
        if h == -1 { -2 } else { h }
    }

    #[slot(tp_richcompare)]
    fn compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        match op {
            CompareOp::Eq if self.is(other) => Ok(py_bool(true).owned().into_object()),
            CompareOp::Ne => {
                // The opposite of `==`, if that knows.
                let Some(f) = self.ty().tp_richcompare.get() else { return Ok(not_implemented().owned()) };
                // SAFETY: a slot called with live objects.
                let r: Py = unsafe { from_c(py, f(self.as_ptr(), other.as_ptr(), CompareOp::Eq as i32))? };
                if r.is(not_implemented()) {
                    return Ok(r);
                }
                Ok(py_bool(!r.is_true(py)?).owned().into_object())
            }
            _ => Ok(not_implemented().owned()),
        }
    }

    /// Helper for pickle.
    #[pymethod(sig = "(protocol, /)")]
    fn __reduce_ex__(&self, py: Python, protocol: i32) -> PyResult {
        if let Some(f) = self.getattr_opt(py, intern!(py, "__reduce__"))? {
            let cls = self.ty();
            let own = cls.lookup(py, intern!(py, "__reduce__")).map(|v| v.as_ptr());
            let base = PyBaseObject_Type.lookup(py, intern!(py, "__reduce__")).map(|v| v.as_ptr());
            if own != base {
                return f.call0(py);
            }
        }
        reduce::reduce(py, self, protocol)
    }

    /// Helper for pickle.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult {
        reduce::reduce(py, self, 0)
    }

    /// Helper for pickle.
    #[pymethod]
    fn __getstate__(&self, py: Python) -> PyResult {
        reduce::default_state(py, self, false)
    }

    /// Abstract classes can override this to customize issubclass().
    #[classmethod(raw, text = "($type, object, /)")]
    fn __subclasshook__(cls: &PyTypeObject, py: Python, args: &[&PyObject]) -> Py {
        let _ = (cls, py, args);
        not_implemented().owned()
    }

    /// This method is called when a class is subclassed.
    #[classmethod]
    fn __init_subclass__(cls: &PyTypeObject) {
        let _ = cls;
    }

    /// Default object formatter.
    #[pymethod(sig = "(format_spec, /)")]
    fn __format__(&self, py: Python, format_spec: &PyStr) -> PyResult<Py<PyStr>> {
        if !format_spec.is_empty() {
            return Err(raise(
                py,
                &PyExc_TypeError_Type,
                format!("unsupported format string passed to {}.__format__", self.ty().display_name()),
            ));
        }
        self.str_(py)
    }

    /// Size of object in memory, in bytes.
    #[pymethod]
    fn __sizeof__(&self, py: Python) -> PyResult<Py<PyInt>> {
        let ty = self.ty();
        let mut size = ty.tp_basicsize.get();
        if ty.tp_itemsize.get() > 0 {
            // SAFETY: types with items have a length.
            let n = unsafe { self.downcast_unchecked::<PyVarObject>() }.ob_size.get();
            size += n.abs() * ty.tp_itemsize.get();
        }
        PyInt::from_i64(py, size as i64)
    }

    /// Default dir() implementation.
    #[pymethod]
    fn __dir__(&self, py: Python) -> PyResult<Py<PyList>> {
        let all = PyDict::new(py)?;
        if let Some(d) = self.getattr_opt(py, intern!(py, "__dict__"))?
            && let Some(d) = d.downcast::<PyDict>()
        {
            all.merge(py, d.as_object(), true)?;
        }
        if let Some(c) = self.getattr_opt(py, intern!(py, "__class__"))? {
            crate::types::type_::merge_class_dict(py, &all, &c)?;
        }
        all.as_object().to_list(py)
    }

    /// The class of the object.
    #[getter]
    fn __class__(&self) -> Py<PyTypeObject> {
        self.ty().owned()
    }

    #[setter(__class__)]
    fn set_class(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(v) = value else { return Err(type_error(py, "can't delete __class__ attribute")) };
        let Some(new) = v.downcast::<PyTypeObject>() else {
            return Err(type_error(
                py,
                format!("__class__ must be set to a class, not '{}' object", type_name(v)),
            ));
        };
        crate::types::type_::set_class(py, self, new)
    }
}

/// `Can't instantiate abstract class X without an implementation for abstract method 'y'`.
#[cold]
fn abstract_error(py: Python, cls: &PyTypeObject) -> Raised {
    let make = || -> PyResult<String> {
        let names = cls.object().getattr(py, intern!(py, "__abstractmethods__"))?.to_list(py)?;
        names.sort(py, None, false)?;
        let mut shown = Vec::new();
        for n in names.snapshot() {
            shown.push(format!("'{}'", n.str_(py)?.to_string_lossy()));
        }
        Ok(format!(
            "Can't instantiate abstract class {} without an implementation for abstract method{} {}",
            cls.display_name(),
            if shown.len() > 1 { "s" } else { "" },
            shown.join(", ")
        ))
    };
    match make() {
        Ok(text) => type_error(py, text),
        Err(e) => e,
    }
}

/// Lets `object` use the exported functions themselves as slots, so that a type which names them, in C or here, is
/// recognised by comparing pointers. Called before the first type is readied.
pub fn use_exported_slots() {
    PyBaseObject_Type.tp_getattro.set(Some(PyObject_GenericGetAttr));
    PyBaseObject_Type.tp_setattro.set(Some(PyObject_GenericSetAttr));
    PyBaseObject_Type.tp_alloc.set(Some(crate::types::type_::heap::PyType_GenericAlloc));
    PyBaseObject_Type.tp_free.set(Some(crate::types::type_::heap::PyObject_Free));
}
