//! `slice` (`Include/cpython/sliceobject.h`).

use object::{Py, PyObject, PyResult, PyTypeInfo, Python, new_object};

/// `PySliceObject`.
#[repr(C)]
pub struct PySlice {
    pub ob_base: PyObject,
    pub start: Py,
    pub stop: Py,
    pub step: Py,
}

declare_type!(PySlice, PyObject, PySlice_Type, "slice", 0);

impl PySlice {
    /// `slice(start, stop, step)`.
    pub fn new(py: Python, start: Py, stop: Py, step: Py) -> PyResult<Py<PySlice>> {
        let ty = PySlice::type_object();
        new_object(py, ty, PySlice { ob_base: PyObject::header(ty), start, stop, step })
    }
}

const _: () = assert!(size_of::<PySlice>() == 40);
