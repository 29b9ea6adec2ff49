//! Exception types that modules make at run time.

use super::type_error;
use crate::abstract_::ObjectExt;
use crate::types::{PyDict, PyStr, PyTuple};
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, PyTypeObject, Python};

/// `PyErr_NewExceptionWithDoc`: a class `module.name` derived from `base`.
pub fn new_exception(
    py: Python,
    module: &str,
    name: &str,
    base: &PyTypeObject,
    doc: Option<&str>,
) -> PyResult<Py<PyTypeObject>> {
    let dict = PyDict::new(py)?;
    dict.set_text(py, "__module__", PyStr::new(py, module)?.as_object())?;
    if let Some(doc) = doc {
        dict.set_text(py, "__doc__", PyStr::new(py, doc)?.as_object())?;
    }
    let bases = PyTuple::new(py, [base.object().owned()])?;
    let name = PyStr::new(py, name)?;
    let meta: &PyObject = PyTypeObject::type_object().object();
    let made = meta.call(py, &[name.as_object(), bases.as_object(), dict.as_object()])?;
    made.downcast_into::<PyTypeObject>().map_err(|_| type_error(py, "type() returned no type"))
}
