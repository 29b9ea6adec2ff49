//! Assignment to `f_lineno`: a debugger's jump.

use super::PyFrame;
use crate::prelude::*;

pub(super) fn set(py: Python, _f: &PyFrame, _value: Option<&PyObject>) -> PyResult<()> {
    Err(value_error(py, "f_lineno can only be set in a trace function"))
}
