//! `longobject.h`: ints from and to machine numbers, text and bytes.

use crate::convert::*;
use runtime::abstract_::number;
use runtime::prelude::*;
use std::ffi::{c_char, c_int, c_void};
use std::ptr::null;

/// The argument as an int, through `__index__`.
unsafe fn int(py: Python, o: O) -> PyResult<Py<PyInt>> {
    // SAFETY: the C API's contract.
    number::index(py, unsafe { obj(py, o)? })
}

/// An int object itself. Errors: `TypeError`.
unsafe fn exactly<'a>(py: Python, o: O) -> PyResult<&'a PyInt> {
    // SAFETY: the C API's contract.
    match unsafe { obj(py, o)? }.downcast::<PyInt>() {
        Some(i) => Ok(i),
        None => Err(type_error(py, "an integer is required")),
    }
}

fn too_large(py: Python, c_type: &str) -> Raised {
    overflow_error(py, format!("Python int too large to convert to {c_type}"))
}

macro_rules! from_signed {
    ($($name:ident $t:ty;)*) => { capi! { $( fn $name(py, v: $t) -> O { PyInt::from_i64(py, v as i64) } )* } };
}
macro_rules! from_unsigned {
    ($($name:ident $t:ty;)*) => { capi! { $( fn $name(py, v: $t) -> O { PyInt::from_u64(py, v as u64) } )* } };
}
from_signed! {
    PyLong_FromLong i64;
    PyLong_FromLongLong i64;
    PyLong_FromSsize_t isize;
    PyLong_FromInt32 i32;
    PyLong_FromInt64 i64;
}
from_unsigned! {
    PyLong_FromUnsignedLong u64;
    PyLong_FromUnsignedLongLong u64;
    PyLong_FromSize_t usize;
    PyLong_FromUInt32 u32;
    PyLong_FromUInt64 u64;
}

