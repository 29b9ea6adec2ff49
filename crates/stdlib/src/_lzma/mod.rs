//! The `_lzma` module: LZMA compression in the formats of xz.
//!
//! `codec` has the streams, `filters` the filter specifications.

mod codec;
mod filters;

use crate::decompressor::{Inflow, Trouble as Flow, lock};
use crate::system::{Bytes, add_constants, cached_exception, module_state, nogil};
use codec::{Decoder, Encoder, Format};
use filters::Chain;
use lzma_rust2::CheckType;
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::sync::Mutex;

const FORMAT_AUTO: i32 = 0;
const FORMAT_XZ: i32 = 1;
const FORMAT_ALONE: i32 = 2;
const FORMAT_RAW: i32 = 3;
const CHECK_CRC64: i32 = 4;
const CHECK_UNKNOWN: i32 = 16;

/// Why a stream failed.
pub enum Trouble {
    Format,
    Options,
    Data,
    MemoryLimit,
    Check,
    Program,
}

#[derive(Default)]
struct State {
    error: Slot<PyTypeObject>,
}

fn error_class(py: Python) -> PyResult<Py<PyTypeObject>> {
    cached_exception(py, &module_state::<State>(py).error, "_lzma.LZMAError", &PyExc_Exception_Type)
}

/// Raises `LZMAError`.
fn lzma_error(py: Python, message: impl AsRef<str>) -> Raised {
    match error_class(py) {
        Ok(class) => raise(py, &class, message),
        Err(e) => e,
    }
}

fn failed(py: Python, t: Trouble) -> Raised {
    lzma_error(
        py,
        match t {
            Trouble::Format => "Input format not supported by decoder",
            Trouble::Options => "Invalid or unsupported options",
            Trouble::Data => "Corrupt input data",
            Trouble::MemoryLimit => "Memory usage limit exceeded",
            Trouble::Check => "Unsupported integrity check",
            Trouble::Program => "Internal error",
        },
    )
}

fn check_type(id: i32) -> Option<CheckType> {
    Some(match id {
        0 => CheckType::None,
        1 => CheckType::Crc32,
        4 => CheckType::Crc64,
        10 => CheckType::Sha256,
        _ => return None,
    })
}

/// A compressor.
#[repr(C)]
pub struct PyLzmaCompressor {
    pub ob_base: PyObject,
    /// `None` once it was flushed.
    encoder: Mutex<Option<Encoder>>,
}

/// LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)
///
/// Compresses data that comes in parts.
///
/// format is the container: FORMAT_XZ (the default), FORMAT_ALONE or FORMAT_RAW.
///
/// check is the integrity check: for FORMAT_XZ CHECK_CRC64 unless another is given; the other formats have none.
///
/// preset, from 0 to 9 and with PRESET_EXTREME or-ed to it if wanted, or filters say how to compress. The default is
/// PRESET_DEFAULT; FORMAT_RAW needs filters. filters is a sequence of dicts: an "id" each, and the filter's options.
///
/// For data that is whole, compress() is simpler.
#[pytype(name = "LZMACompressor", module = "_lzma", flags(IMMUTABLETYPE), nosig)]
impl PyLzmaCompressor {
    #[slot(tp_new, sig = "(format=1, check=-1, preset=None, filters=None)", function = "LZMACompressor")]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        format: i32,
        check: i32,
        preset: Option<&PyObject>,
        filters: Option<&PyObject>,
    ) -> PyResult<Py<PyLzmaCompressor>> {
        let preset = preset.filter(|o| !o.is_none());
        let filters = filters.filter(|o| !o.is_none());
        if preset.is_some() && filters.is_some() {
            return Err(value_error(py, "Cannot specify both preset and filter chain"));
        }
        let level = match preset {
            Some(o) => {
                let n = runtime::abstract_::number::index(py, o)?;
                if n.is_negative() {
                    return Err(value_error(py, "Cannot convert negative int"));
                }
                u32::try_from(n.to_u64(py)?)
                    .map_err(|_| overflow_error(py, "Python int too large for C uint32_t"))?
            }
            None => filters::PRESET_DEFAULT,
        };
        if format != FORMAT_XZ && check != -1 && check != 0 {
            return Err(value_error(py, "Integrity checks are only supported by FORMAT_XZ"));
        }
        let options = |py| filters::preset_options(level).ok_or_else(|| failed(py, Trouble::Options));
        let encoder = match format {
            FORMAT_XZ => {
                let check = if check == -1 { CHECK_CRC64 } else { check };
                let Some(check) = check_type(check) else { return Err(failed(py, Trouble::Check)) };
                match filters {
                    None => Encoder::xz(options(py)?, Vec::new(), check),
                    Some(f) => {
                        let chain = Chain::parse(py, f)?;
                        if !chain.lzma2 {
                            return Err(failed(py, Trouble::Options));
                        }
                        Encoder::xz(chain.options, chain.before, check)
                    }
                }
            }
            FORMAT_ALONE => match filters {
                None => Encoder::alone(&options(py)?),
                Some(f) => {
                    let chain = Chain::parse(py, f)?;
                    if chain.lzma2 || !chain.before.is_empty() {
                        let text = "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter";
                        return Err(value_error(py, text));
                    }
                    Encoder::alone(&chain.options)
                }
            },
            FORMAT_RAW => match filters {
                None => return Err(value_error(py, "Must specify filters for FORMAT_RAW")),
                Some(f) => Encoder::raw(Chain::parse(py, f)?),
            },
            _ => return Err(value_error(py, format!("Invalid container format: {format}"))),
        };
        let encoder = encoder.map_err(|t| failed(py, t))?;
        new_object(
            py,
            cls,
            PyLzmaCompressor { ob_base: PyObject::header(cls), encoder: Mutex::new(Some(encoder)) },
        )
    }

    /// Takes data in; what is ready of the compressed data.
    ///
    /// flush() gives the rest.
    #[pymethod]
    fn compress(&self, py: Python, data: Bytes) -> PyResult<Py<PyBytes>> {
        let mut guard = lock(py, &self.encoder);
        let Some(e) = guard.as_mut() else { return Err(value_error(py, "Compressor has been flushed")) };
        let input: &[u8] = &data;
        let out = nogil!(py, e.compress(input)).map_err(|t| failed(py, t))?;
        drop(guard);
        PyBytes::new(py, &out)
    }

    /// The compressed data that was held back. The compressor can't be used afterwards.
    #[pymethod]
    fn flush(&self, py: Python) -> PyResult<Py<PyBytes>> {
        let mut guard = lock(py, &self.encoder);
        let Some(e) = guard.take() else { return Err(value_error(py, "Repeated call to flush()")) };
        drop(guard);
        let out = nogil!(py, e.finish()).map_err(|t| failed(py, t))?;
        PyBytes::new(py, &out)
    }

    #[pymethod(name = "__reduce__", nodoc, nosig)]
    fn reduce(&self, py: Python) -> PyResult<()> {
        Err(type_error(py, format!("cannot pickle '{}' object", tp_name(self.as_object()))))
    }
}

