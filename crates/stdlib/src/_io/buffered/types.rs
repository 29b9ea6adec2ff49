//! The Python types `BufferedReader`, `BufferedWriter` and `BufferedRandom`: names for what [`PyBuffered`] does.

use super::super::abstract_::PyBufferedIOBase;
use super::super::helpers::*;
use super::super::iobase::{check_readable, check_seekable, check_writable};
use super::PyBuffered;
use runtime::prelude::*;

/// The methods all three have.
macro_rules! common_methods {
    ($t:ident) => {
        impl std::ops::Deref for $t {
            type Target = PyBuffered;
            fn deref(&self) -> &PyBuffered {
                &self.base
            }
        }

        #[pymethods(common)]
        impl $t {
            #[slot(tp_repr)]
            fn repr_slot(&self, py: Python) -> PyResult<Py<PyStr>> {
                self.base.repr(py)
            }

            /// Separates the raw stream from the buffer and returns it. The buffer can't be used afterwards.
            #[pymethod(name = "detach")]
            fn detach_method(&self, py: Python) -> PyResult {
                self.base.detach(py)
            }

            /// Flushes and closes the stream and the raw stream.
            #[pymethod(name = "close")]
            fn close_method(&self, py: Python) -> PyResult {
                self.base.close(py)
            }

            /// Can the position be changed?
            #[pymethod]
            fn seekable(&self, py: Python) -> PyResult {
                self.base.forward(py, intern!(py, "seekable"))
            }

            /// The raw stream's file descriptor.
            #[pymethod]
            fn fileno(&self, py: Python) -> PyResult {
                self.base.forward(py, intern!(py, "fileno"))
            }

            /// Is it a terminal?
            #[pymethod]
            fn isatty(&self, py: Python) -> PyResult {
                self.base.forward(py, intern!(py, "isatty"))
            }

            #[pymethod(sig = "(source, /)", nodoc)]
            fn _dealloc_warn(&self, py: Python, source: &PyObject) {
                self.base.dealloc_warn(py, source)
            }

            /// Changes the position: target bytes from the start (0), the current position (1) or the end (2).
            /// Returns the new position.
            #[pymethod(name = "seek", sig = "(target, whence=0, /)")]
            fn seek_method(&self, py: Python, target: &PyObject, whence: i32) -> PyResult<i64> {
                self.base.seek(py, target, whence)
            }

            /// The position.
            #[pymethod(name = "tell")]
            fn tell_method(&self, py: Python) -> PyResult<i64> {
                self.base.tell(py)
            }

            /// Makes the file this long, as long as the current position by default. Returns the size.
            #[pymethod(name = "truncate", sig = "(pos=None, /)")]
            fn truncate_method(&self, py: Python, pos: &PyObject) -> PyResult {
                self.base.truncate(py, pos)
            }

            #[pymethod(nodoc)]
            fn __sizeof__(&self) -> usize {
                self.base.size_of()
            }

            #[pymethod(nodoc)]
            fn __getstate__(&self, py: Python) -> PyResult<()> {
                Err(no_pickle(py, self.base.as_object()))
            }

            #[getter]
            fn closed(&self, py: Python) -> PyResult {
                self.base.attribute(py, intern!(py, "closed"))
            }

            #[getter]
            fn name(&self, py: Python) -> PyResult {
                self.base.attribute(py, intern!(py, "name"))
            }

            #[getter]
            fn mode(&self, py: Python) -> PyResult {
                self.base.attribute(py, intern!(py, "mode"))
            }
        }
    };
}

/// The methods of those that read.
macro_rules! reading_methods {
    ($t:ident) => {
        #[pymethods(reading)]
        impl $t {
            /// Reads size bytes, all that are left if size is negative or None.
            #[pymethod(name = "read", sig = "(size=-1, /)")]
            fn read_method(&self, py: Python, size: Option<&PyObject>) -> PyResult {
                self.base.read(py, size)
            }

            /// The bytes that have been read ahead; reads once if there are none. The position stays.
            #[pymethod(name = "peek", sig = "(size=0, /)")]
            fn peek_method(&self, py: Python, _size: isize) -> PyResult<Py<PyBytes>> {
                self.base.peek(py)
            }

            /// Reads up to size bytes with at most one read of the raw stream.
            #[pymethod(name = "read1", sig = "(size=-1, /)")]
            fn read1_method(&self, py: Python, size: isize) -> PyResult<Py<PyBytes>> {
                self.base.read1(py, size)
            }

            #[pymethod(name = "readinto", sig = "(buffer, /)", nodoc)]
            fn readinto_method(&self, py: Python, buffer: &PyObject) -> PyResult<Option<usize>> {
                self.base.readinto(py, buffer, false)
            }

            #[pymethod(name = "readinto1", sig = "(buffer, /)", nodoc)]
            fn readinto1_method(&self, py: Python, buffer: &PyObject) -> PyResult<Option<usize>> {
                self.base.readinto(py, buffer, true)
            }

            /// Reads a line, at most size bytes of it.
            #[pymethod(name = "readline", sig = "(size=-1, /)")]
            fn readline_method(&self, py: Python, size: Option<&PyObject>) -> PyResult<Py<PyBytes>> {
                let size = size_or_none(py, size)?;
                self.base.readline(py, size)
            }

            #[slot(tp_iternext)]
            fn next_slot(&self, py: Python) -> PyResult<Option<Py>> {
                let own = std::ptr::eq(self.base.as_object().ty(), $t::type_object());
                self.base.next_line(py, own)
            }
        }
    };
}

