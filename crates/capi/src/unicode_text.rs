//! `unicodeobject.h`: what strings can do, and building them piece by piece.

use crate::convert::*;
use crate::format;
use crate::unicodeobject::{must_be_str, string, wide_len};
use crate::variadic::VaList;
use runtime::prelude::*;
use runtime::types::StrBuilder;
use runtime::types::str_::search::clamp_range;
use runtime::types::str_::{compare, order};
use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

fn method(py: Python, s: &PyStr, name: &str, args: &[&PyObject]) -> PyResult {
    s.as_object().call_method(py, &*PyStr::new(py, name)?, args)
}

capi! {
    fn PyUnicode_Concat(py, a: O, b: O) -> O {
        let a = must_be_str(py, a)?;
        let other = obj(py, b)?;
        match other.downcast::<PyStr>() {
            Some(b) => PyStr::concat(py, a, b),
            None => Err(type_error(py, format!("can only concatenate str (not \"{}\") to str", tp_name(other)))),
        }
    }
    fn PyUnicode_Contains(py, s: O, sub: O) -> c_int {
        let sub = obj(py, sub)?;
        let Some(n) = sub.downcast::<PyStr>() else {
            return Err(type_error(py, format!("'in <string>' requires string as left operand, not {}", tp_name(sub))));
        };
        Ok(must_be_str(py, s)?.contains_str(n))
    }
    fn PyUnicode_Equal(py, a: O, b: O) -> c_int {
        let first = |o: O| {
            let o = obj(py, o)?;
            o.downcast::<PyStr>()
                .ok_or_else(|| type_error(py, format!("first argument must be str, not {}", tp_name(o))))
        };
        let a = first(a)?;
        let other = obj(py, b)?;
        match other.downcast::<PyStr>() {
            Some(b) => Ok(a.equals(b)),
            None => Err(type_error(py, format!("second argument must be str, not {}", tp_name(other)))),
        }
    }
    fn PyUnicode_Compare(py, a: O, b: O) -> c_int {
        let (x, y) = (obj(py, a)?, obj(py, b)?);
        match (x.downcast::<PyStr>(), y.downcast::<PyStr>()) {
            (Some(a), Some(b)) => Ok(order(a, b) as c_int),
            _ => Err(type_error(py, format!("Can't compare {} and {}", tp_name(x), tp_name(y)))),
        }
    }
    fn PyUnicode_RichCompare(py, a: O, b: O, op: c_int) -> O {
        let Some(op) = CompareOp::from_raw(op) else { return Err(bad_internal_call(py)) };
        match (opt(a).and_then(|a| a.downcast::<PyStr>()), opt(b).and_then(|b| b.downcast::<PyStr>())) {
            (Some(a), Some(b)) => Ok(py_bool(compare(a, b, op)).owned().into_object()),
            _ => Ok(not_implemented().owned()),
        }
    }
    fn PyUnicode_Join(py, sep: O, items: O) -> O {
        let items = crate::abstract_::fast(py, obj(py, items)?, "can only join an iterable")?;
        let separator = match opt(sep) {
            Some(_) => must_be_str(py, sep)?.owned(),
            None => PyStr::new(py, " ")?,
        };
        let refs: Vec<&PyObject> = items.iter().map(|i| i.as_object()).collect();
        runtime::types::str_::join(py, &separator, &refs)
    }
    fn PyUnicode_Split(py, s: O, sep: O, max: isize) -> O {
        let sep = if opt(sep).is_none_or(|o| o.is_none()) { None } else { Some(must_be_str(py, sep)?) };
        runtime::types::str_::split(py, must_be_str(py, s)?, sep, max)
    }
    fn PyUnicode_RSplit(py, s: O, sep: O, max: isize) -> O {
        let sep = if opt(sep).is_none_or(|o| o.is_none()) { None } else { Some(must_be_str(py, sep)?) };
        runtime::types::str_::rsplit(py, must_be_str(py, s)?, sep, max)
    }
    fn PyUnicode_Splitlines(py, s: O, keep: c_int) -> O {
        method(py, must_be_str(py, s)?, "splitlines", &[py_bool(keep != 0).as_object()])
    }
    fn PyUnicode_Partition(py, s: O, sep: O) -> O { method(py, must_be_str(py, s)?, "partition", &[must_be_str(py, sep)?]) }
    fn PyUnicode_RPartition(py, s: O, sep: O) -> O { method(py, must_be_str(py, s)?, "rpartition", &[must_be_str(py, sep)?]) }
    fn PyUnicode_Replace(py, s: O, old: O, new: O, max: isize) -> O {
        let max = if max < 0 { usize::MAX } else { max as usize };
        runtime::types::str_::replace(py, must_be_str(py, s)?, must_be_str(py, old)?, must_be_str(py, new)?, max)
    }
    fn PyUnicode_Translate(py, s: O, table: O, errors: *const c_char) -> O {
        let _ = errors;
        runtime::types::str_::translate(py, must_be_str(py, s)?, obj(py, table)?)
    }
    fn PyUnicode_Format(py, s: O, args: O) -> O {
        if s.is_null() || args.is_null() {
            return Err(bad_internal_call(py));
        }
        runtime::abstract_::number::remainder(py, must_be_str(py, s)?, &*args)
    }
    fn PyUnicode_Substring(py, s: O, start: isize, end: isize) -> O {
        let s = string(py, s)?;
        if start < 0 || end < 0 {
            return Err(index_error(py, "string index out of range"));
        }
        let end = (end as usize).min(s.len());
        let start = (start as usize).min(end);
        s.substring(py, start, end)
    }
    fn PyUnicode_Tailmatch(py, s: O, sub: O, start: isize, end: isize, direction: c_int) -> isize {
        let (s, sub) = (must_be_str(py, s)?, must_be_str(py, sub)?);
        let Some(r) = clamp_range(start, end, s.len()) else { return Ok(0isize) };
        if sub.len() > r.len() {
            return Ok(0);
        }
        let at = if direction > 0 { r.end - sub.len() } else { r.start };
        Ok(s.matches_at(at, sub) as isize)
    }
    fn PyUnicode_Count(py, s: O, sub: O, start: isize, end: isize) -> isize {
        let (s, sub) = (must_be_str(py, s)?, must_be_str(py, sub)?);
        Ok(clamp_range(start, end, s.len()).map_or(0, |r| s.count_in(sub, r)))
    }
    fn PyUnicode_IsIdentifier(py, s: O) -> c_int { Ok(must_be_str(py, s)?.is_identifier()) }
    fn _PyUnicode_JoinArray(py, sep: O, items: *const O, n: isize) -> O {
        runtime::types::str_::join(py, must_be_str(py, sep)?, objects(items, n as usize))
    }
    fn _PyUnicode_XStrip(py, s: O, kind: c_int, set: O) -> O {
        let how = ["lstrip", "rstrip", "strip"];
        let Some(name) = how.get(kind as usize) else { return Err(bad_internal_call(py)) };
        method(py, must_be_str(py, s)?, name, &[must_be_str(py, set)?])
    }
    fn PyUnicode_BuildEncodingMap(py, s: O) -> O { runtime::codecs::charmap::build(py, must_be_str(py, s)?) }

    fn PyUnicodeWriter_Create(py, n: isize) -> *mut StrBuilder {
        if n < 0 {
            return Err(value_error(py, "length must be positive"));
        }
        Ok(Box::into_raw(Box::new(StrBuilder::with_capacity(n as usize))))
    }
    fn PyUnicodeWriter_Finish(py, w: *mut StrBuilder) -> O { Box::from_raw(w).finish(py) }
    fn PyUnicodeWriter_WriteChar(py, w: *mut StrBuilder, c: u32) -> c_int {
        if c > 0x10ffff {
            return Err(value_error(py, "character must be in range(0x110000)"));
        }
        (*w).push_char(c);
        Ok(())
    }
    fn PyUnicodeWriter_WriteUTF8(py, w: *mut StrBuilder, text: *const c_char, n: isize) -> c_int {
        let n = if n < 0 { bytes_of(text).len() as isize } else { n };
        let s = utf8(py, slice(text as *const u8, n))?;
        (*w).push_pystr(&s);
        Ok(())
    }
    fn PyUnicodeWriter_WriteASCII(py, w: *mut StrBuilder, text: *const c_char, n: isize) -> c_int {
        let _ = py;
        let n = if n < 0 { bytes_of(text).len() as isize } else { n };
        (*w).push_latin1(slice(text as *const u8, n));
        Ok(())
    }
    fn PyUnicodeWriter_WriteWideChar(py, w: *mut StrBuilder, text: *const u32, n: isize) -> c_int {
        let n = if n < 0 { wide_len(text) } else { n };
        write_ucs4(py, &mut *w, slice(text, n))
    }
    fn PyUnicodeWriter_WriteUCS4(py, w: *mut StrBuilder, text: *const u32, n: isize) -> c_int {
        if n < 0 {
            return Err(value_error(py, "size must be positive"));
        }
        write_ucs4(py, &mut *w, slice(text, n))
    }
    fn PyUnicodeWriter_WriteStr(py, w: *mut StrBuilder, o: O) -> c_int {
        let s = obj(py, o)?.str_(py)?;
        (*w).push_pystr(&s);
        Ok(())
    }
    fn PyUnicodeWriter_WriteRepr(py, w: *mut StrBuilder, o: O) -> c_int {
        match opt(o) {
            Some(o) => {
                let s = o.repr(py)?;
                (*w).push_pystr(&s)
            }
            None => (*w).push_str("<NULL>"),
        }
        Ok(())
    }
    fn PyUnicodeWriter_WriteSubstring(py, w: *mut StrBuilder, o: O, start: isize, end: isize) -> c_int {
        let x = obj(py, o)?;
        let Some(s) = x.downcast::<PyStr>() else {
            return Err(type_error(py, format!("expect str, not {}", tp_name(x))));
        };
        if start < 0 || start > end {
            return Err(value_error(py, if start < 0 { "start must be positive" } else { "end must be greater than start" }));
        }
        if end as usize > s.len() {
            return Err(value_error(py, "end is larger than string length"));
        }
        (*w).push_view(s.view().slice(start as usize, end as usize));
        Ok(())
    }
    fn PyUnicodeWriter_DecodeUTF8Stateful(py, w: *mut StrBuilder, text: *const c_char, n: isize, errors: *const c_char, used: *mut isize) -> c_int {
        let n = if n < 0 { bytes_of(text).len() as isize } else { n };
        let handling = lossy_opt(errors).unwrap_or("strict".into());
        let (s, end) = runtime::codecs::utf8::decode(py, slice(text as *const u8, n), &handling, used.is_null())?;
        (*w).push_pystr(&s);
        if !used.is_null() {
            *used = end as isize;
        }
        Ok(())
    }
}

