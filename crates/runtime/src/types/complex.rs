//! `complex` (`Include/cpython/complexobject.h`).

use object::{Py, PyObject, PyResult, PyTypeInfo, Python, new_object};

/// `PyComplexObject`.
#[repr(C)]
pub struct PyComplex {
    pub ob_base: PyObject,
    pub real: f64,
    pub imag: f64,
}

declare_type!(PyComplex, PyObject, PyComplex_Type, "complex", 0);

const _: () = assert!(size_of::<PyComplex>() == 32);

impl PyComplex {
    pub fn new(py: Python, real: f64, imag: f64) -> PyResult<Py<PyComplex>> {
        let ty = PyComplex::type_object();
        new_object(py, ty, PyComplex { ob_base: PyObject::header(ty), real, imag })
    }
}
