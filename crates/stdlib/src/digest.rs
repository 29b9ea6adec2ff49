//! The hash functions behind `_md5`, `_sha1`, `_sha2`, `_sha3`, `_blake2` and `_hmac`, as one type.

use runtime::prelude::*;
use runtime::types::buffer::{Buffer, supports};
use sha3::digest::{Digest, ExtendableOutput, Update, XofReader};

/// Below this size the interpreter lock is kept.
pub const GIL_MINSIZE: usize = 2048;

/// Which function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Shake128,
    Shake256,
    Blake2b,
    Blake2s,
}

impl Kind {
    /// All but those whose digests have no length of their own.
    pub const FIXED: [Kind; 12] = [
        Kind::Md5,
        Kind::Sha1,
        Kind::Sha224,
        Kind::Sha256,
        Kind::Sha384,
        Kind::Sha512,
        Kind::Sha3_224,
        Kind::Sha3_256,
        Kind::Sha3_384,
        Kind::Sha3_512,
        Kind::Blake2b,
        Kind::Blake2s,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Md5 => "md5",
            Kind::Sha1 => "sha1",
            Kind::Sha224 => "sha224",
            Kind::Sha256 => "sha256",
            Kind::Sha384 => "sha384",
            Kind::Sha512 => "sha512",
            Kind::Sha3_224 => "sha3_224",
            Kind::Sha3_256 => "sha3_256",
            Kind::Sha3_384 => "sha3_384",
            Kind::Sha3_512 => "sha3_512",
            Kind::Shake128 => "shake_128",
            Kind::Shake256 => "shake_256",
            Kind::Blake2b => "blake2b",
            Kind::Blake2s => "blake2s",
        }
    }

    /// Bytes of a digest; 0 for those of any length.
    pub fn digest_size(self) -> usize {
        match self {
            Kind::Md5 => 16,
            Kind::Sha1 => 20,
            Kind::Sha224 | Kind::Sha3_224 => 28,
            Kind::Sha256 | Kind::Sha3_256 | Kind::Blake2s => 32,
            Kind::Sha384 | Kind::Sha3_384 => 48,
            Kind::Sha512 | Kind::Sha3_512 | Kind::Blake2b => 64,
            Kind::Shake128 | Kind::Shake256 => 0,
        }
    }

    /// Bytes that are taken in at a time.
    pub fn block_size(self) -> usize {
        match self {
            Kind::Md5 | Kind::Sha1 | Kind::Sha224 | Kind::Sha256 | Kind::Blake2s => 64,
            Kind::Sha384 | Kind::Sha512 | Kind::Blake2b => 128,
            Kind::Sha3_224 => 144,
            Kind::Sha3_256 | Kind::Shake256 => 136,
            Kind::Sha3_384 => 104,
            Kind::Sha3_512 => 72,
            Kind::Shake128 => 168,
        }
    }
}

/// A computation under way.
#[derive(Clone)]
pub enum Hasher {
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
    Sha3_224(sha3::Sha3_224),
    Sha3_256(sha3::Sha3_256),
    Sha3_384(sha3::Sha3_384),
    Sha3_512(sha3::Sha3_512),
    Shake128(shake::Shake128),
    Shake256(shake::Shake256),
    Blake2b(Box<blake2b_simd::State>),
    Blake2s(Box<blake2s_simd::State>),
}

impl Hasher {
    pub fn new(kind: Kind) -> Hasher {
        match kind {
            Kind::Md5 => Hasher::Md5(Default::default()),
            Kind::Sha1 => Hasher::Sha1(Default::default()),
            Kind::Sha224 => Hasher::Sha224(Default::default()),
            Kind::Sha256 => Hasher::Sha256(Default::default()),
            Kind::Sha384 => Hasher::Sha384(Default::default()),
            Kind::Sha512 => Hasher::Sha512(Default::default()),
            Kind::Sha3_224 => Hasher::Sha3_224(Default::default()),
            Kind::Sha3_256 => Hasher::Sha3_256(Default::default()),
            Kind::Sha3_384 => Hasher::Sha3_384(Default::default()),
            Kind::Sha3_512 => Hasher::Sha3_512(Default::default()),
            Kind::Shake128 => Hasher::Shake128(Default::default()),
            Kind::Shake256 => Hasher::Shake256(Default::default()),
            Kind::Blake2b => Hasher::Blake2b(Box::default()),
            Kind::Blake2s => Hasher::Blake2s(Box::default()),
        }
    }

    /// Takes data in.
    pub fn update(&mut self, data: &[u8]) {
        match self {
            Hasher::Md5(h) => Update::update(h, data),
            Hasher::Sha1(h) => Update::update(h, data),
            Hasher::Sha224(h) => Update::update(h, data),
            Hasher::Sha256(h) => Update::update(h, data),
            Hasher::Sha384(h) => Update::update(h, data),
            Hasher::Sha512(h) => Update::update(h, data),
            Hasher::Sha3_224(h) => Update::update(h, data),
            Hasher::Sha3_256(h) => Update::update(h, data),
            Hasher::Sha3_384(h) => Update::update(h, data),
            Hasher::Sha3_512(h) => Update::update(h, data),
            Hasher::Shake128(h) => Update::update(h, data),
            Hasher::Shake256(h) => Update::update(h, data),
            Hasher::Blake2b(h) => drop(h.update(data)),
            Hasher::Blake2s(h) => drop(h.update(data)),
        }
    }

