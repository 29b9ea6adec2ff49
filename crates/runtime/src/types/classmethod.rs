//! `classmethod` and `staticmethod`.

use crate::prelude::*;
use crate::types::{PyDict, PyMethod, PyStr, PyTuple, generic_alias, object_};

/// `classmethod`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyClassMethod {
    pub ob_base: PyObject,
    pub callable: Slot,
    pub dict: Slot<PyDict>,
}

/// `staticmethod`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyStaticMethod {
    pub ob_base: PyObject,
    pub callable: Slot,
    pub dict: Slot<PyDict>,
}

/// Gives the wrapper the attributes of what it wraps.
fn take_over_attributes(py: Python, wrapper: &PyObject, wrapped: &PyObject) -> PyResult<()> {
    for name in [
        intern!(py, "__module__"),
        intern!(py, "__name__"),
        intern!(py, "__qualname__"),
        intern!(py, "__doc__"),
    ] {
        if let Some(v) = wrapped.getattr_opt(py, name)? {
            wrapper.setattr(py, name, &v)?;
        }
    }
    Ok(())
}

fn abstract_flag(py: Python, callable: &Slot) -> PyResult<bool> {
    match callable.get_owned() {
        Some(c) => match c.getattr_opt(py, intern!(py, "__isabstractmethod__"))? {
            Some(v) => v.is_true(py),
            None => Ok(false),
        },
        None => Ok(false),
    }
}

/// An attribute that exists on demand: read through to the wrapped function, kept in the wrapper's own dict once set.
fn forwarded(py: Python, this: &PyObject, callable: &Slot, name: &PyStr) -> PyResult {
    let d = object_::generic_get_dict(py, this)?;
    if let Some(d) = d.downcast::<PyDict>() {
        if let Some(v) = d.get_str(py, name)? {
            return Ok(v);
        }
        if let Some(c) = callable.get_owned() {
            let v = c.getattr(py, name)?;
            d.set_item(py, name, &v)?;
            return Ok(v);
        }
    }
    Err(attribute_error_for(
        py,
        this,
        name,
        format!("'{}' object has no attribute '{}'", type_name(this), name.to_string_lossy()),
    ))
}

fn set_forwarded(py: Python, this: &PyObject, name: &PyStr, value: Option<&PyObject>) -> PyResult<()> {
    let d = object_::generic_get_dict(py, this)?;
    match (d.downcast::<PyDict>(), value) {
        (Some(d), Some(v)) => d.set_item(py, name, v),
        (Some(d), None) if d.pop(py, name)?.is_some() => Ok(()),
        (Some(_), None) => Err(attribute_error_for(
            py,
            this,
            name,
            format!("'{}' object has no attribute '{}'", type_name(this), name.to_string_lossy()),
        )),
        _ => Ok(()),
    }
}

macro_rules! wrapper_type {
    ($t:ident, $name:literal, $symbol:literal, $doc:literal, { $($extra:tt)* }) => {
        #[doc = $doc]
        #[pytype(name = $name, symbol = $symbol, flags(BASETYPE, GC), dictoffset = dict, members(callable as __func__: object readonly, callable as __wrapped__: object readonly))]
        impl $t {
            #[slot(tp_new)]
            fn tp_new(py: Python, cls: &PyTypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<$t>> {
                let header = PyObject::header(cls);
                // Until `__init__` has run it wraps None.
                new_object(py, cls, $t { ob_base: header, callable: Slot::from(none().owned()), dict: Slot::empty() })
            }

            #[slot(tp_init, sig = "(function, /)")]
            fn init(&self, py: Python, function: &PyObject) -> PyResult<()> {
                self.callable.set(Some(function.owned()));
                take_over_attributes(py, self.as_object(), function)
            }

            #[slot(tp_repr)]
            fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
                let inner = self.callable.get_owned().unwrap_or_else(|| none().owned()).repr(py)?;
                PyStr::concat3(py, concat!("<", $name, "("), &inner, ")>")
            }

            #[getter]
            fn __isabstractmethod__(&self, py: Python) -> PyResult<bool> {
                abstract_flag(py, &self.callable)
            }

            #[getter(__dict__)]
            fn get_dict(&self, py: Python) -> PyResult {
                object_::generic_get_dict(py, self.as_object())
            }

            #[setter(__dict__)]
            fn set_dict(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
                object_::generic_set_dict(py, self.as_object(), value)
            }

            #[getter]
            fn __annotations__(&self, py: Python) -> PyResult {
                forwarded(py, self.as_object(), &self.callable, intern!(py, "__annotations__"))
            }

            #[setter(__annotations__)]
            fn set_annotations(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
                set_forwarded(py, self.as_object(), intern!(py, "__annotations__"), value)
            }

            #[getter]
            fn __annotate__(&self, py: Python) -> PyResult {
                forwarded(py, self.as_object(), &self.callable, intern!(py, "__annotate__"))
            }

            #[setter(__annotate__)]
            fn set_annotate(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
                set_forwarded(py, self.as_object(), intern!(py, "__annotate__"), value)
            }

            #[classmethod]
            fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
                generic_alias::new(py, cls.object(), object)
            }

            $($extra)*
        }
    };
}

wrapper_type!(
    PyClassMethod,
    "classmethod",
    "PyClassMethod_Type",
    "Makes a function a method of the class.",
    {
        #[slot(tp_descr_get)]
        fn get(&self, py: Python, obj: Option<&PyObject>, ty: Option<&PyObject>) -> PyResult {
            let Some(f) = self.callable.get_owned() else {
                return Err(runtime_error(py, "uninitialized classmethod object"));
            };
            let owner;
            let class = match (ty, obj) {
                (Some(t), _) => t,
                (None, Some(o)) => {
                    owner = o.ty().owned().into_object();
                    &owner
                }
                (None, None) => return Err(type_error(py, "__get__(None, None) is invalid")),
            };
            Ok(PyMethod::new(py, &f, class)?.into_object())
        }
    }
);

wrapper_type!(
    PyStaticMethod,
    "staticmethod",
    "PyStaticMethod_Type",
    "Makes a function an attribute that is not bound.",
    {
        #[slot(tp_descr_get)]
        fn get(&self, py: Python, _obj: Option<&PyObject>, _ty: Option<&PyObject>) -> PyResult {
            self.callable.get_owned().ok_or_else(|| runtime_error(py, "uninitialized staticmethod object"))
        }

        #[slot(tp_call)]
        fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
            match self.callable.get_owned() {
                Some(f) => f.call_tuple_dict(py, args, kwargs),
                None => Err(runtime_error(py, "uninitialized staticmethod object")),
            }
        }
    }
);

impl PyClassMethod {
    /// A class method around a callable (`PyClassMethod_New`).
    pub fn new(py: Python, callable: &PyObject) -> PyResult<Py<PyClassMethod>> {
        let ty = PyClassMethod::type_object();
        let header = PyObject::header(ty);
        new_object(
            py,
            ty,
            PyClassMethod { ob_base: header, callable: Slot::from(callable.owned()), dict: Slot::empty() },
        )
    }
}

impl PyStaticMethod {
    /// A static method around a callable (`PyStaticMethod_New`).
    pub fn new(py: Python, callable: &PyObject) -> PyResult<Py<PyStaticMethod>> {
        let ty = PyStaticMethod::type_object();
        let header = PyObject::header(ty);
        new_object(
            py,
            ty,
            PyStaticMethod { ob_base: header, callable: Slot::from(callable.owned()), dict: Slot::empty() },
        )
    }
}
