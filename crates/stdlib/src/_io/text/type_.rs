//! The type `TextIOWrapper`: its fields and methods.

use super::super::abstract_::PyTextIOBase;
use super::super::fileio::PyFileIO;
use super::super::helpers::*;
use super::super::iobase::check_closed;
use super::codec::Fast;
use super::setup::{Arguments, optional_str};
use runtime::prelude::*;
use runtime::types::repr_guard::ReprGuard;
use std::cell::RefCell;

/// Text on a buffer.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTextIOWrapper {
    pub base: PyTextIOBase,
    pub(super) ok: Cell<bool>,
    pub(super) detached: Cell<bool>,
    pub(super) line_buffering: Cell<bool>,
    pub(super) write_through: Cell<bool>,
    finalizing: Cell<bool>,
    pub(super) universal: Cell<bool>,
    pub(super) translate_reading: Cell<bool>,
    pub(super) translate_writing: Cell<bool>,
    pub(super) seekable: Cell<bool>,
    /// Positions can be told: not during iteration.
    pub(super) telling: Cell<bool>,
    pub(super) has_read1: Cell<bool>,
    /// Nothing has been written yet: a byte order mark would come first.
    pub(super) at_start: Cell<bool>,
    pub(super) chunk_size: Cell<isize>,
    pub(super) buffer: Slot,
    pub(super) encoding: Slot<PyStr>,
    pub(super) errors: Slot<PyStr>,
    pub(super) encoder: Slot,
    pub(super) decoder: Slot,
    pub(super) read_newline: Slot<PyStr>,
    /// What `\n` becomes when it is written, if that is something else.
    pub(super) write_newline: Slot<PyStr>,
    /// The encoder does the same.
    #[traverse(skip)]
    pub(super) fast: Cell<Option<Fast>>,
    /// Encoded, but not given to the buffer yet.
    #[traverse(skip)]
    pub(super) pending: RefCell<Vec<u8>>,
    /// The decoded chunk, and how many of its characters have been given out.
    pub(super) decoded: Slot<PyStr>,
    pub(super) decoded_used: Cell<usize>,
    /// The decoder's flags before the chunk, and the bytes to decode again from there.
    pub(super) snapshot: Slot<PyBytes>,
    pub(super) snapshot_flags: Cell<i64>,
    /// Bytes a character had in the last chunk; 0 if unknown.
    pub(super) bytes_per_char: Cell<f64>,
    /// The raw stream below the buffer, if both are of this module's own types: tells whether the stream is closed.
    pub(super) raw: Slot<PyFileIO>,
}

impl PyTextIOWrapper {
    pub(super) fn check_attached(&self, py: Python) -> PyResult<()> {
        if self.ok.get() {
            return Ok(());
        }
        Err(value_error(
            py,
            if self.detached.get() {
                "underlying buffer has been detached"
            } else {
                "I/O operation on uninitialized object"
            },
        ))
    }

    pub(super) fn check_open(&self, py: Python) -> PyResult<()> {
        self.check_attached(py)?;
        if !std::ptr::eq(self.ty(), PyTextIOWrapper::type_object()) {
            return check_closed(py, self);
        }
        let closed = match self.raw.get_owned() {
            Some(f) => f.is_closed(),
            None => is_closed(py, &*self.buffer(py)?)?,
        };
        if closed { Err(value_error(py, "I/O operation on closed file.")) } else { Ok(()) }
    }

    pub(super) fn buffer(&self, py: Python) -> PyResult {
        self.buffer.get_owned().ok_or_else(|| value_error(py, "underlying buffer has been detached"))
    }

    /// Forgets the decoded chunk and the way to it.
    pub(super) fn forget_chunk(&self) {
        self.set_decoded(None);
        self.snapshot.set(None);
    }

    pub(super) fn set_decoded(&self, text: Option<Py<PyStr>>) {
        self.decoded_used.set(0);
        self.decoded.set(text);
    }

    fn forward(&self, py: Python, method: &PyStr) -> PyResult {
        self.check_attached(py)?;
        self.buffer(py)?.call_method0(py, method)
    }
}

