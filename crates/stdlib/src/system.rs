//! What the modules on system calls share: argument types, constants, retried calls.

use object::libc;
use runtime::abstract_::number;
use runtime::args::{At, FromArg};
use runtime::prelude::*;
use runtime::types::exceptions::*;
use runtime::types::type_::TypeExt;
use runtime::{signals, state};
use std::ffi::{CStr, CString, c_char, c_int};

/// Runs code that may block without the interpreter lock.
macro_rules! nogil {
    ($py:expr, $e:expr) => {
        runtime::state::release_gil($py, || $e)
    };
}
pub(crate) use nogil;

/// A table of C constants, `name => value`, for [`add_constants`].
macro_rules! constants {
    ($($name:ident)*) => { &[$((stringify!($name), object::libc::$name as i64)),*] };
}
pub(crate) use constants;

/// Adds integer constants to a module.
pub fn add_constants(py: Python, module: &PyModule, table: &[(&str, i64)]) -> PyResult<()> {
    for (name, value) in table {
        module.as_object().setattr_str(py, name, &*int(py, *value)?)?;
    }
    Ok(())
}

/// An int object.
pub fn int(py: Python, v: i64) -> PyResult {
    Ok(PyInt::from_i64(py, v)?.into_object())
}

/// An int object.
pub fn uint(py: Python, v: u64) -> PyResult {
    Ok(PyInt::from_u64(py, v)?.into_object())
}

/// A float object.
pub fn float(py: Python, v: f64) -> PyResult {
    Ok(PyFloat::new(py, v)?.into_object())
}

/// A str object.
pub fn text(py: Python, v: &str) -> PyResult {
    Ok(PyStr::new(py, v)?.into_object())
}

/// A C string in the file system encoding; null gives the empty string.
///
/// # Safety
/// `p` is null or a NUL-terminated string.
pub unsafe fn fs_text(py: Python, p: *const c_char) -> PyResult {
    if p.is_null() {
        return text(py, "");
    }
    // SAFETY: the caller's promise.
    Ok(runtime::fs::fs_decode(py, unsafe { CStr::from_ptr(p) }.to_bytes())?.into_object())
}

/// A tuple of ints.
pub fn int_tuple<const N: usize>(py: Python, values: [i64; N]) -> PyResult<Py<PyTuple>> {
    let mut items = Vec::with_capacity(N);
    for v in values {
        items.push(int(py, v)?);
    }
    PyTuple::new(py, items)
}

/// The calling thread's error number.
pub fn errno() -> c_int {
    // SAFETY: always valid for the calling thread.
    unsafe { *libc::__errno_location() }
}

/// Sets the calling thread's error number.
pub fn set_errno(e: c_int) {
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = e }
}

/// `OSError` for the current `errno`.
#[cold]
pub fn os_error(py: Python) -> Raised {
    raise_errno(py, None)
}

/// `OSError` for the current `errno` if the call failed.
pub fn checked<T: PartialEq + From<i8>>(py: Python, r: T) -> PyResult<T> {
    if r == T::from(-1) { Err(os_error(py)) } else { Ok(r) }
}

/// Runs a call without the lock, again after a signal, with its failure raised as `OSError`.
pub fn call<T: PartialEq + From<i8>>(py: Python, f: impl FnMut() -> T) -> PyResult<T> {
    match signals::retry(py, f)? {
        Ok(r) => Ok(r),
        Err(e) => Err(raise_errno_with(py, e, None, None)),
    }
}

/// As [`call`] for a call whose result does not matter.
pub fn call_void(py: Python, f: impl FnMut() -> c_int) -> PyResult<()> {
    call(py, f).map(drop)
}

/// What a descriptor's number may come from: an int or an object with `fileno()` (`PyObject_AsFileDescriptor`).
pub fn fildes(py: Python, o: &PyObject) -> PyResult<c_int> {
    let fd = if PyInt::check(o) {
        warn_bool(py, o)?;
        as_int(py, o)?
    } else if let Some(f) = o.getattr_opt(py, intern!(py, "fileno"))? {
        let n = f.call0(py)?;
        if !PyInt::check(&n) {
            return Err(type_error(py, "fileno() returned a non-integer"));
        }
        as_int(py, &n)?
    } else {
        return Err(type_error(py, "argument must be an int, or have a fileno() method."));
    };
    if fd < 0 {
        return Err(value_error(py, format!("file descriptor cannot be a negative integer ({fd})")));
    }
    Ok(fd)
}

/// A bool where a descriptor is wanted is a mistake that deserves a warning.
pub fn warn_bool(py: Python, o: &PyObject) -> PyResult<()> {
    if PyBool::check(o) {
        warn(py, &PyExc_RuntimeWarning_Type, "bool is used as a file descriptor", 1)?;
    }
    Ok(())
}

/// A C int through `__index__`.
pub fn as_int(py: Python, o: &PyObject) -> PyResult<c_int> {
    let v = number::index(py, o)?;
    v.as_i64()
        .and_then(|v| c_int::try_from(v).ok())
        .ok_or_else(|| overflow_error(py, "Python int too large to convert to C int"))
}

/// A parameter that is a descriptor or an object with `fileno()`.
#[derive(Clone, Copy)]
pub struct Fildes(pub c_int);

impl<'a> FromArg<'a> for Fildes {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<Fildes> {
        fildes(py, o).map(Fildes)
    }
}

