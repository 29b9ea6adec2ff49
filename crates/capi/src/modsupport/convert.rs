//! One argument against one unit of a format.

use crate::convert::*;
use crate::variadic::VaList;
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::types::buffer;
use std::ffi::{c_char, c_int, c_long, c_uint, c_void};
use std::ptr::null_mut;

/// Why an argument does not fit.
pub(super) enum Failed {
    /// The exception is pending.
    Raised,
    /// The end of a message that names the argument. `levels` are the places in nested tuples, counted from 1.
    Message { text: String, levels: Vec<usize> },
}

impl From<Raised> for Failed {
    fn from(_: Raised) -> Failed {
        Failed::Raised
    }
}

fn message<T>(text: impl Into<String>) -> Result<T, Failed> {
    Err(Failed::Message { text: text.into(), levels: Vec::new() })
}

fn shown_type(o: &PyObject) -> &str {
    if o.is_none() { "None" } else { tp_name(o) }
}

fn must_be<T>(expected: &str, o: &PyObject) -> Result<T, Failed> {
    message(format!("must be {expected}, not {}", shown_type(o)))
}

/// The units of a format, read one by one.
pub(super) struct Letters<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Letters<'a> {
    pub fn new(all: &'a [u8]) -> Letters<'a> {
        Letters { all, at: 0 }
    }

    pub fn peek(&self) -> Option<u8> {
        self.all.get(self.at).copied()
    }

    pub fn take(&mut self) -> u8 {
        let c = self.peek().unwrap_or(0);
        self.at += 1;
        c
    }

    fn accept(&mut self, c: u8) -> bool {
        let hit = self.peek() == Some(c);
        self.at += hit as usize;
        hit
    }

    /// What has not been read.
    pub fn rest(&self) -> String {
        String::from_utf8_lossy(self.all.get(self.at..).unwrap_or_default()).into_owned()
    }

    /// Passes `|`.
    pub fn skip_marker(&mut self) {
        self.accept(b'|');
    }
}

/// What must be undone when a later argument fails.
#[derive(Default)]
pub(super) struct Cleanup(Vec<Undo>);

enum Undo {
    Buffer(*mut PyBuffer),
    Memory(*mut *mut c_char),
    Converter(unsafe extern "C" fn(O, *mut c_void) -> c_int, *mut c_void),
}

impl Cleanup {
    /// # Safety
    /// The variables of the conversions are still there.
    pub unsafe fn run(&mut self, py: Python) {
        for u in self.0.drain(..) {
            // SAFETY: each was filled by a conversion of this call.
            unsafe {
                match u {
                    Undo::Buffer(view) => buffer::release(py, view),
                    Undo::Memory(p) => {
                        object::alloc::object_free(*p as *mut u8);
                        *p = null_mut();
                    }
                    Undo::Converter(f, p) => {
                        f(null_mut(), p);
                    }
                }
            }
        }
    }
}

/// Passes one unit whose argument was not given, with its variables. Errors: a message for a letter that means nothing.
///
/// # Safety
/// The list holds what the unit asks for.
pub(super) unsafe fn skip(letters: &mut Letters, va: &mut VaList) -> Result<(), Failed> {
    // SAFETY: the caller's promise.
    unsafe {
        match letters.take() {
            b'(' => {
                while !matches!(letters.peek(), None | Some(b')')) {
                    skip(letters, va)?;
                }
                letters.accept(b')');
            }
            b'e' => {
                va.word();
                if !matches!(letters.take(), b's' | b't') {
                    return message("impossible<bad format char>");
                }
                va.word();
                if letters.accept(b'#') {
                    va.word();
                }
            }
            b'O' => {
                va.word();
                if letters.accept(b'!') || letters.accept(b'&') {
                    va.word();
                }
            }
            b's' | b'z' | b'y' => {
                va.word();
                if letters.accept(b'#') {
                    va.word();
                } else {
                    letters.accept(b'*');
                }
            }
            b'w' => {
                va.word();
                if !letters.accept(b'*') {
                    return message("impossible<bad format char>");
                }
            }
            b'b' | b'B' | b'h' | b'H' | b'i' | b'I' | b'l' | b'L' | b'k' | b'K' | b'n' | b'f' | b'd'
            | b'D' | b'c' | b'C' | b'p' | b'S' | b'Y' | b'U' => {
                va.word();
            }
            // Blanks separate units of `PyArg_ParseTuple` only.
            _ => return message("impossible<bad format char>"),
        }
    }
    Ok(())
}

