//! `complex` (`Include/cpython/complexobject.h`): arithmetic is in `arith`, reading text in `text`, what Python sees in `methods`.

mod arith;
mod methods;
mod text;

pub use arith::{Complex, Failure};
pub use methods::PyComplex_Type;

use crate::prelude::*;

/// `PyComplexObject`.
#[repr(C)]
pub struct PyComplex {
    pub ob_base: PyObject,
    pub real: f64,
    pub imag: f64,
}

const _: () = assert!(size_of::<PyComplex>() == 32);

impl PyComplex {
    pub fn new(py: Python, real: f64, imag: f64) -> PyResult<Py<PyComplex>> {
        PyComplex::of_type(py, PyComplex::type_object(), Complex { re: real, im: imag })
    }

    fn of_type(py: Python, ty: &PyTypeObject, v: Complex) -> PyResult<Py<PyComplex>> {
        new_object(py, ty, PyComplex { ob_base: PyObject::header(ty), real: v.re, imag: v.im })
    }

    pub fn value(&self) -> Complex {
        Complex { re: self.real, im: self.imag }
    }
}
