//! The `_hmac` module: keyed hashes (RFC 2104) over the digests of this crate.

use crate::digest::{self, GIL_MINSIZE, Hasher, Kind};
use crate::system::{cached_exception, module_state, nogil};
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::sync::Mutex;

#[derive(Default)]
struct State {
    unknown: Slot<PyTypeObject>,
}

fn unknown_hash_class(py: Python) -> PyResult<Py<PyTypeObject>> {
    cached_exception(py, &module_state::<State>(py).unknown, "_hmac.UnknownHashError", &PyExc_ValueError_Type)
}

/// A computation under way.
#[derive(Clone)]
pub(crate) struct Keyed {
    inner: Hasher,
    outer: Hasher,
}

impl Keyed {
    /// Begins with a key.
    pub(crate) fn new(kind: Kind, key: &[u8]) -> Keyed {
        let size = kind.block_size();
        let mut block = vec![0u8; size];
        if key.len() > size {
            let mut h = Hasher::new(kind);
            h.update(key);
            let d = h.digest(0);
            block[..d.len()].copy_from_slice(&d);
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let start = |mask: u8| {
            let mut h = Hasher::new(kind);
            h.update(&block.iter().map(|b| b ^ mask).collect::<Vec<u8>>());
            h
        };
        Keyed { inner: start(0x36), outer: start(0x5c) }
    }

    /// The hash of the message so far.
    pub(crate) fn digest(&self) -> Vec<u8> {
        let mut outer = self.outer.clone();
        outer.update(&self.inner.digest(0));
        outer.digest(0)
    }
}

/// The digest a name or a constructor stands for.
fn kind_of(py: Python, o: &PyObject) -> PyResult<Kind> {
    let known = match o.downcast::<PyStr>().and_then(|s| s.as_str()) {
        Some(name) => match name.to_ascii_lowercase().as_str() {
            "sha2_224" => Some(Kind::Sha224),
            "sha2_256" => Some(Kind::Sha256),
            "sha2_384" => Some(Kind::Sha384),
            "sha2_512" => Some(Kind::Sha512),
            "blake2s_32" => Some(Kind::Blake2s),
            "blake2b_32" => Some(Kind::Blake2b),
            name => Kind::FIXED.into_iter().find(|k| k.name() == name),
        },
        None => None,
    };
    match known {
        Some(k) => Ok(k),
        None => {
            let shown = o.repr(py)?.to_string_lossy();
            Err(raise(py, &*unknown_hash_class(py)?, format!("unsupported hash type: {shown}")))
        }
    }
}

fn start(py: Python, kind: Kind, key: &PyObject) -> PyResult<Keyed> {
    let key = digest::data(py, key)?;
    if key.len() > u32::MAX as usize {
        return Err(overflow_error(py, "key length exceeds UINT32_MAX"));
    }
    Ok(Keyed::new(kind, key.as_slice()))
}

/// Takes an argument's data in.
pub(crate) fn feed(py: Python, state: &Mutex<Keyed>, message: &PyObject) -> PyResult<()> {
    let b = digest::data(py, message)?;
    let take = || state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).inner.update(b.as_slice());
    if b.len() < GIL_MINSIZE {
        take();
    } else {
        nogil!(py, take());
    }
    Ok(())
}

fn compute(py: Python, kind: Kind, key: &PyObject, message: &PyObject) -> PyResult<Py<PyBytes>> {
    let b = digest::data(py, message)?;
    if b.len() > u32::MAX as usize {
        return Err(overflow_error(py, "msg length exceeds UINT32_MAX"));
    }
    drop(b);
    let state = Mutex::new(start(py, kind, key)?);
    feed(py, &state, message)?;
    let d = state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).digest();
    PyBytes::new(py, &d)
}

/// A keyed hash under way.
#[repr(C)]
pub struct PyHmac {
    pub ob_base: PyObject,
    kind: Kind,
    state: Mutex<Keyed>,
}

impl PyHmac {
    fn make(py: Python, kind: Kind, keyed: Keyed) -> PyResult<Py<PyHmac>> {
        let ty = PyHmac::type_object();
        new_object(py, ty, PyHmac { ob_base: PyObject::header(ty), kind, state: Mutex::new(keyed) })
    }

    fn current(&self) -> Keyed {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

#[pytype(name = "HMAC", module = "_hmac", flags(DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE), nosig)]
impl PyHmac {
    /// A copy of the object.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult<Py<PyHmac>> {
        Self::make(py, self.kind, self.current())
    }

    /// Takes a message in.
    #[pymethod(sig = "(msg)")]
    fn update(&self, py: Python, msg: &PyObject) -> PyResult<()> {
        feed(py, &self.state, msg)
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

    #[getter]
    fn name(&self) -> String {
        format!("hmac-{}", self.kind.name())
    }

    #[getter]
    fn block_size(&self) -> usize {
        self.kind.block_size()
    }

    #[getter]
    fn digest_size(&self) -> usize {
        self.kind.digest_size()
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::new(py, &format!("<{} HMAC object @ {:p}>", self.kind.name(), self))
    }
}

/// Defines the one-shot functions.
macro_rules! one_shot {
    ($($function:ident $kind:ident)*) => {
        /// The one-shot functions.
        #[pymodule(part)]
        pub mod one_shot {
            use super::*;
            $(
                #[pyfunction(nodoc)]
                pub fn $function(py: Python, key: &PyObject, msg: &PyObject) -> PyResult<Py<PyBytes>> {
                    compute(py, Kind::$kind, key, msg)
                }
            )*
        }
    };
}
one_shot! {
    compute_md5 Md5
    compute_sha1 Sha1
    compute_sha224 Sha224
    compute_sha256 Sha256
    compute_sha384 Sha384
    compute_sha512 Sha512
    compute_sha3_224 Sha3_224
    compute_sha3_256 Sha3_256
    compute_sha3_384 Sha3_384
    compute_sha3_512 Sha3_512
    compute_blake2s_32 Blake2s
    compute_blake2b_32 Blake2b
}

/// Keyed hashes.
#[pymodule(name = "_hmac", types(PyHmac), parts(one_shot))]
pub mod _hmac {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        module.add(py, "UnknownHashError", unknown_hash_class(py)?.as_object())?;
        module.add(py, "_GIL_MINSIZE", &*crate::system::int(py, GIL_MINSIZE as i64)?)
    }

    /// A new object for a key and a digest's name.
    #[pyfunction(
        sig = "(key, msg=None, digestmod=<unrepresentable>)",
        text = "($module, /, key, msg=None, digestmod=None)"
    )]
    pub fn new(
        py: Python,
        key: &PyObject,
        msg: Option<&PyObject>,
        digestmod: Option<&PyObject>,
    ) -> PyResult<Py<PyHmac>> {
        let Some(digestmod) = digestmod else {
            return Err(type_error(py, "new() missing 1 required argument 'digestmod'"));
        };
        let kind = kind_of(py, digestmod)?;
        let h = PyHmac::make(py, kind, start(py, kind, key)?)?;
        if let Some(m) = msg.filter(|m| !m.is_none()) {
            feed(py, &h.state, m)?;
        }
        Ok(h)
    }

    #[pyfunction(sig = "(key, msg, digest)", nodoc)]
    pub fn compute_digest(
        py: Python,
        key: &PyObject,
        msg: &PyObject,
        digest: &PyObject,
    ) -> PyResult<Py<PyBytes>> {
        compute(py, kind_of(py, digest)?, key, msg)
    }
}