fn write_ucs4(py: Python, w: &mut StrBuilder, chars: &[u32]) -> PyResult<()> {
    // Checked before anything is written.
    let s = PyStr::from_ucs4(py, chars)?;
    w.push_pystr(&s);
    Ok(())
}

unsafe fn found_at(
    s: O,
    start: isize,
    end: isize,
    f: impl FnOnce(&PyStr, std::ops::Range<usize>) -> Option<usize>,
) -> isize {
    // SAFETY: the C API's contract.
    unsafe {
        match must_be_str(token(), s) {
            Ok(s) => clamp_range(start, end, s.len()).and_then(|r| f(s, r)).map_or(-1, |i| i as isize),
            Err(_) => -2,
        }
    }
}

plain! {
    fn PyUnicode_Find(s: O, sub: O, start: isize, end: isize, direction: c_int) -> isize {
        match must_be_str(token(), sub) {
            Ok(sub) => found_at(s, start, end, |s, r| s.find_in(sub, r, direction < 0)),
            Err(_) => -2,
        }
    }
    fn PyUnicode_FindChar(s: O, c: u32, start: isize, end: isize, direction: c_int) -> isize {
        match PyStr::from_char(token(), c) {
            Ok(sub) => found_at(s, start, end, |s, r| s.find_in(&sub, r, direction < 0)),
            Err(_) => -2,
        }
    }
    fn PyUnicode_CompareWithASCIIString(s: O, text: *const c_char) -> c_int {
        let s: &PyStr = (*s).downcast_unchecked();
        let mut other = bytes_of(text).iter();
        for c in s.chars() {
            match other.next() {
                None => return 1,
                Some(&b) if c != b as u32 => return if c < b as u32 { -1 } else { 1 },
                Some(_) => {}
            }
        }
        if other.next().is_some() { -1 } else { 0 }
    }
    fn _PyUnicode_EqualToASCIIString(s: O, text: *const c_char) -> c_int {
        (PyUnicode_CompareWithASCIIString(s, text) == 0) as c_int
    }
    fn _PyUnicode_EqualToASCIIId(s: O, id: *mut c_void) -> c_int {
        _PyUnicode_EqualToASCIIString(s, crate::unicodeobject::identifier_text(id))
    }
    fn _PyUnicode_EQ(a: O, b: O) -> c_int {
        (*a).downcast_unchecked::<PyStr>().equals((*b).downcast_unchecked()) as c_int
    }
    fn _PyUnicode_Equal(a: O, b: O) -> c_int { _PyUnicode_EQ(a, b) }
    fn PyUnicode_EqualToUTF8(s: O, text: *const c_char) -> c_int {
        PyUnicode_EqualToUTF8AndSize(s, text, bytes_of(text).len() as isize)
    }
    fn PyUnicode_EqualToUTF8AndSize(s: O, text: *const c_char, n: isize) -> c_int {
        let s: &PyStr = (*s).downcast_unchecked();
        s.as_str().is_some_and(|t| t.as_bytes() == slice(text as *const u8, n)) as c_int
    }
    fn PyUnicode_Append(p: *mut O, right: O) {
        let py = token();
        let left: Option<Py> = Py::from_raw_owned_or_opt(p.replace(null_mut()));
        let made = match (left.map(|l| l.downcast_into::<PyStr>()), opt(right).and_then(|r| r.downcast::<PyStr>())) {
            (Some(Ok(l)), Some(r)) => PyStr::append(py, l, r),
            _ => {
                if !pending(py) {
                    let _ = bad_internal_call(py);
                }
                return;
            }
        };
        *p = made.map_or(null_mut(), Py::into_raw);
    }
    fn PyUnicode_AppendAndDel(p: *mut O, right: O) {
        PyUnicode_Append(p, right);
        crate::object::Py_DecRef(right);
    }
    fn PyUnicodeWriter_Discard(w: *mut StrBuilder) {
        if !w.is_null() {
            drop(Box::from_raw(w));
        }
    }
}

variadic! {
    fn PyUnicodeWriter_Format(w: *mut StrBuilder, format: *const c_char; ...) -> c_int => writer_format, 2;
}

unsafe extern "C" fn writer_format(w: *mut StrBuilder, text: *const c_char, va: &mut VaList) -> c_int {
    // SAFETY: the C API's contract.
    unsafe {
        match format::text(token(), text, va) {
            Ok(s) => {
                (*w).push_pystr(&s);
                0
            }
            Err(_) => -1,
        }
    }
}
