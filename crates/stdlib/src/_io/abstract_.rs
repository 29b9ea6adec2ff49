//! `_io._BufferedIOBase` and `_io._TextIOBase`: names for what their subclasses do.

use super::helpers::*;
use super::iobase::PyIOBase;
use runtime::prelude::*;
use runtime::types::buffer::{Buffer, request};

/// The layout of buffered streams in Python.
#[repr(C)]
#[derive(Traverse)]
pub struct PyBufferedIOBase {
    pub base: PyIOBase,
}

impl PyBufferedIOBase {
    pub(super) fn new(cls: &PyTypeObject) -> PyBufferedIOBase {
        PyBufferedIOBase { base: PyIOBase::new(cls) }
    }
}

/// Fills a buffer through `read` or `read1`.
fn read_into(py: Python, o: &PyObject, method: &PyStr, buffer: &PyObject, what: &str) -> PyResult<usize> {
    let buffer = writable(py, buffer, what)?;
    let n = PyInt::from_usize(py, buffer.len())?;
    let data = o.call_method1(py, method, n.as_object())?;
    let Some(bytes) = data.downcast::<PyBytes>() else {
        return Err(type_error(py, "read() should return bytes"));
    };
    let got = bytes.len();
    if got > buffer.len() {
        let text = format!("read() returned too much data: {} bytes requested, {got} returned", buffer.len());
        return Err(value_error(py, text));
    }
    // SAFETY: the view is writable and at least that long.
    unsafe { std::ptr::copy_nonoverlapping(bytes.data_ptr(), buffer.data_ptr(), got) };
    Ok(got)
}

/// A writable view of an argument (`w*` of the C argument formats); `what` names it in the message.
pub(super) fn writable(py: Python, o: &PyObject, what: &str) -> PyResult<Buffer> {
    match Buffer::get(py, o, request::WRITABLE) {
        Ok(b) => Ok(b),
        Err(e) => {
            drop(fetch(py, e));
            let got = type_name(o);
            let text = format!("{what} must be read-write bytes-like object, not {got}");
            Err(type_error(py, text))
        }
    }
}

/// The base of buffered streams.
///
/// Unlike raw streams they read and write as much as asked for, except for read1() and on streams that don't block.
#[pytype(name = "_BufferedIOBase", module = "_io", base = PyIOBase, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE), nosig)]
impl PyBufferedIOBase {
    /// Separates the raw stream from the buffer and returns it. The buffer can't be used afterwards.
    #[pymethod]
    fn detach(&self, py: Python) -> PyResult {
        Err(unsupported(py, "detach"))
    }

    /// Reads up to size bytes, all there are if size is negative.
    #[pymethod(sig = "(size=-1, /)")]
    fn read(&self, py: Python, _size: Option<&PyObject>) -> PyResult {
        Err(unsupported(py, "read"))
    }

    /// Reads up to size bytes with at most one read of the raw stream.
    #[pymethod(sig = "(size=-1, /)")]
    fn read1(&self, py: Python, _size: Option<&PyObject>) -> PyResult {
        Err(unsupported(py, "read1"))
    }

    #[pymethod(sig = "(buffer, /)", nodoc)]
    fn readinto(&self, py: Python, buffer: &PyObject) -> PyResult<usize> {
        read_into(py, self, intern!(py, "read"), buffer, "readinto() argument")
    }

    #[pymethod(sig = "(buffer, /)", nodoc)]
    fn readinto1(&self, py: Python, buffer: &PyObject) -> PyResult<usize> {
        read_into(py, self, intern!(py, "read1"), buffer, "readinto1() argument")
    }

    /// Writes bytes; returns how many, which is always all of them.
    #[pymethod(sig = "(b, /)")]
    fn write(&self, py: Python, _b: &PyObject) -> PyResult {
        Err(unsupported(py, "write"))
    }
}

/// The layout of text streams in Python.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTextIOBase {
    pub base: PyIOBase,
}

impl PyTextIOBase {
    pub(super) fn new(cls: &PyTypeObject) -> PyTextIOBase {
        PyTextIOBase { base: PyIOBase::new(cls) }
    }
}

/// The base of text streams.
#[pytype(name = "_TextIOBase", module = "_io", base = PyIOBase, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE), nosig)]
impl PyTextIOBase {
    /// Separates the buffer from the text layer and returns it. The text layer can't be used afterwards.
    #[pymethod]
    fn detach(&self, py: Python) -> PyResult {
        Err(unsupported(py, "detach"))
    }

    /// Reads up to size characters, all there are if size is negative.
    #[pymethod(sig = "(size=-1, /)")]
    fn read(&self, py: Python, _size: Option<&PyObject>) -> PyResult {
        Err(unsupported(py, "read"))
    }

    /// Reads a line, at most size characters of it.
    #[pymethod(sig = "(size=-1, /)")]
    fn readline(&self, py: Python, _size: Option<&PyObject>) -> PyResult {
        Err(unsupported(py, "readline"))
    }

    /// Writes text; returns the number of characters.
    #[pymethod(sig = "(s, /)")]
    fn write(&self, py: Python, _s: &PyObject) -> PyResult {
        Err(unsupported(py, "write"))
    }

    /// The name of the encoding.
    #[getter]
    fn encoding(&self) {}

    /// The line ends seen so far.
    #[getter]
    fn newlines(&self) {}

    /// How errors of encoding are handled.
    #[getter]
    fn errors(&self) {}
}
