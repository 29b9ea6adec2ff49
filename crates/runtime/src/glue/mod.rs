//! What the code written by `#[pytype]`, `#[pymethods]` and `#[pymodule]` stands on: pointers to references, results to
//! C's sentinels, default slots, and the constant tables. Nothing else uses it.

pub mod heap_static;
pub mod module;
pub mod slots;

use crate::abstract_::CompareOp;
use crate::args::IntoPyResult;
use crate::types::dict::values;
use object::dealloc::finalize_from_dealloc;
use object::typeobj::{self, PyBuffer, PyGetSetDef, PyMethodDef};
use object::visit::VisitProc;
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, PyTypeObject, Python, Traverse, Visitor, gc};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;

/// A C argument as a reference that cannot outlive the shim's parameter.
///
/// # Safety
/// `p` is a live object, borrowed for the duration of the call.
#[inline(always)]
pub unsafe fn borrow(p: &*mut PyObject) -> &PyObject {
    // SAFETY: the caller's promise.
    unsafe { &**p }
}

/// The same where C passes null for "absent".
///
/// # Safety
/// As [`borrow`] when not null.
#[inline(always)]
pub unsafe fn borrow_opt(p: &*mut PyObject) -> Option<&PyObject> {
    // SAFETY: the caller's promise.
    unsafe { p.as_ref() }
}

/// The receiver of a method, slot or descriptor, whose type has been checked before the call.
///
/// # Safety
/// `p` is a live object with layout `T`.
#[inline(always)]
pub unsafe fn this<T: PyLayout>(p: &*mut impl Sized) -> &T {
    // SAFETY: the caller's promise.
    unsafe { &*(*p as *const T) }
}

/// An argument that the C signature fixes to be a `T`: an argument tuple, say.
///
/// # Safety
/// `p` is a live object with layout `T`.
#[inline(always)]
pub unsafe fn typed<T: PyLayout>(p: &*mut PyObject) -> &T {
    // SAFETY: the caller's promise.
    unsafe { &*(*p as *const T) }
}

/// The same where C passes null for "absent".
///
/// # Safety
/// As [`typed`] when not null.
#[inline(always)]
pub unsafe fn typed_opt<T: PyLayout>(p: &*mut PyObject) -> Option<&T> {
    // SAFETY: the caller's promise.
    unsafe { (*p as *const T).as_ref() }
}

/// `T` or `PyResult<T>`: what functions with a plain value may return.
pub trait Outcome<T> {
    fn outcome(self) -> PyResult<T>;
}

impl<T> Outcome<T> for PyResult<T> {
    #[inline(always)]
    fn outcome(self) -> PyResult<T> {
        self
    }
}

macro_rules! plain_outcome {
    ($($t:ty)*) => { $(impl Outcome<$t> for $t {
        #[inline(always)]
        fn outcome(self) -> PyResult<$t> {
            Ok(self)
        }
    })* };
}
plain_outcome!(() bool isize);

/// 0 or -1.
#[inline(always)]
pub fn status(r: impl Outcome<()>) -> c_int {
    if r.outcome().is_ok() { 0 } else { -1 }
}

/// 1, 0 or -1.
#[inline(always)]
pub fn truth(r: impl Outcome<bool>) -> c_int {
    match r.outcome() {
        Ok(b) => b as c_int,
        Err(_) => -1,
    }
}

/// The length, or -1.
#[inline(always)]
pub fn length(r: impl Outcome<isize>) -> isize {
    r.outcome().unwrap_or(-1)
}

/// The hash, or -1; a hash is never -1.
#[inline(always)]
pub fn hash(r: impl Outcome<isize>) -> isize {
    match r.outcome() {
        Ok(-1) => -2,
        Ok(h) => h,
        Err(_) => -1,
    }
}

/// The next item; null without an exception at the end.
#[inline(always)]
pub fn next<R: IntoPyResult>(r: PyResult<Option<R>>, py: Python) -> *mut PyObject {
    match r {
        Ok(Some(v)) => v.into_py_result(py).map_or(null_mut(), Py::into_raw),
        _ => null_mut(),
    }
}

/// C callers may only pass the six operators; anything else compares as `==`.
#[inline(always)]
pub fn compare_op(op: c_int) -> CompareOp {
    CompareOp::from_raw(op).unwrap_or(CompareOp::Eq)
}