/// A user or group id: -1, or what 32 bits hold.
fn id(py: Python, o: &PyObject, what: &str) -> PyResult<u32> {
    if !number::has_index(o) {
        return Err(type_error(py, format!("{what} should be integer, not {}", tp_name(o))));
    }
    let n = number::index(py, o)?;
    match n.as_i64() {
        Some(-1) => Ok(u32::MAX),
        Some(v) => match u32::try_from(v) {
            Ok(v) if v != u32::MAX => Ok(v),
            _ => Err(overflow_error(py, format!("{what} is less than minimum"))),
        },
        None => {
            let bound = if n.is_negative() { "less than minimum" } else { "greater than maximum" };
            Err(overflow_error(py, format!("{what} is {bound}")))
        }
    }
}

/// A `uid_t` parameter.
#[derive(Clone, Copy)]
pub struct Uid(pub libc::uid_t);

impl<'a> FromArg<'a> for Uid {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<Uid> {
        id(py, o, "uid").map(Uid)
    }
}

/// A `gid_t` parameter.
#[derive(Clone, Copy)]
pub struct Gid(pub libc::gid_t);

impl<'a> FromArg<'a> for Gid {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<Gid> {
        gid(py, o).map(Gid)
    }
}

/// A group id.
pub fn gid(py: Python, o: &PyObject) -> PyResult<u32> {
    id(py, o, "gid")
}

/// A user id.
pub fn uid(py: Python, o: &PyObject) -> PyResult<u32> {
    id(py, o, "uid")
}

/// An id as Python shows it: -1 for the special value.
pub fn id_object(py: Python, id: u32) -> PyResult {
    if id == u32::MAX { int(py, -1) } else { int(py, id as i64) }
}

/// A readable contiguous buffer (the `y*` format).
pub struct Bytes(pub buffer::Buffer);

impl<'a> FromArg<'a> for Bytes {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<Bytes> {
        buffer::Buffer::get_simple(py, o).map(Bytes)
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.0.as_slice()
    }
}

/// A writable contiguous buffer (the `w*` format).
pub struct WriteBuf(pub buffer::Buffer);

impl WriteBuf {
    pub fn get(py: Python, o: &PyObject) -> PyResult<WriteBuf> {
        if !buffer::supports(o) {
            return Err(type_error(
                py,
                format!("a read-write bytes-like object is required, not '{}'", tp_name(o)),
            ));
        }
        buffer::Buffer::get(py, o, buffer::request::WRITABLE).map(WriteBuf)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Address and length, to be moved into a closure that runs without the lock.
    pub fn place(&self) -> (*mut u8, usize) {
        (self.0.data_ptr(), self.0.len())
    }
}

impl<'a> FromArg<'a> for WriteBuf {
    fn from_arg(py: Python, o: &'a PyObject, at: At) -> PyResult<WriteBuf> {
        if !buffer::supports(o) {
            return Err(runtime::args::bad_argument(py, at, "read-write bytes-like object", o));
        }
        match buffer::Buffer::get(py, o, buffer::request::WRITABLE) {
            Ok(b) => Ok(WriteBuf(b)),
            Err(e) => {
                drop(catch(py, e, &PyExc_BufferError_Type)?);
                Err(runtime::args::bad_argument(py, at, "read-write bytes-like object", o))
            }
        }
    }
}

/// A path in the file system encoding, as the C string functions want it (`PyUnicode_FSConverter`).
pub struct FsPath(pub CString);

impl<'a> FromArg<'a> for FsPath {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<FsPath> {
        let bytes = runtime::fs::fs_encode(py, o)?;
        CString::new(bytes).map(FsPath).map_err(|_| value_error(py, "embedded null byte"))
    }
}

/// Reads up to `n` bytes into a new bytes object.
pub fn read_bytes(py: Python, n: usize, mut f: impl FnMut(*mut u8) -> isize) -> PyResult<Py<PyBytes>> {
    let mut data: Vec<u8> = Vec::new();
    if data.try_reserve_exact(n).is_err() {
        return Err(memory_error(py));
    }
    let p = data.as_mut_ptr();
    let got = call(py, || f(p))?;
    // SAFETY: the call has written `got` bytes, at most as many as were reserved.
    unsafe { data.set_len((got.max(0) as usize).min(n)) };
    PyBytes::new(py, &data)
}

/// `state::interpreter(py).module_state`, shorter.
pub fn module_state<T: Default + 'static>(py: Python) -> std::rc::Rc<T> {
    state::interpreter(py).module_state::<T>()
}

/// A new exception class; the name is `module.Class` (`PyErr_NewException`).
pub fn new_exception(py: Python, name: &str, base: &PyTypeObject) -> PyResult<Py<PyTypeObject>> {
    let (module, class) = name.rsplit_once('.').unwrap_or(("builtins", name));
    runtime::errors::new_exception(py, module, class, base, None)
}

/// An exception class of a module, kept in a slot of its state.
pub fn cached_exception(
    py: Python,
    slot: &Slot<PyTypeObject>,
    name: &str,
    base: &PyTypeObject,
) -> PyResult<Py<PyTypeObject>> {
    if let Some(t) = slot.get_owned() {
        return Ok(t);
    }
    let t = new_exception(py, name, base)?;
    slot.set(Some(t.clone()));
    Ok(t)
}

/// Puts an attribute into the dict of a type that is defined in Rust.
pub fn set_type_attribute(py: Python, ty: &PyTypeObject, name: &str, value: &PyObject) -> PyResult<()> {
    let name = PyStr::intern(py, PyStr::new(py, name)?);
    ty.own_dict(py)?.set_item(py, name.as_object(), value)?;
    ty.modified(py);
    Ok(())
}
