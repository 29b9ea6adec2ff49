//! `float` (`Include/cpython/floatobject.h`).

use object::{Py, PyObject, PyResult, PyTypeInfo, Python, new_object};
use std::cell::Cell;

/// `PyFloatObject`.
#[repr(C)]
pub struct PyFloat {
    pub ob_base: PyObject,
    pub ob_fval: Cell<f64>,
}

declare_type!(PyFloat, PyObject, PyFloat_Type, "float", 0);

const _: () = assert!(size_of::<PyFloat>() == 24);

impl PyFloat {
    #[inline]
    pub fn new(py: Python, value: f64) -> PyResult<Py<PyFloat>> {
        let ty = PyFloat::type_object();
        new_object(py, ty, PyFloat { ob_base: PyObject::header(ty), ob_fval: Cell::new(value) })
    }

    #[inline(always)]
    pub fn value(&self) -> f64 {
        self.ob_fval.get()
    }
}