    /// The digest of what was taken in so far; `length` counts for those of any length.
    pub fn digest(&self, length: usize) -> Vec<u8> {
        fn fixed<D: Digest + Clone>(h: &D) -> Vec<u8> {
            h.clone().finalize().as_slice().to_vec()
        }
        fn any<D: ExtendableOutput + Clone>(h: &D, length: usize) -> Vec<u8> {
            let mut out = vec![0; length];
            h.clone().finalize_xof().read(&mut out);
            out
        }
        match self {
            Hasher::Md5(h) => fixed(h),
            Hasher::Sha1(h) => fixed(h),
            Hasher::Sha224(h) => fixed(h),
            Hasher::Sha256(h) => fixed(h),
            Hasher::Sha384(h) => fixed(h),
            Hasher::Sha512(h) => fixed(h),
            Hasher::Sha3_224(h) => fixed(h),
            Hasher::Sha3_256(h) => fixed(h),
            Hasher::Sha3_384(h) => fixed(h),
            Hasher::Sha3_512(h) => fixed(h),
            Hasher::Shake128(h) => any(h, length),
            Hasher::Shake256(h) => any(h, length),
            Hasher::Blake2b(h) => h.finalize().as_bytes().to_vec(),
            Hasher::Blake2s(h) => h.finalize().as_bytes().to_vec(),
        }
    }
}

/// The data of an argument. Text must be encoded by the caller.
pub fn data(py: Python, o: &PyObject) -> PyResult<Buffer> {
    if PyStr::check(o) {
        return Err(type_error(py, "Strings must be encoded before hashing"));
    }
    if !supports(o) {
        return Err(type_error(py, "object supporting the buffer API required"));
    }
    let b = Buffer::get(py, o, runtime::types::buffer::request::SIMPLE)?;
    if b.raw().ndim > 1 {
        return Err(buffer_error(py, "Buffer must be single dimension"));
    }
    Ok(b)
}

/// `data` or, as it was called once, `string`.
pub fn initial<'a>(
    py: Python,
    data: Option<&'a PyObject>,
    string: Option<&'a PyObject>,
) -> PyResult<Option<&'a PyObject>> {
    if data.is_some() && string.is_some() {
        return Err(type_error(
            py,
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.",
        ));
    }
    Ok(data.or(string))
}

/// Hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[(b >> 4) as usize] as char, DIGITS[(b & 15) as usize] as char])
        .collect()
}

/// A hasher that several threads may feed, without the interpreter lock while the data is long.
pub struct Shared(std::sync::Mutex<Hasher>);

impl Shared {
    pub fn new(h: Hasher) -> Shared {
        Shared(std::sync::Mutex::new(h))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Hasher> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Takes an argument's data in.
    pub fn update(&self, py: Python, o: &PyObject) -> PyResult<()> {
        let b = data(py, o)?;
        if b.len() < GIL_MINSIZE {
            self.lock().update(b.as_slice());
        } else {
            let bytes = b.as_slice();
            crate::system::nogil!(py, self.lock().update(bytes));
        }
        Ok(())
    }

    pub fn snapshot(&self) -> Hasher {
        self.lock().clone()
    }

    pub fn digest(&self, length: usize) -> Vec<u8> {
        self.lock().digest(length)
    }
}

/// Defines a hash type: the struct, its methods, and a constructor.
macro_rules! hash_type {
    ($ty:ident, $name:tt, $module:tt, $kind:expr) => {
        /// A computation under way.
        #[repr(C)]
        pub struct $ty {
            pub ob_base: PyObject,
            state: crate::digest::Shared,
        }

        impl $ty {
            /// A new object; the data is taken in at once.
            pub fn make(py: Python, data: Option<&PyObject>, string: Option<&PyObject>) -> PyResult<Py<$ty>> {
                let data = crate::digest::initial(py, data, string)?;
                let h = Self::with(py, crate::digest::Hasher::new($kind))?;
                if let Some(d) = data {
                    h.state.update(py, d)?;
                }
                Ok(h)
            }

            fn with(py: Python, hasher: crate::digest::Hasher) -> PyResult<Py<$ty>> {
                let ty = <$ty as PyTypeInfo>::type_object();
                let state = crate::digest::Shared::new(hasher);
                new_object(py, ty, $ty { ob_base: PyObject::header(ty), state })
            }
        }

        #[pytype(name = $name, module = $module, flags(DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE), nosig)]
        impl $ty {
            /// Return a copy of the hash object.
            #[pymethod]
            fn copy(&self, py: Python) -> PyResult<Py<$ty>> {
                Self::with(py, self.state.snapshot())
            }

            /// Return the digest value as a bytes object.
            #[pymethod]
            fn digest(&self, py: Python) -> PyResult<Py<PyBytes>> {
                PyBytes::new(py, &self.state.digest(0))
            }

            /// The digest in hexadecimal digits, as str.
            #[pymethod]
            fn hexdigest(&self, _py: Python) -> String {
                crate::digest::hex(&self.state.digest(0))
            }

            /// Feeds bytes into the hash.
            #[pymethod]
            fn update(&self, py: Python, obj: &PyObject) -> PyResult<()> {
                self.state.update(py, obj)
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
        }
    };
}
pub(crate) use hash_type;
