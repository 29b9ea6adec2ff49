//! The incremental objects: `Compress`, `Decompress` and `_ZlibDecompressor`.

use super::codec::{Codec, Failure};
use super::{failed, zlib_error};
use crate::system::{Bytes, nogil};
use libz_rs_sys as z;
use runtime::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// A stream that one thread at a time uses, without the interpreter lock. `None` once it has ended.
struct Stream(Mutex<Option<Codec>>);

impl Stream {
    fn new(c: Codec) -> Stream {
        Stream(Mutex::new(Some(c)))
    }

    /// Waits for other users without the interpreter lock: they need it to finish.
    fn lock(&self, py: Python) -> MutexGuard<'_, Option<Codec>> {
        match self.0.try_lock() {
            Ok(g) => g,
            Err(TryLockError::Poisoned(p)) => p.into_inner(),
            Err(TryLockError::WouldBlock) => {
                nogil!(py, self.0.lock().unwrap_or_else(PoisonError::into_inner))
            }
        }
    }
}

/// The failure of a call on a stream that has ended.
fn ended() -> Failure {
    Failure { code: z::Z_STREAM_ERROR, message: None }
}

/// What `compressobj` returns.
#[repr(C)]
pub struct PyCompress {
    pub ob_base: PyObject,
    stream: Stream,
}

impl PyCompress {
    fn with(py: Python, c: Codec) -> PyResult<Py<PyCompress>> {
        let ty = PyCompress::type_object();
        new_object(py, ty, PyCompress { ob_base: PyObject::header(ty), stream: Stream::new(c) })
    }

    pub fn make(
        py: Python,
        level: i32,
        method: i32,
        wbits: i32,
        mem_level: i32,
        strategy: i32,
        zdict: Option<Bytes>,
    ) -> PyResult<Py<PyCompress>> {
        if zdict.as_ref().is_some_and(|d| u32::try_from(d.len()).is_err()) {
            return Err(overflow_error(py, "zdict length does not fit in an unsigned int"));
        }
        let mut c = match Codec::deflate(level, method, wbits, mem_level, strategy) {
            Ok(c) => c,
            Err(f) if f.code == z::Z_STREAM_ERROR => {
                return Err(value_error(py, "Invalid initialization option"));
            }
            Err(f) => return Err(failed(py, f, "while creating compression object")),
        };
        if let Some(d) = zdict
            && let Err(f) = c.set_dictionary(&d)
        {
            let text =
                if f.code == z::Z_STREAM_ERROR { "Invalid dictionary" } else { "deflateSetDictionary()" };
            return Err(value_error(py, text));
        }
        PyCompress::with(py, c)
    }

    fn run(&self, py: Python, input: &[u8], mode: i32, doing: &str) -> PyResult<Py<PyBytes>> {
        let mut guard = self.stream.lock(py);
        let Some(codec) = guard.as_mut() else { return Err(failed(py, ended(), doing)) };
        let mut out = Vec::new();
        let r = nogil!(py, codec.compress(input, mode, &mut out));
        match r {
            Ok(code) => {
                if mode == z::Z_FINISH && code == z::Z_STREAM_END {
                    *guard = None;
                } else if mode != z::Z_NO_FLUSH && code != z::Z_OK && code != z::Z_BUF_ERROR {
                    return Err(failed(py, codec.failure(code), doing));
                }
                drop(guard);
                PyBytes::new(py, &out)
            }
            Err(f) => Err(failed(py, f, doing)),
        }
    }

    fn duplicate(&self, py: Python) -> PyResult<Py<PyCompress>> {
        let mut guard = self.stream.lock(py);
        let Some(codec) = guard.as_mut() else { return Err(value_error(py, "Cannot copy flushed objects.")) };
        match codec.copy() {
            Ok(c) => PyCompress::with(py, c),
            Err(f) if f.code == z::Z_STREAM_ERROR => Err(value_error(py, "Inconsistent stream state")),
            Err(f) => Err(failed(py, f, "while copying compression object")),
        }
    }
}

