//! `None`.

use crate::prelude::*;
use crate::types::{PyDict, PyStr, PyTuple};

/// The layout of `None`: a bare header.
#[repr(C)]
pub struct PyNone {
    pub ob_base: PyObject,
}

/// `None` itself (`Py_None`).
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static _Py_NoneStruct: PyObject = PyObject::static_header(PyNone::TYPE);

/// The type of None.
#[pytype(name = "NoneType", symbol = "_PyNone_Type", flags(), text = "()")]
impl PyNone {
    #[slot(tp_new)]
    fn tp_new(py: Python, _cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if !args.is_empty() || kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "NoneType takes no arguments"));
        }
        Ok(none().owned())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> &'static PyStr {
        intern!(py, "None")
    }

    #[slot(nb_bool)]
    fn bool(&self) -> bool {
        false
    }

    #[slot(tp_hash)]
    fn hash(&self) -> isize {
        // A constant, so that order in sets does not depend on where the binary was loaded.
        0xfca86420
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: a C extension gave away references it did not own: the object goes on living.
        unsafe { (*o).make_immortal() }
    }
}
