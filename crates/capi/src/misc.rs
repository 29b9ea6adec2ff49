//! The small headers: `pyhash.h`, `structseq.h`, `context.h`, `fileobject.h`, `marshal.h`, `pyctype.h`.

use crate::convert::*;
use object::libc;
use runtime::context::{PyContext, PyContextVar, PyToken};
use runtime::prelude::*;
use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

plain! {
    fn Py_HashBuffer(p: *const c_void, n: isize) -> isize { runtime::hash::hash_bytes(slice(p as *const u8, n)) }
    fn _Py_HashBytes(p: *const c_void, n: isize) -> isize { runtime::hash::hash_bytes(slice(p as *const u8, n)) }
    fn Py_HashPointer(p: *const c_void) -> isize { hash_pointer(p) }
    fn _Py_HashPointer(p: *const c_void) -> isize { hash_pointer(p) }
    fn _Py_HashPointerRaw(p: *const c_void) -> isize { (p as usize).rotate_right(4) as isize }
    fn PyObject_GenericHash(o: O) -> isize { hash_pointer(o as *const c_void) }
    fn _Py_HashDouble(o: O, v: f64) -> isize { runtime::types::float::hash_f64(v, opt(o).unwrap_or(none())) }
    fn PyHash_GetFuncDef() -> *const HashDef { &HASH.0 }
    fn PyStructSequence_SetItem(s: O, i: isize, value: O) { *(*(s as *const PyTuple)).items_ptr().offset(i) = value }
    fn PyStructSequence_GetItem(s: O, i: isize) -> O { *(*(s as *const PyTuple)).items_ptr().offset(i) }
    fn PyObject_AsFileDescriptor(o: O) -> c_int { result(descriptor(token(), o)) }
    fn _PyLong_FileDescriptor_Converter(o: O, out: *mut c_int) -> c_int {
        match descriptor(token(), o) {
            Ok(fd) => {
                *out = fd;
                1
            }
            Err(_) => 0,
        }
    }
    fn Py_fclose(f: *mut libc::FILE) -> c_int { libc::fclose(f) }
    fn PyFile_WriteString(text: *const c_char, file: O) -> c_int {
        let py = token();
        if pending(py) {
            return -1;
        }
        let write = || {
            let Some(f) = opt(file) else { return Err(system_error(py, "null file for PyFile_WriteString")) };
            f.call_method1(py, intern!(py, "write"), &*pystr(py, text)?)
        };
        if write().is_ok() { 0 } else { -1 }
    }
}

fn hash_pointer(p: *const c_void) -> isize {
    match (p as usize).rotate_right(4) as isize {
        -1 => -2,
        h => h,
    }
}

/// `PyHash_FuncDef`.
#[repr(C)]
pub struct HashDef {
    hash: unsafe extern "C" fn(*const c_void, isize) -> isize,
    name: *const c_char,
    hash_bits: c_int,
    seed_bits: c_int,
}

static HASH: Exported<HashDef> =
    Exported(HashDef { hash: Py_HashBuffer, name: c"siphash13".as_ptr(), hash_bits: 64, seed_bits: 128 });

unsafe fn descriptor(py: Python, o: O) -> PyResult<c_int> {
    // SAFETY: the C API's contract.
    let o = unsafe { obj(py, o)? };
    let fd = if let Some(i) = o.downcast::<PyInt>() {
        i.to_i32(py)?
    } else {
        let Some(f) = o.getattr_opt(py, intern!(py, "fileno"))? else {
            return Err(type_error(py, "argument must be an int, or have a fileno() method."));
        };
        let r = f.call0(py)?;
        match r.downcast::<PyInt>() {
            Some(i) => i.to_i32(py)?,
            None => return Err(type_error(py, "fileno() returned a non-integer")),
        }
    };
    if fd < 0 {
        return Err(value_error(py, format!("file descriptor cannot be a negative integer ({fd})")));
    }
    Ok(fd)
}

/// `PyStructSequence_Field`.
#[repr(C)]
pub struct SequenceField {
    name: *const c_char,
    doc: *const c_char,
}

/// `PyStructSequence_Desc`.
#[repr(C)]
pub struct SequenceDesc {
    name: *const c_char,
    doc: *const c_char,
    fields: *const SequenceField,
    n_in_sequence: c_int,
}

exported! {
    PyStructSequence_UnnamedField: *const c_char = c"unnamed field".as_ptr();
}

