//! `unicodeobject.h` and `codecs.h`: encodings.

use crate::convert::*;
use crate::unicodeobject::{must_be_str, string};
use runtime::codecs::{self, charmap, handlers, registry, single, unicode_escape, utf7, utf8, utf16, utf32};
use runtime::prelude::*;
use std::ffi::{c_char, c_int};

unsafe fn handling<'a>(errors: *const c_char) -> std::borrow::Cow<'a, str> {
    // SAFETY: null or a C string.
    unsafe { lossy_opt(errors) }.unwrap_or("strict".into())
}

unsafe fn input<'a>(p: *const c_char, n: isize) -> &'a [u8] {
    // SAFETY: the C API's contract.
    unsafe { slice(p as *const u8, n) }
}

capi! {
    fn PyUnicode_Decode(py, p: *const c_char, n: isize, encoding: *const c_char, errors: *const c_char) -> O {
        codecs::decode_bytes(py, input(p, n), None, lossy_opt(encoding).as_deref(), lossy_opt(errors).as_deref())
    }
    fn PyUnicode_FromEncodedObject(py, o: O, encoding: *const c_char, errors: *const c_char) -> O {
        let o = obj(py, o)?;
        if PyStr::check(o) {
            return Err(type_error(py, "decoding str is not supported"));
        }
        if !runtime::types::buffer::supports(o) {
            return Err(type_error(py, format!("decoding to str: need a bytes-like object, {} found", tp_name(o))));
        }
        runtime::types::str_::decode_object(py, o, lossy_opt(encoding).as_deref(), lossy_opt(errors).as_deref())
    }
    fn PyUnicode_AsEncodedString(py, o: O, encoding: *const c_char, errors: *const c_char) -> O {
        codecs::encode_text(py, string(py, o)?, lossy_opt(encoding).as_deref(), lossy_opt(errors).as_deref())
    }
    fn PyUnicode_AsUTF8String(py, o: O) -> O { utf8::encode(py, string(py, o)?, "strict") }
    fn _PyUnicode_AsUTF8String(py, o: O, errors: *const c_char) -> O { utf8::encode(py, string(py, o)?, &handling(errors)) }
    fn PyUnicode_AsLatin1String(py, o: O) -> O { single::encode_latin1(py, string(py, o)?, "strict") }
    fn _PyUnicode_AsLatin1String(py, o: O, errors: *const c_char) -> O { single::encode_latin1(py, string(py, o)?, &handling(errors)) }
    fn PyUnicode_AsASCIIString(py, o: O) -> O { single::encode_ascii(py, string(py, o)?, "strict") }
    fn _PyUnicode_AsASCIIString(py, o: O, errors: *const c_char) -> O { single::encode_ascii(py, string(py, o)?, &handling(errors)) }
    fn PyUnicode_AsUTF16String(py, o: O) -> O { utf16::encode(py, string(py, o)?, "strict", utf16::Order::Detect) }
    fn PyUnicode_AsUTF32String(py, o: O) -> O { utf32::encode(py, string(py, o)?, "strict", utf16::Order::Detect) }
    fn _PyUnicode_EncodeUTF16(py, o: O, errors: *const c_char, order: c_int) -> O {
        utf16::encode(py, string(py, o)?, &handling(errors), utf16::Order::from_raw(order))
    }
    fn _PyUnicode_EncodeUTF32(py, o: O, errors: *const c_char, order: c_int) -> O {
        utf32::encode(py, string(py, o)?, &handling(errors), utf16::Order::from_raw(order))
    }
    fn _PyUnicode_EncodeUTF7(py, o: O, errors: *const c_char) -> O {
        let _ = errors;
        utf7::encode(py, string(py, o)?)
    }
    fn PyUnicode_AsUnicodeEscapeString(py, o: O) -> O { unicode_escape::encode(py, string(py, o)?) }
    fn PyUnicode_AsRawUnicodeEscapeString(py, o: O) -> O { unicode_escape::encode_raw(py, string(py, o)?) }
    fn PyUnicode_AsCharmapString(py, o: O, mapping: O) -> O {
        if o.is_null() || mapping.is_null() {
            return Err(type_error(py, "bad argument type for built-in operation"));
        }
        charmap::encode(py, string(py, o)?, "strict", &*mapping)
    }
    fn _PyUnicode_EncodeCharmap(py, o: O, mapping: O, errors: *const c_char) -> O {
        charmap::encode(py, string(py, o)?, &handling(errors), obj(py, mapping)?)
    }
    fn PyUnicode_EncodeFSDefault(py, o: O) -> O { codecs::fs::encode(py, string(py, o)?) }
    fn PyUnicode_EncodeLocale(py, o: O, errors: *const c_char) -> O {
        let s = string(py, o)?;
        if s.chars().any(|c| c == 0) {
            return Err(value_error(py, "embedded null character"));
        }
        utf8::encode(py, s, &handling(errors))
    }
    fn PyUnicode_DecodeUTF8(py, p: *const c_char, n: isize, errors: *const c_char) -> O {
        codecs::decode_bytes(py, input(p, n), None, Some("utf-8"), Some(&handling(errors)))
    }
    fn PyUnicode_DecodeUTF8Stateful(py, p: *const c_char, n: isize, errors: *const c_char, used: *mut isize) -> O {
        consumed(used, utf8::decode(py, input(p, n), &handling(errors), used.is_null()))
    }
    fn PyUnicode_DecodeUTF7(py, p: *const c_char, n: isize, errors: *const c_char) -> O {
        Ok(utf7::decode(py, input(p, n), &handling(errors), true)?.0)
    }
    fn PyUnicode_DecodeUTF7Stateful(py, p: *const c_char, n: isize, errors: *const c_char, used: *mut isize) -> O {
        consumed(used, utf7::decode(py, input(p, n), &handling(errors), used.is_null()))
    }
    fn PyUnicode_DecodeUTF16(py, p: *const c_char, n: isize, errors: *const c_char, order: *mut c_int) -> O {
        ordered(order, std::ptr::null_mut(), |o| utf16::decode(py, input(p, n), &handling(errors), o, true))
    }
    fn PyUnicode_DecodeUTF16Stateful(py, p: *const c_char, n: isize, errors: *const c_char, order: *mut c_int, used: *mut isize) -> O {
        ordered(order, used, |o| utf16::decode(py, input(p, n), &handling(errors), o, used.is_null()))
    }
    fn PyUnicode_DecodeUTF32(py, p: *const c_char, n: isize, errors: *const c_char, order: *mut c_int) -> O {
        ordered(order, std::ptr::null_mut(), |o| utf32::decode(py, input(p, n), &handling(errors), o, true))
    }
    fn PyUnicode_DecodeUTF32Stateful(py, p: *const c_char, n: isize, errors: *const c_char, order: *mut c_int, used: *mut isize) -> O {
        ordered(order, used, |o| utf32::decode(py, input(p, n), &handling(errors), o, used.is_null()))
    }
    fn PyUnicode_DecodeLatin1(py, p: *const c_char, n: isize, errors: *const c_char) -> O {
        let _ = errors;
        PyStr::from_latin1(py, input(p, n))
    }
    fn PyUnicode_DecodeASCII(py, p: *const c_char, n: isize, errors: *const c_char) -> O {
        single::decode_ascii(py, input(p, n), &handling(errors))
    }
    fn PyUnicode_DecodeUnicodeEscape(py, p: *const c_char, n: isize, errors: *const c_char) -> O {
        Ok(unicode_escape::decode(py, input(p, n), &handling(errors), true)?.0)
    }
    fn PyUnicode_DecodeRawUnicodeEscape(py, p: *const c_char, n: isize, errors: *const c_char) -> O {
        Ok(unicode_escape::decode_raw(py, input(p, n), &handling(errors), true)?.0)
    }
    fn PyUnicode_DecodeCharmap(py, p: *const c_char, n: isize, mapping: O, errors: *const c_char) -> O {
        match opt(mapping) {
            Some(m) => charmap::decode(py, input(p, n), &handling(errors), m),
            None => PyStr::from_latin1(py, input(p, n)),
        }
    }
    fn PyUnicode_DecodeFSDefault(py, p: *const c_char) -> O { runtime::fs::fs_decode(py, bytes_of(p)) }
    fn PyUnicode_DecodeFSDefaultAndSize(py, p: *const c_char, n: isize) -> O { runtime::fs::fs_decode(py, input(p, n)) }
    fn PyUnicode_DecodeLocale(py, p: *const c_char, errors: *const c_char) -> O {
        codecs::decode_bytes(py, bytes_of(p), None, Some("utf-8"), Some(&handling(errors)))
    }
    fn PyUnicode_DecodeLocaleAndSize(py, p: *const c_char, n: isize, errors: *const c_char) -> O {
        if input(p, n).contains(&0) {
            return Err(value_error(py, "embedded null byte"));
        }
        codecs::decode_bytes(py, input(p, n), None, Some("utf-8"), Some(&handling(errors)))
    }

    fn PyCodec_Register(py, search: O) -> c_int { registry::register(py, obj(py, search)?) }
    fn PyCodec_Unregister(py, search: O) -> c_int { registry::unregister(py, obj(py, search)?) }
    fn PyCodec_Encode(py, o: O, encoding: *const c_char, errors: *const c_char) -> O {
        named(py, encoding)?;
        codecs::encode(py, obj(py, o)?, &lossy(encoding), &handling(errors))
    }
    fn PyCodec_Decode(py, o: O, encoding: *const c_char, errors: *const c_char) -> O {
        named(py, encoding)?;
        codecs::decode(py, obj(py, o)?, &lossy(encoding), &handling(errors))
    }
    fn _PyCodec_Lookup(py, encoding: *const c_char) -> O { registry::lookup(py, &lossy(encoding)) }
    fn PyCodec_Encoder(py, encoding: *const c_char) -> O { part(py, encoding, 0) }
    fn PyCodec_Decoder(py, encoding: *const c_char) -> O { part(py, encoding, 1) }
    fn PyCodec_IncrementalEncoder(py, encoding: *const c_char, errors: *const c_char) -> O {
        make(py, encoding, "incrementalencoder", None, errors)
    }
    fn PyCodec_IncrementalDecoder(py, encoding: *const c_char, errors: *const c_char) -> O {
        make(py, encoding, "incrementaldecoder", None, errors)
    }
    fn PyCodec_StreamReader(py, encoding: *const c_char, stream: O, errors: *const c_char) -> O {
        make(py, encoding, "streamreader", Some(obj(py, stream)?), errors)
    }
    fn PyCodec_StreamWriter(py, encoding: *const c_char, stream: O, errors: *const c_char) -> O {
        make(py, encoding, "streamwriter", Some(obj(py, stream)?), errors)
    }
    fn PyCodec_RegisterError(py, name: *const c_char, handler: O) -> c_int {
        registry::register_error(py, &lossy(name), obj(py, handler)?)
    }
    fn PyCodec_LookupError(py, name: *const c_char) -> O { registry::lookup_error(py, &handling(name)) }
    fn PyCodec_StrictErrors(py, exc: O) -> O { handlers::strict(py, obj(py, exc)?) }
    fn PyCodec_IgnoreErrors(py, exc: O) -> O { handlers::ignore(py, obj(py, exc)?) }
    fn PyCodec_ReplaceErrors(py, exc: O) -> O { handlers::replace(py, obj(py, exc)?) }
    fn PyCodec_XMLCharRefReplaceErrors(py, exc: O) -> O { handlers::xml_char_ref_replace(py, obj(py, exc)?) }
    fn PyCodec_BackslashReplaceErrors(py, exc: O) -> O { handlers::backslash_replace(py, obj(py, exc)?) }
    fn PyCodec_NameReplaceErrors(py, exc: O) -> O { handlers::name_replace(py, obj(py, exc)?) }
    fn _PyCodecInfo_GetIncrementalEncoder(py, info: O, errors: *const c_char) -> O {
        let f = obj(py, info)?.getattr(py, intern!(py, "incrementalencoder"))?;
        call_with_errors(py, &f, None, errors)
    }
    fn _PyCodecInfo_GetIncrementalDecoder(py, info: O, errors: *const c_char) -> O {
        let f = obj(py, info)?.getattr(py, intern!(py, "incrementaldecoder"))?;
        call_with_errors(py, &f, None, errors)
    }
}

