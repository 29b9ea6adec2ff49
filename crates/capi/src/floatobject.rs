//! `floatobject.h` and `pystrtod.h`.

use crate::convert::*;
use runtime::abstract_::number;
use runtime::format::{Flags, double_to_string};
use runtime::prelude::*;
use runtime::types::float::parse_float;
use runtime::types::memoryview::item;
use std::ffi::{c_char, c_int};

capi! {
    fn PyFloat_FromDouble(py, v: f64) -> O { PyFloat::new(py, v) }
    fn PyFloat_FromString(py, o: O) -> O { PyFloat::from_string(py, obj(py, o)?) }
    fn PyFloat_AsDouble(py, o: O) -> f64 {
        match opt(o) {
            Some(o) => double(py, o),
            None => {
                let _ = type_error(py, "bad argument type for built-in operation");
                Err(Raised::pending())
            }
        }
    }
    fn PyFloat_GetInfo(py) -> O { runtime::import::import_attr(py, "sys", "float_info") }
    fn PyFloat_Pack2(py, x: f64, out: *mut c_char, little: c_int) -> c_int {
        if x.is_nan() {
            let payload = (x.to_bits() >> 42) as u16 & 0x3ff;
            let payload = if payload == 0 { 0x200 } else { payload };
            pack(out, (((x.to_bits() >> 48) as u16 & 0x8000) | 0x7c00 | payload).to_le_bytes(), little);
            return Ok(());
        }
        match item::f64_to_half(x) {
            Some(bits) => {
                pack(out, bits.to_le_bytes(), little);
                Ok(())
            }
            None => Err(overflow_error(py, "float too large to pack with e format")),
        }
    }
    fn PyFloat_Pack4(py, x: f64, out: *mut c_char, little: c_int) -> c_int {
        if x.is_nan() {
            // A conversion would make a signalling NaN a quiet one.
            let payload = (x.to_bits() >> 29) as u32 & 0x7f_ffff;
            let payload = if payload == 0 { 0x40_0000 } else { payload };
            pack(out, (((x.to_bits() >> 32) as u32 & 0x8000_0000) | 0x7f80_0000 | payload).to_le_bytes(), little);
            return Ok(());
        }
        let y = x as f32;
        if y.is_infinite() && x.is_finite() {
            return Err(overflow_error(py, "float too large to pack with f format"));
        }
        pack(out, y.to_le_bytes(), little);
        Ok(())
    }
    fn PyFloat_Pack8(py, x: f64, out: *mut c_char, little: c_int) -> c_int {
        let _ = py;
        pack(out, x.to_le_bytes(), little);
        Ok(())
    }
    fn PyOS_string_to_double(py, text: *const c_char, end: *mut *mut c_char, overflow: O) -> f64 {
        let all = bytes_of(text);
        let valid = all.iter().take_while(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'a'..=b'z' | b'A'..=b'Z')).count();
        let longest = if end.is_null() { all.len()..=all.len() } else { 1..=valid };
        for n in longest.rev() {
            let part = &all[..n.min(all.len())];
            if part.is_empty() || part.contains(&b'_') || part[0].is_ascii_whitespace() || part.last().is_some_and(|b| b.is_ascii_whitespace()) {
                continue;
            }
            if let Some(v) = parse_float(part) {
                if !end.is_null() {
                    *end = text.add(n) as *mut c_char;
                }
                let named = part.iter().any(|b| matches!(b, b'n' | b'N'));
                if v.is_infinite() && !named && !overflow.is_null() {
                    return Err(crate::pyerrors::set_object(
                        py,
                        overflow,
                        Some(&*PyStr::new(py, &format!("value too large to convert to float: '{}'", String::from_utf8_lossy(part)))?),
                    ));
                }
                return Ok(v);
            }
        }
        if !end.is_null() {
            *end = text as *mut c_char;
        }
        Err(value_error(py, format!("could not convert string to float: '{}'", String::from_utf8_lossy(all))))
    }
    fn PyOS_double_to_string(py, value: f64, code: c_char, precision: c_int, flags: c_int, kind: *mut c_int) -> *mut c_char {
        let (code, precision) = match code as u8 {
            b'r' if precision != 0 => return Err(bad_internal_call(py)),
            c @ (b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'r') => (c, precision.max(0) as usize),
            _ => return Err(bad_internal_call(py)),
        };
        let flags = Flags {
            sign: flags & 1 != 0,
            add_dot_0: flags & 2 != 0,
            alternate: flags & 4 != 0,
            no_neg_0: flags & 8 != 0,
        };
        let text = double_to_string(value, code, precision, flags);
        if !kind.is_null() {
            *kind = if value.is_infinite() { 1 } else { 2 * value.is_nan() as c_int };
        }
        let p = object::alloc::object_alloc(text.len() + 1);
        if p.is_null() {
            return Err(memory_error(py));
        }
        p.copy_from_nonoverlapping(text.as_ptr(), text.len());
        *p.add(text.len()) = 0;
        Ok(p as *mut c_char)
    }
}

/// A NaN with its payload, signalling or not.
fn nan(sign: u64, payload: u64) -> f64 {
    f64::from_bits(sign << 63 | 0x7ff << 52 | payload)
}

/// `PyFloat_AsDouble`: a float's own value comes before its `__float__`.
pub(crate) fn double(py: Python, o: &PyObject) -> PyResult<f64> {
    match o.downcast::<PyFloat>() {
        Some(f) => Ok(f.value()),
        None => number::as_f64(py, o),
    }
}

unsafe fn pack<const N: usize>(out: *mut c_char, mut bytes: [u8; N], little: c_int) {
    if little == 0 {
        bytes.reverse();
    }
    // SAFETY: the caller's memory has room.
    unsafe { (out as *mut u8).copy_from_nonoverlapping(bytes.as_ptr(), N) }
}

unsafe fn unpack<const N: usize>(p: *const c_char, little: c_int) -> [u8; N] {
    // SAFETY: the caller's memory holds so many bytes.
    let mut bytes = unsafe { *(p as *const [u8; N]) };
    if little == 0 {
        bytes.reverse();
    }
    bytes
}

plain! {
    fn PyFloat_GetMax() -> f64 { f64::MAX }
    fn PyFloat_GetMin() -> f64 { f64::MIN_POSITIVE }
    fn PyFloat_Unpack2(p: *const c_char, little: c_int) -> f64 {
        let bits = u16::from_le_bytes(unpack(p, little));
        if bits & 0x7c00 == 0x7c00 && bits & 0x3ff != 0 {
            return nan(bits as u64 >> 15, (bits as u64 & 0x3ff) << 42);
        }
        item::half_to_f64(bits)
    }
    fn PyFloat_Unpack4(p: *const c_char, little: c_int) -> f64 {
        let bits = u32::from_le_bytes(unpack(p, little));
        if bits & 0x7f80_0000 == 0x7f80_0000 && bits & 0x7f_ffff != 0 {
            return nan(bits as u64 >> 31, (bits as u64 & 0x7f_ffff) << 29);
        }
        f32::from_bits(bits) as f64
    }
    fn PyFloat_Unpack8(p: *const c_char, little: c_int) -> f64 { f64::from_le_bytes(unpack(p, little)) }
}
