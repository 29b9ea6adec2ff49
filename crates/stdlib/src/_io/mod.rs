//! `_io`: streams.
//!
//! [`iobase`] is the base of all; [`fileio`] is the raw stream on a descriptor, [`buffered`] the buffer above, [`text`] the text
//! above that; [`bytesio`] and [`stringio`] are streams in memory.

mod abstract_;
mod buffered;
mod bytesio;
mod fileio;
mod helpers;
mod iobase;
mod newline;
mod open;
mod stringio;
mod text;

use abstract_::{PyBufferedIOBase, PyTextIOBase};
use buffered::{PyBufferedRWPair, PyBufferedRandom, PyBufferedReader, PyBufferedWriter};
use bytesio::{PyBytesIO, PyBytesIOBuffer};
use fileio::PyFileIO;
use iobase::{PyIOBase, PyRawIOBase};
use macros::pymodule;
use newline::PyNewlineDecoder;
use runtime::prelude::*;
use runtime::state::interpreter;
use std::rc::Rc;
use stringio::PyStringIO;
use text::{PyTextDecoder, PyTextIOWrapper};

/// The size of a buffer if the file does not ask for more.
pub(crate) const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

/// What the module keeps for an interpreter.
#[derive(Default)]
pub(crate) struct IoState {
    unsupported_operation: Slot<PyTypeObject>,
}

fn state(py: Python) -> Rc<IoState> {
    interpreter(py).module_state::<IoState>()
}

/// Streams: of bytes and of text, raw and buffered, in files and in memory.
#[pymodule(
    name = "_io",
    types(
        PyIOBase,
        PyRawIOBase,
        PyBufferedIOBase,
        PyTextIOBase,
        PyFileIO,
        PyBytesIO,
        PyBytesIOBuffer,
        PyBufferedReader,
        PyBufferedWriter,
        PyBufferedRandom,
        PyBufferedRWPair,
        PyNewlineDecoder,
        PyStringIO,
        PyTextIOWrapper
    ),
    hidden_types(PyTextDecoder)
)]
pub mod _io {
    use super::*;

    #[pyattr(name = "DEFAULT_BUFFER_SIZE")]
    pub const BUFFER_SIZE: i64 = super::DEFAULT_BUFFER_SIZE as i64;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let st = state(py);
        let class = match st.unsupported_operation.get_owned() {
            Some(c) => c,
            None => {
                let bases = PyTuple::new(
                    py,
                    [
                        exceptions::PyExc_OSError_Type.object().owned(),
                        exceptions::PyExc_ValueError_Type.object().owned(),
                    ],
                )?;
                let (name, dict) = (PyStr::new(py, "UnsupportedOperation")?, PyDict::new(py)?);
                dict.set_text(py, "__module__", PyStr::new(py, "io")?.as_object())?;
                let made = PyTypeObject::type_object()
                    .object()
                    .call(py, &[name.as_object(), bases.as_object(), dict.as_object()])?;
                let made = made.downcast_into::<PyTypeObject>().map_err(|_| bad_internal_call(py))?;
                st.unsupported_operation.set(Some(made.clone()));
                made
            }
        };
        module.add(py, "UnsupportedOperation", class.object())?;
        module.add(py, "BlockingIOError", exceptions::PyExc_BlockingIOError_Type.object())
    }

    /// Opens a file and returns a stream.
    ///
    /// file is a path or a descriptor. mode says what for: 'r' to read (the default), 'w' to write over what is there, 'x' to create
    /// a new file, 'a' to append; '+' in addition to read and write; 'b' for bytes, 't' for text (the default).
    ///
    /// buffering is the size of the buffer: 0 for none, which only streams of bytes can have; 1 for a buffer that is written
    /// at each line end, which only text can have; by default the block size of the file, and lines for terminals.
    ///
    /// encoding, errors and newline are for text, as described for TextIOWrapper. With closefd=False a descriptor stays open when the
    /// stream is closed. opener is called with path and flags instead of os.open and returns a descriptor.
    #[pyfunction(
        sig = "(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
        text = "($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)"
    )]
    pub fn open(
        py: Python,
        file: &PyObject,
        mode: &str,
        buffering: i32,
        encoding: Option<&str>,
        errors: Option<&str>,
        newline: Option<&str>,
        closefd: bool,
        opener: Option<&PyObject>,
    ) -> PyResult {
        super::open::open(
            py,
            &super::open::Request { file, mode, buffering, encoding, errors, newline, closefd, opener },
        )
    }

    /// Opens a file whose content is to be executed.
    #[pyfunction(sig = "(path)")]
    pub fn open_code(py: Python, path: &PyStr) -> PyResult {
        let io = runtime::import::import_module(py, "_io")?;
        io.getattr(py, intern!(py, "open"))?.call(py, &[path.as_object(), PyStr::new(py, "rb")?.as_object()])
    }

    /// The encoding an open() without encoding should use: 'locale', or 'utf-8' in UTF-8 mode.
    ///
    /// For functions that pass an encoding on. If the option -X warn_default_encoding is set, a missing one is warned about.
    #[pyfunction(sig = "(encoding, stacklevel=2, /)")]
    pub fn text_encoding(py: Python, encoding: &PyObject, stacklevel: i32) -> PyResult {
        if !encoding.is_none() {
            return Ok(encoding.owned());
        }
        let (warned, utf8) = {
            let c = interpreter(py).config.borrow();
            (c.warn_default_encoding, c.utf8_mode)
        };
        if warned {
            let text = "'encoding' argument not specified";
            warn(py, &exceptions::PyExc_EncodingWarning_Type, text, stacklevel as isize)?;
        }
        Ok(PyStr::new(py, if utf8 { "utf-8" } else { "locale" })?.into_object())
    }
}
