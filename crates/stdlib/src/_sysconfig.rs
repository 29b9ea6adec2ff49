//! `_sysconfig`.

use macros::pymodule;
use runtime::prelude::*;

/// A helper for the sysconfig module.
#[pymodule(name = "_sysconfig")]
pub mod _sysconfig {
    use super::*;

    /// What sysconfig tells about the build, as a dict.
    #[pyfunction]
    pub fn config_vars(py: Python) -> PyResult<Py<PyDict>> {
        let vars = PyDict::new(py)?;
        for name in ["Py_GIL_DISABLED", "Py_DEBUG"] {
            vars.set_text(py, name, PyInt::zero().as_object())?;
        }
        Ok(vars)
    }
}
