//! Raising and catching: the Rust side of exceptions.
//!
//! An error is an exception object in the thread state plus the marker [`Raised`] on its way up. Whoever
//! handles one takes it out with [`take`] or [`catch`].

pub mod display;
pub mod new;
mod unraisable;
pub mod warnings;

pub use new::new_exception;
pub use unraisable::{write_unraisable, write_unraisable_while};
pub use warnings::{warn, warn_explicit, warn_object, warn_resource};

use crate::abstract_::ObjectExt;
use crate::state::thread;
use crate::types::exceptions::*;
use crate::types::{PyStr, PyTuple};
use object::{Py, PyLayout, PyObject, PyResult, PyTypeObject, Python, Raised};

/// Sets `exc` as the pending exception.
#[cold]
pub fn raise_object(py: Python, exc: Py<PyBaseException>) -> Raised {
    thread(py).current_exception.set(Some(exc));
    Raised::pending()
}

/// Raises `ty(message)`, with the exception being handled as context (`PyErr_SetString`).
#[cold]
#[inline(never)]
pub fn raise(py: Python, ty: &PyTypeObject, message: impl AsRef<str>) -> Raised {
    if !ty.has_flag(object::typeobj::flags::READY) {
        // An error before the exception types exist can only be a fault of the built-in types themselves.
        eprintln!(
            "Fatal Python error: {} while the built-in types are made: {}",
            ty.short_name(),
            message.as_ref()
        );
        std::process::abort();
    }
    match PyStr::new(py, message.as_ref()) {
        Ok(s) => raise_with(py, ty, s.as_object()),
        Err(e) => e,
    }
}

/// Raises `ty(value)`; a tuple gives the arguments, `None` none, an instance is raised itself (`PyErr_SetObject`).
#[cold]
pub fn raise_with(py: Python, ty: &PyTypeObject, value: &PyObject) -> Raised {
    let made = if let Some(e) = value.downcast::<PyBaseException>().filter(|_| value.ty().is_subtype(ty)) {
        Ok(e.owned())
    } else {
        // The class is called with nothing pending, whatever this exception takes the place of.
        drop(thread(py).current_exception.take());
        instantiate(py, ty, value)
    };
    match made {
        Ok(e) => {
            set_context(py, &e);
            raise_object(py, e)
        }
        Err(r) => r,
    }
}

fn instantiate(py: Python, ty: &PyTypeObject, value: &PyObject) -> PyResult<Py<PyBaseException>> {
    let made = if value.is(crate::singletons::none()) {
        ty.object().call0(py)?
    } else if let Some(t) = value.downcast::<PyTuple>() {
        ty.object().call(py, t.items())?
    } else {
        ty.object().call1(py, value)?
    };
    made.downcast_into::<PyBaseException>().map_err(|o| {
        type_error(
            py,
            format!(
                "calling {} should have returned an instance of BaseException, not {}",
                repr_or(py, ty.object()),
                o.ty().short_name()
            ),
        )
    })
}

fn repr_or(py: Python, o: &PyObject) -> String {
    match o.repr(py) {
        Ok(s) => s.to_string_lossy(),
        Err(_) => {
            drop(take(py));
            format!("<{} object>", o.ty().short_name())
        }
    }
}

/// Links the exception being handled as `__context__`, cutting a cycle the chain would close.
fn set_context(py: Python, exc: &Py<PyBaseException>) {
    let Some(handled) = thread(py).handled_exception() else { return };
    if handled.is(exc) {
        return;
    }
    let mut at = handled.clone();
    // Floyd: a chain that is already cyclic must not hang us.
    let mut slow = handled.clone();
    let mut step = false;
    while let Some(next) = at.context.get_owned() {
        if next.is(exc) {
            at.context.set(None);
            break;
        }
        at = next;
        if at.is(&slow) {
            break;
        }
        if step && let Some(s) = slow.context.get_owned() {
            slow = s;
        }
        step = !step;
    }
    exc.context.set(Some(handled));
}

/// The pending exception, taken out of the thread state.
pub fn take(py: Python) -> Option<Py<PyBaseException>> {
    thread(py).current_exception.take()
}

/// The pending exception as the caller of a failed function finds it. If there is none, a `SystemError` is made.
pub fn fetch(py: Python, raised: Raised) -> Py<PyBaseException> {
    let _ = raised;
    loop {
        if let Some(e) = take(py) {
            return e;
        }
        let _ = system_error(py, "error return without exception set");
    }
}

/// If the pending exception is an instance of `ty`, takes and returns it; otherwise the error goes on.
pub fn catch(py: Python, raised: Raised, ty: &PyTypeObject) -> Result<Py<PyBaseException>, Raised> {
    if matches(py, ty) { Ok(fetch(py, raised)) } else { Err(raised) }
}

/// Adds a note to the pending exception; a failure to do so is ignored (`_PyErr_FormatNote`).
#[cold]
pub fn add_note(py: Python, raised: Raised, note: &str) -> Raised {
    let exc = fetch(py, raised);
    let added = PyStr::new(py, note)
        .and_then(|n| exc.as_object().call_method1(py, crate::intern!(py, "add_note"), &n));
    if let Err(e) = added {
        drop(fetch(py, e));
    }
    raise_object(py, exc)
}