/// A decompressor.
#[repr(C)]
pub struct PyLzmaDecompressor {
    pub ob_base: PyObject,
    flow: Inflow<Decoder>,
    check: Cell<i32>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
    unused_data: Slot,
}

/// Decompresses data that comes in parts.
///
///   format
///     The container. FORMAT_AUTO, the default, takes FORMAT_XZ and FORMAT_ALONE; FORMAT_RAW can't be told from its
///     content.
///   memlimit
///     How much memory may be used, in bytes. Input that needs more is an error.
///   filters
///     The filter chain, needed for FORMAT_RAW and for no other: a sequence of dicts, an "id" each and the filter's options.
///
/// For data that is whole, decompress() is simpler.
#[pytype(
    name = "LZMADecompressor",
    module = "_lzma",
    flags(IMMUTABLETYPE),
    text = "(format=FORMAT_AUTO, memlimit=None, filters=None)",
    members(
        check: i32 readonly "The integrity check's id; CHECK_UNKNOWN before enough of the input was seen.",
        eof: bool readonly "Whether the end of the stream was reached.",
        needs_input: bool readonly "Whether decompress() can give nothing more without further input.",
        unused_data: object readonly "What followed the end of the stream."
    )
)]
impl PyLzmaDecompressor {
    #[slot(tp_new, sig = "(format=0, memlimit=None, filters=None)")]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        format: i32,
        memlimit: Option<&PyObject>,
        filters: Option<&PyObject>,
    ) -> PyResult<Py<PyLzmaDecompressor>> {
        let filters = filters.filter(|o| !o.is_none());
        let limit = match memlimit.filter(|o| !o.is_none()) {
            None => None,
            Some(_) if format == FORMAT_RAW => {
                return Err(value_error(py, "Cannot specify memory limit with FORMAT_RAW"));
            }
            Some(o) => {
                let n = runtime::abstract_::number::index(py, o)?;
                if n.is_negative() {
                    return Err(value_error(py, "Cannot convert negative int"));
                }
                Some(n.to_u64(py)?)
            }
        };
        if format == FORMAT_RAW && filters.is_none() {
            return Err(value_error(py, "Must specify filters for FORMAT_RAW"));
        }
        if format != FORMAT_RAW && filters.is_some() {
            return Err(value_error(py, "Cannot specify filters except with FORMAT_RAW"));
        }
        let decoder = match (format, filters) {
            (FORMAT_AUTO, _) => Decoder::new(Format::Auto, limit),
            (FORMAT_XZ, _) => Decoder::new(Format::Xz, limit),
            (FORMAT_ALONE, _) => Decoder::new(Format::Alone, limit),
            (FORMAT_RAW, Some(f)) => Decoder::raw(Chain::parse(py, f)?).map_err(|t| failed(py, t))?,
            _ => return Err(value_error(py, format!("Invalid container format: {format}"))),
        };
        let check = if matches!(format, FORMAT_AUTO | FORMAT_XZ) { CHECK_UNKNOWN } else { 0 };
        new_object(
            py,
            cls,
            PyLzmaDecompressor {
                ob_base: PyObject::header(cls),
                flow: Inflow::new(decoder),
                check: Cell::new(check),
                eof: Cell::new(false),
                needs_input: Cell::new(true),
                unused_data: Slot::new(Some(PyBytes::empty().owned().into_object())),
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
            return Err(eof_error(py, "Already at end of stream"));
        }
        let result = self.flow.run(py, &data, max_length);
        if self.check.get() == CHECK_UNKNOWN {
            self.check.set(self.flow.with(py, |d| d.check as i32));
        }
        match result {
            Ok(portion) => {
                self.needs_input.set(portion.needs_input);
                if let Some(unused) = portion.unused {
                    self.eof.set(true);
                    self.unused_data.set(Some(PyBytes::new(py, &unused)?.into_object()));
                }
                PyBytes::new(py, &portion.out)
            }
            Err(Flow::Decoder(t)) => Err(failed(py, t)),
            Err(Flow::Unusable) => Err(failed(py, Trouble::Program)),
        }
    }

    #[pymethod(name = "__reduce__", nodoc, nosig)]
    fn reduce(&self, py: Python) -> PyResult<()> {
        Err(type_error(py, format!("cannot pickle '{}' object", tp_name(self.as_object()))))
    }
}