/// 0 or -1; on failure `view.obj` is null, as the buffer protocol asks.
///
/// # Safety
/// `view` is valid for writes or null.
#[inline]
pub unsafe fn buffer_status(r: PyResult<()>, view: *mut PyBuffer) -> c_int {
    match r {
        Ok(()) => 0,
        Err(_) => {
            // SAFETY: the caller's promise.
            if let Some(v) = unsafe { view.as_mut() } {
                v.obj = null_mut();
            }
            -1
        }
    }
}

/// What `am_send` gives (`PySendResult`).
pub enum SendResult {
    /// The generator is suspended with this value.
    Yielded(Py),
    /// The generator is finished with this value.
    Returned(Py),
}

/// Stores the value and gives `PYGEN_NEXT`, `PYGEN_RETURN` or `PYGEN_ERROR`.
///
/// # Safety
/// `result` is valid for a write.
#[inline]
pub unsafe fn send_status(r: PyResult<SendResult>, result: *mut *mut PyObject) -> c_int {
    let (value, status) = match r {
        Ok(SendResult::Yielded(v)) => (v.into_raw(), 1),
        Ok(SendResult::Returned(v)) => (v.into_raw(), 0),
        Err(_) => (null_mut(), -1),
    };
    // SAFETY: the caller's promise.
    unsafe { *result = value };
    status
}

/// A getter's shim under its C type; `PyResult` of an object is an object pointer that is null for an error.
#[allow(improper_ctypes_definitions)] // `PyResult<Py>` has the ABI of a nullable pointer.
pub const fn getter(f: unsafe extern "C" fn(*mut PyObject, *mut c_void) -> PyResult) -> typeobj::Getter {
    // SAFETY: `PyResult<Py>` is one word with the null niche for `Err`, so both types have the same ABI.
    unsafe { std::mem::transmute(f) }
}

/// The default `tp_dealloc`: finalises, untracks, clears weak references, drops the fields, frees.
///
/// # Safety
/// `o` is a `T` that nobody owns any more.
pub unsafe extern "C" fn dealloc<T: PyTypeInfo>(o: *mut PyObject) {
    // SAFETY: handed on; the fields are dropped once, here.
    unsafe {
        let own = T::type_object();
        if before_drop(o, own) {
            std::ptr::drop_in_place(o as *mut T);
            free(o, own.has_flag(typeobj::flags::HEAPTYPE));
        }
    }
}

/// False if the object's finaliser revived it.
///
/// # Safety
/// As [`dealloc`]; `own` is the type whose `tp_dealloc` runs.
unsafe fn before_drop(o: *mut PyObject, own: &PyTypeObject) -> bool {
    // SAFETY: the object is intact; containers have a collector's head.
    unsafe {
        if own.tp_finalize.get().is_some() && finalize_from_dealloc(o) {
            return false;
        }
        if own.has_flag(typeobj::flags::HAVE_GC) && gc::is_tracked(o) {
            gc::untrack(o);
        }
        let offset = own.tp_weaklistoffset.get();
        if offset != 0 && !(*((o as *const u8).offset(offset) as *const *mut PyObject)).is_null() {
            crate::types::weakref::clear_weakrefs(Python::assume_attached(), &*o);
        }
        if own.has_flag(typeobj::flags::MANAGED_DICT) {
            values::clear_managed_dict(Python::assume_attached(), &*o);
        }
        true
    }
}

/// Frees the memory, and releases the class when that is this function's part: where the layout's own type is a static
/// one, `subtype_dealloc` does it.
///
/// # Safety
/// The object's fields are dropped.
unsafe fn free(o: *mut PyObject, release_type: bool) {
    // SAFETY: a readied type has `tp_free`; each instance owns a reference to its class.
    unsafe {
        let ty = (*o).ob_type.get().cast_mut();
        if let Some(f) = (*ty).tp_free.get() {
            f(o as *mut c_void);
        }
        if release_type {
            PyObject::decref(ty as *mut PyObject);
        }
    }
}