/// Converts one argument as the next unit says.
///
/// # Safety
/// The list holds the addresses the unit asks for.
pub(super) unsafe fn convert(
    py: Python,
    arg: &PyObject,
    letters: &mut Letters,
    va: &mut VaList,
    cleanup: &mut Cleanup,
) -> Result<(), Failed> {
    // SAFETY: the caller's promise, for every address taken from the list.
    unsafe {
        let letter = letters.take();
        match letter {
            b'(' => return nested(py, arg, letters, va, cleanup),
            b'b' => {
                let n = int(py, arg)?;
                if n < 0 {
                    return Err(overflow_error(py, "unsigned byte integer is less than minimum").into());
                }
                if n > 255 {
                    return Err(overflow_error(py, "unsigned byte integer is greater than maximum").into());
                }
                *va.pointer::<u8>() = n as u8;
            }
            b'B' => *va.pointer::<u8>() = mask(py, arg)? as u8,
            b'h' => {
                let n = int(py, arg)?;
                if n < i16::MIN as i64 {
                    return Err(overflow_error(py, "signed short integer is less than minimum").into());
                }
                if n > i16::MAX as i64 {
                    return Err(overflow_error(py, "signed short integer is greater than maximum").into());
                }
                *va.pointer::<i16>() = n as i16;
            }
            b'H' => *va.pointer::<u16>() = mask(py, arg)? as u16,
            b'i' => {
                let n = int(py, arg)?;
                if n > i32::MAX as i64 {
                    return Err(overflow_error(py, "signed integer is greater than maximum").into());
                }
                if n < i32::MIN as i64 {
                    return Err(overflow_error(py, "signed integer is less than minimum").into());
                }
                *va.pointer::<c_int>() = n as c_int;
            }
            b'I' => *va.pointer::<c_uint>() = mask(py, arg)? as c_uint,
            b'n' => *va.pointer::<isize>() = number::index(py, arg)?.to_isize(py)?,
            b'l' => *va.pointer::<c_long>() = int(py, arg)?,
            b'L' => *va.pointer::<i64>() = number::index(py, arg)?.to_i64(py)?,
            b'k' | b'K' => {
                if number::has_index(arg) {
                    *va.pointer::<u64>() = mask(py, arg)?;
                } else {
                    return must_be("int", arg);
                }
            }
            b'f' => *va.pointer::<f32>() = crate::floatobject::double(py, arg)? as f32,
            b'd' => *va.pointer::<f64>() = crate::floatobject::double(py, arg)?,
            b'D' => *va.pointer::<[f64; 2]>() = crate::complexobject::parts(py, arg)?,
            b'c' => {
                let byte = match (arg.downcast::<PyBytes>(), arg.downcast::<PyByteArray>()) {
                    (Some(b), _) => Some(b.as_bytes()),
                    (_, Some(b)) => Some(b.as_bytes()),
                    _ => None,
                };
                match byte {
                    Some([b]) => *va.pointer::<u8>() = *b,
                    Some(b) if PyBytes::check(arg) => {
                        return message(format!(
                            "must be a byte string of length 1, not a bytes object of length {}",
                            b.len()
                        ));
                    }
                    Some(b) => {
                        return message(format!(
                            "must be a byte string of length 1, not a bytearray object of length {}",
                            b.len()
                        ));
                    }
                    None => return must_be("a byte string of length 1", arg),
                }
            }
            b'C' => match arg.downcast::<PyStr>() {
                Some(s) if s.len() == 1 => *va.pointer::<c_int>() = s.char_at(0) as c_int,
                Some(s) => {
                    return message(format!(
                        "must be a unicode character, not a string of length {}",
                        s.len()
                    ));
                }
                None => return must_be("a unicode character", arg),
            },
            b'p' => *va.pointer::<c_int>() = arg.is_true(py)? as c_int,
            b's' | b'z' | b'y' => return text(py, letter, arg, letters, va, cleanup),
            b'e' => return encoded(py, arg, letters, va, cleanup),
            b'S' => return exact::<PyBytes>(arg, "bytes", va),
            b'Y' => return exact::<PyByteArray>(arg, "bytearray", va),
            b'U' => return exact::<PyStr>(arg, "str", va),
            b'O' => {
                if letters.accept(b'!') {
                    let ty: *mut PyTypeObject = va.pointer();
                    let out: *mut O = va.pointer();
                    if !arg.ty().is_subtype(&*ty) {
                        return must_be((*ty).display_name(), arg);
                    }
                    *out = arg.as_ptr();
                } else if letters.accept(b'&') {
                    let f: *const c_void = va.pointer();
                    let out: *mut c_void = va.pointer();
                    let f: unsafe extern "C" fn(O, *mut c_void) -> c_int = std::mem::transmute(f);
                    match f(arg.as_ptr(), out) {
                        0 => return message("(unspecified)"),
                        // `Py_CLEANUP_SUPPORTED`
                        0x20000 => cleanup.0.push(Undo::Converter(f, out)),
                        _ => {}
                    }
                } else {
                    *va.pointer::<O>() = arg.as_ptr();
                }
            }
            b'w' => {
                if !letters.accept(b'*') {
                    return message("(invalid use of 'w' format character)");
                }
                let view: *mut PyBuffer = va.pointer();
                if let Err(e) = buffer::get_buffer(py, arg, view, buffer::request::WRITABLE) {
                    ignore(py, e);
                    return must_be("read-write bytes-like object", arg);
                }
                if !buffer::is_contiguous(&*view, b'C') {
                    buffer::release(py, view);
                    return must_be("contiguous buffer", arg);
                }
                cleanup.0.push(Undo::Buffer(view));
            }
            _ => return message("(impossible<bad format char>)"),
        }
        Ok(())
    }
}