capi! {
    fn PyLong_FromVoidPtr(py, p: *mut c_void) -> O { PyInt::from_usize(py, p as usize) }
    fn PyLong_FromDouble(py, v: f64) -> O { PyInt::from_f64(py, v) }
    fn PyLong_FromUnicodeObject(py, text: O, base: c_int) -> O {
        check_base(py, base)?;
        PyInt::from_str_object(py, cast::<PyStr>(py, text)?, base as u32)
    }
    fn PyLong_FromString(py, text: *const c_char, end: *mut *mut c_char, base: c_int) -> O {
        check_base(py, base)?;
        let all = bytes_of(text);
        if end.is_null() {
            let shown = PyBytes::new(py, all)?;
            let shown = runtime::codecs::decode_bytes(py, shown.as_bytes(), None, Some("utf-8"), Some("replace"))?;
            return PyInt::from_bytes_literal(py, all, base as u32, &shown);
        }
        // The longest prefix that is a number.
        for n in (1..=all.len()).rev() {
            if let Some(v) = runtime::types::int::parse_text(py, &all[..n], base as u32)? {
                *end = text.add(n) as *mut c_char;
                return Ok(v);
            }
        }
        *end = text as *mut c_char;
        let shown = String::from_utf8_lossy(all).into_owned();
        let shown = PyStr::new(py, &shown)?.as_object().repr(py)?.to_string_lossy();
        Err(value_error(py, format!("invalid literal for int() with base {base}: {shown}")))
    }
    fn PyLong_AsLong(py, o: O) -> i64 { int(py, o)?.to_i64(py) }
    fn PyLong_AsLongLong(py, o: O) -> i64 {
        int(py, o)?.as_i64().ok_or_else(|| overflow_error(py, "int too big to convert"))
    }
    fn PyLong_AsInt64(py, o: *mut PyObject, out: *mut i64) -> c_int {
        *out = int(py, o)?.as_i64().ok_or_else(|| too_large(py, "C int64_t"))?;
        Ok(())
    }
    fn PyLong_AsInt32(py, o: O, out: *mut i32) -> c_int {
        let v = int(py, o)?.as_i64().and_then(|v| i32::try_from(v).ok());
        *out = v.ok_or_else(|| too_large(py, "C int32_t"))?;
        Ok(())
    }
    fn PyLong_AsUInt64(py, o: O, out: *mut u64) -> c_int {
        let i = int(py, o)?;
        *out = unsigned(py, &i, "C uint64_t")?;
        Ok(())
    }
    fn PyLong_AsUInt32(py, o: O, out: *mut u32) -> c_int {
        let i = int(py, o)?;
        let v = unsigned(py, &i, "C uint32_t")?;
        *out = u32::try_from(v).map_err(|_| too_large(py, "C uint32_t"))?;
        Ok(())
    }
    fn PyLong_AsInt(py, o: O) -> c_int { int(py, o)?.to_i32(py) }
    fn _PyLong_AsInt(py, o: O) -> c_int { int(py, o)?.to_i32(py) }
    fn PyLong_AsSsize_t(py, o: O) -> isize { exactly(py, o)?.to_isize(py) }
    fn PyLong_AsSize_t(py, o: O) -> usize { exactly(py, o)?.to_usize(py) }
    fn PyLong_AsUnsignedLong(py, o: O) -> u64 { exactly(py, o)?.to_u64(py) }
    fn PyLong_AsUnsignedLongLong(py, o: O) -> u64 {
        let i = exactly(py, o)?;
        if i.is_negative() {
            return Err(overflow_error(py, "can't convert negative int to unsigned"));
        }
        i.as_u64().ok_or_else(|| overflow_error(py, "int too big to convert"))
    }
    fn PyLong_AsUnsignedLongMask(py, o: O) -> u64 { Ok(int(py, o)?.low_u64()) }
    fn PyLong_AsUnsignedLongLongMask(py, o: O) -> u64 { Ok(int(py, o)?.low_u64()) }
    fn PyLong_AsDouble(py, o: O) -> f64 { exactly(py, o)?.to_f64(py) }
    fn PyLong_AsVoidPtr(py, o: O) -> *mut c_void {
        let i = exactly(py, o)?;
        match i.as_i64().or_else(|| i.as_u64().map(|v| v as i64)) {
            Some(v) => Ok(v as usize as *mut c_void),
            None => Err(too_large(py, "C long")),
        }
    }
    fn PyLong_AsLongAndOverflow(py, o: O, overflow: *mut c_int) -> i64 { with_overflow(py, o, overflow) }
    fn PyLong_AsLongLongAndOverflow(py, o: O, overflow: *mut c_int) -> i64 { with_overflow(py, o, overflow) }
    fn PyLong_GetSign(py, o: O, sign: *mut c_int) -> c_int {
        *sign = int_object(py, o)?.sign() as c_int;
        Ok(())
    }
    fn PyLong_IsPositive(py, o: O) -> c_int { Ok(int_object(py, o)?.sign() > 0) }
    fn PyLong_IsNegative(py, o: O) -> c_int { Ok(int_object(py, o)?.is_negative()) }
    fn PyLong_IsZero(py, o: O) -> c_int { Ok(int_object(py, o)?.is_zero()) }
    fn _PyLong_Copy(py, o: O) -> O { cast::<PyInt>(py, o)?.to_exact(py) }
    fn _PyLong_New(py, n: isize) -> O {
        // Digits that the caller fills in: the top one keeps the size.
        let mut digits = zeros::<u32>(py, n.max(1) as usize)?;
        if let Some(last) = digits.last_mut() {
            *last = 1;
        }
        PyInt::from_digits(py, false, &digits)
    }
    fn _PyLong_FromByteArray(py, bytes: *const u8, n: usize, little: c_int, signed: c_int) -> O {
        PyInt::from_byte_slice(py, slice(bytes, n as isize), little == 0, signed != 0)
    }
    fn _PyLong_AsByteArray(py, o: O, out: *mut u8, n: usize, little: c_int, signed: c_int, raise: c_int) -> c_int {
        let to = std::slice::from_raw_parts_mut(out, n);
        match (*o).downcast_unchecked::<PyInt>().write_bytes(py, to, little == 0, signed != 0) {
            Err(e) if raise == 0 => {
                ignore(py, e);
                Err(Raised::pending())
            }
            r => r,
        }
    }
    fn PyLong_FromNativeBytes(py, bytes: *const c_void, n: usize, flags: c_int) -> O {
        let big = flags != -1 && flags & 1 == 0 && flags != 3;
        let unsigned = flags != -1 && flags & 4 != 0;
        PyInt::from_byte_slice(py, slice(bytes as *const u8, n as isize), big, !unsigned)
    }
    fn PyLong_FromUnsignedNativeBytes(py, bytes: *const c_void, n: usize, flags: c_int) -> O {
        let big = flags != -1 && flags & 1 == 0 && flags != 3;
        PyInt::from_byte_slice(py, slice(bytes as *const u8, n as isize), big, false)
    }
    fn PyLong_AsNativeBytes(py, o: O, out: *mut c_void, n: isize, flags: c_int) -> isize {
        as_native_bytes(py, o, out as *mut u8, n, flags)
    }
    fn PyLong_GetInfo(py) -> O {
        let sys = runtime::import::import_module(py, "sys")?;
        sys.getattr(py, intern!(py, "int_info"))
    }
    fn PyLong_Export(py, o: O, out: *mut Export) -> c_int {
        let o = obj(py, o)?;
        let Some(i) = o.downcast::<PyInt>() else {
            return Err(type_error(py, format!("expected int, got {}", tp_name(o))));
        };
        let e = &mut *out;
        *e = Export { value: 0, negative: 0, ndigits: 0, digits: null(), reserved: 0 };
        match i.as_i64() {
            Some(v) => e.value = v,
            None => {
                e.negative = i.is_negative() as u8;
                e.ndigits = i.digit_count() as isize;
                e.digits = i.digits_ptr() as *const c_void;
                e.reserved = i.owned().into_raw() as usize;
            }
        }
        Ok(())
    }
    fn PyLongWriter_Create(py, negative: c_int, n: isize, digits: *mut *mut c_void) -> *mut Writer {
        if n <= 0 {
            return Err(value_error(py, "ndigits must be positive"));
        }
        let mut w = Box::new(Writer { negative: negative != 0, digits: zeros(py, n as usize)? });
        *digits = w.digits.as_mut_ptr() as *mut c_void;
        Ok(Box::into_raw(w))
    }
    fn PyLongWriter_Finish(py, w: *mut Writer) -> O {
        let w = Box::from_raw(w);
        PyInt::from_digits(py, w.negative, &w.digits)
    }
}

