//! `_io._IOBase` and `_io._RawIOBase`.

use super::helpers::*;
use runtime::prelude::*;
use runtime::types::bytes_::BytesBuilder;

/// The layout all streams begin with.
#[repr(C)]
#[derive(Traverse)]
pub struct PyIOBase {
    pub ob_base: PyObject,
    pub dict: Slot<PyDict>,
    #[traverse(skip)]
    pub weaklist: Cell<*mut PyObject>,
}

impl PyIOBase {
    pub(super) fn new(cls: &PyTypeObject) -> PyIOBase {
        PyIOBase {
            ob_base: PyObject::header(cls),
            dict: Slot::empty(),
            weaklist: Cell::new(std::ptr::null_mut()),
        }
    }
}

/// Has `close()` of the base class been called?
fn base_closed(py: Python, o: &PyObject) -> PyResult<bool> {
    Ok(o.getattr_opt(py, intern!(py, "__IOBase_closed"))?.is_some())
}

/// `ValueError` if the stream is closed.
pub(super) fn check_closed(py: Python, o: &PyObject) -> PyResult<()> {
    if is_closed(py, o)? { Err(value_error(py, "I/O operation on closed file.")) } else { Ok(()) }
}

fn check_ability(py: Python, o: &PyObject, method: &PyStr, message: &str) -> PyResult<bool> {
    let yes = o.call_method0(py, method)?;
    if yes.is(py_bool(true)) { Ok(true) } else { Err(unsupported(py, message)) }
}

/// `io.UnsupportedOperation` unless the stream is readable.
pub(super) fn check_readable(py: Python, o: &PyObject) -> PyResult<bool> {
    check_ability(py, o, intern!(py, "readable"), "File or stream is not readable.")
}

/// `io.UnsupportedOperation` unless the stream is writable.
pub(super) fn check_writable(py: Python, o: &PyObject) -> PyResult<bool> {
    check_ability(py, o, intern!(py, "writable"), "File or stream is not writable.")
}

/// `io.UnsupportedOperation` unless the stream is seekable.
pub(super) fn check_seekable(py: Python, o: &PyObject) -> PyResult<bool> {
    check_ability(py, o, intern!(py, "seekable"), "File or stream is not seekable.")
}

/// Calls a method that must return bytes.
fn bytes_from(py: Python, o: &PyObject, method: &'static PyStr, n: usize) -> PyResult<Py<PyBytes>> {
    let n = PyInt::from_usize(py, n)?;
    loop {
        match o.call_method1(py, method, n.as_object()) {
            Err(e) => interrupted(py, e)?,
            Ok(b) => {
                return b.downcast_into::<PyBytes>().map_err(|b| {
                    let text =
                        format!("{method}() should have returned a bytes object, not '{}'", tp_name(&b));
                    raise(py, &exceptions::PyExc_OSError_Type, text)
                });
            }
        }
    }
}

/// The finaliser of all streams: closes the stream.
fn finalise(py: Python, o: &PyObject) {
    // A stream that can't tell is in no state to be closed.
    let closed = is_closed(py, o).unwrap_or_else(|e| {
        drop(fetch(py, e));
        true
    });
    if closed {
        return;
    }
    // Tells `close()` that nobody closed the stream.
    if let Err(e) = o.setattr(py, intern!(py, "_finalizing"), py_bool(true).as_object()) {
        drop(fetch(py, e));
    }
    if let Err(e) = o.call_method0(py, intern!(py, "close")) {
        let exc = fetch(py, e);
        let shown = match o.repr(py) {
            Ok(s) => s.to_string_lossy(),
            Err(e) => {
                drop(fetch(py, e));
                "<object repr() failed>".to_owned()
            }
        };
        let e = raise_object(py, exc);
        write_unraisable(py, e, Some(&format!("Exception ignored while finalizing file {shown}")), None);
    }
}

/// The base of all streams: text or bytes, raw or buffered.
///
/// Methods a stream does not offer raise UnsupportedOperation. A stream is an iterator over its lines, and a context
/// manager that closes it.
#[pytype(name = "_IOBase", module = "_io", flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, INHERITED_NEW), dictoffset = dict, weaklistoffset = weaklist, nosig)]
impl PyIOBase {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyIOBase>> {
        new_object(py, cls, PyIOBase::new(cls))
    }

    #[slot(tp_finalize)]
    fn finalize(&self, py: Python) {
        with_exception_aside(py, || finalise(py, self.as_object()));
    }

    #[getter]
    fn __dict__(&self, py: Python) -> PyResult {
        runtime::types::object_::generic_get_dict(py, self.as_object())
    }

