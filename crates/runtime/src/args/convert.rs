//! From a Python argument to a Rust value.

use super::{At, checked};
use crate::abstract_::{ObjectExt, number};
use crate::errors::{overflow_error, value_error};
use crate::types::{PyInt, PyStr};
use object::{Py, PyObject, PyResult, PyTypeInfo, Python, Raised};

/// A Rust type that a parameter can have.
pub trait FromArg<'a>: Sized {
    /// Converts an argument.
    ///
    /// Errors: what CPython's converter for the type raises.
    fn from_arg(py: Python, object: &'a PyObject, at: At) -> PyResult<Self>;
}

/// An optional argument; an explicit `None` is converted like any other object.
#[inline(always)]
pub fn optional<'a, T: FromArg<'a>>(py: Python, object: Option<&'a PyObject>, at: At) -> PyResult<Option<T>> {
    match object {
        Some(o) => Ok(Some(T::from_arg(py, o, at)?)),
        None => Ok(None),
    }
}

/// An optional argument with the default `None`, for which an explicit `None` stands too.
#[inline(always)]
pub fn optional_or_none<'a, T: FromArg<'a>>(
    py: Python,
    object: Option<&'a PyObject>,
    at: At,
) -> PyResult<Option<T>> {
    match object {
        Some(o) if !o.is_none() => Ok(Some(T::from_arg(py, o, at)?)),
        _ => Ok(None),
    }
}

impl<'a, T: PyTypeInfo> FromArg<'a> for &'a T {
    #[inline]
    fn from_arg(py: Python, object: &'a PyObject, at: At) -> PyResult<&'a T> {
        checked(py, object, at)
    }
}

impl<'a, T: PyTypeInfo> FromArg<'a> for Py<T> {
    #[inline]
    fn from_arg(py: Python, object: &'a PyObject, at: At) -> PyResult<Py<T>> {
        checked::<T>(py, object, at).map(object::PyLayout::owned)
    }
}

/// A required parameter that accepts `None`.
impl<'a, T: FromArg<'a>> FromArg<'a> for Option<T> {
    #[inline]
    fn from_arg(py: Python, object: &'a PyObject, at: At) -> PyResult<Option<T>> {
        optional_or_none(py, Some(object), at)
    }
}

/// Text without NUL characters, encoded as UTF-8.
impl<'a> FromArg<'a> for &'a str {
    fn from_arg(py: Python, object: &'a PyObject, at: At) -> PyResult<&'a str> {
        let text = checked::<PyStr>(py, object, at)?.as_utf8(py)?;
        if text.as_bytes().contains(&0) {
            return Err(value_error(py, "embedded null character"));
        }
        Ok(text)
    }
}

/// The truth value (the `p` format).
impl<'a> FromArg<'a> for bool {
    #[inline]
    fn from_arg(py: Python, object: &'a PyObject, _: At) -> PyResult<bool> {
        object.is_true(py)
    }
}

impl<'a> FromArg<'a> for f64 {
    #[inline]
    fn from_arg(py: Python, object: &'a PyObject, _: At) -> PyResult<f64> {
        number::as_f64(py, object)
    }
}

impl<'a> FromArg<'a> for f32 {
    fn from_arg(py: Python, object: &'a PyObject, _: At) -> PyResult<f32> {
        number::as_f64(py, object).map(|v| v as f32)
    }
}

/// `__index__` as a signed word, or `None` when it does not fit.
#[inline]
fn signed(py: Python, object: &PyObject) -> PyResult<Option<i64>> {
    match object.downcast::<PyInt>() {
        Some(i) => Ok(i.as_i64()),
        None => number::index(py, object).map(|i| i.as_i64()),
    }
}

#[cold]
fn too_large(py: Python, c_type: &str) -> Raised {
    overflow_error(py, format!("Python int too large to convert to {c_type}"))
}

impl<'a> FromArg<'a> for i64 {
    #[inline]
    fn from_arg(py: Python, object: &'a PyObject, _: At) -> PyResult<i64> {
        signed(py, object)?.ok_or_else(|| too_large(py, "C long"))
    }
}

impl<'a> FromArg<'a> for isize {
    #[inline]
    fn from_arg(py: Python, object: &'a PyObject, _: At) -> PyResult<isize> {
        signed(py, object)?.map(|v| v as isize).ok_or_else(|| too_large(py, "C ssize_t"))
    }
}