/// Text on a stream of bytes.
///
/// encoding is the name of the encoding, that of the locale by default; errors says what is done about characters that can't be
/// encoded or decoded.
///
/// newline says how lines end: None, '', '\n', '\r' or '\r\n'. In reading, None makes '\n' of all ends; '' knows all ends and
/// leaves them as they are; with any other only that one ends a line. In writing, None and '\n' and '' write '\n' as it is;
/// any other replaces it.
///
/// With line_buffering, writing a line end implies flush(). With write_through, what is written goes to the buffer at once.
#[pytype(name = "TextIOWrapper", order = "detach reconfigure write read readline flush close fileno seekable readable writable isatty name closed newlines errors _CHUNK_SIZE", module = "_io", base = PyTextIOBase, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, INHERITED_NEW), members(encoding: object readonly, line_buffering: bool readonly, write_through: bool readonly, finalizing as _finalizing: bool))]
impl PyTextIOWrapper {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyTextIOWrapper>> {
        let no = || Cell::new(false);
        new_object(
            py,
            cls,
            PyTextIOWrapper {
                base: PyTextIOBase::new(cls),
                ok: no(),
                detached: no(),
                line_buffering: no(),
                write_through: no(),
                finalizing: no(),
                universal: no(),
                translate_reading: no(),
                translate_writing: no(),
                seekable: no(),
                telling: no(),
                has_read1: no(),
                at_start: no(),
                chunk_size: Cell::new(8192),
                buffer: Slot::empty(),
                encoding: Slot::empty(),
                errors: Slot::empty(),
                encoder: Slot::empty(),
                decoder: Slot::empty(),
                read_newline: Slot::empty(),
                write_newline: Slot::empty(),
                fast: Cell::new(None),
                pending: RefCell::new(Vec::new()),
                decoded: Slot::empty(),
                decoded_used: Cell::new(0),
                snapshot: Slot::empty(),
                snapshot_flags: Cell::new(0),
                bytes_per_char: Cell::new(0.0),
                raw: Slot::empty(),
            },
        )
    }