#[pytype(name = "Compress", module = "zlib", flags(DISALLOW_INSTANTIATION, HEAPTYPE), nosig)]
impl PyCompress {
    /// Takes data in; what is ready of the compressed data.
    #[pymethod]
    fn compress(&self, py: Python, data: Bytes) -> PyResult<Py<PyBytes>> {
        self.run(py, &data, z::Z_NO_FLUSH, "while compressing data")
    }

    /// The compressed data that was held back. With Z_FINISH, the default, the object is of no use afterwards.
    #[pymethod(sig = "(mode=4, /)", text = "($self, mode=zlib.Z_FINISH, /)")]
    fn flush(&self, py: Python, mode: i32) -> PyResult<Py<PyBytes>> {
        if mode == z::Z_NO_FLUSH {
            return Ok(PyBytes::empty().owned());
        }
        self.run(py, &[], mode, "while flushing")
    }

    /// A copy of the compression object.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult<Py<PyCompress>> {
        self.duplicate(py)
    }

    #[pymethod(name = "__copy__")]
    fn copy_special(&self, py: Python) -> PyResult<Py<PyCompress>> {
        self.duplicate(py)
    }

    #[pymethod(name = "__deepcopy__")]
    fn deepcopy(&self, py: Python, memo: &PyObject) -> PyResult<Py<PyCompress>> {
        let _ = memo;
        self.duplicate(py)
    }
}

/// A dictionary argument as bytes.
fn dictionary(py: Python, zdict: Option<&PyObject>) -> PyResult<Option<Vec<u8>>> {
    let Some(o) = zdict else { return Ok(None) };
    if !buffer::supports(o) {
        return Err(type_error(py, "zdict argument must support the buffer protocol"));
    }
    let b = buffer::Buffer::get_simple(py, o)?;
    if u32::try_from(b.len()).is_err() {
        return Err(overflow_error(py, "zdict length does not fit in an unsigned int"));
    }
    Ok(Some(b.as_slice().to_vec()))
}

/// A decompressor with its dictionary; raw streams get it at once, as they cannot ask for it.
fn open(py: Python, wbits: i32, dict: Option<&[u8]>) -> PyResult<Codec> {
    let mut c = match Codec::inflate(wbits) {
        Ok(c) => c,
        Err(f) if f.code == z::Z_STREAM_ERROR => {
            return Err(value_error(py, "Invalid initialization option"));
        }
        Err(f) => return Err(failed(py, f, "while creating decompression object")),
    };
    if let Some(d) = dict.filter(|_| wbits < 0)
        && let Err(f) = c.set_dictionary(d)
    {
        return Err(failed(py, f, "while setting zdict"));
    }
    Ok(c)
}

/// What `decompressobj` returns.
#[repr(C)]
pub struct PyDecompress {
    pub ob_base: PyObject,
    stream: Stream,
    dict: Option<Vec<u8>>,
    unused_data: Slot<PyBytes>,
    unconsumed_tail: Slot<PyBytes>,
    eof: Cell<bool>,
}

impl PyDecompress {
    fn with(py: Python, c: Codec, dict: Option<Vec<u8>>) -> PyResult<Py<PyDecompress>> {
        let ty = PyDecompress::type_object();
        new_object(
            py,
            ty,
            PyDecompress {
                ob_base: PyObject::header(ty),
                stream: Stream::new(c),
                dict,
                unused_data: Slot::new(Some(PyBytes::empty().owned())),
                unconsumed_tail: Slot::new(Some(PyBytes::empty().owned())),
                eof: Cell::new(false),
            },
        )
    }

    pub fn make(py: Python, wbits: i32, zdict: Option<&PyObject>) -> PyResult<Py<PyDecompress>> {
        let dict = dictionary(py, zdict)?.filter(|d| !d.is_empty());
        let c = open(py, wbits, dict.as_deref())?;
        PyDecompress::with(py, c, dict)
    }

