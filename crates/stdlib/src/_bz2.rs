//! The `_bz2` module: bzip2 compression.

use crate::decompressor::{Decode, Inflow, Trouble, lock};
use crate::system::{Bytes, nogil};
use libbz2_rs_sys as bz;
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::ffi::c_int;
use std::sync::Mutex;

const BZ_RUN: c_int = 0;
const BZ_FINISH: c_int = 2;
const BZ_OK: c_int = 0;
const BZ_RUN_OK: c_int = 1;
const BZ_FINISH_OK: c_int = 3;
const BZ_STREAM_END: c_int = 4;
const BZ_SEQUENCE_ERROR: c_int = -1;
const BZ_PARAM_ERROR: c_int = -2;
const BZ_MEM_ERROR: c_int = -3;
const BZ_DATA_ERROR: c_int = -4;
const BZ_DATA_ERROR_MAGIC: c_int = -5;
const BZ_IO_ERROR: c_int = -6;
const BZ_UNEXPECTED_EOF: c_int = -7;

/// The least room for output.
const ROOM: usize = 8192;

/// A stream of the library. Boxed: the library keeps pointers to it.
struct Stream {
    raw: Box<bz::bz_stream>,
    compresses: bool,
}

// SAFETY: a stream has no ties to the thread that made it.
unsafe impl Send for Stream {}

impl Stream {
    fn blank(compresses: bool) -> Stream {
        let raw = Box::new(bz::bz_stream {
            next_in: std::ptr::null(),
            avail_in: 0,
            total_in_lo32: 0,
            total_in_hi32: 0,
            next_out: std::ptr::null_mut(),
            avail_out: 0,
            total_out_lo32: 0,
            total_out_hi32: 0,
            state: std::ptr::null_mut(),
            bzalloc: None,
            bzfree: None,
            opaque: std::ptr::null_mut(),
        });
        Stream { raw, compresses }
    }

    fn compressor(level: c_int) -> Result<Stream, c_int> {
        let mut s = Stream::blank(true);
        // SAFETY: a blank stream.
        match unsafe { bz::BZ2_bzCompressInit(&mut *s.raw, level, 0, 0) } {
            BZ_OK => Ok(s),
            code => Err(code),
        }
    }

    fn decompressor() -> Result<Stream, c_int> {
        let mut s = Stream::blank(false);
        // SAFETY: a blank stream.
        match unsafe { bz::BZ2_bzDecompressInit(&mut *s.raw, 0, 0) } {
            BZ_OK => Ok(s),
            code => Err(code),
        }
    }

    /// One step over the whole input and room for `room` bytes of output: the code, and the bytes used.
    fn step(
        &mut self,
        action: Option<c_int>,
        input: &[u8],
        out: &mut Vec<u8>,
        room: usize,
    ) -> (c_int, usize) {
        let given = u32::try_from(input.len()).unwrap_or(u32::MAX);
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        out.reserve(room as usize);
        self.raw.next_in = input.as_ptr().cast();
        self.raw.avail_in = given;
        self.raw.next_out = out.spare_capacity_mut().as_mut_ptr().cast();
        self.raw.avail_out = room;
        // SAFETY: an initialised stream with both buffers in place.
        let code = unsafe {
            match action {
                Some(a) => bz::BZ2_bzCompress(&mut *self.raw, a),
                None => bz::BZ2_bzDecompress(&mut *self.raw),
            }
        };
        let made = (room - self.raw.avail_out.min(room)) as usize;
        // SAFETY: the library has written that many bytes into the room.
        unsafe { out.set_len(out.len() + made) };
        (code, (given - self.raw.avail_in.min(given)) as usize)
    }

