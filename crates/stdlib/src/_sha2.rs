//! The `_sha2` module: the SHA-2 hash functions.

use crate::digest::{GIL_MINSIZE, Kind, hash_type};
use runtime::prelude::*;

hash_type!(PySHA224Type, "SHA224Type", "_sha2", Kind::Sha224);
hash_type!(PySHA256Type, "SHA256Type", "_sha2", Kind::Sha256);
hash_type!(PySHA384Type, "SHA384Type", "_sha2", Kind::Sha384);
hash_type!(PySHA512Type, "SHA512Type", "_sha2", Kind::Sha512);

/// The SHA-2 hash functions.
#[pymodule(name = "_sha2", hidden_types(PySHA224Type, PySHA256Type, PySHA384Type, PySHA512Type))]
pub mod _sha2 {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let m = module.as_object();
        m.setattr_str(py, "SHA224Type", PySHA224Type::type_object().as_object())?;
        m.setattr_str(py, "SHA256Type", PySHA256Type::type_object().as_object())?;
        m.setattr_str(py, "SHA384Type", PySHA384Type::type_object().as_object())?;
        m.setattr_str(py, "SHA512Type", PySHA512Type::type_object().as_object())?;
        m.setattr_str(py, "_GIL_MINSIZE", &*crate::system::int(py, GIL_MINSIZE as i64)?)
    }

    /// Return a new SHA224 hash object; optionally initialized with a string.
    #[pyfunction(
        sig = "(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)",
        text = "($module, /, data=b'', *, usedforsecurity=True, string=None)"
    )]
    pub fn sha224(
        py: Python,
        data: Option<&PyObject>,
        usedforsecurity: bool,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PySHA224Type>> {
        let _ = usedforsecurity;
        PySHA224Type::make(py, data, string)
    }

    /// Return a new SHA256 hash object; optionally initialized with a string.
    #[pyfunction(
        sig = "(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)",
        text = "($module, /, data=b'', *, usedforsecurity=True, string=None)"
    )]
    pub fn sha256(
        py: Python,
        data: Option<&PyObject>,
        usedforsecurity: bool,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PySHA256Type>> {
        let _ = usedforsecurity;
        PySHA256Type::make(py, data, string)
    }

    /// Return a new SHA384 hash object; optionally initialized with a string.
    #[pyfunction(
        sig = "(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)",
        text = "($module, /, data=b'', *, usedforsecurity=True, string=None)"
    )]
    pub fn sha384(
        py: Python,
        data: Option<&PyObject>,
        usedforsecurity: bool,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PySHA384Type>> {
        let _ = usedforsecurity;
        PySHA384Type::make(py, data, string)
    }

    /// Return a new SHA512 hash object; optionally initialized with a string.
    #[pyfunction(
        sig = "(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)",
        text = "($module, /, data=b'', *, usedforsecurity=True, string=None)"
    )]
    pub fn sha512(
        py: Python,
        data: Option<&PyObject>,
        usedforsecurity: bool,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PySHA512Type>> {
        let _ = usedforsecurity;
        PySHA512Type::make(py, data, string)
    }
}
