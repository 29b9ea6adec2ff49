//! Between Rust results and C's conventions: null, -1, or a value that needs `PyErr_Occurred`.

use runtime::prelude::*;
use runtime::types::exceptions::PyExc_SystemError_Type;
use std::borrow::Cow;
use std::ffi::{CStr, c_char, c_int};
use std::ptr::{null, null_mut};

pub(crate) type O = *mut PyObject;

/// The value that says "an exception is pending".
pub(crate) trait Failure {
    const FAILURE: Self;
}

impl<T> Failure for *mut T {
    const FAILURE: *mut T = null_mut();
}
impl<T> Failure for *const T {
    const FAILURE: *const T = null();
}
macro_rules! minus_one {
    ($($t:ty)*) => { $( impl Failure for $t { const FAILURE: $t = -1i8 as $t; } )* };
}
minus_one!(c_int i64 isize u8 u32 u64 usize f64);

/// How a Rust value is handed to C.
pub(crate) trait ToC<C> {
    fn to_c(self) -> C;
}

impl<T: PyLayout, U> ToC<*mut U> for Py<T> {
    fn to_c(self) -> *mut U {
        self.into_raw() as *mut U
    }
}
impl<T: PyLayout, U> ToC<*mut U> for Option<Py<T>> {
    fn to_c(self) -> *mut U {
        self.map_or(null_mut(), |v| v.into_raw() as *mut U)
    }
}
impl<T> ToC<*mut T> for *mut T {
    fn to_c(self) -> *mut T {
        self
    }
}
impl<T> ToC<*const T> for *const T {
    fn to_c(self) -> *const T {
        self
    }
}
impl ToC<c_int> for () {
    fn to_c(self) -> c_int {
        0
    }
}
impl ToC<c_int> for bool {
    fn to_c(self) -> c_int {
        self as c_int
    }
}
macro_rules! itself {
    ($($t:ty)*) => { $( impl ToC<$t> for $t { fn to_c(self) -> $t { self } } )* };
}
itself!(c_int i64 isize u8 u32 u64 usize f64);

impl ToC<isize> for usize {
    fn to_c(self) -> isize {
        self as isize
    }
}

#[inline(always)]
pub(crate) fn result<C: Failure, T: ToC<C>>(r: PyResult<T>) -> C {
    match r {
        Ok(v) => v.to_c(),
        Err(_) => C::FAILURE,
    }
}

/// Runs a body of [`capi!`]: what `?` returns from.
#[inline(always)]
pub(crate) fn attempt<T>(body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    body()
}

