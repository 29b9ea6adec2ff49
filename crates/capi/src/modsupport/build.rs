//! `Py_BuildValue`: objects from C values.

use crate::convert::*;
use crate::variadic::VaList;
use runtime::prelude::*;
use std::ffi::{c_char, c_void};

type Converter = unsafe extern "C" fn(*mut c_void) -> O;

/// Reads a format from left to right.
struct Builder<'a> {
    format: &'a [u8],
    at: usize,
    depth: u32,
}

/// The objects that a format describes, side by side.
///
/// Errors: what making one of them raises; the others are made all the same, so that the list is used up and references handed over
/// (`N`) are released.
///
/// # Safety
/// The list holds what the format asks for.
pub(crate) unsafe fn values(py: Python, format: &[u8], va: &mut VaList) -> PyResult<Vec<Py>> {
    let mut b = Builder { format, at: 0, depth: 0 };
    // SAFETY: the caller's promise.
    unsafe { b.items(py, 0, va) }
}

/// `Py_VaBuildValue`: none gives `None`, one gives itself, more a tuple.
///
/// # Safety
/// As [`values`].
pub(crate) unsafe fn value(py: Python, format: &[u8], va: &mut VaList) -> PyResult {
    // SAFETY: the caller's promise.
    let mut all = unsafe { values(py, format, va)? };
    match all.len() {
        0 => Ok(none().owned()),
        1 => all.pop().ok_or_else(|| bad_internal_call(py)),
        _ => Ok(PyTuple::new(py, all)?.into_object()),
    }
}

