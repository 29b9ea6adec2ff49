//! The `zlib` module, on `libz-rs-sys` (zlib's interface, written in Rust).
//!
//! `codec` drives a stream over buffers of any size; `objects` has the incremental compressors and decompressors.

pub mod codec;
mod objects;

use codec::{Codec, Failure};
use libz_rs_sys as z;
use runtime::prelude::*;

#[derive(Default)]
struct State {
    error: Slot<PyTypeObject>,
}

/// `zlib.error`.
fn error_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    let st = crate::system::module_state::<State>(py);
    crate::system::cached_exception(
        py,
        &st.error,
        "zlib.error",
        &runtime::types::exceptions::PyExc_Exception_Type,
    )
}

/// `zlib.error` with a text.
#[cold]
fn zlib_error(py: Python, message: &str) -> Raised {
    match error_type(py) {
        Ok(t) => raise(py, &t, message),
        Err(e) => e,
    }
}

/// `zlib.error` for a failure of the library.
#[cold]
fn failed(py: Python, f: Failure, doing: &str) -> Raised {
    if f.code == z::Z_MEM_ERROR {
        return memory_error(py);
    }
    let detail = f.message.or(match f.code {
        z::Z_BUF_ERROR => Some("incomplete or truncated stream".to_owned()),
        z::Z_STREAM_ERROR => Some("inconsistent stream state".to_owned()),
        z::Z_DATA_ERROR => Some("invalid input data".to_owned()),
        z::Z_VERSION_ERROR => Some("library version mismatch".to_owned()),
        _ => None,
    });
    match detail {
        Some(d) => zlib_error(py, &format!("Error {} {doing}: {d}", f.code)),
        None => zlib_error(py, &format!("Error {} {doing}", f.code)),
    }
}

