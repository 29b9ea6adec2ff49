//! Argument types of the methods of byte strings.

use super::PyBytes;
use crate::abstract_::number;
use crate::args::{At, FromArg};
use crate::prelude::*;
use crate::types::buffer::Buffer;

impl<'a> FromArg<'a> for Buffer {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<Buffer> {
        Buffer::get_simple(py, o)
    }
}

/// What `find` and its like look for: a byte given as integer, or a bytes-like object.
pub enum Needle {
    Byte(u8),
    Bytes(Buffer),
}

impl Needle {
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Needle::Byte(b) => std::slice::from_ref(b),
            Needle::Bytes(b) => b.as_slice(),
        }
    }
}

/// An integer that is a byte. Errors: `ValueError` with the given text outside 0 to 255.
pub fn byte_value(py: Python, o: &PyObject, text: &str) -> PyResult<u8> {
    let v = o.index_isize(py, None)?;
    u8::try_from(v).map_err(|_| value_error(py, text))
}

/// The text of the error for integers that are no byte.
pub const BYTE_RANGE: &str = "byte must be in range(0, 256)";

impl Needle {
    /// What is searched for. Not a conversion of arguments: the bounds of the search are looked at first.
    pub fn new(py: Python, o: &PyObject) -> PyResult<Needle> {
        if crate::types::buffer::supports(o) {
            return Buffer::get_simple(py, o).map(Needle::Bytes);
        }
        if !number::has_index(o) {
            return Err(type_error(
                py,
                format!("argument should be integer or bytes-like object, not '{}'", tp_name(o)),
            ));
        }
        byte_value(py, o, BYTE_RANGE).map(Needle::Byte)
    }
}

/// The fill character of a padding method.
pub struct FillByte(pub u8);

impl<'a> FromArg<'a> for FillByte {
    fn from_arg(py: Python, o: &'a PyObject, at: At) -> PyResult<FillByte> {
        let bytes = match (o.downcast::<PyBytes>(), o.downcast::<PyByteArray>()) {
            (Some(b), _) => b.as_bytes().to_vec(),
            (_, Some(b)) => b.to_vec(),
            _ => {
                return Err(type_error(
                    py,
                    format!(
                        "{}() argument 2 must be a byte string of length 1, not {}",
                        at.function(),
                        tp_name(o)
                    ),
                ));
            }
        };
        match bytes[..] {
            [b] => Ok(FillByte(b)),
            _ => Err(type_error(
                py,
                format!(
                    "{}(): argument 2 must be a byte string of length 1, not a {} object of length {}",
                    at.function(),
                    if PyBytes::check(o) { "bytes" } else { "bytearray" },
                    bytes.len()
                ),
            )),
        }
    }
}

/// A byte of a bytearray: an integer from 0 to 255.
pub struct ByteArg(pub u8);

impl<'a> FromArg<'a> for ByteArg {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<ByteArg> {
        byte_value(py, o, BYTE_RANGE).map(ByteArg)
    }
}