    #[slot(
        tp_init,
        sig = "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)"
    )]
    fn init(
        &self,
        py: Python,
        buffer: &PyObject,
        encoding: Option<&PyObject>,
        errors: Option<&PyObject>,
        newline: Option<&PyObject>,
        line_buffering: bool,
        write_through: bool,
    ) -> PyResult<()> {
        let name = "TextIOWrapper";
        self.set_up(
            py,
            Arguments {
                buffer,
                encoding: optional_str(py, name, "encoding", encoding)?,
                errors: optional_str(py, name, "errors", errors)?,
                newline: optional_str(py, name, "newline", newline)?,
                line_buffering,
                write_through,
            },
        )
    }

    /// Changes encoding, line ends or buffering.
    ///
    /// Flushes the stream. Encoding and line ends can't be changed once something has been read.
    #[pymethod(
        sig = "(*, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, write_through=None)",
        text = "($self, /, *, encoding=None, errors=None, newline=None,\n            line_buffering=None, write_through=None)"
    )]
    fn reconfigure(
        &self,
        py: Python,
        encoding: Option<&PyObject>,
        errors: Option<&PyObject>,
        newline: Option<&PyObject>,
        line_buffering: Option<&PyObject>,
        write_through: Option<&PyObject>,
    ) -> PyResult<()> {
        let name = "reconfigure";
        let encoding = optional_str(py, name, "encoding", encoding)?;
        let errors = optional_str(py, name, "errors", errors)?;
        let newline = match newline {
            None => None,
            Some(n) => Some(optional_str(py, name, "newline", Some(n))?),
        };
        self.check_attached(py)?;
        self.change(py, encoding, errors, newline, line_buffering, write_through)
    }

    /// Separates the buffer from the text layer and returns it. The text layer can't be used afterwards.
    #[pymethod]
    fn detach(&self, py: Python) -> PyResult {
        self.check_attached(py)?;
        self.as_object().call_method0(py, intern!(py, "flush"))?;
        let buffer = self.buffer(py)?;
        self.buffer.set(None);
        self.detached.set(true);
        self.ok.set(false);
        Ok(buffer)
    }

    /// Writes text; returns the number of characters.
    #[pymethod(name = "write", sig = "(text, /)")]
    fn write_method(&self, py: Python, text: &PyObject) -> PyResult<usize> {
        let Some(text) = text.downcast::<PyStr>() else {
            return Err(type_error(py, format!("write() argument must be str, not {}", type_name(text))));
        };
        self.write(py, text)
    }

    /// Reads up to size characters, all that are left if size is negative.
    #[pymethod(name = "read", sig = "(size=-1, /)")]
    fn read_method(&self, py: Python, size: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        let n = size_or_none(py, size)?;
        self.read(py, n)
    }

    /// Reads a line, at most size characters of it.
    #[pymethod(name = "readline", sig = "(size=-1, /)")]
    fn readline_method(&self, py: Python, size: isize) -> PyResult<Py<PyStr>> {
        self.check_attached(py)?;
        self.readline(py, size)
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        self.check_attached(py)?;
        self.telling.set(false);
        let line = if std::ptr::eq(self.ty(), PyTextIOWrapper::type_object()) {
            self.readline(py, -1)?.into_object()
        } else {
            let line = self.as_object().call_method0(py, intern!(py, "readline"))?;
            if !PyStr::check(&line) {
                let text = format!("readline() should have returned a str object, not '{}'", tp_name(&line));
                return Err(raise(py, &exceptions::PyExc_OSError_Type, text));
            }
            line
        };
        if line.length(py)? > 0 {
            return Ok(Some(line));
        }
        self.snapshot.set(None);
        self.telling.set(self.seekable.get());
        Ok(None)
    }

    /// Changes the position to one that tell() gave, to the start, or without offset to the current position (1) or the end (2).
    #[pymethod(name = "seek", sig = "(cookie, whence=0, /)", text = "($self, cookie, whence=os.SEEK_SET, /)")]
    fn seek_method(&self, py: Python, cookie: &PyObject, whence: i32) -> PyResult {
        self.seek(py, cookie, whence)
    }

    /// A number that seek() understands as the current position.
    #[pymethod(name = "tell")]
    fn tell_method(&self, py: Python) -> PyResult {
        self.tell(py)
    }

    /// Makes the file this long, as long as the current position by default. Returns the size.
    #[pymethod(sig = "(pos=None, /)")]
    fn truncate(&self, py: Python, pos: &PyObject) -> PyResult {
        self.check_attached(py)?;
        self.as_object().call_method0(py, intern!(py, "flush"))?;
        self.buffer(py)?.call_method1(py, intern!(py, "truncate"), pos)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        if !self.ok.get() && !self.detached.get() {
            self.check_attached(py)?;
        }
        let ty = tp_name(self).to_owned();
        let Some(_guard) = ReprGuard::enter(py, self) else {
            return Err(runtime_error(py, format!("reentrant call inside {ty}.__repr__")));
        };
        let mut text = PyStr::new(py, &format!("<{ty}"))?;
        for (label, attribute) in [(" name=", intern!(py, "name")), (" mode=", intern!(py, "mode"))] {
            let value = match self.as_object().getattr_opt(py, attribute) {
                Ok(v) => v,
                // The buffer was detached.
                Err(e) => {
                    drop(catch(py, e, &exceptions::PyExc_ValueError_Type)?);
                    None
                }
            };
            if let Some(v) = value {
                let v = PyStr::concat3(py, label, &*v.repr(py)?, "")?;
                text = PyStr::concat(py, &text, &v)?;
            }
        }
        let encoding = match self.encoding.get_owned() {
            Some(e) => e.as_object().repr(py)?,
            None => PyStr::new(py, "None")?,
        };
        let tail = PyStr::concat3(py, " encoding=", &encoding, ">")?;
        PyStr::concat(py, &text, &tail)
    }

    /// The file descriptor of the buffer.
    #[pymethod]
    fn fileno(&self, py: Python) -> PyResult {
        self.forward(py, intern!(py, "fileno"))
    }

    /// Can the position be changed?
    #[pymethod]
    fn seekable(&self, py: Python) -> PyResult {
        self.forward(py, intern!(py, "seekable"))
    }

    /// Can the stream be read?
    #[pymethod]
    fn readable(&self, py: Python) -> PyResult {
        self.forward(py, intern!(py, "readable"))
    }

    /// Can the stream be written to?
    #[pymethod]
    fn writable(&self, py: Python) -> PyResult {
        self.forward(py, intern!(py, "writable"))
    }

    /// Is it a terminal?
    #[pymethod]
    fn isatty(&self, py: Python) -> PyResult {
        self.forward(py, intern!(py, "isatty"))
    }

    /// Gives what was written to the buffer, and flushes that.
    #[pymethod]
    fn flush(&self, py: Python) -> PyResult {
        self.check_open(py)?;
        self.telling.set(self.seekable.get());
        self.write_pending(py)?;
        self.buffer(py)?.call_method0(py, intern!(py, "flush"))
    }

    /// Flushes and closes the stream and the buffer.
    #[pymethod]
    fn close(&self, py: Python) -> PyResult {
        self.check_attached(py)?;
        let buffer = self.buffer(py)?;
        if self.as_object().getattr(py, intern!(py, "closed"))?.is_true(py)? {
            return Ok(none().owned());
        }
        if self.detached.get() {
            // Asking the buffer ran code that detached it.
            return Ok(none().owned());
        }
        if self.finalizing.get()
            && let Err(e) = buffer.call_method1(py, intern!(py, "_dealloc_warn"), self)
        {
            drop(fetch(py, e));
        }
        let flushed = self.as_object().call_method0(py, intern!(py, "flush"));
        let mut result = none().owned();
        chain(py, flushed.err(), || {
            result = buffer.call_method0(py, intern!(py, "close"))?;
            Ok(())
        })?;
        Ok(result)
    }

    #[pymethod(nodoc)]
    fn __getstate__(&self, py: Python) -> PyResult<()> {
        Err(no_pickle(py, self))
    }

    #[getter(buffer)]
    fn get_buffer(&self, py: Python) -> PyResult {
        self.check_attached(py)?;
        self.buffer(py)
    }

    #[getter]
    fn name(&self, py: Python) -> PyResult {
        self.check_attached(py)?;
        self.buffer(py)?.getattr(py, intern!(py, "name"))
    }

    #[getter]
    fn closed(&self, py: Python) -> PyResult {
        if !self.ok.get() && !self.detached.get() && self.buffer.is_empty() {
            return Ok(py_bool(true).owned().into_object());
        }
        self.check_attached(py)?;
        self.buffer(py)?.getattr(py, intern!(py, "closed"))
    }

    #[getter]
    fn newlines(&self, py: Python) -> PyResult {
        self.check_attached(py)?;
        match self.decoder.get_owned() {
            Some(d) => Ok(d.getattr_opt(py, intern!(py, "newlines"))?.unwrap_or_else(|| none().owned())),
            None => Ok(none().owned()),
        }
    }

    #[getter(errors)]
    fn get_errors(&self, py: Python) -> PyResult {
        if !self.ok.get() && !self.detached.get() {
            self.check_attached(py)?;
        }
        Ok(self.errors.get_owned().map_or_else(|| none().owned(), Py::into_object))
    }

    #[getter(_CHUNK_SIZE)]
    fn chunk_size_checked(&self, py: Python) -> PyResult<isize> {
        self.check_attached(py)?;
        Ok(self.chunk_size.get())
    }

    #[setter(_CHUNK_SIZE)]
    fn set_chunk_size(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.check_attached(py)?;
        let Some(v) = value else {
            let ty = tp_name(self);
            return Err(attribute_error(
                py,
                format!("attribute '_CHUNK_SIZE' of '{ty}' objects cannot be deleted"),
            ));
        };
        let n = v.index_isize(py, Some(&exceptions::PyExc_ValueError_Type))?;
        if n <= 0 {
            return Err(value_error(py, "a strictly positive integer is required"));
        }
        self.chunk_size.set(n);
        Ok(())
    }
}