unsafe fn sequence_desc(d: &SequenceDesc) -> runtime::types::structseq::Desc {
    // SAFETY: the C API's contract; the type, and so what describes it, lives as long as the process.
    unsafe {
        let mut fields: Vec<Option<&'static str>> = Vec::new();
        let mut f = d.fields;
        while !(*f).name.is_null() {
            let unnamed = std::ptr::eq((*f).name, PyStructSequence_UnnamedField.0);
            let name: &'static str = Box::leak(lossy((*f).name).into_owned().into_boxed_str());
            fields.push((!unnamed).then_some(name));
            f = f.add(1);
        }
        let visible = (d.n_in_sequence.max(0) as usize).min(fields.len());
        runtime::types::structseq::Desc {
            name: Box::leak(lossy(d.name).into_owned().into_boxed_str()),
            doc: Box::leak(lossy(d.doc).into_owned().into_boxed_str()),
            fields: Box::leak(fields.into_boxed_slice()),
            visible,
        }
    }
}

capi! {
    fn PyStructSequence_NewType(py, d: *const SequenceDesc) -> O {
        let ty = runtime::types::structseq::new_type(py, &sequence_desc(&*d))?;
        Ok(ty.as_object().owned())
    }
    fn PyStructSequence_New(py, ty: *mut PyTypeObject) -> O { runtime::types::structseq::new_empty(py, &*ty) }

    fn PyContext_New(py) -> O { PyContext::new(py) }
    fn PyContext_Copy(py, c: O) -> O { cast::<PyContext>(py, c)?.duplicate(py) }
    fn PyContext_CopyCurrent(py) -> O { PyContext::copy_current(py) }
    fn PyContext_Enter(py, c: O) -> c_int { cast::<PyContext>(py, c)?.enter(py) }
    fn PyContext_Exit(py, c: O) -> c_int { cast::<PyContext>(py, c)?.exit(py) }
    fn PyContextVar_New(py, n: *const c_char, default: O) -> O { PyContextVar::new(py, &*pystr(py, n)?, opt(default)) }
    fn PyContextVar_Get(py, v: O, default: O, out: *mut O) -> c_int {
        *out = null_mut();
        let Some(v) = opt(v).and_then(|v| v.downcast::<PyContextVar>()) else {
            return Err(type_error(py, "an instance of ContextVar was expected"));
        };
        // The caller's default comes before the variable's own.
        let found = match (v.lookup(py), opt(default)) {
            (Some(x), _) => Some(x),
            (None, Some(d)) => Some(d.owned()),
            (None, None) => v.value(py)?,
        };
        store(out, found);
        Ok(())
    }
    fn PyContextVar_Set(py, v: O, value: O) -> O {
        let Some(v) = opt(v).and_then(|v| v.downcast::<PyContextVar>()) else {
            return Err(type_error(py, "an instance of ContextVar was expected"));
        };
        v.assign(py, obj(py, value)?)
    }
    fn PyContextVar_Reset(py, v: O, token: O) -> c_int {
        let Some(v) = opt(v).and_then(|v| v.downcast::<PyContextVar>()) else {
            return Err(type_error(py, "an instance of ContextVar was expected"));
        };
        let Some(t) = opt(token).and_then(|t| t.downcast::<PyToken>()) else {
            return Err(type_error(py, "an instance of Token was expected"));
        };
        v.restore(py, t)
    }

    fn PyFile_FromFd(py, fd: c_int, _name: *const c_char, mode: *const c_char, buffering: c_int, encoding: *const c_char, errors: *const c_char, newline: *const c_char, close: c_int) -> O {
        let text = |p: *const c_char| if p.is_null() { Ok(none().owned()) } else { pystr(py, p).map(Py::into_object) };
        let all = [
            PyInt::from_i64(py, fd as i64)?.into_object(),
            text(mode)?,
            PyInt::from_i64(py, buffering as i64)?.into_object(),
            text(encoding)?,
            text(errors)?,
            text(newline)?,
            py_bool(close != 0).owned().into_object(),
        ];
        let refs: Vec<&PyObject> = all.iter().map(|a| a.as_object()).collect();
        runtime::import::import_attr(py, "_io", "open")?.call(py, &refs)
    }
    fn PyFile_GetLine(py, f: O, n: c_int) -> O {
        let f = obj(py, f)?;
        let line = if n <= 0 {
            f.call_method0(py, intern!(py, "readline"))?
        } else {
            f.call_method1(py, intern!(py, "readline"), PyInt::from_i64(py, n as i64)?.as_object())?
        };
        if !PyStr::check(&line) && !PyBytes::check(&line) {
            return Err(type_error(py, "object.readline() returned non-string"));
        }
        if n >= 0 {
            return Ok(line);
        }
        let (empty, newline) = match (line.downcast::<PyStr>(), line.downcast::<PyBytes>()) {
            (Some(s), _) => (s.is_empty(), !s.is_empty() && s.char_at(s.len() - 1) == b'\n' as u32),
            (_, Some(b)) => (b.is_empty(), b.as_bytes().ends_with(b"\n")),
            _ => (false, false),
        };
        if empty {
            return Err(raise(py, &runtime::types::exceptions::PyExc_EOFError_Type, "EOF when reading a line"));
        }
        if !newline {
            return Ok(line);
        }
        let end = line.length(py)? - 1;
        line.get_item(py, &*PySlice::from_indices(py, 0, end)?)
    }
    fn PyFile_WriteObject(py, o: O, file: O, flags: c_int) -> c_int {
        let Some(f) = opt(file) else { return Err(type_error(py, "writeobject with NULL file")) };
        let o = obj(py, o)?;
        let text = if flags & 1 != 0 { o.str_(py)? } else { o.repr(py)? };
        f.call_method1(py, intern!(py, "write"), &text)?;
        Ok(())
    }
    fn PyFile_OpenCode(py, path: *const c_char) -> O {
        let path = pystr(py, path)?;
        runtime::import::import_attr(py, "_io", "open_code")?.call1(py, &path)
    }
    fn PyFile_OpenCodeObject(py, path: O) -> O { runtime::import::import_attr(py, "_io", "open_code")?.call1(py, obj(py, path)?) }
    fn Py_fopen(py, path: O, mode: *const c_char) -> *mut libc::FILE {
        let c = runtime::fs::fs_cstring(py, obj(py, path)?)?;
        let f = libc::fopen(c.as_ptr(), mode);
        if f.is_null() {
            return Err(runtime::types::exceptions::raise_errno(py, Some(&*path)));
        }
        Ok(f)
    }

    fn PyMarshal_WriteObjectToString(py, o: O, version: c_int) -> O {
        PyBytes::new(py, &runtime::marshal::dumps(py, obj(py, o)?, version, true)?)
    }
    fn PyMarshal_ReadObjectFromString(py, p: *const c_char, n: isize) -> O {
        runtime::marshal::loads(py, slice(p as *const u8, n))
    }
}