plain! {
    fn PyCodec_KnownEncoding(encoding: *const c_char) -> c_int {
        let py = token();
        match registry::lookup(py, &lossy(encoding)) {
            Ok(_) => 1,
            Err(e) => {
                ignore(py, e);
                0
            }
        }
    }
    fn PyUnicode_FSConverter(arg: O, out: *mut O) -> c_int {
        let py = token();
        if arg.is_null() {
            crate::object::Py_DecRef(out.replace(std::ptr::null_mut()));
            return 1;
        }
        let convert = || -> PyResult<Py> {
            let bytes = runtime::fs::fs_encode(py, &*arg)?;
            if bytes.contains(&0) {
                return Err(value_error(py, "embedded null byte"));
            }
            Ok(PyBytes::new(py, &bytes)?.into_object())
        };
        match convert() {
            Ok(b) => {
                *out = b.into_raw();
                CLEANUP_SUPPORTED
            }
            Err(_) => 0,
        }
    }
    fn PyUnicode_FSDecoder(arg: O, out: *mut O) -> c_int {
        let py = token();
        if arg.is_null() {
            crate::object::Py_DecRef(out.replace(std::ptr::null_mut()));
            return 1;
        }
        let convert = || -> PyResult<Py<PyStr>> {
            let s = runtime::fs::fs_decode_path(py, &*arg)?;
            if s.chars().any(|c| c == 0) {
                return Err(value_error(py, "embedded null character"));
            }
            Ok(s)
        };
        match convert() {
            Ok(s) => {
                *out = s.into_raw();
                CLEANUP_SUPPORTED
            }
            Err(_) => 0,
        }
    }
}

