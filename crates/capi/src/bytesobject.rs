//! `bytesobject.h` and `bytearrayobject.h`.

use crate::convert::*;
use crate::format;
use crate::variadic::VaList;
use runtime::prelude::*;
use runtime::types::buffer::Buffer;
use runtime::types::bytes_;
use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

/// A bytes object. Errors: `TypeError`.
unsafe fn bytes<'a>(py: Python, o: O) -> PyResult<&'a PyBytes> {
    // SAFETY: the C API's contract.
    let o = unsafe { obj(py, o)? };
    o.downcast::<PyBytes>().ok_or_else(|| type_error(py, format!("expected bytes, {} found", tp_name(o))))
}

capi! {
    fn PyBytes_FromString(py, text: *const c_char) -> O { PyBytes::new(py, bytes_of(text)) }
    fn PyBytes_FromStringAndSize(py, p: *const c_char, n: isize) -> O {
        if n < 0 {
            return Err(system_error(py, "Negative size passed to PyBytes_FromStringAndSize"));
        }
        if p.is_null() && n > 0 {
            return PyBytes::alloc(py, n as usize);
        }
        PyBytes::new(py, slice(p as *const u8, n))
    }
    fn PyBytes_FromFormatV(py, text: *const c_char, va: *mut VaList) -> O { format::bytes(py, text, &mut *va) }
    fn PyBytes_FromObject(py, o: O) -> O {
        match opt(o) {
            None => Err(bad_internal_call(py)),
            Some(b) if PyBytes::check_exact(b) => Ok(b.downcast_unchecked::<PyBytes>().owned()),
            Some(s) if PyStr::check(s) => Err(type_error(py, "cannot convert 'str' object to bytes")),
            Some(o) => PyBytes::from_object(py, o),
        }
    }
    fn PyBytes_Size(py, o: O) -> isize { Ok(bytes(py, o)?.len()) }
    fn PyBytes_AsString(py, o: O) -> *mut c_char { Ok(bytes(py, o)?.data_ptr() as *mut c_char) }
    fn PyBytes_AsStringAndSize(py, o: O, out: *mut *mut c_char, size: *mut isize) -> c_int {
        if out.is_null() {
            return Err(bad_internal_call(py));
        }
        let b = bytes(py, o)?;
        *out = b.data_ptr() as *mut c_char;
        if !size.is_null() {
            *size = b.len() as isize;
        } else if b.as_bytes().contains(&0) {
            return Err(value_error(py, "embedded null byte"));
        }
        Ok(())
    }
    fn PyBytes_Repr(py, o: O, smart: c_int) -> O {
        let b = bytes(py, o)?;
        let quote = if smart != 0 { bytes_::ops::repr_quote(b.as_bytes()) } else { b'\'' };
        let mut out = bytes_::BytesBuilder::new();
        out.push(b'b');
        bytes_::ops::repr_body(b.as_bytes(), quote, smart == 0, &mut out);
        PyStr::from_latin1(py, out.as_slice())
    }
    fn PyBytes_Join(py, sep: O, items: O) -> O {
        let sep = bytes(py, sep)?;
        let all = bytes_::ops::join(py, &|| sep.as_bytes().to_vec(), obj(py, items)?)?;
        PyBytes::new(py, &all)
    }
    fn _PyBytes_Join(py, sep: O, items: O) -> O {
        let sep = bytes(py, sep)?;
        let all = bytes_::ops::join(py, &|| sep.as_bytes().to_vec(), obj(py, items)?)?;
        PyBytes::new(py, &all)
    }
    fn PyBytes_DecodeEscape(py, p: *const c_char, n: isize, errors: *const c_char, _unicode: isize, _encoding: *const c_char) -> O {
        let errors = lossy_opt(errors).unwrap_or("strict".into());
        // More than an object can hold is no size of memory that is there.
        if n > isize::MAX - size_of::<PyBytes>() as isize {
            return Err(overflow_error(py, "byte string is too large"));
        }
        runtime::codecs::escape::decode(py, slice(p as *const u8, n), &errors)
    }
    fn _PyBytes_FormatEx(py, text: *const c_char, n: isize, args: O, bytearray: c_int) -> O {
        let all = bytes_::percent::format(py, slice(text as *const u8, n), obj(py, args)?)?;
        if bytearray != 0 {
            Ok(PyByteArray::new(py, &all)?.into_object())
        } else {
            Ok(PyBytes::new(py, &all)?.into_object())
        }
    }
    fn _PyBytes_Resize(py, p: *mut O, n: isize) -> c_int {
        let old: Option<Py> = Py::from_raw_owned_or_opt(p.replace(null_mut()));
        let Some(b) = old.as_ref().and_then(|o| o.downcast::<PyBytes>()).filter(|_| n >= 0) else {
            return Err(bad_internal_call(py));
        };
        let new = if b.len() == n as usize {
            b.owned()
        } else if n == 0 {
            PyBytes::empty().owned()
        } else {
            let new = PyBytes::alloc(py, n as usize)?;
            new.data_ptr().copy_from_nonoverlapping(b.data_ptr(), b.len().min(n as usize));
            new
        };
        *p = new.into_raw();
        Ok(())
    }

    fn PyByteArray_FromObject(py, o: O) -> O { PyByteArray::type_object().as_object().call1(py, obj(py, o)?) }
    fn PyByteArray_FromStringAndSize(py, p: *const c_char, n: isize) -> O {
        if n < 0 {
            return Err(system_error(py, "Negative size passed to PyByteArray_FromStringAndSize"));
        }
        if p.is_null() {
            let b = PyByteArray::new(py, &[])?;
            b.resize(py, n as usize)?;
            return Ok(b);
        }
        PyByteArray::new(py, slice(p as *const u8, n))
    }
    fn PyByteArray_Concat(py, a: O, b: O) -> O {
        let (a, b) = (obj(py, a)?, obj(py, b)?);
        let view = |o: &PyObject| {
            Buffer::get_simple(py, o).map_err(|e| {
                ignore(py, e);
                type_error(py, format!("can't concat {} to {}", tp_name(b), tp_name(a)))
            })
        };
        let (x, y) = (view(a)?, view(b)?);
        let mut all = x.as_slice().to_vec();
        all.extend_from_slice(y.as_slice());
        PyByteArray::new(py, &all)
    }
    fn PyByteArray_Resize(py, o: O, n: isize) -> c_int {
        let b = cast::<PyByteArray>(py, o)?;
        if n < 0 {
            return Err(value_error(py, format!("Can only resize to positive sizes, got {n}")));
        }
        b.resize(py, n as usize)
    }
}