plain! {
    fn PyStructSequence_InitType2(ty: *mut PyTypeObject, d: *const SequenceDesc) -> c_int {
        result(runtime::types::structseq::init_type(token(), &*ty, &sequence_desc(&*d)))
    }
    fn PyStructSequence_InitType(ty: *mut PyTypeObject, d: *const SequenceDesc) {
        PyStructSequence_InitType2(ty, d);
    }
}

/// `PY_CTF_*` of `pyctype.h`: 1 lower, 2 upper, 4 digit, 8 space, 16 hexadecimal digit.
const fn ctype() -> [u32; 256] {
    let mut t = [0; 256];
    let mut i = 0;
    while i < 128 {
        let b = i as u8;
        t[i] = b.is_ascii_lowercase() as u32
            | (b.is_ascii_uppercase() as u32) << 1
            | (b.is_ascii_digit() as u32) << 2
            | (b.is_ascii_hexdigit() as u32) << 4
            | ((b == b' ' || (b >= 9 && b <= 13)) as u32) << 3;
        i += 1;
    }
    t
}

const fn cased(upper: bool) -> [u8; 256] {
    let mut t = [0; 256];
    let mut i = 0;
    while i < 256 {
        let b = i as u8;
        t[i] = if upper { b.to_ascii_uppercase() } else { b.to_ascii_lowercase() };
        i += 1;
    }
    t
}

const fn whitespace() -> [u8; 128] {
    let mut t = [0; 128];
    let mut i = 0;
    while i < 128 {
        t[i] = ((i >= 9 && i <= 13) || (i >= 28 && i <= 32)) as u8;
        i += 1;
    }
    t
}

exported! {
    _Py_ctype_table: [u32; 256] = ctype();
    _Py_ctype_tolower: [u8; 256] = cased(false);
    _Py_ctype_toupper: [u8; 256] = cased(true);
    _Py_ascii_whitespace: [u8; 128] = whitespace();
    Py_FileSystemDefaultEncoding: *const c_char = c"utf-8".as_ptr();
    Py_FileSystemDefaultEncodeErrors: *const c_char = c"surrogateescape".as_ptr();
}