    /// Changes the position to offset bytes, from the start (0), the current position (1) or the end (2).
    /// Returns the new position.
    #[pymethod(
        sig = "(offset, whence=<unrepresentable>, /)",
        text = "($self, offset, whence=os.SEEK_SET, /)"
    )]
    fn seek(&self, py: Python, _offset: &PyObject, _whence: Option<&PyObject>) -> PyResult {
        Err(unsupported(py, "seek"))
    }

    /// The position.
    #[pymethod]
    fn tell(&self, py: Python) -> PyResult {
        let (zero, one) = (PyInt::from_i64(py, 0)?, PyInt::from_i64(py, 1)?);
        self.as_object().call_method(py, intern!(py, "seek"), &[zero.as_object(), one.as_object()])
    }

    /// Cuts the stream at a size, the current position by default. Returns the new size.
    #[pymethod(sig = "(size=None, /)")]
    fn truncate(&self, py: Python, _size: &PyObject) -> PyResult {
        Err(unsupported(py, "truncate"))
    }

    /// Writes what is buffered. Does nothing for streams that don't buffer.
    #[pymethod]
    fn flush(&self, py: Python) -> PyResult<()> {
        if base_closed(py, self)? { Err(value_error(py, "I/O operation on closed file.")) } else { Ok(()) }
    }

    /// Flushes and closes the stream; once.
    #[pymethod]
    fn close(&self, py: Python) -> PyResult<()> {
        if base_closed(py, self)? {
            return Ok(());
        }
        let flushed = self.as_object().call_method0(py, intern!(py, "flush"));
        chain(py, flushed.err(), || {
            self.as_object().setattr(py, intern!(py, "__IOBase_closed"), py_bool(true).as_object())
        })
    }

    /// Can the position be changed?
    #[pymethod]
    fn seekable(&self) -> bool {
        false
    }

    /// Can the stream be read?
    #[pymethod]
    fn readable(&self) -> bool {
        false
    }

    /// Can the stream be written to?
    #[pymethod]
    fn writable(&self) -> bool {
        false
    }

    #[pymethod(name = "_checkClosed", nodoc)]
    fn check_closed_method(&self, py: Python) -> PyResult<()> {
        check_closed(py, self)
    }

    #[pymethod(name = "_checkSeekable", nodoc)]
    fn check_seekable_method(&self, py: Python) -> PyResult<bool> {
        check_seekable(py, self)
    }

    #[pymethod(name = "_checkReadable", nodoc)]
    fn check_readable_method(&self, py: Python) -> PyResult<bool> {
        check_readable(py, self)
    }

    #[pymethod(name = "_checkWritable", nodoc)]
    fn check_writable_method(&self, py: Python) -> PyResult<bool> {
        check_writable(py, self)
    }

    #[getter]
    fn closed(&self, py: Python) -> PyResult<bool> {
        base_closed(py, self)
    }

    /// The file descriptor, if the stream has one.
    #[pymethod]
    fn fileno(&self, py: Python) -> PyResult {
        Err(unsupported(py, "fileno"))
    }

    /// Is it a terminal?
    #[pymethod]
    fn isatty(&self, py: Python) -> PyResult<bool> {
        check_closed(py, self)?;
        Ok(false)
    }

    #[pymethod(nodoc)]
    fn __enter__(&self, py: Python) -> PyResult<Py<PyIOBase>> {
        check_closed(py, self)?;
        Ok(self.owned())
    }

    #[pymethod(raw, nosig, nodoc)]
    fn __exit__(&self, py: Python, _args: &[&PyObject], _kwnames: Option<&PyTuple>) -> PyResult {
        self.as_object().call_method0(py, intern!(py, "close"))
    }

    /// Reads a line, at most size bytes of it. The line ends with b'\n'; text streams know other ends.
    #[pymethod(sig = "(size=-1, /)")]
    fn readline(&self, py: Python, size: Option<&PyObject>) -> PyResult<Py<PyBytes>> {
        let limit = usize::try_from(size_or_none(py, size)?).ok();
        let peek = self.as_object().hasattr(py, intern!(py, "peek"))?;
        let mut line = BytesBuilder::new();
        while limit.is_none_or(|l| line.len() < l) {
            let mut n = 1;
            if peek {
                let ahead = bytes_from(py, self, intern!(py, "peek"), 1)?;
                let ahead = ahead.as_bytes();
                if !ahead.is_empty() {
                    let most = limit.map_or(ahead.len(), |l| ahead.len().min(l - line.len()));
                    n = line_end(&ahead[..most]).unwrap_or(most);
                }
            }
            let got = bytes_from(py, self, intern!(py, "read"), n)?;
            if got.is_empty() {
                break;
            }
            line.extend(got.as_bytes());
            if got.as_bytes().last() == Some(&b'\n') {
                break;
            }
        }
        line.finish(py)
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult<Py<PyIOBase>> {
        check_closed(py, self)?;
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let line = self.as_object().call_method0(py, intern!(py, "readline"))?;
        if line.length(py)? > 0 { Ok(Some(line)) } else { Ok(None) }
    }

    /// A list of lines, until their total size reaches hint.
    #[pymethod(sig = "(hint=-1, /)")]
    fn readlines(&self, py: Python, hint: Option<&PyObject>) -> PyResult<Py<PyList>> {
        let hint = size_or_none(py, hint)?;
        let list = PyList::empty(py)?;
        if hint <= 0 {
            list.extend(py, self.as_object())?;
            return Ok(list);
        }
        let it = self.as_object().get_iter(py)?;
        let mut total = 0isize;
        while let Some(line) = it.iter_next(py)? {
            let n = line.length(py)?;
            list.append(py, line)?;
            if n > hint - total {
                break;
            }
            total += n;
        }
        Ok(list)
    }

    /// Writes lines, without adding line ends.
    #[pymethod(sig = "(lines, /)")]
    fn writelines(&self, py: Python, lines: &PyObject) -> PyResult<()> {
        check_closed(py, self)?;
        lines.iterate(py, &mut |line| {
            while let Err(e) = self.as_object().call_method1(py, intern!(py, "write"), &line) {
                interrupted(py, e)?;
            }
            Ok(())
        })
    }
}