/// Ends the `tp_dealloc` of a heap type that is written by hand: `base_dealloc` frees the object, then the class is
/// released.
///
/// # Safety
/// `o` is dying; `base_dealloc` is the `tp_dealloc` of a static base.
pub unsafe fn dealloc_by_base(o: *mut PyObject, base: &PyTypeObject) {
    // SAFETY: the caller's promise.
    unsafe {
        let ty = (*o).ob_type.get().cast_mut();
        if let Some(f) = base.tp_dealloc.get() {
            f(o);
        }
        if (*ty).has_flag(typeobj::flags::HEAPTYPE) {
            PyObject::decref(ty as *mut PyObject);
        }
    }
}

/// What every instance of a heap type holds besides its fields: its class, and managed attributes.
///
/// # Safety
/// `o` is a live instance of `own` or a subclass.
#[inline]
pub unsafe fn visit_class(o: *mut PyObject, own: &PyTypeObject, visitor: &mut Visitor) {
    if own.has_flag(typeobj::flags::HEAPTYPE) {
        // SAFETY: the caller's promise.
        unsafe {
            visitor.visit((*o).ty());
            if own.has_flag(typeobj::flags::MANAGED_DICT) {
                values::visit_managed_dict(&*o, visitor);
            }
        }
    }
}

/// The default `tp_traverse`, by `#[derive(Traverse)]`.
///
/// # Safety
/// `o` is a live `T`; `visit` takes `arg`.
pub unsafe extern "C" fn traverse<T: PyTypeInfo + Traverse>(
    o: *mut PyObject,
    visit: VisitProc,
    arg: *mut c_void,
) -> c_int {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: the caller's promise.
    unsafe {
        (*(o as *const T)).traverse(&mut visitor);
        visit_class(o, T::type_object(), &mut visitor);
    }
    visitor.finish()
}

/// The default `tp_clear`, by `#[derive(Traverse)]`.
///
/// # Safety
/// `o` is a live `T`.
pub unsafe extern "C" fn clear<T: PyTypeInfo + Traverse>(o: *mut PyObject) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        (*(o as *const T)).clear_refs();
        if T::type_object().has_flag(typeobj::flags::MANAGED_DICT) {
            values::clear_managed_dict(Python::assume_attached(), &*o);
        }
    }
    0
}

/// A constant table that C reads through a pointer.
#[repr(transparent)]
pub struct Table<T, const N: usize>([T; N]);

// SAFETY: constant data.
unsafe impl<T: Sync, const N: usize> Sync for Table<T, N> {}

impl<T, const N: usize> Table<T, N> {
    /// The first entry, or null for a table that holds only its end mark.
    pub const fn as_ptr(&'static self) -> *const T {
        if N <= 1 { std::ptr::null() } else { self.0.as_ptr() }
    }
}

/// Length of a table made from parts of these lengths, with its end mark.
pub const fn table_len(parts: &[usize]) -> usize {
    let mut n = 1;
    let mut i = 0;
    while i < parts.len() {
        n += parts[i];
        i += 1;
    }
    n
}

/// Whether two C strings are the same.
///
/// # Safety
/// `a` ends with a null byte.
const unsafe fn same_name(a: *const c_char, b: &CStr) -> bool {
    let b = b.to_bytes_with_nul();
    let mut i = 0;
    while i < b.len() {
        // SAFETY: no byte before this one was null, and `a` ends with one.
        if unsafe { *a.add(i) } as u8 != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

macro_rules! concat {
    ($name:ident, $t:ty, $field:ident) => {
        /// The parts one after the other, with the end mark; entries named in `order` come first.
        pub const fn $name<const N: usize>(parts: &[&[$t]], order: &[&CStr]) -> Table<$t, N> {
            let mut out = [<$t>::END; N];
            let (mut at, mut i) = (0, 0);
            while i < parts.len() {
                let mut j = 0;
                while j < parts[i].len() {
                    out[at] = parts[i][j];
                    at += 1;
                    j += 1;
                }
                i += 1;
            }
            let (mut placed, mut next) = (0, 0);
            while next < order.len() {
                let mut from = placed;
                // SAFETY: the names of entries are C literals.
                while from < at && !unsafe { same_name(out[from].$field, order[next]) } {
                    from += 1;
                }
                if from < at {
                    let entry = out[from];
                    while from > placed {
                        out[from] = out[from - 1];
                        from -= 1;
                    }
                    out[placed] = entry;
                    placed += 1;
                }
                next += 1;
            }
            Table(out)
        }
    };
}
concat!(methods, PyMethodDef, ml_name);
concat!(getset, PyGetSetDef, name);