/// Is the pending exception an instance of `ty`?
pub fn matches(py: Python, ty: &PyTypeObject) -> bool {
    // SAFETY: nothing runs between reading the slot and looking at the type.
    unsafe { thread(py).current_exception.get() }.is_some_and(|e| e.ty().is_subtype(ty))
}

macro_rules! raisers {
    ($($fn:ident $ty:ident $name:literal;)*) => { $(
        #[doc = concat!("Raises `", $name, "(message)`.")]
        #[cold]
        pub fn $fn(py: Python, message: impl AsRef<str>) -> Raised {
            raise(py, &$ty, message)
        }
    )* };
}
raisers! {
    type_error PyExc_TypeError_Type "TypeError";
    value_error PyExc_ValueError_Type "ValueError";
    index_error PyExc_IndexError_Type "IndexError";
    attribute_error PyExc_AttributeError_Type "AttributeError";
    overflow_error PyExc_OverflowError_Type "OverflowError";
    zero_division_error PyExc_ZeroDivisionError_Type "ZeroDivisionError";
    runtime_error PyExc_RuntimeError_Type "RuntimeError";
    recursion_error PyExc_RecursionError_Type "RecursionError";
    system_error PyExc_SystemError_Type "SystemError";
    buffer_error PyExc_BufferError_Type "BufferError";
    name_error PyExc_NameError_Type "NameError";
    unbound_local_error PyExc_UnboundLocalError_Type "UnboundLocalError";
    import_error PyExc_ImportError_Type "ImportError";
    lookup_error PyExc_LookupError_Type "LookupError";
    not_implemented_error PyExc_NotImplementedError_Type "NotImplementedError";
    reference_error PyExc_ReferenceError_Type "ReferenceError";
    assertion_error PyExc_AssertionError_Type "AssertionError";
    eof_error PyExc_EOFError_Type "EOFError";
    memory_error_with PyExc_MemoryError_Type "MemoryError";
}

/// Raises `AttributeError(message)` with the object and the name it is about, which suggestions are made from.
#[cold]
pub fn attribute_error_for(py: Python, o: &PyObject, name: &PyObject, message: impl AsRef<str>) -> Raised {
    let r = attribute_error(py, message);
    // SAFETY: nothing runs while the slot is looked at.
    if let Some(e) = unsafe { thread(py).current_exception.get() }
        .and_then(|e| e.as_object().downcast::<PyAttributeError>())
    {
        e.obj.set(Some(o.owned()));
        e.name.set(Some(name.owned()));
    }
    r
}

/// Raises `NameError(message)` with the name it is about.
#[cold]
pub fn name_error_for(py: Python, ty: &PyTypeObject, name: &PyObject, message: impl AsRef<str>) -> Raised {
    let r = raise(py, ty, message);
    // SAFETY: the exception stays pending while its name is set.
    let pending = unsafe { thread(py).current_exception.get() };
    if let Some(e) = pending.and_then(|e| e.as_object().downcast::<PyNameError>()) {
        e.name.set(Some(name.owned()));
    }
    r
}

/// Raises `KeyError(key)`.
#[cold]
pub fn key_error(py: Python, key: &PyObject) -> Raised {
    // The key travels in a tuple, so that a tuple key is not taken for the arguments.
    match PyTuple::new(py, [key.owned()]) {
        Ok(args) => raise_with(py, &PyExc_KeyError_Type, args.as_object()),
        Err(e) => e,
    }
}

/// Raises `StopIteration(value)`, the way a generator returns.
#[cold]
pub fn stop_iteration(py: Python, value: &PyObject) -> Raised {
    match PyTuple::new(py, [value.owned()]) {
        Ok(args) => raise_with(py, &PyExc_StopIteration_Type, args.as_object()),
        Err(e) => e,
    }
}

/// Raises `MemoryError` without allocating.
#[cold]
pub fn memory_error(py: Python) -> Raised {
    thread(py).raise_memory_error(py)
}

/// `SystemError: bad argument to internal function`, for misuse of the C API.
#[cold]
pub fn bad_internal_call(py: Python) -> Raised {
    system_error(py, "bad argument to internal function")
}

/// Turns a pointer that C code returned into a result.
///
/// # Safety
/// `p` is null with an exception pending, or an owned reference.
#[inline(always)]
pub unsafe fn from_c<T: PyLayout>(py: Python, p: *mut PyObject) -> PyResult<Py<T>> {
    let _ = py;
    // SAFETY: the caller's promise.
    unsafe { Py::from_raw_owned_or_opt(p) }.ok_or(Raised::pending())
}

/// Turns a C status (negative: raised) into a result.
#[inline(always)]
pub fn status(py: Python, r: i32) -> PyResult<i32> {
    let _ = py;
    if r < 0 { Err(Raised::pending()) } else { Ok(r) }
}

/// `tp_name` of the object's type: with the module for static types. What most of C's messages print.
pub fn tp_name(o: &PyObject) -> &str {
    o.ty().tp_name().to_str().unwrap_or("?")
}

/// The name of the object's type as most messages of Python code show it (`PyTypeObject::display_name`).
pub fn type_name(o: &PyObject) -> &str {
    o.ty().display_name()
}
