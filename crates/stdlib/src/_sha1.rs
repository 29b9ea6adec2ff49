//! The `_sha1` module: the SHA-1 hash function.

use crate::digest::{GIL_MINSIZE, Kind, hash_type};
use runtime::prelude::*;

hash_type!(PySHA1Type, "sha1", "_sha1", Kind::Sha1);

/// The SHA-1 hash function.
#[pymodule(name = "_sha1", hidden_types(PySHA1Type))]
pub mod _sha1 {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let m = module.as_object();
        m.setattr_str(py, "SHA1Type", PySHA1Type::type_object().as_object())?;
        m.setattr_str(py, "_GIL_MINSIZE", &*crate::system::int(py, GIL_MINSIZE as i64)?)
    }

    /// A new SHA-1 hash, fed with the string if there is one.
    #[pyfunction(
        sig = "(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)",
        text = "($module, /, data=b'', *, usedforsecurity=True, string=None)"
    )]
    pub fn sha1(
        py: Python,
        data: Option<&PyObject>,
        usedforsecurity: bool,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PySHA1Type>> {
        let _ = usedforsecurity;
        PySHA1Type::make(py, data, string)
    }
}
