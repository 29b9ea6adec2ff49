//! `Ellipsis` and `NotImplemented`.

use crate::prelude::*;
use crate::types::exceptions::PyExc_TypeError_Type;
use crate::types::{PyDict, PyStr, PyTuple};

/// The layout of `Ellipsis`.
#[repr(C)]
pub struct PyEllipsis {
    pub ob_base: PyObject,
}

/// The layout of `NotImplemented`.
#[repr(C)]
pub struct PyNotImplemented {
    pub ob_base: PyObject,
}

/// `Ellipsis` itself (`Py_Ellipsis`).
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static _Py_EllipsisObject: PyObject = PyObject::static_header(PyEllipsis::TYPE);

/// `NotImplemented` itself (`Py_NotImplemented`).
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static _Py_NotImplementedStruct: PyObject = PyObject::static_header(PyNotImplemented::TYPE);

fn no_arguments(py: Python, name: &str, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
    if !args.is_empty() || kwargs.is_some_and(|k| !k.is_empty()) {
        return Err(type_error(py, format!("{name} takes no arguments")));
    }
    Ok(())
}

/// The type of Ellipsis.
#[pytype(name = "ellipsis", symbol = "PyEllipsis_Type", flags(), text = "()")]
impl PyEllipsis {
    #[slot(tp_new)]
    fn tp_new(py: Python, _cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        no_arguments(py, "EllipsisType", args, kwargs)?;
        Ok(ellipsis().owned())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> &'static PyStr {
        intern!(py, "Ellipsis")
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> &'static PyStr {
        intern!(py, "Ellipsis")
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: as for None.
        unsafe { (*o).make_immortal() }
    }
}

/// The type of NotImplemented.
#[pytype(name = "NotImplementedType", symbol = "_PyNotImplemented_Type", flags(), text = "()")]
impl PyNotImplemented {
    #[slot(tp_new)]
    fn tp_new(py: Python, _cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        no_arguments(py, "NotImplementedType", args, kwargs)?;
        Ok(not_implemented().owned())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> &'static PyStr {
        intern!(py, "NotImplemented")
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> &'static PyStr {
        intern!(py, "NotImplemented")
    }

    #[slot(nb_bool)]
    fn bool(&self, py: Python) -> PyResult<bool> {
        Err(raise(py, &PyExc_TypeError_Type, "NotImplemented should not be used in a boolean context"))
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: as for None.
        unsafe { (*o).make_immortal() }
    }
}