/// `Py_CLEANUP_SUPPORTED`
const CLEANUP_SUPPORTED: c_int = 0x20000;

unsafe fn consumed(used: *mut isize, r: codecs::Decoded) -> PyResult<Py<PyStr>> {
    let (s, n) = r?;
    if !used.is_null() {
        // SAFETY: the caller's variable.
        unsafe { *used = n as isize };
    }
    Ok(s)
}

unsafe fn ordered(
    order: *mut c_int,
    used: *mut isize,
    decode: impl FnOnce(utf16::Order) -> PyResult<(Py<PyStr>, usize, utf16::Order)>,
) -> PyResult<Py<PyStr>> {
    // SAFETY: null or the caller's variables.
    unsafe {
        let wanted = order.as_ref().map_or(utf16::Order::Detect, |&o| utf16::Order::from_raw(o));
        let (s, n, o) = decode(wanted)?;
        if !order.is_null() {
            *order = o.to_raw();
        }
        if !used.is_null() {
            *used = n as isize;
        }
        Ok(s)
    }
}

/// An encoding must have a name.
fn named(py: Python, encoding: *const c_char) -> PyResult<()> {
    if encoding.is_null() { Err(type_error(py, "bad argument type for built-in operation")) } else { Ok(()) }
}

unsafe fn part(py: Python, encoding: *const c_char, i: usize) -> PyResult {
    named(py, encoding)?;
    // SAFETY: a C string.
    let info = registry::lookup(py, &unsafe { lossy(encoding) })?;
    info.get(i).map(|f| f.owned()).ok_or_else(|| bad_internal_call(py))
}