fn check_base(py: Python, base: c_int) -> PyResult<()> {
    if base == 0 || (2..=36).contains(&base) {
        return Ok(());
    }
    Err(value_error(py, "int() arg 2 must be >= 2 and <= 36"))
}

unsafe fn int_object<'a>(py: Python, o: O) -> PyResult<&'a PyInt> {
    // SAFETY: the C API's contract.
    let o = unsafe { obj(py, o)? };
    o.downcast::<PyInt>().ok_or_else(|| type_error(py, format!("expected int, got {}", tp_name(o))))
}

fn unsigned(py: Python, i: &PyInt, c_type: &str) -> PyResult<u64> {
    if i.is_negative() {
        return Err(value_error(py, "Cannot convert negative int"));
    }
    i.as_u64().ok_or_else(|| too_large(py, c_type))
}

unsafe fn with_overflow(py: Python, o: O, overflow: *mut c_int) -> PyResult<i64> {
    // SAFETY: the C API's contract.
    unsafe {
        *overflow = 0;
        let i = int(py, o)?;
        Ok(i.as_i64().unwrap_or_else(|| {
            *overflow = if i.is_negative() { -1 } else { 1 };
            -1
        }))
    }
}

/// `PyLong_AsNativeBytes`: the bytes needed, whether or not they all fit.
unsafe fn as_native_bytes(py: Python, o: O, out: *mut u8, n: isize, flags: c_int) -> PyResult<isize> {
    // SAFETY: `out` has room for `n` bytes.
    unsafe {
        let o = obj(py, o)?;
        if n < 0 {
            return Err(system_error(py, "bad argument to internal function"));
        }
        let defaults = flags == -1;
        let big = !defaults && flags & 1 == 0;
        let value = match o.downcast::<PyInt>() {
            Some(i) => i.owned(),
            None if !defaults && flags & 16 != 0 => number::index(py, o)?,
            None => return Err(type_error(py, format!("expect int, got {}", tp_name(o)))),
        };
        if !defaults && flags & 8 != 0 && value.is_negative() {
            return Err(value_error(py, "Cannot convert negative int"));
        }
        let bits = value.bit_length();
        let unsigned = (defaults || flags & 4 != 0) && !value.is_negative();
        let power_of_two = value.is_negative() && value.trailing_zeros() + 1 == bits;
        let available = (n as usize).saturating_mul(8);
        // One bit for the sign, but where the top bit may carry the value.
        let fits = bits + (!unsigned && !power_of_two) as usize <= available;
        let exact = bits / 8 + 1;
        let needed = match (value.is_compact(), n > 0, fits) {
            (true, false, _) => 8,
            (true, true, true) => n.min(8) as usize,
            (false, true, true) => exact.min(n as usize),
            _ => exact,
        };
        if n > 0 {
            let mut full = zeros::<u8>(py, (bits / 8 + 1).max(n as usize) + 1)?;
            value.write_bytes(py, &mut full, false, true)?;
            full.truncate(n as usize);
            if big {
                full.reverse();
            }
            out.copy_from_nonoverlapping(full.as_ptr(), n as usize);
        }
        Ok(needed as isize)
    }
}

