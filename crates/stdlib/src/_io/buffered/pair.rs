//! `_io.BufferedRWPair`: a reader and a writer on two raw streams.

use super::super::abstract_::PyBufferedIOBase;
use super::super::helpers::*;
use super::super::iobase::{check_readable, check_writable};
use super::{PyBufferedReader, PyBufferedWriter};
use runtime::prelude::*;

/// A reader and a writer.
#[repr(C)]
#[derive(Traverse)]
pub struct PyBufferedRWPair {
    pub base: PyBufferedIOBase,
    reader: Slot,
    writer: Slot,
}

impl PyBufferedRWPair {
    fn part(&self, py: Python, slot: &Slot) -> PyResult {
        slot.get_owned().ok_or_else(|| value_error(py, "I/O operation on uninitialized object"))
    }

    fn forward(
        &self,
        py: Python,
        slot: &Slot,
        name: &PyStr,
        args: &[&PyObject],
        kwnames: Option<&PyTuple>,
    ) -> PyResult {
        self.part(py, slot)?.getattr(py, name)?.call_kw(py, args, kwnames)
    }
}

/// A reader and a writer on two raw streams that belong together, such as the two ends of a connection.
#[pytype(name = "BufferedRWPair", module = "_io", base = PyBufferedIOBase, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, INHERITED_NEW), text = "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)")]
impl PyBufferedRWPair {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyBufferedRWPair>> {
        new_object(
            py,
            cls,
            PyBufferedRWPair {
                base: PyBufferedIOBase::new(cls),
                reader: Slot::empty(),
                writer: Slot::empty(),
            },
        )
    }

    #[slot(tp_init, sig = "(reader, writer, buffer_size=131072, /)")]
    fn init(&self, py: Python, reader: &PyObject, writer: &PyObject, buffer_size: isize) -> PyResult<()> {
        check_readable(py, reader)?;
        check_writable(py, writer)?;
        let size = PyInt::from_i64(py, buffer_size as i64)?;
        let reader = PyBufferedReader::type_object().object().call(py, &[reader, size.as_object()])?;
        let writer = PyBufferedWriter::type_object().object().call(py, &[writer, size.as_object()])?;
        self.reader.set(Some(reader));
        self.writer.set(Some(writer));
        Ok(())
    }

    #[pymethod(raw, nosig, nodoc)]
    fn read(&self, py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        self.forward(py, &self.reader, intern!(py, "read"), args, kwnames)
    }

    #[pymethod(raw, nosig, nodoc)]
    fn peek(&self, py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        self.forward(py, &self.reader, intern!(py, "peek"), args, kwnames)
    }

    #[pymethod(raw, nosig, nodoc)]
    fn read1(&self, py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        self.forward(py, &self.reader, intern!(py, "read1"), args, kwnames)
    }

    #[pymethod(raw, nosig, nodoc)]
    fn readinto(&self, py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        self.forward(py, &self.reader, intern!(py, "readinto"), args, kwnames)
    }

    #[pymethod(raw, nosig, nodoc)]
    fn readinto1(&self, py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        self.forward(py, &self.reader, intern!(py, "readinto1"), args, kwnames)
    }

    #[pymethod(raw, nosig, nodoc)]
    fn write(&self, py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        self.forward(py, &self.writer, intern!(py, "write"), args, kwnames)
    }

    #[pymethod(nodoc)]
    fn flush(&self, py: Python) -> PyResult {
        self.forward(py, &self.writer, intern!(py, "flush"), &[], None)
    }

    #[pymethod(nodoc)]
    fn readable(&self, py: Python) -> PyResult {
        self.forward(py, &self.reader, intern!(py, "readable"), &[], None)
    }

    #[pymethod(nodoc)]
    fn writable(&self, py: Python) -> PyResult {
        self.forward(py, &self.writer, intern!(py, "writable"), &[], None)
    }

    #[pymethod(nodoc)]
    fn close(&self, py: Python) -> PyResult {
        let name = intern!(py, "close");
        let first = self.forward(py, &self.writer, name, &[], None);
        let mut result = none().owned();
        chain(py, first.err(), || {
            result = self.forward(py, &self.reader, name, &[], None)?;
            Ok(())
        })?;
        Ok(result)
    }

    #[pymethod(nodoc)]
    fn isatty(&self, py: Python) -> PyResult {
        let name = intern!(py, "isatty");
        let r = self.forward(py, &self.writer, name, &[], None)?;
        if r.is(py_bool(false)) { self.forward(py, &self.reader, name, &[], None) } else { Ok(r) }
    }

    #[getter]
    fn closed(&self, py: Python) -> PyResult {
        match self.writer.get_owned() {
            Some(w) => w.getattr(py, intern!(py, "closed")),
            None => Err(runtime_error(py, "the BufferedRWPair object is being garbage-collected")),
        }
    }
}
