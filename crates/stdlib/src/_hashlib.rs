//! The `_hashlib` module: `hashlib`'s and `hmac`'s preferred implementations, over the digests of this crate.
//!
//! Only the names are OpenSSL's, as Python's library expects them; `openssl_md_meth_names` lists what there really is.

use crate::_hmac::{self, Keyed};
use crate::digest::{self, GIL_MINSIZE, Hasher, Kind, Shared};
use crate::system::{Bytes, cached_exception, int, module_state, nogil};
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
struct State {
    unsupported: Slot<PyTypeObject>,
    /// The constructors and the names of their digests.
    constructors: Slot<PyDict>,
}

/// What OpenSSL allows `scrypt` to use unless told otherwise.
const SCRYPT_MEMORY: u64 = 32 << 20;

fn unsupported_class(py: Python) -> PyResult<Py<PyTypeObject>> {
    let slot = &module_state::<State>(py).unsupported;
    cached_exception(py, slot, "_hashlib.UnsupportedDigestmodError", &PyExc_ValueError_Type)
}

fn unsupported(py: Python, text: impl AsRef<str>) -> Raised {
    match unsupported_class(py) {
        Ok(class) => raise(py, &class, text),
        Err(e) => e,
    }
}

fn all_kinds() -> impl Iterator<Item = Kind> {
    Kind::FIXED.into_iter().chain([Kind::Shake128, Kind::Shake256])
}

fn is_xof(kind: Kind) -> bool {
    matches!(kind, Kind::Shake128 | Kind::Shake256)
}

/// The digest of a name, in any case.
fn named(py: Python, name: &str) -> PyResult<Kind> {
    let lower = name.to_ascii_lowercase();
    let plain = match lower.as_str() {
        "sha-1" => "sha1",
        "sha2-224" | "sha-224" => "sha224",
        "sha2-256" | "sha-256" => "sha256",
        "sha2-384" | "sha-384" => "sha384",
        "sha2-512" | "sha-512" => "sha512",
        other => other,
    };
    let dashes = plain.replace('-', "_");
    all_kinds()
        .find(|k| k.name() == plain || k.name() == dashes)
        .ok_or_else(|| unsupported(py, "[digital envelope routines] unsupported"))
}

/// The digest a name or one of the constructors stands for, for keyed hashes.
fn digestmod(py: Python, o: &PyObject) -> PyResult<Kind> {
    let kind = match o.downcast::<PyStr>() {
        Some(s) => named(py, s.as_utf8(py)?)?,
        None => {
            let found = match module_state::<State>(py).constructors.get_owned() {
                Some(d) => d.get_item(py, o)?,
                None => None,
            };
            let Some(name) = found else {
                let shown = o.repr(py)?.to_string_lossy();
                return Err(unsupported(py, format!("Unsupported digestmod {shown}")));
            };
            named(py, &name.str_(py)?.to_string_lossy())?
        }
    };
    if is_xof(kind) {
        return Err(value_error(py, format!("{} has no keyed hash", kind.name())));
    }
    Ok(kind)
}

/// A computation under way.
#[repr(C)]
pub struct PyHash {
    pub ob_base: PyObject,
    kind: Kind,
    state: Shared,
}

impl PyHash {
    fn with(py: Python, kind: Kind, hasher: Hasher) -> PyResult<Py<PyHash>> {
        let ty = if is_xof(kind) { PyHashXof::type_object() } else { PyHash::type_object() };
        new_object(py, ty, PyHash { ob_base: PyObject::header(ty), kind, state: Shared::new(hasher) })
    }

    fn make(
        py: Python,
        kind: Kind,
        data: Option<&PyObject>,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PyHash>> {
        let data = digest::initial(py, data, string)?;
        let h = PyHash::with(py, kind, Hasher::new(kind))?;
        if let Some(d) = data {
            h.state.update(py, d)?;
        }
        Ok(h)
    }
}

/// A hash of the data it is given.
///
/// update() takes data in, digest() and hexdigest() give the hash of all of it so far, copy() a copy.
/// name, digest_size and block_size describe the algorithm.
#[pytype(
    name = "HASH",
    module = "_hashlib",
    flags(BASETYPE, DISALLOW_INSTANTIATION, IMMUTABLETYPE),
    text = "(name, string=b'')"
)]
impl PyHash {
    #[slot(tp_repr)]
    fn repr(&self) -> String {
        format!("<{} {} object @ {:p}>", self.kind.name(), self.as_object().ty().name(), self)
    }

    /// Takes data in.
    #[pymethod]
    fn update(&self, py: Python, obj: &PyObject) -> PyResult<()> {
        self.state.update(py, obj)
    }