/// Exported functions that may raise: the body gives a `PyResult`.
macro_rules! capi {
    ($( $(#[$m:meta])* fn $name:ident ( $py:ident $(, $arg:ident : $ty:ty)* $(,)? ) -> $ret:ty $body:block )*) => { $(
        $(#[$m])*
        #[doc = concat!("`", stringify!($name), "` of the C API.")]
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($arg: $ty),*) -> $ret {
            // SAFETY: the C API's contract, see the crate's documentation.
            #[allow(unused_unsafe)]
            unsafe {
                let $py = ::object::Python::assume_attached();
                let r: ::object::PyResult<_> = $crate::convert::attempt(move || $body);
                $crate::convert::result::<$ret, _>(r)
            }
        }
    )* };
}

/// Exported functions that cannot raise: the body gives the value itself.
macro_rules! plain {
    ($( $(#[$m:meta])* fn $name:ident ( $($arg:ident : $ty:ty),* $(,)? ) $(-> $ret:ty)? $body:block )*) => { $(
        $(#[$m])*
        #[doc = concat!("`", stringify!($name), "` of the C API.")]
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($arg: $ty),*) $(-> $ret)? {
            // SAFETY: the C API's contract, see the crate's documentation.
            #[allow(unused_unsafe)]
            unsafe { $body }
        }
    )* };
}

/// Exported variables that hold a constant address or number.
macro_rules! exported {
    ($( $name:ident : $ty:ty = $value:expr; )*) => { $(
        #[doc = concat!("`", stringify!($name), "` of the C API.")]
        #[unsafe(no_mangle)]
        pub static $name: $crate::convert::Exported<$ty> = $crate::convert::Exported($value);
    )* };
}

/// A constant that C reads.
#[repr(transparent)]
pub struct Exported<T>(pub T);
// SAFETY: never written to.
unsafe impl<T> Sync for Exported<T> {}

/// The attached thread's token, for callbacks.
///
/// # Safety
/// The thread is attached.
pub(crate) unsafe fn token<'a>() -> Python<'a> {
    // SAFETY: the caller's promise.
    unsafe { Python::assume_attached() }
}

/// `PyErr_Occurred`, as a flag.
pub(crate) fn pending(py: Python) -> bool {
    !runtime::state::thread(py).current_exception.is_empty()
}

/// An argument that must not be null. Errors: `SystemError`, unless an exception is pending, which explains the null.
///
/// # Safety
/// `o` is null or a live object.
#[inline(always)]
pub(crate) unsafe fn obj<'a>(py: Python, o: O) -> PyResult<&'a PyObject> {
    // SAFETY: the caller's promise.
    match unsafe { o.as_ref() } {
        Some(o) => Ok(o),
        None => Err(null_argument(py)),
    }
}

#[cold]
fn null_argument(py: Python) -> Raised {
    if pending(py) {
        Raised::pending()
    } else {
        raise(py, &PyExc_SystemError_Type, "null argument to internal routine")
    }
}

/// An argument that may be null.
///
/// # Safety
/// `o` is null or a live object.
#[inline(always)]
pub(crate) unsafe fn opt<'a>(o: O) -> Option<&'a PyObject> {
    // SAFETY: the caller's promise.
    unsafe { o.as_ref() }
}

/// An argument of a certain type. Errors: `SystemError` for anything else (`PyErr_BadInternalCall`).
///
/// # Safety
/// `o` is null or a live object.
#[inline(always)]
pub(crate) unsafe fn cast<'a, T: PyTypeInfo>(py: Python, o: O) -> PyResult<&'a T> {
    // SAFETY: the caller's promise.
    match unsafe { o.as_ref() }.and_then(|o| o.downcast::<T>()) {
        Some(t) => Ok(t),
        None => Err(bad_internal_call(py)),
    }
}

/// An argument whose type the caller answers for; null gives `None`.
///
/// # Safety
/// `o` is null or a live object with `T`'s layout.
#[inline(always)]
pub(crate) unsafe fn opt_as<'a, T: PyLayout>(o: O) -> Option<&'a T> {
    // SAFETY: the caller's promise.
    unsafe { (o as *const T).as_ref() }
}

/// A C string; null gives an empty one.
///
/// # Safety
/// `p` is null or a C string that stays for `'a`.
pub(crate) unsafe fn bytes_of<'a>(p: *const c_char) -> &'a [u8] {
    // SAFETY: the caller's promise.
    if p.is_null() { &[] } else { unsafe { CStr::from_ptr(p) }.to_bytes() }
}

/// A C string as text, for messages and names.
///
/// # Safety
/// As [`bytes_of`].
pub(crate) unsafe fn lossy<'a>(p: *const c_char) -> Cow<'a, str> {
    // SAFETY: the caller's promise.
    String::from_utf8_lossy(unsafe { bytes_of(p) })
}

/// A C string that may be null.
///
/// # Safety
/// As [`bytes_of`].
pub(crate) unsafe fn lossy_opt<'a>(p: *const c_char) -> Option<Cow<'a, str>> {
    // SAFETY: the caller's promise.
    if p.is_null() { None } else { Some(unsafe { lossy(p) }) }
}

/// A C string as `str`. Errors: `UnicodeDecodeError`; `SystemError` for null.
///
/// # Safety
/// As [`bytes_of`].
pub(crate) unsafe fn pystr(py: Python, p: *const c_char) -> PyResult<Py<PyStr>> {
    if p.is_null() {
        return Err(null_argument(py));
    }
    // SAFETY: the caller's promise.
    utf8(py, unsafe { bytes_of(p) })
}

/// UTF-8 as `str`. Errors: `UnicodeDecodeError`.
pub(crate) fn utf8(py: Python, bytes: &[u8]) -> PyResult<Py<PyStr>> {
    match std::str::from_utf8(bytes) {
        Ok(s) => PyStr::new(py, s),
        Err(_) => runtime::codecs::decode_bytes(py, bytes, None, Some("utf-8"), Some("strict")),
    }
}

/// A C string as an interned name.
///
/// # Safety
/// As [`bytes_of`].
pub(crate) unsafe fn name(py: Python, p: *const c_char) -> PyResult<Py<PyStr>> {
    // SAFETY: the caller's promise.
    Ok(PyStr::intern(py, unsafe { pystr(py, p)? }))
}

/// Memory of C as a slice; null or a negative length gives an empty one.
///
/// # Safety
/// `p` has `n` items that nobody changes for `'a`.
pub(crate) unsafe fn slice<'a, T>(p: *const T, n: isize) -> &'a [T] {
    if p.is_null() || n <= 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(p, n as usize) }
}

/// Arguments in a C array.
///
/// # Safety
/// `p` has `n` live objects, or `n` is 0.
pub(crate) unsafe fn objects<'a>(p: *const O, n: usize) -> &'a [&'a PyObject] {
    // SAFETY: the caller's promise; a reference has the pointer's layout.
    unsafe { slice(p as *const &PyObject, n as isize) }
}

/// Gives a reference up and keeps the pointer: a borrowed reference that somebody else keeps alive.
pub(crate) fn borrowed<T: PyLayout>(o: Py<T>) -> O {
    o.as_ptr()
}

/// Stores a new reference, or null.
///
/// # Safety
/// `out` is null or can be written to.
pub(crate) unsafe fn store(out: *mut O, value: Option<Py>) {
    if !out.is_null() {
        // SAFETY: the caller's promise.
        unsafe { *out = value.map_or(null_mut(), Py::into_raw) }
    }
}

/// Swallows the pending exception.
pub(crate) fn ignore(py: Python, r: Raised) {
    drop(fetch(py, r));
}

/// A "get optional" result: 1 and the value, 0 and null, -1 and null.
///
/// # Safety
/// As [`store`].
pub(crate) unsafe fn found(out: *mut O, r: PyResult<Option<Py>>) -> PyResult<c_int> {
    // SAFETY: the caller's promise.
    unsafe {
        match r {
            Ok(v) => {
                let there = v.is_some();
                store(out, v);
                Ok(there as c_int)
            }
            Err(e) => {
                store(out, None);
                Err(e)
            }
        }
    }
}

/// An attribute, or `None` if there is none.
pub(crate) fn attr_opt(py: Python, o: &PyObject, name: &PyObject) -> PyResult<Option<Py>> {
    match name.downcast::<PyStr>() {
        Some(n) => o.getattr_opt(py, n),
        None => Err(bad_attribute_name(py, name)),
    }
}

/// The error for an attribute name that is no string.
pub(crate) fn bad_attribute_name(py: Python, name: &PyObject) -> Raised {
    runtime::types::object_::bad_attribute_name(py, name)
}

/// `name` as the string an attribute's name must be.
pub(crate) fn attr_name<'a>(py: Python, name: &'a PyObject) -> PyResult<&'a PyStr> {
    name.downcast::<PyStr>().ok_or_else(|| bad_attribute_name(py, name))
}