fn int(py: Python, arg: &PyObject) -> Result<i64, Failed> {
    Ok(number::index(py, arg)?.to_i64(py)?)
}

/// The low 64 bits.
fn mask(py: Python, arg: &PyObject) -> Result<u64, Failed> {
    Ok(number::index(py, arg)?.low_u64())
}

unsafe fn exact<T: PyTypeInfo>(arg: &PyObject, expected: &str, va: &mut VaList) -> Result<(), Failed> {
    if !T::check(arg) {
        return must_be(expected, arg);
    }
    // SAFETY: the address of an object variable is next.
    unsafe { *va.pointer::<O>() = arg.as_ptr() };
    Ok(())
}

/// Does the nested unit hand out borrowed references, which a temporary sequence would not keep alive?
fn has_borrowed(units: &[u8]) -> bool {
    let mut level = 0;
    for (i, &c) in units.iter().enumerate() {
        match c {
            b'(' => level += 1,
            b')' if level == 0 => return false,
            b')' => level -= 1,
            b'O' if units.get(i + 1) == Some(&b'&') => {}
            b'O' | b'S' | b'U' | b'Y' => return true,
            // `es` and `et` hand out memory of their own.
            b's' | b't' if i > 0 && units[i - 1] == b'e' => {}
            b's' | b'z' | b'y' if units.get(i + 1) != Some(&b'*') => return true,
            _ => {}
        }
    }
    false
}