    /// The hash as bytes.
    #[pymethod]
    fn digest(&self, py: Python) -> PyResult<Py<PyBytes>> {
        PyBytes::new(py, &self.state.digest(0))
    }

    /// The hash as a string of hexadecimal digits.
    #[pymethod]
    fn hexdigest(&self) -> String {
        digest::hex(&self.state.digest(0))
    }

    /// A copy of the object.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult<Py<PyHash>> {
        PyHash::with(py, self.kind, self.state.snapshot())
    }

    #[getter]
    fn digest_size(&self) -> usize {
        self.kind.digest_size()
    }

    #[getter]
    fn block_size(&self) -> usize {
        self.kind.block_size()
    }

    #[getter]
    fn name(&self) -> &'static str {
        self.kind.name()
    }
}

/// A hash of any length.
#[repr(C)]
pub struct PyHashXof {
    pub base: PyHash,
}

/// The length of a hash that may have any.
fn length(py: Python, n: isize) -> PyResult<usize> {
    match usize::try_from(n) {
        Ok(n) if n < 1 << 29 => Ok(n),
        Ok(_) => Err(overflow_error(py, "digest length is too large")),
        Err(_) => Err(value_error(py, "value must be positive")),
    }
}

/// A hash, of the length one asks for, of the data it is given.
///
/// update() takes data in, digest() and hexdigest() give the hash of all of it so far, copy() a copy.
/// name and block_size describe the algorithm.
#[pytype(
    name = "HASHXOF",
    module = "_hashlib",
    base = PyHash,
    flags(BASETYPE, DISALLOW_INSTANTIATION, IMMUTABLETYPE),
    text = "(name, string=b'')"
)]
impl PyHashXof {
    /// The hash as bytes.
    #[pymethod(sig = "(length)")]
    fn digest(&self, py: Python, length: isize) -> PyResult<Py<PyBytes>> {
        PyBytes::new(py, &self.base.state.digest(self::length(py, length)?))
    }

    /// The hash as a string of hexadecimal digits.
    #[pymethod(sig = "(length)")]
    fn hexdigest(&self, py: Python, length: isize) -> PyResult<String> {
        Ok(digest::hex(&self.base.state.digest(self::length(py, length)?)))
    }

    #[getter]
    fn digest_size(&self) -> i64 {
        0
    }
}

/// A keyed hash under way.
#[repr(C)]
pub struct PyKeyedHash {
    pub ob_base: PyObject,
    kind: Kind,
    state: Mutex<Keyed>,
}

impl PyKeyedHash {
    fn with(py: Python, kind: Kind, keyed: Keyed) -> PyResult<Py<PyKeyedHash>> {
        let ty = PyKeyedHash::type_object();
        new_object(py, ty, PyKeyedHash { ob_base: PyObject::header(ty), kind, state: Mutex::new(keyed) })
    }