plain! {
    fn PyByteArray_Size(o: O) -> isize { (*o).downcast_unchecked::<PyByteArray>().len() as isize }
    fn PyByteArray_AsString(o: O) -> *mut c_char {
        let b: &PyByteArray = (*o).downcast_unchecked();
        if b.is_empty() { _PyByteArray_empty_string.0.as_ptr() as *mut c_char } else { b.data_ptr() as *mut c_char }
    }
    fn PyBytes_Concat(p: *mut O, other: O) {
        let py = token();
        let left: Option<Py> = Py::from_raw_owned_or_opt(p.replace(null_mut()));
        let Some(left) = left else { return };
        let Some(right) = opt(other) else { return };
        let join = || -> PyResult<Py<PyBytes>> {
            let view = |o: &PyObject| {
                Buffer::get_simple(py, o).map_err(|e| {
                    ignore(py, e);
                    type_error(py, format!("can't concat {} to {}", tp_name(right), tp_name(&left)))
                })
            };
            let (x, y) = (view(&left)?, view(right)?);
            let mut all = x.as_slice().to_vec();
            all.extend_from_slice(y.as_slice());
            PyBytes::new(py, &all)
        };
        *p = join().map_or(null_mut(), Py::into_raw);
    }
    fn PyBytes_ConcatAndDel(p: *mut O, other: O) {
        PyBytes_Concat(p, other);
        crate::object::Py_DecRef(other);
    }
}

exported! {
    _PyByteArray_empty_string: [u8; 1] = [0];
}

variadic! {
    fn PyBytes_FromFormat(format: *const c_char; ...) -> O => from_format, 1;
}

unsafe extern "C" fn from_format(text: *const c_char, va: &mut VaList) -> O {
    // SAFETY: the C API's contract.
    unsafe { result(format::bytes(token(), text, va)) }
}