#[pymodule(name = "_lzma", types(PyLzmaCompressor, PyLzmaDecompressor))]
pub mod _lzma {
    use super::*;

    /// Whether the integrity check of this id can be computed. CHECK_NONE and CHECK_CRC32 always can.
    #[pyfunction]
    fn is_check_supported(check_id: i32) -> bool {
        check_type(check_id).is_some()
    }

    /// The options in a filter specification, without its id, as containers store them.
    #[pyfunction]
    fn _encode_filter_properties(py: Python, filter: &PyObject) -> PyResult<Py<PyBytes>> {
        match filters::parse(py, filter)?.encode() {
            Some(bytes) => PyBytes::new(py, &bytes),
            None => Err(failed(py, Trouble::Options)),
        }
    }

    /// A filter specification from an id and options as containers store them.
    #[pyfunction]
    fn _decode_filter_properties(py: Python, filter_id: u64, encoded_props: Bytes) -> PyResult<Py<PyDict>> {
        let Some(entries) = filters::decode(filter_id, &encoded_props) else {
            return Err(failed(py, Trouble::Options));
        };
        let d = PyDict::new(py)?;
        d.set_text(py, "id", PyInt::from_u64(py, filter_id)?.as_object())?;
        for (name, value) in entries {
            d.set_text(py, name, PyInt::from_u64(py, value)?.as_object())?;
        }
        Ok(d)
    }

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        use filters::*;
        module.as_object().setattr_str(py, "LZMAError", error_class(py)?.object())?;
        add_constants(
            py,
            module,
            &[
                ("FORMAT_AUTO", FORMAT_AUTO.into()),
                ("FORMAT_XZ", FORMAT_XZ.into()),
                ("FORMAT_ALONE", FORMAT_ALONE.into()),
                ("FORMAT_RAW", FORMAT_RAW.into()),
                ("CHECK_NONE", 0),
                ("CHECK_CRC32", 1),
                ("CHECK_CRC64", CHECK_CRC64.into()),
                ("CHECK_SHA256", 10),
                ("CHECK_ID_MAX", 15),
                ("CHECK_UNKNOWN", CHECK_UNKNOWN.into()),
                ("FILTER_LZMA1", LZMA1 as i64),
                ("FILTER_LZMA2", LZMA2 as i64),
                ("FILTER_DELTA", DELTA as i64),
                ("FILTER_X86", X86 as i64),
                ("FILTER_POWERPC", POWERPC as i64),
                ("FILTER_IA64", IA64 as i64),
                ("FILTER_ARM", ARM as i64),
                ("FILTER_ARMTHUMB", ARMTHUMB as i64),
                ("FILTER_SPARC", SPARC as i64),
                ("PRESET_DEFAULT", PRESET_DEFAULT.into()),
                ("PRESET_EXTREME", PRESET_EXTREME.into()),
                ("MODE_FAST", MODE_FAST.into()),
                ("MODE_NORMAL", MODE_NORMAL.into()),
                ("MF_HC3", MF_HC3.into()),
                ("MF_HC4", MF_HC4.into()),
                ("MF_BT2", MF_BT2.into()),
                ("MF_BT3", MF_BT3.into()),
                ("MF_BT4", MF_BT4.into()),
            ],
        )
    }
}