    fn current(&self) -> Keyed {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A keyed hash of the messages it is given.
///
/// update() takes a message in, digest() and hexdigest() give the hash of all of it so far, copy() a copy.
/// name, digest_size and block_size describe the algorithm.
#[pytype(name = "HMAC", module = "_hashlib", flags(BASETYPE, DISALLOW_INSTANTIATION, IMMUTABLETYPE), nosig)]
impl PyKeyedHash {
    #[slot(tp_repr)]
    fn repr(&self) -> String {
        format!("<{} HMAC object @ {:p}>", self.kind.name(), self)
    }

    /// Takes a message in.
    #[pymethod(sig = "(msg)")]
    fn update(&self, py: Python, msg: &PyObject) -> PyResult<()> {
        _hmac::feed(py, &self.state, msg)
    }

    /// The digest of what update() was given so far.
    #[pymethod]
    fn digest(&self, py: Python) -> PyResult<Py<PyBytes>> {
        PyBytes::new(py, &self.current().digest())
    }

    /// The digest as a string of hexadecimal digits.
    #[pymethod]
    fn hexdigest(&self) -> String {
        digest::hex(&self.current().digest())
    }

    /// A copy of the object.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult<Py<PyKeyedHash>> {
        PyKeyedHash::with(py, self.kind, self.current())
    }

    #[getter]
    fn digest_size(&self) -> usize {
        self.kind.digest_size()
    }

    #[getter]
    fn block_size(&self) -> usize {
        self.kind.block_size()
    }

    #[getter]
    fn name(&self) -> String {
        format!("hmac-{}", self.kind.name())
    }
}

/// PBKDF2 (RFC 8018) with a keyed hash: `out` is filled block by block.
fn derive(keyed: &Keyed, salt: &[u8], iterations: u64, out: &mut [u8], size: usize) {
    for (index, block) in (1u32..).zip(out.chunks_mut(size)) {
        let mut first = keyed.clone();
        first.update(salt);
        first.update(&index.to_be_bytes());
        let mut last = first.digest();
        let mut sum = last.clone();
        for _ in 1..iterations {
            let mut next = keyed.clone();
            next.update(&last);
            last = next.digest();
            sum.iter_mut().zip(&last).for_each(|(a, b)| *a ^= b);
        }
        let n = block.len();
        block.copy_from_slice(sum.get(..n).unwrap_or_default());
    }
}

/// Defines the constructors that are named after their digests.
macro_rules! constructors {
    ($($function:ident $kind:ident $text:literal;)*) => {
        /// The constructors.
        #[pymodule(part)]
        pub mod constructors {
            use super::*;
            $(
                #[doc = concat!("Returns a ", $text, " hash object; optionally initialized with a string")]
                #[pyfunction(
                    sig = "(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)",
                    text = "($module, /, data=b'', *, usedforsecurity=True, string=None)"
                )]
                pub fn $function(
                    py: Python,
                    data: Option<&PyObject>,
                    usedforsecurity: bool,
                    string: Option<&PyObject>,
                ) -> PyResult<Py<PyHash>> {
                    let _ = usedforsecurity;
                    PyHash::make(py, Kind::$kind, data, string)
                }
            )*
        }
        /// The constructors and the names of their digests.
        const CONSTRUCTORS: &[(&str, Kind)] = &[$((stringify!($function), Kind::$kind)),*];
    };
}
constructors! {
    openssl_md5 Md5 "md5";
    openssl_sha1 Sha1 "sha1";
    openssl_sha224 Sha224 "sha224";
    openssl_sha256 Sha256 "sha256";
    openssl_sha384 Sha384 "sha384";
    openssl_sha512 Sha512 "sha512";
    openssl_sha3_224 Sha3_224 "sha3-224";
    openssl_sha3_256 Sha3_256 "sha3-256";
    openssl_sha3_384 Sha3_384 "sha3-384";
    openssl_sha3_512 Sha3_512 "sha3-512";
    openssl_shake_128 Shake128 "shake-128 variable";
    openssl_shake_256 Shake256 "shake-256 variable";
}

/// Digests, keyed hashes and key derivation for hashlib and hmac.
#[pymodule(name = "_hashlib", types(PyHash, PyHashXof, PyKeyedHash), parts(constructors))]
pub mod _hashlib {
    use super::*;