unsafe fn nested(
    py: Python,
    arg: &PyObject,
    letters: &mut Letters,
    va: &mut VaList,
    cleanup: &mut Cleanup,
) -> Result<(), Failed> {
    let (mut level, mut n) = (0, 0usize);
    for &c in &letters.all[letters.at..] {
        match c {
            b'(' => {
                n += (level == 0) as usize;
                level += 1;
            }
            b')' if level == 0 => break,
            b')' => level -= 1,
            c if level == 0 && c.is_ascii_alphabetic() && c != b'e' => n += 1,
            _ => {}
        }
    }
    let is_text = PyStr::check(arg) || PyBytes::check(arg) || PyByteArray::check(arg);
    let mut is_tuple = PyTuple::check(arg);
    if !runtime::abstract_::is_sequence(arg) || is_text {
        return message(format!("must be {n}-item tuple, not {}", shown_type(arg)));
    }
    if !is_tuple {
        let text = format!("argument must be {n}-item tuple, not {}", shown_type(arg));
        if has_borrowed(&letters.all[letters.at..]) {
            warn(py, &runtime::types::exceptions::PyExc_DeprecationWarning_Type, &text, 1)?;
            is_tuple = true;
        }
    }
    let len = arg.length(py)?;
    if len != n as isize {
        let what = if is_tuple { "tuple" } else { "sequence" };
        return message(format!("must be {what} of length {n}, not {len}"));
    }
    for i in 0..n {
        // A borrowed result of a temporary sequence lives as long as its container, which the caller holds.
        let item = arg.get_item(py, PyInt::from_usize(py, i)?.as_object())?;
        // SAFETY: the caller's promise.
        if let Err(e) = unsafe { convert(py, &item, letters, va, cleanup) } {
            return Err(match e {
                Failed::Message { text, mut levels } => {
                    levels.insert(0, i + 1);
                    Failed::Message { text, levels }
                }
                e => e,
            });
        }
    }
    letters.accept(b')');
    Ok(())
}

/// A contiguous view of the argument; the words for what was wrong otherwise.
unsafe fn view(py: Python, arg: &PyObject, view: *mut PyBuffer) -> Result<(), Failed> {
    // SAFETY: the view is the caller's variable.
    unsafe {
        buffer::get_buffer(py, arg, view, buffer::request::SIMPLE)?;
        if !buffer::is_contiguous(&*view, b'C') {
            buffer::release(py, view);
            return must_be("contiguous buffer", arg);
        }
    }
    Ok(())
}

/// `s`, `z` and `y`, plain, with `#` and with `*`.
unsafe fn text(
    py: Python,
    letter: u8,
    arg: &PyObject,
    letters: &mut Letters,
    va: &mut VaList,
    cleanup: &mut Cleanup,
) -> Result<(), Failed> {
    let none_allowed = letter == b'z' && arg.is_none();
    // SAFETY: the caller's promise: the unit's addresses are next in the list.
    unsafe {
        if letters.accept(b'*') {
            let out: *mut PyBuffer = va.pointer();
            if none_allowed {
                buffer::fill_info(py, out, None, null_mut(), 0, true, 0)?;
            } else if letter != b'y'
                && let Some(s) = arg.downcast::<PyStr>()
            {
                let t = s.as_utf8(py)?;
                buffer::fill_info(py, out, Some(arg), t.as_ptr() as *mut u8, t.len() as isize, true, 0)?;
            } else {
                view(py, arg, out)?;
            }
            cleanup.0.push(Undo::Buffer(out));
            return Ok(());
        }
        let with_length = letters.accept(b'#');
        let out: *mut *const c_char = va.pointer();
        let length: *mut isize = if with_length { va.pointer() } else { null_mut() };
        let put = |p: *const c_char, n: usize| {
            *out = p;
            if with_length {
                *length = n as isize;
            }
        };
        if none_allowed {
            put(std::ptr::null(), 0);
            return Ok(());
        }
        if letter != b'y'
            && let Some(s) = arg.downcast::<PyStr>()
        {
            let t = s.as_utf8(py)?;
            if !with_length && t.as_bytes().contains(&0) {
                return Err(value_error(py, "embedded null character").into());
            }
            put(t.as_ptr() as *const c_char, t.len());
            return Ok(());
        }
        if letter != b'y' && !with_length {
            return must_be(if letter == b'z' { "str or None" } else { "str" }, arg);
        }
        if letter == b'y' && !with_length {
            let Some(b) = arg.downcast::<PyBytes>() else {
                return borrowed_buffer(py, arg, |p, n| {
                    put(p, n);
                    slice(p as *const u8, n as isize).contains(&0)
                });
            };
            if b.as_bytes().contains(&0) {
                return Err(value_error(py, "embedded null byte").into());
            }
            put(b.data_ptr() as *const c_char, b.len());
            return Ok(());
        }
        let r = borrowed_buffer(py, arg, |p, n| {
            put(p, n);
            false
        });
        match (r, letter) {
            (Err(Failed::Message { text, .. }), b'z') if text.starts_with("must be read-only") => {
                must_be("str, read-only bytes-like object or None", arg)
            }
            (Err(Failed::Message { text, .. }), b's') if text.starts_with("must be read-only") => {
                must_be("str or read-only bytes-like object", arg)
            }
            (r, _) => r,
        }
    }
}

