//! The `marshal` module.

use crate::prelude::*;

/// Reads and writes Python values in the format of .pyc files. Not secure against hostile data as far as code objects go.
#[pymodule(name = "marshal")]
pub mod marshal {
    use super::super::{Reader, VERSION, write};
    use crate::prelude::*;
    use crate::types::buffer::Buffer;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        module.add(py, "version", PyInt::from_i64(py, VERSION as i64)?.as_object())
    }

    /// Writes the value to a binary file.
    #[pyfunction(
        sig = "(value, file, version=5, /, *, allow_code=True)",
        text = "($module, value, file, version=version, /, *, allow_code=True)"
    )]
    pub fn dump(py: Python, value: &PyObject, file: &PyObject, version: i32, allow_code: bool) -> PyResult {
        let bytes = write::dumps(py, value, version, allow_code)?;
        file.call_method1(py, intern!(py, "write"), PyBytes::new(py, &bytes)?.as_object())
    }

    /// Reads one value from a binary file.
    #[pyfunction(sig = "(file, /, *, allow_code=True)")]
    pub fn load(py: Python, file: &PyObject, allow_code: bool) -> PyResult {
        let empty = file.call_method1(py, intern!(py, "read"), PyInt::from_i64(py, 0)?.as_object())?;
        if !PyBytes::check(&empty) {
            return Err(type_error(py, format!("file.read() returned not bytes but {}", type_name(&empty))));
        }
        Reader::from_file(py, file, allow_code).object()
    }

    /// The bytes that dump() would write.
    #[pyfunction(
        sig = "(value, version=5, /, *, allow_code=True)",
        text = "($module, value, version=version, /, *, allow_code=True)"
    )]
    pub fn dumps(py: Python, value: &PyObject, version: i32, allow_code: bool) -> PyResult<Py<PyBytes>> {
        PyBytes::new(py, &write::dumps(py, value, version, allow_code)?)
    }

    /// The value in a bytes-like object; extra bytes are ignored.
    #[pyfunction(sig = "(bytes, /, *, allow_code=True)")]
    pub fn loads(py: Python, bytes: &PyObject, allow_code: bool) -> PyResult {
        let view = Buffer::get_simple(py, bytes)?;
        Reader::new(py, view.as_slice(), allow_code).object()
    }
}