/// Compression and decompression in zlib's formats, and checksums.
///
/// wbits chooses the format: 9 to 15 zlib, 25 to 31 gzip, -9 to -15 without header and trailer.
#[pymodule(
    name = "zlib",
    types(objects::PyZlibDecompressor),
    hidden_types(objects::PyCompress, objects::PyDecompress)
)]
pub mod zlib {
    use super::*;
    use crate::system::{Bytes, add_constants, nogil, text};
    use objects::{PyCompress, PyDecompress};
    use runtime::args::Bits;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        add_constants(
            py,
            module,
            &[
                ("DEFLATED", 8),
                ("DEF_BUF_SIZE", 16384),
                ("DEF_MEM_LEVEL", 8),
                ("MAX_WBITS", 15),
                ("Z_BEST_COMPRESSION", 9),
                ("Z_BEST_SPEED", 1),
                ("Z_BLOCK", 5),
                ("Z_DEFAULT_COMPRESSION", -1),
                ("Z_DEFAULT_STRATEGY", 0),
                ("Z_FILTERED", 1),
                ("Z_FINISH", 4),
                ("Z_FIXED", 4),
                ("Z_FULL_FLUSH", 3),
                ("Z_HUFFMAN_ONLY", 2),
                ("Z_NO_COMPRESSION", 0),
                ("Z_NO_FLUSH", 0),
                ("Z_PARTIAL_FLUSH", 1),
                ("Z_RLE", 3),
                ("Z_SYNC_FLUSH", 2),
                ("Z_TREES", 6),
            ],
        )?;
        let m = module.as_object();
        let version = codec::version();
        m.setattr_str(py, "ZLIB_VERSION", &*text(py, &version)?)?;
        m.setattr_str(py, "__version__", &*text(py, "1.0")?)?;
        m.setattr_str(py, "ZLIB_RUNTIME_VERSION", &*text(py, &version)?)?;
        m.setattr_str(py, "error", error_type(py)?.as_object())
    }

    /// The data compressed in one go.
    #[pyfunction(
        sig = "(data, /, level=-1, wbits=15)",
        text = "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)"
    )]
    pub fn compress(py: Python, data: Bytes, level: i32, wbits: i32) -> PyResult<Py<PyBytes>> {
        let mut codec = match Codec::deflate(level, 8, wbits, 8, 0) {
            Ok(c) => c,
            Err(f) if f.code == z::Z_STREAM_ERROR => return Err(zlib_error(py, "Bad compression level")),
            Err(f) => return Err(failed(py, f, "while compressing data")),
        };
        let mut out = Vec::new();
        let input: &[u8] = &data;
        let r = nogil!(py, codec.compress(input, z::Z_FINISH, &mut out));
        match r {
            Ok(z::Z_STREAM_END) => PyBytes::new(py, &out),
            Ok(code) => Err(failed(py, codec.failure(code), "while compressing data")),
            Err(f) => Err(failed(py, f, "while compressing data")),
        }
    }

    /// The data decompressed in one go.
    #[pyfunction(
        sig = "(data, /, wbits=15, bufsize=16384)",
        text = "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)"
    )]
    pub fn decompress(py: Python, data: Bytes, wbits: i32, bufsize: isize) -> PyResult<Py<PyBytes>> {
        if bufsize < 0 {
            return Err(value_error(py, "bufsize must be non-negative"));
        }
        let mut codec = match Codec::inflate(wbits) {
            Ok(c) => c,
            Err(f) => return Err(failed(py, f, "while preparing to decompress data")),
        };
        let mut out = Vec::new();
        if out.try_reserve(bufsize.max(1) as usize).is_err() {
            return Err(memory_error(py));
        }
        let input: &[u8] = &data;
        let r = nogil!(py, codec.decompress(input, &mut out, usize::MAX, None));
        match r {
            Ok((z::Z_STREAM_END, _)) => PyBytes::new(py, &out),
            Ok((z::Z_OK | z::Z_BUF_ERROR, _)) => {
                Err(failed(py, Failure { code: z::Z_BUF_ERROR, message: None }, "while decompressing data"))
            }
            Ok((code, _)) => Err(failed(py, codec.failure(code), "while decompressing data")),
            Err(f) => Err(failed(py, f, "while decompressing data")),
        }
    }

    /// An object that compresses piece by piece.
    #[pyfunction(
        sig = "(level=-1, method=8, wbits=15, memLevel=8, strategy=0, zdict=<unrepresentable>)",
        text = "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n            strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)"
    )]
    #[allow(non_snake_case)]
    pub fn compressobj(
        py: Python,
        level: i32,
        method: i32,
        wbits: i32,
        memLevel: i32,
        strategy: i32,
        zdict: Option<Bytes>,
    ) -> PyResult<Py<PyCompress>> {
        PyCompress::make(py, level, method, wbits, memLevel, strategy, zdict)
    }

    /// An object that decompresses piece by piece.
    #[pyfunction(
        sig = "(wbits=15, zdict=<unrepresentable>)",
        text = "($module, /, wbits=MAX_WBITS, zdict=b'')"
    )]
    pub fn decompressobj(py: Python, wbits: i32, zdict: Option<&PyObject>) -> PyResult<Py<PyDecompress>> {
        PyDecompress::make(py, wbits, zdict)
    }

    /// The Adler-32 checksum; value is that of what went before.
    #[pyfunction(sig = "(data, value=<unrepresentable>, /)", text = "($module, data, value=1, /)")]
    pub fn adler32(py: Python, data: Bytes, value: Option<Bits<u32>>) -> u32 {
        let start = value.map_or(1, |v| v.0);
        let input: &[u8] = &data;
        if input.len() > 1024 * 5 {
            nogil!(py, codec::adler32(start, input))
        } else {
            codec::adler32(start, input)
        }
    }

    /// The CRC-32 checksum; value is that of what went before.
    #[pyfunction(sig = "(data, value=<unrepresentable>, /)", text = "($module, data, value=0, /)")]
    pub fn crc32(py: Python, data: Bytes, value: Option<Bits<u32>>) -> u32 {
        let start = value.map_or(0, |v| v.0);
        let input: &[u8] = &data;
        if input.len() > 1024 * 5 {
            nogil!(py, codec::crc32(start, input))
        } else {
            codec::crc32(start, input)
        }
    }
}
