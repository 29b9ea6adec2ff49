//! Paths between Python and the system: `os.fspath`, and the file system encoding (UTF-8 with surrogateescape).

use crate::prelude::*;
use crate::types::*;
use std::ffi::CString;

/// `os.fspath(o)`: a str or bytes object.
///
/// Errors: `TypeError`, in `os.fspath`'s words.
pub fn fspath(py: Python, o: &PyObject) -> PyResult {
    if PyStr::check(o) || PyBytes::check(o) {
        return Ok(o.owned());
    }
    let Some(f) = o.lookup_special(py, intern!(py, "__fspath__"))?.filter(|f| !f.is_none()) else {
        return Err(type_error(
            py,
            format!("expected str, bytes or os.PathLike object, not {}", type_name(o)),
        ));
    };
    let r = f.call0(py)?;
    if PyStr::check(&r) || PyBytes::check(&r) {
        return Ok(r);
    }
    Err(type_error(
        py,
        format!("expected {}.__fspath__() to return str or bytes, not {}", type_name(o), type_name(&r)),
    ))
}

/// Bytes of a path-like object in the file system encoding.
pub fn fs_encode(py: Python, o: &PyObject) -> PyResult<Vec<u8>> {
    let p = fspath(py, o)?;
    match p.downcast::<PyStr>() {
        Some(s) => encode_str(py, s),
        None => Ok(p.downcast::<PyBytes>().map(|b| b.as_bytes().to_vec()).unwrap_or_default()),
    }
}

/// A string in the file system encoding.
pub fn encode_str(py: Python, s: &PyStr) -> PyResult<Vec<u8>> {
    if let Some(t) = s.as_str() {
        return Ok(t.as_bytes().to_vec());
    }
    let mut out = Vec::with_capacity(s.len());
    for (i, c) in s.chars().enumerate() {
        match c {
            // Bytes that could not be decoded come back as they were.
            0xdc80..=0xdcff => out.push((c - 0xdc00) as u8),
            0xd800..=0xdfff => {
                return Err(exceptions::raise_encode_error(
                    py,
                    "utf-8",
                    s,
                    i,
                    i + 1,
                    "surrogates not allowed",
                ));
            }
            _ => out.extend_from_slice(char::from_u32(c).unwrap_or('?').encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Ok(out)
}

/// A path-like object as a C string. Errors: `ValueError` for an embedded null byte.
pub fn fs_cstring(py: Python, o: &PyObject) -> PyResult<CString> {
    CString::new(fs_encode(py, o)?).map_err(|_| {
        value_error(py, if PyStr::check(o) { "embedded null character" } else { "embedded null byte" })
    })
}

/// Bytes from the system as a string: UTF-8, undecodable bytes as surrogates.
pub fn fs_decode(py: Python, bytes: &[u8]) -> PyResult<Py<PyStr>> {
    if let Ok(s) = std::str::from_utf8(bytes) {
        return PyStr::new(py, s);
    }
    let mut chars: Vec<u32> = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        chars.extend(chunk.valid().chars().map(|c| c as u32));
        chars.extend(chunk.invalid().iter().map(|&b| 0xdc00 + b as u32));
    }
    PyStr::from_ucs4(py, &chars)
}

/// A path-like object as a string (`PyUnicode_FSDecoder`). Errors: `ValueError` for an embedded null.
pub fn fs_decode_path(py: Python, o: &PyObject) -> PyResult<Py<PyStr>> {
    let p = fspath(py, o)?;
    let s = match p.downcast_into::<PyStr>() {
        Ok(s) => s,
        Err(b) => fs_decode(py, b.downcast::<PyBytes>().map_or(&[][..], |b| b.as_bytes()))?,
    };
    if s.chars().any(|c| c == 0) {
        return Err(value_error(py, "embedded null character"));
    }
    Ok(s)
}