unsafe fn make(
    py: Python,
    encoding: *const c_char,
    attribute: &str,
    stream: Option<&PyObject>,
    errors: *const c_char,
) -> PyResult {
    // SAFETY: C strings.
    unsafe {
        named(py, encoding)?;
        let info = registry::lookup(py, &lossy(encoding))?;
        let f = info.as_object().getattr_str(py, attribute)?;
        call_with_errors(py, &f, stream, errors)
    }
}

unsafe fn call_with_errors(
    py: Python,
    f: &PyObject,
    stream: Option<&PyObject>,
    errors: *const c_char,
) -> PyResult {
    // SAFETY: null or a C string.
    let errors = match unsafe { lossy_opt(errors) } {
        Some(e) => Some(PyStr::new(py, &e)?),
        None => None,
    };
    let args: Vec<&PyObject> = stream.into_iter().chain(errors.as_ref().map(|e| e.as_object())).collect();
    f.call(py, &args)
}

capi! {
    fn _PyUnicode_DecodeUnicodeEscapeStateful(py, p: *const c_char, n: isize, errors: *const c_char, used: *mut isize) -> O {
        consumed(used, unicode_escape::decode(py, input(p, n), &handling(errors), used.is_null()))
    }
    fn PyUnicode_AsDecodedObject(py, o: O, encoding: *const c_char, errors: *const c_char) -> O {
        codecs::decode(py, must_be_str(py, o)?, &lossy_opt(encoding).unwrap_or("utf-8".into()), &handling(errors))
    }
}
