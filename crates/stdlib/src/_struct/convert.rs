//! Single items: bytes to Python objects and back.

use super::error;
use super::layout::{Mode, Run};
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::types::memoryview::item::{f64_to_half, half_to_f64};
use runtime::types::{PyComplex, PyFloat, PyInt};

/// The item's bytes as a number, in its byte order.
#[inline]
fn load(mode: Mode, bytes: &[u8]) -> u64 {
    macro_rules! number {
        ($t:ty, $b:expr) => {
            (if mode.big { <$t>::from_be_bytes($b) } else { <$t>::from_le_bytes($b) }) as u64
        };
    }
    match *bytes {
        [a] => a as u64,
        [a, b] => number!(u16, [a, b]),
        [a, b, c, d] => number!(u32, [a, b, c, d]),
        [a, b, c, d, e, f, g, h] => number!(u64, [a, b, c, d, e, f, g, h]),
        _ => 0,
    }
}

/// Writes the low bytes of a number in the item's byte order.
#[inline]
fn store(mode: Mode, value: u64, out: &mut [u8]) {
    let (little, big) = (value.to_le_bytes(), value.to_be_bytes());
    let n = out.len().min(8);
    let from = if mode.big { &big[8 - n..] } else { &little[..n] };
    for (to, from) in out.iter_mut().zip(from) {
        *to = *from;
    }
}

fn float_of(mode: Mode, bytes: &[u8]) -> f64 {
    let raw = load(mode, bytes);
    match bytes.len() {
        2 => half_to_f64(raw as u16),
        4 => f32::from_bits(raw as u32) as f64,
        _ => f64::from_bits(raw),
    }
}

/// An item as a Python object. `bytes` has the item's size.
pub fn unpack(py: Python, mode: Mode, code: u8, bytes: &[u8]) -> PyResult {
    Ok(match code {
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => {
            let unused = 64 - 8 * bytes.len() as u32;
            let v = (load(mode, bytes) << unused) as i64 >> unused;
            PyInt::from_i64(py, v)?.into_object()
        }
        b'B' | b'H' | b'I' | b'L' | b'Q' | b'N' | b'P' => {
            PyInt::from_u64(py, load(mode, bytes))?.into_object()
        }
        b'?' => py_bool(bytes.iter().any(|&b| b != 0)).as_object().owned(),
        b'c' | b's' => PyBytes::new(py, bytes)?.into_object(),
        b'p' => {
            let n = bytes.first().map_or(0, |&n| (n as usize).min(bytes.len() - 1));
            PyBytes::new(py, bytes.get(1..1 + n).unwrap_or_default())?.into_object()
        }
        b'F' | b'D' => {
            let (re, im) = bytes.split_at(bytes.len() / 2);
            PyComplex::new(py, float_of(mode, re), float_of(mode, im))?.into_object()
        }
        _ => PyFloat::new(py, float_of(mode, bytes))?.into_object(),
    })
}

fn integer(py: Python, value: &PyObject) -> PyResult<Py<PyInt>> {
    if let Some(i) = value.downcast::<PyInt>() {
        return Ok(i.owned());
    }
    if !number::has_index(value) {
        return Err(error(py, "required argument is not an integer"));
    }
    number::index(py, value)
}

fn real(py: Python, value: &PyObject, what: &str) -> PyResult<f64> {
    number::as_f64(py, value).map_err(|e| {
        drop(fetch(py, e));
        error(py, &format!("required argument is not a {what}"))
    })
}

fn put_float(py: Python, mode: Mode, code: u8, x: f64, out: &mut [u8]) -> PyResult<()> {
    let too_large = || {
        let shown = match code {
            b'e' => 'e',
            _ => 'f',
        };
        overflow_error(py, format!("float too large to pack with {shown} format"))
    };
    let raw = match out.len() {
        2 => f64_to_half(x).ok_or_else(too_large)? as u64,
        4 => {
            let y = x as f32;
            if y.is_infinite() && x.is_finite() {
                return Err(too_large());
            }
            y.to_bits() as u64
        }
        _ => x.to_bits(),
    };
    store(mode, raw, out);
    Ok(())
}

/// Writes a Python object as an item; `out` has the item's size. May run Python code.
///
/// Errors: `struct.error`, `OverflowError` for floats that are too large.
pub fn pack(py: Python, mode: Mode, run: &Run, value: &PyObject, out: &mut [u8]) -> PyResult<()> {
    let code = run.code;
    match code {
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => {
            let bits = 8 * out.len() as u32;
            let v = integer(py, value)?.as_i64().filter(|&v| v << (64 - bits) >> (64 - bits) == v);
            let Some(v) = v else {
                let max = (1i128 << (bits - 1)) - 1;
                return Err(out_of_range(py, code, -max - 1, max));
            };
            store(mode, v as u64, out);
        }
        b'B' | b'H' | b'I' | b'L' | b'Q' | b'N' => {
            let bits = 8 * out.len() as u32;
            let v = integer(py, value)?.as_u64().filter(|&v| bits == 64 || v >> bits == 0);
            let Some(v) = v else {
                return Err(out_of_range(py, code, 0, (1i128 << bits) - 1));
            };
            store(mode, v, out);
        }
        b'P' => {
            let i = integer(py, value)?;
            let v = match i.as_i64() {
                Some(v) => v as u64,
                None => i.as_u64().ok_or_else(|| overflow_error(py, "int too large to convert"))?,
            };
            store(mode, v, out);
        }
        b'?' => {
            let yes = value.is_true(py)?;
            store(mode, yes as u64, out);
        }
        b'c' => match value.downcast::<PyBytes>().map(PyBytes::as_bytes) {
            Some(&[b]) => store(mode, b as u64, out),
            _ => return Err(error(py, "char format requires a bytes object of length 1")),
        },
        b's' | b'p' => {
            let bytes = match (value.downcast::<PyBytes>(), value.downcast::<PyByteArray>()) {
                (Some(b), _) => b.as_bytes().to_vec(),
                (_, Some(a)) => a.to_vec(),
                _ => {
                    return Err(error(
                        py,
                        &format!("argument for '{}' must be a bytes object", code as char),
                    ));
                }
            };
            out.fill(0);
            if code == b's' {
                let n = bytes.len().min(out.len());
                out[..n].copy_from_slice(&bytes[..n]);
            } else if let Some((len, rest)) = out.split_first_mut() {
                let n = bytes.len().min(rest.len());
                rest[..n].copy_from_slice(&bytes[..n]);
                *len = n.min(255) as u8;
            }
        }
        b'F' | b'D' => {
            let (re, im) = complex(py, value)?;
            let half = out.len() / 2;
            let (a, b) = out.split_at_mut(half);
            put_float(py, mode, code, re, a)?;
            put_float(py, mode, code, im, b)?;
        }
        _ => {
            let x = real(py, value, "float")?;
            put_float(py, mode, code, x, out)?;
        }
    }
    Ok(())
}

fn complex(py: Python, value: &PyObject) -> PyResult<(f64, f64)> {
    PyComplex::parts_of(py, value).map_err(|e| {
        drop(fetch(py, e));
        error(py, "required argument is not a complex")
    })
}

fn out_of_range(py: Python, code: u8, min: i128, max: i128) -> Raised {
    error(py, &format!("'{}' format requires {min} <= number <= {max}", code as char))
}