    fn run(&self, py: Python, input: &[u8], limit: usize) -> PyResult<Vec<u8>> {
        let doing = "while decompressing data";
        let mut guard = self.stream.lock(py);
        let Some(codec) = guard.as_mut() else { return Err(failed(py, ended(), doing)) };
        let mut out = Vec::new();
        let dict = self.dict.as_deref();
        let (code, used) = match nogil!(py, codec.decompress(input, &mut out, limit, dict)) {
            Ok(r) => r,
            Err(f) => return Err(failed(py, f, "while setting zdict")),
        };
        let rest = input.get(used..).unwrap_or_default();
        if code == z::Z_STREAM_END {
            // Input after the end of the stream.
            let mut all = self.unused_data.get_owned().map_or(Vec::new(), |b| b.as_bytes().to_vec());
            all.extend_from_slice(rest);
            self.unused_data.set(Some(PyBytes::new(py, &all)?));
            self.unconsumed_tail.set(Some(PyBytes::empty().owned()));
            self.eof.set(true);
        } else {
            self.unconsumed_tail.set(Some(PyBytes::new(py, rest)?));
            if code != z::Z_OK && code != z::Z_BUF_ERROR {
                return Err(failed(py, codec.failure(code), doing));
            }
        }
        Ok(out)
    }

    fn duplicate(&self, py: Python) -> PyResult<Py<PyDecompress>> {
        let mut guard = self.stream.lock(py);
        let Some(codec) = guard.as_mut() else { return Err(value_error(py, "Cannot copy flushed objects.")) };
        let c = match codec.copy() {
            Ok(c) => c,
            Err(f) if f.code == z::Z_STREAM_ERROR => {
                return Err(value_error(py, "Inconsistent stream state"));
            }
            Err(f) => return Err(failed(py, f, "while copying decompression object")),
        };
        let new = PyDecompress::with(py, c, self.dict.clone())?;
        new.unused_data.set(self.unused_data.get_owned());
        new.unconsumed_tail.set(self.unconsumed_tail.get_owned());
        new.eof.set(self.eof.get());
        Ok(new)
    }
}

#[pytype(name = "Decompress", module = "zlib", flags(DISALLOW_INSTANTIATION, HEAPTYPE), nosig)]
impl PyDecompress {
    /// Takes data in; what is ready of the decompressed data, at most max_length bytes unless that is 0.
    #[pymethod(sig = "(data, /, max_length=0)")]
    fn decompress(&self, py: Python, data: Bytes, max_length: isize) -> PyResult<Py<PyBytes>> {
        let Ok(limit) = usize::try_from(max_length) else {
            return Err(value_error(py, "max_length must be non-negative"));
        };
        let out = self.run(py, &data, if limit == 0 { usize::MAX } else { limit })?;
        PyBytes::new(py, &out)
    }

    /// What remains to be decompressed.
    #[pymethod(sig = "(length=16384, /)", text = "($self, length=zlib.DEF_BUF_SIZE, /)")]
    fn flush(&self, py: Python, length: isize) -> PyResult<Py<PyBytes>> {
        if length <= 0 {
            return Err(value_error(py, "length must be greater than zero"));
        }
        if self.eof.get() {
            *self.stream.lock(py) = None;
            return Ok(PyBytes::empty().owned());
        }
        if self.stream.lock(py).is_none() {
            return Ok(PyBytes::empty().owned());
        }
        let tail = self.unconsumed_tail.get_owned();
        let input = tail.as_ref().map_or(&[][..], |t| t.as_bytes());
        let out = self.run(py, input, usize::MAX)?;
        if self.eof.get() {
            *self.stream.lock(py) = None;
        }
        PyBytes::new(py, &out)
    }

