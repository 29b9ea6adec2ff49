//! The `_sha3` module: the SHA-3 hash functions, and SHAKE, whose digests have any length.

use crate::digest::{GIL_MINSIZE, Hasher, Kind, Shared, hex, initial};
use runtime::abstract_::number;
use runtime::prelude::*;

/// The length of a digest of any length.
fn length(py: Python, o: &PyObject) -> PyResult<usize> {
    let n = number::index(py, o)?;
    if n.is_negative() {
        return Err(value_error(py, "Cannot convert negative int"));
    }
    match n.as_u64() {
        Some(n) if n < 1 << 29 => Ok(n as usize),
        Some(_) => Err(value_error(py, "length is too large")),
        None => Err(overflow_error(py, "Python int too large for C unsigned long")),
    }
}

macro_rules! sha3_type {
    ($ty:ident, $name:tt, $kind:expr, $doc:tt, $suffix:expr, ($($digest:tt)*)) => {
        /// A computation under way.
        #[repr(C)]
        pub struct $ty {
            pub ob_base: PyObject,
            state: Shared,
        }

        impl $ty {
            fn with(py: Python, cls: &PyTypeObject, hasher: Hasher) -> PyResult<Py<$ty>> {
                let state = Shared::new(hasher);
                new_object(py, cls, $ty { ob_base: PyObject::header(cls), state })
            }
        }

        #[pytype(name = $name, module = "_sha3", flags(HEAPTYPE, IMMUTABLETYPE), nosig, doc = $doc)]
        impl $ty {
            #[slot(tp_new, sig = "(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)")]
            fn tp_new(
                py: Python,
                cls: &PyTypeObject,
                data: Option<&PyObject>,
                usedforsecurity: bool,
                string: Option<&PyObject>,
            ) -> PyResult<Py<$ty>> {
                let _ = usedforsecurity;
                let data = initial(py, data, string)?;
                let h = Self::with(py, cls, Hasher::new($kind))?;
                if let Some(d) = data {
                    h.state.update(py, d)?;
                }
                Ok(h)
            }

            /// Return a copy of the hash object.
            #[pymethod]
            fn copy(&self, py: Python) -> PyResult<Py<$ty>> {
                Self::with(py, self.ty(), self.state.snapshot())
            }

            $($digest)*

            /// Feeds bytes into the hash.
            #[pymethod]
            fn update(&self, py: Python, data: &PyObject) -> PyResult<()> {
                self.state.update(py, data)
            }

            #[getter]
            fn block_size(&self, _py: Python) -> usize {
                $kind.block_size()
            }

            #[getter]
            fn name(&self, _py: Python) -> &'static str {
                $kind.name()
            }

            #[getter]
            fn digest_size(&self, _py: Python) -> usize {
                $kind.digest_size()
            }

            #[getter]
            fn _capacity_bits(&self, _py: Python) -> usize {
                1600 - $kind.block_size() * 8
            }

            #[getter]
            fn _rate_bits(&self, _py: Python) -> usize {
                $kind.block_size() * 8
            }

            #[getter]
            fn _suffix(&self, py: Python) -> PyResult<Py<PyBytes>> {
                PyBytes::new(py, $suffix)
            }
        }
    };
    (fixed $ty:ident, $name:tt, $kind:expr, $doc:tt) => {
        sha3_type!($ty, $name, $kind, $doc, b"\x06", (
            /// Return the digest value as a bytes object.
            #[pymethod]
            fn digest(&self, py: Python) -> PyResult<Py<PyBytes>> {
                PyBytes::new(py, &self.state.digest(0))
            }

            /// The digest in hexadecimal digits, as str.
            #[pymethod]
            fn hexdigest(&self, _py: Python) -> String {
                hex(&self.state.digest(0))
            }
        ));
    };
    (any $ty:ident, $name:tt, $kind:expr, $doc:tt) => {
        sha3_type!($ty, $name, $kind, $doc, b"\x1f", (
            /// Return the digest value as a bytes object.
            #[pymethod(sig = "(length)")]
            fn digest(&self, py: Python, length: &PyObject) -> PyResult<Py<PyBytes>> {
                PyBytes::new(py, &self.state.digest(crate::_sha3::length(py, length)?))
            }

            /// The digest in hexadecimal digits, as str.
            #[pymethod(sig = "(length)")]
            fn hexdigest(&self, py: Python, length: &PyObject) -> PyResult<String> {
                Ok(hex(&self.state.digest(crate::_sha3::length(py, length)?)))
            }
        ));
    };
}

sha3_type!(fixed PySha3_224, "sha3_224", Kind::Sha3_224, "sha3_224([data], *, usedforsecurity=True) -> SHA3 object\n\nA SHA3 hash object with digests of 28 bytes.");
sha3_type!(fixed PySha3_256, "sha3_256", Kind::Sha3_256, "sha3_256([data], *, usedforsecurity=True) -> SHA3 object\n\nA SHA3 hash object with digests of 32 bytes.");
sha3_type!(fixed PySha3_384, "sha3_384", Kind::Sha3_384, "sha3_384([data], *, usedforsecurity=True) -> SHA3 object\n\nA SHA3 hash object with digests of 48 bytes.");
sha3_type!(fixed PySha3_512, "sha3_512", Kind::Sha3_512, "sha3_512([data], *, usedforsecurity=True) -> SHA3 object\n\nA SHA3 hash object with digests of 64 bytes.");
sha3_type!(any PyShake128, "shake_128", Kind::Shake128, "shake_128([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object.");
sha3_type!(any PyShake256, "shake_256", Kind::Shake256, "shake_256([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object.");

/// The SHA-3 hash functions.
#[pymodule(name = "_sha3", types(PySha3_224, PySha3_256, PySha3_384, PySha3_512, PyShake128, PyShake256))]
pub mod _sha3 {
    use super::*;

    #[pyattr(name = "implementation")]
    pub const IMPLEMENTATION: &str = "RustCrypto";

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        module.as_object().setattr_str(py, "_GIL_MINSIZE", &*crate::system::int(py, GIL_MINSIZE as i64)?)
    }
}