    /// Compresses the input, and with `BZ_FINISH` what was held back.
    fn compress(&mut self, mut input: &[u8], action: c_int) -> Result<Vec<u8>, c_int> {
        let mut out = Vec::new();
        if input.is_empty() && action == BZ_RUN {
            return Ok(out);
        }
        loop {
            let last = u32::try_from(input.len()).is_ok();
            let room = out.len().max(ROOM);
            let (code, used) = self.step(Some(if last { action } else { BZ_RUN }), input, &mut out, room);
            input = input.get(used..).unwrap_or_default();
            match code {
                BZ_STREAM_END => return Ok(out),
                BZ_RUN_OK if input.is_empty() && action == BZ_RUN => return Ok(out),
                BZ_RUN_OK | BZ_FINISH_OK | BZ_OK => {}
                code => return Err(code),
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: ends the stream it was begun as; one that was never begun is refused.
        unsafe {
            if self.compresses {
                bz::BZ2_bzCompressEnd(&mut *self.raw);
            } else {
                bz::BZ2_bzDecompressEnd(&mut *self.raw);
            }
        }
    }
}

impl Decode for Stream {
    type Error = c_int;

    fn decode(&mut self, input: &[u8], out: &mut Vec<u8>, limit: usize) -> Result<(usize, bool), c_int> {
        let mut used = 0;
        loop {
            let room = (limit - out.len()).min(out.len().max(ROOM));
            let rest = input.get(used..).unwrap_or_default();
            if room == 0 {
                return Ok((used, false));
            }
            let before = out.len();
            let (code, n) = self.step(None, rest, out, room);
            used += n;
            match code {
                BZ_STREAM_END => return Ok((used, true)),
                BZ_OK if used == input.len() && out.len() - before < room => return Ok((used, false)),
                BZ_OK => {}
                code => return Err(code),
            }
        }
    }
}

/// Raises what a code of the library means.
fn failed(py: Python, code: c_int) -> Raised {
    match code {
        BZ_PARAM_ERROR => value_error(py, "Internal error - invalid parameters passed to libbzip2"),
        BZ_MEM_ERROR => memory_error(py),
        BZ_DATA_ERROR | BZ_DATA_ERROR_MAGIC => raise(py, &PyExc_OSError_Type, "Invalid data stream"),
        BZ_IO_ERROR => raise(py, &PyExc_OSError_Type, "Unknown I/O error"),
        BZ_UNEXPECTED_EOF => {
            eof_error(py, "Compressed file ended before the logical end-of-stream was detected")
        }
        BZ_SEQUENCE_ERROR => raise(
            py,
            &PyExc_RuntimeError_Type,
            "Internal error - Invalid sequence of commands sent to libbzip2",
        ),
        code => raise(py, &PyExc_OSError_Type, format!("Unrecognized error from libbzip2: {code}")),
    }
}

/// A compressor.
#[repr(C)]
pub struct PyBz2Compressor {
    pub ob_base: PyObject,
    /// `None` once it was flushed.
    stream: Mutex<Option<Stream>>,
}

/// Compresses data that comes in parts.
///
///   compresslevel
///     From 1 to 9.
///
/// For data that is whole, compress() is simpler.
#[pytype(name = "BZ2Compressor", module = "_bz2", flags(IMMUTABLETYPE))]
impl PyBz2Compressor {
    #[slot(tp_new, sig = "(compresslevel=9, /)")]
    fn tp_new(py: Python, cls: &PyTypeObject, compresslevel: i32) -> PyResult<Py<PyBz2Compressor>> {
        if !(1..=9).contains(&compresslevel) {
            return Err(value_error(py, "compresslevel must be between 1 and 9"));
        }
        let stream = Stream::compressor(compresslevel).map_err(|code| failed(py, code))?;
        new_object(
            py,
            cls,
            PyBz2Compressor { ob_base: PyObject::header(cls), stream: Mutex::new(Some(stream)) },
        )
    }

    /// Takes data in; what is ready of the compressed data.
    ///
    /// flush() gives the rest.
    #[pymethod]
    fn compress(&self, py: Python, data: Bytes) -> PyResult<Py<PyBytes>> {
        let mut guard = lock(py, &self.stream);
        let Some(s) = guard.as_mut() else { return Err(value_error(py, "Compressor has been flushed")) };
        let input: &[u8] = &data;
        let out = nogil!(py, s.compress(input, BZ_RUN)).map_err(|code| failed(py, code))?;
        drop(guard);
        PyBytes::new(py, &out)
    }

    /// The compressed data that was held back. The compressor can't be used afterwards.
    #[pymethod]
    fn flush(&self, py: Python) -> PyResult<Py<PyBytes>> {
        let mut guard = lock(py, &self.stream);
        let Some(mut s) = guard.take() else { return Err(value_error(py, "Repeated call to flush()")) };
        drop(guard);
        let out = nogil!(py, s.compress(&[], BZ_FINISH)).map_err(|code| failed(py, code))?;
        PyBytes::new(py, &out)
    }

    #[pymethod(name = "__reduce__", nodoc, nosig)]
    fn reduce(&self, py: Python) -> PyResult<()> {
        Err(type_error(py, format!("cannot pickle '{}' object", tp_name(self.as_object()))))
    }
}

/// A decompressor.
#[repr(C)]
pub struct PyBz2Decompressor {
    pub ob_base: PyObject,
    flow: Inflow<Stream>,
    unused_data: Slot,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
}

/// Decompresses data that comes in parts.
///
/// For data that is whole, decompress() is simpler.
#[pytype(
    name = "BZ2Decompressor",
    module = "_bz2",
    flags(IMMUTABLETYPE),
    members(
        eof: bool readonly "Whether the end of the stream was reached.",
        unused_data: object readonly "What followed the end of the stream.",
        needs_input: bool readonly "Whether decompress() can give nothing more without further input."
    )
)]
impl PyBz2Decompressor {
    #[slot(tp_new, sig = "()")]
    fn tp_new(py: Python, cls: &PyTypeObject) -> PyResult<Py<PyBz2Decompressor>> {
        let stream = Stream::decompressor().map_err(|code| failed(py, code))?;
        new_object(
            py,
            cls,
            PyBz2Decompressor {
                ob_base: PyObject::header(cls),
                flow: Inflow::new(stream),
                unused_data: Slot::new(Some(PyBytes::empty().owned().into_object())),
                eof: Cell::new(false),
                needs_input: Cell::new(true),
            },
        )
    }