    /// A copy of the decompression object.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult<Py<PyDecompress>> {
        self.duplicate(py)
    }

    #[pymethod(name = "__copy__")]
    fn copy_special(&self, py: Python) -> PyResult<Py<PyDecompress>> {
        self.duplicate(py)
    }

    #[pymethod(name = "__deepcopy__")]
    fn deepcopy(&self, py: Python, memo: &PyObject) -> PyResult<Py<PyDecompress>> {
        let _ = memo;
        self.duplicate(py)
    }

    #[getter]
    fn unused_data(&self, _py: Python) -> Option<Py<PyBytes>> {
        self.unused_data.get_owned()
    }

    #[getter]
    fn unconsumed_tail(&self, _py: Python) -> Option<Py<PyBytes>> {
        self.unconsumed_tail.get_owned()
    }

    #[getter]
    fn eof(&self, _py: Python) -> bool {
        self.eof.get()
    }
}

/// A decompressor that keeps the input it could not use yet, as bz2 and lzma have it.
#[repr(C)]
pub struct PyZlibDecompressor {
    pub ob_base: PyObject,
    stream: Stream,
    dict: Option<Vec<u8>>,
    /// Input not used yet.
    pending: std::cell::RefCell<Vec<u8>>,
    unused_data: Slot<PyBytes>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
}

#[pytype(
    name = "_ZlibDecompressor",
    module = "zlib",
    flags(HEAPTYPE, IMMUTABLETYPE),
    doc = "Decompresses data that come in pieces.",
    text = "(wbits=15, zdict=b'')"
)]
impl PyZlibDecompressor {
    #[slot(tp_new, sig = "(wbits=15, zdict=<unrepresentable>)")]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        wbits: i32,
        zdict: Option<&PyObject>,
    ) -> PyResult<Py<PyZlibDecompressor>> {
        let dict = dictionary(py, zdict)?.filter(|d| !d.is_empty());
        let c = open(py, wbits, dict.as_deref())?;
        new_object(
            py,
            cls,
            PyZlibDecompressor {
                ob_base: PyObject::header(cls),
                stream: Stream::new(c),
                dict,
                pending: Default::default(),
                unused_data: Slot::new(Some(PyBytes::empty().owned())),
                eof: Cell::new(false),
                needs_input: Cell::new(true),
            },
        )
    }

    /// Decompresses data, at most max_length bytes unless that is negative; what is left over is used in the next call.
    #[pymethod(sig = "(data, max_length=-1)")]
    fn decompress(&self, py: Python, data: Bytes, max_length: isize) -> PyResult<Py<PyBytes>> {
        let mut guard = self.stream.lock(py);
        if self.eof.get() {
            return Err(eof_error(py, "End of stream already reached"));
        }
        let Some(codec) = guard.as_mut() else { return Err(zlib_error(py, "stream has ended")) };
        let mut input = self.pending.take();
        input.extend_from_slice(&data);
        let mut out = Vec::new();
        let dict = self.dict.as_deref();
        let limit = usize::try_from(max_length).unwrap_or(usize::MAX);
        let (code, used) = match nogil!(py, codec.decompress(&input, &mut out, limit, dict)) {
            Ok(r) => r,
            Err(f) => return Err(failed(py, f, "while setting zdict")),
        };
        let rest = input.split_off(used.min(input.len()));
        match code {
            z::Z_STREAM_END => {
                self.unused_data.set(Some(PyBytes::new(py, &rest)?));
                self.eof.set(true);
                self.needs_input.set(false);
            }
            z::Z_OK | z::Z_BUF_ERROR => {
                self.needs_input.set(rest.is_empty());
                self.pending.replace(rest);
            }
            _ => return Err(failed(py, codec.failure(code), "while decompressing data")),
        }
        drop(guard);
        PyBytes::new(py, &out)
    }

    #[getter(name = "eof", doc = "Has the end of the stream been read?")]
    fn is_eof(&self, _py: Python) -> bool {
        self.eof.get()
    }

    #[getter(name = "unused_data", doc = "What came behind the end of the stream.")]
    fn unused(&self, _py: Python) -> Option<Py<PyBytes>> {
        self.unused_data.get_owned()
    }

    #[getter(name = "needs_input", doc = "Is there nothing left to give without more input?")]
    fn wants_input(&self, _py: Python) -> bool {
        self.needs_input.get()
    }
}