/// Memory that stays although the view is given back at once: that of read-only exporters without a release function.
unsafe fn borrowed_buffer(
    py: Python,
    arg: &PyObject,
    put: impl FnOnce(*const c_char, usize) -> bool,
) -> Result<(), Failed> {
    if arg.ty().as_buffer().is_some_and(|b| b.bf_releasebuffer.get().is_some()) {
        return must_be("read-only bytes-like object", arg);
    }
    let mut v = buffer::EMPTY;
    // SAFETY: the view is given back before it goes.
    unsafe {
        view(py, arg, &raw mut v)?;
        let null_byte = put(v.buf as *const c_char, v.len.max(0) as usize);
        buffer::release(py, &raw mut v);
        if null_byte {
            return Err(value_error(py, "embedded null byte").into());
        }
    }
    Ok(())
}

/// `es`, `et`, `es#`, `et#`: text in an encoding, in memory of ours or the caller's.
unsafe fn encoded(
    py: Python,
    arg: &PyObject,
    letters: &mut Letters,
    va: &mut VaList,
    cleanup: &mut Cleanup,
) -> Result<(), Failed> {
    // SAFETY: the caller's promise: encoding, then the addresses.
    unsafe {
        let encoding: *const c_char = va.pointer();
        let recode = match letters.take() {
            b's' => true,
            b't' => false,
            _ => return message("(unknown parser marker combination)"),
        };
        let with_length = letters.accept(b'#');
        let out: *mut *mut c_char = va.pointer();
        let length: *mut isize = if with_length { va.pointer() } else { null_mut() };
        if out.is_null() {
            return message("(buffer is NULL)");
        }
        let made;
        let bytes: Vec<u8> = if !recode && let Some(b) = arg.downcast::<PyBytes>() {
            b.as_bytes().to_vec()
        } else if !recode && let Some(b) = arg.downcast::<PyByteArray>() {
            b.to_vec()
        } else if let Some(s) = arg.downcast::<PyStr>() {
            let name = lossy_opt(encoding).unwrap_or("utf-8".into());
            made = runtime::codecs::encode_text(py, s, Some(&name), None)?;
            match made.downcast::<PyBytes>() {
                Some(b) => b.as_bytes().to_vec(),
                None => return message("(encoder failed to return bytes)"),
            }
        } else {
            return must_be(if recode { "str" } else { "str, bytes or bytearray" }, arg);
        };
        if !with_length && bytes.contains(&0) {
            return must_be("encoded string without null bytes", arg);
        }
        if with_length && !(*out).is_null() {
            if bytes.len() + 1 > *length as usize {
                let text =
                    format!("encoded string too long ({}, maximum length {})", bytes.len(), *length - 1);
                return Err(value_error(py, text).into());
            }
        } else {
            let p = object::alloc::object_alloc(bytes.len() + 1);
            if p.is_null() {
                return Err(memory_error(py).into());
            }
            *out = p as *mut c_char;
            cleanup.0.push(Undo::Memory(out));
        }
        let to = *out as *mut u8;
        to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        *to.add(bytes.len()) = 0;
        if with_length {
            *length = bytes.len() as isize;
        }
    }
    Ok(())
}