/// The `i` format: what fits a C long but not a C int is told from what does not fit a long.
impl<'a> FromArg<'a> for i32 {
    fn from_arg(py: Python, object: &'a PyObject, _: At) -> PyResult<i32> {
        let v = signed(py, object)?;
        v.and_then(|v| i32::try_from(v).ok()).ok_or_else(|| too_large(py, "C int"))
    }
}

/// The `h` format.
impl<'a> FromArg<'a> for i16 {
    fn from_arg(py: Python, object: &'a PyObject, _: At) -> PyResult<i16> {
        let Some(v) = signed(py, object)? else { return Err(too_large(py, "C long")) };
        i16::try_from(v).map_err(|_| {
            let bound = if v < 0 { "less than minimum" } else { "greater than maximum" };
            overflow_error(py, format!("signed short integer is {bound}"))
        })
    }
}

/// The `b` format.
impl<'a> FromArg<'a> for u8 {
    fn from_arg(py: Python, object: &'a PyObject, _: At) -> PyResult<u8> {
        let Some(v) = signed(py, object)? else { return Err(too_large(py, "C long")) };
        u8::try_from(v).map_err(|_| {
            let bound = if v < 0 { "less than minimum" } else { "greater than maximum" };
            overflow_error(py, format!("unsigned byte integer is {bound}"))
        })
    }
}

/// An unsigned value of at most 64 bits (`PyLong_AsNativeBytes` with `REJECT_NEGATIVE`).
fn unsigned(py: Python, object: &PyObject, max: u64, c_type: &str) -> PyResult<u64> {
    let int = number::index(py, object)?;
    if int.is_negative() {
        return Err(value_error(py, "Cannot convert negative int"));
    }
    let value = match int.as_i64() {
        Some(v) => Some(v as u64),
        None => wide(&int),
    };
    match value.filter(|&v| v <= max) {
        Some(v) => Ok(v),
        None => Err(overflow_error(py, format!("Python int too large for {c_type}"))),
    }
}

/// The value of a positive int beyond `i64`, if it has 64 bits.
fn wide(int: &PyInt) -> Option<u64> {
    let mut value = 0u64;
    for &digit in int.digits().iter().rev() {
        value = value.checked_mul(1 << 30)? | u64::from(digit);
    }
    Some(value)
}

/// The low 64 bits in two's complement (`PyLong_AsUnsignedLongLongMask`).
fn masked(py: Python, object: &PyObject) -> PyResult<u64> {
    let int = number::index(py, object)?;
    if let Some(v) = int.as_i64() {
        return Ok(v as u64);
    }
    let mut value = 0u64;
    for &digit in int.digits().iter().rev() {
        value = value.wrapping_shl(30) | u64::from(digit);
    }
    Ok(if int.is_negative() { value.wrapping_neg() } else { value })
}

macro_rules! unsigned {
    ($($t:ty, $name:literal;)*) => { $(
        impl<'a> FromArg<'a> for $t {
            fn from_arg(py: Python, object: &'a PyObject, _: At) -> PyResult<$t> {
                unsigned(py, object, <$t>::MAX as u64, $name).map(|v| v as $t)
            }
        }
    )* };
}
unsigned! {
    u16, "C unsigned short";
    u32, "C unsigned int";
    u64, "C unsigned long";
    usize, "C size_t";
}

/// An integer of which only the low bits count: any int is accepted (Argument Clinic's `bitwise=True`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits<T>(pub T);

macro_rules! bits {
    ($($t:ty)*) => { $(
        impl<'a> FromArg<'a> for Bits<$t> {
            fn from_arg(py: Python, object: &'a PyObject, _: At) -> PyResult<Bits<$t>> {
                masked(py, object).map(|v| Bits(v as $t))
            }
        }
    )* };
}
bits!(u8 u16 u32 u64);

/// A `long long`, as file offsets are: the range of `i64`, another message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongLong(pub i64);

impl<'a> FromArg<'a> for LongLong {
    fn from_arg(py: Python, object: &'a PyObject, _: At) -> PyResult<LongLong> {
        match signed(py, object)? {
            Some(v) => Ok(LongLong(v)),
            None => Err(overflow_error(py, "int too big to convert")),
        }
    }
}
