//! `unicodeobject.h`: making strings and reaching their characters.

use crate::convert::*;
use crate::format;
use crate::variadic::VaList;
use runtime::prelude::*;
use runtime::types::str_::Kind;
use runtime::types::str_::unit::{self, copy_view};
use std::ffi::{c_char, c_int, c_void};

/// The cached UTF-8 form, which ends with NUL and lives as long as the string.
pub(crate) fn utf8_pointer(py: Python, s: &PyStr) -> PyResult<(*const c_char, usize)> {
    let t = s.as_utf8(py)?;
    Ok((t.as_ptr() as *const c_char, t.len()))
}

/// The text of a `_Py_Identifier`.
///
/// # Safety
/// `id` is one.
pub(crate) unsafe fn identifier_text(id: *mut c_void) -> *const c_char {
    // SAFETY: its first field.
    unsafe { *(id as *const *const c_char) }
}

/// An argument that must be a string.
pub(crate) unsafe fn string<'a>(py: Python, o: O) -> PyResult<&'a PyStr> {
    // SAFETY: the C API's contract.
    match unsafe { opt(o) }.and_then(|o| o.downcast::<PyStr>()) {
        Some(s) => Ok(s),
        None => {
            let _ = type_error(py, "bad argument type for built-in operation");
            Err(Raised::pending())
        }
    }
}

/// The same, named in the message.
pub(crate) unsafe fn must_be_str<'a>(py: Python, o: O) -> PyResult<&'a PyStr> {
    // SAFETY: the C API's contract.
    let o = unsafe { obj(py, o)? };
    o.downcast::<PyStr>().ok_or_else(|| type_error(py, format!("must be str, not {}", tp_name(o))))
}