impl Builder<'_> {
    fn skip(&mut self) {
        while let Some(b' ' | b'\t' | b',' | b':') = self.format.get(self.at) {
            self.at += 1;
        }
    }

    unsafe fn items(&mut self, py: Python, end: u8, va: &mut VaList) -> PyResult<Vec<Py>> {
        let mut all = Vec::new();
        let mut failed = None;
        loop {
            self.skip();
            match self.format.get(self.at).copied() {
                None if end == 0 => break,
                None => return Err(system_error(py, "unmatched paren in format")),
                Some(c) if c == end => {
                    self.at += 1;
                    break;
                }
                Some(_) => {}
            }
            // An error must be out of the way while the rest is made.
            let saved = if failed.is_some() { take(py) } else { None };
            // SAFETY: the caller's promise.
            match unsafe { self.item(py, va) } {
                Ok(v) if failed.is_none() => all.push(v),
                Ok(_) => {}
                Err(e) if failed.is_none() => failed = Some(e),
                Err(e) => ignore(py, e),
            }
            if let Some(e) = saved {
                let _ = raise_object(py, e);
            }
        }
        match failed {
            Some(e) => Err(e),
            None => Ok(all),
        }
    }

    /// `#` after a string letter: its length follows as `Py_ssize_t`.
    unsafe fn length(&mut self, va: &mut VaList) -> Option<isize> {
        if self.format.get(self.at) == Some(&b'#') {
            self.at += 1;
            // SAFETY: the caller's promise.
            return Some(unsafe { va.word() } as isize);
        }
        None
    }

    unsafe fn item(&mut self, py: Python, va: &mut VaList) -> PyResult {
        let letter = self.format[self.at];
        self.at += 1;
        // SAFETY: the caller's promise: the list holds what each letter asks for.
        unsafe {
            Ok(match letter {
                b'(' | b'[' | b'{' => return self.nested(py, letter, va),
                b'b' | b'B' | b'h' | b'i' => PyInt::from_i64(py, va.int() as i64)?.into_object(),
                b'H' => PyInt::from_i64(py, va.int() as u16 as i64)?.into_object(),
                b'I' => PyInt::from_u64(py, va.word() as u32 as u64)?.into_object(),
                b'l' | b'L' | b'n' => PyInt::from_i64(py, va.word() as i64)?.into_object(),
                b'k' | b'K' => PyInt::from_u64(py, va.word())?.into_object(),
                b'p' => py_bool(va.int() != 0).owned().into_object(),
                b'd' | b'f' => PyFloat::new(py, va.double())?.into_object(),
                b'D' => {
                    let c: *const [f64; 2] = va.pointer();
                    crate::complexobject::new(py, (*c)[0], (*c)[1])?.into_object()
                }
                b'c' => PyBytes::new(py, &[va.int() as u8])?.into_object(),
                b'C' => {
                    let c = va.int();
                    if !(0..=0x10ffff).contains(&c) {
                        return Err(value_error(py, "chr() arg not in range(0x110000)"));
                    }
                    PyStr::from_char(py, c as u32)?.into_object()
                }
                b's' | b'z' | b'U' => {
                    let p: *const c_char = va.pointer();
                    match (p.is_null(), self.length(va)) {
                        (true, _) => none().owned(),
                        (false, Some(n)) if n >= 0 => utf8(py, slice(p as *const u8, n))?.into_object(),
                        _ => pystr(py, p)?.into_object(),
                    }
                }
                b'u' => {
                    let p: *const u32 = va.pointer();
                    let n = self.length(va);
                    if p.is_null() {
                        none().owned()
                    } else {
                        let n = n.filter(|&n| n >= 0).unwrap_or_else(|| {
                            let mut n = 0;
                            while *p.offset(n) != 0 {
                                n += 1;
                            }
                            n
                        });
                        PyStr::from_ucs4(py, slice(p, n))?.into_object()
                    }
                }
                b'y' => {
                    let p: *const c_char = va.pointer();
                    match (p.is_null(), self.length(va)) {
                        (true, _) => none().owned(),
                        (false, Some(n)) if n >= 0 => {
                            PyBytes::new(py, slice(p as *const u8, n))?.into_object()
                        }
                        _ => PyBytes::new(py, bytes_of(p))?.into_object(),
                    }
                }
                b'N' | b'S' | b'O' => return self.object(py, letter, va),
                other => {
                    let text = format!("bad format char passed to Py_BuildValue: {}", other as char);
                    return Err(system_error(py, text));
                }
            })
        }
    }

    unsafe fn object(&mut self, py: Python, letter: u8, va: &mut VaList) -> PyResult {
        // SAFETY: the caller's promise.
        unsafe {
            if self.format.get(self.at) == Some(&b'&') {
                self.at += 1;
                let p: *const c_void = va.pointer();
                let arg: *mut c_void = va.pointer();
                let f: Converter = std::mem::transmute(p);
                return from_c(py, f(arg));
            }
            match opt(va.object()) {
                // The reference is handed over.
                Some(o) if letter == b'N' => Ok(Py::from_raw_owned(o.as_ptr())),
                Some(o) => Ok(o.owned()),
                None if pending(py) => Err(Raised::pending()),
                None => Err(system_error(py, "NULL object passed to Py_BuildValue")),
            }
        }
    }

    unsafe fn nested(&mut self, py: Python, open: u8, va: &mut VaList) -> PyResult {
        self.depth += 1;
        if self.depth > 100 {
            return Err(system_error(py, "Py_BuildValue: format nested too deeply"));
        }
        let end = match open {
            b'(' => b')',
            b'[' => b']',
            _ => b'}',
        };
        // SAFETY: the caller's promise.
        let all = unsafe { self.items(py, end, va)? };
        self.depth -= 1;
        match open {
            b'(' => Ok(PyTuple::new(py, all)?.into_object()),
            b'[' => Ok(PyList::new(py, all)?.into_object()),
            _ => {
                if all.len() % 2 != 0 {
                    return Err(system_error(py, "Bad dict format"));
                }
                let d = PyDict::new(py)?;
                for pair in all.chunks_exact(2) {
                    d.set_item(py, &pair[0], &pair[1])?;
                }
                Ok(d.into_object())
            }
        }
    }
}