fn make<T: PyTypeInfo>(py: Python, cls: &PyTypeObject, value: T) -> PyResult<Py<T>> {
    new_object(py, cls, value)
}

/// A buffer for reading.
#[repr(C)]
#[derive(Traverse)]
pub struct PyBufferedReader {
    pub base: PyBuffered,
}

/// A buffer for reading from a raw stream.
#[pytype(name = "BufferedReader", order = "detach flush close seekable readable fileno isatty _dealloc_warn read peek read1 readinto readinto1 readline", module = "_io", base = PyBufferedIOBase, noderef, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, INHERITED_NEW), parts(common, reading), members(base.raw as raw: object readonly, base.finalizing as _finalizing: bool), text = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)")]
impl PyBufferedReader {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyBufferedReader>> {
        make(py, cls, PyBufferedReader { base: PyBuffered::empty(cls) })
    }

    #[slot(tp_init, sig = "(raw, buffer_size=131072)")]
    fn init_slot(&self, py: Python, raw: &PyObject, buffer_size: isize) -> PyResult<()> {
        self.base.start_init();
        check_readable(py, raw)?;
        self.base.init(py, raw, buffer_size, true, false, PyBufferedReader::type_object())
    }

    /// Can the stream be read?
    #[pymethod]
    fn readable(&self, py: Python) -> PyResult {
        self.base.forward(py, intern!(py, "readable"))
    }

    #[pymethod(name = "flush", nodoc)]
    fn flush_method(&self, py: Python) -> PyResult {
        self.base.flush_raw(py)
    }
}
common_methods!(PyBufferedReader);
reading_methods!(PyBufferedReader);

/// A buffer for writing.
#[repr(C)]
#[derive(Traverse)]
pub struct PyBufferedWriter {
    pub base: PyBuffered,
}

/// A buffer for writing to a raw stream.
#[pytype(name = "BufferedWriter", order = "close detach seekable writable fileno isatty _dealloc_warn write truncate", module = "_io", base = PyBufferedIOBase, noderef, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, INHERITED_NEW), parts(common), members(base.raw as raw: object readonly, base.finalizing as _finalizing: bool), text = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)")]
impl PyBufferedWriter {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyBufferedWriter>> {
        make(py, cls, PyBufferedWriter { base: PyBuffered::empty(cls) })
    }

    #[slot(tp_init, sig = "(raw, buffer_size=131072)")]
    fn init_slot(&self, py: Python, raw: &PyObject, buffer_size: isize) -> PyResult<()> {
        self.base.start_init();
        check_writable(py, raw)?;
        self.base.init(py, raw, buffer_size, false, true, PyBufferedWriter::type_object())
    }

    /// Can the stream be written to?
    #[pymethod]
    fn writable(&self, py: Python) -> PyResult {
        self.base.forward(py, intern!(py, "writable"))
    }

    /// Writes bytes; returns how many, which is always all of them.
    #[pymethod(name = "write", sig = "(buffer, /)")]
    fn write_method(&self, py: Python, buffer: &PyObject) -> PyResult<usize> {
        self.base.write(py, buffer)
    }

    /// Writes the buffer to the raw stream.
    #[pymethod(name = "flush")]
    fn flush_method(&self, py: Python) -> PyResult<()> {
        self.base.flush(py)
    }
}
common_methods!(PyBufferedWriter);

/// A buffer for reading and writing.
#[repr(C)]
#[derive(Traverse)]
pub struct PyBufferedRandom {
    pub base: PyBuffered,
}

/// A buffer for reading from and writing to a raw stream with a position.
#[pytype(name = "BufferedRandom", order = "close detach seekable readable writable fileno isatty _dealloc_warn flush seek tell truncate read read1 readinto readinto1 readline peek", module = "_io", base = PyBufferedIOBase, noderef, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, INHERITED_NEW), parts(common, reading), members(base.raw as raw: object readonly, base.finalizing as _finalizing: bool), text = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)")]
impl PyBufferedRandom {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyBufferedRandom>> {
        make(py, cls, PyBufferedRandom { base: PyBuffered::empty(cls) })
    }

    #[slot(tp_init, sig = "(raw, buffer_size=131072)")]
    fn init_slot(&self, py: Python, raw: &PyObject, buffer_size: isize) -> PyResult<()> {
        self.base.start_init();
        check_seekable(py, raw)?;
        check_readable(py, raw)?;
        check_writable(py, raw)?;
        self.base.init(py, raw, buffer_size, true, true, PyBufferedRandom::type_object())
    }

    /// Can the stream be read?
    #[pymethod]
    fn readable(&self, py: Python) -> PyResult {
        self.base.forward(py, intern!(py, "readable"))
    }

    /// Can the stream be written to?
    #[pymethod]
    fn writable(&self, py: Python) -> PyResult {
        self.base.forward(py, intern!(py, "writable"))
    }

    /// Writes bytes; returns how many, which is always all of them.
    #[pymethod(name = "write", sig = "(buffer, /)")]
    fn write_method(&self, py: Python, buffer: &PyObject) -> PyResult<usize> {
        self.base.write(py, buffer)
    }

    /// Writes the buffer to the raw stream.
    #[pymethod(name = "flush")]
    fn flush_method(&self, py: Python) -> PyResult<()> {
        self.base.flush(py)
    }
}
common_methods!(PyBufferedRandom);
reading_methods!(PyBufferedRandom);