capi! {
    fn PyUnicode_New(py, n: isize, max_char: u32) -> O {
        if n == 0 {
            return Ok(PyStr::empty().owned());
        }
        if n < 0 {
            return Err(system_error(py, "Negative size passed to PyUnicode_New"));
        }
        PyStr::alloc(py, n as usize, max_char)
    }
    fn PyUnicode_FromString(py, text: *const c_char) -> O { pystr(py, text) }
    fn PyUnicode_FromStringAndSize(py, text: *const c_char, n: isize) -> O {
        if n < 0 {
            return Err(system_error(py, "Negative size passed to PyUnicode_FromStringAndSize"));
        }
        if text.is_null() {
            if n == 0 {
                return Ok(PyStr::empty().owned());
            }
            return Err(system_error(py, "NULL string with positive size with NULL passed to PyUnicode_FromStringAndSize"));
        }
        utf8(py, slice(text as *const u8, n))
    }
    fn PyUnicode_FromKindAndData(py, kind: c_int, data: *const c_void, n: isize) -> O {
        if n < 0 {
            return Err(value_error(py, "size must be positive"));
        }
        match kind {
            1 => PyStr::from_latin1(py, slice(data as *const u8, n)),
            2 => PyStr::from_ucs2(py, slice(data as *const u16, n)),
            4 => PyStr::from_ucs4(py, slice(data as *const u32, n)),
            _ => Err(system_error(py, "invalid kind")),
        }
    }
    fn PyUnicode_FromWideChar(py, text: *const u32, n: isize) -> O {
        if text.is_null() && n != 0 {
            return Err(bad_internal_call(py));
        }
        let n = if n < 0 { wide_len(text) } else { n };
        PyStr::from_ucs4(py, slice(text, n))
    }
    fn PyUnicode_FromOrdinal(py, c: c_int) -> O {
        if !(0..=0x10ffff).contains(&c) {
            return Err(value_error(py, "chr() arg not in range(0x110000)"));
        }
        PyStr::from_char(py, c as u32)
    }
    fn PyUnicode_FromObject(py, o: O) -> O {
        let o = obj(py, o)?;
        match o.downcast::<PyStr>() {
            Some(s) => s.exact(py),
            None => Err(type_error(py, format!("Can't convert '{}' object to str implicitly", tp_name(o)))),
        }
    }
    fn PyUnicode_InternFromString(py, text: *const c_char) -> O { name(py, text) }
    fn _PyUnicode_FromId(py, id: *mut c_void) -> O { Ok(borrowed(name(py, identifier_text(id))?)) }
    fn _PyObject_GetAttrId(py, o: O, id: *mut c_void) -> O { obj(py, o)?.getattr(py, &*name(py, identifier_text(id))?) }
    fn PyUnicode_AsUTF8AndSize(py, o: O, size: *mut isize) -> *const c_char {
        let r = string(py, o).and_then(|s| utf8_pointer(py, s));
        if !size.is_null() {
            *size = r.as_ref().map_or(-1, |(_, n)| *n as isize);
        }
        Ok(r?.0)
    }
    fn PyUnicode_AsUTF8(py, o: O) -> *const c_char { Ok(utf8_pointer(py, string(py, o)?)?.0) }
    fn _PyUnicode_AsUTF8NoNUL(py, o: O) -> *const c_char {
        let (p, n) = utf8_pointer(py, string(py, o)?)?;
        if slice(p as *const u8, n as isize).contains(&0) {
            return Err(value_error(py, "embedded null character"));
        }
        Ok(p)
    }
    fn PyUnicode_GetLength(py, o: O) -> isize { Ok(string(py, o)?.len()) }
    fn PyUnicode_GetSize(py, o: O) -> isize { Ok(string(py, o)?.len()) }
    fn PyUnicode_ReadChar(py, o: O, i: isize) -> u32 {
        let s = string(py, o)?;
        if i < 0 || i as usize >= s.len() {
            return Err(index_error(py, "string index out of range"));
        }
        Ok(s.char_at(i as usize))
    }
    fn PyUnicode_WriteChar(py, o: O, i: isize, c: u32) -> c_int {
        let s = string(py, o)?;
        if i < 0 || i as usize >= s.len() {
            return Err(index_error(py, "string index out of range"));
        }
        modifiable(py, s)?;
        if c > s.max_char_bound() {
            return Err(value_error(py, "character out of range"));
        }
        unit::write_unit(s.data_ptr(), s.kind(), i as usize, c);
        Ok(())
    }
    fn PyUnicode_Fill(py, o: O, start: isize, n: isize, c: u32) -> isize {
        let s = string(py, o)?;
        modifiable(py, s)?;
        if c > s.max_char_bound() {
            return Err(value_error(py, "fill character is bigger than the string maximum character"));
        }
        if start < 0 {
            return Err(index_error(py, "string index out of range"));
        }
        let end = start.saturating_add(n.max(0)).min(s.len() as isize);
        for i in start..end {
            unit::write_unit(s.data_ptr(), s.kind(), i as usize, c);
        }
        Ok((end - start).max(0))
    }
    fn PyUnicode_CopyCharacters(py, to: O, to_start: isize, from: O, from_start: isize, n: isize) -> isize {
        let (t, f) = (string(py, to)?, string(py, from)?);
        if from_start < 0 || to_start < 0 || from_start as usize > f.len() || to_start as usize > t.len() {
            return Err(index_error(py, "string index out of range"));
        }
        if n < 0 {
            return Err(system_error(py, "how_many cannot be negative"));
        }
        let n = (n as usize).min(f.len() - from_start as usize);
        if to_start as usize + n > t.len() {
            let text = format!(
                "Cannot write {n} characters at {to_start} in a string of {} characters",
                t.len()
            );
            return Err(system_error(py, text));
        }
        if n == 0 {
            return Ok(0);
        }
        modifiable(py, t)?;
        let part = f.view().slice(from_start as usize, from_start as usize + n);
        if part.kind() > t.kind() && part.max_char() > t.max_char_bound() {
            return Err(system_error(py, "Cannot copy a string with larger characters"));
        }
        if part.kind() <= t.kind() {
            copy_view(part, t.data_ptr(), t.kind(), to_start as usize);
        } else {
            for (i, c) in part.chars().enumerate() {
                unit::write_unit(t.data_ptr(), t.kind(), to_start as usize + i, c);
            }
        }
        Ok(n as isize)
    }
    fn PyUnicode_Resize(py, p: *mut O, n: isize) -> c_int {
        let s = string(py, *p)?;
        if n < 0 {
            return Err(bad_internal_call(py));
        }
        if n as usize == s.len() {
            return Ok(());
        }
        let keep = s.len().min(n as usize);
        let new = if n == 0 {
            PyStr::empty().owned()
        } else {
            let new = PyStr::alloc(py, n as usize, s.max_char_bound())?;
            copy_view(s.view().slice(0, keep), new.data_ptr(), new.kind(), 0);
            new
        };
        let old: Py = Py::from_raw_owned(p.replace(new.into_raw()));
        drop(old);
        Ok(())
    }
    fn PyUnicode_AsUCS4(py, o: O, out: *mut u32, n: isize, with_null: c_int) -> *mut u32 {
        let s = string(py, o)?;
        if out.is_null() || n < 0 {
            return Err(bad_internal_call(py));
        }
        let needed = s.len() + (with_null != 0) as usize;
        if (n as usize) < needed {
            let _ = system_error(py, "string is longer than the buffer");
            if with_null != 0 && n > 0 {
                *out = 0;
            }
            return Err(Raised::pending());
        }
        copy_view(s.view(), out as *mut u8, Kind::Ucs4, 0);
        if with_null != 0 {
            *out.add(s.len()) = 0;
        }
        Ok(out)
    }
    fn PyUnicode_AsUCS4Copy(py, o: O) -> *mut u32 { wide_copy(py, string(py, o)?) }
    fn PyUnicode_AsWideChar(py, o: O, out: *mut u32, n: isize) -> isize {
        let s = match opt(o).and_then(|o| o.downcast::<PyStr>()) {
            Some(s) => s,
            None => return Err(bad_internal_call(py)),
        };
        if out.is_null() {
            return Ok(s.len() as isize + 1);
        }
        let count = s.len().min(n.max(0) as usize);
        copy_view(s.view().slice(0, count), out as *mut u8, Kind::Ucs4, 0);
        if (count as isize) < n {
            *out.add(count) = 0;
        }
        Ok(count as isize)
    }
    fn PyUnicode_AsWideCharString(py, o: O, size: *mut isize) -> *mut u32 {
        let s = match opt(o).and_then(|o| o.downcast::<PyStr>()) {
            Some(s) => s,
            None => return Err(bad_internal_call(py)),
        };
        if size.is_null() && s.chars().any(|c| c == 0) {
            return Err(value_error(py, "embedded null character"));
        }
        let p = wide_copy(py, s)?;
        if !size.is_null() {
            *size = s.len() as isize;
        }
        Ok(p)
    }
    fn PyUnicode_FromFormatV(py, text: *const c_char, va: *mut VaList) -> O { format::text(py, text, &mut *va) }
    fn _PyUnicode_Copy(py, o: O) -> O { string(py, o)?.copy_text(py) }
}

