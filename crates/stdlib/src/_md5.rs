//! The `_md5` module: the MD5 hash function.

use crate::digest::{GIL_MINSIZE, Kind, hash_type};
use runtime::prelude::*;

hash_type!(PyMD5Type, "md5", "_md5", Kind::Md5);

/// The MD5 hash function.
#[pymodule(name = "_md5", hidden_types(PyMD5Type))]
pub mod _md5 {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let m = module.as_object();
        m.setattr_str(py, "MD5Type", PyMD5Type::type_object().as_object())?;
        m.setattr_str(py, "_GIL_MINSIZE", &*crate::system::int(py, GIL_MINSIZE as i64)?)
    }

    /// A new MD5 hash, fed with the string if there is one.
    #[pyfunction(
        sig = "(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)",
        text = "($module, /, data=b'', *, usedforsecurity=True, string=None)"
    )]
    pub fn md5(
        py: Python,
        data: Option<&PyObject>,
        usedforsecurity: bool,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PyMD5Type>> {
        let _ = usedforsecurity;
        PyMD5Type::make(py, data, string)
    }
}