/// `PyLongLayout`.
#[repr(C)]
pub struct Layout {
    bits_per_digit: u8,
    digit_size: u8,
    digits_order: i8,
    digit_endianness: i8,
}

/// `PyLongExport`.
#[repr(C)]
pub struct Export {
    value: i64,
    negative: u8,
    ndigits: isize,
    digits: *const c_void,
    reserved: usize,
}

/// So many zeros. Errors: `MemoryError`.
fn zeros<T: Clone + Default>(py: Python, n: usize) -> PyResult<Vec<T>> {
    let mut v = Vec::new();
    v.try_reserve_exact(n).map_err(|_| memory_error(py))?;
    v.resize(n, T::default());
    Ok(v)
}

/// `PyLongWriter`.
pub struct Writer {
    negative: bool,
    digits: Vec<u32>,
}

plain! {
    fn PyLong_GetNativeLayout() -> *const Layout {
        static LAYOUT: Layout = Layout { bits_per_digit: 30, digit_size: 4, digits_order: -1, digit_endianness: -1 };
        &LAYOUT
    }
    fn PyLong_FreeExport(e: *mut Export) {
        let o = std::mem::take(&mut (*e).reserved);
        if o != 0 {
            PyObject::decref(o as O);
        }
    }
    fn PyLongWriter_Discard(w: *mut Writer) {
        if !w.is_null() {
            drop(Box::from_raw(w));
        }
    }
    fn _PyLong_Sign(o: O) -> c_int { (*o).downcast_unchecked::<PyInt>().sign() as c_int }
    fn _PyLong_NumBits(o: O) -> i64 { (*o).downcast_unchecked::<PyInt>().bit_length() as i64 }
    fn PyUnstable_Long_IsCompact(o: O) -> c_int { (*o).downcast_unchecked::<PyInt>().is_compact() as c_int }
    fn PyUnstable_Long_CompactValue(o: O) -> isize { (*o).downcast_unchecked::<PyInt>().compact_value() }
    fn PyOS_strtol(text: *const c_char, end: *mut *mut c_char, base: c_int) -> i64 {
        object::libc::strtol(text, end, base)
    }
    fn PyOS_strtoul(text: *const c_char, end: *mut *mut c_char, base: c_int) -> u64 {
        object::libc::strtoul(text, end, base)
    }
}

capi! {
    fn _PyLong_GCD(py, a: O, b: O) -> O {
        runtime::import::import_attr(py, "math", "gcd")?.call(py, &[obj(py, a)?, obj(py, b)?])
    }
    fn _PyLong_DivmodNear(py, a: O, b: O) -> O {
        let (q, r) = PyInt::divmod_near(py, cast(py, a)?, cast(py, b)?)?;
        PyTuple::new(py, [q.into_object(), r.into_object()])
    }
    fn _PyLong_Format(py, o: O, base: c_int) -> O {
        let p = crate::abstract_::PyNumber_ToBase(o, base);
        from_c::<PyObject>(py, p)
    }
    fn PyBool_FromLong(py, v: i64) -> O {
        let _ = py;
        Ok(py_bool(v != 0).owned())
    }
}