/// Strings can be changed while nobody else has seen them.
fn modifiable(py: Python, s: &PyStr) -> PyResult<()> {
    if s.refcount() != 1 || s.hash.get() != -1 || s.is_interned() || !PyStr::check_exact(s) {
        return Err(system_error(py, "Cannot modify a string currently used"));
    }
    Ok(())
}

/// # Safety
/// A wide string that ends with NUL.
pub(crate) unsafe fn wide_len(p: *const u32) -> isize {
    let mut n = 0;
    // SAFETY: the caller's promise.
    unsafe {
        while *p.offset(n) != 0 {
            n += 1;
        }
    }
    n
}

/// A copy in four-byte units, in memory of `PyMem_Malloc`.
unsafe fn wide_copy(py: Python, s: &PyStr) -> PyResult<*mut u32> {
    // SAFETY: fresh memory of that size.
    unsafe {
        let p = object::alloc::object_alloc((s.len() + 1) * 4) as *mut u32;
        if p.is_null() {
            return Err(memory_error(py));
        }
        copy_view(s.view(), p as *mut u8, Kind::Ucs4, 0);
        *p.add(s.len()) = 0;
        Ok(p)
    }
}

plain! {
    fn PyUnicode_InternInPlace(p: *mut O) {
        let Some(s) = opt(*p).and_then(|o| o.downcast_exact::<PyStr>()) else { return };
        let interned = PyStr::intern(token(), s.owned());
        let old: Py = Py::from_raw_owned(p.replace(interned.into_raw()));
        drop(old);
    }
    fn PyUnicode_InternImmortal(p: *mut O) {
        let Some(s) = opt(*p).and_then(|o| o.downcast_exact::<PyStr>()) else { return };
        let interned = PyStr::intern_immortal(token(), s.owned());
        let old: Py = Py::from_raw_owned(p.replace(interned.into_raw()));
        drop(old);
    }
    fn _PyUnicode_InternMortal(_interp: *mut c_void, p: *mut O) { PyUnicode_InternInPlace(p) }
    fn PyUnicode_GetMax() -> u32 { 0x10ffff }
    fn PyUnicode_GetDefaultEncoding() -> *const c_char { c"utf-8".as_ptr() }
    fn _PyUnicode_Ready(_o: O) -> c_int { 0 }
    fn PyUnicode_DATA(o: O) -> *mut c_void { (*o).downcast_unchecked::<PyStr>().data_ptr() as *mut c_void }
    fn PyUnicode_KIND(o: O) -> c_int { (*o).downcast_unchecked::<PyStr>().kind() as c_int }
    fn _PyUnicode_CheckConsistency(_o: O, _content: c_int) -> c_int { 1 }
    fn _PyUnicode_IsAlpha(c: u32) -> c_int { has(c, |s| s.is_ascii_alphabetic(), "isalpha") }
    fn _PyUnicode_IsWhitespace(c: u32) -> c_int { runtime::unicode::is_space(c) as c_int }
    fn _PyUnicode_IsLinebreak(c: u32) -> c_int { runtime::unicode::is_linebreak(c) as c_int }
    fn _PyUnicode_IsLowercase(c: u32) -> c_int { has(c, |s| s.is_ascii_lowercase(), "islower") }
    fn _PyUnicode_IsUppercase(c: u32) -> c_int { has(c, |s| s.is_ascii_uppercase(), "isupper") }
    fn _PyUnicode_IsTitlecase(c: u32) -> c_int {
        (runtime::unicode::to_title(c) == c && runtime::unicode::to_lower(c) != c && runtime::unicode::to_upper(c) != c) as c_int
    }
    fn _PyUnicode_IsDecimalDigit(c: u32) -> c_int { runtime::unicode::decimal(c).is_some() as c_int }
    fn _PyUnicode_IsDigit(c: u32) -> c_int { runtime::unicode::digit(c).is_some() as c_int }
    fn _PyUnicode_IsNumeric(c: u32) -> c_int { runtime::unicode::numeric(c).is_some() as c_int }
    fn _PyUnicode_IsPrintable(c: u32) -> c_int { has(c, |s| (b' '..0x7f).contains(&s), "isprintable") }
    fn _PyUnicode_ToDecimalDigit(c: u32) -> c_int { runtime::unicode::decimal(c).map_or(-1, |d| d as c_int) }
    fn _PyUnicode_ToDigit(c: u32) -> c_int { runtime::unicode::digit(c).map_or(-1, |d| d as c_int) }
    fn _PyUnicode_ToNumeric(c: u32) -> f64 { runtime::unicode::numeric(c).unwrap_or(-1.0) }
    fn _PyUnicode_ToLowercase(c: u32) -> u32 { runtime::unicode::to_lower(c) }
    fn _PyUnicode_ToUppercase(c: u32) -> u32 { runtime::unicode::to_upper(c) }
    fn _PyUnicode_ToTitlecase(c: u32) -> u32 { runtime::unicode::to_title(c) }
}

/// A property of one character, as the method of `str` tells it.
fn has(c: u32, ascii: impl Fn(u8) -> bool, method: &str) -> c_int {
    if c < 0x80 {
        return ascii(c as u8) as c_int;
    }
    // SAFETY: called attached.
    let py = unsafe { token() };
    let ask =
        || PyStr::from_char(py, c)?.as_object().call_method0(py, &*PyStr::new(py, method)?)?.is_true(py);
    match ask() {
        Ok(b) => b as c_int,
        Err(e) => {
            ignore(py, e);
            0
        }
    }
}

variadic! {
    fn PyUnicode_FromFormat(format: *const c_char; ...) -> O => from_format, 1;
}

unsafe extern "C" fn from_format(text: *const c_char, va: &mut VaList) -> O {
    // SAFETY: the C API's contract.
    unsafe { result(format::text(token(), text, va)) }
}