/// The layout of raw streams in Python.
#[repr(C)]
#[derive(Traverse)]
pub struct PyRawIOBase {
    pub base: PyIOBase,
}

impl PyRawIOBase {
    pub(super) fn new(cls: &PyTypeObject) -> PyRawIOBase {
        PyRawIOBase { base: PyIOBase::new(cls) }
    }
}

/// The base of raw streams, which read and write bytes without buffering.
///
/// Subclasses define readinto() and write(); read() and readall() follow from these.
#[pytype(name = "_RawIOBase", module = "_io", base = PyIOBase, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE), nosig)]
impl PyRawIOBase {
    #[pymethod(sig = "(size=-1, /)", nodoc)]
    fn read(&self, py: Python, size: Option<&PyObject>) -> PyResult {
        let n = size_or_none(py, size)?;
        let this = self.as_object();
        let Ok(n) = usize::try_from(n) else { return this.call_method0(py, intern!(py, "readall")) };
        let buffer = PyByteArray::new(py, &[])?;
        buffer.resize(py, n)?;
        let got = this.call_method1(py, intern!(py, "readinto"), buffer.as_object())?;
        if got.is_none() {
            return Ok(got);
        }
        let filled = got.index_isize(py, Some(&exceptions::PyExc_ValueError_Type))?;
        if filled < 0 || filled as usize > n {
            return Err(value_error(py, format!("readinto returned {filled} outside buffer size {n}")));
        }
        // Python code may have resized it.
        // SAFETY: copied at once.
        let bytes = unsafe { buffer.as_bytes() };
        Ok(PyBytes::new(py, bytes.get(..filled as usize).unwrap_or(bytes))?.into_object())
    }

    /// Reads until the end, by calls of read().
    #[pymethod]
    fn readall(&self, py: Python) -> PyResult {
        let mut all = BytesBuilder::new();
        let size = PyInt::from_usize(py, super::DEFAULT_BUFFER_SIZE)?;
        let mut first = true;
        loop {
            let chunk = match self.as_object().call_method1(py, intern!(py, "read"), size.as_object()) {
                Ok(c) => c,
                Err(e) => {
                    interrupted(py, e)?;
                    continue;
                }
            };
            if chunk.is_none() {
                // Nothing there now: what was read so far, if anything.
                return if first { Ok(chunk) } else { Ok(all.finish(py)?.into_object()) };
            }
            let Some(b) = chunk.downcast::<PyBytes>() else {
                return Err(type_error(py, "read() should return bytes"));
            };
            if b.is_empty() {
                return Ok(all.finish(py)?.into_object());
            }
            all.extend(b.as_bytes());
            first = false;
        }
    }

    #[pymethod(raw, nosig, nodoc)]
    fn readinto(&self, py: Python, _args: &[&PyObject], _kwnames: Option<&PyTuple>) -> PyResult {
        Err(raise_with(py, &exceptions::PyExc_NotImplementedError_Type, none()))
    }

    #[pymethod(raw, nosig, nodoc)]
    fn write(&self, py: Python, _args: &[&PyObject], _kwnames: Option<&PyTuple>) -> PyResult {
        Err(raise_with(py, &exceptions::PyExc_NotImplementedError_Type, none()))
    }
}