    /// Return a new hash object using the named algorithm.
    ///
    /// An optional string argument may be provided and will be automatically hashed.
    #[pyfunction(
        sig = "(name, data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)",
        text = "($module, /, name, data=b'', *, usedforsecurity=True, string=None)"
    )]
    pub fn new(
        py: Python,
        name: &str,
        data: Option<&PyObject>,
        usedforsecurity: bool,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PyHash>> {
        let _ = usedforsecurity;
        let kind = named(py, name)?;
        PyHash::make(py, kind, data, string)
    }

    /// A new keyed hash.
    #[pyfunction(
        sig = "(key, msg=<unrepresentable>, digestmod=<unrepresentable>)",
        text = "($module, /, key, msg=b'', digestmod=None)"
    )]
    pub fn hmac_new(
        py: Python,
        key: Bytes,
        msg: Option<&PyObject>,
        digestmod: Option<&PyObject>,
    ) -> PyResult<Py<PyKeyedHash>> {
        let Some(digestmod) = digestmod else {
            return Err(type_error(py, "Missing required parameter 'digestmod'."));
        };
        let kind = self::digestmod(py, digestmod)?;
        let h = PyKeyedHash::with(py, kind, Keyed::new(kind, &key))?;
        if let Some(m) = msg.filter(|m| !m.is_none()) {
            _hmac::feed(py, &h.state, m)?;
        }
        Ok(h)
    }

    /// A keyed hash at once.
    #[pyfunction(sig = "(key, msg, digest)")]
    pub fn hmac_digest(py: Python, key: Bytes, msg: Bytes, digest: &PyObject) -> PyResult<Py<PyBytes>> {
        let kind = digestmod(py, digest)?;
        let mut keyed = Keyed::new(kind, &key);
        let message: &[u8] = &msg;
        let out = if message.len() < GIL_MINSIZE {
            keyed.update(message);
            keyed.digest()
        } else {
            nogil!(py, {
                keyed.update(message);
                keyed.digest()
            })
        };
        PyBytes::new(py, &out)
    }

    /// Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function.
    #[pyfunction(sig = "(hash_name, password, salt, iterations, dklen=None)")]
    pub fn pbkdf2_hmac(
        py: Python,
        hash_name: &str,
        password: Bytes,
        salt: Bytes,
        iterations: i64,
        dklen: Option<&PyObject>,
    ) -> PyResult<Py<PyBytes>> {
        let kind = named(py, hash_name)?;
        if is_xof(kind) {
            return Err(value_error(py, format!("{} has no keyed hash", kind.name())));
        }
        if iterations < 1 {
            return Err(value_error(py, "iteration value must be greater than 0."));
        }
        if iterations > i64::from(i32::MAX) {
            return Err(overflow_error(py, "iteration value is too great."));
        }
        let size = kind.digest_size();
        let length = match dklen.filter(|o| !o.is_none()) {
            None => size as i64,
            Some(o) => runtime::abstract_::number::index(py, o)?.to_i64(py)?,
        };
        if length < 1 {
            return Err(value_error(py, "key length must be greater than 0."));
        }
        if length > i64::from(i32::MAX) {
            return Err(overflow_error(py, "key length is too great."));
        }
        let keyed = Keyed::new(kind, &password);
        let mut out = vec![0; length as usize];
        let (salt, key): (&[u8], &mut [u8]) = (&salt, &mut out);
        nogil!(py, derive(&keyed, salt, iterations as u64, key, size));
        PyBytes::new(py, &out)
    }

    /// scrypt password-based key derivation function.
    #[pyfunction(sig = "(password, *, salt, n, r, p, maxmem=0, dklen=64)")]
    pub fn scrypt(
        py: Python,
        password: Bytes,
        salt: Bytes,
        n: u64,
        r: u64,
        p: u64,
        maxmem: i64,
        dklen: i64,
    ) -> PyResult<Py<PyBytes>> {
        if n < 2 || !n.is_power_of_two() {
            return Err(value_error(py, "n must be a power of 2."));
        }
        if !(0..=i64::from(i32::MAX)).contains(&maxmem) {
            return Err(value_error(py, format!("maxmem must be positive and smaller than {}", i32::MAX)));
        }
        if !(1..=i64::from(i32::MAX)).contains(&dklen) {
            return Err(value_error(py, format!("dklen must be greater than 0 and smaller than {}", i32::MAX)));
        }
        let wrong = || value_error(py, "Invalid parameter combination for n, r, p, maxmem.");
        let product = r.checked_mul(p).filter(|&m| m > 0 && m < 1 << 30).ok_or_else(wrong)?;
        let limit = if maxmem == 0 { SCRYPT_MEMORY } else { maxmem as u64 };
        let blocks = n.checked_add(2).and_then(|n| n.checked_mul(128)).and_then(|n| n.checked_mul(r));
        let needed = blocks.and_then(|b| b.checked_add(product * 128));
        if needed.is_none_or(|m| m > limit) {
            return Err(value_error(py, "[digital envelope routines] memory limit exceeded"));
        }
        let (Ok(r), Ok(p)) = (u32::try_from(r), u32::try_from(p)) else { return Err(wrong()) };
        let Ok(params) = ::scrypt::Params::new(n.trailing_zeros() as u8, r, p) else { return Err(wrong()) };
        let mut out = vec![0; dklen as usize];
        let (password, salt, key): (&[u8], &[u8], &mut [u8]) = (&password, &salt, &mut out);
        if nogil!(py, ::scrypt::scrypt(password, salt, &params, key)).is_err() {
            return Err(wrong());
        }
        PyBytes::new(py, &out)
    }

    /// Return 'a == b', in a time that does not depend on where the two differ.
    #[pyfunction]
    pub fn compare_digest(py: Python, a: &PyObject, b: &PyObject) -> PyResult<bool> {
        crate::_operator::compare_digest(py, a, b)
    }

    /// Whether only approved algorithms are offered: 0.
    #[pyfunction]
    pub fn get_fips_mode() -> i64 {
        0
    }

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let m = module.as_object();
        m.setattr_str(py, "UnsupportedDigestmodError", unsupported_class(py)?.object())?;
        m.setattr_str(py, "_GIL_MINSIZE", &*int(py, GIL_MINSIZE as i64)?)?;
        let names = all_kinds().map(|k| Ok(PyStr::new(py, k.name())?.into_object()));
        let names = PyTuple::new(py, names.collect::<PyResult<Vec<_>>>()?)?;
        let set = PyFrozenSet::type_object().object().call1(py, names.as_object())?;
        m.setattr_str(py, "openssl_md_meth_names", &set)?;
        let constructors = PyDict::new(py)?;
        for (function, kind) in CONSTRUCTORS {
            let f = m.getattr_str(py, function)?;
            constructors.set_item(py, &f, PyStr::new(py, kind.name())?.as_object())?;
        }
        let proxy = runtime::types::descr::PyMappingProxy::new(py, constructors.as_object())?;
        m.setattr_str(py, "_constructors", proxy.as_object())?;
        module_state::<State>(py).constructors.set(Some(constructors));
        Ok(())
    }
}