    /// Decompresses data, to at most max_length bytes unless that is negative.
    ///
    /// When the limit is reached, needs_input becomes False and the next call, whose data may be empty, goes on. At the end
    /// of the stream eof becomes True and what followed is in unused_data; a further call raises EOFError.
    #[pymethod(sig = "(data, max_length=-1)")]
    fn decompress(&self, py: Python, data: Bytes, max_length: isize) -> PyResult<Py<PyBytes>> {
        if self.eof.get() {
            return Err(eof_error(py, "End of stream already reached"));
        }
        match self.flow.run(py, &data, max_length) {
            Ok(portion) => {
                self.needs_input.set(portion.needs_input);
                if let Some(unused) = portion.unused {
                    self.eof.set(true);
                    self.unused_data.set(Some(PyBytes::new(py, &unused)?.into_object()));
                }
                PyBytes::new(py, &portion.out)
            }
            Err(Trouble::Decoder(code)) => {
                self.needs_input.set(false);
                Err(failed(py, code))
            }
            Err(Trouble::Unusable) => Err(value_error(py, "Decompressor is unusable after a previous error")),
        }
    }

    #[pymethod(name = "__reduce__", nodoc, nosig)]
    fn reduce(&self, py: Python) -> PyResult<()> {
        Err(type_error(py, format!("cannot pickle '{}' object", tp_name(self.as_object()))))
    }
}

#[pymodule(name = "_bz2", types(PyBz2Compressor, PyBz2Decompressor))]
pub mod _bz2 {}
