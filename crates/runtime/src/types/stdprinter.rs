//! `stderrprinter`: what `sys.stderr` is until the `io` module can be imported.

use crate::prelude::*;
use crate::types::{PyBytes, PyInt, PyStr};

/// `PyStdPrinter_Object`.
#[repr(C)]
pub struct PyStdPrinter {
    pub ob_base: PyObject,
    pub fd: i32,
}

impl PyStdPrinter {
    /// A printer to a descriptor (`PyFile_NewStdPrinter`).
    pub fn new(py: Python, fd: i32) -> PyResult<Py<PyStdPrinter>> {
        let ty = PyStdPrinter::type_object();
        new_object(py, ty, PyStdPrinter { ob_base: PyObject::header(ty), fd })
    }
}

/// Writes text to a descriptor, without a buffer.
#[pytype(name = "stderrprinter", symbol = "PyStdPrinter_Type", flags(DISALLOW_INSTANTIATION))]
impl PyStdPrinter {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::new(py, &format!("<stdprinter(fd={}) object at {:p}>", self.fd, self.as_ptr()))
    }

    /// Does nothing.
    #[pymethod]
    fn close(&self) {}

    /// Does nothing.
    #[pymethod]
    fn flush(&self) {}

    /// The descriptor.
    #[pymethod]
    fn fileno(&self) -> i32 {
        self.fd
    }

    /// Is it a terminal?
    #[pymethod]
    fn isatty(&self) -> bool {
        // SAFETY: a query on a descriptor number.
        unsafe { object::libc::isatty(self.fd) == 1 }
    }

    /// Writes text as UTF-8, lone surrogates escaped. Returns the number of bytes written.
    #[pymethod]
    fn write(&self, py: Python, text: &PyStr) -> PyResult {
        let bytes = crate::codecs::encode(py, text.as_object(), "utf-8", "backslashreplace")?;
        let Some(bytes) = bytes.downcast::<PyBytes>() else { return Err(bad_internal_call(py)) };
        let b = bytes.as_bytes();
        // SAFETY: the bytes live through the call.
        let n = unsafe { object::libc::write(self.fd, b.as_ptr().cast(), b.len()) };
        if n < 0 {
            return Err(crate::types::exceptions::raise_errno(py, None));
        }
        Ok(PyInt::from_i64(py, n as i64)?.into_object())
    }

    #[getter]
    fn closed(&self) -> bool {
        false
    }

    #[getter]
    fn encoding(&self) {}

    #[getter]
    fn mode(&self) -> &'static str {
        "w"
    }
}
